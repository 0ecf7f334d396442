"""Orders of Amazon's Orders API 2026-01-01 as rows of ours.

Only the fields named here are ever read: an order's buyer, recipient, addresses and
messages are not looked at, so that they can not be stored.
"""

from dataclasses import dataclass

from .local_day import local_day, parse_moment

STATUSES = {
    "PENDING_AVAILABILITY": "pending",
    "PENDING": "pending",
    "UNSHIPPED": "unshipped",
    "PARTIALLY_SHIPPED": "partial",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
    "UNFULFILLABLE": "unfulfillable",
}


@dataclass(frozen=True)
class Site:
    """A store on a marketplace: where its days begin and what it is paid in."""

    store_id: int
    tz: str
    currency: str


@dataclass(frozen=True)
class OrderRow:
    """An order without its buyer. ``ordered_at``, ``updated_at``: naive UTC."""

    store_id: int
    reference: str
    status: str
    fulfilled_by: str
    ordered_at: object
    updated_at: object
    day: object
    currency: str


@dataclass(frozen=True)
class LineRow:
    """An item of an order; ``amount`` is the product's price times quantity."""

    reference: str
    item: str
    sku: str
    asin: str
    title: str
    quantity: int
    shipped: int
    amount: float


def _money(value):
    if not value:
        return None, None
    return float(value.get("amount") or 0), value.get("currencyCode")


def _line_amount(item):
    """Ordered product sales of an item, without tax and shipping."""
    proceeds = item.get("proceeds") or {}
    for part in proceeds.get("breakdowns") or ():
        if part.get("type") == "ITEM":
            return _money(part.get("subtotal"))
    price = (item.get("product") or {}).get("price") or {}
    unit, currency = _money(price.get("unitPrice"))
    if unit is None:
        return _money(proceeds.get("proceedsTotal"))
    return unit * int(item.get("quantityOrdered") or 0), currency


def _line(reference, item):
    product = item.get("product") or {}
    fulfilment = item.get("fulfillment") or {}
    amount, currency = _line_amount(item)
    row = LineRow(
        reference=reference,
        item=str(item["orderItemId"]),
        sku=product.get("sellerSku") or "",
        asin=product.get("asin") or "",
        title=product.get("title") or "",
        quantity=int(item.get("quantityOrdered") or 0),
        shipped=int(fulfilment.get("quantityFulfilled") or 0),
        amount=round(amount or 0.0, 4),
    )
    return row, currency


def _order(order, site):
    reference = order["orderId"]
    lines, currencies = [], []
    for item in order.get("orderItems") or ():
        line, currency = _line(reference, item)
        lines.append(line)
        currencies.append(currency)
    ordered_at = parse_moment(order["createdTime"])
    fulfilment = order.get("fulfillment") or {}
    row = OrderRow(
        store_id=site.store_id,
        reference=reference,
        status=STATUSES.get(fulfilment.get("fulfillmentStatus"), "unshipped"),
        fulfilled_by=(fulfilment.get("fulfilledBy") or "").lower(),
        ordered_at=ordered_at,
        updated_at=parse_moment(order["lastUpdatedTime"]),
        day=local_day(ordered_at, site.tz),
        currency=next((name for name in currencies if name), site.currency),
    )
    return row, lines


def order_rows(orders, sites):
    """Rows of a page of orders.

    An order that stands twice on the page counts once, in its newest state. Orders
    of marketplaces that are not in ``sites`` (no store of ours) are left out.

    :param orders: the ``orders`` of a response of ``searchOrders``
    :param sites: ``{Amazon's marketplace id: Site}``
    :return: ``(order rows, line rows, marketplace ids left out)``
    """
    newest, unknown = {}, set()
    for order in orders:
        channel = order.get("salesChannel") or {}
        site = sites.get(channel.get("marketplaceId"))
        if site is None:
            unknown.add(channel.get("marketplaceId") or "")
            continue
        row, lines = _order(order, site)
        held = newest.get(row.reference)
        if held is None or held[0].updated_at <= row.updated_at:
            newest[row.reference] = (row, lines)
    rows = [row for row, _lines in newest.values()]
    lines = {}
    for _row, own in newest.values():
        for line in own:
            lines[line.reference, line.item] = line
    return rows, list(lines.values()), unknown
