"""What people decide about scores, and what nobody may decide for themselves."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .kpi_common import JULY, KpiCase


@tagged("post_install", "-at_install")
class TestDecisions(KpiCase):
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

    def _publish(self):
        self.card.with_user(self.anna).action_acknowledge()
        self.period.with_user(self.manager).action_publish()

    def test_adjustment_needs_a_reason_and_stays_within_the_limit(self):
        card = self.card.with_user(self.lead)
        with self.assertRaises(UserError):
            card.adjust(3, " ")
        with self.assertRaises(UserError):
            card.adjust(5.01, "because")
        card.adjust(3, "Trained the newcomer.")
        self.assertEqual(self.card.final_score, self.card.score + 3)
        with self.assertRaises(AccessError):
            self.card.with_user(self.anna).adjust(5, "me")

    def test_a_lead_of_other_stores_neither_sees_nor_adjusts(self):
        stranger = self._user("kpi_stranger", "linkstar_project.group_lead")
        with self.assertRaises(AccessError):
            self.card.with_user(stranger).adjust(1, "x")
        found = self.env["linkstar.kpi.scorecard"].with_user(stranger).search([])
        self.assertFalse(found)

    def test_people_see_their_own_card_and_leads_their_teams(self):
        cards = self.env["linkstar.kpi.scorecard"]
        self.assertEqual(cards.with_user(self.anna).search([]), self.card)
        self.assertFalse(cards.with_user(self.ben).search([]))
        self.assertEqual(cards.with_user(self.lead).search([]), self.card)
        with self.assertRaises(AccessError):
            self.card.with_user(self.ben).explain()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_no_score_is_written_by_hand(self):
        for user in (self.anna, self.lead, self.manager):
            with self.assertRaises(AccessError):
                self.card.with_user(user).write({"score": 100})
            with self.assertRaises(AccessError):
                self.card.line_ids.with_user(user).write({"points": 100})
        with self.assertRaises(AccessError):
            self.period.with_user(self.manager).write({"state": "locked"})

    def test_calculating_and_publishing_are_for_kpi_managers(self):
        for user in (self.anna, self.lead, self.payroll):
            with self.assertRaises(AccessError):
                self.period.with_user(user).calculate()
            with self.assertRaises(AccessError):
                self.period.with_user(user).action_publish()

    def test_appeal_is_answered_by_somebody_else(self):
        self._publish()
        with self.assertRaises(AccessError):
            self.card.with_user(self.ben).appeal("x")
        forged = self.card.with_user(self.anna).with_context(
            default_state="upheld", default_correction=50.0, default_answer="Right."
        )
        forged.appeal("The return of 3 May was not mine.")
        own = self.env["linkstar.kpi.appeal"].search(
            [("scorecard_id", "=", self.card.id)]
        )
        self.assertEqual((own.state, own.correction, own.answer), ("open", 0, False))
        appeal = self.card.appeal_ids
        self.assertEqual(self.card.state, "appeal")
        with self.assertRaises(UserError):
            self.period.with_user(self.manager).action_lock()
        with self.assertRaises(AccessError):
            appeal.with_user(self.manager).decide(True, "yes", 2)
        appeal.with_user(self.manager2).decide(True, "Right, corrected.", 2)
        self.assertEqual(self.card.final_score, self.card.score + 2)
        self.assertEqual(self.card.state, "published")

    def test_another_login_is_the_same_person(self):
        project, kpi = "linkstar_project.group_", "linkstar_kpi.group_"
        anna2 = self._user("kpi_anna2", f"{project}lead,{kpi}kpi_manager")
        anna2.email = self.anna.email
        with self.assertRaises(AccessError):
            self.card.with_user(anna2).adjust(1, "x")
        item = self.env["linkstar.kpi.exclusion"].with_user(self.anna)
        item = item.create(
            {
                "store_id": self.us.id,
                "date_from": "2026-05-01",
                "date_to": "2026-05-02",
                "cause": "platform",
                "reason": "x",
            }
        )
        with self.assertRaises(AccessError):
            item.with_user(anna2).decide(True)
        target = self.env["linkstar.kpi.target"].create(
            {
                "period_id": self.period.id,
                "metric_id": self.env.ref("linkstar_project.metric_gmv").id,
                "store_id": self.us.id,
                "value": 100,
            }
        )
        target.with_user(self.manager).action_agree()
        target.with_user(self.manager).request_change(80, "Closed.")
        self.manager2.email = self.manager.email
        with self.assertRaises(UserError):
            target.with_user(self.manager2).decide_change(True)
        self._publish()
        self.card.with_user(self.anna).appeal("No.")
        for user in (anna2, self.manager2):
            with self.assertRaises(AccessError):
                self.card.appeal_ids.with_user(user).decide(True, "Yes.", 2)

    def test_the_time_to_appeal_ends(self):
        self._publish()
        with freeze_time("2026-07-07"), self.assertRaises(UserError):
            self.card.with_user(self.anna).appeal("late")

    def test_locking_waits_for_the_time_to_appeal(self):
        self._publish()
        with self.assertRaises(UserError):
            self.period.with_user(self.manager).action_lock()

    def test_delivered_not_signed_does_not_hold_up_the_others(self):
        with self.assertRaises(AccessError):
            self.card.with_user(self.lead).action_delivered("by post")
        self.card.with_user(self.manager).action_delivered("Letter of 3 June.")
        self.period.with_user(self.manager).action_publish()
        self.assertEqual(self.card.state, "published")

    def test_set_aside_line_gives_its_weight_to_the_others(self):
        scheme = self._scheme(
            [
                {"metric": "gmv", "weight": 50, "floor": 0, "target": 31000.0},
                {"metric": "sessions", "weight": 50, "floor": 0, "target": 100},
            ],
            code="two",
        )
        self._member(self.us, self.employee_ben, share=0)
        self._facts(self.de, "gmv", 1000.0)
        self._assign(self.employee_ben, scheme)
        self.period.with_user(self.manager).calculate()
        card = self._card(self.employee_ben)
        self.assertEqual(self._line("sessions", card).outcome, "late")
        with self.assertRaises(UserError):
            card.with_user(self.manager).set_aside("sessions", "")
        card.with_user(self.manager).set_aside("sessions", "No feed in May.")
        self.assertEqual(self._line("sessions", card).outcome, "not_applicable")
        self.assertEqual(self._line("gmv", card).effective_weight, 100)
        self.assertTrue(card.is_final)

    def test_looking_at_a_colleagues_card_is_logged(self):
        self.card.with_user(self.anna).explain()
        log = self.env["linkstar.kpi.view.log"]
        self.assertFalse(log.search([("scorecard_id", "=", self.card.id)]))
        self.card.with_user(self.lead).web_read({"score": {}})
        self.card.with_user(self.lead).explain()
        seen = log.search([("scorecard_id", "=", self.card.id)])
        self.assertEqual(seen.user_id, self.lead)
        page = self.env["linkstar.kpi.scorecard"].with_user(self.anna).my_page()
        self.assertEqual(page["card"]["readers"], [self.lead.name])

    def test_cost_is_not_shown_to_operators(self):
        profit = self._scheme(
            [
                {"metric": "net_profit", "weight": 100, "floor": 0, "target": 1}
                | {"stretch": 2},
            ],
            code="profit",
        )
        self.env["linkstar.kpi.assignment"].search(
            [("employee_id", "=", self.employee_ben.id)]
        ).unlink()
        self._assign(self.employee_ben, profit)
        for code in ("gmv", "refund_amount", "cogs", "referral_fee", "fba_fee"):
            self._facts(self.de, code, 10.0 if code == "gmv" else 1.0)
        for code in ("ad_spend", "storage_fee", "promo_cost", "return_loss"):
            self._facts(self.de, code, 1.0)
        for code in ("inbound_freight", "shared_cost"):
            self._facts(self.de, code, 0.0)
        self.period.with_user(self.manager).calculate()
        line = self._line("net_profit", self._card(self.employee_ben))
        self.assertEqual(line.cost_figures["value"], 31 * 2.0)
        self.assertEqual(line.value, 0.0)
        own = line.with_user(self.ben)
        (row,) = own.scorecard_id.explain()
        self.assertFalse(row["value"])
        self.assertFalse(row["stores"])
        with self.assertRaises(AccessError):
            own.read(["cost_figures"])
        (row,) = line.with_user(self.lead).scorecard_id.explain()
        self.assertEqual(row["value"], 62.0)

    def test_veto_is_decided_by_a_person_before_publishing(self):
        scheme = self._scheme(
            [
                {"metric": "gmv", "weight": 100, "floor": 0, "target": 100.0},
                {"metric": "policy_violations", "method": "veto", "target": 0}
                | {"scope": "stores"},
            ],
            code="veto",
        )
        self.env["linkstar.kpi.assignment"].search([]).write({"date_to": "2026-01-31"})
        self.env["linkstar.kpi.scorecard"].search([]).unlink()
        self._assign(self.employee_anna, scheme, date_from="2026-02-01")
        self._facts(self.us, "policy_violations", 2.0)
        self.period.with_user(self.manager).calculate()
        card = self._card()
        self.assertEqual((card.score, card.veto_state), (100.0, "proposed"))
        card.with_user(self.anna).action_acknowledge()
        with self.assertRaises(UserError):
            self.period.with_user(self.manager).action_publish()
        card.with_user(self.lead).decide_veto(True, "Notice of 12 May.")
        self.assertEqual(card.final_score, 0.0)
        self.period.with_user(self.manager).action_publish()

    def test_a_line_off_track_starts_its_task_once(self):
        scheme = self._scheme(
            [
                {"metric": "gmv", "weight": 100, "floor": 0, "target": 1000000.0}
                | {"action_kind": "task"},
            ],
            code="act",
        )
        self.env["linkstar.kpi.assignment"].search([]).write({"date_to": "2026-01-31"})
        self.card.unlink()
        self._assign(self.employee_anna, scheme, date_from="2026-02-01")
        for _again in range(3):
            self.period.with_user(self.manager).calculate()
        action = self.env["linkstar.kpi.action"].search(
            [("employee_id", "=", self.employee_anna.id)]
        )
        self.assertEqual(len(action), 1)
        self.assertEqual(action.task_id.user_ids, self.anna)
        self.assertEqual(action.task_id.kpi_action_ids, action)
        own = self.env["linkstar.kpi.action"].with_user(self.anna).search([])
        self.assertEqual(own, action)
        self.assertFalse(self.env["linkstar.kpi.action"].with_user(self.ben).search([]))

    def test_weights_must_sum_to_100(self):
        with self.assertRaisesRegex(UserError, "90"):
            self._scheme(
                [{"metric": "gmv", "weight": 90, "floor": 0, "target": 1}], code="x"
            )

    def test_published_rules_do_not_change(self):
        version = self.gmv.version_id
        with self.assertRaises(UserError):
            version.line_ids.write({"weight": 1})
        with self.assertRaises(UserError):
            version.write({"bonus_cap": 50})
        with self.assertRaises(UserError):
            version.line_ids.unlink()
        self.gmv.with_user(self.manager).action_new_version()
        draft = self.gmv.draft_version_id
        self.assertEqual((draft.number, draft.line_ids.weight), (2, 100))

    def test_two_schemes_at_a_time_are_refused(self):
        with self.assertRaises(ValidationError):
            self._assign(self.employee_anna, self.scheme)

    def test_agreed_target_changes_only_with_a_second_person(self):
        target = self.env["linkstar.kpi.target"].create(
            {
                "period_id": self.period.id,
                "metric_id": self.env.ref("linkstar_project.metric_gmv").id,
                "employee_id": self.employee_anna.id,
                "value": 100,
            }
        )
        with self.assertRaises(UserError):
            target.with_user(self.manager).action_agree()
        target.with_user(self.anna).action_agree()
        with self.assertRaises(UserError):
            target.with_user(self.manager).write({"value": 1})
        target.with_user(self.manager).request_change(80, "Shop closed for a week.")
        with self.assertRaises(UserError):
            target.with_user(self.manager).decide_change(True)
        target.with_user(self.manager2).decide_change(True)
        self.assertEqual((target.value, target.state), (80, "agreed"))

    def test_children_of_a_target_sum_to_it(self):
        metric = self.env.ref("linkstar_project.metric_gmv").id
        targets = self.env["linkstar.kpi.target"]
        values = {"period_id": self.period.id, "metric_id": metric}
        top = targets.create({**values, "value": 100})
        child = targets.create(
            {**values, "value": 60, "store_id": self.us.id, "parent_id": top.id}
        )
        targets.create(
            {**values, "value": 30, "store_id": self.de.id, "parent_id": top.id}
        )
        with self.assertRaises(UserError):
            top.with_user(self.manager).action_agree()
        child.value = 70
        top.with_user(self.manager).action_agree()
        self.assertEqual(top.state, "agreed")
        self.assertEqual(top.run_rate(40, "2026-05-26"), 10.0)
