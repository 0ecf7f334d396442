"""Orders 2026-01-01: searchOrders and getOrder, without any buyer's data."""

from . import pages
from .clock import DAY, MINUTE, iso
from .errors import invalid, not_found
from .money import money
from .operations import operation
from .shop import CANCELLED, PENDING, SHIPPED

ROLE = "Inventory and Order Tracking"
PATH = "/orders/2026-01-01/orders"
STATUSES = (
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
)
DATA_SETS = (
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
)
TOKEN_SECONDS = DAY
#: The longest an order of ours lives between creation and its last change.
LIFE = 4 * DAY
#: What a leaking server would send; a client must not keep it.
BUYER_MARKER = "PII-MARKER"


@operation("searchOrders", "GET", PATH, rate=0.0056, burst=20, role=ROLE)
def search_orders(call):
    """Return orders by time of creation or of last change, oldest first."""
    kind, after, before = _window(call)
    sites = call.marketplaces("marketplaceIds") or [
        site for site in call.account.marketplaces if call.account.sells_in(site)
    ]
    data_sets = call.listed("includedData", DATA_SETS)
    size = call.integer("maxResultsPerPage", 100, 1, 100)
    ignored = ("paginationToken", "maxResultsPerPage", "includedData")
    query = pages.fingerprint(call.request.query, ignored)
    token = call.text("paginationToken")
    pager = pages.Pager(call, token, TOKEN_SECONDS, query, before=before)
    before, now = pager.kept["before"], pager.as_of
    key = ("orders", call.account.seller_id, query, before, now)
    found = call.world.remember(
        key, lambda: _matching(call, kind, (after, before), now, sites)
    )
    content, following = pager.cut(found, size)
    leaking = call.fault("buyer_data")
    answer = {"orders": [order_content(o, now, data_sets, leaking) for o in content]}
    if following:
        answer["pagination"] = {"nextToken": following}
    answer["createdBefore" if kind == "created" else "lastUpdatedBefore"] = iso(before)
    return answer


@operation("getOrder", "GET", PATH + "/{orderId}", rate=0.5, burst=30, role=ROLE)
def get_order(call):
    """Return one order."""
    data_sets = call.listed("includedData", DATA_SETS)
    identifier = call.values["orderId"]
    for order in call.world.orders(call.account, call.world.opened, call.now + 1):
        if order.id == identifier:
            leaking = call.fault("buyer_data")
            return {"order": order_content(order, call.now, data_sets, leaking)}
    raise not_found(f"Order {identifier} was not found.")


def _matching(call, kind, window, now, sites):
    """Return the orders a search matches, as of a moment, in the order of pages."""
    statuses = call.listed("fulfillmentStatuses", STATUSES)
    fulfilled_by = call.listed("fulfilledBy", ("AMAZON", "MERCHANT"))
    after, before = window
    if kind == "created":
        found = call.world.orders(call.account, after, before + 1, sites)
    else:
        found = [
            order
            for order in call.world.orders(
                call.account, after - LIFE, before + 1, sites
            )
            if after <= order.updated(now) <= before
        ]
        found.sort(key=lambda order: (order.updated(now), order.id))
    return [
        order
        for order in found
        if (not statuses or order.status(now) in statuses)
        and (not fulfilled_by or order.fulfilled_by in fulfilled_by)
    ]


def _window(call):
    """Return (created or updated, first second, last second) of a search."""
    given = {
        name: call.moment(name)
        for name in (
            "createdAfter",
            "createdBefore",
            "lastUpdatedAfter",
            "lastUpdatedBefore",
        )
    }
    created, updated = given["createdAfter"], given["lastUpdatedAfter"]
    if (created is None) == (updated is None):
        raise invalid("Provide exactly one of createdAfter and lastUpdatedAfter.")
    kind = "created" if updated is None else "lastUpdated"
    other = "lastUpdated" if kind == "created" else "created"
    if given[f"{other}Before"] is not None:
        raise invalid(f"{other}Before cannot be combined with {kind}After.")
    after, before = given[f"{kind}After"], given[f"{kind}Before"]
    latest = call.now - 2 * MINUTE
    # A page token carries the end of its first request; that end has aged since.
    if before is not None and before > latest:
        raise invalid(f"{kind}Before must be at least two minutes before now.")
    if before is not None and before < after:
        raise invalid(f"{kind}Before must not be before {kind}After.")
    if after > call.now:
        raise invalid(f"{kind}After must not be in the future.")
    return kind, after, latest if before is None else before


