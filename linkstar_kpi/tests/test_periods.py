"""Periods: calendar, levels of approval, estimated closes and their settlement."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .kpi_common import JULY, MAY, KpiCase


class PeriodCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        scheme = cls._scheme(
            [
                {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0}
            ],
            code="close",
        )
        cls._assign(cls.employee_anna, scheme)
        cls._facts(cls.us, "gmv", 1000.0)
        cls.scheme = scheme

    def _calculate(self, period=None):
        (period or self.period).with_user(self.manager).calculate()

    def _publish(self, period=None):
        period = period or self.period
        card = period.scorecard_ids[:1]
        if not card.is_acknowledged:
            card.with_user(card.employee_id.user_id).action_acknowledge()
        period.with_user(self.manager).action_publish()


@tagged("post_install", "-at_install")
class TestPeriodCalendar(PeriodCase):
    def test_weeks_months_and_quarters_hold_their_days(self):
        cases = [
            ("week", "2027-01-02", "2026-W53", "2026-12-28", "2027-01-03"),
            ("month", "2028-02-29", "2028-02", "2028-02-01", "2028-02-29"),
            ("month", "2027-02-01", "2027-02", "2027-02-01", "2027-02-28"),
            ("quarter", "2026-12-31", "2026-Q4", "2026-10-01", "2026-12-31"),
        ]
        for kind, day, name, first, last in cases:
            with self.subTest(name=name):
                period = self.env["linkstar.kpi.period"].create(
                    {"kind": kind, "day": day}
                )
                self.assertEqual(
                    (period.name, str(period.date_from), str(period.date_to)),
                    (name, first, last),
                )

    def test_a_week_of_the_year_53_is_scored_by_its_own_days(self):
        scheme = self._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 70.0}],
            code="weekly",
        )
        scheme.period_kind = "week"
        self._assign(self.employee_ben, scheme)
        self._facts(self.de, "gmv", 10.0, (date(2026, 12, 21), date(2027, 1, 10)))
        week = self.env["linkstar.kpi.period"].create(
            {"kind": "week", "day": "2026-12-30"}
        )
        with freeze_time("2027-03-01"):
            self._calculate(week)
        self.assertEqual(week.name, "2026-W53")
        self.assertEqual(week.scorecard_ids.line_ids.value, 70.0)

    def test_the_daily_job_opens_the_running_periods_once(self):
        periods = self.env["linkstar.kpi.period"]
        periods._cron_queue_open()
        found = periods.search([("date_from", "=", "2026-07-01")])
        self.assertEqual(found.filtered(lambda p: p.kind == "month").name, "2026-07")
        before = periods.search_count([])
        periods._cron_queue_open()
        self.assertEqual(periods.search_count([]), before)

    def test_the_calendar_says_what_each_metric_waits_for(self):
        metric = self.env.ref("linkstar_project.metric_gmv")
        metric.write({"available_after_h": 72, "settled_after_d": 28})
        self.env["linkstar.fact"].flush_model()
        self.env.cr.execute("DELETE FROM linkstar_fact WHERE date > '2026-05-20'")
        self.env.cr.execute("UPDATE linkstar_kpi_rollup_token SET token = -1")
        with freeze_time("2026-06-10"):
            self._calculate()
            self.env.flush_all()
            wait = self.period.with_user(self.manager).wait_ids
            self.assertEqual(wait.metric_id, metric)
            self.assertEqual(wait.available_on, date(2026, 6, 4))
            self.assertEqual(wait.settles_on, date(2026, 6, 29))
            self.assertEqual((wait.state, wait.late_count), ("late", 1))
            self.assertIn("US-KPI", wait.waits_for)
            self._facts(self.us, "gmv", 1000.0)
            self._calculate()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(wait.state, "settling")
            self.assertIn("2026-06-29", wait.waits_for)
        self.env.invalidate_all()
        self.assertEqual(wait.state, "settled")
        with self.assertRaises(AccessError):
            self.env["linkstar.kpi.period.wait"].with_user(self.lead).search([])


class ApprovalCase(PeriodCase):
    """Scores are approved by a second KPI manager, then by the boss."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._user("kpi_boss", "linkstar_kpi.group_kpi_manager")
        cls.policy = cls.env["linkstar.approval.policy"].create(
            {
                "name": "Scores",
                "res_model": "linkstar.kpi.period",
                "step_ids": [
                    (0, 0, {"name": "HR", "sequence": 1, "user_id": cls.manager2.id}),
                    (0, 0, {"name": "Boss", "sequence": 2, "user_id": cls.boss.id}),
                ],
            }
        )

    def setUp(self):
        super().setUp()
        self._calculate()
        self._card().with_user(self.anna).action_acknowledge()


