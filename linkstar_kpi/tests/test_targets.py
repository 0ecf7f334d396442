"""Targets: both sides agree, parts sum, history proposes, sheets import."""

import base64
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .kpi_common import JULY, KpiCase

AUGUST = date(2026, 8, 1), date(2026, 8, 31)


class TargetCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.metric = cls.env.ref("linkstar_project.metric_gmv")
        cls.august = cls._period_of("2026-08-01")
        cls.july = cls._period_of("2026-07-01")

    @classmethod
    def _period_of(cls, day):
        return cls.env["linkstar.kpi.period"].create({"kind": "month", "day": day})

    def target(self, user=None, **values):
        return (
            self.env["linkstar.kpi.target"]
            .with_user(user or self.manager)
            .create(
                {
                    "period_id": self.august.id,
                    "metric_id": self.metric.id,
                    "value": 100.0,
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestAgreement(TargetCase):
    def test_the_person_answers_what_the_manager_proposes(self):
        target = self.target(employee_id=self.employee_anna.id)
        self.assertEqual(target.proposed_by, self.manager)
        with self.assertRaises(UserError):
            target.action_agree()
        own = target.with_user(self.anna)
        with self.assertRaises(UserError):
            own.counter(80, " ")
        own.counter(80, "Stock arrives on the 20th.")
        self.assertEqual((target.state, target.value), ("countered", 100))
        with self.assertRaises(UserError):
            target.with_user(self.lead).counter(1, "not mine")

    def test_the_manager_accepts_the_figure_the_person_asked_for(self):
        target = self.target(employee_id=self.employee_anna.id)
        target.with_user(self.anna).counter(80, "Stock arrives on the 20th.")
        with self.assertRaises(AccessError):
            target.with_user(self.anna).action_agree()
        target.action_agree()
        self.assertEqual((target.state, target.value), ("agreed", 80))
        self.assertEqual(target.proposed_by, self.anna)
        self.assertEqual(target.agreed_by, self.manager)

    def test_another_figure_of_the_manager_is_a_new_proposal(self):
        target = self.target(employee_id=self.employee_anna.id)
        target.with_user(self.anna).counter(80, "Stock arrives on the 20th.")
        target.value = 90
        self.assertEqual((target.state, target.counter_value), ("proposed", 0))
        target.with_user(self.anna).action_agree()
        self.assertEqual((target.state, target.value), ("agreed", 90))

    def test_a_manager_does_not_accept_a_figure_of_their_own(self):
        employee = self._employee(self.manager2)
        target = self.target(employee_id=employee.id)
        target.with_user(self.manager2).counter(1, "I would like that.")
        with self.assertRaises(UserError):
            target.with_user(self.manager2).action_agree()
        target.action_agree()
        self.assertEqual(target.value, 1)

    def test_terms_do_not_change_once_agreed(self):
        target = self.target(store_id=self.us.id)
        target.action_agree()
        with self.assertRaises(UserError):
            target.value = 90
        with self.assertRaises(UserError):
            target.unlink()
        target.note = "as discussed"

    def test_after_the_start_a_proposal_changes_by_request_only(self):
        target = self.target(store_id=self.us.id)
        with freeze_time("2026-08-02"):
            target.invalidate_recordset()
            with self.assertRaises(UserError):
                target.value = 90
            target.request_change(90, "A listing was taken down.")
            with self.assertRaises(UserError):
                target.decide_change(True)
            target.with_user(self.manager2).decide_change(True)
        self.assertEqual((target.value, target.state), (90, "agreed"))
        trail = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", target._name), ("res_id", "=", target.id)]
        )
        self.assertIn("A listing was taken down.", trail.mapped("new_value"))

    def test_a_refused_change_leaves_everything(self):
        target = self.target(store_id=self.us.id)
        target.action_agree()
        target.request_change(90, "Because.")
        target.with_user(self.manager2).action_refuse_change()
        self.assertEqual((target.value, target.state), (100, "agreed"))

    def test_nobody_approves_a_change_of_their_own_target(self):
        employee = self._employee(self.manager2)
        target = self.target(employee_id=employee.id)
        target.with_user(self.manager2).action_agree()
        target.request_change(1, "Easier.")
        with self.assertRaises(UserError):
            target.with_user(self.manager2).decide_change(True)

    def test_a_late_target_needs_a_reason_and_both_sides_to_count(self):
        with self.assertRaises(UserError):
            self.target(period_id=self.period.id, employee_id=self.employee_anna.id)
        late = self.target(
            period_id=self.period.id,
            employee_id=self.employee_anna.id,
            value=62000,
            note="Joined the scheme late.",
        )
        self.assertTrue(late.is_late)
        scheme = self._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}],
            code="late",
        )
        self._assign(self.employee_anna, scheme)
        self._facts(self.us, "gmv", 1000.0)
        self.period.with_user(self.manager).calculate()
        self.assertEqual(self._line("gmv").target, 31000)
        late.with_user(self.anna).action_agree()
        self.period.with_user(self.manager).calculate()
        self.assertEqual(self._line("gmv").target, 62000)

    def test_the_form_asks_in_the_name_of_who_opens_it(self):
        target = self.target(employee_id=self.employee_anna.id)
        action = target.with_user(self.anna).action_ask()
        ask = self.env["linkstar.kpi.target.ask"].with_user(self.anna)
        ask.with_context(**action["context"]).create(
            {"value": 70, "reason": "Less stock."}
        ).action_ask()
        self.assertEqual(target.counter_value, 70)

    def test_system_fields_are_refused_from_clients(self):
        for name, value in (("is_late", True), ("proposed_by", self.anna.id)):
            with self.assertRaises(AccessError):
                self.target(store_id=self.us.id, **{name: value})
        late = self.target(
            period_id=self.period.id, store_id=self.us.id, note="Late.", is_late=False
        )
        self.assertTrue(late.is_late, "an empty value is no way around")
        with self.assertRaises(AccessError):
            late.is_late = False


