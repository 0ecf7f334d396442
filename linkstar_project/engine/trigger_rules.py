"""Which events a trigger answers, and what counts as the same occasion. Pure."""

from .formula import names_of

MAX_PAYLOAD_DEPTH = 4


def flatten(payload, depth=MAX_PAYLOAD_DEPTH):
    """Names and values that a condition may read from a payload.

    >>> flatten({"sku": "K1", "cover": {"days": 3}})
    {'payload.sku': 'K1', 'payload.cover.days': 3}
    """
    values = {}

    def walk(prefix, item, left):
        for key, value in item.items():
            name = f"{prefix}.{key}"
            if isinstance(value, dict):
                if left > 1:
                    walk(name, value, left - 1)
            elif isinstance(value, str | int | float):
                values[name] = value

    walk("payload", payload or {}, depth)
    return values


def metrics_of(tree):
    """Codes of the metrics that a condition reads beside the payload."""
    return {name for name in names_of(tree) if not name.startswith("payload")}


def scope_key(grouping, store_id, sku="", supplier_id=None):
    """What counts as one occasion: at most one launch per key and cooldown.

    :param grouping: ``none`` (each SKU), ``store`` or ``supplier``
    :param store_id: store, or the store that owns the stock pool

    >>> scope_key("none", 7, "K1"), scope_key("store", 7, "K1")
    ('store:7|sku:K1', 'store:7')
    >>> scope_key("supplier", 7, "K1", 3), scope_key("supplier", 7, "K1")
    ('store:7|supplier:3', 'store:7|sku:K1')
    """
    if grouping == "store":
        return f"store:{store_id}"
    if grouping == "supplier" and supplier_id:
        return f"store:{store_id}|supplier:{supplier_id}"
    return f"store:{store_id}|sku:{sku}" if sku else f"store:{store_id}"


def lifecycle_allows(wanted, lifecycle):
    """Whether a SKU's stage passes a trigger's filter; no SKU passes always.

    >>> lifecycle_allows("selling", "clearance"), lifecycle_allows("all", "new")
    (False, True)
    >>> lifecycle_allows("selling", None)
    True
    """
    if wanted == "all" or lifecycle is None:
        return True
    if wanted == "selling":
        return lifecycle in ("new", "active")
    return lifecycle == wanted


def payload_problem(payload, schema):
    """First way in which a payload breaks its type's schema, or None.

    The schema is a small one: ``{"required": [names], "properties": {name:
    {"type": "string" | "number" | "boolean" | "array" | "object"}}}``.

    >>> payload_problem({"sku": 3}, {"properties": {"sku": {"type": "string"}}})
    ('type', 'sku')
    >>> payload_problem({}, {"required": ["sku"]})
    ('missing', 'sku')
    """
    types = {
        "string": str,
        "number": int | float,
        "boolean": bool,
        "array": list,
        "object": dict,
    }
    for name in (schema or {}).get("required", ()):
        if payload.get(name) in (None, ""):
            return "missing", name
    for name, rule in (schema or {}).get("properties", {}).items():
        value = payload.get(name)
        wanted = types.get(rule.get("type"))
        if value is None or wanted is None:
            continue
        if not isinstance(value, wanted) or (
            isinstance(value, bool) and rule["type"] == "number"
        ):
            return "type", name
    return None
