"""Gates on figures: currency, calendar, and what operators may read."""

from datetime import date, datetime

from odoo.tests import tagged

from ..models.measure.store_window import store_day, store_values
from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestGateMetric(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        market = cls.env["linkstar.marketplace"].search(
            [("platform_id", "=", cls.platform.id), ("code", "=", "DE")]
        )
        cls.german = cls._create_store("DE-GATE", market)
        manager = cls.env.ref("linkstar_project.role_manager")
        cls._add_member(cls.german, cls.lead, manager, True)
        cls._add_member(cls.german, cls.operator, cls.role)

    def _gates(self, code, threshold, **values):
        """A gate in each of the two stores, US and DE."""
        metric = self.env["linkstar.metric"].search([("code", "=", code)])
        self.env["linkstar.gate"].create(
            {
                "task_id": self.steps[0].id,
                "kind": "metric",
                "metric_id": metric.id,
                "threshold": threshold,
                "stays_open": False,
                **values,
            }
        )
        version = self.template.publish_version("figures")
        projects = version.with_user(self.lead).launch((self.store | self.german).ids)
        gates = projects.sudo().task_ids.gate_ids
        return gates.sorted(lambda gate: gate.store_id != self.store)

    def _fact(self, store, code, value, day):
        row = {"store_id": store.id, "metric": code, "value": value, "date": day}
        self.env["linkstar.fact"]._upsert([row])

    def test_threshold_is_in_the_stores_currency_alone_and_together(self):
        self.company.currency_id = self.env.ref("base.USD")
        self.env["res.currency.rate"].search([]).unlink()
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "name": "2020-01-01"}
        )
        us, de = self._gates("gmv", 100)
        now = datetime(2026, 3, 2, 20, 0)
        for store in (self.store, self.german):
            self._fact(store, "gmv", 80, "2026-03-01")
        together = (us | de)._evaluate(now)
        for gate in (us, de):
            with self.subTest(gate.store_id.code):
                self.assertEqual(gate._evaluate(now)[gate.id], together[gate.id])
                is_open, code, args = together[gate.id]
                self.assertEqual((is_open, code), (False, "figure_short"))
                self.assertEqual(args["value"], 80)

    def test_the_reason_names_what_is_needed(self):
        gate = self._gates("units_ordered", 3, window_days=7)[0]
        reason = gate.task_id.with_user(self.operator).blocked_reason
        name = gate.metric_id.name
        self.assertIn(f"Needed: {name} (US-PLAN, last 7 days) is at least 3", reason)

    def test_window_follows_each_stores_calendar(self):
        us, de = self._gates("orders", 5, window_days=1)
        now = datetime(2026, 3, 2, 3, 0)
        self.assertEqual(store_day(self.store, now), date(2026, 3, 1))
        self.assertEqual(store_day(self.german, now), date(2026, 3, 2))
        for store in (self.store, self.german):
            self._fact(store, "orders", 5, "2026-03-01")
        verdicts = (us | de)._evaluate(now)
        self.assertTrue(verdicts[us.id][0])
        self.assertEqual(verdicts[de.id][1], "figure_missing")

    def test_window_counts_its_own_number_of_days(self):
        metric = {"code": "a_day", "name": "x", "kind": "formula"}
        self.env["linkstar.metric"].create(metric | {"formula": "orders / period_days"})
        self._fact(self.store, "orders", 14, "2026-03-01")
        now = datetime(2026, 3, 2, 3, 0)
        values = store_values(self.store, ["a_day"], 7, now)
        self.assertEqual(values[self.store.id, False], {"a_day": 2})

    def test_gate_on_cost_opens_without_telling_the_figure(self):
        gate = self._gates("cogs", 300, comparison="<=")[0]
        today = store_day(self.store, datetime.now())
        task = gate.task_id.with_user(self.operator)
        self._fact(self.store, "cogs", 4321, today)
        self.assertEqual(gate.reason_code, "figure_short")
        self.assertNotIn("4321", str(gate.with_user(self.operator).reason_args))
        self.assertNotIn("4,321", task.blocked_reason)
        self.assertIn("300", task.blocked_reason)
        self.assertNotIn("no figure yet", task.blocked_reason)
        self._fact(self.store, "cogs", 123, today)
        self.assertTrue(gate.is_open)
        self.assertNotIn("123", str(gate.with_user(self.operator).reason_args))
