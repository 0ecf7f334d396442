"""Prices: who has the buy box of each MSKU, twenty a call."""

from sp_api.api import ProductsV0

from odoo.tools.translate import LazyTranslate

from ..engine.offers import featured_offers
from .base import ByStore

_lt = LazyTranslate(__name__)

# As many as Amazon takes in one call.
BATCH = 20
# Amazon's list of MSKUs is split at commas: those that hold one are asked for by
# ASIN, after all others. No MSKU of the others begins like this.
BY_ASIN = ","


class Prices(ByStore):
    """``getCompetitivePricing``; the page is the last MSKU asked for."""

    code = "prices"
    label = _lt("Prices and buy box")
    sequence = 6
    cadence_minutes = 60

    def _next(self, store, page):
        """What to ask for behind a page: ``(listings, whether by ASIN)``."""
        offers, page = self.env["linkstar.amazon.offer"], page or ""
        if not page.startswith(BY_ASIN):
            listings = offers._next_listings(store, page, BATCH)
            if listings:
                return listings, False
            page = BY_ASIN
        after = page.removeprefix(BY_ASIN)
        return offers._next_listings(store, after, BATCH, with_comma=True), True

    def stores(self):
        """The stores with listings; others have nothing to ask for."""
        return [store for store in self.sites().values() if self._next(store, None)[0]]

    def store_request(self, store, page):
        """Prices of the next twenty MSKUs."""
        listings, by_asin = self._next(store, page)
        if not listings:
            return None
        marketplace = store.marketplace_id.external_id
        skus, asins = listings.mapped("sku"), sorted(set(listings.mapped("asin")))

        def ask(client):
            if by_asin:
                return client.get_competitive_pricing_for_asins(
                    asins, MarketplaceId=marketplace
                )
            return client.get_competitive_pricing_for_skus(
                skus, MarketplaceId=marketplace
            )

        return self.selling_partner(
            "getCompetitivePricing", ProductsV0, ask, marketplace
        )

    def store_absorb(self, store, answer):
        """Keep prices; a buy box that is gone is news."""
        listings, by_asin = self._next(store, self.cursor.get("page"))
        asked = [(listing.sku, listing.asin) for listing in listings]
        rows = self.env["linkstar.amazon.offer"]._keep_featured(
            store, featured_offers(answer.payload, asked if by_asin else ()), self.now
        )
        page = (BY_ASIN if by_asin else "") + asked[-1][0]
        return rows, page if self._next(store, page)[0] else None
