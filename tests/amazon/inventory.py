"""FBA inventory v1: what Amazon's warehouses hold, per MSKU.

Marketplaces that share a pool answer with the same units.
"""

from . import pages
from .clock import DAY, iso
from .errors import invalid
from .operations import operation

ROLE = "Amazon Fulfillment"
PAGE_SIZE = 50
TOKEN_SECONDS = 30
#: Shipment states by the quantity in which their units are counted.
WORKING = ("WORKING", "READY_TO_SHIP")
ON_THE_WAY = ("SHIPPED", "IN_TRANSIT", "DELIVERED", "CHECKED_IN")


@operation(
    "getInventorySummaries",
    "GET",
    "/fba/inventory/v1/summaries",
    rate=2,
    burst=2,
    role=ROLE,
)
def get_inventory_summaries(call):
    """Return the stock of one marketplace's pool."""
    if call.text("granularityType", required=True) != "Marketplace":
        raise invalid("granularityType must be Marketplace.")
    site = call.marketplace("marketplaceIds")
    if call.text("granularityId", required=True) != site.id:
        raise invalid("granularityId must be the marketplace of marketplaceIds.")
    skus = set(call.listed("sellerSkus", limit=50)) | set(call.listed("sellerSku"))
    details = call.text("details", "false").lower() == "true"
    since = call.moment("startDateTime")
    if since is not None and since < call.now - 548 * DAY:
        raise invalid("startDateTime may be at most 18 months ago.")
    query = pages.fingerprint(call.request.query, ("nextToken",))
    pager = pages.Pager(call, call.text("nextToken"), TOKEN_SECONDS, query)
    found = [
        row
        for row in summaries(call.pool(site), pager.as_of)
        if (not skus or row["sellerSku"] in skus)
        and (since is None or row.pop("changed") >= since)
    ]
    content, following = pager.cut(found, PAGE_SIZE)
    for row in content:
        row.pop("changed", None)
        if not details:
            row.pop("inventoryDetails")
    answer = {
        "payload": {
            "granularity": {"granularityType": "Marketplace", "granularityId": site.id},
            "inventorySummaries": content,
        }
    }
    if following:
        answer["pagination"] = {"nextToken": following}
    return answer


def summaries(pool, now):
    """Return Amazon's summaries of a pool at a moment.

    ``changed`` is when a unit last moved (shipments on their way do not count).
    """
    stock, damaged, reserved = pool.stock(now), pool.damaged(now), pool.reserved(now)
    inbound = inbound_units(pool, now)
    changed = _last_moves(pool, now)
    rows = []
    for product in pool.products:
        sku = product.sku
        moment = changed.get(sku, pool.opened)
        units = _details(
            stock.get(sku, 0),
            reserved.get(sku, 0),
            damaged.get(sku, 0),
            *inbound.get(sku, (0, 0, 0)),
        )
        rows.append(
            {
                "asin": product.asin,
                "fnSku": product.fnsku,
                "sellerSku": sku,
                "condition": "NewItem",
                "inventoryDetails": units,
                "lastUpdatedTime": iso(moment),
                "productName": product.title,
                "totalQuantity": _total(units),
                "stores": [],
                "changed": moment,
            }
        )
    return rows


def _details(free, held, broken, working, shipped, receiving):
    return {
        "fulfillableQuantity": free,
        "inboundWorkingQuantity": working,
        "inboundShippedQuantity": shipped,
        "inboundReceivingQuantity": receiving,
        "reservedQuantity": {
            "totalReservedQuantity": held,
            "pendingCustomerOrderQuantity": held,
            "pendingTransshipmentQuantity": 0,
            "fcProcessingQuantity": 0,
        },
        "researchingQuantity": {
            "totalResearchingQuantity": 0,
            "researchingQuantityBreakdown": [],
        },
        "unfulfillableQuantity": {
            "totalUnfulfillableQuantity": broken,
            "customerDamagedQuantity": broken,
            "warehouseDamagedQuantity": 0,
            "distributorDamagedQuantity": 0,
            "carrierDamagedQuantity": 0,
            "defectiveQuantity": 0,
            "expiredQuantity": 0,
        },
    }


def _total(details):
    return (
        sum(value for value in details.values() if isinstance(value, int))
        + details["reservedQuantity"]["totalReservedQuantity"]
        + details["unfulfillableQuantity"]["totalUnfulfillableQuantity"]
    )


def inbound_units(pool, now):
    """Return sku → [working, shipped, receiving] units of open shipments."""
    units = {}
    for shipment in pool.shipments(now):
        state = shipment.status(now)
        for sku, sent in shipment.items:
            row = units.setdefault(sku, [0, 0, 0])
            if state in WORKING:
                row[0] += sent
            elif state in ON_THE_WAY:
                row[1] += sent
            elif state == "RECEIVING":
                row[2] += sent - shipment.received(now, sku)
    return units


def _last_moves(pool, now):
    last = {}
    for day in pool.days(pool.opened, now):
        for moment, sku, _kind, _units in day.movements:
            if moment <= now:
                last[sku] = moment
    return last
