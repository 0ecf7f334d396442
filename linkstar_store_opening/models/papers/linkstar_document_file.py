"""Versions of a paper's file: encrypted parts under the filestore."""

import secrets
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.orm.models import NO_ACCESS

from odoo.addons.linkstar_project.engine import crypto, sealed_file
from odoo.addons.linkstar_project.models.trust import secret_keys

from ...engine import file_check
from . import paper_store

#: An upload that was not finished is forgotten after so many hours.
UPLOAD_HOURS = 24
HASH_PURPOSE = "linkstar.document.file.content"
KEEPERS = "linkstar_store_opening.group_compliance,linkstar_project.group_admin"


class LinkstarDocumentFile(models.Model):
    """One version of a file. Its content never passes an attachment.

    The name that the file had on somebody's computer is not kept: it often carries
    a person's name or number.
    """

    _name = "linkstar.document.file"
    _description = "File of a Document"
    _order = "document_id, number desc, id desc"
    _rec_name = "number"
    _allow_sudo_commands = False

    document_id = fields.Many2one(
        "linkstar.document",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer("Version", readonly=True)
    state = fields.Selection(
        [
            ("uploading", "Uploading"),
            ("ready", "Ready"),
            ("destroyed", "Destroyed"),
        ],
        required=True,
        default="uploading",
        readonly=True,
        index=True,
    )
    kind = fields.Char("Format", readonly=True)
    size = fields.Integer("Size (bytes)", required=True, readonly=True, aggregator=None)
    size_text = fields.Char("Size", compute="_compute_size_text")
    pages = fields.Integer(readonly=True, aggregator=None)
    uploaded_by_id = fields.Many2one(
        "res.users", string="Uploaded by", required=True, readonly=True
    )
    uploaded_at = fields.Datetime("Uploaded on", readonly=True)
    destroyed_at = fields.Datetime("Destroyed on", readonly=True)
    given_ending = fields.Char(readonly=True)
    storage_key = fields.Char(required=True, readonly=True, groups=NO_ACCESS)
    wrapped_key = fields.Text(readonly=True, groups=NO_ACCESS, prefetch=False)
    content_hash = fields.Char(
        readonly=True, groups=NO_ACCESS, index="btree_not_null", copy=False
    )
    is_sensitive = fields.Boolean(compute="_compute_is_sensitive")
    may_open = fields.Boolean(compute="_compute_may_open")

    _version_once = models.UniqueIndex(
        "(document_id, number) WHERE number > 0",
        "Another file arrived at the same moment. Upload it again.",
    )

    @api.depends("size")
    def _compute_size_text(self):
        for file in self:
            size = file.size
            text = (
                f"{size / 1048576:.1f} MB" if size >= 1e5 else f"{size / 1024:.1f} kB"
            )
            file.size_text = text

    @api.depends("document_id.type_id.sensitive_level")
    def _compute_is_sensitive(self):
        for file in self:
            level = file.document_id.type_id.sensitive_level
            file.is_sensitive = level in ("3", "4")

    @api.depends_context("uid")
    @api.depends("document_id", "state")
    def _compute_may_open(self):
        for file in self:
            file.may_open = file.state == "ready" and file._has_open_right()

    def _has_open_right(self):
        """Whether this user may see the content; the caller has checked reading.

        Sensitive papers: compliance, administrators, who uploaded them, and the
        reviewer of an opening that uses them. Others: whoever sees the paper.
        """
        self.ensure_one()
        user = self.env.user
        if not self.is_sensitive:
            return True
        if user.has_groups(KEEPERS) or self.sudo().uploaded_by_id == user:
            return True
        return bool(
            self.env["linkstar.requirement"].search_count(
                [
                    ("document_id", "=", self.document_id.id),
                    ("reviewer_id", "=", user.id),
                ],
                limit=1,
            )
        )

    def _check_open(self):
        self.ensure_one()
        self.check_access("read")
        self.document_id.check_access("read")
        if self.state != "ready":
            raise UserError(
                self.env._("There is no file to open: it was destroyed or never came.")
            )
        if not self._has_open_right():
            raise AccessError(
                self.env._(
                    "This paper is sensitive: only compliance, its reviewer and who "
                    "uploaded it may see it. Ask compliance."
                )
            )

    # ---------------------------------------------------------------- upload

    @api.model
    def _begin(self, document, name, size):
        """A new upload for a paper; the caller has checked the right to write it.

        :return: dict for the web client: id, part size, number of parts
        """
        kind = document.type_id
        if kind.is_live_only:
            raise UserError(
                self.env._(
                    "%s is shown live and never stored. Keep the date of the call "
                    "only.",
                    kind.name,
                )
            )
        if not isinstance(size, int) or size <= 0:
            raise UserError(self.env._("The file is empty. Choose another one."))
        if size > kind._file_limits().max_bytes:
            raise UserError(self._fault_text("too_large", kind, "", 0))
        file = self.sudo().create(
            {
                "document_id": document.id,
                "size": size,
                "given_ending": file_check.ending(str(name or ""))[:10],
                "uploaded_by_id": self.env.uid,
                "storage_key": secrets.token_hex(16),
            }
        )
        paper_store.wrap_new_key(self.env, file)
        return {
            "id": file.id,
            "part_bytes": sealed_file.PART_BYTES,
            "parts": sealed_file.part_count(size),
        }

    def _own_upload(self):
        """The upload under way of this very user, locked."""
        upload = self.sudo().exists()
        if (
            len(upload) != 1
            or upload.uploaded_by_id != self.env.user
            or upload.state != "uploading"
        ):
            raise AccessError(
                self.env._("This upload is not yours or is over. Start it again.")
            )
        upload.document_id.with_env(self.env).check_access("write")
        return upload

    @api.private
    def receive_part(self, number, pieces):
        """Keep one part of an own upload.

        :param number: from 0
        :param pieces: iterable of bytes, read once
        """
        upload = self._own_upload()
        count = sealed_file.part_count(upload.size)
        if not 0 <= number < count:
            raise UserError(self.env._("This upload has no such part. Start it again."))
        expected = sealed_file.part_size(upload.size, number)
        received = paper_store.write_part(
            self.env, upload, number, _bounded(pieces, expected)
        )
        if received != expected:
            raise UserError(
                self.env._("A part of the file did not arrive whole. Try again.")
            )

    def finish_upload(self):
        """Check what arrived and make it the paper's newest version.

        :return: dict with ``error`` (a sentence, and nothing is kept) or ``number``
            and ``note`` (such as: the same file stands elsewhere)
        """
        upload = self._own_upload()
        document = upload.document_id
        document.lock_for_update()
        finding, digest = upload._inspect()
        kind = document.type_id
        if finding.fault:
            upload._discard()
            return {
                "error": self._fault_text(
                    finding.fault, kind, finding.kind, finding.pages
                )
            }
        same = upload._same_content(digest)
        here = same.filtered(lambda f: f.document_id == document)[:1]
        if here:
            upload._discard()
            return {
                "error": self.env._(
                    "This very file stands already as version %s. Nothing was added.",
                    here.number,
                )
            }
        newest = max(document.file_ids.mapped("number"), default=0)
        upload.write(
            {
                "state": "ready",
                "number": newest + 1,
                "kind": finding.kind,
                "pages": finding.pages,
                "content_hash": digest,
                "uploaded_at": fields.Datetime.now(),
            }
        )
        document._file_arrived(upload)
        return {"number": upload.number, "note": self._same_note(same)}

    def cancel_upload(self):
        """Forget an own upload that was not finished."""
        self._own_upload()._discard()
        return True

    def _discard(self):
        paper_store.remove_parts(self.env, self.sudo().mapped("storage_key"))
        self.sudo().unlink()

    def _inspect(self):
        """``(finding, keyed hash of the content)`` of what arrived."""
        limits = self.document_id.type_id._file_limits()
        name = f"x.{self.given_ending}" if self.given_ending else ""
        try:
            with paper_store.reader(self.env, self) as stream:
                finding = file_check.check(stream, self.size, name, limits)
                if finding.fault:
                    return finding, ""
                stream.seek(0)
                plain = sha256()
                for piece in sealed_file.chunks(stream):
                    plain.update(piece)
        except crypto.Tampered:
            return file_check.Finding(fault="incomplete"), ""
        ring = secret_keys.keyring(self.env, secret_keys.HASH)
        return finding, ring.keyed_hash(plain.hexdigest(), HASH_PURPOSE)

    def _same_content(self, digest):
        """Other files with the same content, in the same company."""
        return self.sudo().search(
            [
                ("content_hash", "=", digest),
                ("id", "not in", self.ids),
                ("document_id.company_id", "=", self.document_id.company_id.id),
                ("state", "=", "ready"),
            ]
        )

    def _same_note(self, same):
        """Name the paper that has the same file, if the reader may know it."""
        seen = same.document_id.with_env(self.env).sudo(False)._filtered_access("read")
        if not seen:
            return ""
        return self.env._(
            "The same file stands at “%s” too. Is it the right paper?", seen[0].name
        )

    @api.model
    def _fault_text(self, fault, kind, found, pages):
        _ = self.env._
        formats = ", ".join(sorted(kind._file_limits().formats))
        texts = {
            "empty": _("The file is empty. Choose another one."),
            "too_large": _(
                "The file is larger than %(size)s MB, which %(type)s may have. Scan "
                "it with fewer dots per inch.",
                size=kind.max_size_mb,
                type=kind.name,
            ),
            "unknown": _(
                "This is none of the formats that are taken. Use one of: %s.", formats
            ),
            "format": _(
                "This is a %(found)s file; %(type)s takes: %(formats)s.",
                found=found,
                type=kind.name,
                formats=formats,
            ),
            "video": _(
                "Recordings are not kept: a call with a face on it must not lie on any "
                "disk. Enter its date only."
            ),
            "ending": _(
                "The file's name ends otherwise, but its content is %s. Save it anew "
                "under its right ending: platforms refuse such files.",
                found,
            ),
            "damaged": _("The file is damaged and does not open. Scan it again."),
            "locked": _(
                "This PDF asks for a password. Save a copy without one: the platform "
                "could not read it either."
            ),
            "pages": _(
                "The PDF has %(pages)s pages; %(type)s takes at most %(most)s.",
                pages=pages,
                type=kind.name,
                most=kind.max_pages,
            ),
            "pixels": _("The picture is too large. Take it with fewer pixels."),
            "incomplete": _("The file did not arrive whole. Upload it again."),
        }
        return texts[fault]

    # ------------------------------------------------------ end and rotation

    def _destroy_content(self):
        """Delete data keys and parts: nobody opens these files any more."""
        standing = self.sudo().filtered(lambda f: f.state != "destroyed")
        paper_store.remove_parts(self.env, standing.mapped("storage_key"))
        standing.write(
            {
                "state": "destroyed",
                "wrapped_key": False,
                "content_hash": False,
                "destroyed_at": fields.Datetime.now(),
            }
        )
        return standing

    def unlink(self):
        """Delete; parts go with the record."""
        paper_store.remove_parts(self.env, self.sudo().mapped("storage_key"))
        return super().unlink()

    @api.model
    @api.private
    def _under_other_keys(self):
        """Domain of files whose key is not wrapped under the current one."""
        current = secret_keys.keyring(self.env).current
        return [
            ("wrapped_key", "!=", False),
            ("wrapped_key", "not like", f"v1.{current}.%"),
        ]

    @api.model
    @api.private
    def _rotate(self, limit=1000):
        """Wrap keys that stand under an older key anew; contents stay as they are.

        :return: number of files still under an older key
        """
        ring = secret_keys.keyring(self.env)
        domain = self._under_other_keys()
        for file in self.sudo().search(domain, limit=limit):
            clear = paper_store.data_key(self.env, file)
            file.wrapped_key = ring.encrypt(clear, paper_store.place(file.id))
        self.env.flush_all()
        return self.sudo().search_count(domain)

    @api.autovacuum
    def _gc_uploads(self):
        """Forget uploads that were never finished."""
        since = fields.Datetime.now() - timedelta(hours=UPLOAD_HOURS)
        self.search(
            [("state", "=", "uploading"), ("create_date", "<", since)]
        )._discard()


def _bounded(pieces, limit):
    """Pass pieces on until one byte more than ``limit`` has come."""
    left = limit + 1
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return
