"""The strict reader of Amazon's models, and that every operation is held to it."""

import doctest
import importlib
import pkgutil

import pytest

import tests.amazon
from tests.amazon.contract import (
    ANSWERS,
    ContractError,
    check,
    check_answer,
    check_request,
)
from tests.amazon.operations import OPERATIONS

PARTICIPATION = {
    "marketplace": {
        "id": "ATVPDKIKX0DER",
        "name": "Amazon.com",
        "countryCode": "US",
        "defaultCurrencyCode": "USD",
        "defaultLanguageCode": "en_US",
        "domainName": "www.amazon.com",
    },
    "participation": {"isParticipating": True, "hasSuspendedListings": False},
    "storeName": "Nova",
}


def test_a_right_payload_passes():
    check_answer("getMarketplaceParticipations", {"payload": [PARTICIPATION]})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"storeName": None}, "None is no str"),
        ({"storeName": 3}, "3 is no str"),
        ({"color": "red"}, "unknown color"),
        ({"participation": {"isParticipating": True}}, "must not be `None`"),
        ({"participation": {"isParticipating": 1}}, "1 is no bool"),
        ({"participation": []}, "is no Participation"),
    ],
)
def test_a_wrong_payload_is_refused_with_its_place(change, words):
    with pytest.raises(ContractError, match=words):
        check_answer(
            "getMarketplaceParticipations", {"payload": [{**PARTICIPATION, **change}]}
        )


@pytest.mark.parametrize(
    ("package", "name", "value"),
    [
        ("fulfillment_inbound_v0", "ShipmentStatus", "LOST"),
        ("orders_v2026_01_01", "FulfillmentStatus", "Shipped"),
        ("listings_items_v2021_08_01", "IssueEnforcementAction", {"action": 1}),
        ("reports_v2021_06_30", "Report", {"reportId": "1"}),
        ("sales_v1", "Money", {"amount": 1.5, "currencyCode": "EUR"}),
    ],
)
def test_enums_types_and_required_names_are_checked(package, name, value):
    with pytest.raises(ContractError):
        check(value, package, name)


def test_times_must_be_times():
    order = {
        "orderId": "1",
        "createdTime": "yesterday",
        "lastUpdatedTime": "2026-03-02T12:00:00Z",
        "salesChannel": {"channelName": "AMAZON"},
        "orderItems": [],
    }
    with pytest.raises(ContractError, match="yesterday"):
        check_answer("getOrder", {"order": order})


def test_requests_are_checked_too():
    good = {"reportType": "X", "marketplaceIds": ["ATVPDKIKX0DER"]}
    check_request("createReport", good)
    with pytest.raises(ContractError):
        check_request("createReport", {"reportType": "X"})


def test_every_selling_partner_operation_has_a_model():
    importlib.import_module("tests.amazon.service")
    served = {name for name, op in OPERATIONS.items() if op.family == "sp"}
    assert served - set(ANSWERS) == {"cancelReport", "cancelQuery"}


def test_every_fixture_server_is_observed(amazon):
    from sp_api.api import Sellers

    amazon.sp(Sellers, "eu").get_marketplace_participation()
    assert amazon.checked == {"getMarketplaceParticipations": 1}


@pytest.mark.parametrize(
    "name", [module.name for module in pkgutil.iter_modules(tests.amazon.__path__)]
)
def test_examples_in_docstrings_are_true(name):
    module = importlib.import_module(f"tests.amazon.{name}")
    assert doctest.testmod(module).failed == 0
