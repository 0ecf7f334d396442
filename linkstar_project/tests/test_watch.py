"""Watches: silence is told once, late data is no silence."""

from datetime import date, timedelta

from odoo.tests import tagged

from .plan_common import PlanCase

TODAY = date(2026, 3, 20)


@tagged("post_install", "-at_install")
class TestWatch(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["linkstar.listing"].create({"store_id": cls.store.id, "sku": "SKU-2"})
        cls.watch = cls.env.ref("linkstar_project.watch_no_ad_impressions")
        cls.watch.store_ids = cls.store

    def _figures(self, metric, sku, values, last=None):
        """One value a day, the last one yesterday."""
        last = last or TODAY - timedelta(1)
        self.env["linkstar.fact"]._upsert(
            {
                "store_id": self.store.id,
                "metric": metric,
                "sku": sku,
                "date": last - timedelta(back),
                "value": value,
            }
            for back, value in enumerate(reversed(values))
        )

    def _look(self, today=TODAY):
        return self.watch._look(today).mapped("key")

    def _stock(self, sku="SKU-1"):
        self._figures("stock_available", sku, [5] * 10)

    def test_stock_without_impressions_is_told_once(self):
        self._stock("SKU-1")
        self._stock("SKU-2")
        self._figures("ad_impressions", "SKU-1", [9, 9, 0, 0, 0])
        self._figures("ad_impressions", "SKU-2", [9, 9, 9, 9, 9])
        self.assertEqual(self._look(), ["SKU-1/2026-03-16"])
        self.assertEqual(self._look(), ["SKU-1/2026-03-16"])
        self.assertEqual(
            self.env["linkstar.event"].search_count(
                [("type_id", "=", self.watch.event_type_id.id)]
            ),
            1,
        )

    def test_what_nobody_can_buy_is_no_silence(self):
        self._stock()
        self._figures("ad_impressions", "SKU-1", [9, 9, 0, 0, 0])
        self.listing.is_buyable = False
        self.assertEqual(self._look(), [])
        self.listing.is_buyable = True
        self.assertEqual(self._look(), ["SKU-1/2026-03-16"])

    def test_next_silence_is_another_event(self):
        self._stock()
        self._figures("ad_impressions", "SKU-1", [9, 0, 0, 0])
        first = self._look()
        self._figures("ad_impressions", "SKU-1", [9, 0, 0, 0], TODAY + timedelta(6))
        self._figures("stock_available", "SKU-1", [5] * 9, TODAY + timedelta(6))
        self.assertNotEqual(self._look(TODAY + timedelta(7)), first)

    def test_out_of_stock_and_clearance_are_no_absence(self):
        self._figures("stock_available", "SKU-1", [5, 0, 5])
        self._figures("ad_impressions", "SKU-1", [0] * 5)
        self.assertFalse(self._look())
        self._stock()
        self.listing.lifecycle = "clearance"
        self.assertFalse(self._look())
        self.listing.lifecycle = "active"
        self.assertEqual(self._look(), ["SKU-1/never"])

    def test_a_store_of_a_pool_sells_the_stock_of_the_store_that_owns_it(self):
        other = self.store.copy(
            {"name": "Other", "code": "US-POOLED", "stock_store_id": self.store.id}
        )
        listing = {"store_id": other.id, "sku": "SKU-1"}
        self.env["linkstar.listing"].create(listing)
        self.watch.store_ids = other
        self._stock()
        self.env["linkstar.fact"]._upsert(
            {
                **listing,
                "metric": "ad_impressions",
                "date": TODAY - timedelta(back),
                "value": 0,
            }
            for back in range(1, 6)
        )
        self.assertEqual(self._look(), ["SKU-1/never"])

    def test_late_data_is_no_absence(self):
        self._stock()
        late = TODAY - timedelta(6)
        self._figures("ad_impressions", "SKU-1", [9, 0, 0, 0], late)
        self.assertFalse(self._look())

    def test_store_nobody_works_on_is_told(self):
        watch = self.env.ref("linkstar_project.watch_store_unattended")
        watch.store_ids = self.store
        today = date.today()
        self.store.with_user(self.env.ref("base.user_admin")).name = "Touched"
        self.assertFalse(watch._look(today + timedelta(2)))
        (key,) = watch._look(today + timedelta(4)).mapped("key")
        self.assertEqual(key, f"US-PLAN/{today}")
