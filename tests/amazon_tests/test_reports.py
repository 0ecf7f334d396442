"""Reports through python-amazon-sp-api: ask, wait, fetch, compare with the truth."""

import csv
import io
import json
from decimal import Decimal

import httpx
import pytest
from sp_api.api import Reports
from sp_api.base import SellingApiBadRequestException, SellingApiForbiddenException

SALES = "GET_SALES_AND_TRAFFIC_REPORT"
PERFORMANCE = "GET_V2_SELLER_PERFORMANCE_REPORT"
FBA_RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
OWN_RETURNS = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
FEBRUARY = {
    "dataStartTime": "2026-02-01T00:00:00Z",
    "dataEndTime": "2026-02-28T23:59:59Z",
}


class Reader:
    """Asks for reports and reads them."""

    def __init__(self, amazon, account="eu", marketplace="DE"):
        self.client = amazon.sp(Reports, account, marketplace)

    def ask(self, kind, **values):
        return self.client.create_report(reportType=kind, **values).payload["reportId"]

    def state(self, report):
        return self.client.get_report(report).payload

    def text(self, document):
        answer = self.client.get_report_document(
            document, download=True, character_code="utf-8"
        )
        return answer.payload["document"]

    def read(self, kind, **values):
        """Return the text of a report that is ready at once, None if cancelled."""
        state = self.state(self.ask(kind, **values))
        if state["processingStatus"] == "CANCELLED":
            return None
        assert state["processingStatus"] == "DONE"
        return self.text(state["reportDocumentId"])

    def table(self, kind, **values):
        text = self.read(kind, **values)
        return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def sales(amazon, options=None, first="2026-02-20", last="2026-03-02", **place):
    text = Reader(amazon, **place).read(
        SALES,
        dataStartTime=f"{first}T00:00:00Z",
        dataEndTime=f"{last}T00:00:00Z",
        reportOptions=options or {"dateGranularity": "DAY", "asinGranularity": "SKU"},
    )
    return json.loads(text)


def test_sales_by_day_equal_the_truth(amazon):
    for place in (("eu", "DE"), ("na", "US"), ("eu", "UK")):
        report = sales(amazon, account=place[0], marketplace=place[1])
        truth = amazon.truth(
            "days",
            place[0],
            marketplace=place[1],
            first="2026-02-20",
            last="2026-03-02",
        )[place[1]]
        days = {
            row["date"]: row["salesByDate"] for row in report["salesAndTrafficByDate"]
        }
        # The day that still runs is missing; the others are all there.
        running = "2026-03-02"
        assert set(days) == {row["date"] for row in truth} - {running}
        for row in truth:
            if row["date"] == running:
                continue
            found = days[row["date"]]
            assert found["unitsOrdered"] == row["units"]
            assert Decimal(str(found["orderedProductSales"]["amount"])) == Decimal(
                row["gmv"]
            )
            assert found["totalOrderItems"] == row["order_items"]
            assert found["unitsRefunded"] == row["refund_units"]


def test_sales_by_sku_add_up_to_the_days(amazon):
    report = sales(amazon)
    by_day = sum(
        r["salesByDate"]["unitsOrdered"] for r in report["salesAndTrafficByDate"]
    )
    by_sku = sum(
        r["salesByAsin"]["unitsOrdered"] for r in report["salesAndTrafficByAsin"]
    )
    assert by_day == by_sku > 100
    assert all(row["sku"] for row in report["salesAndTrafficByAsin"])


def test_traffic_is_late_then_settles_and_percentages_are_percentages(amazon):
    def sessions(day):
        rows = sales(amazon, first=day, last=day)["salesAndTrafficByDate"]
        return rows[0]["trafficByDate"]["sessions"]

    day = "2026-03-01"
    assert sessions(day) == 0
    amazon.advance(days=1)
    early = sessions(day)
    amazon.advance(days=2)
    settled = sessions(day)
    amazon.advance(days=5)
    assert 0 < early < settled == sessions(day)
    row = sales(amazon, first=day, last=day)["salesAndTrafficByDate"][0]
    units, share = row["salesByDate"]["unitsOrdered"], row["trafficByDate"]
    assert share["unitSessionPercentage"] == round(100 * units / settled, 2) > 1


