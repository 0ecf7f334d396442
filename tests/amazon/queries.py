"""Whether the query of a request keeps Amazon's contract, by its own generated client.

The methods of Amazon's SDK name each parameter of an operation, its type and whether
it is required; a query that names others, lacks one or holds another type is wrong.
"""

import functools
import importlib
import inspect
import pkgutil
import re
from dataclasses import dataclass, field

from .clock import parse
from .contract import ANSWERS, ContractError

_SENT = re.compile(r"query_params\.append\(\('(\w+)', params\['(\w+)'\]\)\)")
_TYPE = re.compile(r":param ([\w\[\], ]+?) (\w+):")
_REQUIRED = re.compile(r"Missing the required parameter `(\w+)`")
#: The client library adds these to every query; Amazon passes over them.
ADDED = {"MarketplaceId", "MarketplaceIds", "marketplaceIds", "marketplace_ids"}
_WHOLE = {"int": re.compile(r"-?\d+"), "bool": re.compile(r"true|false", re.I)}


@dataclass(frozen=True)
class Query:
    """Parameters of an operation: wire name → type, and those it must have."""

    types: dict = field(default_factory=dict)
    required: frozenset = frozenset()


@functools.cache
def query_of(operation):
    """Return what Amazon's client would send with an operation.

    >>> sorted(query_of("getReports").types)[:3]
    ['createdSince', 'createdUntil', 'marketplaceIds']
    >>> query_of("getOrderMetrics").required >= {"interval", "granularity"}
    True
    """
    package = importlib.import_module(f"spapi.api.{ANSWERS[operation][0]}")
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    for _finder, module, _is_package in pkgutil.iter_modules(package.__path__):
        found = importlib.import_module(f"{package.__name__}.{module}")
        for _name, kind in inspect.getmembers(found, inspect.isclass):
            method = getattr(kind, f"{name}_with_http_info", None)
            if method:
                return _read(inspect.getsource(method))
    raise LookupError(f"Amazon's client has no {operation}")


def _read(source):
    sent = {own: wire for wire, own in _SENT.findall(source)}
    types = {own: kind for kind, own in _TYPE.findall(source)}
    return Query(
        {wire: types.get(own, "str") for own, wire in sent.items()},
        frozenset(sent[own] for own in _REQUIRED.findall(source) if own in sent),
    )


def check_query(operation, query):
    """Check the query of a request.

    :param query: name → list of values, as it came
    """
    known = query_of(operation)
    query = {n: v for n, v in query.items() if n in known.types or n not in ADDED}
    unknown = set(query) - set(known.types)
    if unknown:
        raise ContractError(f"{operation}: unknown {', '.join(sorted(unknown))}")
    missing = known.required - set(query)
    if missing:
        raise ContractError(f"{operation}: lacks {', '.join(sorted(missing))}")
    for name, values in query.items():
        kind = known.types[name]
        for value in values:
            if kind in ("datetime", "date"):
                try:
                    parse(value)
                except (TypeError, ValueError):
                    place = f"{operation}.{name}"
                    raise ContractError(f"{place}: {value!r} is no time") from None
            elif kind in _WHOLE and not _WHOLE[kind].fullmatch(value):
                raise ContractError(f"{operation}.{name}: {value!r} is no {kind}")
