"""From the wizard to an open shop, and what stops on the way."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import TransactionCase, new_test_user, tagged

from .opening_common import bring_files


@tagged("post_install", "-at_install")
class TestOpening(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Of their own: people who share an address are one person to the checks.
        cls.lead = new_test_user(
            cls.env,
            "opening_lead",
            groups="linkstar_project.group_lead",
            email="opening_lead@example.com",
        )
        cls.operator = new_test_user(
            cls.env,
            "opening_operator",
            groups="linkstar_project.group_operator",
            email="opening_operator@example.com",
        )
        cls.entity = cls.env["res.partner"].create(
            {
                "name": "Ningbo Nova Trading",
                "is_company": True,
                "linkstar_entity_kind": "CN_COMPANY",
            }
        )
        cls.us = cls._site("amazon", "US")
        cls.today = Date.today()

    @classmethod
    def _site(cls, platform, code):
        return cls.env["linkstar.marketplace"].search(
            [("platform_id.code", "=", platform), ("code", "=", code)]
        )

    def _wizard(self, user=None, site=None, **values):
        site = site or self.us
        return (
            self.env["linkstar.opening.wizard"]
            .with_user(user or self.lead)
            .create(
                {
                    "platform_id": site.platform_id.id,
                    "marketplace_ids": site.ids,
                    "entity_id": self.entity.id,
                    "shop_name": "Nova Home",
                    "code_suffix": "nova9",
                    "planned_date": Date.add(self.today, days=20),
                    "user_id": self.operator.id,
                    **values,
                }
            )
        )

    def _start(self, **values):
        action = self._wizard(**values).action_start()
        return self.env["project.project"].browse(action["res_id"])

    def _bring_papers(self, opening, issue_date=None):
        """Give every requirement a paper that serves on the planned day."""
        for requirement in opening.requirement_ids:
            requirement.document_id = self.env["linkstar.document"].create(
                {
                    "name": requirement.type_id.name,
                    "type_id": requirement.type_id.id,
                    "entity_id": self.entity.id,
                    "issue_date": issue_date or self.today,
                    "expiry_date": Date.add(self.today, years=3),
                }
            )
        bring_files(opening.requirement_ids.document_id)

    def _submitted(self):
        opening = self._start()
        self._bring_papers(opening)
        opening.action_ready()
        opening.action_submit_round()
        return opening

    def test_the_store_stands_first_with_members_and_in_state_opening(self):
        opening = self._start()
        store = opening.store_id
        self.assertEqual(store.code, "US-NOVA9")
        self.assertEqual(store.state, "opening")
        self.assertEqual(store.member_ids.user_id, self.lead | self.operator)
        self.assertIn(store.id, self.operator._linkstar_store_ids())

    def test_the_opening_has_the_platforms_steps_papers_and_owner(self):
        opening = self._start()
        self.assertEqual(opening.linkstar_kind, "opening")
        self.assertEqual(opening.application_state, "to_submit")
        steps = opening.task_ids
        self.assertEqual(len(steps), 23, "one task a step of Amazon US")
        codes = opening.requirement_ids.type_id.mapped("code")
        self.assertIn("BIZ_LICENSE_CN", codes)
        self.assertEqual(opening.requirement_ids.user_id, self.operator)

    def test_a_hong_kong_company_is_asked_for_its_own_papers(self):
        self.entity.linkstar_entity_kind = "HK_COMPANY"
        codes = self._start().requirement_ids.type_id.mapped("code")
        self.assertIn("HK_CI_BR", codes)
        self.assertNotIn("BIZ_LICENSE_CN", codes)

    def test_a_batch_opens_every_site_or_none(self):
        canada = self._site("amazon", "CA")
        wizard = self._wizard(marketplace_ids=(self.us | canada).ids)
        self.env["linkstar.store"].create(
            {"name": "taken", "code": "CA-NOVA9", "marketplace_id": canada.id}
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            wizard.action_start()
        stores = self.env["linkstar.store"].search([("code", "=", "US-NOVA9")])
        self.assertFalse(stores)

    def test_an_operator_starts_no_opening(self):
        with self.assertRaises(AccessError):
            self._wizard(self.operator).action_start()

    def test_a_closed_platform_takes_no_new_opening(self):
        wish = self.env["linkstar.platform"].search([("code", "=", "wish")])
        site = self.env["linkstar.marketplace"].search(
            [("platform_id", "=", wish.id)], limit=1
        ) or self.env["linkstar.marketplace"].create(
            {
                "platform_id": wish.id,
                "code": "GLOBAL",
                "name": "Wish",
                "currency_id": self.env.ref("base.USD").id,
                "tz": "UTC",
            }
        )
        with self.assertRaisesRegex(UserError, "closed to new shops"):
            self._wizard(site=site).action_start()

    def test_nothing_is_submitted_while_papers_are_missing(self):
        opening = self._start()
        with self.assertRaisesRegex(UserError, "Papers are not ready"):
            opening.action_ready()

    def test_a_statement_too_old_on_the_planned_day_is_flagged_today(self):
        opening = self._start()
        self._bring_papers(opening)
        statement = opening.requirement_ids.filtered(
            lambda r: r.type_id.code == "ADDR_PROOF_COMPANY"
        )
        statement.document_id.issue_date = Date.subtract(self.today, days=80)
        self.assertEqual(statement.state, "expired")
        self.assertEqual(statement.document_id._judge(self.today).state, "expiring")
        with self.assertRaisesRegex(UserError, statement.type_id.name[:20]):
            opening.action_ready()

    def test_a_round_freezes_what_was_sent(self):
        opening = self._submitted()
        sent = opening.submission_ids.papers
        names = opening.requirement_ids.document_id.mapped("name")
        self.assertEqual({paper["document"] for paper in sent}, set(names))
        opening.requirement_ids[0].document_id.name = "renamed later"
        self.assertEqual(opening.submission_ids.papers, sent)

    def test_approval_and_activation_open_the_store(self):
        opening = self._submitted()
        opening.action_in_review()
        opening.action_approve()
        self.assertEqual(opening.application_state, "approved")
        self.assertEqual(opening.store_id.state, "opening")
        with self.assertRaisesRegex(UserError, "Before the shop opens"):
            opening.action_activate()
        opening.mark_ids.action_done()
        opening.action_activate()
        self.assertEqual(opening.store_id.state, "active")

    def test_a_refusal_keeps_the_notice_and_says_what_is_next(self):
        opening = self._submitted()
        step = opening.refuse_round("Your statement is too old.", ["DOC_TOO_OLD"])
        self.assertEqual(step, "preparing")
        self.assertEqual(opening.application_state, "rejected")
        self.assertEqual(opening.submission_ids.notice, "Your statement is too old.")
        opening.move_application("preparing")
        opening.action_ready()
        opening.action_submit_round()
        self.assertEqual(set(opening.submission_ids.mapped("number")), {1, 2})

    def test_a_refusal_needs_the_platforms_words(self):
        opening = self._submitted()
        with self.assertRaisesRegex(UserError, "notice"):
            opening.refuse_round("  ", ["DOC_TOO_OLD"])

    def test_a_waiting_period_holds_the_next_round(self):
        opening = self._submitted()
        reason = self.env["linkstar.rejection.reason"].search(
            [("code", "=", "DOC_TOO_OLD")]
        )
        reason.wait_days = 30
        opening.refuse_round("Wait.", ["DOC_TOO_OLD"])
        opening.move_application("preparing")
        opening.action_ready()
        with self.assertRaisesRegex(UserError, "waits until"):
            opening.action_submit_round()

    def test_only_allowed_moves(self):
        opening = self._start()
        for step in ("approved", "submitted", "rejected", "active", "nonsense"):
            with self.assertRaises(UserError, msg=step):
                opening.move_application(step)

    def test_a_client_cannot_write_the_state(self):
        opening = self._start()
        for values in (
            {"application_state": "approved"},
            {"application_step": "active"},
            {"sop_id": False},
        ):
            for user in (self.operator, self.lead):
                with self.assertRaisesRegex(AccessError, "set by the system"):
                    opening.with_user(user).write(values)
        copied = self.env["project.project"].with_context(
            default_application_state="approved"
        )
        self.assertFalse(copied.create({"name": "plain"}).application_state)

    def test_history_keeps_each_step_with_its_time(self):
        opening = self._submitted()
        steps = opening.opening_step_ids.sorted("id").mapped("step")
        self.assertEqual(steps, ["preparing", "ready", "submitted"])
        self.assertTrue(
            all(opening.opening_step_ids.sorted("id")[:2].mapped("left_at"))
        )

    def test_nobody_reviews_their_own_paper(self):
        opening = self._start()
        self._bring_papers(opening)
        requirement = opening.requirement_ids[0]
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            requirement.with_user(self.operator).action_accept()
        requirement.with_user(self.lead).action_accept()
        self.assertEqual(requirement.decision, "accepted")

    def test_who_entered_a_paper_does_not_review_it(self):
        opening = self._start()
        requirement = opening.requirement_ids[0]
        requirement.with_user(self.operator).document_id = (
            self.env["linkstar.document"]
            .with_user(self.operator)
            .create(
                {
                    "name": "Licence",
                    "type_id": requirement.type_id.id,
                    "entity_id": self.entity.id,
                    "issue_date": self.today,
                    "expiry_date": Date.add(self.today, years=3),
                }
            )
        )
        requirement.user_id = self.lead
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            requirement.with_user(self.operator).action_accept()

    def test_naming_somebody_else_does_not_let_the_owner_review(self):
        opening = self._start()
        self._bring_papers(opening)
        requirement = opening.requirement_ids[0].with_user(self.operator)
        requirement.user_id = self.lead
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            requirement.action_accept()

    def test_of_two_reviewers_at_once_the_second_is_told(self):
        opening = self._start()
        self._bring_papers(opening)
        requirement = opening.requirement_ids[0]
        finance = new_test_user(
            self.env,
            "opening_finance",
            groups="linkstar_project.group_lead",
            email="opening_finance@example.com",
        )
        self.env["linkstar.store.member"].create(
            {
                "store_id": opening.store_id.id,
                "user_id": finance.id,
                "role_id": self.env.ref("linkstar_project.role_finance").id,
                "share": 0,
            }
        )
        requirement.with_user(self.lead).action_accept()
        with self.assertRaisesRegex(ValidationError, "opening_lead.*already"):
            requirement.with_user(finance).action_refuse("Not readable.")
        requirement.with_user(self.lead).action_refuse("On second thoughts, blurred.")
        self.assertEqual(requirement.decision, "refused")
        bring_files(requirement.document_id)
        requirement.document_id._file_arrived(requirement.document_id.file_ids[:1])
        requirement.with_user(finance).action_accept()
        self.assertEqual(requirement.decision, "accepted")

    def test_of_two_answers_to_one_round_the_second_is_refused(self):
        opening = self._submitted()
        opening.with_user(self.lead).action_approve()
        with self.assertRaisesRegex(UserError, "cannot go to"):
            opening.with_user(self.operator).refuse_round("No.", ["DOC_TOO_OLD"])
        self.assertEqual(opening.submission_ids.decision, "approved")

    def test_a_paper_without_its_file_holds_the_submission(self):
        opening = self._start()
        self._bring_papers(opening)
        licence = opening.requirement_ids.filtered(
            lambda r: r.type_id.code == "BIZ_LICENSE_CN"
        )
        licence.document_id.file_ids.unlink()
        self.assertEqual((licence.state, opening.missing_count), ("missing", 1))
        with self.assertRaisesRegex(UserError, "No file yet"):
            opening.action_ready()
        with self.assertRaisesRegex(ValidationError, "no file"):
            licence.with_user(self.lead).action_accept()
        licence.type_id.needs_file = False
        opening.action_ready()

    def test_what_the_platform_gives_or_asks_later_does_not_hold_the_submission(self):
        opening = self._start()
        papers = opening.requirement_ids.grouped(lambda r: r.type_id.code)
        self.assertTrue(papers["POSTCARD_CODE"].is_later)
        self.assertFalse(papers["POSTCARD_CODE"].due_date)
        self.assertTrue(papers["TRADEMARK"].is_optional)
        asked = opening._blocking_requirements().type_id.mapped("code")
        self.assertIn("BANK_STATEMENT", asked)
        self.assertNotIn("PLATFORM_NOTICE", asked)
        self.assertNotIn("LIAB_INSURANCE", asked)

    def test_papers_that_the_entity_has_serve_the_next_opening_too(self):
        first = self._start()
        self._bring_papers(first)
        old = first.requirement_ids.filtered(
            lambda r: r.type_id.code == "BANK_STATEMENT"
        )
        old.document_id.issue_date = Date.subtract(self.today, days=80)
        second = self._start(site=self._site("ebay", "US"), code_suffix="nova8")
        papers = second.requirement_ids.grouped(lambda r: r.type_id.code)
        licence = papers["BIZ_LICENSE_CN"]
        self.assertIn(first, licence.document_id.requirement_ids.project_id)
        self.assertEqual(licence.state, "uploaded", "reviewed for each opening")
        third = self._start(
            site=self._site("tiktok", "UK"), code_suffix="nova7", limit_reason="Yes."
        )
        papers = third.requirement_ids.grouped(lambda r: r.type_id.code)
        self.assertFalse(papers["BANK_STATEMENT"].document_id, "too old by then")

    def test_papers_of_other_peoples_openings_are_not_taken(self):
        first = self._start()
        self._bring_papers(first)
        other = new_test_user(
            self.env,
            "opening_other",
            groups="linkstar_project.group_lead",
            email="opening_other@example.com",
        )
        wizard = self._wizard(
            user=other,
            site=self._site("ebay", "US"),
            code_suffix="nova8",
            user_id=other.id,
        )
        second = self.env["project.project"].browse(wizard.action_start()["res_id"])
        self.assertFalse(second.requirement_ids.document_id)

    def test_one_more_site_of_an_account_asks_for_no_identity_again(self):
        opening = self._start(site=self._site("amazon", "CA"))
        codes = opening.requirement_ids.type_id.mapped("code")
        self.assertIn("CHARGE_CARD", codes)
        self.assertNotIn("LEGAL_REP_ID", codes)

    def test_a_paper_changed_after_its_review_is_reviewed_again(self):
        opening = self._start()
        self._bring_papers(opening)
        requirement = opening.requirement_ids[0]
        requirement.with_user(self.lead).action_accept()
        requirement.document_id.issue_date = Date.subtract(self.today, days=1)
        self.assertFalse(requirement.decision)

    def test_the_platforms_words_stay_as_they_came(self):
        opening = self._submitted()
        opening.refuse_round("Your statement is too old.", ["DOC_TOO_OLD"])
        with self.assertRaisesRegex(UserError, "decided"):
            opening.submission_ids.with_user(self.lead).notice = "All was fine."

    def test_a_changed_paper_is_reviewed_again(self):
        opening = self._start()
        self._bring_papers(opening)
        requirement = opening.requirement_ids[0]
        requirement.with_user(self.lead).action_accept()
        requirement.document_id = requirement.document_id.copy()
        self.assertFalse(requirement.decision)

    def test_a_paper_of_another_company_is_refused(self):
        opening = self._start()
        other = self.env["res.partner"].create({"name": "Other Ltd"})
        requirement = opening.requirement_ids[0]
        paper = self.env["linkstar.document"].create(
            {
                "name": "Licence",
                "type_id": requirement.type_id.id,
                "entity_id": other.id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "Other Ltd"):
            requirement.document_id = paper

    def test_a_stranger_sees_neither_opening_nor_papers(self):
        opening = self._start()
        self._bring_papers(opening)
        stranger = new_test_user(
            self.env, "opening_stranger", groups="linkstar_project.group_operator"
        )
        for model in ("project.project", "linkstar.requirement", "linkstar.document"):
            found = self.env[model].with_user(stranger).search([])
            if model == "project.project":
                self.assertNotIn(opening, found)
            else:
                self.assertFalse(found, model)

    def test_tiktok_shop_opens_too(self):
        opening = self._start(site=self._site("tiktok", "US"))
        self.assertEqual(opening.sop_id.code, "tiktok_us")
        self.assertEqual(len(opening.task_ids), 12)
