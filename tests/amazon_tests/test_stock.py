"""FBA inventory and inbound shipments through python-amazon-sp-api."""

import pytest
from sp_api.api import FulfillmentInbound, Inventories, Orders
from sp_api.base import SellingApiBadRequestException

EU = ("DE", "FR", "IT", "ES", "UK")


def stock(amazon, account="na", marketplace="US", **query):
    """Return sku → inventory summary of a marketplace, all pages."""
    inventories = amazon.sp(Inventories, account, marketplace)
    found, token = {}, None
    while True:
        page = inventories.get_inventory_summary_marketplace(
            details=True, **query, **({"nextToken": token} if token else {})
        )
        for row in page.payload["inventorySummaries"]:
            found[row["sellerSku"]] = row
        token = page.next_token
        if not token:
            return found


def free(rows, sku):
    return rows[sku]["inventoryDetails"]["fulfillableQuantity"]


def inbound(amazon, account="na", marketplace="US"):
    return amazon.sp(FulfillmentInbound, account, marketplace, version="v0")


def test_marketplaces_of_a_pool_report_the_same_units(amazon):
    first = stock(amazon, "eu", "DE")
    assert first
    for code in EU[1:]:
        assert stock(amazon, "eu", code) == first


def test_american_pools_are_apart(amazon):
    rows = {code: stock(amazon, "na", code) for code in ("US", "CA", "MX")}
    sku = next(iter(rows["US"]))
    assert len({free(found, sku) for found in rows.values()}) == 3


def test_orders_run_stock_down_and_total_is_the_sum_of_its_parts(start_amazon):
    amazon = start_amazon(enforce_pace=False, replenish=False)
    sku = amazon.account("na")["products"][0]["sku"]
    amazon.set_stock("US", sku, 500, "na")
    before = stock(amazon)[sku]
    assert free({sku: before}, sku) == 500
    amazon.advance(days=3)
    after = stock(amazon)[sku]["inventoryDetails"]
    sold = 500 - after["fulfillableQuantity"]
    assert 20 < sold < 120
    for row in stock(amazon).values():
        details = row["inventoryDetails"]
        parts = (
            details["fulfillableQuantity"]
            + details["inboundWorkingQuantity"]
            + details["inboundShippedQuantity"]
            + details["inboundReceivingQuantity"]
            + details["reservedQuantity"]["totalReservedQuantity"]
            + details["unfulfillableQuantity"]["totalUnfulfillableQuantity"]
        )
        assert row["totalQuantity"] == parts


def test_an_order_in_one_country_takes_from_the_whole_pool(amazon):
    sku = amazon.account("eu")["products"][1]["sku"]
    before = free(stock(amazon, "eu", "UK"), sku)
    amazon.create_order("IT", [{"sku": sku, "quantity": 3}], "eu")
    rows = stock(amazon, "eu", "UK")
    assert free(rows, sku) == before - 3
    held = rows[sku]["inventoryDetails"]["reservedQuantity"]
    assert held["pendingCustomerOrderQuantity"] >= 3


def test_nothing_is_sold_when_nothing_is_there(start_amazon):
    amazon = start_amazon(enforce_pace=False, replenish=False)
    sku = amazon.account("na")["products"][0]["sku"]
    amazon.set_stock("US", sku, 2, "na")
    amazon.advance(days=20)
    assert free(stock(amazon), sku) >= 0
    days = amazon.truth(
        "days", "na", marketplace="US", first="2026-03-04", last="2026-03-20"
    )
    # Only what came back can be sold again.
    sold = sum(day["skus"].get(sku, {"units": 0})["units"] for day in days["US"])
    assert sold < 40


def test_a_cancelled_order_gives_its_units_back(amazon):
    """The truth of stock equals what orders, receipts and returns leave."""
    sku = amazon.account("na")["products"][0]["sku"]
    before = free(stock(amazon), sku)
    amazon.create_order("US", [{"sku": sku, "quantity": 5}], "na", status="CANCELLED")
    assert free(stock(amazon), sku) == before


