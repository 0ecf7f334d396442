"""Bonus runs: from published scores to a sheet that payroll can use."""

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .kpi_common import JULY, KpiCase


@tagged("post_install", "-at_install")
class TestBonus(KpiCase):
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
        cls.employee_anna.name = "=Anna"
        cls._assign(cls.employee_anna, cls.gmv)
        cls._facts(cls.us, "gmv", 1000.0)
        cls.period.with_user(cls.manager).calculate()
        cls.card = cls.period.scorecard_ids
        cls.card.with_user(cls.anna).action_acknowledge()
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
                    "tier_ids": [
                        (0, 0, {"lower": 0, "rate": 1.5}),
                        (0, 0, {"lower": 10000, "rate": 2.0}),
                        (0, 0, {"lower": 30000, "rate": 2.5}),
                    ],
                    "holdback": 10,
                }
            )
        )
        cls.run_ = (
            cls.env["linkstar.kpi.bonus.run"]
            .with_user(cls.payroll)
            .create({"period_id": cls.period.id, "plan_ids": [(6, 0, cls.plan.ids)]})
        )

    def _publish(self):
        self.period.with_user(self.manager).action_publish()

    def _pay(self):
        self._publish()
        self._pay_run()

    def _pay_run(self):
        self.run_.action_compute()
        self.run_.with_user(self.payroll2).action_approve()
        self.run_.action_lock()

    def test_pay_follows_published_scores_only(self):
        with self.assertRaises(UserError):
            self.run_.action_compute()
        self._publish()
        self.assertEqual(self.run_.action_compute(), 1)
        line = self.run_.line_ids
        # 10,000 × 1.5 % + 20,000 × 2 % + 1,000 × 2.5 % = 575, score 100
        self.assertEqual((line.base, line.amount), (31000.0, 575.0))
        self.assertEqual((line.held_back, line.payable), (57.5, 517.5))

    def test_computing_again_gives_the_same_lines(self):
        self._publish()
        self.run_.action_compute()
        self.run_.add_line(self.employee_anna.id, "clawback", 20, "Return of June.")
        before = sorted(self.run_.line_ids.mapped("amount"))
        self.run_.action_compute()
        self.assertEqual(sorted(self.run_.line_ids.mapped("amount")), before)
        self.assertEqual(before, [-20.0, 575.0])

    def test_a_second_person_approves(self):
        self._publish()
        self.run_.action_compute()
        with self.assertRaises(AccessError):
            self.run_.action_approve()
        self.run_.with_user(self.payroll2).action_approve()
        with self.assertRaises(UserError):
            self.run_.action_compute()
        with self.assertRaises(UserError):
            self.run_.write({"plan_ids": [(5,)]})

    def test_nobody_who_took_part_approves(self):
        self._publish()
        self.run_.action_compute()
        other_login = self._user("kpi_alias", "linkstar_kpi.group_payroll")
        other_login.email = self.payroll.email
        with self.assertRaises(AccessError):
            self.run_.with_user(other_login).action_approve()
        adder = self._user("kpi_adder", "linkstar_kpi.group_payroll")
        self.run_.with_user(adder).add_line(
            self.employee_anna.id, "correction", 5, "Typo."
        )
        with self.assertRaises(AccessError):
            self.run_.with_user(adder).action_approve()
        paid = self._employee(self.payroll2)
        self.run_.add_line(paid.id, "correction", 5, "Overtime.")
        with self.assertRaises(AccessError):
            self.run_.with_user(self.payroll2).action_approve()
        outsider = self._user("kpi_outsider", "linkstar_kpi.group_payroll")
        self.run_.with_user(outsider).action_approve()
        self.assertEqual(self.run_.approved_by, outsider)

    def test_a_computed_run_with_other_plans_is_a_draft_again(self):
        self._publish()
        self.run_.action_compute()
        other = self.plan.copy({"name": "Other"})
        self.run_.write({"plan_ids": [(6, 0, other.ids)]})
        self.assertEqual(self.run_.state, "draft")
        self.assertFalse(self.run_.line_ids)
        with self.assertRaises(UserError):
            self.run_.with_user(self.payroll2).action_approve()

    def _later_run(self, period=None):
        """A second run of the same plan."""
        values = {"period_id": (period or self.period).id}
        values["plan_ids"] = [(6, 0, self.plan.ids)]
        runs = self.env["linkstar.kpi.bonus.run"].with_user(self.payroll)
        return runs.create(values)

    def _close_june(self):
        """June, published without sales."""
        june = self.env["linkstar.kpi.period"].create({"day": "2026-06-01"})
        self._facts(self.us, "gmv", 0.0, span=(june.date_from, june.date_to))
        june.is_estimate = True
        june.with_user(self.manager).calculate()
        june.with_user(self.manager).action_publish()
        return june

    def test_a_second_run_does_not_pay_again(self):
        self._publish()
        self.run_.action_compute()
        with self.assertRaisesRegex(UserError, "another bonus run"):
            self._later_run().action_compute()
        line = self.run_.line_ids
        again = self._later_run()
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            line.sudo().copy({"run_id": again.id})

    def test_a_difference_is_settled_by_one_of_two_open_runs(self):
        self._pay()
        self._facts(self.us, "gmv", 900.0)
        self.period.with_user(self.manager).restate()
        june = self._close_june()
        first = self._later_run(june)
        first.action_compute()
        self.assertEqual(sum(first.line_ids.mapped("amount")), -117.8)
        july = self.env["linkstar.kpi.period"].create({"day": "2026-07-01"})
        second = self._later_run(july)
        self.assertFalse(second.sudo()._difference_rows())

    def test_a_card_under_appeal_waits_and_is_paid_by_the_next_run(self):
        self._publish()
        self.card.with_user(self.anna).appeal("The return of 3 May was not mine.")
        self._pay_run()
        held = self.run_.line_ids
        self.assertEqual((held.kind, held.amount), ("held", 0.0))
        june = self._close_june()
        waiting = self._later_run(june)
        waiting.action_compute()
        self.assertNotIn(self.card, waiting.line_ids.scorecard_id)
        waiting.unlink()
        self.card.appeal_ids.with_user(self.manager2).decide(False, "It was.")
        later = self._later_run(june)
        later.action_compute()
        paid = later.line_ids.filtered(lambda line: line.scorecard_id == self.card)
        self.assertEqual((paid.kind, paid.amount), ("bonus", 575.0))
        self.assertIn("2026-05", paid.reason)

    def test_nobody_but_payroll_sees_pay(self):
        self._pay()
        for user in (self.lead, self.manager, self.ben):
            for name in ("run", "plan", "tier"):
                with self.assertRaises(AccessError):
                    self.env[f"linkstar.kpi.bonus.{name}"].with_user(user).search([])
            lines = self.env["linkstar.kpi.bonus.line"].with_user(user).search([])
            self.assertFalse(lines)
            with self.assertRaises(AccessError):
                self.run_.with_user(user).export_xlsx()

    def test_people_see_their_own_bonus_once_it_is_locked(self):
        self._publish()
        self.run_.action_compute()
        own = self.env["linkstar.kpi.bonus.line"].with_user(self.anna)
        self.assertFalse(own.search([]))
        self.run_.with_user(self.payroll2).action_approve()
        self.run_.action_lock()
        self.assertEqual(own.search([]).payable, 517.5)

    def test_pilots_have_no_effect_on_pay(self):
        self.gmv.is_pilot = True
        self._publish()
        self.assertEqual(self.run_.action_compute(), 0)

    def test_failed_condition_pays_nothing_and_says_so(self):
        self.plan.write(
            {
                "gate_metric_id": self.env.ref("linkstar_project.metric_gmv").id,
                "gate_value": 50000,
            }
        )
        self._publish()
        self.run_.action_compute()
        line = self.run_.line_ids
        self.assertEqual(line.amount, 0)
        self.assertTrue(line.failed_gate)

    def test_settled_figures_are_paid_as_a_difference_later(self):
        self._pay()
        self._facts(self.us, "gmv", 900.0)
        self.period.with_user(self.manager).restate()
        self.assertEqual(self.card.score, 100.0)
        self.assertEqual(self.card.restated_score, 90.0)
        june = self.env["linkstar.kpi.period"].create({"day": "2026-06-01"})
        self._facts(
            self.us,
            "gmv",
            0.0,
            span=(june.date_from, june.date_to),
        )
        june.with_user(self.manager).calculate()
        june.is_estimate = True
        june.with_user(self.manager).calculate()
        june.with_user(self.manager).action_publish()
        later = (
            self.env["linkstar.kpi.bonus.run"]
            .with_user(self.payroll)
            .create({"period_id": june.id, "plan_ids": [(6, 0, self.plan.ids)]})
        )
        later.action_compute()
        difference = later.line_ids.filtered(lambda line: line.kind == "difference")
        # 27,900: 150 + 358 = 508 × 90 % = 457.20, against 575 paid
        self.assertEqual(difference.amount, -117.8)
        self.assertIn("2026-05", difference.reason)
