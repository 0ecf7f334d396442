"""Prices, the buy box, promotions and coupons."""

from datetime import timedelta

from odoo.tests import tagged

from tests.amazon.clock import at
from tests.amazon.money import number
from tests.amazon.report_data import planned_promotions

from .contract_common import ContractCase


@tagged("post_install", "-at_install")
class TestPrices(ContractCase):
    """Competitive prices through the real client."""

    def offers(self, store="US"):
        """Offers of a store."""
        return self.env["linkstar.amazon.offer"].search(
            [("store_id", "=", self.store(store).id)]
        )

    def sync(self):
        """Listings, stock, then prices."""
        for code in ("listings", "inventory", "prices"):
            self.run_stream(code)

    def lose(self, sku, owned=False):
        """Give the buy box of an MSKU to a rival, or back."""
        self.amazon.post("buy_box", account=0, marketplace="US", sku=sku, owned=owned)

    def test_prices_and_buy_box_of_every_listing_arrive(self):
        self.sync()
        self.assertIn("getCompetitivePricing", self.contract.checked)
        site = self.seller_account.marketplaces[0]
        offers = self.offers()
        shop = self.world.shops[self.seller_account.seller_id]
        self.assertEqual(set(offers.mapped("sku")), set(shop.by_sku))
        for offer in offers:
            price = number(shop.by_sku[offer.sku].price_in(site), site)
            self.assertAlmostEqual(offer.price, price, places=2)
            self.assertAlmostEqual(offer.featured_price, price, places=2)
            self.assertTrue(offer.has_buy_box and offer.is_featured)
        self.assertFalse(self.events("buy_box_lost"))
        self.assertEqual(self.run_stream("prices")["rows"], 0)

    def test_a_lost_buy_box_is_told_once_until_it_is_back(self):
        self.sync()
        sku = self.offers().filtered(lambda o: o.is_buyable and o.in_stock)[0].sku
        offer = self.offers().filtered(lambda o: o.sku == sku)
        for count in (1, 2):
            self.lose(sku)
            self.advance(minutes=5)
            self.run_stream("prices")
            self.advance(minutes=5)
            self.run_stream("prices")
            events = self.events("buy_box_lost")
            self.assertEqual(len(events), count)
            self.assertEqual(set(events.mapped("sku")), {sku})
            self.assertTrue(offer.lost_since)
            self.assertAlmostEqual(offer.price_gap, 7.5, delta=0.3)
            self.lose(sku, owned=True)
            self.advance(minutes=5)
            self.run_stream("prices")
            self.assertFalse(offer.lost_since)

    def test_without_stock_or_a_buyable_listing_nothing_is_lost(self):
        self.sync()
        sku = self.offers().filtered(lambda o: o.is_buyable and o.in_stock)[0].sku
        self.amazon.set_stock("US", sku, 0)
        self.lose(sku)
        self.run_stream("inventory")
        self.run_stream("prices")
        self.assertFalse(self.events("buy_box_lost"))

    def test_an_msku_with_a_comma_is_asked_for_by_its_asin(self):
        self.run_stream("listings")
        # Amazon's list of MSKUs is split at commas; this one would be cut in two.
        listings = self.env["linkstar.listing"].search(
            [("store_id", "=", self.store().id), ("asin", "!=", False)], limit=2
        )
        listings[0].sku, twin = "MUG,BLUE", listings[1]
        twin.copy({"sku": "MUG,RED", "asin": listings[0].asin})
        self.run_stream("prices")
        for sku in ("MUG,BLUE", "MUG,RED"):
            offer = self.offers().filtered(lambda one, sku=sku: one.sku == sku)
            self.assertTrue(offer.priced_at, sku)
            self.assertEqual(offer.asin, listings[0].asin)
            self.assertGreater(offer.featured_price, 0)
        others = self.offers().filtered(lambda one: "," not in one.sku and one.asin)
        self.assertIn(twin.sku, others.filtered("priced_at").mapped("sku"))

    def test_a_page_that_fails_is_asked_again_and_nothing_is_left_out(self):
        self.run_stream("listings")
        self.amazon.fault("html_503", "getCompetitivePricing", after=1)
        self.assertEqual(self.fail_stream("prices"), "unavailable")
        self.run_stream("prices")
        for store in self.account.store_ids:
            offers = self.env["linkstar.amazon.offer"].search(
                [("store_id", "=", store.id)]
            )
            self.assertTrue(all(offers.mapped("priced_at")), store.code)


@tagged("post_install", "-at_install")
class TestPromotions(ContractCase):
    """Reports of promotions and coupons."""

    def promotions(self, kind="deal"):
        """Promotions or coupons of the US store."""
        found = self.env["linkstar.amazon.promotion"].search(
            [("store_id", "=", self.store("US").id)]
        )
        return found.filtered(lambda one: (one.kind == "COUPON") == (kind == "coupon"))

    def planned(self):
        """What the server's shop runs within the window, by promotion id."""
        now = self.world.clock.now()
        site = self.seller_account.marketplaces[0]
        return {
            one["id"]: one
            for one in planned_promotions(self.world, self.seller_account, site)
            if now - 45 * 86400 <= one["start"] <= now + 60 * 86400
        }

    def test_promotions_arrive_with_what_they_sold(self):
        self.run_stream("promotions")
        self.run_stream("coupons")
        planned = self.planned()
        found = self.promotions()
        self.assertEqual(set(found.mapped("reference")), set(planned))
        self.assertEqual(
            set(self.promotions("coupon").mapped("reference")),
            {f"C{key}" for key in planned},
        )
        for one in found:
            start = at(planned[one.reference]["start"]).replace(tzinfo=None)
            self.assertEqual(one.starts_at, start)
            self.assertEqual(one.asins, planned[one.reference]["product"].asin)
        self.assertTrue(any(found.mapped("units_sold")))
        self.assertEqual(self.run_stream("promotions")["rows"], 0)

    def test_a_promotion_that_starts_soon_is_told_once(self):
        self.run_stream("promotions")
        now = self.stream("promotions")._amazon_now()
        soon = self.promotions().filtered(
            lambda one: now < one.starts_at <= now + timedelta(days=7)
        )
        events = self.events("promotion_starting").filtered(
            lambda one: one.store_id == self.store("US")
        )
        self.assertEqual(
            {event.payload["promotion"] for event in events},
            set(soon.mapped("reference")),
        )
        later = self.promotions().filtered(
            lambda one: one.starts_at > now + timedelta(days=7)
        )
        first = min(later, key=lambda one: one.starts_at)
        self.advance(seconds=(first.starts_at - now).total_seconds() - 3 * 86400)
        for _round in range(2):
            self.run_stream("promotions")
        told = self.events("promotion_starting").filtered(
            lambda one: one.payload["promotion"] == first.reference
        )
        self.assertEqual(len(told), 1)
        self.assertEqual(told.payload["asins"], first.asins.split())

    def test_a_report_cancelled_for_want_of_data_is_no_failure(self):
        self.amazon.fault("report_cancelled", "createReport", count=None)
        self.run_stream("promotions")
        self.assertFalse(self.stream("promotions").error_code)
        self.assertFalse(self.promotions())
        self.amazon.clear_faults()
        self.run_stream("promotions")
        self.assertTrue(self.promotions())

    def test_a_report_that_failed_is_explained(self):
        self.amazon.fault("report_fatal", "createReport")
        self.assertEqual(self.fail_stream("coupons"), "report_fatal")
        self.run_stream("coupons")
