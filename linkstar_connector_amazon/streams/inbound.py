"""Inbound shipments: a status for each, and what has been received of each MSKU."""

from datetime import datetime

from sp_api.api import FulfillmentInboundV0

from odoo.tools.translate import LazyTranslate

from ..engine.shipments import STATUSES
from ..engine.windows import iso
from .base import ByStore, Handler, Step

_lt = LazyTranslate(__name__)


class Inbound(ByStore):
    """``getShipments`` by date of change, all statuses."""

    code = "inbound"
    label = _lt("Inbound shipments")
    sequence = 3
    cadence_minutes = 20
    look_back_days = 90

    def stores(self):
        """The stores that own stock: shipments go into a pool."""
        return [store for store in self.sites().values() if not store.stock_store_id]

    def store_request(self, store, page):
        """The next page of a store's shipments."""
        started = datetime.fromisoformat(self.cursor["started"])
        values = {"MarketplaceId": store.marketplace_id.external_id}
        if page:
            values.update(QueryType="NEXT_TOKEN", NextToken=page)
        else:
            values.update(
                QueryType="DATE_RANGE",
                ShipmentStatusList=",".join(STATUSES),
                LastUpdatedAfter=iso(started - self.look_back),
                LastUpdatedBefore=iso(started),
            )
        return self.selling_partner(
            "getShipments",
            FulfillmentInboundV0,
            lambda client: client.get_shipments(**values),
            store.marketplace_id.external_id,
        )

    def store_absorb(self, store, answer):
        """Keep a page of shipments; a change of status is news."""
        payload = answer.payload
        rows = self.env["linkstar.amazon.shipment"]._keep(
            self.account,
            store,
            payload.get("ShipmentData") or [],
            self.now,
            baseline=not self.stream.is_baseline_done,
        )
        return rows, payload.get("NextToken") or None

    def end(self):
        """The items of changed shipments are wanted now."""
        items = self.env["linkstar.amazon.stream"].search(
            [("account_id", "=", self.account.id), ("code", "=", "inbound_items")]
        )
        items.sudo().next_run = self.env.cr.now()


class InboundItems(Handler):
    """``getShipmentItemsByShipmentId`` of shipments that changed, one a call.

    A shipment's events wait for its items, so that they can tell what was received.
    """

    code = "inbound_items"
    label = _lt("Items of inbound shipments")
    sequence = 4
    cadence_minutes = 20

    def _shipment(self):
        return self.env["linkstar.amazon.shipment"]._next_without_items(self.account)

    def request(self):
        """The items of the shipment that waits longest."""
        shipment = self._shipment()
        if not shipment:
            return None
        marketplace = shipment.store_id.marketplace_id.external_id
        return self.selling_partner(
            "getShipmentItemsByShipmentId",
            FulfillmentInboundV0,
            lambda client: client.shipment_items_by_shipment(
                shipment.reference, MarketplaceId=marketplace
            ),
            marketplace,
        )

    def absorb(self, answer):
        """Keep the items, then emit what was due for this shipment."""
        shipment = self._shipment()
        rows = shipment._keep_items(answer.payload.get("ItemData") or [], self.now)
        state = "more" if self._shipment() else "done"
        return Step(state, {}, rows, fresh_until=self.now)
