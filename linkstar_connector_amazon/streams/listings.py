"""Listings: titles, states, and what Amazon holds against them."""

from sp_api.api import ListingsItemsV20210801

from odoo.tools.translate import LazyTranslate

from ..engine.failures import Failure
from ..exceptions import CallFailed
from .base import ByStore

_lt = LazyTranslate(__name__)

PAGE = 20


class Listings(ByStore):
    """``searchListingsItems`` with summaries and issues."""

    code = "listings"
    label = _lt("Listings")
    sequence = 4
    cadence_minutes = 60

    def store_request(self, store, page):
        """The next page of a store's listings."""
        seller = self.account.selling_partner or self.account.seller_id.external_id
        if not seller:
            raise CallFailed(Failure("no_seller_id"))
        values = {
            "marketplaceIds": [store.marketplace_id.external_id],
            "includedData": "summaries,issues,offers",
            "pageSize": PAGE,
        }
        if page:
            values["pageToken"] = page
        return self.selling_partner(
            "searchListingsItems",
            ListingsItemsV20210801,
            lambda client: client.search_listings_items(seller, **values),
            store.marketplace_id.external_id,
        )

    def store_absorb(self, store, answer):
        """Keep a page; a listing that lost its place in the search is told."""
        items = answer.payload["items"]
        rows = self.env["linkstar.amazon.inventory"]._keep_listings(
            store, items, self.now
        )
        self.env["linkstar.amazon.offer"]._keep_listed(store, items, self.now)
        return rows, answer.next_token