@tagged("post_install", "-at_install")
class TestTree(TargetCase):
    def test_a_parent_is_agreed_only_when_its_parts_sum_to_it(self):
        top = self.target(value=100)
        for store, value in ((self.us, 60), (self.de, 30)):
            self.target(store_id=store.id, value=value, parent_id=top.id)
        self.assertEqual((top.child_total, top.child_gap), (90, 10))
        with self.assertRaises(UserError):
            top.action_agree()
        top.child_ids[1].value = 40
        self.assertEqual(top.child_gap, 0)
        top.action_agree()

    def test_ratios_are_not_summed(self):
        metric = self.env.ref("linkstar_project.metric_acos")
        top = self.target(metric_id=metric.id, value=20)
        for store in (self.us, self.de):
            self.target(
                metric_id=metric.id, store_id=store.id, value=20, parent_id=top.id
            )
        self.assertEqual(top.child_gap, 0)
        top.action_agree()

    def test_one_target_for_a_category_beside_the_whole_store(self):
        kitchen = self.env["linkstar.kpi.category"].create({"name": "Kitchen"})
        whole = self.target(store_id=self.us.id)
        part = self.target(
            store_id=self.us.id, category_id=kitchen.id, parent_id=whole.id, value=40
        )
        self.assertIn("Kitchen", part.display_name)


@tagged("post_install", "-at_install")
class TestProgress(TargetCase):
    def test_a_store_shows_what_it_reached_and_needs_a_day(self):
        target = self.target(
            period_id=self.july.id, store_id=self.us.id, value=3100, note="Late."
        )
        self._facts(self.us, "gmv", 50.0, span=(date(2026, 7, 1), date(2026, 7, 10)))
        with freeze_time("2026-07-11"):
            target.invalidate_recordset()
            self.assertEqual(target.reached, 500)
            self.assertEqual(target.days_left, 21)
            self.assertAlmostEqual(target.per_day, 2600 / 21, places=2)
            self.assertTrue(target.is_behind)

    def test_the_company_sums_stores_in_its_currency(self):
        target = self.target(period_id=self.period.id, value=1000, note="Late.")
        self._facts(self.us, "gmv", 1.0)
        self._facts(self.de, "gmv", 2.0)
        self.assertAlmostEqual(target.reached, 31 * 3.0, places=2)

    def test_a_person_stands_as_on_their_scorecard(self):
        target = self.target(
            period_id=self.period.id,
            employee_id=self.employee_anna.id,
            value=1000,
            note="Late.",
        )
        self.assertFalse(target.has_reached)
        self._assign(self.employee_anna)
        self._facts(self.us, "gmv", 10.0)
        self.period.with_user(self.manager).calculate()
        target.invalidate_recordset()
        self.assertEqual(target.reached, 310)
        self.assertEqual(target.reached_share, 31)

    def test_nothing_reported_is_no_zero(self):
        target = self.target(period_id=self.period.id, store_id=self.us.id, note="x")
        self.assertFalse(target.has_reached)

    def test_cost_is_not_told_to_operators(self):
        profit = self.env.ref("linkstar_project.metric_cogs")
        target = self.target(
            period_id=self.period.id, metric_id=profit.id, store_id=self.us.id, note="x"
        )
        self._facts(self.us, "cogs", 5.0)
        self.assertTrue(target.has_reached)
        self.assertFalse(target.with_user(self.anna).has_reached)

    def test_a_list_of_targets_takes_few_queries(self):
        stores = [self._store(f"T-{number}", "US") for number in range(12)]
        targets = self.env["linkstar.kpi.target"]
        for store in stores:
            targets |= self.target(
                period_id=self.period.id, store_id=store.id, note="Late."
            )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            targets.mapped("reached")


