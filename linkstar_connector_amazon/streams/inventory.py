"""FBA stock: a full scan of every stock pool."""

from datetime import datetime

from sp_api.api import Inventories

from odoo.tools.translate import LazyTranslate

from ..engine.inventory import stock_rows
from .base import ByStore

_lt = LazyTranslate(__name__)


class Inventory(ByStore):
    """``getInventorySummaries`` without a start time, which would miss inbound changes.

    Marketplaces of one pool return the same units, so a pool is scanned once, through
    the store that owns it.
    """

    code = "inventory"
    label = _lt("FBA stock")
    sequence = 2
    cadence_minutes = 15

    def stores(self):
        """The stores that own stock."""
        own = [store for store in self.sites().values() if not store.stock_store_id]
        return own

    def store_request(self, store, page):
        """The next page of a pool's stock."""
        marketplace = store.marketplace_id.external_id
        values = {"details": True, "marketplaceIds": [marketplace]}
        if page:
            values["nextToken"] = page
        return self.selling_partner(
            "getInventorySummaries",
            Inventories,
            lambda client: client.get_inventory_summary_marketplace(**values),
            marketplace,
        )

    def store_absorb(self, store, answer):
        """Keep a page of stock."""
        rows = stock_rows(answer.payload["inventorySummaries"])
        kept = self.env["linkstar.amazon.inventory"]._keep(
            self.account.id, store, rows, self.now
        )
        return kept, answer.next_token

    def end_of_store(self, store):
        """What this scan did not show is gone; then facts and events of the pool."""
        started = datetime.fromisoformat(self.cursor["started"])
        inventory = self.env["linkstar.amazon.inventory"]
        inventory._clear_unseen(self.account.id, store, started)
        inventory._tell_stock(self.account, store, self.now)