def order_content(order, now, data_sets=(), leaking=False):
    """Return an order as Amazon shows it at a moment.

    Prices of a pending order are not known yet, as with Amazon.
    """
    site, status = order.marketplace, order.status(now)
    priced = status != PENDING and "PROCEEDS" in data_sets
    content = {
        "orderId": order.id,
        "createdTime": iso(order.created),
        "lastUpdatedTime": iso(order.updated(now)),
        "programs": ["AMAZON_BUSINESS"] if order.is_business else ["PRIME"],
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": site.id,
            "marketplaceName": site.name,
        },
        "orderItems": [
            _item(order, line, status, data_sets, site) for line in order.lines
        ],
    }
    if "FULFILLMENT" in data_sets:
        content["fulfillment"] = _fulfillment(order, status)
    if priced:
        total = 0 if status == CANCELLED else sum(ln.total for ln in order.lines)
        content["proceeds"] = {"grandTotal": money(total, site)}
    if leaking:
        content["buyer"] = {
            "buyerName": f"{BUYER_MARKER} Name",
            "buyerEmail": f"{BUYER_MARKER}@marketplace.example",
        }
        content["recipient"] = {
            "deliveryAddress": {
                "name": f"{BUYER_MARKER} Name",
                "addressLine1": f"{BUYER_MARKER} Street 1",
                "phone": f"{BUYER_MARKER}-555",
                "countryCode": site.country,
            }
        }
    return content


def _fulfillment(order, status):
    return {
        "fulfillmentStatus": status,
        "fulfilledBy": order.fulfilled_by,
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": {
            "earliestDateTime": iso(order.paid),
            "latestDateTime": iso(order.paid + 2 * DAY),
        },
        "deliverByWindow": {
            "earliestDateTime": iso(order.paid + 2 * DAY),
            "latestDateTime": iso(order.paid + 5 * DAY),
        },
    }


def _item(order, line, status, data_sets, site):
    product = line.product
    content = {
        "orderItemId": line.item_id,
        "quantityOrdered": line.quantity,
        "product": {
            "asin": product.asin,
            "title": product.title,
            "sellerSku": product.sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
        },
    }
    if status != PENDING:
        content["product"]["price"] = {"unitPrice": money(line.unit_price, site)}
        if "PROCEEDS" in data_sets:
            content["proceeds"] = _proceeds(line, status, site)
    if "PROMOTION" in data_sets and line.discount:
        content["promotion"] = {"breakdowns": [{"promotionId": "SAVE10-COUPON"}]}
    if "CANCELLATION" in data_sets and status == CANCELLED:
        execution = {
            "cancelledBy": order.cancelled_by,
            "cancelReason": "CUSTOMER_CANCEL",
        }
        content["cancellation"] = {"cancellationExecution": execution}
    if "FULFILLMENT" in data_sets:
        shipped = line.quantity if status == SHIPPED else 0
        waiting = 0 if status in (SHIPPED, CANCELLED) else line.quantity
        content["fulfillment"] = {
            "quantityFulfilled": shipped,
            "quantityUnfulfilled": waiting,
        }
    return content


def _proceeds(line, status, site):
    if status == CANCELLED:
        return {"proceedsTotal": money(0, site), "breakdowns": []}
    parts = {
        "ITEM": line.sales,
        "SHIPPING": line.shipping,
        "DISCOUNT": -line.discount,
        "TAX": line.tax,
    }
    return {
        "proceedsTotal": money(line.total, site),
        "breakdowns": [
            {"type": name, "subtotal": money(value, site)}
            for name, value in parts.items()
            if value or name == "ITEM"
        ],
    }
