"""Whether payloads keep Amazon's contract: its own generated models, strictly read.

The models come from Amazon's SDK, the package ``amzn-sp-api`` (a development
dependency). ``check`` reads a payload through a model: unknown names, missing required
ones, wrong types and values outside enums raise ``ContractError`` with the place.
"""

import functools
import importlib
import json
import re

from .clock import parse

#: Operation → the package and class of its successful answer.
ANSWERS = {
    "getMarketplaceParticipations": (
        "sellers_v1",
        "GetMarketplaceParticipationsResponse",
    ),
    "getAccount": ("sellers_v1", "GetAccountResponse"),
    "searchOrders": ("orders_v2026_01_01", "SearchOrdersResponse"),
    "getOrder": ("orders_v2026_01_01", "GetOrderResponse"),
    "getOrderMetrics": ("sales_v1", "GetOrderMetricsResponse"),
    "getInventorySummaries": ("fba_inventory_v1", "GetInventorySummariesResponse"),
    "getShipments": ("fulfillment_inbound_v0", "GetShipmentsResponse"),
    "getShipmentItems": ("fulfillment_inbound_v0", "GetShipmentItemsResponse"),
    "getShipmentItemsByShipmentId": (
        "fulfillment_inbound_v0",
        "GetShipmentItemsResponse",
    ),
    "searchListingsItems": ("listings_items_v2021_08_01", "ItemSearchResults"),
    "getListingsItem": ("listings_items_v2021_08_01", "Item"),
    "createReport": ("reports_v2021_06_30", "CreateReportResponse"),
    "getReport": ("reports_v2021_06_30", "Report"),
    "getReports": ("reports_v2021_06_30", "GetReportsResponse"),
    "getReportDocument": ("reports_v2021_06_30", "ReportDocument"),
    "listTransactions": ("finances_v2024_06_19", "ListTransactionsResponse"),
    "createQuery": ("datakiosk_v2023_11_15", "CreateQueryResponse"),
    "getQuery": ("datakiosk_v2023_11_15", "Query"),
    "getQueries": ("datakiosk_v2023_11_15", "GetQueriesResponse"),
    "getDocument": ("datakiosk_v2023_11_15", "GetDocumentResponse"),
    "getCompetitivePricing": ("product_pricing_v0", "GetPricingResponse"),
    "getCompetitiveSummary": (
        "product_pricing_v2022_05_01",
        "CompetitiveSummaryBatchResponse",
    ),
    "createDestination": ("notifications_v1", "CreateDestinationResponse"),
    "getDestinations": ("notifications_v1", "GetDestinationsResponse"),
    "getDestination": ("notifications_v1", "GetDestinationResponse"),
    "deleteDestination": ("notifications_v1", "DeleteDestinationResponse"),
    "createSubscription": ("notifications_v1", "CreateSubscriptionResponse"),
    "getSubscription": ("notifications_v1", "GetSubscriptionResponse"),
    "getSubscriptionById": ("notifications_v1", "GetSubscriptionByIdResponse"),
    "deleteSubscriptionById": ("notifications_v1", "DeleteSubscriptionByIdResponse"),
}
#: Operation → the package and class of its request body.
REQUESTS = {
    "createReport": ("reports_v2021_06_30", "CreateReportSpecification"),
    "createQuery": ("datakiosk_v2023_11_15", "CreateQuerySpecification"),
    "getCompetitiveSummary": (
        "product_pricing_v2022_05_01",
        "CompetitiveSummaryBatchRequest",
    ),
    "createDestination": ("notifications_v1", "CreateDestinationRequest"),
    "createSubscription": ("notifications_v1", "CreateSubscriptionRequest"),
}
#: Values that Amazon documents and sends, but its generated model forgot: the states
#: of a shipment that getShipments takes as a filter include READY_TO_SHIP.
FORGOTTEN = {("fulfillment_inbound_v0", "ShipmentStatus"): {"READY_TO_SHIP"}}