def test_weeks_run_from_sunday_and_parents_hold_their_children(amazon):
    options = {"dateGranularity": "WEEK", "asinGranularity": "PARENT"}
    report = sales(amazon, options, first="2026-02-15", last="2026-02-28")
    starts = [row["date"] for row in report["salesAndTrafficByDate"]]
    assert starts == ["2026-02-15", "2026-02-22"]
    assert len(report["salesAndTrafficByAsin"]) == 4
    assert all("sku" not in row for row in report["salesAndTrafficByAsin"])


def test_account_health_is_a_snapshot_with_fractions_and_targets(amazon):
    def metrics():
        content = json.loads(Reader(amazon).read(PERFORMANCE))
        return content["accountStatuses"][0]["status"], content["performanceMetrics"][0]

    status, found = metrics()
    assert status == "NORMAL" and found["accountHealthRating"]["ahrStatus"] == "GREAT"
    assert found["orderDefectRate"]["afn"]["rate"] < 0.01
    assert found["lateShipmentRate"]["targetValue"] == 0.04
    amazon.change_health(
        "DE",
        "eu",
        accountStatus="AT_RISK",
        ahrStatus="WARNED",
        orderDefectRate=0.013,
        listingPolicyViolations=2,
    )
    status, found = metrics()
    assert status == "AT_RISK" and found["accountHealthRating"]["ahrStatus"] == "WARNED"
    assert found["orderDefectRate"]["afn"]["rate"] == 0.013
    assert found["orderDefectRate"]["afn"]["status"] == "BAD"
    assert found["listingPolicyViolations"]["defectsCount"] == 2


def test_returns_to_amazon_are_in_one_report_and_to_the_seller_in_another(amazon):
    fba = Reader(amazon).table(FBA_RETURNS, **FEBRUARY)
    own = Reader(amazon).table(OWN_RETURNS, **FEBRUARY)
    assert len(fba) > 10 and all(
        row["return-date"].startswith("2026-02") for row in fba
    )
    assert {row["detailed-disposition"] for row in fba} == {
        "SELLABLE",
        "CUSTOMER_DAMAGED",
    }
    mine = [
        p for p in amazon.account("eu")["products"] if p["fulfilled_by"] == "MERCHANT"
    ]
    skus = {product["sku"] for product in mine}
    assert {row["Merchant SKU"] for row in own} <= skus
    assert not skus & {row["sku"] for row in fba}
    assert all(row["customer-comments"] == "" for row in fba)


def test_a_report_without_data_is_cancelled(amazon):
    window = {
        "dataStartTime": "2026-01-01T00:00:00Z",
        "dataEndTime": "2026-01-02T00:00:00Z",
    }
    assert Reader(amazon).read(FBA_RETURNS, **window) is None


def test_documents_are_utf8_without_saying_so(amazon):
    reader = Reader(amazon)
    state = reader.state(reader.ask(FBA_RETURNS, **FEBRUARY))
    wrong = reader.client.get_report_document(state["reportDocumentId"], download=True)
    right = reader.text(state["reportDocumentId"])
    assert "Chef\u2019s Knife" in right
    assert "Chef\u2019s Knife" not in wrong.payload["document"]


def test_a_report_takes_its_time_and_its_address_expires(start_amazon):
    amazon = start_amazon(enforce_pace=False, report_seconds=90)
    reader = Reader(amazon)
    report = reader.ask(FBA_RETURNS, **FEBRUARY)
    seen = []
    for _poll in range(4):
        seen.append(reader.state(report)["processingStatus"])
        amazon.post("clock", seconds=40)
    assert seen == ["IN_QUEUE", "IN_PROGRESS", "IN_PROGRESS", "DONE"]
    document = reader.state(report)["reportDocumentId"]
    answer = reader.client.get_report_document(document).payload
    assert answer["compressionAlgorithm"] == "GZIP"
    assert httpx.get(answer["url"]).status_code == 200
    amazon.post("clock", minutes=6)
    assert httpx.get(answer["url"]).status_code == 403


def test_a_waiting_report_can_be_cancelled_and_reports_are_listed(start_amazon):
    amazon = start_amazon(enforce_pace=False, report_seconds=90)
    reader = Reader(amazon)
    first = reader.ask(FBA_RETURNS, **FEBRUARY)
    second = reader.ask(FBA_RETURNS, **FEBRUARY)
    reader.client.cancel_report(first)
    rows = reader.client.get_reports(reportTypes=[FBA_RETURNS]).payload["reports"]
    states = {row["reportId"]: row["processingStatus"] for row in rows}
    assert states == {first: "CANCELLED", second: "IN_QUEUE"}