@tagged("post_install", "-at_install")
class TestProposal(TargetCase):
    def propose(self, **values):
        wizard = (
            self.env["linkstar.kpi.target.proposal"]
            .with_user(self.manager)
            .create(
                {
                    "period_id": self.august.id,
                    "metric_id": self.metric.id,
                    "subject": "store",
                    "store_ids": [(6, 0, (self.us + self.de).ids)],
                    **values,
                }
            )
        )
        wizard.action_work_out()
        return wizard

    def months(self, store, figures):
        """Figures of March, April, May, June on each first day."""
        for month, value in zip((3, 4, 5, 6), figures, strict=True):
            day = date(2026, month, 1)
            self._facts(store, "gmv", value, span=(day, day))

    def test_last_period_times_factor(self):
        self.months(self.us, (100.0, 100.0, 100.0, 200.0))
        lines = self.propose(factor=110).line_ids
        self.assertAlmostEqual(lines[0].value, 220)
        self.assertFalse(lines[1].is_chosen, "no figures, no proposal")

    def test_the_running_month_is_no_history(self):
        self.months(self.us, (100.0, 100.0, 100.0, 200.0))
        day = date(2026, 7, 1)
        self._facts(self.us, "gmv", 9.0, span=(day, day))
        self.assertAlmostEqual(self.propose().line_ids[0].value, 200)

    def test_median_and_growth(self):
        self.months(self.us, (100.0, 110.0, 121.0, 133.1))
        median = self.propose(method="median", look_back=5)
        self.assertAlmostEqual(median.line_ids[0].value, 115.5)
        growth = self.propose(method="growth")
        self.assertAlmostEqual(growth.line_ids[0].value, 146.41)

    def test_the_season_looks_a_year_back(self):
        self.months(self.us, (100.0, 100.0, 120.0, 120.0))
        for month, value in ((5, 100.0), (6, 100.0), (8, 400.0)):
            day = date(2025, month, 1)
            self._facts(self.us, "gmv", value, span=(day, day))
        wizard = self.propose(method="season", look_back=3)
        self.assertAlmostEqual(wizard.line_ids[0].value, 480)

    def test_parts_of_a_parent_sum_to_it(self):
        self.months(self.us, (0.0, 0.0, 0.0, 200.0))
        self.months(self.de, (0.0, 0.0, 0.0, 100.0))
        top = self.target(value=1000)
        wizard = self.propose(parent_id=top.id)
        self.assertEqual(sum(wizard.line_ids.mapped("value")), 1000)
        wizard.action_create()
        self.assertEqual(top.child_ids.store_id, self.us + self.de)
        self.assertEqual(top.child_gap, 0)
        self.assertTrue(all(top.child_ids.mapped("origin")))
        top.action_agree()

    def test_a_second_proposal_changes_the_first(self):
        self.months(self.us, (0.0, 0.0, 0.0, 200.0))
        self.propose().action_create()
        self.propose(factor=50).action_create()
        target = self.env["linkstar.kpi.target"].search(
            [("store_id", "=", self.us.id), ("period_id", "=", self.august.id)]
        )
        self.assertEqual(target.value, 100)

    def test_agreed_targets_are_not_overwritten(self):
        self.months(self.us, (0.0, 0.0, 0.0, 200.0))
        self.target(store_id=self.us.id).action_agree()
        with self.assertRaises(UserError):
            self.propose().action_create()

    def test_people_of_a_scheme_are_filled_in(self):
        self._assign(self.employee_anna)
        self._facts(self.us, "gmv", 10.0)
        self.period.with_user(self.manager).calculate()
        wizard = self.env["linkstar.kpi.target.proposal"].with_user(self.manager)
        wizard = wizard.new({"period_id": self.august.id, "scheme_id": self.scheme.id})
        wizard._onchange_scheme()
        self.assertEqual(wizard.employee_ids._origin.ids, self.employee_anna.ids)
        made = self.propose(
            subject="employee",
            employee_ids=[(6, 0, self.employee_anna.ids)],
            method="median",
        )
        self.assertEqual(made.line_ids.value, 310)

    def test_only_kpi_managers_propose(self):
        with self.assertRaises(AccessError):
            self.env["linkstar.kpi.target.proposal"].with_user(self.lead).create(
                {"period_id": self.august.id, "metric_id": self.metric.id}
            )


