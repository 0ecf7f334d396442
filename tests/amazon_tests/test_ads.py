"""The Ads API through python-amazon-ad-api."""

import pytest
from ad_api.api import Profiles, Reports
from ad_api.api.sp.ad_groups_v3 import AdGroupsV3
from ad_api.api.sp.campaigns_v3 import CampaignsV3
from ad_api.api.sp.product_ads_v3 import ProductAdsV3
from ad_api.api.v1.ad_groups import AdGroups
from ad_api.api.v1.campaigns import Campaigns
from ad_api.base.exceptions import (
    AdvertisingApiBadRequestException,
    AdvertisingApiException,
    AdvertisingApiTooManyRequestsException,
    AdvertisingApiUnauthorizedException,
)

SP = {"adProductFilter": {"include": ["SPONSORED_PRODUCTS"]}}
DAYS = {"startDate": "2026-02-01", "endDate": "2026-03-01"}


def configuration(kind="spCampaigns", **changes):
    values = {
        "adProduct": "SPONSORED_PRODUCTS",
        "groupBy": ["campaign"],
        "columns": ["date", "campaignId", "impressions", "clicks", "cost", "sales14d"],
        "reportTypeId": kind,
        "timeUnit": "DAILY",
        "format": "GZIP_JSON",
    }
    return {**values, **changes}


def rows(amazon, settings, days=DAYS, code="DE"):
    """Return the rows of a report that is ready at once."""
    client = amazon.ads(Reports, "eu", code)
    body = {"name": "r", **days, "configuration": settings}
    report = client.post_report(body=body).payload["reportId"]
    answer = client.get_report(report).payload
    assert answer["status"] == "COMPLETED"
    return client.download_report(url=answer["url"], format="data").payload


def test_a_profile_for_each_marketplace(amazon):
    found = amazon.ads(Profiles, "eu").list_profiles().payload
    assert {row["countryCode"] for row in found} == {"DE", "FR", "IT", "ES", "UK"}
    assert {row["accountInfo"]["id"] for row in found} == {
        amazon.account("eu")["seller_id"]
    }
    profile = found[0]["profileId"]
    assert amazon.ads(Profiles, "eu").get_profile(profile).payload == found[0]


def test_a_new_ad_group_appears_when_it_is_made(amazon):
    client = amazon.ads(AdGroups, "eu", "DE")

    def groups():
        return {
            g["adGroupId"]: g
            for g in client.query_ad_groups(body=SP).payload["adGroups"]
        }

    before = groups()
    sku = amazon.account("eu")["products"][0]["sku"]
    made = amazon.create_ad_group("DE", [sku], "eu", name="Launch")
    after = groups()
    assert set(after) - set(before) == {made["ad_group_id"]}
    new = after[made["ad_group_id"]]
    assert new["name"] == "Launch" and new["creationDateTime"] == "2026-03-02T12:00:00Z"
    listed = (
        amazon.ads(AdGroupsV3, "eu", "DE").list_ad_groups(body={}).payload["adGroups"]
    )
    assert made["ad_group_id"] in {group["adGroupId"] for group in listed}
    products = amazon.ads(ProductAdsV3, "eu", "DE").list_product_ads(
        body={"adGroupIdFilter": {"include": [made["ad_group_id"]]}}
    )
    assert [ad["sku"] for ad in products.payload["productAds"]] == [sku]
    french = amazon.ads(AdGroups, "eu", "FR").query_ad_groups(body=SP).payload
    assert made["ad_group_id"] not in {g["adGroupId"] for g in french["adGroups"]}


def test_shops_make_ad_groups_by_themselves_too(amazon):
    def count():
        client = amazon.ads(AdGroups, "eu", "DE")
        return len(client.query_ad_groups(body=SP).payload["adGroups"])

    before = count()
    amazon.advance(days=60)
    assert count() >= before


def test_queries_are_paged_and_filtered(amazon):
    client = amazon.ads(AdGroups, "eu", "DE")
    everything = client.query_ad_groups(body=SP).payload["adGroups"]
    found, token = [], None
    while True:
        body = dict(SP, maxResults=2, **({"nextToken": token} if token else {}))
        page = client.query_ad_groups(body=body).payload
        found += page["adGroups"]
        token = page.get("nextToken")
        if not token:
            break
    assert found == everything and len(everything) > 2
    name = everything[0]["name"]
    exact = {"include": [name], "queryTermMatchType": "EXACT_MATCH"}
    named = client.query_ad_groups(body=dict(SP, nameFilter=exact)).payload["adGroups"]
    assert {group["name"] for group in named} == {name}
    with pytest.raises(AdvertisingApiBadRequestException):
        client.query_ad_groups(body={})


