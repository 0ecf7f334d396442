"""Approval gates: asked for, decided by somebody else, bound to what was shown."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestGateApproval(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["linkstar.gate"].create(
            {"task_id": cls.steps[0].id, "kind": "approval", "name": "Count list"}
        )
        cls.version = cls.template.publish_version("approval")
        cls.project = cls.version.with_user(cls.lead).launch(cls.store.ids)
        tasks = cls.project.sudo().task_ids
        cls.count = tasks.filtered(lambda t: t.name == "Count stock")
        cls.gate = cls.count.gate_ids

    def _ask(self, user=None):
        self.gate.with_user(user or self.operator).request_approval()
        return self.gate.approval_ids.filtered(lambda a: a.state == "pending")

    def test_nothing_opens_before_somebody_asks(self):
        self.assertIn("needs an approval", self.count.blocked_reason)
        with self.assertRaisesRegex(UserError, "Nobody has asked"):
            self.gate.with_user(self.lead).action_approve()
        with self.assertRaisesRegex(UserError, "Nobody has asked"):
            self.gate.with_user(self.lead).action_confirm()

    def test_assignee_asks_and_a_lead_approves(self):
        approval = self._ask()
        self.assertEqual(approval.requester_id, self.operator)
        self.count.invalidate_recordset(["blocked_reason"])
        self.assertIn("waits for the approval of", self.count.blocked_reason)
        self.assertIn(self.lead.name, self.count.blocked_reason)
        self.gate.with_user(self.lead).action_approve()
        self.assertTrue(self.gate.is_open)
        self.assertEqual(self.gate.confirmed_by_id, self.lead)
        self.assertEqual(self.count.state, "01_in_progress")
        entry = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", "linkstar.gate"), ("res_id", "=", self.gate.id)]
        )
        self.assertIn("approve", entry.mapped("action"))

    def test_nobody_approves_their_own_request(self):
        self._ask(self.lead)
        with self.assertRaisesRegex(AccessError, "own request"):
            self.gate.with_user(self.lead).action_approve()
        self.assertFalse(self.gate.with_user(self.lead).can_decide)
        self.gate.with_user(self.other_lead).action_approve()
        self.assertTrue(self.gate.is_open)

    def test_who_does_the_task_approves_nothing_whoever_asked(self):
        self.count.user_ids = self.lead
        self._ask(self.buyer)
        with self.assertRaisesRegex(AccessError, "own work"):
            self.gate.with_user(self.lead).action_approve()
        self.gate.with_user(self.other_lead).action_approve()
        self.assertTrue(self.gate.is_open)

    def test_operators_decide_nothing(self):
        approval = self._ask()
        with self.assertRaises(AccessError):
            self.gate.with_user(self.buyer).action_approve()
        with self.assertRaises(AccessError):
            approval.with_user(self.buyer).decide(True)
        self.assertFalse(self.gate.is_open)

    def test_strangers_neither_ask_nor_see(self):
        stranger = self.buyer.copy({"login": "gate_stranger"})
        with self.assertRaises(AccessError):
            self.gate.with_user(stranger).request_approval()
        with self.assertRaises(AccessError):
            self.gate.with_user(stranger).sudo().request_approval()

    def test_what_changed_since_it_was_asked_for_is_not_approved(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "list.txt",
                "raw": b"ten",
                "res_model": "project.task",
                "res_id": self.count.id,
            }
        )
        approval = self._ask()
        file.raw = b"eleven"
        with self.assertRaisesRegex(UserError, "changed since"):
            self.gate.with_user(self.lead).action_approve()
        approval.with_user(self.operator).cancel_request()
        self._ask()
        self.gate.with_user(self.lead).action_approve()
        self.assertEqual(self.gate.approval_state, "approved")
        file.raw = b"twelve"
        self.gate.invalidate_recordset(["approval_state"])
        self.assertEqual(self.gate.approval_state, "outdated")

    def test_rejection_says_why_and_can_be_asked_again(self):
        self._ask()
        action = self.gate.with_user(self.lead).action_open_reject()
        wizard = self.env["linkstar.approval.reject"].with_user(self.lead)
        wizard = wizard.with_context(**action["context"])
        wizard.create({"reason": "Two shelves are missing"}).action_reject()
        self.assertFalse(self.gate.is_open)
        self.count.invalidate_recordset(["blocked_reason"])
        self.assertIn("Two shelves are missing.", self.count.blocked_reason)
        self._ask()
        self.gate.with_user(self.lead).action_approve()
        self.assertTrue(self.gate.is_open)

    def test_asked_for_once_at_a_time(self):
        self._ask()
        with self.assertRaisesRegex(UserError, "requested already"):
            self._ask()

    def test_other_gates_are_not_asked_for(self):
        gate = self.env["linkstar.gate"].create(
            {"task_id": self.count.id, "kind": "manual", "name": "Keys"}
        )
        with self.assertRaisesRegex(UserError, "needs no approval"):
            gate.with_user(self.operator).request_approval()

    def test_a_store_with_one_lead_falls_back_to_an_administrator(self):
        members = self.env["linkstar.store.member"]
        members.search([("user_id", "=", self.other_lead.id)]).unlink()
        self._ask(self.lead)
        admin = self.env.ref("base.user_admin")
        self.gate.with_user(admin).action_approve()
        self.assertTrue(self.gate.is_open)

    def test_override_of_ones_own_request_is_refused(self):
        self._ask(self.lead)
        proof = self.env["ir.attachment"].with_user(self.lead)
        proof = proof.create({"name": "mail.png", "raw": b"late"})
        with self.assertRaisesRegex(AccessError, "own request"):
            self.gate.with_user(self.lead).override("nobody is here today", proof.ids)

    def test_a_trial_asks_nobody(self):
        trial = self._launch(trial=True)
        gate = trial.sudo().task_ids.gate_ids
        gate.with_user(self.operator).request_approval()
        self.assertTrue(gate.is_open)
        self.assertFalse(gate.approval_ids)

    def test_fields_of_the_decision_refuse_writes(self):
        for user in (self.operator, self.lead, self.manager):
            for values in ({"confirmed_by_id": user.id}, {"reason_code": "approved"}):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(UserError),
                ):
                    self.gate.with_user(user).write(values)
