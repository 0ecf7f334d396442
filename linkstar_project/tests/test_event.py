"""Events: told once, by those who may, in a handful of statements."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestEvent(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.event = cls.env["linkstar.event"]

    def _emit(self, key="K", user=None, store=None, type_code="goods_received", **kw):
        store = self.store if store is None else store
        events = self.event.with_user(user or self.operator)
        return events.emit(store and store.id, type_code, key, **kw)

    def test_telling_twice_leaves_one_event(self):
        first = self._emit(payload={"sku": "SKU-1", "units": 5})
        again = self._emit(user=self.lead, payload={"sku": "SKU-1", "units": 9})
        self.assertEqual(first.id, again.id)
        self.assertEqual(first.payload["units"], 5)
        self.assertEqual((first.source, first.state), ("api", "new"))
        self.assertEqual(first.listing_id, self.listing)

    def test_the_same_key_in_another_store_or_type_is_another_event(self):
        ids = {
            self._emit().id,
            self._emit(type_code="task_requested").id,
            self._emit(store=self.other_store, user=self.env.ref("base.user_admin")).id,
        }
        self.assertEqual(len(ids), 3)

    def test_member_tells_events_of_own_stores_only(self):
        with self.assertRaises(AccessError):
            self._emit(store=self.other_store)
        with self.assertRaises(AccessError):
            self._emit(store=False)
        with self.assertRaises(AccessError):
            self._emit(user=self.manager)
        admin = self.env.ref("base.user_admin")
        self.assertFalse(self._emit(store=False, user=admin).store_id)

    def test_types_of_connections_are_refused(self):
        with self.assertRaisesRegex(AccessError, "stock_low"):
            self._emit(type_code="stock_low", payload={"sku": "SKU-1"})

    def test_nobody_creates_or_changes_events_directly(self):
        event = self._emit().with_user(self.env.ref("base.user_admin"))
        for act in (
            lambda: event.write({"state": "done"}),
            event.unlink,
            lambda: event.create(
                {"type_id": event.type_id.id, "key": "x", "occurred_at": datetime.now()}
            ),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_faulty_events_are_refused_with_a_reason(self):
        deep = {}
        for _step in range(2000):
            deep = {"a": deep}
        tomorrow = datetime.now() + timedelta(days=2)
        for options in (
            {"key": ""},
            {"key": "x" * 201},
            {"key": 5},
            {"key": "a\0b"},
            {"type_code": "no_such"},
            {"payload": [1]},
            {"payload": {"a": float("nan")}},
            {"payload": {"a": "x" * 30000}},
            {"payload": {"a": "\0"}},
            {"payload": {"a": object()}},
            {"payload": deep},
            {"occurred_at": "yesterday"},
            {"occurred_at": 5},
            {"occurred_at": tomorrow.isoformat()},
        ):
            with self.assertRaises(UserError, msg=options):
                self._emit(**options)
        self.assertFalse(self.event.search([("store_id", "=", self.store.id)]))

    def test_payload_must_fit_its_type(self):
        rows = [{"store_id": self.store.id, "type": "stock_low", "key": "1"}]
        with self.assertRaisesRegex(ValueError, "sku"):
            self.event._emit_batch(rows)
        rows[0]["payload"] = {"sku": 5}
        with self.assertRaisesRegex(ValueError, "sku"):
            self.event._emit_batch(rows)

    def test_batch_gives_events_in_order_and_tells_gates_only_news(self):
        told = []
        self.patch(
            type(self.env["linkstar.gate"]),
            "_open_by_events",
            lambda gates, events: told.append(events),
        )
        rows = [
            {"store_id": self.store.id, "type": "shipment_closed", "key": f"S{n}"}
            for n in (3, 1, 2, 1)
        ]
        events = self.event._emit_batch(rows)
        self.assertEqual(events.mapped("key"), ["S3", "S1", "S2"])
        self.assertEqual(self.event._emit_batch(rows), events)
        self.assertEqual(told, [events.sorted("id")])

    def test_thousand_events_take_a_handful_of_queries(self):
        rows = [
            {
                "store_id": self.store.id,
                "type": "stock_low",
                "key": f"E{n}",
                "payload": {"sku": f"X{n}"},
            }
            for n in range(1000)
        ]
        self.event._emit_batch(rows[:1])
        with self.assertQueryCount(15):
            self.event._emit_batch(rows)

    def test_times_with_zone_become_utc(self):
        event = self._emit(occurred_at="2026-03-02T08:00:00+08:00")
        self.assertEqual(event.occurred_at, datetime(2026, 3, 2))
