"""The past: every kind of data, window by window, beside the live sync."""

from collections import Counter
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.linkstar_connector_amazon.engine.ads import KEEPS, KINDS
from odoo.addons.linkstar_connector_amazon.streams import HANDLERS
from odoo.addons.linkstar_connector_amazon.streams.backfill import TRIES, DaysBackfill

from tests.amazon.clock import local_date

from .contract_common import ContractCase

PAST = [code for code, handler in HANDLERS.items() if handler.is_past]


class PastCase(ContractCase):
    """Shops that have sold for four months."""

    settings = {"history_days": 120, "scale": 0.1, "replenish": False}

    def today(self):
        """Today by Amazon's clock, in UTC."""
        return self.stream("orders")._amazon_now().date()

    def truth_days(self, store, first, last):
        """The server's days of a store."""
        return self.amazon.truth(
            "days",
            marketplace=store.marketplace_id.code,
            first=first.isoformat(),
            last=last.isoformat(),
        )[store.marketplace_id.code]

    def step_until(self, code, check):
        """Run units of the past until ``check`` says so."""
        stream = self.stream_of_past(code)
        for _unit in range(500):
            outcome = stream._run_unit()
            self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
            if outcome.state == "waiting":
                self.advance(minutes=1)
            if check(stream, outcome):
                return outcome
        raise AssertionError(stream.cursor)