def test_a_campaign_out_of_budget_is_enabled_but_not_delivering(amazon):
    client = amazon.ads(Campaigns, "eu", "DE")
    first = client.query_campaigns(body=SP).payload["campaigns"][0]
    assert first["status"]["deliveryStatus"] == "DELIVERING"
    amazon.post(
        "campaigns",
        account="eu",
        campaign_id=first["campaignId"],
        state="OUT_OF_BUDGET",
    )
    campaigns = client.query_campaigns(body=SP).payload["campaigns"]
    (now,) = [c for c in campaigns if c["campaignId"] == first["campaignId"]]
    assert now["state"] == "ENABLED"
    assert now["status"]["deliveryReasons"] == ["CAMPAIGN_OUT_OF_BUDGET"]
    listed = amazon.ads(CampaignsV3, "eu", "DE").list_campaigns(body={}).payload
    (same,) = [c for c in listed["campaigns"] if c["campaignId"] == first["campaignId"]]
    assert same["extendedData"]["servingStatus"] == "CAMPAIGN_OUT_OF_BUDGET"


def test_a_paused_campaign_has_no_results_from_then_on(amazon):
    client = amazon.ads(Campaigns, "eu", "DE")
    campaign = client.query_campaigns(body=SP).payload["campaigns"][0]["campaignId"]
    amazon.post("campaigns", account="eu", campaign_id=campaign, state="PAUSED")

    def clicks(last):
        days = {"startDate": "2026-02-27", "endDate": last}
        found = rows(amazon, configuration(), days)
        mine = [row for row in found if str(row["campaignId"]) == campaign]
        return {row["date"]: row["clicks"] for row in mine}

    before = clicks("2026-03-02")
    amazon.advance(days=4)
    assert clicks("2026-03-05") == before
    assert max(before) == "2026-03-02"


def test_campaigns_products_and_groups_cost_the_same(amazon):
    by_campaign = rows(amazon, configuration())
    by_group = rows(
        amazon,
        configuration(
            groupBy=["campaign", "adGroup"], columns=["date", "adGroupId", "cost"]
        ),
    )
    columns = ["date", "campaignId", "advertisedSku", "cost", "sales14d", "clicks"]
    by_product = rows(
        amazon,
        configuration("spAdvertisedProduct", groupBy=["advertiser"], columns=columns),
    )
    costs = [
        round(sum(r["cost"] for r in t), 2) for t in (by_campaign, by_group, by_product)
    ]
    assert costs[0] == costs[1] == costs[2] > 100
    truth = amazon.truth(
        "ads", "eu", marketplace="DE", first=DAYS["startDate"], last=DAYS["endDate"]
    )["DE"]
    spent = sum(float(day["SPONSORED_PRODUCTS"]["cost"]) for day in truth.values())
    assert round(spent, 2) == costs[0]
    skus = {product["sku"] for product in amazon.account("eu")["products"]}
    assert {row["advertisedSku"] for row in by_product} <= skus


def test_search_terms_share_out_the_clicks(amazon):
    columns = ["date", "searchTerm", "keyword", "matchType", "clicks", "cost"]
    terms = rows(
        amazon, configuration("spSearchTerm", groupBy=["searchTerm"], columns=columns)
    )
    campaigns = rows(amazon, configuration())
    assert sum(r["clicks"] for r in terms) == sum(r["clicks"] for r in campaigns)
    assert all(row["clicks"] for row in terms)
    assert len({row["searchTerm"] for row in terms}) == 8


@pytest.mark.parametrize(
    ("kind", "product"),
    [("sbCampaigns", "SPONSORED_BRANDS"), ("sdCampaigns", "SPONSORED_DISPLAY")],
)
def test_brands_and_display_have_reports_of_their_own(amazon, kind, product):
    columns = [
        "date",
        "campaignId",
        "impressions",
        "clicks",
        "cost",
        "sales",
        "purchases",
    ]
    found = rows(amazon, configuration(kind, adProduct=product, columns=columns))
    assert len(found) == 29 and sum(row["cost"] for row in found) > 0


