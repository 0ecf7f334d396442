"""An opening with papers, people around it, and keys of the tests' own."""

import io
import os
import shutil
from unittest.mock import patch

from PIL import Image

from odoo.fields import Date
from odoo.tests import new_test_user

from odoo.addons.linkstar_project.engine import sealed_file
from odoo.addons.linkstar_store_opening.engine.pdf import PdfWriter
from odoo.addons.linkstar_store_opening.models.papers import paper_store

KEYS = {
    "LINKSTAR_SECRET_KEY": "a passphrase for tests",
    "LINKSTAR_HASH_KEY": "another passphrase for tests",
}


def pdf(pages=1, title=""):
    """Bytes of a PDF; the title makes files differ."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(300, 400)
    writer.add_metadata({"/Title": title})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(shade=250, kind="JPEG"):
    """Bytes of a picture."""
    out = io.BytesIO()
    Image.new("RGB", (200, 120), (shade, shade, shade)).save(out, kind)
    return out.getvalue()


class PapersMixin:
    """For TransactionCase and HttpCase alike."""

    @classmethod
    def set_up_keys(cls):
        cls.startClassPatcher(patch.dict(os.environ, KEYS))
        cls.addClassCleanup(cls._remove_parts)
        cls.storage_keys = set()

    @classmethod
    def set_up_papers(cls):
        cls.set_up_keys()
        groups = {
            "bringer": "linkstar_project.group_operator",
            "reviewer": "linkstar_project.group_lead",
            "colleague": "linkstar_project.group_operator",
            "stranger": "linkstar_project.group_operator",
            "keeper": "linkstar_store_opening.group_compliance",
            "auditor": "linkstar_project.group_auditor",
        }
        for name, group in groups.items():
            user = new_test_user(
                cls.env,
                f"paper_{name}",
                groups=group,
                email=f"paper_{name}@example.com",
            )
            user.tour_enabled = False
            setattr(cls, name, user)
        cls.site = cls.env.ref("linkstar_project.marketplace_amazon_us")
        cls.store = cls._store("US-PAPER")
        cls.other_store = cls._store("US-ELSE")
        role = cls.env.ref("linkstar_project.role_operator")
        for user in (cls.bringer, cls.reviewer, cls.colleague):
            cls._join(user, cls.store, role)
        cls._join(cls.stranger, cls.other_store, role)
        cls.entity = cls.env["res.partner"].create(
            {"name": "Paper Trading", "is_company": True}
        )
        cls.project = cls.env["project.project"].create(
            {
                "name": "Open US-PAPER",
                "linkstar_kind": "opening",
                "store_id": cls.store.id,
                "entity_id": cls.entity.id,
                "planned_submission_date": Date.add(Date.today(), days=20),
            }
        )
        cls.license = cls._requirement("PT-LICENCE", "2")
        cls.identity_paper = cls._requirement("PT-ID", "4")

    @classmethod
    def _remove_parts(cls):
        for key in cls.storage_keys:
            home = paper_store.folder(cls.env.cr.dbname, key)
            shutil.rmtree(home, ignore_errors=True)

    @classmethod
    def _store(cls, code):
        return cls.env["linkstar.store"].create(
            {
                "name": code,
                "code": code,
                "marketplace_id": cls.site.id,
                "state": "opening",
            }
        )

    @classmethod
    def _join(cls, user, store, role):
        cls.env["linkstar.store.member"].create(
            {
                "store_id": store.id,
                "user_id": user.id,
                "role_id": role.id,
                "share": 30,
            }
        )

    @classmethod
    def _requirement(cls, code, level, **values):
        kind = cls.env["linkstar.document.type"].create(
            {
                "code": code,
                "name": code,
                "sensitive_level": level,
                "formats": "jpg,png,pdf",
                **values,
            }
        )
        return cls.env["linkstar.requirement"].create(
            {
                "project_id": cls.project.id,
                "type_id": kind.id,
                "user_id": cls.bringer.id,
                "reviewer_id": cls.reviewer.id,
            }
        )

    def document_of(self, requirement, user=None):
        found = requirement.with_user(user or self.bringer).ensure_document()
        return self.env["linkstar.document"].browse(found)

    def upload(self, document, data, name="scan.pdf", user=None):
        """Upload as the web client does; returns the server's answer."""
        user = user or self.bringer
        begun = document.with_user(user).begin_upload(name, len(data))
        file = self.env["linkstar.document.file"].with_user(user).browse(begun["id"])
        self.storage_keys.add(file.sudo().storage_key)
        for number in range(begun["parts"]):
            start = number * sealed_file.PART_BYTES
            piece = data[start : start + sealed_file.PART_BYTES]
            file.receive_part(number, iter([piece]))
        return file.finish_upload()

    def read(self, file, user, reason="a test"):
        with paper_store.open_file(self.env(user=user), file, reason) as stream:
            return stream.read()

    def parts_on_disk(self, file):
        home = paper_store.folder(self.env.cr.dbname, file.sudo().storage_key)
        return b"".join(part.read_bytes() for part in sorted(home.iterdir()))
