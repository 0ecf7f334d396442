"""Amazon's rates: buckets, headers, refusals, and the log that shows them."""

import pytest
from sp_api.api import Inventories, Orders
from sp_api.base import SellingApiRequestThrottledException

QUERY = {"createdAfter": "2026-03-01T00:00:00Z", "maxResultsPerPage": 1}


def orders(amazon, account="na", marketplace="US"):
    return amazon.sp(Orders, account, marketplace, version="2026-01-01")


def calls_until_refused(client, limit=60):
    """Return how many searches are answered before one is refused."""
    for number in range(limit):
        try:
            client.search_orders(**QUERY)
        except SellingApiRequestThrottledException:
            return number
    return limit


def test_a_burst_is_granted_then_calls_are_refused(start_amazon):
    amazon = start_amazon()
    assert calls_until_refused(orders(amazon)) == 20


def test_the_rate_is_told_in_a_header_of_answers_and_refusals(start_amazon):
    amazon = start_amazon()
    client = orders(amazon)
    assert client.search_orders(**QUERY).rate_limit == "0.0056"
    calls_until_refused(client)
    with pytest.raises(SellingApiRequestThrottledException) as caught:
        client.search_orders(**QUERY)
    assert caught.value.amzn_code == "QuotaExceeded"
    assert caught.value.headers["x-amzn-RateLimit-Limit"] == "0.0056"
    assert orders(amazon).get_order(_any_order(amazon)).rate_limit == "0.5"


def _any_order(amazon):
    rows = amazon.truth("orders", "na", marketplace="US", first="2026-03-01")["US"]
    return rows[0]["id"]


def test_tokens_flow_back_with_time(start_amazon):
    amazon = start_amazon()
    client = orders(amazon)
    calls_until_refused(client)
    # A token every 178.6 seconds.
    amazon.post("clock", seconds=178)
    assert calls_until_refused(client) == 0
    amazon.post("clock", seconds=1)
    assert calls_until_refused(client) == 1
    amazon.post("clock", minutes=30)
    assert calls_until_refused(client) == 10
    amazon.set_time("2026-03-04T00:00:00Z")
    assert calls_until_refused(orders(amazon)) == 20


def test_accounts_and_operations_have_buckets_of_their_own(start_amazon):
    amazon = start_amazon()
    calls_until_refused(orders(amazon))
    assert calls_until_refused(orders(amazon, "eu", "DE")) == 20
    stock = amazon.sp(Inventories, "na", "US")
    assert stock.get_inventory_summary_marketplace().payload


def test_an_account_may_have_another_rate(start_amazon):
    amazon = start_amazon()
    values = {"operation": "searchOrders", "rate": 0.5, "burst": 3}
    amazon.post("pace", account="eu", **values)
    client = orders(amazon, "eu", "DE")
    assert client.search_orders(**QUERY).rate_limit == "0.5"
    assert calls_until_refused(client) == 2
    assert orders(amazon).search_orders(**QUERY).rate_limit == "0.0056"


def test_pace_may_be_switched_off_and_violations_are_still_counted(start_amazon):
    amazon = start_amazon()
    amazon.settings(enforce_pace=False)
    assert calls_until_refused(orders(amazon), 25) == 25
    seller = amazon.account("na")["seller_id"]
    assert amazon.violations() == {f"{seller} searchOrders": 5}


def test_refused_calls_are_violations_and_faults_are_not(start_amazon):
    amazon = start_amazon()
    client = orders(amazon)
    calls_until_refused(client)
    amazon.fault("error_429", "getOrder")
    with pytest.raises(SellingApiRequestThrottledException):
        client.get_order("114-0000000-0000000")
    seller = amazon.account("na")["seller_id"]
    assert amazon.violations() == {f"{seller} searchOrders": 1}


def test_the_log_knows_account_operation_time_and_status(start_amazon):
    amazon = start_amazon()
    orders(amazon).search_orders(**QUERY)
    amazon.advance(minutes=5)
    orders(amazon, "eu", "DE").search_orders(**QUERY)
    log = amazon.calls(operation="searchOrders")
    assert [(c["account"], c["at"], c["status"]) for c in log] == [
        (amazon.account("na")["seller_id"], "2026-03-02T12:00:00Z", 200),
        (amazon.account("eu")["seller_id"], "2026-03-02T12:05:00Z", 200),
    ]
    assert log[0]["params"]["createdAfter"] == QUERY["createdAfter"]
    assert amazon.calls(since=log[0]["number"], account="na") == []
    assert len(amazon.calls(account="eu", operation="searchOrders")) == 1
    amazon.control("DELETE", "calls")
    assert amazon.calls() == []


def test_a_running_clock_paces_by_real_seconds():
    """Simulated time may race; tokens and buckets follow the machine's clock."""
    from tests.amazon.clock import Clock

    real = iter(range(0, 10_000, 10)).__next__
    clock = Clock("2026-03-02T12:00:00Z", speed=60, monotonic=real)
    first_wire, first_shop = clock.wire(), clock.now()
    second_wire, second_shop = clock.wire(), clock.now()
    assert second_wire - first_wire == 20
    assert second_shop - first_shop == 20 * 60