def test_attributed_sales_still_grow_while_clicks_stand(amazon):
    day = {"startDate": "2026-03-01", "endDate": "2026-03-01"}

    def totals():
        found = rows(amazon, configuration(), day)
        return [
            round(sum(r[k] for r in found), 2) for k in ("clicks", "cost", "sales14d")
        ]

    first = totals()
    amazon.advance(days=20)
    later = totals()
    assert later[:2] == first[:2]
    assert later[2] > first[2]
    amazon.advance(days=20)
    assert totals() == later


def test_a_summary_adds_the_days_up(amazon):
    settings = configuration(
        timeUnit="SUMMARY", columns=["startDate", "endDate", "campaignId", "clicks"]
    )
    total, daily = rows(amazon, settings), rows(amazon, configuration())
    assert sum(r["clicks"] for r in total) == sum(r["clicks"] for r in daily)
    assert {row["startDate"] for row in total} == {"2026-02-01"}


@pytest.mark.parametrize(
    ("days", "changes"),
    [
        ({"startDate": "2026-01-29", "endDate": "2026-03-01"}, {}),
        ({"startDate": "2025-10-01", "endDate": "2025-10-02"}, {}),
        ({"startDate": "2026-03-01", "endDate": "2026-02-01"}, {}),
        ({"startDate": "March", "endDate": "2026-02-01"}, {}),
        (DAYS, {"reportTypeId": "spNothing"}),
        (DAYS, {"adProduct": "SPONSORED_BRANDS"}),
        (DAYS, {"columns": ["date", "advertisedAsin"]}),
        (DAYS, {"columns": ["startDate"]}),
        (DAYS, {"groupBy": ["advertiser"]}),
        (DAYS, {"format": "CSV"}),
        (DAYS, {"timeUnit": "WEEKLY"}),
    ],
)
def test_wrong_reports_are_refused(amazon, days, changes):
    body = {**days, "configuration": configuration(**changes)}
    with pytest.raises(AdvertisingApiBadRequestException) as caught:
        amazon.ads(Reports, "eu", "DE").post_report(body=body)
    assert caught.value.error["detail"]


def test_31_days_are_allowed(amazon):
    days = {"startDate": "2026-01-30", "endDate": "2026-03-01"}
    assert rows(amazon, configuration(), days)


def test_reports_take_time_and_are_not_made_twice(start_amazon):
    amazon = start_amazon(enforce_pace=False, report_seconds=900)
    client = amazon.ads(Reports, "eu", "DE")
    body = {**DAYS, "configuration": configuration()}
    report = client.post_report(body=body).payload
    assert report["status"] == "PENDING" and report["url"] is None
    with pytest.raises(AdvertisingApiException) as caught:
        client.post_report(body=body)
    assert (
        caught.value.code == 425 and report["reportId"] in caught.value.error["detail"]
    )
    amazon.advance(minutes=10)
    assert client.get_report(report["reportId"]).payload["status"] == "PROCESSING"
    amazon.fault("report_fatal", "ads.createReport")
    other = dict(body, name="other")
    failed = client.post_report(body=other).payload["reportId"]
    amazon.advance(minutes=20)
    done = client.get_report(report["reportId"]).payload
    assert done["status"] == "COMPLETED" and done["fileSize"] > 100
    assert client.get_report(failed).payload["failureReason"]


def test_a_foreign_profile_is_refused(amazon):
    foreign = amazon.account("na")["marketplaces"]["US"]["profile_id"]
    amazon.account("eu")["marketplaces"]["DE"]["profile_id"] = foreign
    with pytest.raises(AdvertisingApiUnauthorizedException):
        amazon.ads(AdGroups, "eu", "DE").query_ad_groups(body=SP)


def test_too_many_calls_are_told_when_to_come_back(start_amazon):
    amazon = start_amazon()
    client = amazon.ads(Profiles, "eu")
    with pytest.raises(AdvertisingApiTooManyRequestsException) as caught:
        for _call in range(30):
            client.list_profiles()
    assert int(caught.value.headers["Retry-After"]) >= 1
    amazon.post("clock", seconds=2)
    assert client.list_profiles().payload
