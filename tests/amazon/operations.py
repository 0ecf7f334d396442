"""The operations the stand-in serves, and what a handler sees of a call.

A module that implements operations decorates its functions::

    @operation("getOrder", "GET", "/orders/2026-01-01/orders/{orderId}",
               rate=0.5, burst=30, role="Inventory and Order Tracking")
    def get_order(call):
        return {"order": ...}

A handler returns the JSON content of a 200, or ``(status, content)``, or a
``Response``. Names are Amazon's operation ids; Ads operations start with ``ads.``.
"""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from . import clock
from .errors import invalid
from .marketplaces import BY_ID

#: Roles that are none: the kind of token an operation takes, or its lack of a profile.
GRANTLESS, ANY_TOKEN, NO_SCOPE = "grantless", "any token", "no scope"

#: Operation name → operation, filled by the modules that implement them.
OPERATIONS = {}


@dataclass(frozen=True)
class Operation:
    """A path that answers; rate in calls a second."""

    name: str
    method: str
    pattern: object
    handler: object
    family: str
    rate: float
    burst: float
    role: str | None


@dataclass
class Response:
    """What goes over the wire."""

    status: int
    body: bytes = b""
    headers: dict = field(default_factory=dict)


@dataclass
class Request:
    """What came over the wire; ``query`` maps each name to its list of values."""

    method: str
    path: str
    query: dict
    headers: object
    body: bytes

    def json(self):
        """Return the body as JSON, or refuse it."""
        try:
            content = json.loads(self.body or b"{}")
        except ValueError as error:
            raise invalid("The request body is no JSON.", str(error)) from None
        if not isinstance(content, dict):
            raise invalid("The request body is no JSON object.")
        return content


def operation(name, method, path, rate=1.0, burst=10, role=None, family="sp"):
    """Register the decorated function for a method and a path template."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")

    def register(handler):
        OPERATIONS[name] = Operation(
            name, method, pattern, handler, family, rate, burst, role
        )
        return handler

    return register


def match(method, path):
    """Return (operation, path values) for a request; (None, None) if there is none."""
    for candidate in OPERATIONS.values():
        if candidate.method == method:
            found = candidate.pattern.match(path)
            if found:
                values = {k: unquote(v) for k, v in found.groupdict().items()}
                return candidate, values
    return None, None


class Call:
    """One call of an operation: its caller, its values, and the world it asks."""

    def __init__(self, world, request, found, values):
        self.world = world
        self.request = request
        self.operation = found
        self.values = values
        self.account = None
        self.application = None
        self.profile = None
        self.faults = []
        self.struck = []
        self.now = world.clock.now()

    @property
    def shop(self):
        """The caller's shop."""
        return self.world.shops[self.account.seller_id]

    def text(self, name, default=None, required=False):
        """Return a query value, or refuse the call if a required one is missing."""
        values = self.request.query.get(name)
        if values and values[-1] != "":
            return values[-1]
        if required:
            raise invalid(f"Missing required parameter: {name}.")
        return default

    def listed(self, name, allowed=None, limit=None):
        """Return the values of a list parameter, repeated or separated by commas."""
        found = [
            part
            for value in self.request.query.get(name, ())
            for part in value.split(",")
            if part
        ]
        if limit and len(found) > limit:
            raise invalid(f"{name} may hold at most {limit} values.")
        for value in found:
            if allowed is not None and value not in allowed:
                raise invalid(f"Invalid value {value!r} for {name}.")
        return found

    def integer(self, name, default, low, high):
        """Return a whole number of the query within bounds."""
        text = self.text(name)
        if text is None:
            return default
        if not text.isdigit() or not low <= int(text) <= high:
            raise invalid(f"{name} must be between {low} and {high}.")
        return int(text)

    def moment(self, name, value=None):
        """Return the seconds of a time of the query, None if absent."""
        text = self.text(name) if value is None else value
        if text is None:
            return None
        try:
            return clock.parse(text)
        except ValueError as error:
            raise invalid(f"Invalid value for {name}.", str(error)) from None

    def marketplaces(self, *names):
        """Return the marketplaces named by any of these parameters, in order.

        Refuses unknown ones, those of other regions and those the seller is not in.
        """
        found = []
        for name in names:
            for identifier in self.listed(name):
                site = BY_ID.get(identifier)
                if site is None or not self.account.sells_in(site):
                    raise invalid(
                        f"Marketplace {identifier} is not one of this seller's."
                    )
                if site not in found:
                    found.append(site)
        return found

    def marketplace(self, *names):
        """Return the one marketplace named by these parameters, or refuse."""
        found = self.marketplaces(*names)
        if len(found) != 1:
            raise invalid(f"Exactly one marketplace is required in {names[0]}.")
        return found[0]

    def pool(self, marketplace):
        """Return the stock pool of one of the caller's marketplaces."""
        return self.world.pool(self.account, marketplace)

    def fault(self, kind):
        """Use up and return the call's fault of this kind; None if it has none."""
        for fault in self.faults:
            if fault.kind == kind:
                self.faults.remove(fault)
                self.world.faults.use(fault)
                self.struck.append(kind)
                return fault
        return None


def as_response(result):
    """Return a handler's result as a response."""
    if isinstance(result, Response):
        return result
    status, content = result if isinstance(result, tuple) else (200, result)
    if content is None:
        return Response(status)
    headers = {"Content-Type": "application/json"}
    return Response(status, json.dumps(content).encode(), headers)
