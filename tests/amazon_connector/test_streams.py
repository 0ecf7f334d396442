"""Every stream's happy path: what the server knows arrives, once."""

from collections import Counter
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.linkstar_connector_amazon.engine.inventory import stock_rows

from tests.amazon.clock import local_date

from .common import AmazonCase


def stock_row(sku):
    """A row of five available units."""
    return stock_rows(
        [{"sellerSku": sku, "inventoryDetails": {"fulfillableQuantity": 5}}]
    )[0]


METRICS = ("orders", "units_ordered", "gmv", "orders_cancelled")


@tagged("post_install", "-at_install")
class TestOrders(AmazonCase):
    """Orders become rows and daily facts."""

    def test_orders_become_facts_of_the_marketplaces_day(self):
        self.run_stream("orders")
        orders = self.env["linkstar.amazon.order"].search(
            [("account_id", "=", self.account.id)]
        )
        # The first day of the first round is cut by the window.
        first = min(orders.mapped("day")) + timedelta(days=2)
        last = max(orders.mapped("day")) - timedelta(days=1)
        truth = self.amazon.truth(
            "days", first=first.isoformat(), last=last.isoformat()
        )
        checked = 0
        for store in self.account.store_ids:
            for row in truth[store.marketplace_id.code]:
                day = row["date"]
                sums = [self.fact(store, m, day) or 0 for m in METRICS]
                self.assertEqual(sums[:2], [row["orders"], row["units"]], day)
                self.assertAlmostEqual(sums[2], float(row["gmv"]), places=2, msg=day)
                self.assertEqual(sums[3], row["cancelled_orders"], day)
                for sku, part in row["skus"].items():
                    units = self.fact(store, "units_ordered", day, sku)
                    self.assertEqual(units, part["units"], (day, sku))
                checked += 1
        self.assertGreater(checked, 60)

    def test_a_second_round_changes_nothing(self):
        self.run_stream("orders")
        facts = self.env["linkstar.fact"].search_count([])
        orders = self.env["linkstar.amazon.order"].search_count([])
        result = self.run_stream("orders")
        self.assertEqual(result["rows"], 0)
        self.assertEqual(self.env["linkstar.fact"].search_count([]), facts)
        self.assertEqual(self.env["linkstar.amazon.order"].search_count([]), orders)

    def test_new_orders_and_changes_arrive_with_the_next_round(self):
        self.run_stream("orders")
        before = self.env["linkstar.amazon.order"].search_count([])
        self.advance(days=1)
        self.run_stream("orders")
        self.assertGreater(self.env["linkstar.amazon.order"].search_count([]), before)
        pending = self.env["linkstar.amazon.order"].search(
            [("status", "=", "pending"), ("account_id", "=", self.account.id)]
        )
        # A day later only what was ordered within the last hour is still pending.
        fresh = self.account.stream_ids.filtered(lambda s: s.code == "orders")
        self.assertTrue(
            all(
                (fresh.fresh_until - order.ordered_at).total_seconds() < 3 * 3600
                for order in pending
            )
        )

    def test_every_listing_that_sells_exists(self):
        self.run_stream("orders")
        lines = self.env["linkstar.amazon.order.line"].search([])
        sold = {(line.order_id.store_id, line.sku) for line in lines}
        listings = self.env["linkstar.listing"].search([])
        self.assertLessEqual(sold, {(item.store_id, item.sku) for item in listings})


