"""Schedules of running projects: forecasts, moves, the clock of on-time work."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .plan_common import PlanCase

START = "2026-03-02 08:00:00"


@tagged("post_install", "-at_install")
class TestSchedule(PlanCase):
    def setUp(self):
        super().setUp()
        with freeze_time(START):
            self.project = self._launch()
        tasks = {task.name: task for task in self.project.sudo().task_ids}
        self.count, self.order = tasks["Count stock"], tasks["Order goods"]
        self.freight = tasks["Sea freight"]

    def test_on_plan_nothing_moves(self):
        with freeze_time(START):
            self.assertEqual(self.project.with_user(self.lead).reschedule(), [])

    def test_late_finish_moves_what_follows_and_keeps_first_deadlines(self):
        first = self.freight.first_deadline
        with freeze_time("2026-03-09 10:00:00"):
            self.count.state = "1_done"
            done = self.count.date_deadline
            moves = self.project.with_user(self.lead).reschedule()
            self.assertNotIn(self.count.id, [move["task_id"] for move in moves])
            self.assertEqual(self.freight.date_deadline, first, "a preview only")
            self.project.with_user(self.lead).reschedule(preview=False)
        self.assertEqual(self.count.date_deadline, done)
        self.assertEqual(str(self.freight.planned_date_begin), "2026-03-09 10:00:00")
        self.assertEqual(
            self.freight.date_deadline - first, timedelta(days=6, hours=22)
        )
        self.assertEqual(self.freight.first_deadline, first)

    def test_moved_anchor_moves_everything_open(self):
        start = self.freight.planned_date_begin
        with freeze_time(START):
            self.project.with_user(self.lead).reschedule(
                preview=False, anchor_date="2026-03-16"
            )
        self.assertEqual(self.freight.planned_date_begin - start, timedelta(days=14))
        self.assertEqual(str(self.project.anchor_date), "2026-03-16")

    def test_operator_previews_and_does_not_apply(self):
        project = self.project.with_user(self.operator)
        project.reschedule()
        with self.assertRaises(AccessError):
            project.reschedule(preview=False)

    def test_status_says_late_why_and_until_when(self):
        with freeze_time("2026-03-05 08:00:00"):
            self.project.sudo()._linkstar_update_status(fields.Datetime.now())
            self.assertEqual(self.project.schedule_status, "late")
            self.assertIn("Count stock", self.project.schedule_reason)
            self.assertGreater(self.project.forecast_end, self.freight.first_deadline)

    def test_overdue_task_off_the_path_is_a_risk_only(self):
        with freeze_time("2026-03-02 13:00:00"):
            self.count.state = "1_done"
            self.order.state = "1_done"
        with freeze_time("2026-03-04 08:00:00"):
            self.project.sudo()._linkstar_update_status(fields.Datetime.now())
        self.assertEqual(self.project.schedule_status, "at_risk")
        self.assertIn("Photograph", self.project.schedule_reason)

    def test_clock_stops_while_a_predecessor_is_late(self):
        with freeze_time("2026-03-04 12:00:00"):
            self.count.state = "1_done"
        with freeze_time("2026-03-04 15:00:00"):
            self.order.state = "1_done"
        self.assertEqual(self.count.clock_paused_hours, 0)
        self.assertEqual(self.order.clock_paused_hours, 48, "from Monday noon")

    def test_closing_records_outcome_and_cancels_what_is_open(self):
        self.project.with_user(self.other_lead).close("partial", "order earlier")
        self.assertEqual(self.project.outcome, "partial")
        self.assertEqual(self.project.lessons, "order earlier")
        self.assertFalse(self.project.is_live)
        self.assertEqual(self.freight.state, "1_canceled")
        with self.assertRaises(AccessError):
            self._launch().with_user(self.operator).close("success")
