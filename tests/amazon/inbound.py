"""Fulfillment inbound v0: shipments on their way to Amazon and what was received."""

from . import pages
from .clock import at
from .errors import invalid
from .operations import operation
from .shipments import PATH

ROLE = "Amazon Fulfillment"
BASE = "/fba/inbound/v0"
PAGE_SIZE = 50
STATUSES = (*PATH, "CANCELLED", "DELETED", "ERROR")


@operation("getShipments", "GET", BASE + "/shipments", rate=2, burst=30, role=ROLE)
def get_shipments(call):
    """Return shipments by state, by id, or by time of last change."""
    kind, site = (
        _query_type(call, ("SHIPMENT", "DATE_RANGE", "NEXT_TOKEN")),
        _site(call),
    )
    if kind == "NEXT_TOKEN":
        pager = pages.Pager(call, call.text("NextToken", required=True))
    else:
        pager = pages.Pager(call, **_filters(call, kind))
    content, following = pager.cut(_selected(call, site, pager), PAGE_SIZE)
    payload = {"ShipmentData": [shipment_content(s, pager.as_of) for s in content]}
    if following:
        payload["NextToken"] = following
    return {"payload": payload}


@operation(
    "getShipmentItems", "GET", BASE + "/shipmentItems", rate=2, burst=30, role=ROLE
)
def get_shipment_items(call):
    """Return the items of the shipments changed in a time range."""
    kind, site = _query_type(call, ("DATE_RANGE", "NEXT_TOKEN")), _site(call)
    if kind == "NEXT_TOKEN":
        pager = pages.Pager(call, call.text("NextToken", required=True))
    else:
        pager = pages.Pager(call, **_filters(call, kind))
    items = [
        item
        for shipment in _selected(call, site, pager)
        for item in item_contents(call, shipment, pager.as_of)
    ]
    content, following = pager.cut(items, PAGE_SIZE)
    payload = {"ItemData": content}
    if following:
        payload["NextToken"] = following
    return {"payload": payload}


@operation(
    "getShipmentItemsByShipmentId",
    "GET",
    BASE + "/shipments/{shipmentId}/items",
    rate=2,
    burst=30,
    role=ROLE,
)
def get_shipment_items_by_shipment_id(call):
    """Return the items of one shipment."""
    identifier = call.values["shipmentId"]
    for pool in call.world.pools(call.account):
        for shipment in pool.shipments(call.now):
            if shipment.id == identifier:
                items = item_contents(call, shipment, call.now)
                return {"payload": {"ItemData": items}}
    raise invalid(f"Shipment {identifier} does not exist.")


def _query_type(call, allowed):
    kind = call.text("QueryType", required=True)
    if kind not in allowed:
        raise invalid(f"Invalid value {kind!r} for QueryType.")
    return kind


def _site(call):
    # The client sends several spellings of the parameter; only this one is Amazon's.
    return call.marketplace("MarketplaceId")


def _filters(call, kind):
    """Return what a query selects by, to be kept in its page tokens."""
    states = call.listed("ShipmentStatusList", STATUSES)
    ids = call.listed("ShipmentIdList", limit=999)
    after, before = call.moment("LastUpdatedAfter"), call.moment("LastUpdatedBefore")
    if kind == "SHIPMENT" and not (states or ids):
        raise invalid("Provide ShipmentStatusList or ShipmentIdList.")
    if kind == "DATE_RANGE" and (after is None or before is None):
        raise invalid("Provide LastUpdatedAfter and LastUpdatedBefore.")
    if kind == "SHIPMENT":
        after = before = None
    return {"states": states, "ids": ids, "after": after, "before": before}


def _selected(call, site, pager):
    """Return the shipments a query selects, as of the moment of its first page.

    All marketplaces of a pool answer with the pool's shipments.
    """
    kept, now = pager.kept, pager.as_of
    return [
        shipment
        for shipment in call.pool(site).shipments(now)
        if (not kept["states"] or shipment.status(now) in kept["states"])
        and (not kept["ids"] or shipment.id in kept["ids"])
        and (kept["after"] is None or shipment.updated(now) >= kept["after"])
        and (kept["before"] is None or shipment.updated(now) <= kept["before"])
    ]


def shipment_content(shipment, now):
    """Return a shipment as Amazon shows it at a moment: without any timestamps."""
    return {
        "ShipmentId": shipment.id,
        "ShipmentName": shipment.name,
        "ShipFromAddress": {
            "Name": "Nova Supply",
            "AddressLine1": "1 Harbour Road",
            "City": "Shenzhen",
            "StateOrProvinceCode": "Guangdong",
            "CountryCode": "CN",
            "PostalCode": "518000",
        },
        "DestinationFulfillmentCenterId": shipment.centre,
        "ShipmentStatus": shipment.status(now),
        "LabelPrepType": "SELLER_LABEL",
        "AreCasesRequired": False,
        "ConfirmedNeedByDate": at(shipment.created).date().isoformat(),
        "BoxContentsSource": "INTERACTIVE",
    }


def item_contents(call, shipment, now):
    """Return the items of a shipment with the units received until a moment."""
    return [
        {
            "ShipmentId": shipment.id,
            "SellerSKU": sku,
            "FulfillmentNetworkSKU": call.shop.by_sku[sku].fnsku,
            "QuantityShipped": sent,
            "QuantityReceived": shipment.received(now, sku),
            "QuantityInCase": 0,
            "PrepDetailsList": [],
        }
        for sku, sent in shipment.items
    ]
