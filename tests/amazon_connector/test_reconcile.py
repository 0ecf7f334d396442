"""Reconciliation: what differs, why, and when somebody is told."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.linkstar_connector_amazon.engine.local_day import local_day

from .contract_common import ContractCase


@tagged("post_install", "-at_install")
class TestReconcile(ContractCase):
    """Our sums against Amazon's order metrics and report."""

    def setUp(self):
        super().setUp()
        self.run_stream("orders")
        self.today = local_day(self.stream("orders")._amazon_now(), self.store().tz)

    def day(self, back):
        """The US store's day so many days ago."""
        return self.env["linkstar.amazon.day"].search(
            [
                ("store_id", "=", self.store("US").id),
                ("day", "=", self.today - timedelta(days=back)),
            ]
        )

    def lose_order(self, back):
        """Lose an order of a day, and sum the day again."""
        order = self.env["linkstar.amazon.order"].search(
            [
                ("store_id", "=", self.store("US").id),
                ("day", "=", self.today - timedelta(days=back)),
                ("status", "=", "shipped"),
            ],
            limit=1,
        )
        self.env["linkstar.amazon.order"]._mark_days(order.ids)
        order.unlink()
        self.roll_up()

    def roll_up(self):
        """Sum the marked days."""
        self.env["linkstar.amazon.day"]._roll_up(self.account, fields.Datetime.now())

    def told(self):
        """Events of variances of the US store."""
        return self.events("sales_variance").filtered(
            lambda one: one.store_id == self.store("US")
        )

    def test_days_that_agree_say_so(self):
        self.run_stream("order_metrics")
        self.assertEqual(self.day(5).explanation, "equal")
        self.assertFalse(self.day(5).times_off)

    def test_days_compared_too_early_are_judged_when_their_orders_are_read(self):
        stream = self.stream("orders").sudo()
        stream.fresh_until -= timedelta(days=20)
        self.lose_order(5)
        self.run_stream("order_metrics")
        self.assertEqual(self.judged(5), ("not_read", 1))
        # A full round brings the order.
        stream.cursor = False
        self.run_stream("orders")
        self.assertEqual(self.judged(5), ("equal", 0))

    def test_a_comparison_made_too_early_does_not_count_towards_persistence(self):
        stream = self.stream("orders").sudo()
        until = stream.fresh_until
        stream.fresh_until = until - timedelta(days=20)
        self.lose_order(5)
        self.run_stream("order_metrics")
        stream.fresh_until = until
        self.env["linkstar.amazon.day"]._judge_again(
            self.account, until, fields.Datetime.now()
        )
        self.assertEqual(self.judged(5), ("unknown", 1))
        self.assertFalse(self.told())

    def judged(self, back):
        """How a day was explained, and how often it was off."""
        day = self.day(back)
        day.invalidate_recordset()
        return day.explanation, day.times_off

    def test_the_report_of_sales_and_traffic_is_compared_too(self):
        self.run_stream("traffic")
        day = self.day(2)
        self.assertTrue(day.reported_at)
        self.assertEqual(day.report_variance, 0)
        truth = self.amazon.truth("days", first=str(day.day), last=str(day.day))["US"][
            0
        ]
        self.assertEqual(day.report_units, truth["units"])

    def test_a_lost_order_is_unexplained_and_told_when_it_persists(self):
        self.lose_order(5)
        self.run_stream("order_metrics")
        day = self.day(5)
        self.assertEqual((day.explanation, day.times_off), ("unknown", 1))
        self.assertIn("past orders", day.reason)
        self.assertFalse(self.told())
        for _round in range(2):
            self.run_stream("order_metrics")
        self.assertEqual(len(self.told()), 1)
        self.assertEqual(self.told().payload["explanation"], "unknown")

    def test_a_fresh_day_is_not_told_yet(self):
        self.lose_order(1)
        for _round in range(3):
            self.run_stream("order_metrics")
        self.assertEqual(self.day(1).explanation, "unknown")
        self.assertFalse(self.told())

    def test_pending_orders_explain_missing_sales(self):
        order = self.env["linkstar.amazon.order"].search(
            [
                ("store_id", "=", self.store("US").id),
                ("day", "=", self.today - timedelta(days=5)),
                ("status", "=", "shipped"),
            ],
            limit=1,
        )
        order.status = "pending"
        order.line_ids.amount = 0
        self.env.flush_all()
        self.env["linkstar.amazon.order"]._mark_days(order.ids)
        self.roll_up()
        for _round in range(3):
            self.run_stream("order_metrics")
        day = self.day(5)
        self.assertEqual(day.explanation, "pending")
        self.assertIn("1", day.reason)
        self.assertFalse(self.told())

    def test_orders_booked_on_the_day_beside_explain_both_days(self):
        order = self.env["linkstar.amazon.order"].search(
            [
                ("store_id", "=", self.store("US").id),
                ("day", "=", self.today - timedelta(days=6)),
                ("status", "=", "shipped"),
            ],
            limit=1,
        )
        self.env["linkstar.amazon.order"]._mark_days(order.ids)
        order.day = self.today - timedelta(days=5)
        self.env.flush_all()
        self.env["linkstar.amazon.order"]._mark_days(order.ids)
        self.roll_up()
        self.run_stream("order_metrics")
        self.assertEqual(self.day(5).explanation, "shifted")
        self.assertEqual(self.day(6).explanation, "shifted")

    def test_orders_that_are_not_read_to_the_end_of_the_day_explain_it(self):
        self.lose_order(5)
        stream = self.stream("orders")
        stream.sudo().fresh_until = stream.fresh_until - timedelta(days=8)
        self.run_stream("order_metrics")
        self.assertEqual(self.day(5).explanation, "not_read")

    def test_a_tolerance_of_the_account_lets_small_differences_pass(self):
        self.account.variance_tolerance = 90
        self.lose_order(5)
        self.run_stream("order_metrics")
        self.assertEqual(self.day(5).explanation, "equal")

    def test_a_day_without_any_order_of_ours_counts_as_different(self):
        orders = self.env["linkstar.amazon.order"].search(
            [
                ("store_id", "=", self.store("US").id),
                ("day", "=", self.today - timedelta(days=5)),
            ]
        )
        self.env["linkstar.amazon.order"]._mark_days(orders.ids)
        orders.unlink()
        self.roll_up()
        for _round in range(2):
            self.run_stream("order_metrics")
        self.assertEqual(len(self.told()), 1)


