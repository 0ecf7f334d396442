"""Sales v1: getOrderMetrics, Amazon's own sums to compare with."""

from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import clock
from .clock import DAY, at
from .errors import invalid
from .money import money
from .operations import operation
from .shop import CANCELLED

ROLE = "Selling Partner Insights"
GRANULARITIES = ("Hour", "Day", "Week", "Month", "Year", "Total")


@operation(
    "getOrderMetrics", "GET", "/sales/v1/orderMetrics", rate=0.5, burst=15, role=ROLE
)
def get_order_metrics(call):
    """Return orders, items, units and sales of one store by interval.

    Pending orders count with their price, cancelled ones do not.
    """
    site = call.marketplace("marketplaceIds")
    granularity = call.text("granularity", required=True)
    if granularity not in GRANULARITIES:
        raise invalid(f"Invalid value {granularity!r} for granularity.")
    start, end = _interval(call, granularity)
    zone = _zone(call, granularity, start)
    wanted = _filter(call)
    orders = [
        order
        for order in call.world.orders(
            call.account, start, min(end, call.now + 1), (site,)
        )
        if order.status(call.now) != CANCELLED and wanted(order, None)
    ]
    edges = _edges(start, end, zone, granularity, call.text("firstDayOfWeek", "Monday"))
    rows, place = [], 0
    for low, high in zip(edges, edges[1:], strict=False):
        inside = []
        while place < len(orders) and orders[place].created < high:
            inside.append(orders[place])
            place += 1
        rows.append(_row(low, high, zone, inside, site, wanted))
    return {"payload": rows}


def _interval(call, granularity):
    text = call.text("interval", required=True)
    parts = text.split("--")
    if len(parts) != 2 or "T" not in text:
        raise invalid("interval must be two absolute times separated by --.")
    start, end = (call.moment("interval", part) for part in parts)
    if end <= start:
        raise invalid("The interval must not be empty.")
    oldest = 30 * DAY if granularity == "Hour" else 731 * DAY
    if start < call.now - oldest:
        raise invalid("The interval begins too long ago for this granularity.")
    return start, end


def _zone(call, granularity, start):
    """Return the zone of the day boundary; it must agree with the interval's offset."""
    name = call.text("granularityTimeZone")
    if name is None:
        if granularity not in ("Hour", "Total"):
            raise invalid("granularityTimeZone is required for this granularity.")
        return clock.UTC
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise invalid(f"Unknown time zone {name!r}.") from None
    text = call.text("interval").split("--")[0]
    given = clock.offset(text)
    if at(start, zone).utcoffset() != timedelta(seconds=given):
        raise invalid("granularityTimeZone must match the offset of the interval.")
    return zone


def _filter(call):
    """Return a test of (order, line); a line of None asks whether any line counts."""
    sku, asin = call.text("sku"), call.text("asin")
    if sku and asin:
        raise invalid("Specify either asin or sku.")
    network, buyers = call.text("fulfillmentNetwork"), call.text("buyerType", "All")
    networks = {"AFN": "AMAZON", "MFN": "MERCHANT"}
    if network and network not in networks:
        raise invalid(f"Invalid value {network!r} for fulfillmentNetwork.")

    def counts(order, line):
        if network and order.fulfilled_by != networks[network]:
            return False
        if buyers != "All" and order.is_business != (buyers == "B2B"):
            return False
        lines = order.lines if line is None else (line,)
        return any(
            (not sku or ln.product.sku == sku) and (not asin or ln.product.asin == asin)
            for ln in lines
        )

    return counts


def _edges(start, end, zone, granularity, first_day):
    """Return the moments that part an interval, its ends included."""
    if granularity == "Total":
        return [start, end]
    if granularity == "Hour":
        inner = range(start - start % clock.HOUR + clock.HOUR, end, clock.HOUR)
        return [start, *inner, end]
    edges, day = [start], at(start, zone).date()
    while True:
        day += timedelta(days=1)
        moment = clock.midnight(day, zone)
        if moment >= end:
            return [*edges, end]
        week_start = 6 if first_day == "Sunday" else 0
        if (
            granularity == "Day"
            or (granularity == "Week" and day.weekday() == week_start)
            or (granularity == "Month" and day.day == 1)
            or (granularity == "Year" and (day.month, day.day) == (1, 1))
        ):
            edges.append(moment)


def _row(low, high, zone, orders, site, wanted):
    lines = [line for o in orders for line in o.lines if wanted(o, line)]
    units = sum(line.quantity for line in lines)
    sales = sum(line.sales for line in lines)
    return {
        "interval": f"{_short(low, zone)}--{_short(high, zone)}",
        "unitCount": units,
        "orderItemCount": len(lines),
        "orderCount": len(orders),
        "averageUnitPrice": money(round(sales / units) if units else 0, site),
        "totalSales": money(sales, site),
    }


def _short(moment, zone):
    text = at(moment, zone).isoformat(timespec="minutes")
    return text.replace("+00:00", "Z")
