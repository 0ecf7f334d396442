"""Settlement reports (V2 flat file), which Amazon makes by itself every two weeks."""

from dataclasses import dataclass

from .clock import DAY, at, midnight
from .ledger import REFUND, SERVICE_FEE, postings
from .money import decimal

TYPE = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
PERIOD = 14 * DAY
COLUMNS = (
    "settlement-id settlement-start-date settlement-end-date deposit-date "
    "total-amount currency transaction-type order-id merchant-order-id adjustment-id "
    "shipment-id marketplace-name amount-type amount-description amount "
    "fulfillment-id posted-date posted-date-time order-item-code "
    "merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased "
    "promotion-id"
).split()
#: Part of a posting → amount type and description of the flat file.
PARTS = {
    "ProductCharges": ("ItemPrice", "Principal"),
    "Shipping": ("ItemPrice", "Shipping"),
    "Tax": ("ItemPrice", "Tax"),
    "PromotionRebates": ("Promotion", "Principal"),
    "Commission": ("ItemFees", "Commission"),
    "FBAPerUnitFulfillmentFee": ("ItemFees", "FBAPerUnitFulfillmentFee"),
    "MarketplaceFacilitatorTax": (
        "ItemWithheldTax",
        "MarketplaceFacilitatorTax-Principal",
    ),
    "ProductAdsPayment": ("Cost of Advertising", "TransactionTotalAmount"),
}
#: Sites whose flat files write 31.12.2026 and 1,99.
CONTINENTAL = ("DE", "FR", "IT", "ES")


@dataclass(frozen=True)
class Settlement:
    """Two weeks of one marketplace; moments in seconds."""

    id: str
    site: object
    start: int
    end: int

    @property
    def ready(self):
        """When Amazon publishes the report."""
        return self.end + DAY


def settlements(world, account, now):
    """Return the settlements of an account whose reports exist at a moment."""
    found = []
    first = midnight(at(world.opened).date())
    for place, site in enumerate(account.marketplaces):
        start, number = first, 0
        while start + PERIOD + DAY <= now:
            identifier = f"{account.marketplaces[0].order_prefix}{place}{number:07d}"
            found.append(Settlement(identifier, site, start, start + PERIOD))
            start, number = start + PERIOD, number + 1
    return sorted(found, key=lambda settlement: (settlement.ready, settlement.id))


def content(world, account, settlement):
    """Return a settlement's flat file as text, its rows summing up to its total."""
    site = settlement.site
    found = postings(world, account, settlement.start, settlement.end, (site,))
    total = sum(posting.total for posting in found)
    head = {
        "settlement-id": settlement.id,
        "settlement-start-date": _moment(settlement.start, site),
        "settlement-end-date": _moment(settlement.end, site),
        "deposit-date": _moment(settlement.end + 2 * DAY, site),
        "total-amount": _number(total, site),
        "currency": site.currency,
    }
    lines = ["\t".join(COLUMNS), _line(head)]
    for posting in found:
        for line, units, parts in posting.lines:
            for part, value in parts.items():
                row = _row(settlement, posting, line, units, part, value)
                lines.append(_line(row))
    return "\n".join(lines) + "\n"


def _row(settlement, posting, line, units, part, value):
    site = settlement.site
    kind = {REFUND: "Refund", SERVICE_FEE: "ServiceFee"}.get(posting.kind, "Order")
    amount_type, description = PARTS[part]
    row = {
        "settlement-id": settlement.id,
        "transaction-type": kind,
        "marketplace-name": site.name,
        "amount-type": amount_type,
        "amount-description": description,
        "amount": _number(value, site),
        "posted-date": _moment(posting.posted, site).split()[0],
        "posted-date-time": _moment(posting.posted, site),
    }
    if line:
        row.update(
            {
                "order-id": posting.order.id,
                "order-item-code": line.item_id,
                "sku": line.product.sku,
                "fulfillment-id": (
                    "AFN" if line.product.fulfilled_by == "AMAZON" else "MFN"
                ),
                "quantity-purchased": str(units) if part == "ProductCharges" else "",
            }
        )
    if posting.kind == REFUND:
        row["adjustment-id"] = posting.id
    return row


def _line(row):
    return "\t".join(row.get(column, "") for column in COLUMNS)


def _number(minor, site):
    text = decimal(minor, site)
    return text.replace(".", ",") if site.code in CONTINENTAL else text


def _moment(seconds, site):
    pattern = "%d.%m.%Y" if site.code in CONTINENTAL else "%Y-%m-%d"
    return at(seconds).strftime(f"{pattern} %H:%M:%S UTC")
