"""What nobody does alone, and what nobody sees or counts by a side door."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .kpi_common import JULY, KpiCase

NAN = float("nan")


class SideDoorCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.metric = cls.env.ref("linkstar_project.metric_gmv")
        periods = cls.env["linkstar.kpi.period"]
        cls.august = periods.create({"kind": "month", "day": "2026-08-01"})
        cls.july = periods.create({"kind": "month", "day": "2026-07-01"})
        cls.strange_lead = cls._user("kpi_lead2", "linkstar_project.group_lead")

    def target(self, user=None, **values):
        values = {"period_id": self.august.id, "value": 100.0, **values}
        targets = self.env["linkstar.kpi.target"].with_user(user or self.manager)
        return targets.create({"metric_id": self.metric.id, **values})

    def scored(self):
        """Anna's card of May, computed."""
        self._assign(self.employee_anna)
        self._facts(self.us, "gmv", 1000.0)
        self.period.with_user(self.manager).calculate()
        return self._card()

    def views(self, card, user):
        log = self.env["linkstar.kpi.view.log"]
        return log.search_count(
            [("scorecard_id", "=", card.id), ("user_id", "=", user.id)]
        )


@tagged("post_install", "-at_install")
class TestOneSideAlone(SideDoorCase):
    def test_a_late_target_of_a_store_takes_two_managers(self):
        late = self.target(period_id=self.july.id, store_id=self.us.id, note="New.")
        with self.assertRaises(UserError):
            late.action_agree()
        late.with_user(self.manager2).action_agree()
        self.assertEqual(late.state, "agreed")

    def test_nobody_agrees_to_a_figure_they_set_for_themselves(self):
        employee = self._employee(self.manager2)
        own = self.target(self.manager2, employee_id=employee.id)
        with self.assertRaises(UserError):
            own.action_agree()
        own.with_user(self.manager).value = 120
        own.action_agree()
        self.assertEqual((own.state, own.value), ("agreed", 120))

    def test_a_target_moved_into_a_running_period_is_late(self):
        target = self.target(store_id=self.us.id)
        with self.assertRaises(UserError):
            target.period_id = self.july
        target = self.target(store_id=self.de.id)
        target.write({"period_id": self.july.id, "note": "Set too late."})
        self.assertTrue(target.is_late)

    def test_a_period_with_targets_keeps_its_dates(self):
        self.target(store_id=self.us.id)
        with self.assertRaises(UserError):
            self.august.with_user(self.manager).day = date(2026, 6, 1)

    def test_a_published_close_stays_estimated_or_settled(self):
        self.period.sudo().state = "published"
        with self.assertRaises(UserError):
            self.period.with_user(self.manager).is_estimate = True

    def test_a_manager_does_not_exclude_days_of_their_own_score(self):
        store = self._store("EX-KPI", "US")
        employee = self._employee(self.manager2)
        self._member(store, employee)
        self._assign(employee)
        days = {"date_from": "2026-05-02", "date_to": "2026-05-03"}
        request = (
            self.env["linkstar.kpi.exclusion"]
            .with_user(self.manager)
            .create(
                {"store_id": store.id, "cause": "platform", "reason": "Down.", **days}
            )
        )
        with self.assertRaises(AccessError):
            request.with_user(self.manager2).decide(True)
        self.assertEqual(request.state, "requested")

    def test_a_manager_does_not_take_back_the_level_they_are_on(self):
        employee = self._employee(self.manager2)
        grade = self.env["linkstar.kpi.grade"].create(
            {"name": "Junior", "role_id": self.role.id}
        )
        step = self.env["linkstar.kpi.grade.step"].create(
            {"employee_id": employee.id, "grade_id": grade.id, "reason": "Probation."}
        )
        with self.assertRaises(UserError):
            step.with_user(self.manager2).unlink()
        with self.assertRaises(AccessError):
            step.with_user(self.anna).unlink()

    def test_a_review_is_not_moved_to_somebody_outside_the_team(self):
        stranger = self.env["hr.employee"].create({"name": "Stranger"})
        review = (
            self.env["linkstar.kpi.review"]
            .with_user(self.lead)
            .create({"employee_id": self.employee_anna.id, "date": "2026-07-05"})
        )
        with self.assertRaises(AccessError):
            review.employee_id = stranger.id


