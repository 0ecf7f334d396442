"""Two hundred random sequences of faults: afterwards the tables equal the truth.

A sequence arms faults, lets streams run a few calls, places orders, moves stock and
time, withdraws the authorisation, crashes in the middle; then all is mended and the
streams run to their end. Each is made from its number alone: ``LINKSTAR_SEQUENCE=17``
runs the one numbered 17 only.
"""

import os
import random
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.linkstar_connector_amazon import client
from odoo.addons.linkstar_connector_amazon.messages import SENTENCES
from odoo.addons.linkstar_connector_amazon.streams import HANDLERS, orders

from tests.amazon.clock import local_date

from .common import AmazonCase

SEQUENCES = 200
STEPS = (3, 7)
STREAMS = {
    "orders": "searchOrders",
    "inventory": "getInventorySummaries",
    "inbound": "getShipments",
    "inbound_items": "getShipmentItemsByShipmentId",
}
FAULTS = {
    "error_500": {},
    "error_503": {},
    "error_401": {},
    "error_403": {},
    "error_429": {},
    "html_503": {},
    "html_200": {},
    "bare_403": {},
    "cut_json": {},
    "wrong_length": {},
    "reset": {},
    "huge": {"bytes": 700_000},
    "deep_json": {"depth": 20_000},
    "repeated_page": {},
    "reordered_page": {},
    "shuffled_page": {},
    "duplicated_item": {},
    "empty_page": {},
    "buyer_data": {},
}
UNIT = "odoo.addons.linkstar_connector_amazon.models.amazon_stream_unit"


class Crash(RuntimeError):
    """A process that ends in the middle of a unit."""


