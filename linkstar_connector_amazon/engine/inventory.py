"""FBA stock: rows of a summary, and days of cover."""

from dataclasses import dataclass

# Days whose sales tell how fast stock runs down.
VELOCITY_DAYS = 30


@dataclass(frozen=True)
class StockRow:
    """Units of one MSKU in Amazon's warehouses."""

    sku: str
    asin: str
    title: str
    available: int
    inbound_working: int
    inbound_shipped: int
    inbound_receiving: int
    reserved: int
    unfulfillable: int


def stock_rows(summaries):
    """Rows of ``inventorySummaries``; an MSKU in several conditions adds up."""
    rows = {}
    for summary in summaries:
        sku = summary.get("sellerSku")
        if not sku:
            continue
        row = _stock_row(sku, summary)
        rows[sku] = _added(rows[sku], row) if sku in rows else row
    return list(rows.values())


def _stock_row(sku, summary):
    details = summary.get("inventoryDetails") or {}
    reserved = details.get("reservedQuantity") or {}
    unfulfillable = details.get("unfulfillableQuantity") or {}
    return StockRow(
        sku=sku,
        asin=summary.get("asin") or "",
        title=summary.get("productName") or "",
        available=int(details.get("fulfillableQuantity") or 0),
        inbound_working=int(details.get("inboundWorkingQuantity") or 0),
        inbound_shipped=int(details.get("inboundShippedQuantity") or 0),
        inbound_receiving=int(details.get("inboundReceivingQuantity") or 0),
        reserved=int(reserved.get("totalReservedQuantity") or 0),
        unfulfillable=int(unfulfillable.get("totalUnfulfillableQuantity") or 0),
    )


def _added(one, other):
    numbers = {
        name: getattr(one, name) + getattr(other, name)
        for name in (
            "available",
            "inbound_working",
            "inbound_shipped",
            "inbound_receiving",
            "reserved",
            "unfulfillable",
        )
    }
    return StockRow(sku=one.sku, asin=one.asin, title=one.title, **numbers)


def days_of_cover(available, units_sold, days=VELOCITY_DAYS):
    """How long stock lasts at the speed of the last days, or None without sales.

    :param units_sold: units of ``days`` days, over all stores of the stock pool

    >>> days_of_cover(30, 60)
    15.0
    >>> days_of_cover(30, 0)
    >>> days_of_cover(0, 60)
    0.0
    """
    if units_sold <= 0:
        return None
    return round(max(available, 0) / (units_sold / days), 1)
