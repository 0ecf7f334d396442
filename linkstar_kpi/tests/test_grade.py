"""Levels of roles: where people stand and what the next level asks for."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .kpi_common import JULY, KpiCase


@tagged("post_install", "-at_install")
class TestGrade(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.env["linkstar.kpi.grade"].search([]).active = False
        cls.junior = cls._grade("Junior", 10)
        gmv = cls.env.ref("linkstar_project.metric_gmv")
        cls.senior = cls._grade(
            "Senior",
            20,
            score_from=85,
            months_from=6,
            need_ids=[(0, 0, {"metric_id": gmv.id, "value": 25000})],
            other_asks="Has trained a newcomer.",
        )

    @classmethod
    def _grade(cls, name, sequence, **values):
        return cls.env["linkstar.kpi.grade"].create(
            {"name": name, "role_id": cls.role.id, "sequence": sequence, **values}
        )

    def put(self, grade=None, employee=None, user=None, **values):
        return (
            self.env["linkstar.kpi.grade.step"]
            .with_user(user or self.manager)
            .create(
                {
                    "employee_id": (employee or self.employee_anna).id,
                    "grade_id": (grade or self.junior).id,
                    "date_from": "2026-02-15",
                    "reason": "End of probation.",
                    **values,
                }
            )
        )

    def published(self):
        scheme = self._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}],
            code="ladder",
        )
        self._assign(self.employee_anna, scheme)
        self._facts(self.us, "gmv", 900.0)
        self.period.with_user(self.manager).calculate()
        self._card().with_user(self.anna).action_acknowledge()
        self.period.with_user(self.manager).action_publish()

    def page(self, user=None, employee=None):
        grades = self.env["linkstar.kpi.grade"].with_user(user or self.anna)
        return grades.my_ladder(employee.id if employee else None)

    def test_the_next_level_says_what_it_asks_and_what_is_there(self):
        self.put()
        self.published()
        page = self.page()
        junior, senior = page["rungs"]
        self.assertTrue(junior["is_current"] and senior["is_next"])
        self.assertFalse(junior["asks"])
        score, months, gmv = senior["asks"]
        self.assertTrue(score["is_met"])
        self.assertEqual(score["have"], 90)
        self.assertEqual((months["have"], months["missing"]), (4, 2))
        self.assertEqual((gmv["have"], gmv["is_met"]), (27900, True))
        self.assertEqual(senior["other"], "Has trained a newcomer.")

    def test_unknown_is_never_met(self):
        self.put()
        for ask in self.page()["rungs"][1]["asks"]:
            if ask["kind"] != "months":
                self.assertFalse(ask["is_met"])
                self.assertIs(ask["have"], False)

    def test_somebody_without_a_level_sees_the_first_rung_ahead(self):
        self._assign(self.employee_anna)
        page = self.page()
        self.assertEqual(
            [rung["is_next"] for rung in page["rungs"]], [True, False], page
        )

    def test_a_figure_of_cost_is_judged_and_not_shown(self):
        profit = self.env.ref("linkstar_project.metric_cogs")
        self.senior.need_ids = [(0, 0, {"metric_id": profit.id, "value": 1})]
        self.put()
        scheme = self._scheme(
            [{"metric": "cogs", "weight": 100, "floor": 100, "target": 0.0}],
            code="cost",
        )
        self._assign(self.employee_anna, scheme)
        self._facts(self.us, "cogs", 1.0)
        self.period.with_user(self.manager).calculate()
        self._card().with_user(self.anna).action_acknowledge()
        self.period.with_user(self.manager).action_publish()
        ask = self.page()["rungs"][1]["asks"][-1]
        self.assertEqual((ask["is_hidden"], ask["have"]), (True, False))
        self.assertEqual(ask["missing"], 0, "it would tell the figure as well")
        ask = self.page(self.manager, self.employee_anna)["rungs"][1]["asks"][-1]
        self.assertEqual((ask["is_hidden"], ask["have"]), (False, 31))

    def test_leads_see_their_team_and_nobody_else_does(self):
        self.put()
        self.assertEqual(
            self.page(self.lead, self.employee_anna)["person"], self.anna.name
        )
        with self.assertRaises(AccessError):
            self.page(self.ben, self.employee_anna)
        steps = self.env["linkstar.kpi.grade.step"]
        self.assertFalse(steps.with_user(self.ben).search([]))
        self.assertEqual(len(steps.with_user(self.lead).search([])), 1)

    def test_nobody_puts_themselves_on_a_level(self):
        employee = self._employee(self.manager)
        with self.assertRaises(UserError):
            self.put(employee=employee)
        step = self.put(employee=employee, user=self.manager2)
        self.assertEqual(step.decided_by, self.manager2)
        with self.assertRaises(UserError):
            step.with_user(self.manager).grade_id = self.senior
        with self.assertRaises(AccessError):
            self.put(user=self.lead)

    def test_a_level_moves_up_from_its_day_on(self):
        self.put()
        self.put(self.senior, date_from="2026-08-01", reason="Grew.")
        self.assertTrue(self.page()["rungs"][0]["is_current"])
        self.assertEqual((self.junior.people_count, self.senior.people_count), (1, 0))
        with freeze_time("2026-08-01"):
            self.env.invalidate_all()
            self.assertTrue(self.page()["rungs"][1]["is_current"])

    def test_without_levels_the_page_says_so(self):
        (self.junior + self.senior).active = False
        self._assign(self.employee_anna)
        self.assertEqual(self.page()["rungs"], [])
