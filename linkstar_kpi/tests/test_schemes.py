"""Schemes in use: groups of people, pilots, copies, ramps, own metrics, thresholds."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .kpi_common import JULY, KpiCase

GMV = {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}


@tagged("post_install", "-at_install")
class TestAssign(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.team = cls.env["hr.department"].create({"name": "Team US"})
        (cls.employee_anna + cls.employee_ben).department_id = cls.team

    def wizard(self, scheme=None, **values):
        wizard = (
            self.env["linkstar.kpi.assign"]
            .with_user(self.manager)
            .create(
                {
                    "scheme_id": (scheme or self.scheme).id,
                    "date_from": "2026-08-01",
                    "department_ids": [(6, 0, self.team.ids)],
                    **values,
                }
            )
        )
        wizard.action_check()
        return wizard

    def held(self, scheme=None):
        return self.env["linkstar.kpi.assignment"].search(
            [("scheme_id", "=", (scheme or self.scheme).id)]
        )

    def test_a_department_is_assigned_at_once(self):
        self.wizard().action_assign()
        self.assertEqual(
            self.held().employee_id, self.employee_anna | self.employee_ben
        )

    def test_who_is_assessed_already_is_shown_and_left_out(self):
        self._assign(self.employee_anna)
        wizard = self.wizard()
        anna = wizard.line_ids.filtered(lambda x: x.employee_id == self.employee_anna)
        self.assertEqual((anna.is_chosen, bool(anna.other_id)), (False, True))
        wizard.action_assign()
        self.assertEqual(len(self.held()), 2)

    def test_the_present_scheme_ends_the_day_before(self):
        old = self._scheme([GMV], code="old")
        held = self._assign(self.employee_anna, old)
        self.wizard(end_others=True).action_assign()
        self.assertEqual(str(held.date_to), "2026-07-31")
        self.assertEqual(len(self.held()), 2)

    def test_a_pilot_runs_beside_for_one_project_group(self):
        self._assign(self.employee_anna)
        pilot = self._scheme([GMV], code="pilot")
        pilot.is_pilot = True
        group = self.env["linkstar.store.group"].create(
            {"name": "US", "code": "US-G", "store_ids": [(6, 0, self.us.ids)]}
        )
        self.wizard(pilot, by="group", group_ids=[(6, 0, group.ids)]).action_assign()
        self.assertEqual(self.held(pilot).employee_id, self.employee_anna)

    def test_people_by_job_and_by_name(self):
        job = self.env["hr.job"].create({"name": "Operator"})
        self.employee_ben.job_id = job
        wizard = self.wizard(by="job", job_id=job.id)
        self.assertEqual(wizard.line_ids.employee_id, self.employee_ben)
        wizard = self.wizard(by="people", employee_ids=[(6, 0, self.employee_anna.ids)])
        self.assertEqual(wizard.line_ids.employee_id, self.employee_anna)

    def test_newcomers_see_where_on_the_ramp_they_are(self):
        scheme = self._scheme([GMV], code="ramp", ramp="40, 60, 80")
        held = self._assign(self.employee_anna, scheme, joined_on="2026-05-20")
        self.assertIn("60", held.ramp_now)
        self.assertIn("month 2 of 3", held.ramp_now)
        held.joined_on = "2025-01-01"
        self.assertFalse(held.ramp_now)

    def test_only_kpi_managers_assign(self):
        with self.assertRaises(AccessError):
            self.env["linkstar.kpi.assign"].with_user(self.lead).create(
                {"scheme_id": self.scheme.id}
            )


@tagged("post_install", "-at_install")
class TestSchemes(KpiCase):
    def test_a_copy_carries_the_rules_as_a_draft(self):
        action = self.scheme.with_user(self.manager).action_copy()
        copied = self.env["linkstar.kpi.scheme"].browse(action["res_id"])
        self.assertEqual(copied.code, "test_2")
        draft = copied.draft_version_id
        self.assertEqual((draft.number, draft.state), (1, "draft"))
        self.assertEqual(draft.total_weight, 100)
        self.assertEqual(
            draft.line_ids.metric_id, self.scheme.version_id.line_ids.metric_id
        )
        draft.with_user(self.manager).action_publish()

    def test_the_seven_starting_schemes_can_be_published(self):
        for code in ("operator", "ads", "customer_service", "supply_chain"):
            self._publish_start(code)
        for code in ("listing", "design", "manager"):
            self._publish_start(code)

    def _publish_start(self, code):
        scheme = self.env.ref(f"linkstar_kpi.scheme_{code}").copy()
        draft = scheme.draft_version_id
        self.assertFalse(draft.line_warning, code)
        draft.with_user(self.manager).action_publish()

    def test_weights_that_miss_100_are_refused(self):
        orders = {**GMV, "metric": "orders", "weight": 40}
        for weight in (59.99, 60.01):
            with self.assertRaises(UserError):
                self._scheme([{**GMV, "weight": weight}, orders], code=f"w{weight}")
        self._scheme([{**GMV, "weight": 60}, orders], code="w60")

    def test_two_or_six_lines_warn_and_three_do_not(self):
        for count, warns in ((1, True), (2, True), (3, False), (5, False), (6, True)):
            codes = ("gmv", "orders", "sessions", "units_ordered", "ad_sales", "clicks")
            metrics = [c if c != "clicks" else "ad_clicks" for c in codes[:count]]
            weights = [100 // count] * count
            weights[0] += 100 - sum(weights)
            scheme = self._scheme(
                [
                    {**GMV, "metric": metric, "weight": weight}
                    for metric, weight in zip(metrics, weights, strict=True)
                ],
                code=f"n{count}",
                publish=False,
            )
            self.assertEqual(bool(scheme.draft_version_id.line_warning), warns, count)

    def test_a_pilot_stays_a_pilot_once_it_has_cards(self):
        self._assign(self.employee_anna)
        self._facts(self.us, "gmv", 10.0)
        with freeze_time(JULY):
            self.period.with_user(self.manager).calculate()
        with self.assertRaises(UserError):
            self.scheme.with_user(self.manager).is_pilot = True
        self.scheme.with_user(self.manager).write({"is_pilot": False, "sequence": 2})

    def test_a_line_says_when_it_asks_for_less_than_the_platform(self):
        scheme = self._scheme(
            [{"metric": "otdr", "weight": 100, "floor": 70, "target": 85.0}],
            code="otdr",
            publish=False,
        )
        line = scheme.draft_version_id.line_ids
        self.assertIn("asks for less", line.threshold_hint)
        line.target = 95
        self.assertNotIn("asks for less", line.threshold_hint)
        self.assertIn("90", line.threshold_hint)


@tagged("post_install", "-at_install")
class TestTaskGrades(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["project.project"].create(
            {"name": "Routine", "linkstar_kind": "routine", "store_id": cls.us.id}
        )

    def test_grades_and_hours_of_finished_tasks(self):
        scheme = self._scheme(
            [
                {"metric": "task_grade", "weight": 50, "floor": 1, "target": 3},
                {"metric": "task_hours_to_plan", "weight": 50, "method": "range"}
                | {"outer_low": 50, "range_low": 90, "range_high": 110}
                | {"outer_high": 150},
            ],
            code="grades",
        )
        self._assign(self.employee_anna, scheme)
        due, done = "2026-05-10 10:00:00", "2026-05-09 10:00:00"
        rows = (("4", 10, 12), ("1", 10, 8), (None, 0, 5))
        for grade, planned, spent in rows:
            self._task(
                self.anna,
                due,
                done,
                acceptance_grade=grade,
                allocated_hours=planned,
                effective_hours=spent,
            )
        self._task(self.anna, due, acceptance_grade="1")
        with freeze_time(JULY):
            self.period.with_user(self.manager).calculate()
        grade = self._line("task_grade")
        self.assertEqual((grade.value, grade.denominator), (2.5, 2))
        hours = self._line("task_hours_to_plan")
        self.assertEqual((hours.value, hours.points), (100, 100))

    def test_nobody_graded_is_not_applicable(self):
        scheme = self._scheme(
            [{"metric": "task_grade", "weight": 100, "floor": 1, "target": 3}],
            code="ungraded",
        )
        self._assign(self.employee_anna, scheme)
        self._task(self.anna, "2026-05-10 10:00:00", "2026-05-09 10:00:00")
        with freeze_time(JULY):
            self.period.with_user(self.manager).calculate()
        self.assertEqual(self._line("task_grade").outcome, "not_applicable")


@tagged("post_install", "-at_install")
class TestOwnMetrics(KpiCase):
    def own(self, **values):
        return (
            self.env["linkstar.metric"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Sales per session",
                    "code": "own_per_session",
                    "kind": "formula",
                    "formula": "gmv / sessions",
                    "additivity": "ratio",
                    **values,
                }
            )
        )

    def test_a_kpi_manager_defines_a_metric_that_scores(self):
        self.own()
        scheme = self._scheme(
            [{"metric": "own_per_session", "weight": 100, "floor": 0, "target": 10}],
            code="own",
        )
        self._assign(self.employee_anna, scheme)
        self._facts(self.us, "gmv", 100.0)
        self._facts(self.us, "sessions", 20.0)
        with freeze_time(JULY):
            self.period.with_user(self.manager).calculate()
        self.assertEqual(self._line("own_per_session").value, 5)

    def test_the_preview_names_the_place_of_a_fault(self):
        metrics = self.env["linkstar.metric"].with_user(self.manager)
        answer = metrics.preview_formula("gmv / (sessions +)")
        self.assertEqual((answer["ok"], answer["position"]), (False, 18))
        self.assertTrue(metrics.preview_formula("gmv / 2")["ok"])
        with self.assertRaises(AccessError):
            metrics.with_user(self.anna).preview_formula("gmv")

    def test_a_faulty_formula_is_not_saved(self):
        for formula in ("gmv +", "no_such / gmv", "gmv.__class__", "9**9**9"):
            with self.assertRaises(ValidationError):
                self.own(formula=formula)

    def test_the_catalogue_stays_the_administrators(self):
        gmv = self.env.ref("linkstar_project.metric_gmv").with_user(self.manager)
        with self.assertRaises(AccessError):
            gmv.description = "x"
        with self.assertRaises(AccessError):
            self.own(category="1_sales")
        own = self.own()
        with self.assertRaises(AccessError):
            own.category = "1_sales"
        with self.assertRaises(AccessError):
            own.unlink()
