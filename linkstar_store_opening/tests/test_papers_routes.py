"""Upload, opening and package over HTTP; nothing in clear at rest."""

import io
import json
import resource
import zipfile
from pathlib import Path

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, config

from odoo.addons.linkstar_project.engine import sealed_file
from odoo.addons.linkstar_store_opening.engine.pdf import PdfReader

from .papers_common import PapersMixin, pdf, picture
from .zip_reader import unpack

PASSWORD = "a long password"
#: What must be found nowhere: a number, and words inside a file.
NUMBER = "110101199003078515"
WORDS = "unmistakable words of an identity paper"


class RouteCase(PapersMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_papers()

    def sign_in(self, user):
        self.authenticate(user.login, user.login)

    def call(self, model, method, *args):
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": {},
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertNotIn("error", answer, answer)
        return answer["result"]

    def post(self, url, **values):
        values["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=values)

    def send(self, document, data, name="scan.pdf", token=None):
        begun = self.call(
            "linkstar.document", "begin_upload", [document.id], name, len(data)
        )
        file = self.env["linkstar.document.file"].browse(begun["id"])
        self.storage_keys.add(file.sudo().storage_key)
        size = begun["part_bytes"]
        for number in range(begun["parts"]):
            answer = self.send_part(
                file.id, number, data[number * size : (number + 1) * size], token
            )
            if answer.status_code != 200:
                return answer.json()
        return self.call("linkstar.document.file", "finish_upload", [file.id])

    def send_part(self, upload_id, number, data, token=None):
        return self.url_open(
            f"/linkstar/papers/upload/{upload_id}/{number}",
            data=data,
            headers={
                "Content-Type": "application/octet-stream",
                "X-CSRF-Token": token or http.Request.csrf_token(self),
            },
        )


@tagged("post_install", "-at_install")
class TestRoutes(RouteCase):
    def test_a_file_goes_in_and_out(self):
        document = self.document_of(self.license)
        self.sign_in(self.bringer)
        data = pdf(2, WORDS)
        self.assertEqual(self.send(document, data)["number"], 1)
        answer = self.post(f"/linkstar/papers/file/{document.file_id.id}")
        self.assertEqual(answer.content, data)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_a_part_without_the_sessions_token_is_refused(self):
        document = self.document_of(self.license)
        self.sign_in(self.bringer)
        answer = self.send(document, pdf(), token="forged")
        self.assertIn("session", answer["error"])

    def test_strangers_and_passers_by_get_nothing(self):
        document = self.document_of(self.identity_paper)
        self.upload(document, pdf(1, WORDS))
        url = f"/linkstar/papers/file/{document.file_id.id}"
        for user in (self.stranger, self.colleague, self.auditor):
            self.sign_in(user)
            answer = self.post(url, reason="curious")
            self.assertEqual(answer.status_code, 400)
            self.assertNotIn(WORDS.encode(), answer.content)
        self.sign_in(self.keeper)
        self.assertIn("why", self.post(url).json()["error"])
        self.assertEqual(self.post(url, reason="clearer copy").status_code, 200)
        self.assertEqual(self.url_open(url).status_code, 405, "never by GET")

    def test_a_200_mb_file_passes_with_flat_memory(self):
        kind = self.license.type_id
        kind.max_size_mb = 256
        document = self.document_of(self.license)
        self.sign_in(self.bringer)
        head, size = b"%PDF-1.7\n", 200 * 1024 * 1024
        begun = self.call(
            "linkstar.document", "begin_upload", [document.id], "large.pdf", size
        )
        file = self.env["linkstar.document.file"].browse(begun["id"])
        self.storage_keys.add(file.sudo().storage_key)
        part = b"0" * sealed_file.PART_BYTES
        for number in range(begun["parts"]):
            data = (head + part)[: len(part)] if not number else part
            self.assertEqual(self.send_part(file.id, number, data).status_code, 200)
            if number == 4:
                # The server has warmed up; from here on a file costs no memory.
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = self.call("linkstar.document.file", "finish_upload", [file.id])
        self.assertEqual(told.get("number"), 1, told)
        answer = self.opener.post(
            f"{self.base_url()}/linkstar/papers/file/{file.id}",
            data={"csrf_token": http.Request.csrf_token(self)},
            stream=True,
        )
        received = sum(len(piece) for piece in answer.iter_content(1024 * 1024))
        self.assertEqual(received, size)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        self.assertLess(grown / 1024, 80, "MB for a file of 200, server and client")


@tagged("post_install", "-at_install")
class TestPackage(RouteCase):
    def setUp(self):
        super().setUp()
        self.upload(self.document_of(self.license), pdf(2, "licence"))
        self.upload(self.document_of(self.identity_paper), picture(), "id.jpg")
        self.missing = self._requirement("PT-MISSING", "2")

    def package(self, user, **values):
        self.sign_in(user)
        values = {
            "recipient": "Bank of Ningbo",
            "password": PASSWORD,
            "reason": "credit line",
            **values,
        }
        return self.post(f"/linkstar/papers/package/{self.project.id}", **values)

    def test_a_package_holds_stamped_copies_and_an_index(self):
        answer = self.package(self.reviewer)
        self.assertEqual(answer.headers["X-Linkstar-Included"], "2")
        found = unpack(answer.content, PASSWORD.encode())
        names = sorted(found)
        self.assertEqual(len(names), 3)
        licence = next(name for name in names if "PT-LICENCE" in name)
        pages = PdfReader(io.BytesIO(found[licence])).pages
        for page in pages:
            self.assertIn("Bank of Ningbo", page.extract_text())
            self.assertIn("US-PAPER", page.extract_text())
        self.assertIn("000-index.xlsx", names)
        entry = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", "project.project"), ("action", "=", "export")]
        )
        self.assertEqual((entry.user_id, entry.reason), (self.reviewer, "credit line"))
        self.assertNotIn(PASSWORD, str(entry.read()))

    def test_what_the_exporter_may_not_see_stays_out(self):
        answer = self.package(self.colleague)
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        self.assertTrue(any("PT-LICENCE" in name for name in names))
        self.assertFalse(any("PT-ID" in name for name in names))
        self.assertEqual(self.package(self.stranger).status_code, 400)

    def test_a_package_needs_recipient_reason_and_a_long_password(self):
        for name, word in (
            ("recipient", "receives"),
            ("reason", "for"),
            ("password", "password"),
        ):
            answer = self.package(self.reviewer, **{name: ""})
            self.assertIn(word, answer.json()["error"])


@tagged("post_install", "-at_install")
class TestNothingInClear(RouteCase):
    def test_neither_tables_nor_filestore_hold_a_number_or_a_files_words(self):
        document = self.document_of(self.identity_paper)
        self.sign_in(self.bringer)
        self.send(document, pdf(1, WORDS), "my name and number.pdf")
        self.env["linkstar.identity"].create(
            {"partner_id": self.entity.id, "kind": "id_number", "value": NUMBER}
        )
        self.sign_in(self.keeper)
        identity = self.env["linkstar.identity"].search([], limit=1)
        shown = self.call(
            "linkstar.identity", "action_reveal_value", [identity.id], "check"
        )
        self.assertEqual(shown, NUMBER)
        answer = self.post(
            f"/linkstar/papers/file/{document.file_id.id}", reason="check"
        )
        self.assertIn(WORDS.encode(), answer.content)
        self.post(
            f"/linkstar/papers/package/{self.project.id}",
            recipient="Bank",
            reason="check",
            password=PASSWORD,
        )
        self.env.flush_all()
        for needle in (NUMBER, WORDS, "my name and number", PASSWORD):
            self.assertFalse(self.tables_with(needle), needle)
            self.assertFalse(self.files_with(needle.encode()), needle)

    def tables_with(self, needle):
        """Names of tables any of whose rows holds the text, whole or in base64."""
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        found = []
        for (name,) in self.env.cr.fetchall():
            query = SQL(
                "SELECT 1 FROM %s AS t WHERE t::text LIKE %s LIMIT 1",
                SQL.identifier(name),
                f"%{needle}%",
            )
            self.env.cr.execute(query)
            if self.env.cr.fetchone():
                found.append(name)
        return found

    def files_with(self, needle):
        root = Path(config.filestore(self.env.cr.dbname))
        return [
            str(path)
            for path in root.rglob("*")
            if path.is_file() and needle in path.read_bytes()
        ]