@tagged("post_install", "-at_install")
class TestOrders(PastCase):
    """Past orders."""

    def test_the_past_arrives_newest_first_and_the_stream_ends(self):
        self.run_stream("orders")
        live = self.env["linkstar.amazon.order"].search_count([])
        self.account.start_backfill(days=100)
        stream = self.stream("orders_backfill")
        reached = self.run_past("orders_backfill")
        self.assertFalse(stream.active)
        self.assertEqual((stream.progress, stream.health), (100, "finished"))
        self.assertEqual(reached, sorted(reached, reverse=True))
        orders = self.env["linkstar.amazon.order"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertGreater(len(orders), live * 2)
        first = min(orders.mapped("day")) + timedelta(days=1)
        for store in self.account.store_ids:
            for row in self.truth_days(store, first, first + timedelta(days=60)):
                value = self.fact(store, "orders", row["date"]) or 0
                self.assertEqual(value, row["orders"], row["date"])

    def test_the_backfill_leaves_tokens_to_the_live_sync(self):
        self.account.start_backfill(days=100)
        stream = self.stream("orders_backfill")
        outcomes = [stream._run_unit().state for _page in range(20)]
        self.assertIn("waiting", outcomes)
        self.assertNotEqual(self.account.run_stream("orders")["state"], "waiting")


@tagged("post_install", "-at_install")
class TestPast(PastCase):
    """Every other kind of data."""

    def test_sales_and_traffic_of_the_past_equal_the_truth(self):
        self.account.start_backfill(days=9)
        self.run_past("traffic_backfill")
        first, last = self.today() - timedelta(days=9), self.today() - timedelta(days=2)
        for store in self.account.store_ids:
            domain = [
                ("store_id", "=", store.id),
                ("metric_id.code", "=", "sessions"),
                ("listing_id", "=", False),
            ]
            found = self.env["linkstar.fact"].search(domain)
            self.assertEqual(min(found.mapped("date")), first)
            self.assertEqual(max(found.mapped("date")), last)
            self.assertEqual(len(found), (last - first).days + 1)
        # A report of the past is no comparison while its orders are on their way.
        self.assertFalse(
            self.env["linkstar.amazon.day"].search([("reported_at", "!=", False)])
        )

    def test_returns_of_the_past_equal_the_truth_and_tell_nobody(self):
        self.run_stream("returns")
        recent = min(self.postings("returns").mapped("day"))
        before = {row.id for row in self.postings("returns")}
        self.account.start_backfill(days=110)
        self.run_past("returns_backfill")
        found = self.postings("returns")
        self.assertLess(min(found.mapped("day")), recent - timedelta(days=20))
        self.assertGreaterEqual(len(found), len(before))
        for store in self.account.store_ids:
            own = found.filtered(lambda row, store=store: row.store_id == store)
            kept = Counter()
            for row in own.filtered(lambda row: not row.sku):
                kept[row.day] += row.value
            self.assertEqual(kept, self.truly_returned(store, min(own.mapped("day"))))
        self.assertFalse(self.events("return_rate_spike"))

    def truly_returned(self, store, first):
        """Units that came back to warehouses, by the store's day."""
        site = next(
            site
            for site in self.seller_account.marketplaces
            if site.code == store.marketplace_id.code
        )
        now, found = self.world.clock.now(), Counter()
        for order, line in self.world.pool(self.seller_account, site).returns(0, now):
            day = local_date(line.returned.at, site.zone)
            if order.marketplace is site and order.fulfilled_by == "AMAZON":
                if first <= day < self.today():
                    found[day] += line.returned.quantity
        return found

    def postings(self, stem):
        """Postings of a kind of report."""
        return self.env["linkstar.amazon.posting"].search(
            [("account_id", "=", self.account.id), ("reference", "=like", f"{stem}:%")]
        )

    def test_refunds_and_fees_of_the_past_equal_the_truth(self):
        self.account.start_backfill(days=100)
        self.run_past("transactions_backfill")
        store = self.store("US")
        first, last = (
            self.today() - timedelta(days=60),
            self.today() - timedelta(days=10),
        )
        for row in self.truth_days(store, first, last):
            value = self.fact(store, "refund_amount", row["date"]) or 0
            self.assertAlmostEqual(value, float(row["refund_amount"]), places=2)

    def test_ads_of_the_past_reach_as_far_as_amazon_keeps_them(self):
        self.account.start_backfill(days=729)
        self.run_past("ads_backfill")
        store = self.store("US")
        figures = self.env["linkstar.amazon.ad.figure"].search(
            [("store_id", "=", store.id), ("grain", "=", "campaign")]
        )
        for product, days in KEEPS.items():
            own = figures.filtered(
                lambda row, product=product: row.ad_product == product
            )
            # Brands and Display begin where Amazon's retention does.
            self.assertAlmostEqual(
                (self.today() - min(own.mapped("day"))).days, days, delta=1
            )
        for call in self.amazon.calls(operation="ads.createReport"):
            self.assertEqual(call["status"], 200)
        self.assertFalse(self.stream_of_past("ads_backfill").left_out)

    def test_settlements_of_ninety_days_are_kept_once(self):
        self.account.start_backfill(days=729)
        self.run_past("settlements_backfill")
        found = self.env["linkstar.amazon.settlement"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertTrue(found)
        self.run_stream("settlements")
        again = self.env["linkstar.amazon.settlement"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(len(again), len(found))


@tagged("post_install", "-at_install")
class TestGoing(PastCase):
    """Progress, restarts, and what cannot be read."""

    def test_every_kind_of_data_that_is_read_gets_its_past(self):
        self.stream("returns").active = False
        self.account.start_backfill(days=50)
        running = set(self.account.stream_ids.mapped("code")) & set(PAST)
        self.assertEqual(running, set(PAST) - {"returns_backfill"})
        for code in running:
            self.assertIn(HANDLERS[code].live, HANDLERS)

    def test_an_account_without_advertising_waits_for_none(self):
        self.account.profile_ids.unlink()
        self.account.start_backfill(days=50)
        self.assertFalse(self.stream_of_past("ads_backfill").active)

    def test_each_source_goes_back_as_far_as_amazon_keeps_it(self):
        self.account.start_backfill(days=729)
        for code in PAST:
            cursor = self.stream(code).cursor
            days = (self.today() - date.fromisoformat(cursor["start"][:10])).days
            self.assertEqual(days, min(729, HANDLERS[code].keeps), code)

    def test_a_window_that_was_cut_off_goes_on_where_it_stood(self):
        self.account.start_backfill(days=30)
        self.step_until(
            "traffic_backfill", lambda s, o: (s.cursor["round"] or {}).get("report")
        )
        stream = self.stream("traffic_backfill")
        before = dict(stream.cursor)
        # Another process, which knows nothing but the database.
        self.env.flush_all()
        self.env.invalidate_all()
        self.amazon.control("DELETE", "calls")
        self.step_until(
            "traffic_backfill", lambda s, o: s.cursor["reached"] < before["reached"]
        )
        asked = self.amazon.calls(operation="createReport")
        sites = len(self.account.store_ids)
        self.assertEqual(len(asked), sites - 1, "the report in the making was used")

    def test_progress_speed_and_end_are_shown_while_it_reads(self):
        self.account.start_backfill(days=21)
        stream = self.stream("traffic_backfill")
        self.assertEqual((stream.health, stream.progress), ("reading", 0))
        self.assertEqual(stream.backlog, "20 days of the past")
        stream.cursor = {
            **stream.cursor,
            "began": (fields.Datetime.now() - timedelta(hours=1)).isoformat(),
        }
        self.step_until("traffic_backfill", lambda s, o: s.progress >= 20)
        self.assertGreater(stream.expected_end, fields.Datetime.now())
        self.assertLess(stream.expected_end, fields.Datetime.now() + timedelta(hours=5))

    def test_what_amazon_cannot_give_is_left_out_after_three_tries(self):
        self.account.start_backfill(days=4)
        self.amazon.fault("report_fatal", operation="createReport", count=TRIES)
        failed = []
        self.step_until(
            "traffic_backfill",
            lambda s, o: failed.append(o.state) or failed.count("failed") == TRIES,
        )
        stream = self.stream("traffic_backfill")
        self.assertEqual((stream.error_code, stream.left_out), ("report_fatal", 1))
        self.assertIn("left out", stream.copy_diagnosis())
        self.run_past("traffic_backfill")
        self.assertEqual((stream.progress, stream.left_out), (100, 1))
        self.assertFalse(stream.error_code)

    def test_a_failure_of_the_network_leaves_the_window(self):
        self.account.start_backfill(days=40)
        self.step_until(
            "economics_backfill", lambda s, o: (s.cursor["round"] or {}).get("query")
        )
        stream = self.stream("economics_backfill")
        before = stream.cursor
        self.amazon.fault("error_503", operation="getQuery")
        self.assertEqual(stream._run_unit().state, "failed")
        self.assertEqual(stream.cursor, before)

    def test_every_backfill_leaves_tokens_in_the_bucket(self):
        for code in PAST:
            handler = HANDLERS[code]
            self.assertGreaterEqual(handler.reserve, 2, code)
            self.assertGreater(handler.reserve, HANDLERS[handler.live].reserve, code)
        self.account.start_backfill(days=200)
        stream = self.stream("traffic_backfill")
        states = [stream._run_unit().state]
        with patch.object(DaysBackfill, "reserve", 15):
            stream.cursor = {**stream.cursor, "round": None}
            states.append(stream._run_unit().state)
            self.assertEqual(states, ["waiting", "waiting"])
            self.assertFalse(
                stream.cursor["round"], "with no token to spare it asks nothing"
            )
        live = self.account.run_stream("traffic")
        self.assertNotEqual(live["state"], "failed")

    def test_due_live_streams_are_taken_before_the_past(self):
        now = fields.Datetime.now()
        self.account.start_backfill(days=50)
        self.account.stream_ids.next_run = now + timedelta(days=1)
        past, live = self.stream("traffic_backfill"), self.stream("orders")
        past.next_run = now
        live.next_run = now - timedelta(seconds=1)
        self.assertEqual(self.env["linkstar.amazon.stream"]._take_next_due(), live)

    def test_a_pause_is_no_time_in_which_it_was_slow(self):
        self.account.start_backfill(days=50)
        stream = self.stream_of_past("returns_backfill")
        stream.action_pause()
        self.assertEqual(stream.health, "paused")
        began = stream.cursor["began"]
        stream.action_resume()
        self.assertGreaterEqual(stream.cursor["began"], began)
        self.assertEqual(stream.health, "reading")

    def test_resuming_a_past_that_was_never_read_begins_it(self):
        stream = self.stream_of_past("returns_backfill")
        self.assertEqual((stream.health, stream.cursor), ("paused", False))
        stream.action_resume()
        self.assertEqual(stream.health, "reading")
        self.assertTrue(stream.backlog)
        outcome = stream._run_unit()
        self.assertNotEqual(outcome.state, "over")

    def test_only_administrators_start_it_and_within_two_years(self):
        lead = new_test_user(
            self.env, "past_lead", groups="linkstar_project.group_lead"
        )
        with self.assertRaises(AccessError):
            self.account.with_user(lead).start_backfill(10)
        for days in (0, 730, -1):
            with self.assertRaises(UserError):
                self.account.start_backfill(days)

    def test_every_kind_of_ad_has_a_retention(self):
        self.assertEqual({kind.product for kind in KINDS.values()}, set(KEEPS))