def test_an_inventory_token_lives_for_thirty_seconds(start_amazon):
    amazon = start_amazon(
        enforce_pace=False, account_options={0: {"products": 120, "region": "na"}}
    )
    inventories = amazon.sp(Inventories, 0, "US")
    token = inventories.get_inventory_summary_marketplace(details=True).next_token
    assert token
    amazon.advance(seconds=30)
    page = inventories.get_inventory_summary_marketplace(details=True, nextToken=token)
    assert page.payload["inventorySummaries"]
    amazon.advance(seconds=1)
    with pytest.raises(SellingApiBadRequestException):
        inventories.get_inventory_summary_marketplace(details=True, nextToken=token)
    assert len(stock(amazon, 0)) == 119


def test_start_time_misses_changes_of_inbound_units(amazon):
    skus = [p["sku"] for p in amazon.account("na")["products"]]
    amazon.create_shipment("MX", {skus[5]: 40}, "na")
    changed = stock(amazon, "na", "MX", startDateTime="2026-03-02T12:00:00Z")
    assert skus[5] not in changed
    assert stock(amazon, "na", "MX")[skus[5]]["inventoryDetails"][
        "inboundWorkingQuantity"
    ]


def test_a_shipment_passes_its_states_and_brings_its_units(amazon):
    skus = [p["sku"] for p in amazon.account("na")["products"][:2]]
    before = stock(amazon)
    number = amazon.create_shipment("US", {skus[0]: 60, skus[1]: 20}, "na")
    client, seen = inbound(amazon), []
    counted = {
        "WORKING": "inboundWorkingQuantity",
        "IN_TRANSIT": "inboundShippedQuantity",
        "RECEIVING": "inboundReceivingQuantity",
    }
    for state in (
        "WORKING",
        "READY_TO_SHIP",
        "SHIPPED",
        "IN_TRANSIT",
        "DELIVERED",
        "CHECKED_IN",
        "RECEIVING",
        "CLOSED",
    ):
        amazon.advance_shipment(
            number, state, {skus[0]: 10} if state == "RECEIVING" else None
        )
        row = client.get_shipments_by_id([number]).payload["ShipmentData"][0]
        seen.append(row["ShipmentStatus"])
        if state in counted:
            grown = _grown(before, stock(amazon), skus[0], counted[state])
            assert grown == (50 if state == "RECEIVING" else 60)
    assert seen[0] == "WORKING" and seen[-1] == "CLOSED" and len(set(seen)) == 8
    items = client.shipment_items_by_shipment(number).payload["ItemData"]
    assert [(i["QuantityShipped"], i["QuantityReceived"]) for i in items] == [
        (60, 60),
        (20, 20),
    ]
    assert free(stock(amazon), skus[0]) == free(before, skus[0]) + 60


def _grown(before, after, sku, name):
    return after[sku]["inventoryDetails"][name] - before[sku]["inventoryDetails"][name]


def test_a_shipment_may_close_short(amazon):
    sku = amazon.account("eu")["products"][0]["sku"]
    before = free(stock(amazon, "eu", "DE"), sku)
    number = amazon.create_shipment("DE", {sku: 100}, "eu")
    amazon.advance_shipment(number, "CLOSED", {sku: 93})
    items = inbound(amazon, "eu", "DE").shipment_items_by_shipment(number)
    assert items.payload["ItemData"][0]["QuantityReceived"] == 93
    assert free(stock(amazon, "eu", "FR"), sku) == before + 93


def test_a_shipment_on_its_way_may_be_closed_by_hand(amazon):
    """What it would have received by itself later is not received twice."""
    rows = amazon.truth("shipments", "eu")
    row = next(r for r in rows if r["status"] in ("IN_TRANSIT", "CHECKED_IN"))
    sku, sent = row["items"][0]["sku"], row["items"][0]["sent"]
    before = free(stock(amazon, "eu", "DE"), sku)
    amazon.advance_shipment(row["id"], "CLOSED")
    assert free(stock(amazon, "eu", "DE"), sku) == before + sent
    amazon.advance(days=40)
    later = next(r for r in amazon.truth("shipments", "eu") if r["id"] == row["id"])
    assert later["status"] == "CLOSED"
    assert [i["received"] for i in later["items"]] == [i["sent"] for i in row["items"]]


