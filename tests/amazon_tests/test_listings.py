"""Listings items, prices and notifications through python-amazon-sp-api."""

import pytest
from sp_api.api import ListingsItems, Notifications, Products
from sp_api.api.products.products_2022_05_01 import ProductsV20220501
from sp_api.base import (
    SellingApiBadRequestException,
    SellingApiNotFoundException,
    SellingApiStateConflictException,
)

DATA = ["summaries", "issues", "offers", "fulfillmentAvailability", "relationships"]
DE = "A1PA6795UKMFR9"


def listings(amazon, account="eu", code="DE", **query):
    """Return sku → item, over all pages."""
    client = amazon.sp(ListingsItems, account, code, version="2021-08-01")
    seller, found, token = amazon.account(account)["seller_id"], {}, None
    while True:
        page = client.search_listings_items(
            seller,
            includedData=DATA,
            **query,
            **({"pageToken": token} if token else {}),
        )
        found.update({item["sku"]: item for item in page.payload["items"]})
        token = page.next_token
        if not token:
            return found


def test_all_listings_with_their_offers(amazon):
    found = listings(amazon)
    products = {p["sku"]: p for p in amazon.account("eu")["products"]}
    assert set(found) == set(products)
    for sku, item in found.items():
        summary = item["summaries"][0]
        assert summary["asin"] == products[sku]["asin"]
        assert summary["status"] == ["BUYABLE", "DISCOVERABLE"]
        assert item["offers"][0]["price"]["currencyCode"] == "EUR"
        sent_by_amazon = products[sku]["fulfilled_by"] == "AMAZON"
        availability = item["fulfillmentAvailability"][0]
        assert ("quantity" in availability) is not sent_by_amazon


def test_a_suppressed_listing_says_why_and_recovers(amazon):
    sku = amazon.account("eu")["products"][2]["sku"]
    amazon.advance(hours=1)
    amazon.change_listing("DE", sku, "eu", suppressed=True)
    assert set(listings(amazon, withIssueSeverity="ERROR")) == {sku}
    changed = listings(amazon, lastUpdatedAfter="2026-03-02T12:30:00Z")
    assert set(changed) == {sku}
    item = changed[sku]
    assert item["summaries"][0]["status"] == ["BUYABLE"]
    assert item["issues"][0]["severity"] == "ERROR"
    assert not listings(amazon, code="FR", withIssueSeverity="ERROR")
    amazon.change_listing("DE", sku, "eu", suppressed=False)
    assert not listings(amazon, withIssueSeverity="ERROR")


def test_a_listing_without_stock_is_not_buyable(amazon):
    sku = amazon.account("eu")["products"][0]["sku"]
    amazon.set_stock("DE", sku, 0, "eu")
    assert listings(amazon)[sku]["summaries"][0]["status"] == ["DISCOVERABLE"]
    assert sku not in listings(amazon, withStatus="BUYABLE")


def test_a_product_added_later_appears_without_orders(amazon):
    amazon.add_product("NV-NEW-1", "eu", title="New thing", price=24.99)
    assert "NV-NEW-1" in listings(amazon)
    amazon.create_shipment("DE", {"NV-NEW-1": 80}, "eu", status="CLOSED")
    amazon.advance(days=10)
    assert amazon.truth("stock", "eu")["EU"]["NV-NEW-1"]["available"] == 80
    item = listings(amazon, identifiers="NV-NEW-1", identifiersType="SKU")["NV-NEW-1"]
    assert item["summaries"][0]["createdDate"] == "2026-03-02T12:00:00Z"


def test_one_listing_and_wrong_ones(amazon):
    client = amazon.sp(ListingsItems, "eu", "DE", version="2021-08-01")
    seller = amazon.account("eu")["seller_id"]
    sku = amazon.account("eu")["products"][0]["sku"]
    assert client.get_listings_item(seller, sku).payload["sku"] == sku
    with pytest.raises(SellingApiNotFoundException):
        client.get_listings_item(seller, "no such/sku")
    with pytest.raises(SellingApiBadRequestException):
        client.search_listings_items("ASOMEBODYELSE")
    with pytest.raises(SellingApiBadRequestException):
        client.search_listings_items(seller, pageSize=50)


def test_the_buy_box_may_be_lost(amazon):
    product = amazon.account("eu")["products"][0]
    prices = amazon.sp(Products, "eu", "DE")

    def featured():
        (row,) = prices.get_competitive_pricing_for_skus([product["sku"]]).payload
        (price,) = row["Product"]["CompetitivePricing"]["CompetitivePrices"]
        return price["belongsToRequester"], price["Price"]["LandedPrice"]["Amount"]

    own, price = featured()
    assert own
    amazon.change_buy_box("DE", product["sku"], False, "eu")
    lost, lower = featured()
    assert not lost and lower < price
    unknown = prices.get_competitive_pricing_for_asins(["B000000000"]).payload
    assert unknown[0]["status"] == "ClientError"
    request = {
        "asin": product["asin"],
        "marketplaceId": DE,
        "includedData": [
            "featuredBuyingOptions",
            "lowestPricedOffers",
            "referencePrices",
        ],
        "method": "GET",
        "uri": "/products/pricing/2022-05-01/items/competitiveSummary",
    }
    client = amazon.sp(ProductsV20220501, "eu", "DE")
    wrong = dict(request, asin="B000000000")
    good, bad = client.get_competitive_summary_batch([request, wrong]).payload[
        "responses"
    ]
    offer = good["body"]["featuredBuyingOptions"][0]["segmentedFeaturedOffers"][0]
    assert offer["sellerId"] != amazon.account("eu")["seller_id"]
    assert bad["status"]["statusCode"] == 400


def test_destinations_and_subscriptions(amazon):
    client = amazon.sp(Notifications, "eu", "DE")
    queue = "arn:aws:sqs:eu-west-1:123456789012:orders"
    made = client.create_destination("orders", arn=queue).payload
    with pytest.raises(SellingApiStateConflictException):
        client.create_destination("again", arn=queue)
    assert client.get_destinations().payload
    assert client.get_destination(made["destinationId"]).payload == made
    with pytest.raises(SellingApiNotFoundException):
        client.get_subscription("ORDER_CHANGE")
    kept = client.create_subscription(
        "ORDER_CHANGE", destination_id=made["destinationId"]
    ).payload
    assert client.get_subscription("ORDER_CHANGE").payload == kept
    with pytest.raises(SellingApiBadRequestException):
        client.create_subscription(
            "LISTINGS_ITEM_STATUS_CHANGE", destination_id=made["destinationId"]
        )
    identifier = kept["subscriptionId"]
    assert client.get_subscription_by_id("ORDER_CHANGE", identifier).payload == kept
    client.delete_notification_subscription("ORDER_CHANGE", identifier)
    with pytest.raises(SellingApiNotFoundException):
        client.get_subscription("ORDER_CHANGE")
    client.delete_destination(made["destinationId"])
    assert (
        client.get_destinations().payload == [] or not client.get_destinations().payload
    )
