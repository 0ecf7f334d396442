"""What may happen to a launched task, and what not, by any route."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

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

    def test_a_quick_title_gives_its_hours_and_tags_to_the_task(self):
        """As core does it, for the system and for a lead (core's quick create)."""
        for tasks in (self.env["project.task"], self.count.with_user(self.lead)):
            with self.subTest(user=tasks.env.user.name):
                task = tasks.create(
                    {
                        "display_name": "Call the supplier 3h #urgent !",
                        "project_id": self.project.id,
                    }
                )
                self.assertEqual(task.name, "Call the supplier")
                self.assertEqual(task.allocated_hours, 3)
                self.assertEqual(task.tag_ids.mapped("name"), ["urgent"])

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

    def test_late_work_leaves_its_owner_by_a_second_person_only(self):
        own = self._task(self.project, "Sea freight")
        mine = own.with_user(self.lead)
        with freeze_time(own.first_deadline + timedelta(days=1)):
            for value in (
                False,
                [(3, self.lead.id)],
                [(5,)],
                [(6, 0, self.other_lead.ids)],
                [self.operator.id],
            ):
                with (
                    self.subTest(value=value),
                    self.assertRaisesRegex(UserError, "plan_lead2"),
                ):
                    mine.user_ids = value
            mine.user_ids = [(4, self.operator.id)]
            own.with_user(self.other_lead).user_ids = [(3, self.lead.id)]
        self.assertEqual(own.user_ids, self.operator)

    def test_work_that_is_not_late_is_handed_over_freely(self):
        own = self._task(self.project, "Sea freight")
        with freeze_time(own.first_deadline - timedelta(days=1)):
            own.with_user(self.lead).user_ids = self.operator
        self.assertEqual(own.user_ids, self.operator)

    def test_the_owner_of_late_work_does_not_close_the_project(self):
        own = self._task(self.project, "Sea freight")
        with freeze_time(own.first_deadline + timedelta(days=1)):
            with self.assertRaisesRegex(UserError, "Sea freight.*ask plan_lead2"):
                self.project.with_user(self.lead).close("partial")
            self.assertFalse(self.project.outcome)
            self.project.with_user(self.other_lead).close("partial")
        self.assertEqual(own.state, "1_canceled")

    def test_a_review_point_is_approved_by_a_lead_who_does_not_do_it(self):
        self.count.sudo().is_review = True
        with self.assertRaisesRegex(UserError, "review point"):
            self.count.state = "1_done"
        with self.assertRaisesRegex(UserError, "Ask plan_lead"):
            self.count.linkstar_finish()
        with self.assertRaises(AccessError):
            self.count.state = "03_approved"
        self.count.sudo().user_ids |= self.lead
        with self.assertRaisesRegex(UserError, "ask plan_lead2"):
            self.count.with_user(self.lead).state = "03_approved"
        self.count.with_user(self.other_lead).state = "03_approved"
        self.count.linkstar_finish()
        self.assertEqual(self.count.state, "1_done")
        self.count.state = "01_in_progress"
        with self.assertRaisesRegex(UserError, "review point"):
            self.count.state = "1_done"

    def test_review_points_of_built_in_templates_can_be_finished(self):
        template = self.env.ref("linkstar_project.template_emergency_replenishment")
        version = template.version_ids.filtered(lambda v: v.state == "published")[:1]
        project = version.with_user(self.lead).launch(self.store.ids, subject="SKU-1")
        points = project.sudo().task_ids.filtered("is_review")
        self.assertTrue(points)
        for point in points:
            point.depend_on_ids = False
            point.gate_ids.sudo().unlink()
            point.evidence_required = False
            doer = point.user_ids[:1]
            second = (self.lead | self.other_lead) - point.user_ids
            point.with_user(second[:1]).state = "03_approved"
            point.with_user(doer).linkstar_finish()
        self.assertEqual(set(points.mapped("state")), {"1_done"})

    def test_evidence_of_finished_work_stays(self):
        file = self.env["ir.attachment"].with_user(self.operator)
        values = {"res_model": "project.task", "res_id": self.count.id, "raw": b"x"}
        draft = file.create({"name": "draft.jpg", **values})
        photo = file.create({"name": "shelf.jpg", **values})
        draft.unlink()
        self.count.state = "1_done"
        for vals in ({"raw": b"y"}, {"res_id": False}, {"name": "z"}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "stays"):
                photo.write(vals)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            photo.with_user(self.lead).unlink()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            photo.sudo()._delete_and_notify()
        file.create({"name": "later.jpg", **values})

    def test_dependencies_cannot_be_switched_off(self):
        with self.assertRaises(UserError):
            self.project.with_user(self.lead).allow_task_dependencies = False
