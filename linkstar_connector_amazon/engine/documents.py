"""What Amazon's reports say, as rows of measures.

A row here is a dict ``day, sku ("" = whole store), measure, value``. A report that
came without any row is told apart by the caller, who knows whether there should be
some.
"""

import csv
import io
import json
import zlib
from collections import defaultdict

from .local_day import local_day, parse_moment

# The account's state as the catalogue of metrics counts it.
ACCOUNT_STATES = {"NORMAL": 100.0, "AT_RISK": 50.0, "DEACTIVATED": 0.0}
RATES = {
    "lateShipmentRate": "late_shipment_rate",
    "preFulfillmentCancellationRate": "cancel_rate",
    "validTrackingRate": "valid_tracking_rate",
    "unitOnTimeDeliveryRate": "otdr",
    "invoiceDefectRate": "invoice_defect_rate",
}
VIOLATIONS = (
    "listingPolicyViolations",
    "productAuthenticityCustomerComplaints",
    "productConditionCustomerComplaints",
    "productSafetyCustomerComplaints",
    "receivedIntellectualPropertyComplaints",
    "restrictedProductPolicyViolations",
    "suspectedIntellectualPropertyViolations",
    "foodAndProductSafetyIssues",
    "otherPolicyViolations",
)
FEES = {
    "Commission": "referral_fee",
    "FBAPerUnitFulfillmentFee": "fba_fee",
    "FBAPerOrderFulfillmentFee": "fba_fee",
    "FBAWeightBasedFee": "fba_fee",
}
# Expanded size of a document; a page of a browser is smaller than this.
MAX_EXPANDED = 512 * 1024 * 1024


class TooLarge(ValueError):
    """A document expands beyond the bound."""


def text_of(content, compression):
    """A document's text: bounded when it is expanded, and always UTF-8.

    >>> import gzip
    >>> text_of(gzip.compress(b"x"), "GZIP"), text_of(b"x", None)
    ('x', 'x')
    """
    if compression == "GZIP":
        expander = zlib.decompressobj(31)
        content = expander.decompress(content, MAX_EXPANDED)
        if expander.unconsumed_tail:
            raise TooLarge("The document expands beyond the bound")
    return content.decode("utf-8-sig", errors="replace")


def row(day, measure, value, sku=""):
    """One measured value."""
    return {"day": str(day), "sku": sku, "measure": measure, "value": float(value)}


def _visits(day, sku, visits):
    views = visits.get("pageViews") or 0
    share = visits.get("buyBoxPercentage") or 0
    return [
        row(day, "sessions", visits.get("sessions") or 0, sku),
        row(day, "page_views", views, sku),
        # A share of views, kept as views so that days and MSKUs add up.
        row(day, "buybox_page_views", views * share / 100, sku),
    ]


def traffic(text):
    """Sessions, page views and buy-box views of a one-day report by MSKU.

    :return: list of rows; empty when Amazon's figures are late
    """
    content = json.loads(text)
    rows = []
    for entry in content.get("salesAndTrafficByDate") or ():
        day = entry["date"]
        rows += _visits(day, "", entry["trafficByDate"])
        for product in content.get("salesAndTrafficByAsin") or ():
            if product.get("sku"):
                rows += _visits(day, product["sku"], product["trafficByAsin"])
    return rows


def traffic_sums(text):
    """What the same report says was sold: ``[(day, units, sales)]`` of the store.

    >>> traffic_sums('{"salesAndTrafficByDate": [{"date": "2026-01-01", "salesByDate":'
    ...     ' {"unitsOrdered": 2, "orderedProductSales": {"amount": 9.5}}}]}')
    [('2026-01-01', 2, 9.5)]
    """
    found = []
    for entry in json.loads(text).get("salesAndTrafficByDate") or ():
        sales = entry.get("salesByDate") or {}
        amount = (sales.get("orderedProductSales") or {}).get("amount") or 0
        found.append(
            (entry["date"], int(sales.get("unitsOrdered") or 0), float(amount))
        )
    return found