@tagged("post_install", "-at_install")
class TestInventory(AmazonCase):
    """Stock becomes rows and facts."""

    def test_stock_and_cover_arrive(self):
        self.run_stream("orders")
        self.run_stream("inventory")
        store = self.store("US")
        rows = self.env["linkstar.amazon.inventory"].search(
            [("store_id", "=", store.id)]
        )
        site = self.seller_account.marketplaces[0]
        stock = self.amazon.truth("stock")[site.pool]
        for row in rows:
            self.assertEqual(row.available, stock[row.sku]["available"], row.sku)
        day = local_date(self.world.clock.now(), site.zone)
        total = sum(rows.mapped("available"))
        self.assertEqual(self.fact(store, "stock_available", day), total)
        self.assertTrue(any(row.days_of_cover for row in rows))

    def test_low_stock_is_told_once_however_often_the_sync_repeats(self):
        self.run_stream("orders")
        sku = self.best_seller()
        self.amazon.set_stock("US", sku, 400)
        self.run_stream("inventory")
        self.assertFalse(self.low(sku))
        self.amazon.set_stock("US", sku, 3)
        for _day in range(3):
            for _round in range(2):
                self.run_stream("inventory")
            self.amazon.set_stock("US", sku, 3)
            self.advance(days=1)
        self.assertEqual(len(self.low(sku)), 1)
        # It recovers, and falls again: a second episode.
        self.amazon.set_stock("US", sku, 4000)
        self.run_stream("inventory")
        self.amazon.set_stock("US", sku, 2)
        self.run_stream("inventory")
        self.assertEqual(len(self.low(sku)), 2)

    def test_a_sku_that_the_scan_no_longer_shows_has_no_stock(self):
        self.run_stream("inventory")
        store = self.store("US")
        self.env["linkstar.amazon.inventory"]._keep(
            self.account.id, store, [stock_row("GONE")], fields.Datetime.now()
        )
        self.env.cr.execute(
            "UPDATE linkstar_amazon_inventory SET seen_at = seen_at - interval '1 day'"
            " WHERE sku = 'GONE'"
        )
        self.run_stream("inventory")
        row = self.env["linkstar.amazon.inventory"].search([("sku", "=", "GONE")])
        self.assertEqual(row.available, 0)

    def best_seller(self):
        """The MSKU of the US store that sells most."""
        lines = self.env["linkstar.amazon.order.line"].search(
            [("order_id.store_id", "=", self.store("US").id)]
        )
        counts = Counter(lines.mapped("sku"))
        return counts.most_common(1)[0][0]

    def low(self, sku):
        """Events of low stock of an MSKU."""
        return self.events("stock_low").filtered(
            lambda event: event.sku == sku and event.store_id == self.store("US")
        )


