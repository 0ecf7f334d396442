"""One hash for what a record says, whatever the order of its parts."""

import json
import math
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256


def content_hash(content):
    """Return the SHA-256 (hexadecimal) of nested dicts, lists and plain values.

    The order of keys does not matter, the order of lists does. Numbers that are
    equal give the same hash; a date differs from its text.

    :raise TypeError: a value of another kind, whose text might be unstable
    :raise ValueError: a number that is not finite

    >>> content_hash({"a": 1, "b": [2.0]}) == content_hash({"b": [2], "a": 1.0})
    True
    >>> content_hash({"a": "1"}) == content_hash({"a": 1})
    False
    """
    text = json.dumps(
        _plain(content), sort_keys=True, ensure_ascii=True, separators=(",", ":")
    )
    return sha256(text.encode()).hexdigest()


def _plain(value):
    if isinstance(value, dict):
        return {"map": {_key(key): _plain(item) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return {"list": [_plain(item) for item in value]}
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, datetime | date):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": sha256(value).hexdigest()}
    return {"number": _number(value)}


def _key(key):
    if not isinstance(key, str | int):
        raise TypeError(f"keys of content must be text or integers, not {type(key)}")
    return f"{type(key).__name__}:{key}"


def _number(value):
    if not isinstance(value, int | float | Decimal):
        raise TypeError(f"no stable text for {type(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("content holds a number that is not finite")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError("content holds a number that is not finite")
    return format(number.normalize() + 0, "f")
