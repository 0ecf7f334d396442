"""Data Kiosk's economics: the query, and its rows of proceeds, fees and ads.

Net proceeds here are sales after refunds less fees and advertising. Amazon's own
total takes off the cost that a seller typed into Seller Central besides; ours does
not, because the cost is taken off from Odoo's figures, once.
"""

import json
from collections import defaultdict

DATA_SET = "analytics_economics_2024_03_15"
# Days in one query: a document of some thousand MSKUs stays small.
CHUNK = 7
# Days after which refunds and advertising of a day hardly change any more.
SETTLED_AFTER = 30
FEES = (("referral", "referral_fee"), ("fulfil", "fba_fee"), ("storage", "storage_fee"))
AMOUNTS = (
    "ordered_sales",
    "refunded_sales",
    "net_sales",
    "referral_fee",
    "fba_fee",
    "storage_fee",
    "other_fees",
    "fees",
    "ad_spend",
    "net_proceeds",
)
UNITS = ("units_ordered", "units_refunded", "net_units")
_QUERY = """query { %(data)s { economics(
 startDate: "%(first)s", endDate: "%(last)s", marketplaceIds: %(sites)s,
 aggregateBy: {date: DAY, productId: MSKU}) {
 startDate marketplaceId msku childAsin
 sales { unitsOrdered unitsRefunded netUnitsSold
  orderedProductSales { amount currencyCode } refundedProductSales { amount }
  netProductSales { amount } }
 fees { feeTypeName charges { aggregatedDetail { totalAmount { amount } } } }
 ads { adTypeName charge { totalAmount { amount } } }
 netProceeds { total { amount } } } } }"""


def query(first, last, marketplaces):
    """The GraphQL text for days and marketplaces.

    >>> from datetime import date
    >>> '"2026-01-02"' in query(date(2026, 1, 1), date(2026, 1, 2), ["A"])
    True
    """
    text = _QUERY % {
        "data": DATA_SET,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "sites": json.dumps(list(marketplaces)),
    }
    return " ".join(text.split())


def _amount(value):
    return float((value or {}).get("amount") or 0)


def fee_kind(name):
    """Which of our columns a fee of Amazon's belongs to.

    >>> fee_kind("FBA fulfillment fees"), fee_kind("Referral fee"), fee_kind("Prep")
    ('fba_fee', 'referral_fee', 'other_fees')
    >>> fee_kind("Monthly inventory storage fee")
    'storage_fee'
    """
    words = (name or "").lower()
    return next((kind for part, kind in FEES if part in words), "other_fees")


def economics_rows(text):
    """Rows of a document, by marketplace.

    :param text: JSON lines; an empty text has none
    :return: ``{marketplace id: [row]}``; a row has ``day, sku, asin, currency``, the
        names of ``UNITS`` and of ``AMOUNTS``, and ``amazon_net`` (Amazon's own total)
    """
    found = defaultdict(dict)
    for line in text.splitlines():
        if not line.strip():
            continue
        entry = json.loads(line)
        sku = entry.get("msku")
        if not sku:
            continue
        row = _row(entry, sku)
        rows = found[entry["marketplaceId"]]
        key = (row["day"], sku)
        # An MSKU with two FNSKUs comes in two rows; they add up.
        rows[key] = added(rows[key], row) if key in rows else row
    return {site: list(rows.values()) for site, rows in found.items()}


def _row(entry, sku):
    sales = entry["sales"]
    fees = dict.fromkeys((kind for _part, kind in FEES), 0.0)
    fees["other_fees"] = 0.0
    for fee in entry.get("fees") or ():
        total = sum(
            _amount((charge.get("aggregatedDetail") or {}).get("totalAmount"))
            for charge in fee.get("charges") or ()
        )
        fees[fee_kind(fee.get("feeTypeName"))] += total
    ads = sum(
        _amount((part.get("charge") or {}).get("totalAmount"))
        for part in entry.get("ads") or ()
    )
    net_sales, total_fees = _amount(sales.get("netProductSales")), sum(fees.values())
    return {
        "day": entry["startDate"],
        "sku": sku,
        "asin": entry.get("childAsin") or "",
        "currency": (sales.get("orderedProductSales") or {}).get("currencyCode") or "",
        "units_ordered": int(sales.get("unitsOrdered") or 0),
        "units_refunded": int(sales.get("unitsRefunded") or 0),
        "net_units": int(sales.get("netUnitsSold") or 0),
        "ordered_sales": _amount(sales.get("orderedProductSales")),
        "refunded_sales": _amount(sales.get("refundedProductSales")),
        "net_sales": net_sales,
        **{name: round(value, 4) for name, value in fees.items()},
        "fees": round(total_fees, 4),
        "ad_spend": round(ads, 4),
        "net_proceeds": round(net_sales - total_fees - ads, 4),
        "amazon_net": _amount((entry.get("netProceeds") or {}).get("total")),
    }


def added(one, other):
    """Two rows of the same MSKU and day as one, shaped like the other.

    :param one: row, or what stands of it in the table
    """
    names = (*UNITS, *AMOUNTS, "amazon_net")
    return {
        **other,
        **{name: round((one[name] or 0) + other[name], 4) for name in names},
    }


def gross_profit(net_proceeds, unit_cost, net_units):
    """Proceeds less the cost of the units sold, or None where no cost is known.

    >>> gross_profit(50.0, 10.0, 2), gross_profit(50.0, None, 2)
    (30.0, None)
    """
    if unit_cost is None:
        return None
    return round(net_proceeds - unit_cost * net_units, 4)
