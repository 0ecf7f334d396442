"""Daily sums of orders as rows of facts."""

ORDER_METRICS = ("orders", "units_ordered", "gmv", "orders_cancelled", "units_shipped")
COLUMNS = ("orders", "units", "gmv", "cancelled", "shipped")


def sales_fact_rows(sums, currencies, as_of, source="amazon"):
    """Fact rows of daily sums, one per measure.

    :param sums: dicts ``store_id, day, sku ("" = whole store), orders, units, gmv,
        cancelled, shipped`` (of the orders of that day)
    :param currencies: ``{store id: currency id}``; GMV is in the store's currency
    :param as_of: naive UTC moment up to which the sums know

    >>> rows = sales_fact_rows([{"store_id": 1, "day": "2026-01-01", "sku": "",
    ...     "orders": 2, "units": 3, "gmv": 50.0, "cancelled": 0, "shipped": 3}],
    ...     {1: 9}, None)
    >>> [(row["metric"], row["value"], row["currency_id"]) for row in rows][:3]
    [('orders', 2.0, False), ('units_ordered', 3.0, False), ('gmv', 50.0, 9)]
    """
    columns = list(zip(ORDER_METRICS, COLUMNS, strict=True))
    return [
        fact_row(
            total["store_id"],
            metric,
            total["day"],
            total[column],
            sku=total["sku"],
            currency_id=currencies.get(total["store_id"]) if metric == "gmv" else False,
            as_of=as_of,
            source=source,
        )
        for total in sums
        for metric, column in columns
    ]


def fact_row(
    store_id, metric, day, value, sku="", currency_id=False, as_of=None, source="amazon"
):
    """One row as ``linkstar.fact._upsert`` takes it."""
    return {
        "store_id": store_id,
        "metric": metric,
        "date": day,
        "sku": sku,
        "employee_id": False,
        "value": float(value or 0),
        "currency_id": currency_id,
        "source": source,
        "as_of": as_of,
    }


def variance(ours, theirs):
    """By how many percent our sum differs from Amazon's.

    >>> variance(99.0, 100.0), variance(0.0, 0.0), variance(5.0, 0.0)
    (-1.0, 0.0, 100.0)
    """
    if not theirs:
        return 100.0 if ours else 0.0
    return round(100 * (ours - theirs) / theirs, 2)