def test_shipments_by_time_of_change_over_all_pages(start_amazon):
    amazon = start_amazon(enforce_pace=False, history_days=400)
    window = {
        "QueryType": "DATE_RANGE",
        "LastUpdatedAfter": "2025-01-01T00:00:00Z",
        "LastUpdatedBefore": "2026-03-02T12:00:00Z",
    }
    client = inbound(amazon, "eu", "DE")
    page = client.get_shipments(**window)
    found = page.payload["ShipmentData"]
    while page.payload.get("NextToken"):
        page = client.get_shipments(
            QueryType="NEXT_TOKEN", NextToken=page.payload["NextToken"]
        )
        found += page.payload["ShipmentData"]
    truth = {row["id"]: row for row in amazon.truth("shipments", "eu")}
    assert len(found) > 60 and {row["ShipmentId"] for row in found} == set(truth)
    for row in found:
        assert row["ShipmentStatus"] == truth[row["ShipmentId"]]["status"]
        assert "Date" not in {k for k in row if k.startswith("LastUpdated")}
    closed = [row for row in truth.values() if row["status"] == "CLOSED"]
    short = [
        row for row in closed if any(i["received"] < i["sent"] for i in row["items"])
    ]
    assert 0 < len(short) < len(closed) / 3
    items = client.shipment_items(**window)
    assert len(items.payload["ItemData"]) == 50


@pytest.mark.parametrize(
    "query",
    [
        {"QueryType": "SHIPMENT"},
        {"QueryType": "DATE_RANGE", "LastUpdatedAfter": "2026-01-01T00:00:00Z"},
        {"QueryType": "NEXT_TOKEN", "NextToken": "forged"},
        {"QueryType": "OTHER"},
        {"QueryType": "SHIPMENT", "ShipmentStatusList": "LOST"},
    ],
)
def test_wrong_shipment_queries_are_refused(amazon, query):
    with pytest.raises(SellingApiBadRequestException):
        inbound(amazon).get_shipments(**query)


def test_statuses_are_a_comma_separated_text(amazon):
    rows = inbound(amazon).get_shipments(
        QueryType="SHIPMENT", ShipmentStatusList="CLOSED,IN_TRANSIT"
    )
    states = {row["ShipmentStatus"] for row in rows.payload["ShipmentData"]}
    assert states == {"CLOSED", "IN_TRANSIT"}


def test_stock_is_conserved(start_amazon):
    """First stock + received − ordered + cancelled + returned = stock, for each SKU."""
    amazon = start_amazon(enforce_pace=False)
    world = amazon.server.world
    account = world.accounts[1]
    (pool,) = world.pools(account)
    now = world.clock.now()
    first = pool._first_day(pool.opened // 86400).stock
    for sku, units in pool.stock(now).items():
        expected = first[sku]
        expected += sum(s.received(now, sku) for s in pool.shipments(now))
        for order in pool.orders(pool.opened, now + 1):
            for line in order.lines:
                if line.product.sku == sku and order.status(now) != "CANCELLED":
                    expected -= line.quantity
        for _order, line in pool.returns(pool.opened, now + 1):
            sellable = line.returned.disposition == "SELLABLE"
            if line.product.sku == sku and sellable:
                expected += line.returned.quantity
        assert units == expected, sku


def test_orders_seen_are_the_orders_that_took_the_stock(amazon):
    """What the Orders API lists as sold is what the inventory lost."""
    sku = amazon.account("na")["products"][3]["sku"]
    before = free(stock(amazon), sku)
    number = amazon.create_order("US", [{"sku": sku, "quantity": 4}], "na")
    amazon.advance(minutes=2)
    order = amazon.sp(Orders, "na", "US", version="2026-01-01").get_order(number)
    assert order.payload["order"]["orderItems"][0]["quantityOrdered"] == 4
    assert free(stock(amazon), sku) <= before - 4
