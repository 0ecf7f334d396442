"""What may happen to a launched task, and what not, by any route."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestTaskRules(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.version.with_user(cls.lead).launch(cls.store.ids)
        tasks = {task.name: task for task in cls.project.sudo().task_ids}
        cls.count = tasks["Count stock"].with_user(cls.operator)
        cls.order = tasks["Order goods"].with_user(cls.buyer)

    def test_blocked_task_is_refused_on_every_route(self):
        for state in (
            "01_in_progress",
            "02_changes_requested",
            "03_approved",
            "1_done",
        ):
            with self.subTest(state=state), self.assertRaises(UserError):
                self.order.write({"state": state})
            with self.subTest(state=state, sudo=True), self.assertRaises(UserError):
                self.order.sudo().with_context(tracking_disable=True).state = state
        stages = self.project.type_ids.sorted("sequence")
        with self.assertRaises(UserError):
            self.order.stage_id = stages[-1]

    def test_blocked_reason_names_predecessor_and_owner(self):
        self.assertIn("Count stock", self.order.blocked_reason)
        self.assertIn(self.operator.name, self.order.blocked_reason)
        self.assertTrue(self.order.is_blocked)

    def test_finishing_the_predecessor_opens_the_next(self):
        self.count.state = "1_done"
        self.assertEqual(self.order.state, "01_in_progress")
        self.assertFalse(self.order.blocked_reason)
        self.order.state = "1_done"

    def test_done_date_is_the_moment_of_the_state_change(self):
        self.count.state = "1_done"
        self.assertTrue(self.count.done_date)
        self.count.state = "01_in_progress"
        self.assertFalse(self.count.done_date)

    def test_first_deadline_stays_when_the_deadline_moves(self):
        first = self.count.first_deadline
        self.count.with_user(self.lead).date_deadline = "2030-01-01 12:00:00"
        self.assertEqual(self.count.first_deadline, first)

    def test_evidence_is_needed_before_done(self):
        self.count.sudo().evidence_required = True
        with self.assertRaisesRegex(UserError, "attach a photo or file"):
            self.count.state = "1_done"
        self.env["ir.attachment"].create(
            {
                "name": "shelf.jpg",
                "res_model": "project.task",
                "res_id": self.count.id,
                "raw": b"photo",
            }
        )
        self.count.state = "1_done"

    def test_operator_cannot_change_what_counts(self):
        for vals in (
            {"date_deadline": "2030-01-01 12:00:00"},
            {"user_ids": False},
            {"active": False},
            {"allocated_hours": 99},
            {"depend_on_ids": False},
            {"state": "1_canceled"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self.count.write(vals)

    def test_system_fields_refuse_everybody(self):
        for name in ("done_date", "first_deadline"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.count.with_user(self.lead).write({name: "2026-01-01 00:00:00"})
        with self.assertRaises(AccessError):
            self.project.with_user(self.lead).write({"is_trial": True})

    def test_approved_state_survives_a_stage_move(self):
        self.count.state = "03_approved"
        self.count.stage_id = self.project.type_ids.sorted("sequence")[1]
        self.assertEqual(self.count.state, "03_approved")

    def test_lead_cannot_cancel_their_own_task_alone(self):
        own = self._task(self.project, "Sea freight")
        self.assertEqual(own.user_ids, self.lead)
        with self.assertRaises(UserError):
            own.with_user(self.lead).state = "1_canceled"
        own.with_user(self.other_lead).state = "1_canceled"
        self.assertEqual(own.state, "1_canceled")

    def test_dependencies_cannot_be_switched_off(self):
        with self.assertRaises(UserError):
            self.project.with_user(self.lead).allow_task_dependencies = False
