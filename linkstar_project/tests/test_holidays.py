"""Chinese public holidays on a working schedule, and what shifts by them."""

from datetime import datetime, timezone

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase
from .trust_common import new_test_user

LINES = "2026-03-03 2026-03-05 Feast\n2026-03-07 work Feast"


@tagged("post_install", "-at_install")
class TestHolidays(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "holiday_admin", "linkstar_project.group_admin"
        )
        cls.calendar = cls.company.resource_calendar_id

    def _enter(self, text=None, user=None, year=2026):
        values = {"calendar_id": self.calendar.id, "year": year}
        if text:
            values["text"] = text
        wizard = self.env["linkstar.holidays"].with_user(user or self.admin)
        return wizard.create(values).action_apply()

    def _hours(self, day, until=None):
        start = datetime(*day, tzinfo=timezone.utc)
        stop = datetime(*(until or (day[0], day[1], day[2] + 1)), tzinfo=timezone.utc)
        spans = self.calendar._work_intervals_batch(start, stop)[False]
        return sum((b - a).total_seconds() / 3600 for a, b, _meta in spans)

    def test_days_off_and_worked_weekends_of_2026(self):
        self._enter()
        self.assertEqual(self._hours((2026, 10, 5)), 0, "a Monday of National Day")
        self.assertEqual(self._hours((2026, 10, 10)), 8, "a Saturday worked in return")
        self.assertEqual(self._hours((2026, 10, 11)), 0, "an ordinary Sunday")
        self.assertEqual(self._hours((2026, 10, 8)), 8)
        hours = self.calendar.get_work_hours_count(
            datetime(2026, 9, 28, tzinfo=timezone.utc),
            datetime(2026, 10, 12, tzinfo=timezone.utc),
        )
        self.assertEqual(hours, 6 * 8, "core counts with them as well")

    def test_entering_again_corrects_and_doubles_nothing(self):
        self._enter(LINES)
        self._enter(LINES)
        leaves = self.env["resource.calendar.leaves"].search(
            [("calendar_id", "=", self.calendar.id)]
        )
        self.assertEqual(len(leaves), 1)
        self._enter("2026-03-03 Feast")
        self.assertEqual(self._hours((2026, 3, 4)), 8)
        self.assertEqual(self._hours((2026, 3, 7)), 0)

    def test_a_bad_line_is_named_and_nothing_is_entered(self):
        with self.assertRaisesRegex(UserError, "Line 2"):
            self._enter("2026-03-03 Feast\nnext friday")
        self.assertFalse(self.calendar.linkstar_workday_ids)
        with self.assertRaisesRegex(UserError, "not of 2026"):
            self._enter("2030-03-03 Feast")

    def test_a_year_to_come_says_what_is_missing(self):
        wizard = self.env["linkstar.holidays"].create({"year": 2027})
        self.assertIn("statutory", wizard.notice)
        self.assertIn("2027-10-01", wizard.text)
        wizard.year = 2031
        self.assertIn("not built in", wizard.notice)
        self.assertFalse(wizard.text)

    def test_only_administrators_enter_them(self):
        with self.assertRaises(AccessError):
            self._enter(user=self.lead)

    def test_a_holiday_shifts_running_work_after_a_preview(self):
        with freeze_time("2026-03-02 08:00:00"):
            project = self._launch()
            task = self._task(project, "Order goods")
            task.allocated_hours = 12
            project.with_user(self.lead).reschedule(preview=False)
            end, first = task.date_deadline, task.first_deadline
            action = self._enter(LINES)
            self.assertEqual(action["res_model"], "linkstar.reschedule")
            moves = project.with_user(self.lead).reschedule()
            self.assertEqual(task.date_deadline, end, "a preview only")
            move = next(m for m in moves if m["task_id"] == task.id)
            self.assertIn("holidays", move["why"])
            project.with_user(self.lead).reschedule(preview=False)
        self.assertEqual(task.date_deadline.date().isoformat(), "2026-03-06")
        self.assertEqual(task.first_deadline, first)
        self.assertGreater(task.date_deadline, end)

    def test_a_company_chooses_the_schedule_for_its_plans(self):
        other = self.env["resource.calendar"].create(
            {"name": "China", "tz": "Asia/Shanghai"}
        )
        self.env["linkstar.holidays"].with_user(self.admin).create(
            {"calendar_id": other.id, "year": 2026, "for_company": True}
        ).action_apply()
        self.assertEqual(self.company.resource_calendar_id, other)
        leave = self.env["resource.calendar.leaves"].search(
            [("calendar_id", "=", other.id)], order="date_from", limit=1
        )
        self.assertEqual(leave.date_from, datetime(2025, 12, 31, 16))