@tagged("post_install", "-at_install")
class TestLevelsOfApproval(ApprovalCase):
    def test_publishing_waits_for_every_level(self):
        period = self.period.with_user(self.manager)
        self.assertTrue(period.approval_needed)
        with self.assertRaisesRegex(UserError, "Ask for approval"):
            period.action_publish()
        period.action_request_approval()
        with self.assertRaisesRegex(UserError, self.manager2.name.split()[0]):
            period.action_publish()
        self.period.with_user(self.manager2).action_approve_request()
        with self.assertRaisesRegex(UserError, self.boss.name.split()[0]):
            period.action_publish()
        self.period.with_user(self.boss).action_approve_request()
        period.action_publish()
        self.assertEqual(self.period.state, "published")

    def test_nobody_approves_their_own_request_or_score(self):
        with self.assertRaises(UserError):  # it takes back what was begun
            self.period.with_user(self.manager2).action_request_approval()
        self.period.with_user(self.manager).action_request_approval()
        for user in self.manager + self.boss + self.lead:
            with self.assertRaises(AccessError):
                self.period.sudo()._pending_approval().with_user(user).decide(True)
        self.period.sudo()._pending_approval().with_user(self.manager).cancel_request()
        # Anna is scored in the period: she approves nothing about it.
        self.policy.step_ids.user_id = self.anna
        with self.assertRaises(UserError):
            self.period.with_user(self.manager).action_request_approval()

    def test_a_score_that_changes_needs_the_approval_again(self):
        period = self.period.with_user(self.manager)
        period.action_request_approval()
        self.period.with_user(self.manager2).action_approve_request()
        self.period.with_user(self.boss).action_approve_request()
        self._facts(self.us, "gmv", 900.0)
        self._calculate()
        with self.assertRaisesRegex(UserError, "changed"):
            period.action_publish()

    def test_a_company_without_levels_publishes_as_before(self):
        self.policy.active = False
        self.assertFalse(self.period.approval_needed)
        self.period.with_user(self.manager).action_publish()
        self.assertEqual(self.period.state, "published")


