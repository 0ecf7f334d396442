"""Order metrics, finances and Data Kiosk: aggregates that equal the truth."""

import json
from decimal import Decimal

import pytest
from sp_api.api import DataKiosk, Finances, Sales
from sp_api.base import (
    Granularity,
    SellingApiBadRequestException,
    SellingApiForbiddenException,
)

BERLIN = ("2026-02-20T00:00:00+01:00", "2026-03-03T00:00:00+01:00")
PLACES = {
    ("na", "US"): ("America/Los_Angeles", "-08:00"),
    ("eu", "DE"): ("Europe/Berlin", "+01:00"),
    ("eu", "UK"): ("Europe/London", "+00:00"),
    (2, "JP"): ("Asia/Tokyo", "+09:00"),
}


@pytest.mark.parametrize(("account", "code"), PLACES)
def test_days_of_the_store_equal_the_truth(start_amazon, account, code):
    amazon = start_amazon(enforce_pace=False, accounts=3)
    zone, offset = PLACES[account, code]
    interval = tuple(f"2026-{day}T00:00:00{offset}" for day in ("02-20", "03-03"))
    rows = amazon.sp(Sales, account, code).get_order_metrics(
        interval, Granularity.DAY, granularityTimeZone=zone
    )
    truth = amazon.truth(
        "days", account, marketplace=code, first="2026-02-20", last="2026-03-02"
    )[code]
    assert len(rows.payload) == len(truth) == 11
    for row, day in zip(rows.payload, truth, strict=True):
        assert row["interval"].startswith(day["date"])
        assert row["unitCount"] == day["units"]
        assert row["orderCount"] == day["orders"]
        assert row["orderItemCount"] == day["order_items"]
        assert Decimal(row["totalSales"]["amount"]) == Decimal(day["gmv"])


def test_a_day_in_another_zone_is_another_sum(amazon):
    def days(zone):
        rows = amazon.truth(
            "days",
            "na",
            marketplace="US",
            first="2026-02-20",
            last="2026-02-24",
            tz=zone,
        )
        return [row["orders"] for row in rows["US"]]

    assert days("America/Los_Angeles") != days("UTC")


def test_the_day_of_the_change_to_summer_time_has_23_hours(start_amazon):
    amazon = start_amazon(enforce_pace=False, start="2026-04-02T12:00:00Z")
    sales = amazon.sp(Sales, "eu", "DE")
    interval = ("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00")
    (day,) = sales.get_order_metrics(
        interval, Granularity.DAY, granularityTimeZone="Europe/Berlin"
    ).payload
    hours = sales.get_order_metrics(interval, Granularity.HOUR).payload
    assert len(hours) == 23
    assert sum(row["unitCount"] for row in hours) == day["unitCount"] > 0
    (truth,) = amazon.truth(
        "days", "eu", marketplace="DE", first="2026-03-29", last="2026-03-29"
    )["DE"]
    assert truth["units"] == day["unitCount"]


def test_granularities_and_filters_agree(amazon):
    sales = amazon.sp(Sales, "eu", "DE")

    def units(granularity, **query):
        rows = sales.get_order_metrics(
            BERLIN, granularity, granularityTimeZone="Europe/Berlin", **query
        ).payload
        return sum(row["unitCount"] for row in rows), len(rows)

    total, one = units(Granularity.TOTAL)
    assert one == 1 and total > 100
    assert units(Granularity.DAY) == (total, 11)
    assert units(Granularity.WEEK) == (total, 3)
    assert units(Granularity.MONTH) == (total, 2)
    assert (
        units(Granularity.TOTAL, fulfillmentNetwork="AFN")[0]
        + units(Granularity.TOTAL, fulfillmentNetwork="MFN")[0]
        == total
    )
    parts = [
        units(Granularity.TOTAL, sku=product["sku"])[0]
        for product in amazon.account("eu")["products"]
    ]
    assert sum(parts) == total


