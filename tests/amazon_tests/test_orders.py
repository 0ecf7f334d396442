"""searchOrders and getOrder through python-amazon-sp-api."""

import pytest
from sp_api.api import Orders
from sp_api.base import (
    SellingApiBadRequestException,
    SellingApiForbiddenException,
    SellingApiNotFoundException,
)

ALL = ["PROCEEDS", "FULFILLMENT", "PROMOTION", "CANCELLATION"]


def client(amazon, account="na", marketplace="US"):
    return amazon.sp(Orders, account, marketplace, version="2026-01-01")


def read_all(orders, **query):
    """Return the orders of all pages, in the order in which they came."""
    query.setdefault("includedData", ALL)
    found, token = [], None
    while True:
        page = orders.search_orders(
            **query, **({"paginationToken": token} if token else {})
        )
        found += page.payload["orders"]
        token = page.next_token
        if not token:
            return found


def test_all_pages_together_are_the_orders_that_were_placed(amazon):
    read = read_all(client(amazon), createdAfter="2026-02-20T08:00:00Z")
    days = amazon.truth(
        "orders", "na", marketplace="US", first="2026-02-20", last="2026-03-02"
    )
    placed = [
        row["id"] for row in days["US"] if row["created"] <= "2026-03-02T11:58:00Z"
    ]
    assert len(placed) > 300
    assert [order["orderId"] for order in read] == placed


def test_a_page_holds_at_most_a_hundred_orders(amazon):
    page = client(amazon).search_orders(createdAfter="2026-02-01T00:00:00Z")
    assert len(page.payload["orders"]) == 100
    smaller = client(amazon).search_orders(
        createdAfter="2026-02-01T00:00:00Z", maxResultsPerPage=7
    )
    assert len(smaller.payload["orders"]) == 7


def test_windows_by_last_change_meet_without_gap_or_overlap(amazon):
    orders, seen = client(amazon), {}
    after = "2026-02-27T00:00:00Z"
    for _round in range(4):
        amazon.advance(hours=7)
        page = orders.search_orders(lastUpdatedAfter=after, maxResultsPerPage=1)
        for order in read_all(orders, lastUpdatedAfter=after):
            seen[order["orderId"]] = order["fulfillment"]["fulfillmentStatus"]
        after = page.payload["lastUpdatedBefore"]
    truth = amazon.truth(
        "orders", "na", marketplace="US", first="2026-02-27", last="2026-03-03"
    )
    expected = {r["id"]: r["status"] for r in truth["US"] if r["updated"] <= after}
    assert expected.items() <= seen.items()


def test_an_order_goes_from_pending_to_shipped(amazon):
    orders = client(amazon)
    amazon.advance(hours=9)
    since = "2026-03-02T19:00:00Z"
    first = {o["orderId"]: o for o in read_all(orders, createdAfter=since)}
    amazon.advance(days=3)
    until = "2026-03-02T20:58:00Z"
    later = {
        o["orderId"]: o
        for o in read_all(orders, createdAfter=since, createdBefore=until)
    }
    assert first.keys() == later.keys() and first
    states = {o["fulfillment"]["fulfillmentStatus"] for o in later.values()}
    assert states <= {"SHIPPED", "CANCELLED"}
    early = {o["fulfillment"]["fulfillmentStatus"] for o in first.values()}
    assert "UNSHIPPED" in early


def test_a_pending_order_has_no_price_yet(amazon):
    sku = amazon.account("na")["products"][0]["sku"]
    number = amazon.create_order(
        "US", [{"sku": sku, "quantity": 2}], "na", status="PENDING", paid_after=600
    )
    order = client(amazon).get_order(number, includedData=ALL).payload["order"]
    assert order["fulfillment"]["fulfillmentStatus"] == "PENDING"
    assert "proceeds" not in order
    assert "price" not in order["orderItems"][0]["product"]
    amazon.advance(minutes=11)
    order = client(amazon).get_order(number, includedData=ALL).payload["order"]
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert order["orderItems"][0]["product"]["price"]["unitPrice"]["amount"]


def test_proceeds_of_lines_add_up_to_the_grand_total(amazon):
    from decimal import Decimal

    read = read_all(client(amazon), createdAfter="2026-02-25T00:00:00Z")
    shipped = [
        o
        for o in read
        if o["fulfillment"]["fulfillmentStatus"] in ("SHIPPED", "UNSHIPPED")
    ]
    for order in shipped:
        total = sum(
            Decimal(part["subtotal"]["amount"])
            for item in order["orderItems"]
            for part in item["proceeds"]["breakdowns"]
        )
        assert total == Decimal(order["proceeds"]["grandTotal"]["amount"])
    assert any(len(order["orderItems"]) > 1 for order in shipped)
    kinds = {
        part["type"]
        for order in shipped
        for item in order["orderItems"]
        for part in item["proceeds"]["breakdowns"]
    }
    assert kinds == {"ITEM", "TAX", "DISCOUNT", "SHIPPING"}


