"""The platform's answer stays as it came: notice, files, screenshots."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .papers_common import pdf, picture
from .test_papers import PapersCase


@tagged("post_install", "-at_install")
class TestRoundEvidence(PapersCase):
    def setUp(self):
        super().setUp()
        self.project._enter_step("submitted")
        self.project._new_round()
        self.round = self.project.submission_ids

    def _add(self, data, name, user=None):
        user = user or self.bringer
        paper = self.env["linkstar.document"].browse(
            self.round.with_user(user).new_evidence()
        )
        return self.upload(paper, data, name, user)

    def test_files_of_an_answer_are_added_one_by_one(self):
        self._add(pdf(), "notice.pdf")
        self._add(picture(), "screen.jpg")
        listed = self.round.with_user(self.reviewer).evidence_list()
        self.assertEqual([f["kind"] for f in listed], ["pdf", "jpg"])
        self.assertEqual([f["number"] for f in listed], [1, 2])
        self.assertTrue(all(f["may_open"] for f in listed))

    def test_an_upload_that_failed_leaves_no_second_empty_paper(self):
        answer = self._add(b"not a picture at all", "screen.jpg")
        self.assertIn("error", answer)
        self._add(picture(), "screen.jpg")
        self.assertEqual(len(self.round.evidence_ids), 1)

    def test_files_may_come_after_the_decision_and_its_words_stay(self):
        self.project.refuse_round("Your statement is too old.", ["DOC_TOO_OLD"])
        self._add(picture(), "screen.jpg")
        self.assertEqual(len(self.round.evidence_list()), 1)
        with self.assertRaisesRegex(UserError, "decided"):
            self.round.with_user(self.bringer).notice = "All was fine."

    def test_the_notice_of_an_approval_may_follow_once(self):
        self.project.action_approve()
        own = self.round.with_user(self.bringer)
        own.notice = "Welcome to selling."
        with self.assertRaisesRegex(UserError, "decided"):
            own.notice = "Something else."

    def test_strangers_and_auditors_add_nothing(self):
        for user in (self.stranger, self.auditor):
            with self.assertRaises(AccessError):
                self.round.with_user(user).new_evidence()
        self._add(picture(), "screen.jpg")
        paper = self.round.evidence_ids
        self.assertFalse(paper.with_user(self.stranger).has_access("read"))
        with self.assertRaises(AccessError):
            self.round.with_user(self.stranger).evidence_list()

    def test_a_client_ties_no_paper_to_a_round(self):
        paper = self.document_of(self.license)
        with self.assertRaisesRegex(AccessError, "set by the system"):
            paper.with_user(self.bringer).write({"submission_id": self.round.id})