@tagged("post_install", "-at_install")
class TestReturnSpike(ContractCase):
    """Returns that rise."""

    def facts(self, returned, days=36):
        """Ten units sold a day, and returns: one a week, then as given."""
        store, today = self.store("US"), self.today
        rows = []
        for back in range(1, days):
            day = today - timedelta(days=back)
            back_units = returned if back <= 7 else (1 if back % 7 == 0 else 0)
            for metric, value in (
                ("units_ordered", 10),
                ("units_returned", back_units),
            ):
                rows.append(
                    {
                        "store_id": store.id,
                        "metric": metric,
                        "sku": "RISING",
                        "date": day,
                        "value": value,
                        "source": "amazon",
                    }
                )
        self.env["linkstar.fact"]._upsert(rows)

    def tell(self):
        """Judge the returns of the US store."""
        self.env["linkstar.amazon.posting"]._tell_returns(
            self.account, self.store("US"), self.stream("returns")._amazon_now()
        )
        return self.events("return_spike").filtered(lambda one: one.sku == "RISING")

    def setUp(self):
        super().setUp()
        now = self.stream("returns")._amazon_now()
        self.today = local_day(now, self.store().tz)
        self.env["linkstar.listing"].create(
            {"store_id": self.store("US").id, "sku": "RISING"}
        )

    def test_returns_that_rise_are_told_once(self):
        self.facts(returned=0)
        self.assertFalse(self.tell())
        self.facts(returned=2)
        for _round in range(2):
            event = self.tell()
        self.assertEqual(len(event), 1)
        self.assertEqual(event.payload["rate"], 20.0)
        self.facts(returned=0)
        self.tell()
        self.facts(returned=3)
        self.assertEqual(len(self.tell()), 2)

    def test_the_first_round_reads_enough_weeks_to_tell_what_is_usual(self):
        self.run_stream("returns")
        days = (
            self.env["linkstar.amazon.posting"]
            .search(
                [
                    ("store_id", "=", self.store("US").id),
                    ("measure", "=", "units_returned"),
                ]
            )
            .mapped("day")
        )
        self.assertLess(min(days), self.today - timedelta(days=20))

    def test_returns_cancelled_for_want_of_data_are_no_failure(self):
        self.amazon.fault("report_cancelled", "createReport", count=None)
        self.run_stream("returns")
        self.assertFalse(self.stream("returns").error_code)
