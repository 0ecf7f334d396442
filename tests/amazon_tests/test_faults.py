"""Every fault, as the real clients see it."""

import time

import httpx
import pytest
import requests
from ad_api.api import Profiles
from ad_api.base.exceptions import AdvertisingApiInternalServerErrorException
from sp_api.api import Inventories, Orders
from sp_api.base import (
    SellingApiBadRequestException,
    SellingApiException,
    SellingApiForbiddenException,
    SellingApiRequestThrottledException,
    SellingApiServerException,
    SellingApiTemporarilyUnavailableException,
)

from tests.amazon.client import ControlError
from tests.amazon.faults import KINDS

QUERY = {"createdAfter": "2026-02-20T00:00:00Z"}


def client(amazon, **options):
    return amazon.sp(Orders, "na", "US", version="2026-01-01", **options)


def search(amazon, **options):
    return client(amazon, **options).search_orders(**QUERY)


def raw(amazon, **options):
    """Return the plain HTTP response of a search."""
    token = client(amazon).auth.access_token
    return httpx.get(
        f"{amazon.url}/orders/2026-01-01/orders",
        params=QUERY,
        headers={"x-amz-access-token": token},
        **options,
    )


def pages(amazon, size=50):
    """Return the order ids of each page."""
    found, token = [], None
    while len(found) < 50:
        extra = {"paginationToken": token} if token else {}
        page = client(amazon).search_orders(**QUERY, maxResultsPerPage=size, **extra)
        found.append([order["orderId"] for order in page.payload["orders"]])
        token = page.next_token
        if not token:
            return found
    return found


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("error_500", SellingApiServerException),
        ("error_503", SellingApiTemporarilyUnavailableException),
        ("error_403", SellingApiForbiddenException),
        ("error_429", SellingApiRequestThrottledException),
        ("error_401", SellingApiException),
    ],
)
def test_errors_in_amazons_shape(amazon, kind, error):
    amazon.fault(kind, "searchOrders")
    with pytest.raises(error):
        search(amazon)
    assert search(amazon).payload["orders"]


def test_an_html_503_and_a_bare_403_raise_nothing_in_the_client(amazon):
    """The trap for which a client must look at the status itself."""
    for kind, status in (("html_503", 503), ("bare_403", 403)):
        amazon.fault(kind, "searchOrders", count=2)
        assert "orders" not in (search(amazon).payload or {})
        response = raw(amazon)
        assert response.status_code == status
        assert "errors" not in response.text


def test_html_with_a_200(amazon):
    amazon.fault("html_200", "searchOrders")
    response = raw(amazon)
    assert response.status_code == 200 and "<html>" in response.text


def test_a_cut_off_json(amazon):
    amazon.fault("cut_json", "searchOrders")
    response = raw(amazon)
    assert response.status_code == 200
    with pytest.raises(ValueError):
        response.json()


def test_a_wrong_content_length(amazon):
    amazon.fault("wrong_length", "searchOrders")
    with pytest.raises(httpx.RemoteProtocolError):
        search(amazon)
    assert search(amazon).payload["orders"]


def test_a_reset_connection(amazon):
    amazon.fault("reset", "searchOrders")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        search(amazon)
    assert search(amazon).payload["orders"]


def test_a_hanging_socket_ends_in_the_clients_time_out(amazon):
    amazon.fault("hang", "searchOrders", seconds=30)
    begun = time.monotonic()
    with pytest.raises(httpx.TimeoutException):
        search(amazon, timeout=0.3)
    assert time.monotonic() - begun < 5
    assert search(amazon).payload["orders"]


def test_a_slow_answer_arrives(amazon):
    amazon.fault("slow", "searchOrders", seconds=0.3)
    begun = time.monotonic()
    assert search(amazon).payload["orders"]
    assert time.monotonic() - begun >= 0.3


