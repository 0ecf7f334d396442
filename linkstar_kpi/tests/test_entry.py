"""Figures by hand: one enters, another reviews, then they count as facts."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .kpi_common import JULY, KpiCase


@tagged("post_install", "-at_install")
class TestEntry(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.rating = cls.env.ref("linkstar_project.metric_manager_rating")
        cls.reply = cls.env.ref("linkstar_project.metric_msg_24h_rate")
        cls.scheme_rating = cls._scheme(
            [
                {"metric": "manager_rating", "weight": 50, "scope": "person"}
                | {"floor": 0, "target": 80},
                {"metric": "msg_24h_rate", "weight": 50, "scope": "person"}
                | {"floor": 0, "target": 90},
            ],
            code="rating",
        )
        for employee in (cls.employee_anna, cls.employee_ben):
            cls._assign(employee, cls.scheme_rating)

    def sheet(self, user=None, metric=None, lines=(), **values):
        return (
            self.env["linkstar.kpi.entry"]
            .with_user(user or self.lead)
            .create(
                {
                    "period_id": self.period.id,
                    "metric_id": (metric or self.rating).id,
                    "reviewer_id": self.manager.id,
                    "line_ids": [(0, 0, line) for line in lines],
                    **values,
                }
            )
        )

    def rated(self, points=75.0, employee=None, **values):
        employee = employee or self.employee_anna
        line = {"employee_id": employee.id, "value": points, "reason": "Steady."}
        return self.sheet(lines=[line | values])

    def test_approved_figures_are_facts_and_score(self):
        sheet = self.rated()
        sheet.action_submit()
        self.assertFalse(self._card_line("manager_rating"))
        sheet.with_user(self.manager).action_approve()
        fact = self.env["linkstar.fact"].search(
            [("employee_id", "=", self.employee_anna.id)]
        )
        self.assertEqual((fact.value, fact.source), (75.0, "manual"))
        self.assertEqual(str(fact.date), "2026-05-31")
        self.assertEqual(fact.store_id, self.us)
        self.assertEqual(self._card_line("manager_rating").value, 75.0)

    def _card_line(self, metric):
        self.period.with_user(self.manager).calculate()
        line = self._line(metric, self._card())
        return line if line.outcome == "measured" else None

    def test_a_rate_is_entered_as_part_and_whole(self):
        sheet = self.sheet(
            metric=self.reply,
            lines=[{"employee_id": self.employee_anna.id, "value": 45, "base": 50}],
        )
        self.assertTrue(sheet.has_base)
        self.assertEqual(sheet.line_ids.result, 90)
        sheet.action_submit()
        sheet.with_user(self.manager).action_approve()
        line = self._card_line("msg_24h_rate")
        self.assertEqual((line.value, line.denominator), (90, 50))

    def test_nobody_reviews_what_they_entered(self):
        sheet = self.sheet(
            user=self.manager,
            lines=[{"employee_id": self.employee_anna.id, "value": 5, "reason": "x"}],
            reviewer_id=self.manager2.id,
        )
        sheet.action_submit()
        with self.assertRaises(AccessError):
            sheet.action_approve()
        with self.assertRaises(UserError):
            self.sheet(
                user=self.manager, lines=[{"employee_id": self.employee_ben.id}]
            ).action_submit()

    def test_nobody_enters_or_reviews_figures_of_their_own(self):
        with self.assertRaises(AccessError):
            self.rated(employee=self.employee_lead)
        employee = self._employee(self.manager)
        self.employee_anna.parent_id = employee
        sheet = self.sheet(
            user=self.manager2,
            lines=[{"employee_id": employee.id, "value": 5, "reason": "x"}],
            reviewer_id=self.manager.id,
        )
        with self.assertRaises(UserError):
            sheet.action_submit()

    def test_leads_enter_for_their_team_only(self):
        stranger = self._user("kpi_other_lead", "linkstar_project.group_lead")
        line = {"employee_id": self.employee_anna.id, "value": 5, "reason": "x"}
        with self.assertRaises(AccessError):
            self.sheet(user=stranger, lines=[line])
        with self.assertRaises(AccessError):
            self.sheet(user=stranger, grain="store", lines=[{"store_id": self.us.id}])
        with self.assertRaises(AccessError):
            self.sheet(user=self.anna)

    def test_others_see_nothing_and_change_nothing(self):
        sheet = self.rated()
        stranger = self._user("kpi_other_lead", "linkstar_project.group_lead")
        with self.assertRaises(AccessError):
            sheet.with_user(stranger).read(["state"])
        with self.assertRaises(AccessError):
            sheet.with_user(self.manager).note = "x"
        with self.assertRaises(AccessError):
            sheet.line_ids.with_user(self.manager).value = 1
        with self.assertRaises(AccessError):
            sheet.state = "approved"

    def test_what_is_with_the_reviewer_stays_as_it_is(self):
        sheet = self.rated()
        sheet.action_submit()
        with self.assertRaises(UserError):
            sheet.line_ids.value = 99
        with self.assertRaises(UserError):
            sheet.unlink()

    def test_sent_back_with_a_reason_and_handed_in_again(self):
        sheet = self.rated()
        sheet.action_submit()
        with self.assertRaises(UserError):
            sheet.with_user(self.manager).decide(False)
        self.env["linkstar.kpi.entry.return"].with_user(self.manager).create(
            {"entry_id": sheet.id, "note": "Rate the month, not the year."}
        ).action_send_back()
        self.assertEqual(sheet.state, "refused")
        sheet.line_ids.value = 70
        sheet.action_submit()
        sheet.with_user(self.manager).action_approve()
        self.assertEqual(self._card_line("manager_rating").value, 70)

    def test_a_second_sheet_corrects_the_first(self):
        for points in (75.0, 60.0):
            sheet = self.rated(points)
            sheet.action_submit()
            sheet.with_user(self.manager).action_approve()
        self.assertEqual(self._card_line("manager_rating").value, 60)

    def test_a_stronger_source_is_not_overruled(self):
        self.env["linkstar.fact"]._upsert(
            [
                {
                    "store_id": self.us.id,
                    "metric": "messages_in_24h",
                    "date": "2026-05-31",
                    "employee_id": self.employee_anna.id,
                    "value": 7,
                    "source": "api",
                }
            ]
        )
        sheet = self.sheet(
            metric=self.reply,
            lines=[{"employee_id": self.employee_anna.id, "value": 45, "base": 50}],
        )
        sheet.action_submit()
        sheet.with_user(self.manager).action_approve()
        self.assertTrue(sheet.line_ids.is_overruled)
        self.assertEqual(sheet.overruled_count, 1)

    def test_figures_out_of_bounds_are_named(self):
        for points, reason in ((101, "x"), (-1, "x"), (50, " ")):
            with self.assertRaises(UserError):
                self.rated(points, reason=reason).action_submit()
        with self.assertRaises(UserError):
            self.sheet(
                metric=self.reply,
                lines=[{"employee_id": self.employee_anna.id, "value": 51, "base": 50}],
            ).action_submit()

    def test_metrics_of_many_measures_are_not_entered(self):
        profit = self.env.ref("linkstar_project.metric_net_profit")
        with self.assertRaises(UserError):
            self.sheet(metric=profit)

    def test_everybody_assessed_is_filled_in(self):
        sheet = self.sheet()
        sheet.action_fill()
        self.assertEqual(
            sheet.line_ids.employee_id, self.employee_anna | self.employee_ben
        )
        sheet.action_fill()
        self.assertEqual(len(sheet.line_ids), 2)

    def test_who_leaves_is_counted_on_their_last_day(self):
        self.env["linkstar.kpi.assignment"].search(
            [("employee_id", "=", self.employee_anna.id)]
        ).date_to = "2026-05-20"
        self.assertEqual(str(self.rated().line_ids.day), "2026-05-20")

    def test_every_step_is_in_the_trail(self):
        sheet = self.rated()
        sheet.action_submit()
        sheet.with_user(self.manager).action_approve()
        trail = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", sheet._name), ("res_id", "=", sheet.id)]
        )
        self.assertEqual(trail.user_id, self.lead | self.manager)
        line = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", sheet.line_ids._name)]
        )
        self.assertTrue(line)