def performance(text, day_of):
    """Health of the account per marketplace.

    :param day_of: ``{marketplace id: today there}``
    :return: ``{marketplace id: (rows, warnings)}``; rates as percent; a warning is
        ``(code, value, Amazon's target)``
    """
    content = json.loads(text)
    states = {
        entry["marketplaceId"]: entry.get("status")
        for entry in content.get("accountStatuses") or ()
    }
    found = {}
    for entry in content.get("performanceMetrics") or ():
        marketplace = entry["marketplaceId"]
        if marketplace not in day_of:
            continue
        day, rows, warnings = day_of[marketplace], [], []
        for name, metric in RATES.items():
            rate = (entry.get(name) or {}).get("rate")
            if rate is not None:
                rows.append(row(day, metric, rate * 100))
        rows += _defects(entry, day, warnings)
        count = sum(
            (entry.get(name) or {}).get("defectsCount") or 0 for name in VIOLATIONS
        )
        rows.append(row(day, "policy_violations", count))
        state = states.get(marketplace)
        if state in ACCOUNT_STATES:
            rows.append(row(day, "account_status", ACCOUNT_STATES[state]))
            warnings.append(("account_warning", ACCOUNT_STATES[state], 100.0))
        found[marketplace] = (rows, warnings)
    return found


def _defects(entry, day, warnings):
    """The order defect rate, of both ways of fulfilment together."""
    orders = defects = 0
    target = None
    for part in (entry.get("orderDefectRate") or {}).values():
        orders += part.get("orderCount") or 0
        defects += (part.get("orderWithDefects") or {}).get("count") or 0
        target = part.get("targetValue") if target is None else target
    if not orders:
        return []
    rate = defects / orders
    warnings.append(("odr_high", rate, target or 0.01))
    return [row(day, "odr", rate * 100)]


def returns(text, tz):
    """Units that came back per day and MSKU. Comments of buyers are not read.

    >>> [r["value"] for r in returns("return-date\\tsku\\tquantity\\n"
    ...     "2026-01-02T12:00:00+00:00\\tA\\t2\\n", "UTC")]
    [2.0, 2.0]
    """
    units = defaultdict(float)
    for line in csv.DictReader(io.StringIO(text), delimiter="\t"):
        moment = parse_moment(line.get("return-date"))
        if not moment or not line.get("sku"):
            continue
        day = local_day(moment, tz)
        quantity = float(line.get("quantity") or 0)
        units[day, line["sku"]] += quantity
        units[day, ""] += quantity
    return [row(day, "units_returned", n, sku) for (day, sku), n in units.items()]


def _leaves(breakdowns):
    for part in breakdowns or ():
        inner = part.get("breakdowns")
        if inner:
            yield from _leaves(inner)
        else:
            amount = (part.get("breakdownAmount") or {}).get("currencyAmount") or 0
            yield part.get("breakdownType"), float(amount)


def transaction_rows(transaction, tz):
    """Refunds and fees of one transaction, per MSKU and for the whole store.

    Amazon's amounts are signed from the seller's side: a fee and a refund are
    negative. Here refunds and fees are positive amounts, and a fee that is given
    back is negative.
    """
    day = local_day(parse_moment(transaction["postedDate"]), tz)
    is_refund = transaction.get("transactionType") == "Refund"
    sums = defaultdict(float)
    for item in transaction.get("items") or ():
        product = next((c for c in item.get("contexts") or () if c.get("sku")), {})
        sku = product.get("sku") or ""
        for kind, amount in _leaves(item.get("breakdowns")):
            measure = FEES.get(kind)
            if measure is None and is_refund and kind == "ProductCharges":
                measure = "refund_amount"
            if measure:
                _add(sums, sku, measure, -amount)
        if is_refund:
            _add(sums, sku, "units_refunded", product.get("quantityShipped") or 0)
    return [row(day, measure, value, sku) for (sku, measure), value in sums.items()]


def _add(sums, sku, measure, value):
    sums["", measure] += value
    if sku:
        sums[sku, measure] += value


def ads_rows(entries, sales, orders, sku_column=None):
    """Cost, sales, clicks and impressions per day.

    :param entries: rows of an advertising report
    :param sales: name of the column of attributed sales
    :param orders: name of the column of attributed orders
    :param sku_column: the advertised MSKU's column; without it, the whole store
    """
    columns = {
        "ad_spend": "cost",
        "ad_sales": sales,
        "ad_orders": orders,
        "ad_clicks": "clicks",
        "ad_impressions": "impressions",
    }
    sums = defaultdict(float)
    for entry in entries:
        sku = str(entry.get(sku_column) or "") if sku_column else ""
        if sku_column and not sku:
            continue
        for measure, column in columns.items():
            sums[entry["date"], sku, measure] += float(entry.get(column) or 0)
    return [row(day, m, value, sku) for (day, sku, m), value in sums.items()]
