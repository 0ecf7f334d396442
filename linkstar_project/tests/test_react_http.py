"""Other systems send events and figures through Odoo's JSON API."""

from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged

from odoo.addons.linkstar_project.examples import send_events

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestReactHttp(PlanCase, HttpCase):
    def _call(self, user, model, method, **body):
        keys = self.env["res.users.apikeys"].with_user(user)
        key = keys._generate(None, "test", datetime.now() + timedelta(days=0.5))
        return self.url_open(
            f"/json/2/{model}/{method}",
            json=body,
            headers={"Authorization": f"bearer {key}"},
        )

    def test_event_sent_twice_gives_the_same_id(self):
        body = {
            "store": self.store.id,
            "type": "goods_received",
            "key": "WMS-1",
            "payload": {"sku": "SKU-1", "units": 20},
            "occurred_at": "2026-03-02T08:00:00+08:00",
        }
        first = self._call(self.operator, "linkstar.event", "emit", **body)
        again = self._call(self.operator, "linkstar.event", "emit", **body)
        self.assertEqual((first.status_code, first.json()), (200, again.json()))
        event = self.env["linkstar.event"].browse(first.json())
        self.assertEqual((event.source, event.sku), ("api", "SKU-1"))
        self.assertEqual(event.occurred_at, datetime(2026, 3, 2))

    def test_events_of_others_and_of_connections_are_refused(self):
        for store, kind in ((self.other_store, "goods_received"),) + (
            (self.store, "stock_low"),
        ):
            answer = self._call(
                self.operator,
                "linkstar.event",
                "emit",
                store=store.id,
                type=kind,
                key="X",
                payload={"sku": "SKU-1"},
            )
            self.assertEqual(answer.status_code, 403)
        self.assertFalse(self.env["linkstar.event"].search([("key", "=", "X")]))

    def test_private_twins_are_not_reachable(self):
        for model, method in (
            ("linkstar.event", "_emit_batch"),
            ("linkstar.fact", "_upsert"),
        ):
            answer = self._call(self.lead, model, method, rows=[])
            self.assertIn(answer.status_code, (403, 404, 422))

    def test_figures_are_sent_and_evaluated(self):
        row = {"store": "US-PLAN", "metric": "gmv", "date": "2026-03-01", "value": 5}
        for expected in (1, 0):
            answer = self._call(self.lead, "linkstar.fact", "import_rows", rows=[row])
            self.assertEqual(answer.json(), expected)
        answer = self._call(
            self.operator,
            "linkstar.metric",
            "evaluate",
            codes=["gmv", "acos"],
            store_ids=self.store.ids,
            date_from="2026-03-01",
            date_to="2026-03-31",
        )
        self.assertEqual(answer.json(), {"gmv": 5.0, "acos": None})

    def test_faulty_figures_come_back_with_a_sentence(self):
        rows = [{"store": "US-PLAN", "metric": "nope", "date": "x", "value": 5}]
        answer = self._call(self.lead, "linkstar.fact", "import_rows", rows=rows)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("nope", answer.text)

    def test_the_documented_example_sends_a_file_twice_with_one_effect(self):
        def post(model, method, **arguments):
            answer = self._call(self.operator, model, method, **arguments)
            self.assertEqual(answer.status_code, 200, answer.text)
            return answer.json()

        lines = [
            {
                "receipt": f"GR-{number}",
                "store": "US-PLAN",
                "sku": "SKU-1",
                "units": "240",
                "received_at": "2026-03-02T08:00:00+08:00",
            }
            for number in range(3)
        ]
        first = send_events.send_goods(post, lines)
        self.assertEqual(send_events.send_goods(post, lines), first)
        events = self.env["linkstar.event"].browse(first)
        self.assertEqual(len(set(first)), 3)
        self.assertEqual(set(events.mapped("source")), {"api"})
        self.assertEqual(events[0].payload, {"sku": "SKU-1", "units": 240})