def test_huge_and_deeply_nested_answers(amazon):
    amazon.fault("huge", "searchOrders", bytes=3_000_000)
    assert len(raw(amazon).content) > 3_000_000
    amazon.fault("deep_json", "searchOrders", depth=50_000)
    assert raw(amazon).text.startswith("[" * 50_000)


def test_a_repeated_page(amazon):
    whole = pages(amazon)
    amazon.fault("repeated_page", "searchOrders", after=1)
    assert pages(amazon) == [whole[0], whole[1], whole[1], *whole[2:]]


def test_reordered_pages(amazon):
    whole = pages(amazon)
    amazon.fault("reordered_page", "searchOrders")
    assert pages(amazon) == [whole[1], whole[0], *whole[2:]]


def test_a_shuffled_page(amazon):
    whole = pages(amazon)
    amazon.fault("shuffled_page", "searchOrders")
    assert pages(amazon) == [whole[0][::-1], *whole[1:]]


def test_an_order_on_two_pages(amazon):
    whole = pages(amazon)
    amazon.fault("duplicated_item", "searchOrders")
    assert pages(amazon) == [whole[0], [whole[0][-1], *whole[1]], *whole[2:]]


def test_an_empty_page_in_between(amazon):
    whole = pages(amazon)
    amazon.fault("empty_page", "searchOrders", after=1)
    assert pages(amazon) == [whole[0], [], *whole[1:]]


def test_pages_that_never_end(amazon):
    amazon.fault("repeated_page", "searchOrders", count=None)
    assert len(pages(amazon)) == 50


def test_a_forged_page_token(amazon):
    with pytest.raises(SellingApiBadRequestException):
        client(amazon).search_orders(**QUERY, paginationToken="eyJhIjoxfQ==.0")


def test_faults_strike_their_operation_account_and_count_only(amazon):
    amazon.fault("error_500", "searchOrders", account="eu", count=2)
    assert search(amazon).payload["orders"]
    european = amazon.sp(Orders, "eu", "DE", version="2026-01-01")
    stock = amazon.sp(Inventories, "eu", "DE")
    assert stock.get_inventory_summary_marketplace().payload
    for _strike in range(2):
        with pytest.raises(SellingApiServerException):
            european.search_orders(**QUERY)
    assert european.search_orders(**QUERY).payload["orders"]
    assert amazon.control("GET", "faults") == {"faults": []}


def test_faults_may_wait_and_may_stay(amazon):
    amazon.fault("error_500", "searchOrders", after=1, count=None)
    assert search(amazon).payload["orders"]
    for _strike in range(3):
        with pytest.raises(SellingApiServerException):
            search(amazon)
    (armed,) = amazon.control("GET", "faults")["faults"]
    assert armed["struck"] == 3
    amazon.clear_faults()
    assert search(amazon).payload["orders"]


def test_patterns_strike_whole_services(amazon):
    amazon.fault("error_500", "ads.*", count=None)
    with pytest.raises(AdvertisingApiInternalServerErrorException):
        amazon.ads(Profiles, "eu").list_profiles()
    assert search(amazon).payload["orders"]
    amazon.clear_faults()
    amazon.fault("reset", "ads.*")
    with pytest.raises(requests.exceptions.ConnectionError):
        amazon.ads(Profiles, "eu").list_profiles()


def test_the_token_endpoint_fails_too(amazon):
    amazon.fault("html_503", "lwa.token")
    with pytest.raises(ValueError):
        search(amazon)
    assert search(amazon).payload["orders"]


def test_what_struck_is_in_the_log(amazon):
    amazon.fault("error_500", "searchOrders")
    with pytest.raises(SellingApiServerException):
        search(amazon)
    (call,) = amazon.calls(operation="searchOrders")
    assert call["faults"] == ["error_500"] and call["status"] == 500


def test_an_unknown_fault_is_refused_by_name(amazon):
    with pytest.raises(ControlError, match="unknown fault 'bad luck'"):
        amazon.fault("bad luck")
    assert len(KINDS) == len(set(KINDS))