@tagged("post_install", "-at_install")
class TestPooledStock(AmazonCase):
    """European stores share one stock."""

    number = 1

    def test_pooled_stock_counts_once(self):
        self.run_stream("orders")
        self.run_stream("inventory")
        rows = self.env["linkstar.amazon.inventory"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(len(rows.store_id), 1)
        self.assertEqual(len(rows), len(set(rows.mapped("sku"))))
        self.assertGreater(len(self.account.store_ids), 3)
        # Sales of every store of the pool run the stock down.
        sold = self.env["linkstar.amazon.order.line"].search(
            [("order_id.account_id", "=", self.account.id)]
        )
        self.assertGreater(len(sold.order_id.store_id), 2)
        self.assertLessEqual(
            sum(rows.mapped("units_sold")), sum(sold.mapped("quantity"))
        )
        self.assertGreater(sum(rows.mapped("units_sold")), 0)


@tagged("post_install", "-at_install")
class TestInbound(AmazonCase):
    """Shipments and their items."""

    def sync(self):
        """Both streams of inbound shipments."""
        self.run_stream("inbound")
        self.run_stream("inbound_items")

    def test_history_is_no_news_and_a_closing_shipment_is_told_once(self):
        sku = self.amazon.account(0)["products"][0]["sku"]
        old = self.amazon.create_shipment("US", {sku: 10})
        self.amazon.advance_shipment(old, "CLOSED")
        self.advance(minutes=5)
        self.sync()
        self.assertFalse(self.events("shipment_closed"))
        fresh = self.amazon.create_shipment("US", {sku: 100})
        for status in ("SHIPPED", "RECEIVING"):
            self.amazon.advance_shipment(fresh, status)
            self.advance(hours=1)
            self.sync()
        self.assertFalse(self.events("shipment_closed"))
        self.amazon.advance_shipment(fresh, "CLOSED", received={sku: 97})
        self.advance(hours=1)
        self.sync()
        self.sync()
        event = self.events("shipment_closed")
        self.assertEqual(event.key, fresh)
        self.assertEqual(event.payload["short"], {sku: 3})
        self.assertEqual(event.sku, sku)
        shipment = self.env["linkstar.amazon.shipment"].search(
            [("reference", "=", fresh)]
        )
        self.assertTrue(shipment.is_short)
        self.assertEqual(self.events("shipment_short").payload["short"], {sku: 3})
        self.assertIn("RECEIVING", shipment.first_seen)
        statuses = {e.payload["status"] for e in self.events("shipment_status")}
        self.assertLessEqual({"RECEIVING", "CLOSED"}, statuses)


@tagged("post_install", "-at_install")
class TestNewKinds(AmazonCase):
    """Kinds of data that came after an account was connected."""

    def test_an_update_adds_the_streams_that_an_account_lacks(self):
        self.stream("prices").sudo().unlink()
        self.env["linkstar.amazon.stream"]._create_missing_everywhere()
        stream = self.stream("prices")
        self.assertEqual(len(stream), 1)
        self.assertTrue(stream.active and stream.cadence_minutes)

    def test_a_stream_of_every_minute_is_due_when_the_next_action_fires(self):
        stream = self.stream("inventory")
        stream.sudo().cadence_minutes = 1
        self.run_stream("inventory")
        self.assertGreater(stream.next_run, stream.last_success)
        self.assertLess(stream.next_run, stream.last_success + timedelta(seconds=50))


@tagged("post_install", "-at_install")
class TestAdGroups(AmazonCase):
    """Ad groups through the Ads client."""

    def test_only_a_new_ad_group_is_told(self):
        self.run_stream("ad_groups")
        known = self.env["linkstar.amazon.ad.group"].search_count(
            [("account_id", "=", self.account.id)]
        )
        self.assertFalse(self.events("ad_group_created"))
        sku = self.amazon.account(0)["products"][0]["sku"]
        self.amazon.create_ad_group("US", [sku], name="Launch")
        self.run_stream("ad_groups")
        self.run_stream("ad_groups")
        event = self.events("ad_group_created")
        self.assertEqual(len(event), 1)
        self.assertEqual(event.payload["name"], "Launch")
        self.assertEqual(event.store_id, self.store("US"))
        self.assertEqual(
            self.env["linkstar.amazon.ad.group"].search_count(
                [("account_id", "=", self.account.id)]
            ),
            known + 1,
        )


@tagged("post_install", "-at_install")
class TestReports(AmazonCase):
    """Reports, sums, listings, money and advertising."""

    def facts(self, metric, store=None):
        """Facts of a metric for the US store, whole store only."""
        return self.env["linkstar.fact"].search(
            [
                ("metric_id.code", "=", metric),
                ("store_id", "=", (store or self.store("US")).id),
                ("listing_id", "=", False),
            ]
        )

    def test_sessions_arrive_per_store_and_listing(self):
        self.run_stream("orders")
        self.run_stream("traffic")
        facts = self.facts("sessions")
        self.assertEqual(len(facts), 4)
        # Amazon tells none at first for the newest day, and restates it.
        newest = max(facts, key=lambda fact: fact.date)
        self.assertTrue(all(fact.value > 0 for fact in facts - newest))
        self.advance(days=2)
        self.run_stream("traffic")
        self.assertGreater(newest.value, 0)
        by_sku = self.env["linkstar.fact"].search_count(
            [("metric_id.code", "=", "sessions"), ("listing_id", "!=", False)]
        )
        self.assertGreater(by_sku, 10)

    def test_an_empty_report_of_a_day_with_orders_is_late(self):
        self.run_stream("orders")
        self.amazon.fault("empty_report", "createReport")
        self.assertEqual(self.fail_stream("traffic"), "report_late")
        self.run_stream("traffic")
        self.assertTrue(self.facts("sessions"))

    def test_a_report_that_fails_is_explained_and_the_others_go_on(self):
        for kind in ("report_cancelled", "report_fatal"):
            self.amazon.fault(kind, "createReport")
            self.assertEqual(self.fail_stream("performance"), kind)
            self.run_stream("performance")

    def test_account_health_is_told_once(self):
        self.run_stream("performance")
        self.assertEqual(self.facts("account_status").value, 100)
        self.assertFalse(self.events("account_warning"))
        self.amazon.post("health", account=0, marketplace="US", accountStatus="AT_RISK")
        self.advance(days=1)
        for _round in range(2):
            self.run_stream("performance")
        self.assertEqual(len(self.events("account_warning")), 1)
        self.assertIn(50, self.facts("account_status").mapped("value"))

    def test_our_sums_equal_amazons(self):
        self.run_stream("orders")
        self.run_stream("order_metrics")
        days = self.env["linkstar.amazon.day"].search(
            [("store_id", "=", self.store("US").id), ("compared_at", "!=", False)]
        )
        self.assertGreaterEqual(len(days), 14)
        # Of the running day, the last two minutes are not to be read yet.
        newest = max(days.mapped("day"))
        ended = days.filtered(lambda row: row.day < newest)
        self.assertEqual(set(ended.mapped("variance")), {0.0})
        self.assertFalse(self.events("sales_variance"))

    def test_a_lost_order_shows_as_a_variance_and_is_told_once(self):
        self.run_stream("orders")
        orders = self.env["linkstar.amazon.order"].search(
            [("store_id", "=", self.store("US").id)], order="ordered_at desc"
        )
        lost = orders.filtered(lambda o: o.status == "shipped")[60]
        self.env["linkstar.amazon.order"]._mark_days(lost.ids)
        lost.unlink()
        self.env["linkstar.amazon.day"]._roll_up(self.account, fields.Datetime.now())
        self.run_stream("order_metrics")
        self.run_stream("order_metrics")
        self.assertEqual(len(self.events("sales_variance")), 1)

    def test_refunds_and_fees_arrive_and_a_second_round_changes_nothing(self):
        self.run_stream("transactions")
        refunds = {fact.date: fact.value for fact in self.facts("refund_amount")}
        self.assertTrue(any(refunds.values()))
        self.assertTrue(all(fact.value >= 0 for fact in self.facts("referral_fee")))
        truth = self.amazon.truth(
            "days",
            first=min(refunds).isoformat(),
            last=max(refunds).isoformat(),
        )
        known = [row for row in truth["US"] if float(row["refund_amount"])]
        self.assertTrue(known)
        for row in known[1:-1]:
            value = refunds[fields.Date.to_date(row["date"])]
            self.assertAlmostEqual(value, float(row["refund_amount"]), places=2)
        self.assertEqual(self.run_stream("transactions")["rows"], 0)

    def test_advertising_figures_add_up(self):
        self.run_stream("ads")
        spend = self.facts("ad_spend")
        self.assertGreaterEqual(len(spend), 14)
        by_sku = self.env["linkstar.fact"].search(
            [
                ("metric_id.code", "=", "ad_spend"),
                ("store_id", "=", self.store("US").id),
                ("listing_id", "!=", False),
            ]
        )
        # Sponsored products are part of the store's spend, never more.
        self.assertTrue(by_sku)
        self.assertLess(sum(by_sku.mapped("value")), sum(spend.mapped("value")) + 0.01)
        # Waiting for reports takes simulated time, in which the last days go on.
        ended = max(spend.mapped("date")) - timedelta(days=2)
        before = self._spend_before(ended)
        self.run_stream("ads")
        after = self._spend_before(ended)
        # Midnight may pass as well: then the oldest day is read no more, and stays.
        self.assertEqual(after, before, "a second round adds nothing")

    def _spend_before(self, newest):
        """What was spent per day and listing until a day."""
        self.env["linkstar.fact"].invalidate_model()
        facts = self.env["linkstar.fact"].search(
            [("metric_id.code", "=", "ad_spend"), ("date", "<", newest)]
        )
        return {(f.store_id, f.listing_id, f.date): f.value for f in facts}

    def test_returns_arrive(self):
        self.run_stream("returns")
        self.assertTrue(any(fact.value for fact in self.facts("units_returned")))

    def test_a_suppressed_listing_is_told_once(self):
        self.run_stream("listings")
        self.assertFalse(self.events("listing_suppressed"))
        sku = self.amazon.account(0)["products"][0]["sku"]
        self.amazon.post(
            "listings", account=0, marketplace="US", sku=sku, suppressed=True
        )
        for _round in range(2):
            self.run_stream("listings")
        event = self.events("listing_suppressed")
        self.assertEqual((len(event), event.sku), (1, sku))