@tagged("post_install", "-at_install")
class TestEstimatedClose(PeriodCase):
    """May is paid by an estimate in early June and settles at the end of June."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("linkstar_project.metric_gmv").settled_after_d = 28
        cls.plan = cls.env["linkstar.kpi.bonus.plan"].create(
            {
                "name": "Plan",
                "currency_id": cls.env.ref("base.USD").id,
                "scheme_ids": [(6, 0, cls.scheme.ids)],
                "base_metric_id": cls.env.ref("linkstar_project.metric_gmv").id,
                "tier_ids": [(0, 0, {"lower": 0, "rate": 1})],
            }
        )
        cls.period.write({"is_estimate": True, "pay_day": "2026-06-10"})

    def _close(self):
        with freeze_time("2026-06-05"):
            self._calculate()
            self._publish()

    def _run(self, period):
        run = self.env["linkstar.kpi.bonus.run"].create(
            {"period_id": period.id, "plan_ids": [(6, 0, self.plan.ids)]}
        )
        run.with_user(self.payroll).action_compute()
        return run

    def _settle_by_job(self, day):
        with (
            freeze_time(day),
            patch.object(type(self.env["ir.cron"]), "_commit_progress") as commit,
        ):
            commit.return_value = 60
            self.env["linkstar.kpi.period"]._cron_settle()

    def test_pay_day_before_the_figures_settle_is_pointed_out(self):
        with freeze_time("2026-06-05"):
            self._calculate()
            self.assertEqual(self.period.settles_on, date(2026, 6, 29))
            self.assertTrue(self.period.is_pay_before_settled)
            self.period.pay_day = "2026-07-10"
            self.assertFalse(self.period.is_pay_before_settled)

    def test_refunds_after_pay_are_taken_back_with_the_next_run(self):
        self._close()
        first = self._run(self.period)
        self.assertEqual(first.total_amount, 310.0)
        self._facts(self.us, "gmv", 900.0)
        self._settle_by_job("2026-06-28")
        self.assertFalse(self.period.settled_at)
        self._settle_by_job("2026-06-29")
        self.assertTrue(self.period.settled_at)
        card = self._card()
        self.assertEqual((card.final_score, card.restated_score), (100.0, 90.0))
        self.assertEqual(card.settled_difference, -10.0)
        difference = self.period.settlement_differences()[card]
        self.assertEqual(difference["figures"], {"gmv": (31000.0, 27900.0)})
        june = self.env["linkstar.kpi.period"].create(
            {"kind": "month", "day": "2026-06-15"}
        )
        self._facts(self.us, "gmv", 1000.0, (date(2026, 6, 1), date(2026, 6, 30)))
        with freeze_time("2026-08-10"):
            self._calculate(june)
            self._publish(june)
            second = self._run(june)
        lines = second.line_ids.filtered(lambda line: line.kind == "difference")
        # 1 % of 27,900 at a score of 90 is 251.10; 310.00 were paid.
        self.assertEqual(lines.amount, -58.9)
        self.assertIn("2026-05", lines.reason)

    def test_settling_happens_once_and_leaves_the_published_score(self):
        self._close()
        self._facts(self.us, "gmv", 900.0)
        self._settle_by_job("2026-07-01")
        stamp = self._card().restated_at
        self._facts(self.us, "gmv", 800.0)
        self._settle_by_job("2026-07-02")
        self.assertEqual(self._card().restated_at, stamp)
        self.assertEqual(self._card().final_score, 100.0)

    def test_settling_too_early_names_the_day(self):
        self._close()
        with freeze_time("2026-06-20"), self.assertRaisesRegex(UserError, "2026-06-29"):
            self.period.with_user(self.manager).action_settle()
        with self.assertRaises(AccessError):
            self.period.with_user(self.lead).action_settle()
        self.period.with_user(self.manager).action_settle()
        self.assertTrue(self.period.settled_at)

    def test_a_close_with_settled_figures_has_nothing_to_settle(self):
        self.period.is_estimate = False
        self._calculate()
        self._publish()
        with self.assertRaisesRegex(UserError, "nothing to settle"):
            self.period.with_user(self.manager).action_settle()
        self.assertEqual(MAY[1], self.period.date_to)


@tagged("post_install", "-at_install")
class TestScoreHealth(PeriodCase):
    def _codes(self, user):
        provider = self.env["linkstar.kpi.health"].with_user(user)
        checks = provider._health_checks(fields.Datetime.now())
        mine = {self.period.name, "US-KPI 2026-05-01 – 2026-05-02"}
        return {
            check["code"]
            for check in checks
            if mine & set(check["detail"].split(", ")) and check["next_step"]
        }

    def test_periods_that_should_be_published_or_settled_are_named(self):
        self.assertEqual(self._codes(self.manager), {"kpi_periods_overdue"})
        self.period.is_estimate = True
        self._calculate()
        self._publish()
        self.assertEqual(self._codes(self.manager), {"kpi_estimates_unsettled"})
        self.period.with_user(self.manager).action_settle()
        self.assertEqual(self._codes(self.manager), set())
        self.period.sudo().calculation_error = "No rate"
        self.assertEqual(self._codes(self.manager), {"kpi_calculation_failed"})
        self.assertEqual(self._codes(self.lead), set())

    def test_requests_that_nobody_decides_are_named_to_the_lead(self):
        request = self.env["linkstar.kpi.exclusion"].create(
            {
                "store_id": self.us.id,
                "date_from": "2026-05-01",
                "date_to": "2026-05-02",
                "cause": "platform",
                "reason": "x",
            }
        )
        request.flush_recordset()
        self.env.cr.execute(
            "UPDATE linkstar_kpi_exclusion SET create_date = '2026-06-01'"
        )
        self.assertEqual(self._codes(self.lead), {"kpi_exclusions_waiting"})
        self.assertEqual(self._codes(self.payroll), set())
