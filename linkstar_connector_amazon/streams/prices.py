"""Prices: who has the buy box of each MSKU, twenty a call."""

from sp_api.api import ProductsV0

from odoo.tools.translate import LazyTranslate

from ..engine.offers import featured_offers
from .base import ByStore

_lt = LazyTranslate(__name__)

# As many as Amazon takes in one call.
BATCH = 20


class Prices(ByStore):
    """``getCompetitivePricing`` by MSKU; the page is the last MSKU asked for."""

    code = "prices"
    label = _lt("Prices and buy box")
    sequence = 6
    cadence_minutes = 60

    def _skus(self, store, page):
        return self.env["linkstar.amazon.offer"]._next_skus(store, page, BATCH)

    def stores(self):
        """The stores with listings; others have nothing to ask for."""
        return [store for store in self.sites().values() if self._skus(store, None)]

    def store_request(self, store, page):
        """Prices of the next twenty MSKUs."""
        skus = self._skus(store, page)
        if not skus:
            return None
        marketplace = store.marketplace_id.external_id
        return self.selling_partner(
            "getCompetitivePricing",
            ProductsV0,
            lambda client: client.get_competitive_pricing_for_skus(
                skus, MarketplaceId=marketplace
            ),
            marketplace,
        )

    def store_absorb(self, store, answer):
        """Keep prices; a buy box that is gone is news."""
        asked = self._skus(store, self.cursor.get("page"))
        rows = self.env["linkstar.amazon.offer"]._keep_featured(
            store, featured_offers(answer.payload), self.now
        )
        more = len(asked) == BATCH and self._skus(store, asked[-1])
        return rows, asked[-1] if more else None
