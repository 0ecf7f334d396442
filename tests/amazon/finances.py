"""Finances 2024-06-19: listTransactions."""

from . import pages
from .clock import DAY, MINUTE, iso
from .errors import invalid
from .ledger import FEE_PARTS, REFUND, SALES_PARTS, SHIPMENT, postings
from .marketplaces import BY_ID
from .money import amount
from .operations import operation

ROLE = "Finance and Accounting"
PAGE_SIZE = 100
#: Movements become readable two days after they were posted.
LAG = 2 * DAY
LONGEST = 180 * DAY
DESCRIPTIONS = {SHIPMENT: "Order Payment", REFUND: "Refund Order"}
KEY = "currencyAmount"


@operation(
    "listTransactions",
    "GET",
    "/finances/2024-06-19/transactions",
    rate=0.5,
    burst=10,
    role=ROLE,
)
def list_transactions(call):
    """Return the money movements posted in a time range, oldest first."""
    query = pages.fingerprint(call.request.query, ("nextToken",))
    start, end, order_id = _window(call)
    pager = pages.Pager(call, call.text("nextToken"), None, query, end=end)
    end = min(pager.kept["end"], pager.as_of - LAG)
    site = call.text("marketplaceId")
    sites = [m for m in call.account.marketplaces if site in (None, m.id)]
    if site and site not in BY_ID:
        raise invalid(f"Unknown marketplace {site}.")
    status = call.text("transactionStatus")
    # More than 180 days are answered with nothing, not with an error.
    found = []
    if end - start <= LONGEST and status in (None, "RELEASED"):
        key = ("postings", call.account.seller_id, site, start, end)
        everything = call.world.remember(
            key, lambda: postings(call.world, call.account, start, end, sites)
        )
        found = [
            posting
            for posting in everything
            if order_id is None or (posting.order and posting.order.id == order_id)
        ]
    content, following = pager.cut(found, PAGE_SIZE)
    payload = {"transactions": [transaction(call.account, p) for p in content]}
    if following:
        payload["nextToken"] = following
    return {"payload": payload}


def _window(call):
    """Return (start, end, order id or None) of a query."""
    name = call.text("relatedIdentifierName")
    value = call.text("relatedIdentifierValue")
    if name not in (None, "ORDER_ID", "FINANCIAL_EVENT_GROUP_ID"):
        raise invalid("relatedIdentifierName cannot be filtered by.")
    after, before = call.moment("postedAfter"), call.moment("postedBefore")
    latest = call.now - 2 * MINUTE
    if after is None:
        if not value:
            raise invalid("postedAfter is required without a related identifier.")
        after = call.now - LONGEST
    if after > latest or (before is not None and before > latest):
        raise invalid("Dates must be more than two minutes before now.")
    if before is not None and before <= after:
        raise invalid("postedBefore must be later than postedAfter.")
    return after, latest if before is None else before, value


def transaction(account, posting):
    """Return a posting as Amazon's transaction."""
    site = posting.site
    related = []
    if posting.order:
        related.append(_related("ORDER_ID", posting.order.id))
    group = f"{account.seller_id}-{site.code}-{posting.posted // (14 * DAY)}"
    related.append(_related("FINANCIAL_EVENT_GROUP_ID", group))
    if posting.kind == REFUND:
        related.append(_related("REFUND_ID", posting.id))
    everything = {}
    for _line, _units, parts in posting.lines:
        for name, value in parts.items():
            everything[name] = everything.get(name, 0) + value
    return {
        "sellingPartnerMetadata": {
            "sellingPartnerId": account.seller_id,
            "accountType": "Standard Orders",
            "marketplaceId": site.id,
        },
        "relatedIdentifiers": related,
        "transactionType": posting.kind,
        "transactionId": posting.id,
        "transactionStatus": "RELEASED",
        "description": DESCRIPTIONS.get(posting.kind, "ProductAdsPayment"),
        "postedDate": iso(posting.posted),
        "totalAmount": amount(posting.total, site, KEY),
        "marketplaceDetails": {"marketplaceId": site.id, "marketplaceName": site.name},
        "items": [
            _item(line, units, parts, site)
            for line, units, parts in posting.lines
            if line
        ],
        "contexts": [],
        "breakdowns": _breakdowns(everything, site),
    }


def _related(name, value):
    return {"relatedIdentifierName": name, "relatedIdentifierValue": value}


def _item(line, units, parts, site):
    product = line.product
    return {
        "description": product.title,
        "relatedIdentifiers": [
            {
                "itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID",
                "itemRelatedIdentifierValue": line.item_id,
            }
        ],
        "totalAmount": amount(sum(parts.values()), site, KEY),
        "breakdowns": _breakdowns(parts, site),
        "contexts": [
            {
                "contextType": "ProductContext",
                "asin": product.asin,
                "sku": product.sku,
                "quantityShipped": units,
                "fulfillmentNetwork": (
                    "AFN" if product.fulfilled_by == "AMAZON" else "MFN"
                ),
            }
        ],
    }


def _breakdowns(parts, site):
    """Return parts as Amazon nests them: sales, and fees under expenses."""
    found = []
    sales = {name: parts[name] for name in SALES_PARTS if name in parts}
    fees = {name: parts[name] for name in FEE_PARTS if name in parts}
    others = {k: v for k, v in parts.items() if k not in sales and k not in fees}
    if sales:
        leaves = [_breakdown(name, value, site) for name, value in sales.items()]
        found.append(_breakdown("Sales", sum(sales.values()), site, leaves))
    if fees:
        leaves = [_breakdown(name, value, site) for name, value in fees.items()]
        total = sum(fees.values())
        inner = [_breakdown("AmazonFees", total, site, leaves)]
        found.append(_breakdown("Expenses", total, site, inner))
    found += [_breakdown(name, value, site) for name, value in others.items()]
    return found


def _breakdown(name, value, site, inner=()):
    return {
        "breakdownType": name,
        "breakdownAmount": amount(value, site, KEY),
        "breakdowns": list(inner),
    }
