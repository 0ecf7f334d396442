"""Where a running card is heading, and the actions that start from it."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .kpi_common import KpiCase

TENTH = "2026-05-11 08:00:00"


@tagged("post_install", "-at_install")
class TestOutlook(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls._scheme(
            [
                {"metric": "gmv", "weight": 60, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0, "action_kind": "task"},
                {"metric": "acos", "weight": 40, "floor": 30, "target": 20}
                | {"stretch": 10},
            ],
            code="running",
        )
        cls._assign(cls.employee_anna, cls.running)

    def _ten_days(self, gmv, spend=25.0, until=10):
        span = (date(2026, 5, 1), date(2026, 5, until))
        self._facts(self.us, "gmv", gmv, span=span)
        self._facts(self.us, "ad_spend", spend, span=span)
        self._facts(self.us, "ad_sales", 100.0, span=span)

    def _calculate(self, now=TENTH):
        with freeze_time(now):
            self.period.with_user(self.manager).calculate()
        return self._card()

    def _page(self, now=TENTH, user=None):
        with freeze_time(now):
            cards = self.env["linkstar.kpi.scorecard"].with_user(user or self.anna)
            return cards.my_page()

    def test_the_page_opens_with_the_month_that_runs_not_with_the_next(self):
        self._ten_days(1000.0)
        running = self._calculate()
        coming = self.env["linkstar.kpi.period"].create(
            {"kind": "month", "day": "2026-06-15"}
        )
        with freeze_time(TENTH):
            coming.with_user(self.manager).calculate()
        self.assertTrue(coming.scorecard_ids)
        page = self._page()
        self.assertEqual(page["card"]["id"], running.id)
        self.assertEqual(len(page["choices"]), 2)

    def test_a_third_of_the_month_at_target_pace_heads_for_the_target(self):
        self._ten_days(1000.0)
        card = self._calculate()
        # Today: 10,000 of 31,000 = 32.258 points × 60 % = 19.35, ACoS 25 → 20.
        self.assertEqual(card.score, 39.35)
        # At the end: 31,000 = 100 × 60 % + 50 × 40 % = 80.
        self.assertEqual((card.has_forecast, card.forecast_score), (True, 80.0))
        page = self._page()
        self.assertEqual(page["card"]["forecast"], 80.0)
        self.assertEqual(
            [row["name"] for row in page["gains"]],
            [self._line("acos").metric_id.name],
        )
        self.assertEqual(page["gains"][0]["gain"], 20.0)

    def test_the_page_says_what_each_day_left_must_bring(self):
        self._ten_days(500.0, spend=20.0)
        self._calculate()
        (gain,) = self._page()["gains"]
        # Heads for 15,500 = 50 points; 26,000 are missing in 21 days.
        self.assertEqual(gain["gain"], 30.0)
        self.assertIn("1,238.1", gain["how"])

    def test_a_finished_period_has_no_forecast(self):
        self._ten_days(1000.0, until=31)
        card = self._calculate("2026-07-01 08:00:00")
        self.assertFalse(card.has_forecast)
        self.assertIs(self._page("2026-07-01")["card"]["forecast"], False)

    def test_too_few_days_say_nothing_and_start_nothing(self):
        self._ten_days(100.0, until=3)
        card = self._calculate("2026-05-04 08:00:00")
        self.assertFalse(card.has_forecast)
        self.assertFalse(card.line_ids.action_ids)

    def test_on_pace_starts_nothing_although_today_is_far_from_the_target(self):
        self._ten_days(1000.0)
        card = self._calculate()
        self.assertLess(self._line("gmv").points, 60)
        self.assertFalse(card.line_ids.action_ids)

    def test_heading_for_too_little_starts_the_action_once(self):
        self._ten_days(400.0)
        for _again in range(2):
            card = self._calculate()
        action = card.line_ids.action_ids
        self.assertEqual(len(action), 1)
        self.assertEqual((action.state, action.points_before), ("running", 12.9))
        self.assertEqual(action.deadline, action.task_id.date_deadline)
        task = action.task_id.with_user(self.anna)
        self.assertTrue(task.has_kpi_action)
        self.assertEqual(task.action_open_kpi_card()["params"]["card_id"], card.id)
        self.assertEqual(action.action_open()["res_id"], task.id)
        (shown,) = self._page()["actions"]
        self.assertEqual(shown["id"], action.id)

    def test_the_close_keeps_what_moved_since_the_action(self):
        self._ten_days(400.0)
        card = self._calculate()
        action = card.line_ids.action_ids
        action.task_id.with_user(self.anna).state = "1_done"
        self.assertEqual(action.state, "done")
        self._ten_days(1000.0, spend=20.0, until=31)
        self._calculate("2026-07-01 08:00:00")
        self.assertEqual(action.moved, 87.1)
        with freeze_time("2026-07-01"):
            card.with_user(self.anna).action_acknowledge()
            self.period.with_user(self.manager).action_publish()
        self.assertTrue(action.is_closed)
        self.assertEqual((action.points_after, action.moved), (100.0, 87.1))

    def test_nobody_writes_an_action_and_strangers_do_not_see_it(self):
        self._ten_days(400.0)
        action = self._calculate().line_ids.action_ids
        with self.assertRaises(AccessError):
            action.with_user(self.anna).write({"points_before": 0})
        self.assertFalse(self.env["linkstar.kpi.action"].with_user(self.ben).search([]))

    def test_an_action_that_cannot_start_says_why(self):
        self.employee_anna.user_id = False
        self._ten_days(400.0)
        action = self._calculate().line_ids.action_ids
        self.assertEqual(action.state, "failed")
        self.assertTrue(action.problem)

    def test_a_forecast_takes_no_statement_of_its_own_per_card_to_read(self):
        self._ten_days(1000.0)
        card = self._calculate()
        card.invalidate_recordset()
        with freeze_time(TENTH):
            before = self.env.cr.sql_log_count
            card._write_forecast(date(2026, 5, 11))
        self.assertLess(self.env.cr.sql_log_count - before, 25)