@pytest.mark.parametrize(
    ("interval", "granularity", "query"),
    [
        (BERLIN, Granularity.DAY, {}),
        (BERLIN, Granularity.DAY, {"granularityTimeZone": "UTC"}),
        (BERLIN, Granularity.DAY, {"granularityTimeZone": "Nowhere/City"}),
        (("2026-02-20T00:00:00", "2026-03-01T00:00:00"), Granularity.TOTAL, {}),
        (("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), Granularity.HOUR, {}),
        (BERLIN[::-1], Granularity.TOTAL, {}),
        (BERLIN, Granularity.TOTAL, {"sku": "a", "asin": "b"}),
    ],
)
def test_wrong_metrics_queries_are_refused(amazon, interval, granularity, query):
    with pytest.raises(SellingApiBadRequestException):
        amazon.sp(Sales, "eu", "DE").get_order_metrics(interval, granularity, **query)


def transactions(amazon, account="eu", **query):
    finances = amazon.sp(Finances, account, version="2024-06-19")
    found, token = [], None
    while True:
        page = finances.list_transactions(
            **query, **({"nextToken": token} if token else {})
        ).payload
        found += page["transactions"]
        token = page.get("nextToken")
        if not token:
            return found


def test_refunds_equal_the_truth(amazon):
    site = "A1PA6795UKMFR9"
    rows = transactions(amazon, postedAfter="2026-02-01T00:00:00Z", marketplaceId=site)
    refunds = [row for row in rows if row["transactionType"] == "Refund"]
    back = sum(
        Decimal(str(part["breakdownAmount"]["currencyAmount"]))
        for row in refunds
        for part in row["breakdowns"]
        if part["breakdownType"] == "Sales"
    )
    truth = amazon.truth(
        "days", "eu", marketplace="DE", first="2026-02-01", last="2026-02-28", tz="UTC"
    )["DE"]
    # Nothing younger than two days is told: 28 February 12:00 is the last moment.
    assert max(row["postedDate"] for row in rows) < "2026-02-28T12:00:00Z"
    whole = [row for row in truth if row["date"] < "2026-02-28"]
    expected = sum(Decimal(row["refund_amount"]) for row in whole)
    last_day = sum(
        Decimal(str(part["breakdownAmount"]["currencyAmount"]))
        for row in refunds
        if row["postedDate"] >= "2026-02-28"
        for part in row["breakdowns"]
        if part["breakdownType"] == "Sales"
    )
    assert -(back - last_day) == expected > 0


def test_amounts_of_a_transaction_add_up(amazon):
    rows = transactions(amazon, "na", postedAfter="2026-02-20T00:00:00Z")
    assert {row["transactionType"] for row in rows} == {
        "Shipment",
        "Refund",
        "ServiceFee",
    }
    for row in rows:
        parts = sum(
            Decimal(str(p["breakdownAmount"]["currencyAmount"]))
            for p in row["breakdowns"]
        )
        assert parts == Decimal(str(row["totalAmount"]["currencyAmount"]))


def test_more_than_half_a_year_is_answered_with_nothing(start_amazon):
    amazon = start_amazon(enforce_pace=False, history_days=300)
    site = {"marketplaceId": "A1RKKUPIHCS9HS"}
    assert transactions(amazon, postedAfter="2026-02-01T00:00:00Z", **site)
    assert transactions(amazon, postedAfter="2025-06-01T00:00:00Z", **site) == []
    with pytest.raises(SellingApiBadRequestException):
        transactions(amazon)
    with pytest.raises(SellingApiBadRequestException):
        transactions(amazon, postedAfter="2026-03-02T11:59:00Z")


ECONOMICS = """query Money { analytics_economics_2024_03_15 { economics(
    startDate: "2026-02-20", endDate: "2026-02-25", marketplaceIds: ["A1PA6795UKMFR9"]
    aggregateBy: {date: DAY, productId: MSKU}) {
  startDate endDate marketplaceId msku childAsin
  sales { orderedProductSales { amount currencyCode } unitsOrdered
          netProductSales { amount } unitsRefunded }
  fees { feeTypeName charges { aggregatedDetail { totalAmount { amount } } } }
  ads { adTypeName charge { totalAmount { amount } } }
  netProceeds { total { amount } } } } }"""
TRAFFIC = """{ analytics_salesAndTraffic_2024_04_24 { salesAndTrafficByDate(
    aggregateBy: DAY, startDate: "2026-02-20", endDate: "2026-02-25",
    marketplaceIds: ["A1PA6795UKMFR9"]) {
  startDate sales { unitsOrdered orderedProductSales { amount } }
  traffic { sessions unitSessionPercentage } } } }"""


def run_query(amazon, text):
    """Return the rows of a query that is ready at once."""
    kiosk = amazon.sp(DataKiosk, "eu", "DE")
    state = kiosk.get_query(kiosk.create_query(text).payload["queryId"]).payload
    assert state["processingStatus"] == "DONE"
    if "dataDocumentId" not in state:
        return []
    answer = kiosk.get_document(state["dataDocumentId"], download=True)
    return [json.loads(line) for line in answer.payload["document"].splitlines()]


def truth_by_day(amazon):
    return amazon.truth(
        "days", "eu", marketplace="DE", first="2026-02-20", last="2026-02-25"
    )["DE"]


def test_economics_by_sku_and_day_equal_the_truth(amazon):
    rows = run_query(amazon, ECONOMICS)
    for day in truth_by_day(amazon):
        mine = {r["msku"]: r["sales"] for r in rows if r["startDate"] == day["date"]}
        for sku, part in day["skus"].items():
            assert mine[sku]["unitsOrdered"] == part["units"]
            sold = Decimal(str(mine[sku]["orderedProductSales"]["amount"]))
            assert sold == Decimal(part["gmv"])


def test_net_proceeds_are_sales_without_fees_and_advertising(amazon):
    rows = run_query(amazon, ECONOMICS)
    assert any(row["ads"] for row in rows)
    for row in rows:
        fees = sum(
            charge["aggregatedDetail"]["totalAmount"]["amount"]
            for fee in row["fees"]
            for charge in fee["charges"]
        )
        ads = sum(ad["charge"]["totalAmount"]["amount"] for ad in row["ads"])
        net = row["sales"]["netProductSales"]["amount"] - fees - ads
        assert row["netProceeds"]["total"]["amount"] == pytest.approx(net, abs=0.001)


def test_kiosk_traffic_equals_the_truth(amazon):
    rows = run_query(amazon, TRAFFIC)
    truth = truth_by_day(amazon)
    assert [r["startDate"] for r in rows] == [d["date"] for d in truth]
    assert [r["sales"]["unitsOrdered"] for r in rows] == [d["units"] for d in truth]
    assert all(row["traffic"]["sessions"] for row in rows)


def test_a_query_without_data_has_no_document(amazon):
    future = TRAFFIC.replace("2026-02-20", "2026-03-05").replace(
        "2026-02-25", "2026-03-06"
    )
    assert run_query(amazon, future) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        ECONOMICS.replace("msku", "mksu"),
        ECONOMICS.replace("economics(", "economy("),
        ECONOMICS.replace("A1PA6795UKMFR9", "ATVPDKIKX0DER"),
        ECONOMICS.replace('startDate: "2026-02-20",', ""),
        "{ a } " + "x" * 9000,
    ],
)
def test_wrong_queries_are_refused(amazon, text):
    with pytest.raises(SellingApiBadRequestException):
        amazon.sp(DataKiosk, "eu", "DE").create_query(text)


def test_a_query_needs_the_role_of_its_data(amazon):
    amazon.post("account", account="eu", roles=["Brand Analytics"])
    kiosk = amazon.sp(DataKiosk, "eu", "DE")
    assert kiosk.create_query(TRAFFIC).payload["queryId"]
    with pytest.raises(SellingApiForbiddenException):
        kiosk.create_query(ECONOMICS)


def test_queries_fail_wait_and_are_listed(start_amazon):
    amazon = start_amazon(enforce_pace=False, report_seconds=30)
    kiosk = amazon.sp(DataKiosk, "eu", "DE")
    amazon.fault("report_fatal", "createQuery")
    first = kiosk.create_query(TRAFFIC).payload["queryId"]
    second = kiosk.create_query(TRAFFIC).payload["queryId"]
    third = kiosk.create_query(TRAFFIC).payload["queryId"]
    kiosk.cancel_query(third)
    amazon.advance(seconds=31)
    rows = kiosk.get_queries().payload["queries"]
    states = {row["queryId"]: row for row in rows}
    assert states[first]["processingStatus"] == "FATAL"
    assert states[first]["errorDocumentId"]
    assert states[second]["processingStatus"] == "DONE"
    assert states[third]["processingStatus"] == "CANCELLED"