@tagged("post_install", "-at_install")
class TestTargetImport(TargetCase):
    HEADERS = "考核周期,指标,员工,店铺,部门,品类,目标值,门槛值,挑战值,备注"

    def wizard(self, *rows, user=None):
        text = "\n".join((self.HEADERS, *rows))
        wizard = self.env["linkstar.kpi.target.import"].with_user(user or self.manager)
        return wizard.create(
            {"data": base64.b64encode(text.encode()), "filename": "targets.csv"}
        )

    def test_a_sheet_opens_periods_and_sets_targets(self):
        wizard = self.wizard(
            "2026-09,gmv,kpi_anna,,,,36000,25000,45000,",
            "2026-Q4,gmv,,US-KPI,,,90000,,,",
            "2026-08,gmv,,,,,100000,,,",
        )
        wizard.action_preview()
        self.assertTrue(wizard.can_import, wizard.report)
        self.assertIn("2026-09", wizard.report)
        self.assertFalse(self.env["linkstar.kpi.target"].search_count([]))
        wizard.action_import()
        made = self.env["linkstar.kpi.target"].search([], order="value")
        self.assertEqual(made.mapped("value"), [36000, 90000, 100000])
        self.assertEqual(made[0].employee_id, self.employee_anna)
        self.assertEqual((made[0].floor, made[0].stretch), (25000, 45000))
        self.assertEqual(made[1].period_id.kind, "quarter")
        self.assertEqual(set(made.mapped("origin")), {"targets.csv"})

    def test_a_second_import_changes_what_differs(self):
        self.wizard("2026-08,gmv,,US-KPI,,,90000,,,").action_import()
        again = self.wizard(
            "2026-08,gmv,,US-KPI,,,95000,,,", "2026-08,gmv,,DE-KPI,,,5,,,"
        )
        again.action_import()
        self.assertIn("1 new, 1 changed, 0 as they stand", again.report)
        third = self.wizard("2026-08,gmv,,US-KPI,,,95000,,,")
        third.action_import()
        self.assertIn("0 new, 0 changed, 1 as they stand", third.report)

    def test_every_fault_is_told_and_nothing_written(self):
        self.target(store_id=self.us.id).action_agree()
        wizard = self.wizard(
            "2026-08,gmv,,US-KPI,,,90000,,,",
            "next month,gmv,,DE-KPI,,,1,,,",
            "2026-08,no_such,,DE-KPI,,,1,,,",
            "2026-08,gmv,kpi_anna,DE-KPI,,,1,,,",
            "2026-08,gmv,nobody,,,,1,,,",
            "2026-05,gmv,,DE-KPI,,,1,,,",
            "2026-08,gmv,,DE-KPI,,,many,,,",
            "2026-08,gmv,,DE-KPI,,Shoes,1,,,",
        )
        wizard.action_preview()
        self.assertFalse(wizard.can_import)
        for number in range(2, 10):
            self.assertIn(f"Row {number}:", wizard.report)
        with self.assertRaises(UserError):
            wizard.action_import()

    def test_operators_and_leads_import_nothing(self):
        for user in (self.anna, self.lead):
            with self.assertRaises(AccessError):
                self.wizard("2026-08,gmv,,US-KPI,,,1,,,", user=user)
