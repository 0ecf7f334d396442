"""The pure parts under random input: pace, windows, episodes, rows."""

import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_connector_amazon.engine import episodes, windows
from odoo.addons.linkstar_connector_amazon.engine.orders_to_rows import (
    Site,
    order_rows,
)
from odoo.addons.linkstar_connector_amazon.engine.pace import Bucket

NOON = datetime(2026, 1, 1, 12)
SITES = {"M": Site(1, "America/Los_Angeles", "USD")}


def order(number, minute, status="SHIPPED", marketplace="M"):
    """An order as Amazon sends it, changed at a minute."""
    text = (NOON + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "orderId": str(number),
        "createdTime": "2026-01-01T12:00:00Z",
        "lastUpdatedTime": text,
        "salesChannel": {"marketplaceId": marketplace},
        "fulfillment": {"fulfillmentStatus": status},
        "buyer": {"buyerName": "PII-MARKER"},
        "orderItems": [
            {"orderItemId": "1", "quantityOrdered": 2, "product": {"sellerSku": "A"}}
        ],
    }


class TestPace(unittest.TestCase):
    """A bucket against Amazon's own rule."""

    @given(
        st.floats(0.005, 5),
        st.integers(1, 30),
        st.lists(st.floats(0, 400), max_size=60),
        st.integers(0, 3),
    )
    def test_calls_that_wait_as_told_are_never_refused(
        self, rate, burst, pauses, reserve
    ):
        ours = theirs = Bucket.full(rate, burst, NOON)
        now = NOON
        for pause in pauses:
            now += timedelta(seconds=pause)
            now += timedelta(seconds=ours.wait(now, reserve) + 0.001)
            self.assertGreaterEqual(theirs.at(now).tokens, 0.99)
            ours, theirs = ours.take(now), theirs.take(now)

    @given(st.floats(0.005, 5), st.integers(1, 30), st.floats(0, 3000))
    def test_nothing_is_called_before_retry_after(self, rate, burst, seconds):
        bucket = Bucket.full(rate, burst, NOON).throttled(NOON, seconds)
        self.assertGreaterEqual(bucket.wait(NOON) + 0.001, seconds)


class TestWindows(unittest.TestCase):
    """Backfill windows cover the stretch exactly."""

    @given(st.integers(0, 800), st.integers(1, 40))
    def test_windows_touch_and_cover(self, days, step):
        start = NOON - timedelta(days=days)
        found = list(windows.backfill_windows(start, NOON, timedelta(days=step)))
        edge = NOON
        for low, high in found:
            self.assertEqual(high, edge)
            self.assertLess(low, high)
            edge = low
        self.assertEqual(edge, start)


class TestEpisodes(unittest.TestCase):
    """An episode is told once, however often it is seen."""

    @given(st.lists(st.floats(0, 40), max_size=80), st.integers(5, 30))
    def test_events_equal_falls_below_after_recovery(self, covers, threshold):
        episode, told, recovered = episodes.Episode(), 0, True
        expected = 0
        for cover in covers:
            if cover < threshold and recovered:
                expected, recovered = expected + 1, False
            elif cover >= threshold * episodes.RECOVERY:
                recovered = True
            holds, over = episodes.stock_low(cover, threshold)
            episode, begins = episodes.step(episode, holds, over)
            told += begins
        self.assertEqual((told, episode.number), (expected, expected))


class TestOrderRows(unittest.TestCase):
    """Rows of a page, whatever its order."""

    @given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 90)), max_size=30))
    def test_the_newest_state_of_each_order_stands_once(self, seen):
        rows, lines, unknown = order_rows([order(*entry) for entry in seen], SITES)
        newest = {}
        for number, minute in seen:
            newest[str(number)] = max(minute, newest.get(str(number), 0))
        self.assertEqual(
            {row.reference: row.updated_at for row in rows},
            {key: NOON + timedelta(minutes=value) for key, value in newest.items()},
        )
        self.assertEqual(len(lines), len(newest))
        self.assertFalse(unknown)

    def test_the_buyer_is_not_looked_at(self):
        rows, lines, _unknown = order_rows([order(1, 0)], SITES)
        self.assertNotIn("PII-MARKER", str(rows) + str(lines))

    def test_orders_of_marketplaces_without_store_are_left_out(self):
        rows, _lines, unknown = order_rows([order(1, 0, marketplace="X")], SITES)
        self.assertEqual((rows, unknown), ([], {"X"}))