_PLAIN = {"str": str, "int": int, "bool": bool, "float": (int, float)}


class ContractError(AssertionError):
    """A payload that Amazon's models do not allow; the text names the place."""


def check_answer(operation, content):
    """Check the content of an operation's successful answer."""
    check(content, *ANSWERS[operation])


def check_request(operation, content):
    """Check the body of a request."""
    check(content, *REQUESTS[operation])


def check(content, package, name):
    """Check content against a model of a package of ``spapi.models``."""
    _read(content, name, importlib.import_module(f"spapi.models.{package}"), name)


class Observer:
    """Checks all answers of a server; add it to ``world.observers``."""

    def __init__(self):
        self.checked = {}
        self.failures = []

    def __call__(self, call, response):
        """Check one answer; failures are kept, for the handler's thread is no test."""
        name = call.operation.name
        if name not in ANSWERS:
            return
        if response.status >= 300:
            name, errors = "error", json.loads(response.body)
            if set(errors) != {"errors"}:
                self.failures.append(f"{call.operation.name}: {errors}")
        elif response.body:
            try:
                check_answer(name, json.loads(response.body))
            except ContractError as error:
                self.failures.append(f"{name}: {error}")
        self.checked[name] = self.checked.get(name, 0) + 1


def _read(value, kind, package, place):
    """Return a value read as a type of the models, or raise ContractError."""
    if kind in _PLAIN:
        wrong = isinstance(value, bool) and kind != "bool"
        if wrong or not isinstance(value, _PLAIN[kind]):
            raise ContractError(f"{place}: {value!r} is no {kind}")
        return value
    if kind in ("object", "Dict[str, object]"):
        return value
    if kind in ("datetime", "date"):
        try:
            parse(value)
        except (TypeError, ValueError):
            raise ContractError(f"{place}: {value!r} is no {kind}") from None
        return value
    listed = re.fullmatch(r"List\[(.+)\]", kind)
    if listed:
        if not isinstance(value, list):
            raise ContractError(f"{place}: {value!r} is no list")
        return [
            _read(part, listed.group(1), package, f"{place}[{number}]")
            for number, part in enumerate(value)
        ]
    mapped = re.fullmatch(r"Dict\[str, (.+)\]", kind)
    if mapped:
        if not isinstance(value, dict):
            raise ContractError(f"{place}: {value!r} is no object")
        return {
            name: _read(part, mapped.group(1), package, f"{place}.{name}")
            for name, part in value.items()
        }
    return _read_model(value, getattr(package, kind), package, place)


def _read_model(value, model, package, place):
    if not model.swagger_types:
        return _read_enum(value, model, package, place)
    if not isinstance(value, dict):
        raise ContractError(f"{place}: {value!r} is no {model.__name__}")
    names = {key: attribute for attribute, key in model.attribute_map.items()}
    unknown = set(value) - set(names)
    if unknown:
        raise ContractError(f"{place}: unknown {', '.join(sorted(unknown))}")
    values = {
        names[key]: _read(
            part, model.swagger_types[names[key]], package, f"{place}.{key}"
        )
        for key, part in value.items()
    }
    try:
        # The generated setters know what is required and which values are allowed.
        return model(**values, _configuration=_configuration())
    except ValueError as error:
        raise ContractError(f"{place}: {error}") from None


@functools.cache
def _configuration():
    # Making one for each object, as the models do, takes most of the time.
    return importlib.import_module("spapi.configuration").Configuration()


def _read_enum(value, model, package, place):
    allowed = {
        getattr(model, name)
        for name in vars(model)
        if not name.startswith("_") and isinstance(getattr(model, name), str)
    }
    forgotten = FORGOTTEN.get((package.__name__.rpartition(".")[2], model.__name__), ())
    if value not in allowed and value not in forgotten:
        raise ContractError(f"{place}: {value!r} is none of {sorted(allowed)}")
    return value