@tagged("post_install", "-at_install")
class TestFaultSequences(AmazonCase):
    """A small shop, small pages, no pace: only the order of things matters."""

    settings = {
        "history_days": 6,
        "scale": 0.1,
        "accounts": 1,
        "account_options": {0: {"marketplaces": ("US",)}},
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(orders, "PAGE", 8))
        cls.startClassPatcher(patch.object(client, "MAX_ANSWER", 500_000))
        bucket = cls.env["linkstar.amazon.bucket"]
        cls.startClassPatcher(patch.object(type(bucket), "_take", lambda *_a: 0.0))
        cls.startClassPatcher(patch.object(type(bucket), "_learn", lambda *_a, **_k: 0))
        cls.skus = [
            product.sku for product in cls.world.shops[cls.theirs()].products[:6]
        ]

    @classmethod
    def theirs(cls):
        return cls.seller_account.seller_id

    def setUp(self):
        super().setUp()
        self.met = Counter()
        self.shipments = []

    # --- what happens -----------------------------------------------------------

    def arm(self, dice):
        """A fault for one stream, or for the token it needs; mostly met at once."""
        kind, code = dice.choice(sorted(FAULTS)), dice.choice(sorted(STREAMS))
        token = dice.random() < 0.15
        if token:
            client.forget_tokens()
        self.amazon.fault(
            kind,
            "lwa.token" if token else STREAMS[code],
            count=dice.choice([1, 1, 2, 3]),
            after=dice.choice([0, 0, 0, 1, 2]),
            **FAULTS[kind],
        )
        if dice.random() < 0.8:
            self.call(dice, code)

    def call(self, dice, code=None):
        """A few units of one stream, as a worker would run them."""
        code = code or dice.choice(sorted(STREAMS))
        for _unit in range(dice.randint(1, 4)):
            if not self.unit(code):
                return

    def crash(self, dice):
        """A unit whose process ends after its rows and before its commit."""
        code = dice.choice(sorted(STREAMS))
        absorb = HANDLERS[code].absorb

        def dies(handler, answer):
            absorb(handler, answer)
            raise Crash

        with patch.object(HANDLERS[code], "absorb", dies):
            self.unit(code)

    def order(self, dice):
        items = [
            {"sku": sku, "quantity": dice.randint(1, 3), "price": "9.99"}
            for sku in dice.sample(self.skus, dice.randint(1, 2))
        ]
        self.amazon.create_order("US", items)

    def stock(self, dice):
        self.amazon.set_stock("US", dice.choice(self.skus), dice.randint(0, 900))

    def ship(self, dice):
        """A shipment leaves, or an earlier one moves on."""
        if not self.shipments or dice.random() < 0.4:
            units = {dice.choice(self.skus): dice.randint(10, 90)}
            number = self.amazon.create_shipment("US", units, status="SHIPPED")
            self.shipments.append((number, units))
            return
        number, units = self.shipments.pop(0)
        received = {sku: dice.randint(0, sent) for sku, sent in units.items()}
        status = dice.choice(["RECEIVING", "CLOSED"])
        self.amazon.advance_shipment(number, status, received)

    def wait(self, dice):
        self.advance(minutes=dice.choice([1, 5, 20, 90]))

    def expire(self, _dice):
        self.world.lwa.expire(self.theirs())

    def withdraw(self, dice):
        self.seller_account.revoked = True
        client.forget_tokens()
        self.call(dice)
        self.seller_account.revoked = False

    def forget(self, _dice):
        client.forget_tokens()

    def unit(self, code):
        """One unit in a savepoint of its own; whether the stream goes on."""
        stream = self.stream(code)
        result = self.account._run_unit_apart(stream.sudo())
        if stream.error_code:
            self.met[stream.error_code] += 1
            self.assertIn(stream.error_code, SENTENCES)
            self.assertGreaterEqual(stream.next_run, stream.last_run)
        return result.state == "more"

    # --- afterwards -------------------------------------------------------------

    def mend(self):
        self.amazon.clear_faults()
        client.forget_tokens()
        # What happened last becomes visible, and is read by a round that begins now.
        self.advance(minutes=3)
        for code in STREAMS:
            cursor = self.stream(code).cursor or {}
            self.finish(code)
            if cursor.get("since") or cursor.get("parts"):
                # That was the end of a round which had begun before.
                self.finish(code)

    def finish(self, code):
        for _unit in range(60):
            if self.account._run_unit_apart(self.stream(code).sudo()).state == "done":
                return
        self.fail(f"{code} never ends: {self.stream(code).error}")

    def check(self):
        self.env.flush_all()
        truth, recent = self.true_orders()
        ours = self.our_orders()
        self.assertEqual({k: v for k, v in ours.items() if k not in recent}, truth)
        self.assertEqual(self.our_stock(), self.true_stock())
        self.assertEqual(self.our_shipments(), self.true_shipments())
        for stream in self.account.stream_ids.filtered(lambda s: s.code in STREAMS):
            self.assertFalse(stream.error_code)
        self.assertEqual(self.account.state, "connected")

    def our_orders(self):
        self.env.cr.execute(
            "SELECT o.reference, o.status, count(l.id), sum(l.quantity)::int"
            "  FROM linkstar_amazon_order o"
            "  JOIN linkstar_amazon_order_line l ON l.order_id = o.id"
            " WHERE o.account_id = %s GROUP BY o.id",
            [self.account.id],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def true_orders(self):
        """What each order is, and which changed too lately for Amazon to show it."""
        now = self.world.clock.now()
        all_orders = self.world.orders(self.seller_account, self.world.opened, now + 1)
        recent = {order.id for order in all_orders if order.updated(now) > now - 120}
        truth = {
            order.id: (
                order.status(now).lower(),
                len(order.lines),
                sum(line.quantity for line in order.lines),
            )
            for order in all_orders
            if order.id not in recent
        }
        return truth, recent

    def our_stock(self):
        self.env.cr.execute(
            "SELECT sku, available FROM linkstar_amazon_inventory"
            " WHERE account_id = %s AND store_id = %s",
            [self.account.id, self.store("US").id],
        )
        return dict(self.env.cr.fetchall())

    def true_stock(self):
        pool = self.seller_account.marketplaces[0].pool
        stock = self.amazon.truth("stock")[pool]
        return {sku: stock[sku]["available"] for sku in self.our_stock()}

    def our_shipments(self):
        self.env.cr.execute(
            "SELECT s.reference, s.status, coalesce(sum(l.shipped), 0)::int,"
            "       coalesce(sum(l.received), 0)::int"
            "  FROM linkstar_amazon_shipment s"
            "  LEFT JOIN linkstar_amazon_shipment_line l ON l.shipment_id = s.id"
            " WHERE s.account_id = %s GROUP BY s.id",
            [self.account.id],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def true_shipments(self):
        return {
            row["id"]: (
                row["status"],
                sum(item["sent"] for item in row["items"]),
                sum(item["received"] for item in row["items"]),
            )
            for row in self.amazon.truth("shipments")
        }

    def check_facts(self):
        """Facts of the days that are over, against what happened."""
        for store in self.account.store_ids:
            site = next(
                site
                for site in self.seller_account.marketplaces
                if site.id == store.marketplace_id.external_id
            )
            today = local_date(self.world.clock.now(), site.zone)
            first, last = today - timedelta(days=4), today - timedelta(days=1)
            truth = self.amazon.truth(
                "days",
                marketplace=site.code,
                first=first.isoformat(),
                last=last.isoformat(),
            )
            for row in truth[site.code]:
                day = row["date"]
                for metric, value in (
                    ("orders", row["orders"]),
                    ("units_ordered", row["units"]),
                    ("gmv", float(row["gmv"])),
                    ("orders_cancelled", row["cancelled_orders"]),
                ):
                    ours = self.fact(store, metric, day) or 0
                    self.assertAlmostEqual(ours, value, 2, (site.code, day, metric))

    @mute_logger(UNIT)
    def test_after_two_hundred_sequences_the_tables_equal_the_truth(self):
        actions = [self.arm] * 5 + [self.call] * 6 + [self.crash] * 2
        actions += [self.order, self.stock, self.ship, self.wait, self.expire]
        actions += [self.withdraw, self.forget]
        only = os.environ.get("LINKSTAR_SEQUENCE")
        self.mend()
        for number in [int(only)] if only else range(SEQUENCES):
            dice = random.Random(number)
            with self.subTest(sequence=number):
                for _step in range(dice.randint(*STEPS)):
                    dice.choice(actions)(dice)
                self.mend()
                self.check()
                if number % 20 == 19 or only:
                    self.check_facts()
        if not only:
            # The faults were met, not missed.
            self.assertGreater(len(self.met), 9, self.met)
            self.assertGreater(sum(self.met.values()), 100, self.met)