def test_an_order_is_visible_after_two_minutes(amazon):
    sku = amazon.account("na")["products"][0]["sku"]
    number = amazon.create_order("US", [{"sku": sku}], "na")
    since = "2026-03-02T11:00:00Z"

    def ids():
        return [o["orderId"] for o in read_all(client(amazon), createdAfter=since)]

    assert number not in ids()
    amazon.advance(minutes=2)
    assert number in ids()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {
            "createdAfter": "2026-03-01T00:00:00Z",
            "lastUpdatedAfter": "2026-03-01T00:00:00Z",
        },
        {
            "createdAfter": "2026-03-01T00:00:00Z",
            "lastUpdatedBefore": "2026-03-01T01:00:00Z",
        },
        {"lastUpdatedAfter": "2026-03-01T00:00:00"},
        {"lastUpdatedAfter": "yesterday"},
        {
            "createdAfter": "2026-03-01T00:00:00Z",
            "createdBefore": "2026-03-02T11:59:00Z",
        },
        {
            "createdAfter": "2026-03-02T00:00:00Z",
            "createdBefore": "2026-03-01T00:00:00Z",
        },
        {"createdAfter": "2026-03-01T00:00:00Z", "maxResultsPerPage": 101},
        {"createdAfter": "2026-03-01T00:00:00Z", "fulfillmentStatuses": ["LOST"]},
        {"createdAfter": "2026-03-01T00:00:00Z", "marketplaceIds": ["A1PA6795UKMFR9"]},
    ],
)
def test_wrong_queries_are_refused(amazon, query):
    with pytest.raises(SellingApiBadRequestException) as caught:
        client(amazon).search_orders(**query)
    assert caught.value.amzn_code == "InvalidInput"


def test_a_page_token_lives_for_a_day_and_for_its_query(amazon):
    query = {"createdAfter": "2026-02-01T00:00:00Z"}
    token = client(amazon).search_orders(**query).next_token
    amazon.advance(hours=23)
    assert (
        client(amazon).search_orders(**query, paginationToken=token).payload["orders"]
    )
    with pytest.raises(SellingApiBadRequestException):
        other = {"createdAfter": "2026-02-02T00:00:00Z"}
        client(amazon).search_orders(**other, paginationToken=token)
    with pytest.raises(SellingApiBadRequestException):
        client(amazon, "eu", "DE").search_orders(**query, paginationToken=token)
    amazon.advance(hours=2)
    with pytest.raises(SellingApiBadRequestException):
        client(amazon).search_orders(**query, paginationToken=token)


def test_filters_by_status_sender_and_marketplace(amazon):
    query = {"createdAfter": "2026-02-10T00:00:00Z"}
    cancelled = read_all(client(amazon), **query, fulfillmentStatuses=["CANCELLED"])
    assert cancelled
    for order in cancelled:
        assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        for item in order["orderItems"]:
            assert item["cancellation"]["cancellationExecution"]["cancelledBy"]
    own = read_all(client(amazon), **query, fulfilledBy=["MERCHANT"])
    assert {o["fulfillment"]["fulfilledBy"] for o in own} == {"MERCHANT"}
    sites = ["A1PA6795UKMFR9", "A13V1IB3VIYZZH"]
    both = read_all(client(amazon, "eu", "DE"), **query, marketplaceIds=sites)
    assert {o["salesChannel"]["marketplaceId"] for o in both} == set(sites)


def test_no_buyer_is_ever_sent_unless_a_fault_leaks_it(amazon):
    everything = ["BUYER", "RECIPIENT", *ALL]
    page = client(amazon).search_orders(
        createdAfter="2026-02-20T00:00:00Z", includedData=everything
    )
    for order in page.payload["orders"]:
        assert not {"buyer", "recipient", "payment", "tax"} & set(order)
    amazon.fault("buyer_data", "searchOrders")
    page = client(amazon).search_orders(createdAfter="2026-02-20T00:00:00Z")
    assert "PII-MARKER" in page.payload["orders"][0]["buyer"]["buyerName"]


def test_an_unknown_order_and_a_foreign_one_are_not_found(amazon):
    with pytest.raises(SellingApiNotFoundException):
        client(amazon).get_order("114-0000000-0000000")
    foreign = amazon.truth("orders", "eu", marketplace="DE")["DE"][0]["id"]
    with pytest.raises(SellingApiNotFoundException):
        client(amazon).get_order(foreign)


def test_a_missing_role_is_refused(amazon):
    amazon.post("account", account="na", roles=["Product Listing"])
    with pytest.raises(SellingApiForbiddenException) as caught:
        client(amazon).search_orders(createdAfter="2026-02-20T00:00:00Z")
    assert "Inventory and Order Tracking" in caught.value.error[0]["details"]
