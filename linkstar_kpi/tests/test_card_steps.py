"""Deciding on cards from the screens, two people at once included."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .kpi_common import JULY, KpiCase


@tagged("post_install", "-at_install")
class TestCardSteps(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.gmv = cls._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}],
            code="gmv",
        )
        cls._assign(cls.employee_anna, cls.gmv)
        cls._facts(cls.us, "gmv", 900.0)
        cls.period.with_user(cls.manager).calculate()
        cls.card = cls.period.scorecard_ids

    def _decision(self, user, kind="adjust"):
        card = self.card.with_user(user)
        action = card.with_context(default_kind=kind).action_decision()
        model = self.env[action["res_model"]].with_user(user)
        return Form(model.with_context(**action["context"]))

    def test_a_lead_adjusts_from_the_form_and_sees_what_it_comes_to(self):
        form = self._decision(self.lead)
        form.points = 3
        self.assertEqual(form.result, 93.0)
        form.reason = "Trained the newcomer."
        form.save().action_decide()
        self.assertEqual(self.card.final_score, 93.0)
        self.assertEqual(self.card.adjusted_by, self.lead)

    def test_the_second_of_two_managers_is_told_instead_of_overwriting(self):
        first, second = self._decision(self.lead), self._decision(self.manager)
        first.points, first.reason = 3, "Trained the newcomer."
        second.points, second.reason = -2, "Missed two calls."
        first.save().action_decide()
        with self.assertRaisesRegex(UserError, "kpi_lead.*Trained the newcomer"):
            second.save().action_decide()
        self.assertEqual(self.card.adjustment, 3)
        again = self._decision(self.manager)
        self.assertEqual((again.seen, again.points), (3, 3))
        again.points, again.reason = 1, "Talked to the lead: both."
        again.save().action_decide()
        self.assertEqual(self.card.adjustment, 1)

    def test_buttons_show_to_those_who_may_press_them(self):
        self.assertTrue(self.card.with_user(self.lead).can_adjust)
        self.assertTrue(self.card.with_user(self.manager).can_set_aside)
        self.assertFalse(self.card.with_user(self.lead).can_set_aside)
        own = self.card.with_user(self.anna)
        self.assertFalse(own.can_adjust or own.can_deliver or own.can_set_aside)
        self.assertTrue(own.is_own)
        with self.assertRaises(AccessError):
            own.action_decision()

    def test_a_scheme_that_names_its_reviewer_leaves_the_lead_out(self):
        self.gmv.reviewer_id = self.manager2
        self.assertFalse(self.card.with_user(self.lead).can_adjust)
        with self.assertRaises(AccessError):
            self.card.with_user(self.lead).adjust(1, "x")
        self.card.with_user(self.manager2).adjust(1, "x")

    def test_rules_delivered_but_not_signed_from_the_form(self):
        form = self._decision(self.manager, "delivered")
        form.reason = "Handed over on 3 June, did not want to sign."
        form.save().action_decide()
        self.card.invalidate_recordset()
        self.assertTrue(self.card.is_acknowledged)
        note = self.env["linkstar.kpi.acknowledgement"].search(
            [("employee_id", "=", self.employee_anna.id)]
        )
        self.assertEqual(note.kind, "delivered")

    def test_setting_aside_names_a_line_of_this_card(self):
        form = self._decision(self.manager, "set_aside")
        form.reason = "No feed in May."
        form.line_id = self.card.line_ids
        form.save().action_decide()
        self.assertEqual(self.card.line_ids.outcome, "not_applicable")

    def test_an_appeal_is_answered_from_its_form_before_its_day(self):
        self.card.with_user(self.anna).action_acknowledge()
        self.period.with_user(self.manager).action_publish()
        self.card.with_user(self.anna).appeal("The return of 3 May was not mine.")
        appeal = self.card.appeal_ids
        self.assertEqual(str(appeal.answer_by), "2026-07-06")
        self.assertFalse(appeal.with_user(self.manager).can_answer)
        other = appeal.with_user(self.manager2)
        self.assertTrue(other.can_answer)
        with freeze_time("2026-07-08"):
            other.invalidate_recordset()
            self.assertTrue(other.is_overdue)
        with self.assertRaises(AccessError):
            appeal.with_user(self.anna).action_answer()
        action = other.action_answer()
        model = self.env[action["res_model"]].with_user(self.manager2)
        form = Form(model.with_context(**action["context"]))
        self.assertIn("3 May", form.words)
        form.decision, form.correction = "uphold", 2
        form.answer = "Right: order 114 was another shop's."
        form.save().action_answer()
        self.assertEqual((appeal.state, self.card.final_score), ("upheld", 92.0))
        page = self.env["linkstar.kpi.scorecard"].with_user(self.anna).my_page()
        self.assertIn("order 114", page["card"]["appeals"][0]["answer"])

    def test_one_appeal_does_not_hold_up_the_others(self):
        self._assign(self.employee_ben, self.gmv)
        self._facts(self.de, "gmv", 900.0)
        self.period.with_user(self.manager).calculate()
        for card in self.period.scorecard_ids:
            card.with_user(self.manager).action_delivered("Mail of 2 May.")
        self.period.with_user(self.manager).action_publish()
        self.card.with_user(self.anna).appeal("No.")
        self.assertEqual(self._card(self.employee_ben).state, "published")

    # -- calibration -------------------------------------------------------------

    def _team_of_three(self):
        """Two more people in the lead's stores, on the same figures."""
        people = self.env["hr.employee"].create([{"name": "Cleo"}, {"name": "Dan"}])
        for person in people:
            self._member(self.us, person, share=0)
            self._assign(person, self.gmv)
        self.period.with_user(self.manager).calculate()
        return self.period.scorecard_ids

    def _page(self, user, **options):
        return (
            self.env["linkstar.kpi.scorecard"]
            .with_user(user)
            .calibration_page(**options)
        )

    def test_calibration_describes_groups_and_changes_no_score(self):
        cards = self._team_of_three()
        before = cards.mapped("final_score")
        self.card.with_user(self.lead).adjust(3, "Trained the newcomer.")
        page = self._page(self.lead, by="scheme")
        (group,) = page["groups"]
        self.assertEqual((group["count"], group["adjusted"]), (3, 1))
        self.assertEqual((group["low"], group["high"]), (0.0, 93.0))
        anna = group["people"][0]
        self.assertEqual((anna["final"], anna["adjustment"]), (93.0, 3.0))
        self.assertTrue(anna["can_adjust"])
        self.assertEqual(sum(cards.mapped("final_score")), sum(before) + 3)

    def test_two_people_are_no_group(self):
        page = self._page(self.lead)
        self.assertFalse(page["whole"]["known"])
        self.assertEqual(len(page["whole"]["notes"]), 1)

    def test_calibration_shows_what_the_reader_may_see(self):
        self._team_of_three()
        stranger = self._user("kpi_stranger", "linkstar_project.group_lead")
        self.assertFalse(self._page(stranger)["groups"])
        self.assertFalse(self._page(stranger)["periods"])
        with self.assertRaises(AccessError):
            self._page(self.anna)
        seen = self.env["linkstar.kpi.view.log"]
        self._page(self.lead)
        log = seen.search([("user_id", "=", self.lead.id)])
        self.assertEqual(log.scorecard_id, self.period.scorecard_ids)
