"""What a plan may say, and that what was approved is what is paid."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .kpi_common import JULY, KpiCase


@tagged("post_install", "-at_install")
class TestBonusTerms(KpiCase):
    """Anna 100 points and 31,000 USD, Ben 80 points and 24,800 USD in May."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.gmv = cls._scheme(
            [
                {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0},
            ],
            code="gmv",
        )
        for employee in cls.employee_anna + cls.employee_ben:
            cls._assign(employee, cls.gmv)
        cls._facts(cls.us, "gmv", 1000.0)
        cls._facts(cls.de, "gmv", 800.0)
        cls.usd = cls.env.ref("base.USD")
        cls.plan = (
            cls.env["linkstar.kpi.bonus.plan"]
            .with_user(cls.payroll)
            .create(
                {
                    "name": "Operators",
                    "currency_id": cls.usd.id,
                    "scheme_ids": [(6, 0, cls.gmv.ids)],
                    "base_metric_id": cls.env.ref("linkstar_project.metric_gmv").id,
                    "tier_ids": [(0, 0, {"lower": 0, "rate": 1})],
                }
            )
        )

    def _publish(self, period=None):
        period = period or self.period
        period.is_estimate = True
        period.with_user(self.manager).calculate()
        for card in period.scorecard_ids.filtered(lambda c: not c.is_acknowledged):
            card.with_user(self.manager).action_delivered("Mail of 2 May.")
        period.with_user(self.manager).action_publish()

    def _run(self, period=None, pay=True, publish=True):
        period = period or self.period
        # Some days after the period, but not before the first of July.
        with freeze_time(max(JULY.date(), period.date_to + timedelta(days=5))):
            return self._run_now(period, pay, publish)

    def _run_now(self, period, pay, publish):
        if publish:
            self._publish(period)
        run = (
            self.env["linkstar.kpi.bonus.run"]
            .with_user(self.payroll)
            .create({"period_id": period.id, "plan_ids": [(6, 0, self.plan.ids)]})
        )
        run.action_compute()
        if pay:
            run.with_user(self.payroll2).action_approve()
            run.action_lock()
        return run

    def _month(self, day):
        period = self.env["linkstar.kpi.period"].create({"day": day})
        span = (period.date_from, period.date_to)
        for store in self.us + self.de:
            self._facts(store, "gmv", 0.0, span=span)
        return period

    def _of(self, run, employee=None, kind="bonus"):
        employee = employee or self.employee_anna
        return run.line_ids.filtered(
            lambda line: line.employee_id == employee and line.kind == kind
        )

    def test_part_of_the_coefficient_follows_the_team(self):
        self.plan.write({"team_part": 30, "team_by": "plan"})
        run = self._run(pay=False)
        line = self._of(run)
        # Own 1.00 × 70 % + team (100 + 80) / 2 = 0.90 × 30 % = 0.97 of 310.
        self.assertEqual((line.coefficient, line.amount), (0.97, 300.7))
        self.assertEqual((line.team_score, line.team_part), (90.0, 30.0))
        self.assertIn("team", line.steps)
        # 248 × (0.8 × 70 % + 0.9 × 30 %)
        self.assertEqual(self._of(run, self.employee_ben).amount, 205.84)

    def test_a_team_of_other_departments_is_not_ones_team(self):
        departments = self.env["hr.department"].create([{"name": "A"}, {"name": "B"}])
        self.employee_anna.department_id = departments[0]
        self.employee_ben.department_id = departments[1]
        self.plan.write({"team_part": 50, "team_by": "department"})
        line = self._of(self._run(pay=False))
        self.assertEqual((line.team_score, line.coefficient), (100.0, 1.0))

    def test_the_fixed_amount_shrinks_for_days_not_in_the_scheme(self):
        self.env["linkstar.kpi.assignment"].search(
            [("employee_id", "=", self.employee_anna.id)]
        ).date_from = "2026-05-17"
        self.plan.fixed_amount = 310
        line = self._of(self._run(pay=False))
        # 15 of 31 days: sales 15,000 and the target shrink by themselves.
        self.assertEqual((line.score, line.base), (100.0, 15000.0))
        self.assertAlmostEqual(line.share, 48.39, 2)
        self.assertEqual(line.amount, 150 + 150)

    def test_by_days_the_whole_bonus_or_nothing_shrinks(self):
        self.env["linkstar.kpi.assignment"].search(
            [("employee_id", "=", self.employee_anna.id)]
        ).date_from = "2026-05-17"
        self.plan.write({"fixed_amount": 310, "prorate": "nothing"})
        run = self._run(pay=False)
        self.assertEqual(self._of(run).amount, 150 + 310)
        self.plan.prorate = "all"
        run.action_compute()
        self.assertEqual(self._of(run).amount, 222.58)

    def test_a_least_score_pays_nothing_below_it(self):
        self.plan.write({"use_least_score": True, "least_score": 90})
        run = self._run(pay=False)
        self.assertEqual(self._of(run).amount, 310)
        ben = self._of(run, self.employee_ben)
        self.assertEqual(ben.amount, 0)
        self.assertIn("90", ben.failed_gate)

    def test_a_confirmed_veto_pays_nothing(self):
        self.plan.gate_veto = True
        self._publish()
        card = self._card()
        card.sudo().write({"veto_state": "dismissed"})
        run = self._run(pay=False, publish=False)
        self.assertEqual(self._of(run).amount, 310)
        card.sudo().write({"veto_state": "confirmed"})
        run.action_compute()
        self.assertEqual(self._of(run).amount, 0)
        self.assertTrue(self._of(run).failed_gate)

    def test_a_cap_limits_and_says_so(self):
        self.plan.write({"use_cap": True, "cap": 300})
        line = self._of(self._run(pay=False))
        self.assertEqual((line.gross, line.amount, line.is_capped), (310, 300, True))
        self.assertIn("300", line.steps)

    def test_what_is_held_back_is_paid_out_after_its_months_once(self):
        self.plan.write({"holdback": 10, "release_after_months": 2})
        self.assertEqual(self._of(self._run()).held_back, 31.0)
        june = self._run(self._month("2026-06-01"))
        self.assertFalse(self._of(june, kind="release"))
        july = self._run(self._month("2026-07-01"))
        release = self._of(july, kind="release")
        self.assertEqual((release.payable, release.held_back), (31.0, -31.0))
        self.assertEqual(release.amount, 0)
        august = self._run(self._month("2026-08-01"))
        self.assertFalse(self._of(august, kind="release"))
        lines = self.env["linkstar.kpi.bonus.line"].search(
            [("employee_id", "=", self.employee_anna.id)]
        )
        self.assertEqual(sum(lines.mapped("held_back")), 0)
        self.assertEqual(sum(lines.mapped("amount")), sum(lines.mapped("payable")))

    def test_no_more_is_released_by_hand_than_is_held_back(self):
        self.plan.holdback = 10
        self._run()
        later = self._run(self._month("2026-06-01"), pay=False)
        entry = Form(
            self.env["linkstar.kpi.bonus.entry"]
            .with_user(self.payroll)
            .with_context(**later.action_add_line()["context"])
        )
        entry.employee_id = self.employee_anna
        self.assertEqual(entry.held, 31.0)
        entry.kind, entry.amount, entry.reason = "release", 31.01, "Settled."
        with self.assertRaisesRegex(UserError, "31.00"):
            entry.save().action_add()
        entry.amount = 31
        entry.save().action_add()
        self.assertEqual(self._of(later, kind="release").payable, 31.0)
        with self.assertRaises(UserError):
            later.add_line(self.employee_anna.id, "release", 0.01, "Again.")

    def test_an_answer_after_the_computation_is_not_approved_unseen(self):
        run = self._run(pay=False)
        card = self._card()
        card.with_user(self.anna).appeal("The return of 3 May was not mine.")
        card.appeal_ids.with_user(self.manager2).decide(True, "Right.", 10)
        with self.assertRaisesRegex(UserError, "kpi_anna"):
            run.with_user(self.payroll2).action_approve()
        run.action_compute()
        self.assertEqual(self._of(run).amount, 341.0)
        run.with_user(self.payroll2).action_approve()

    def test_terms_changed_after_the_computation_are_not_approved_unseen(self):
        run = self._run(pay=False)
        self.plan.tier_ids.rate = 2
        with self.assertRaises(UserError):
            run.with_user(self.payroll2).action_approve()

    def test_a_correction_after_the_lock_is_a_line_of_the_next_run(self):
        paid = self._run()
        card = self._card()
        card.with_user(self.anna).appeal("The return of 3 May was not mine.")
        card.appeal_ids.with_user(self.manager2).decide(True, "Right.", 10)
        before = paid.line_ids.mapped("amount")
        june = self._run(self._month("2026-06-01"))
        line = self._of(june, kind="difference")
        # 110 points: 341.00 against the 310.00 paid.
        self.assertEqual((line.amount, line.payable), (31.0, 31.0))
        self.assertIn("2026-05", line.reason)
        self.assertEqual(paid.line_ids.mapped("amount"), before)
        july = self._run(self._month("2026-07-01"))
        self.assertFalse(self._of(july, kind="difference"))

    def test_refunds_after_the_lock_are_taken_back_with_the_next_run(self):
        paid = self._run()
        with freeze_time("2026-07-10"):
            self.period.with_user(self.manager).action_lock()
        card = self._card()
        sealed = (card.score, card.checksum, paid.total_amount)
        self._facts(self.us, "gmv", 900.0)
        self.period.with_user(self.manager).restate()
        june = self._run(self._month("2026-06-01"))
        # 27,900 × 1 % × 90 % = 251.10 against 310.00.
        self.assertEqual(self._of(june, kind="difference").amount, -58.9)
        self.assertEqual((card.score, card.checksum, paid.total_amount), sealed)

    def test_an_appeal_after_a_restatement_adds_to_it(self):
        self._run()
        self._facts(self.us, "gmv", 900.0)
        self.period.with_user(self.manager).restate()
        card = self._card()
        card.with_user(self.anna).appeal("No.")
        card.appeal_ids.with_user(self.manager2).decide(True, "Right.", 10)
        june = self._run(self._month("2026-06-01"))
        # 27,900 × 1 % × (90 + 10) % = 279.00 against 310.00.
        self.assertEqual(self._of(june, kind="difference").amount, -31.0)

    def test_a_plan_in_another_currency_pays_by_the_rate_at_the_periods_end(self):
        eur = self.de.currency_id
        self.env["res.currency.rate"].create(
            {"currency_id": eur.id, "name": "2026-05-31", "rate": 0.8}
        )
        plan = self.plan.copy({"currency_id": eur.id, "name": "Euro"})
        plan.write({"tier_ids": [(5,), (0, 0, {"lower": 0, "rate": 1})]})
        self._publish()
        run = (
            self.env["linkstar.kpi.bonus.run"]
            .with_user(self.payroll)
            .create({"period_id": self.period.id, "plan_ids": [(6, 0, plan.ids)]})
        )
        run.action_compute()
        line = self._of(run)
        self.assertEqual((line.base, line.currency_id), (24800.0, eur))
        self.assertEqual(line.amount, 248.0)
        with self.assertRaises(UserError):
            run.write({"plan_ids": [(4, self.plan.id)]})

    def test_the_person_reads_how_the_bonus_came_about(self):
        self.plan.holdback = 10
        self._run()
        own = self.env["linkstar.kpi.bonus.line"].with_user(self.anna).search([])
        self.assertEqual(len(own), 1)
        self.assertIn("31,000", own.steps)
        self.assertIn("held back", own.steps)