@tagged("post_install", "-at_install")
class TestSideDoors(SideDoorCase):
    def test_a_form_opened_on_an_alien_card_shows_nothing_of_it(self):
        card = self.scored()
        for model in ("linkstar.kpi.review", "linkstar.kpi.card.decision"):
            forms = self.env[model].with_user(self.strange_lead)
            forms = forms.with_context(default_scorecard_id=card.id)
            with self.assertRaises(AccessError):
                forms.onchange({}, [], {"score": {}, "scorecard_id": {}})

    def test_figures_of_a_small_department_need_the_right_to_each(self):
        department = self.env["hr.department"].create({"name": "Two"})
        self.employee_anna.department_id = department
        self.scored()
        target = self.target(
            period_id=self.period.id, department_id=department.id, note="Late."
        )
        self.assertEqual(target.reached, 31000)
        for user in (self.anna, self.lead):
            self.assertTrue(target.with_user(user).has_reached)
        for user in (self.ben, self.strange_lead):
            self.assertFalse(target.with_user(user).has_reached)

    def test_the_company_shows_its_figure_to_those_who_see_all_its_stores(self):
        self._facts(self.us, "gmv", 1.0)
        target = self.target(period_id=self.period.id, note="Late.")
        self.assertTrue(target.has_reached)
        self.assertFalse(target.with_user(self.anna).has_reached)

    def test_a_translated_notice_is_asked_anew(self):
        privacy = self.env["linkstar.kpi.privacy"].create({"notice": "We keep scores."})
        privacy = privacy.with_user(self.manager)
        privacy.update_field_translations("notice", {"en_US": "We keep everything."})
        self.assertEqual((privacy.notice, privacy.number), ("We keep everything.", 2))
        trail = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", privacy._name), ("res_id", "=", privacy.id)]
        )
        self.assertIn("We keep everything.", trail.mapped("new_value"))

    def test_levels_of_another_company_stay_there(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        person = self.env["hr.employee"].create(
            {"name": "Far", "company_id": company.id}
        )
        with self.assertRaises(AccessError):
            self.env["linkstar.kpi.grade"].with_user(self.manager).my_ladder(person.id)

    def test_looking_at_a_ladder_that_tells_scores_is_logged(self):
        card = self.scored()
        card.sudo().state = "published"
        self.env["linkstar.kpi.grade"].create(
            {"name": "Junior", "role_id": self.role.id, "score_from": 50}
        )
        page = self.env["linkstar.kpi.grade"].with_user(self.lead)
        page.my_ladder(self.employee_anna.id)
        self.assertEqual(self.views(card, self.lead), 1)

    def test_scores_taken_by_groups_are_logged(self):
        card = self.scored()
        cards = self.env["linkstar.kpi.scorecard"].with_user(self.manager)
        cards.formatted_read_group([], ["employee_id"], ["__count"])
        self.assertEqual(self.views(card, self.manager), 0)
        cards.formatted_read_group([], ["employee_id"], ["final_score:avg"])
        self.assertEqual(self.views(card, self.manager), 1)
        lines = self.env["linkstar.kpi.scorecard.line"].with_user(self.manager2)
        lines.formatted_read_grouping_sets([], [["employee_id"]], ["points:sum"])
        self.assertEqual(self.views(card, self.manager2), 1)

    def test_scores_taken_through_their_period_are_logged(self):
        card = self.scored()
        self.manager.group_ids |= self.env.ref("base.group_allow_export")
        period = self.period.with_user(self.manager)
        period.export_data(["name", "scorecard_ids/final_score"])
        self.assertEqual(self.views(card, self.manager), 1)


@tagged("post_install", "-at_install")
class TestNoNumbers(SideDoorCase):
    def test_what_is_no_number_moves_no_score(self):
        card = self.scored()
        for points in (NAN, float("inf"), -float("inf")):
            with self.assertRaises(UserError):
                card.with_user(self.lead).adjust(points, "Because.")
        self.assertEqual(card.adjustment, 0)


@tagged("post_install", "-at_install")
class TestOwnDefaults(SideDoorCase):
    """Anybody may store defaults of their own, for any field of any model."""

    def keep_default(self, user, model, name, value):
        self.env["ir.default"].with_user(user).set(model, name, value, user_id=True)

    def test_a_default_of_ones_own_approves_nothing(self):
        model = "linkstar.kpi.exclusion"
        self.keep_default(self.anna, model, "state", "approved")
        self.keep_default(self.anna, model, "requested_by", self.ben.id)
        request = (
            self.env[model]
            .with_user(self.anna)
            .create(
                {
                    "store_id": self.us.id,
                    "date_from": "2026-05-02",
                    "date_to": "2026-05-02",
                    "cause": "platform",
                    "reason": "Down.",
                }
            )
        )
        self.assertEqual(
            (request.state, request.requested_by), ("requested", self.anna)
        )

    def test_a_default_of_ones_own_upholds_no_appeal(self):
        card = self.scored()
        card.sudo().state = "published"
        self.keep_default(self.anna, "linkstar.kpi.appeal", "state", "upheld")
        self.keep_default(self.anna, "linkstar.kpi.appeal", "correction", 50)
        appeal = self.env["linkstar.kpi.appeal"].browse(
            card.with_user(self.anna).appeal("Too low.")
        )
        self.assertEqual((appeal.state, appeal.correction), ("open", 0))

    def test_a_default_of_ones_own_shows_no_alien_card(self):
        card = self.scored()
        user = self.strange_lead
        self.keep_default(user, "linkstar.kpi.review", "scorecard_id", card.id)
        with self.assertRaises(AccessError):
            self.env["linkstar.kpi.review"].with_user(user).onchange(
                {}, [], {"score": {}, "scorecard_id": {}}
            )
