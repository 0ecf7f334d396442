"""When a gate opens, without the ORM."""

import math
import operator

COMPARISONS = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": lambda left, right: math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9),
}


def judge_metric(value, comparison, threshold):
    """Return ``(open, reason code)`` for a figure against its threshold.

    No figure is no permission: a gate stays closed until the data is there.

    >>> judge_metric(12, ">=", 10)
    (True, 'met')
    >>> judge_metric(8, ">=", 10)
    (False, 'figure_short')
    >>> judge_metric(None, ">=", 10)
    (False, 'figure_missing')
    """
    if value is None or not math.isfinite(value):
        return False, "figure_missing"
    if COMPARISONS[comparison](value, threshold):
        return True, "met"
    return False, "figure_short"


def payload_matches(payload, wanted):
    """Tell whether an event's payload carries the wanted values.

    Lists in the payload match by membership; numbers by value.

    >>> payload_matches({"sku": "A", "asins": ["B1"]}, {"asins": "B1"})
    True
    >>> payload_matches({"sku": "A"}, {"sku": "B"})
    False
    """
    payload = payload or {}
    for key, value in (wanted or {}).items():
        found = payload.get(key)
        if isinstance(found, list) and not isinstance(value, list):
            if value not in found:
                return False
        elif found != value:
            return False
    return True


def names_listing(payload, sku, asin=None):
    """Tell whether an event is about a listing, as far as it names any.

    An event that names no SKU or ASIN may be about this one as well as another:
    it counts.

    >>> names_listing({"skus": ["A", "B"]}, "A")
    True
    >>> names_listing({"sku": "B"}, "A")
    False
    >>> names_listing({"campaign": 1}, "A")
    True
    """
    named = {"sku": set(), "asin": set()}
    for kind, found in named.items():
        for key in (kind, f"{kind}s"):
            value = (payload or {}).get(key)
            if value:
                found.update(value if isinstance(value, list) else [value])
    if not named["sku"] and not named["asin"]:
        return True
    return sku in named["sku"] or bool(asin) and asin in named["asin"]
