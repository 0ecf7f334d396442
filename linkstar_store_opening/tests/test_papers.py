"""Files of papers: who brings, sees, reviews and destroys them."""

import os
from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import TransactionCase, tagged

from odoo.addons.linkstar_project.engine import sealed_file
from odoo.addons.linkstar_project.exceptions import MissingKey

from .papers_common import KEYS, PapersMixin, pdf, picture


class PapersCase(PapersMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_papers()
        cls.registry_enter_test_mode_cls()

    def trail(self, document, action):
        return self.env["linkstar.audit.entry"].search(
            [
                ("res_model", "=", "linkstar.document"),
                ("res_id", "=", document.id),
                ("action", "=", action),
            ]
        )


@tagged("post_install", "-at_install")
class TestFiles(PapersCase):
    def test_a_file_is_encrypted_and_comes_back(self):
        document = self.document_of(self.license)
        data = pdf(2, "words of a licence")
        self.assertEqual(self.upload(document, data)["number"], 1)
        file = document.file_id
        self.assertEqual((file.kind, file.pages), ("pdf", 2))
        self.assertNotIn(b"words of a licence", self.parts_on_disk(file))
        self.assertEqual(self.read(file, self.bringer), data)

    def test_a_file_in_several_parts_comes_back(self):
        with patch.object(sealed_file, "PART_BYTES", 65536):
            document = self.document_of(self.license)
            data = pdf(1, "x" * 200_000)
            self.assertFalse(self.upload(document, data).get("error"))
            self.assertEqual(self.read(document.file_id, self.bringer), data)

    def test_each_upload_is_a_version_and_the_same_file_is_told(self):
        document = self.document_of(self.license)
        self.upload(document, pdf(1, "one"))
        again = self.upload(document, pdf(1, "one"))
        self.assertIn("version 1", again["error"])
        self.assertEqual(self.upload(document, pdf(1, "two"))["number"], 2)
        self.assertEqual(document.file_ids.mapped("number"), [2, 1])
        other = self._requirement("PT-OTHER", "2")
        told = self.upload(self.document_of(other), pdf(1, "two"))
        self.assertIn(document.name, told["note"])

    def test_what_a_platform_would_refuse_is_refused_in_words(self):
        document = self.document_of(self.license)
        for data, name, word in (
            (picture(kind="PNG"), "scan.jpg", "png"),
            (b"<html>", "scan.pdf", "formats"),
            (pdf()[:50], "scan.pdf", "damaged"),
        ):
            answer = self.upload(document, data, name)
            self.assertIn(word, answer["error"])
        self.assertFalse(document.file_ids)
        document.type_id.max_size_mb = 1
        with self.assertRaisesRegex(UserError, "larger than 1 MB"):
            document.with_user(self.bringer).begin_upload("a.pdf", 2 * 1024 * 1024)

    def test_what_is_shown_live_is_never_stored(self):
        live = self._requirement("PT-LIVE", "4", validity_kind="live_show_only")
        document = self.document_of(live)
        with self.assertRaisesRegex(UserError, "never stored"):
            document.with_user(self.bringer).begin_upload("a.pdf", 10)

    def test_recordings_of_persons_are_refused_even_where_the_type_lists_them(self):
        kind = self.identity_paper.type_id
        kind.formats = "mp4,jpg"
        document = self.document_of(self.identity_paper)
        answer = self.upload(document, b"\0\0\0 ftypisom" + b"0" * 80, "call.mp4")
        self.assertIn("Recordings", answer["error"])

    def test_an_upload_belongs_to_who_began_it(self):
        document = self.document_of(self.license)
        begun = document.with_user(self.bringer).begin_upload("a.pdf", 10)
        file = self.env["linkstar.document.file"].browse(begun["id"])
        with self.assertRaises(AccessError):
            file.with_user(self.colleague).receive_part(0, iter([b"0" * 10]))
        with self.assertRaises(AccessError):
            file.with_user(self.colleague).finish_upload()
        with self.assertRaisesRegex(UserError, "did not arrive whole"):
            file.with_user(self.bringer).receive_part(0, iter([b"0" * 50]))
        self.assertIn("whole", file.with_user(self.bringer).finish_upload()["error"])

    def test_uploads_that_never_ended_are_forgotten(self):
        document = self.document_of(self.license)
        begun = document.with_user(self.bringer).begin_upload("a.pdf", 10)
        file = self.env["linkstar.document.file"].browse(begun["id"])
        file._gc_uploads()
        self.assertTrue(file.exists())
        self.env.cr.execute(
            "UPDATE linkstar_document_file SET create_date = '2020-01-01'"
            " WHERE id = %s",
            [file.id],
        )
        file._gc_uploads()
        self.assertFalse(file.exists())

    def test_strangers_see_no_file_and_colleagues_no_sensitive_one(self):
        plain = self.document_of(self.license)
        secret = self.document_of(self.identity_paper)
        self.upload(plain, pdf(1, "plain"))
        self.upload(secret, pdf(1, "secret"))
        self.assertTrue(self.read(plain.file_id, self.colleague))
        for user in (self.bringer, self.reviewer, self.keeper):
            self.assertTrue(self.read(secret.file_id, user))
        for user in (self.colleague, self.auditor, self.stranger):
            with self.assertRaises(AccessError):
                self.read(secret.file_id, user)
        with self.assertRaises(AccessError):
            self.read(plain.file_id, self.stranger)

    def test_each_look_at_a_file_is_on_the_trail_and_needs_a_reason(self):
        document = self.document_of(self.identity_paper)
        self.upload(document, pdf())
        with self.assertRaisesRegex(UserError, "why"):
            self.read(document.file_id, self.keeper, " ")
        self.read(document.file_id, self.keeper, "clearer copy")
        entry = self.trail(document, "reveal")
        self.assertEqual((entry.user_id, entry.reason), (self.keeper, "clearer copy"))

    def test_files_refuse_clients_that_write_them(self):
        document = self.document_of(self.license)
        self.upload(document, pdf())
        with self.assertRaises(AccessError):
            document.file_id.with_user(self.keeper).write({"kind": "jpg"})
        with self.assertRaises(AccessError):
            self.env["linkstar.document.file"].with_user(self.bringer).create(
                {"document_id": document.id, "size": 1}
            )
        with self.assertRaises(AccessError):
            document.file_id.with_user(self.keeper).unlink()

    def test_a_missing_key_stops_and_touches_nothing(self):
        document = self.document_of(self.license)
        before = self.env["linkstar.document.file"].search_count([])
        with patch.dict(os.environ, {"LINKSTAR_SECRET_KEY": ""}):
            with self.assertRaisesRegex(MissingKey, "LINKSTAR_SECRET_KEY"):
                with self.cr.savepoint():
                    document.with_user(self.bringer).begin_upload("a.pdf", 10)
        self.assertEqual(self.env["linkstar.document.file"].search_count([]), before)

    def test_a_restore_with_a_new_key_says_so(self):
        document = self.document_of(self.license)
        self.upload(document, pdf())
        with patch.dict(os.environ, {"LINKSTAR_SECRET_KEY": "a key of another server"}):
            with self.assertRaisesRegex(UserError, "another key"):
                self.read(document.file_id, self.bringer)
            health = self.env["linkstar.papers.health"].with_user(self.keeper)
            checks = health._health_checks(datetime(2026, 11, 26))
            self.assertIn("unknown_secret_key", [c["code"] for c in checks])

    def test_files_and_values_rotate_together_and_contents_stay(self):
        document = self.document_of(self.license)
        self.upload(document, pdf(1, "stays"))
        before = self.parts_on_disk(document.file_id)
        both = f"the newer passphrase,{KEYS['LINKSTAR_SECRET_KEY']}"
        with patch.dict(os.environ, {"LINKSTAR_SECRET_KEY": both}):
            steps = list(self.env["linkstar.secret"]._rotate_all(batch=1))
            self.assertIn(("linkstar.document.file", 0), steps)
        with patch.dict(os.environ, {"LINKSTAR_SECRET_KEY": "the newer passphrase"}):
            self.assertIn(b"stays", self.read(document.file_id, self.bringer))
        self.assertEqual(self.parts_on_disk(document.file_id), before)


@tagged("post_install", "-at_install")
class TestReview(PapersCase):
    def test_states_follow_file_reviewer_and_decision(self):
        requirement = self.license
        self.assertEqual(requirement.state, "missing")
        document = self.document_of(requirement)
        self.assertEqual(requirement.state, "missing")
        self.assertIn("No file yet", requirement.explanation)
        self.upload(document, pdf())
        self.assertEqual(requirement.state, "review")
        requirement.reviewer_id = False
        self.assertEqual(requirement.state, "uploaded")
        requirement.with_user(self.reviewer).action_accept()
        self.assertEqual(requirement.state, "accepted")
        self.upload(document, pdf(1, "newer"))
        self.assertFalse(requirement.decision, "another file is another paper")

    def test_who_uploaded_never_reviews(self):
        document = self.document_of(self.license)
        self.upload(document, pdf(), user=self.reviewer)
        with self.assertRaises(ValidationError):
            self.license.with_user(self.reviewer).action_accept()
        self.license.with_user(self.colleague).action_accept()

    def test_owner_and_reviewer_are_two_people(self):
        with self.assertRaisesRegex(ValidationError, "both bring and review"):
            self.license.reviewer_id = self.bringer

    def test_a_company_renamed_midway_is_told(self):
        document = self.document_of(self.license)
        self.upload(document, pdf())
        self.entity.name = "Paper Trading International"
        self.assertEqual(self.license.state, "incomplete")
        self.assertIn("Paper Trading International", self.license.explanation)
        document.name_on_paper = "Paper Trading International"
        self.assertEqual(self.license.state, "review")

    def test_today_is_the_platforms_day(self):
        requirement = self._requirement(
            "PT-END", "2", validity_kind="must_be_unexpired", warn_before_days=0
        )
        document = self.document_of(requirement)
        self.upload(document, pdf())
        document.expiry_date = "2026-03-01"
        self.project.planned_submission_date = "2026-03-01"
        path = "odoo.addons.linkstar_store_opening.models.papers.linkstar_requirement"
        for hour, state in ((3, "review"), (12, "expired")):
            # 03:00 UTC of 2 March is still 1 March at the site in Los Angeles.
            with patch(f"{path}.datetime") as clock:
                clock.now.side_effect = lambda zone, h=hour: datetime(
                    2026, 3, 2, h, tzinfo=zone
                )
                requirement.invalidate_recordset(["state", "explanation"])
                self.assertEqual(requirement.state, state)

    def test_numbers_do_not_stand_in_a_papers_name(self):
        document = self.document_of(self.license)
        with self.assertRaisesRegex(ValidationError, "long number"):
            document.name = "ID 110101199003078515"


@tagged("post_install", "-at_install")
class TestRetention(PapersCase):
    def _over(self):
        """An opening that was refused, and its paper, long ago."""
        document = self.document_of(self.identity_paper)
        self.upload(document, pdf())
        document.type_id.retention_days = 180
        self.project._enter_step("rejected")
        old = datetime(2026, 1, 1)
        self.project.opening_step_ids.write({"entered_at": old, "left_at": old})
        document.file_id.uploaded_at = old
        return document

    def test_a_file_goes_after_its_retention_with_a_certificate(self):
        document = self._over()
        file = document.file_id
        document.invalidate_recordset(["keep_until"])
        self.assertEqual(document.keep_until, Date.to_date("2026-06-30"))
        self.assertEqual(self.env["linkstar.document"]._destroy_due(), 1)
        self.assertEqual(document.file_state, "destroyed")
        self.assertFalse(file.sudo().wrapped_key)
        with self.assertRaisesRegex(UserError, "destroyed"):
            self.read(file, self.keeper)
        certificate = self.env["linkstar.destruction"].search(
            [("document_id", "=", document.id)]
        )
        self.assertIn("v1 (pdf", certificate.versions)
        with self.assertRaises(UserError):
            certificate.reason = "other"
        self.assertEqual(self.identity_paper.state, "missing")

    def test_a_file_in_use_or_held_stays(self):
        document = self._over()
        document.hold_reason = "dispute"
        self.assertEqual(self.env["linkstar.document"]._destroy_due(), 0)
        document.hold_reason = False
        self.store.state = "active"
        self.assertEqual(self.env["linkstar.document"]._destroy_due(), 0)

    def test_withdrawn_consent_destroys_personal_papers_of_open_shops_too(self):
        person = self.document_of(self.identity_paper)
        plain = self.document_of(self.license)
        self.upload(person, pdf(1, "person"))
        self.upload(plain, pdf(1, "plain"))
        consent = self.env["linkstar.consent"].create(
            {"partner_id": self.entity.id, "purpose": "Open", "given_on": "2026-01-01"}
        )
        self.assertEqual(self.env["linkstar.document"]._destroy_due(), 0)
        consent.withdrawn_on = "2026-02-01"
        self.assertEqual(self.env["linkstar.document"]._destroy_due(), 1)
        self.assertEqual(person.file_state, "destroyed")
        self.assertEqual(plain.file_state, "ready")

    def test_only_compliance_destroys_by_hand(self):
        document = self.document_of(self.license)
        self.upload(document, pdf())
        with self.assertRaises(AccessError):
            document.with_user(self.bringer).destroy_files("no need")
        with self.assertRaisesRegex(UserError, "why"):
            document.with_user(self.keeper).destroy_files(" ")
        document.with_user(self.keeper).destroy_files("asked by its owner")
        self.assertEqual(document.file_state, "destroyed")