@pytest.mark.parametrize("kind", ["PROMOTION", "COUPON"])
def test_promotions_and_coupons_are_chosen_by_their_start(amazon, kind):
    stem = kind.lower()
    options = {
        f"{stem}StartDateFrom": "2026-01-01T00:00:00Z",
        f"{stem}StartDateTo": "2026-02-28T00:00:00Z",
    }
    text = Reader(amazon).read(f"GET_{kind}_PERFORMANCE_REPORT", reportOptions=options)
    rows = json.loads(text)[f"{stem}s"]
    assert len(rows) == 2
    for row in rows:
        assert "2026-01-01" <= row["startDateTime"][:10] <= "2026-02-28"
    with pytest.raises(SellingApiBadRequestException):
        Reader(amazon).ask(f"GET_{kind}_PERFORMANCE_REPORT")


def test_settlements_come_by_themselves_and_add_up(amazon):
    reader = Reader(amazon)
    with pytest.raises(SellingApiBadRequestException):
        reader.ask(SETTLEMENT)
    rows = reader.client.get_reports(
        reportTypes=[SETTLEMENT], marketplaceIds=["A1PA6795UKMFR9"]
    ).payload["reports"]
    assert len(rows) == 4
    for row in rows:
        text = reader.text(row["reportDocumentId"])
        head, *lines = csv.DictReader(io.StringIO(text), delimiter="\t")
        total = sum(Decimal(line["amount"].replace(",", ".")) for line in lines)
        assert total == Decimal(head["total-amount"].replace(",", "."))
        assert head["currency"] == "EUR"
    assert {line["transaction-type"] for line in lines} == {
        "Order",
        "Refund",
        "ServiceFee",
    }
    american = Reader(amazon, "na", "US").client.get_reports(
        reportTypes=[SETTLEMENT], marketplaceIds=["ATVPDKIKX0DER"]
    )
    text = reader_text(amazon, american.payload["reports"][0])
    assert (
        ","
        not in next(csv.DictReader(io.StringIO(text), delimiter="\t"))["total-amount"]
    )


def reader_text(amazon, row):
    return Reader(amazon, "na", "US").text(row["reportDocumentId"])


@pytest.mark.parametrize(
    "values",
    [
        {"reportType": "GET_NOTHING"},
        {"reportType": SALES, "marketplaceIds": ["A1PA6795UKMFR9", "A13V1IB3VIYZZH"]},
        {"reportType": FBA_RETURNS, "dataStartTime": "2026-02-01T00:00:00"},
        {"reportType": FBA_RETURNS, "dataStartTime": "2023-02-01T00:00:00Z"},
        {"reportType": FBA_RETURNS, "marketplaceIds": ["ATVPDKIKX0DER"]},
    ],
)
def test_wrong_requests_are_refused(amazon, values):
    with pytest.raises(SellingApiBadRequestException):
        amazon.sp(Reports, "eu", "DE").create_report(**values)


def test_each_type_needs_its_role(amazon):
    amazon.post("account", account="eu", roles=["Amazon Fulfillment"])
    reader = Reader(amazon)
    assert reader.ask(FBA_RETURNS, **FEBRUARY)
    with pytest.raises(SellingApiForbiddenException):
        reader.ask(SALES, **FEBRUARY)


def test_faults_decide_how_a_report_ends(start_amazon):
    amazon = start_amazon(enforce_pace=False, report_seconds=10)
    reader = Reader(amazon)
    ends = {}
    for kind in ("report_cancelled", "report_fatal", "empty_report", "late_report"):
        amazon.fault(kind, "createReport", seconds=3600 if kind == "late_report" else 0)
        ends[kind] = reader.ask(SALES, **FEBRUARY)
    amazon.advance(seconds=20)
    states = {kind: reader.state(report) for kind, report in ends.items()}
    assert {k: s["processingStatus"] for k, s in states.items()} == {
        "report_cancelled": "CANCELLED",
        "report_fatal": "FATAL",
        "empty_report": "DONE",
        "late_report": "IN_QUEUE",
    }
    assert "errorDetails" in reader.text(states["report_fatal"]["reportDocumentId"])
    empty = json.loads(reader.text(states["empty_report"]["reportDocumentId"]))
    assert empty["salesAndTrafficByDate"] == []
    amazon.advance(hours=1)
    late = reader.state(ends["late_report"])
    assert late["processingStatus"] == "DONE"
