"""Approvals before beginning and before submission; delegation; bulk."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import tagged

from .opening_common import OpeningCase


@tagged("post_install", "-at_install")
class TestOpeningApproval(OpeningCase):
    def _policy(self, name):
        policy = self.env.ref(f"linkstar_store_opening.approval_policy_{name}")
        policy.active = True
        return policy

    def _waiting(self):
        """An opening ready to submit, its approval asked by its owner."""
        self._policy("submission")
        opening = self._ready()
        store = opening.sudo().store_id
        self._join(store, self.finance, "finance")
        self._join(store, self.legal, "legal")
        opening.action_request_approval()
        return opening

    def _approve(self, opening, *people):
        for user in people:
            opening.with_user(user).action_approve_request()

    def test_without_a_policy_nobody_is_asked(self):
        self.assertFalse(self._ready().approval_needed)

    def test_finance_legal_and_operations_decide_in_their_order(self):
        opening = self._waiting()
        with self.assertRaisesRegex(UserError, "waits for the approval"):
            opening.action_submit_round()
        with self.assertRaises(AccessError):
            opening.with_user(self.legal).action_approve_request()
        self._approve(opening, self.finance, self.legal, self.lead)
        opening.action_submit_round()
        self.assertEqual(opening.application_step, "submitted")

    def test_nothing_goes_out_before_anybody_asked(self):
        self._policy("submission")
        with self.assertRaisesRegex(UserError, "not approved yet"):
            self._ready().action_submit_round()

    def test_who_prepares_an_opening_approves_none_of_it(self):
        opening = self._waiting()
        self._join(opening.sudo().store_id, self.operator, "finance")
        with self.assertRaises(AccessError):
            opening.action_approve_request()

    def test_a_paper_changed_after_approval_needs_a_new_one(self):
        opening = self._waiting()
        self._approve(opening, self.finance, self.legal, self.lead)
        paper = opening.sudo().requirement_ids[0].document_id
        paper.issue_date = Date.subtract(self.today, days=1)
        with self.assertRaisesRegex(UserError, "changed after its approval"):
            opening.action_submit_round()

    def test_a_paper_changed_in_between_stops_the_decision(self):
        opening = self._waiting()
        opening.sudo().planned_submission_date = Date.add(self.today, days=5)
        with self.assertRaisesRegex(UserError, "has changed"):
            opening.with_user(self.finance).action_approve_request()

    def test_the_next_round_needs_its_own_approval(self):
        opening = self._waiting()
        self._approve(opening, self.finance, self.legal, self.lead)
        opening.action_submit_round()
        opening.refuse_round("No.", ["DOC_TOO_OLD"])
        opening.action_take_suggested()
        opening.action_ready()
        with self.assertRaises(UserError):
            opening.action_submit_round()

    def test_a_declined_submission_goes_back_to_the_papers(self):
        opening = self._waiting()
        approval = opening.sudo().approval_ids
        approval.with_user(self.finance).decide(False, "Wrong account.")
        self.assertEqual(opening.application_step, "preparing")
        last = opening.sudo().opening_step_ids.sorted("id")[-1]
        self.assertEqual(last.note, "Wrong account.")

    def test_the_step_lists_own_order_comes_first(self):
        policy = self.env["linkstar.approval.policy"].create(
            {
                "name": "Legal only",
                "res_model": "project.project",
                "kind": "opening_special",
                "step_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Legal",
                            "role_id": self.env.ref("linkstar_project.role_legal").id,
                        },
                    )
                ],
            }
        )
        opening = self._ready()
        opening.sudo().sop_id.approval_policy_id = policy
        self._join(opening.sudo().store_id, self.legal, "legal")
        opening.action_request_approval()
        self._approve(opening, self.legal)
        opening.action_submit_round()

    def test_a_company_may_approve_a_shop_before_work_begins(self):
        self._policy("start")
        with self.assertRaisesRegex(UserError, "who pays and why"), self.cr.savepoint():
            self._start()
        opening = self._start(payer_id=self.entity.id, opening_reason="New brand.")
        self.assertEqual(opening.application_step, "requested")
        with self.assertRaises(UserError):
            opening.move_application("preparing")
        opening.sudo().approval_ids.with_user(self.env.ref("base.user_admin")).decide(
            True
        )
        self.assertEqual(opening.application_step, "preparing")
        self.assertEqual(opening.approval_state, "none")

    def test_a_declined_shop_is_cancelled_and_its_store_closed(self):
        self._policy("start")
        opening = self._start(payer_id=self.entity.id, opening_reason="New brand.")
        admin = self.env.ref("base.user_admin")
        opening.sudo().approval_ids.with_user(admin).decide(False, "Too dear.")
        self.assertEqual(opening.application_step, "cancelled")
        self.assertEqual(opening.sudo().store_id.state, "closed")

    def test_a_client_writes_no_approval(self):
        opening = self._waiting()
        for values in ({"state": "approved"}, {"content_hash": "0"}):
            with self.assertRaises(AccessError):
                opening.sudo().approval_ids.with_user(self.lead).write(values)
        with self.assertRaises(AccessError):
            opening.with_user(self.lead).write({"application_step": "submitted"})

    def _delegate(self, user, delegate, **dates):
        return (
            self.env["linkstar.approval.delegation"]
            .with_user(user)
            .create(
                {
                    "user_id": user.id,
                    "delegate_id": delegate.id,
                    "date_from": self.today,
                    "date_to": Date.add(self.today, days=7),
                    **dates,
                }
            )
        )

    def test_a_delegate_decides_within_the_dates_only(self):
        opening = self._waiting()
        second = self._person("oc_second", "operator")
        self._join(opening.sudo().store_id, second, "operator")
        delegation = self._delegate(
            self.finance, second, date_from=Date.add(self.today, days=1)
        )
        with self.assertRaises(AccessError):
            opening.with_user(second).action_approve_request()
        delegation.sudo().date_from = self.today
        opening.with_user(second).action_approve_request()
        step = opening.sudo().approval_ids.step_ids[0]
        self.assertEqual(step.decided_by_id, second)

    def test_delegating_to_the_owner_does_not_let_them_decide(self):
        opening = self._waiting()
        self._delegate(self.finance, self.operator)
        with self.assertRaises(AccessError):
            opening.action_approve_request()

    def test_nobody_delegates_in_anothers_name(self):
        with self.assertRaises(AccessError):
            self._delegate(self.finance, self.legal).with_user(self.legal).write(
                {"user_id": self.lead.id}
            )
        with self.assertRaises(AccessError):
            self.env["linkstar.approval.delegation"].with_user(self.legal).create(
                {
                    "user_id": self.finance.id,
                    "delegate_id": self.legal.id,
                    "date_to": self.today,
                }
            )
        with self.assertRaises(ValidationError):
            self._delegate(self.finance, self.finance)

    def test_several_requests_are_approved_at_once(self):
        opening = self._waiting()
        approval = opening.sudo().approval_ids.with_user(self.finance)
        approval.action_approve_selected()
        self.assertEqual(approval.sudo().step_ids[0].state, "approved")
        approval.action_approve_selected()
        self.assertEqual(approval.sudo().step_ids[1].state, "pending")
