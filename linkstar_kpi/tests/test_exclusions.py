"""Exclusions: proposed by events, taken up, shown before and after, decided."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .kpi_common import JULY, KpiCase
from .test_scorecard_browser import TOOLS

OUTAGE = date(2026, 5, 11), date(2026, 5, 20)


class ExclusionCase(KpiCase):
    """Anna sold nothing on ten of 31 days, 1,550 on each of the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        scheme = cls._scheme(
            [
                {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0}
            ],
            code="outage",
        )
        cls._assign(cls.employee_anna, scheme)
        cls._facts(cls.us, "gmv", 1000.0, (date(2026, 5, 1), date(2026, 5, 10)))
        cls._facts(cls.us, "gmv", 0.0, OUTAGE)
        cls._facts(cls.us, "gmv", 1000.0, (date(2026, 5, 21), date(2026, 5, 31)))
        cls.period.with_user(cls.manager).calculate()
        cls.exclusions = cls.env["linkstar.kpi.exclusion"]

    def _request(self, user=None, **values):
        return self.exclusions.with_user(user or self.anna).create(
            {
                "store_id": self.us.id,
                "date_from": OUTAGE[0],
                "date_to": OUTAGE[1],
                "cause": "suspension",
                "reason": "The account was deactivated; case 4711.",
                **values,
            }
        )

    def _emit(self, code, payload, store=None):
        event = self.env["linkstar.event"]._emit_batch(
            [
                {
                    "store_id": (store or self.us).id,
                    "type": code,
                    "key": f"{code} {payload}",
                    "payload": payload,
                    "occurred_at": "2026-05-11 09:00:00",
                }
            ]
        )
        return self.exclusions.search([("event_id", "=", event.id)])


@tagged("post_install", "-at_install")
class TestEffect(ExclusionCase):
    def test_before_and_after_are_what_approving_brings(self):
        request = self._request()
        effect = request.with_user(self.lead).effect()
        (card,) = effect["cards"]
        # 21,000 of 31,000; without ten of 31 days 21,000 is the whole target.
        self.assertEqual((card["before"], card["after"]), (67.74, 100.0))
        (line,) = card["lines"]
        self.assertEqual(line["value"], [21000.0, 21000.0])
        self.assertEqual(line["target"], [31000.0, 21000.0])
        self.assertFalse(effect["is_decided"])
        self.assertEqual(self._card().score, 67.74)
        self.assertEqual(request.state, "requested")
        request.with_user(self.manager).decide(True, "Case seen")
        self.period.with_user(self.manager).calculate()
        self.assertEqual(self._card().score, card["after"])

    def test_the_effect_at_the_decision_stays_on_record(self):
        request = self._request()
        request.with_user(self.manager).decide(True, "Case seen")
        self.period.with_user(self.manager).calculate()
        self._facts(self.us, "gmv", 2000.0, OUTAGE)
        effect = request.with_user(self.lead).effect()
        self.assertTrue(effect["is_decided"])
        self.assertEqual(effect["cards"][0]["after"], 100.0)

    def test_scores_of_others_are_counted_but_not_shown(self):
        self._member(
            self.us,
            self.employee_ben,
            share=0,
            role=self.env.ref("linkstar_project.role_manager"),
        )
        effect = self._request().with_user(self.ben).effect()
        self.assertEqual((effect["cards"], effect["hidden"]), ([], 1))

    def test_causing_it_pays_nothing(self):
        request = self._request(
            cause="out_of_stock", responsible_id=self.employee_anna.id
        )
        self.assertEqual(request.with_user(self.lead).effect()["cards"], [])
        request.with_user(self.manager).decide(True, "Ordered too late")
        self.period.with_user(self.manager).calculate()
        self.assertEqual(self._card().score, 67.74)

    def test_clients_cannot_write_the_kept_effect(self):
        with self.assertRaises(AccessError):
            self._request(effect_snapshot=[{"card": 1}])


@tagged("post_install", "-at_install")
class TestProposals(ExclusionCase):
    def test_a_suspension_proposes_once_and_excludes_nothing(self):
        proposal = self._emit("account_warning", {"value": 0.0, "target": 100.0})
        self.assertEqual(
            (proposal.cause, proposal.state, proposal.date_from),
            ("suspension", "proposed", OUTAGE[0]),
        )
        again = self._emit("account_warning", {"value": 0.0, "target": 100.0})
        self.assertEqual(again, proposal)
        self.period.with_user(self.manager).calculate()
        self.assertEqual(self._card().score, 67.74)
        with self.assertRaisesRegex(UserError, "Nobody has asked"):
            proposal.with_user(self.manager).decide(True)

    def test_a_mere_warning_proposes_nothing(self):
        self.assertFalse(self._emit("account_warning", {"value": 50.0}))
        self.assertFalse(self._emit("stock_out", {"sku": "unknown"}))

    def test_a_stock_out_needs_who_caused_it(self):
        proposal = self._emit("stock_out", {"sku": "SKU-A"})
        self.assertEqual(proposal.listing_id, self.sku)
        proposal.with_user(self.anna).action_take_up()
        self.assertEqual(proposal.requested_by, self.anna)
        with self.assertRaisesRegex(UserError, "caused the stock-out"):
            proposal.with_user(self.manager).decide(True)
        proposal.with_user(self.anna).write(
            {"responsible_other": "The carrier", "date_to": OUTAGE[1]}
        )
        proposal.with_user(self.manager).decide(True)
        self.assertEqual(proposal.state, "approved")

    def test_whoever_takes_it_up_does_not_decide(self):
        proposal = self._emit("account_warning", {"value": 0.0})
        proposal.with_user(self.manager).action_take_up()
        with self.assertRaises(AccessError):
            proposal.with_user(self.manager).decide(True)
        with self.assertRaises(UserError):
            proposal.with_user(self.lead).action_take_up()
        proposal.with_user(self.manager2).decide(True)

    def test_people_of_other_stores_take_nothing_up(self):
        proposal = self._emit("account_warning", {"value": 0.0})
        with self.assertRaises(AccessError):
            proposal.with_user(self.ben).action_take_up()

    def test_a_proposal_that_nobody_needs_is_put_aside(self):
        proposal = self._emit("stock_out", {"sku": "SKU-A"})
        with self.assertRaises(AccessError):
            proposal.with_user(self.anna).action_dismiss()
        proposal.with_user(self.lead).action_dismiss()
        self.assertEqual((proposal.state, proposal.decided_by), ("refused", self.lead))


EFFECT = (
    TOOLS
    + """
(async () => {
    const text = () => find(".o_kpi_effect")?.innerText || "";
    await until("effect", () => /67\\.74\\s*→\\s*100/.test(text()));
    await tap("button[name='action_approve']");
    await until("decided", () => /when it was decided/.test(text()));
    console.log("test successful");
})();
"""
)


@tagged("post_install", "-at_install")
class TestEffectBrowser(ExclusionCase, HttpCase):
    def test_a_manager_sees_the_effect_and_approves(self):
        request = self._request()
        self.manager.tour_enabled = False
        self.manager.password = self.manager.login
        self.browser_js(
            f"/odoo/linkstar-kpi-exclusions/{request.id}",
            EFFECT,
            "odoo.isReady === true",
            login=self.manager.login,
            timeout=120,
        )
        self.assertEqual(request.state, "approved")
