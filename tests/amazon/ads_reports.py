"""Ads reporting version 3: ask for a report, wait, download gzipped JSON."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from . import documents
from .clock import iso, local_date
from .errors import Refusal
from .money import number
from .operations import operation

LONGEST = 31
RETENTION = {"SPONSORED_PRODUCTS": 95, "SPONSORED_BRANDS": 60, "SPONSORED_DISPLAY": 65}
WINDOWS = ("1d", "7d", "14d", "30d")
TIME = ("date", "startDate", "endDate")
CAMPAIGN = (
    "campaignId",
    "campaignName",
    "campaignStatus",
    "campaignBudgetAmount",
    "campaignBudgetCurrencyCode",
    "campaignBudgetType",
)
GROUP = ("adGroupId", "adGroupName")
PLAIN = ("impressions", "clicks", "cost", "costPerClick", "clickThroughRate")
SP_METRICS = tuple(
    f"{name}{window}"
    for name in (
        "purchases",
        "purchasesSameSku",
        "sales",
        "attributedSalesSameSku",
        "unitsSoldClicks",
        "unitsSoldSameSku",
    )
    for window in WINDOWS
)
SB_METRICS = (
    "purchases",
    "purchasesClicks",
    "sales",
    "salesClicks",
    "unitsSold",
    "unitsSoldClicks",
)
SP, SB, SD = "SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"
ADVERTISED = ("advertisedAsin", "advertisedSku", "adId")
#: Report type → (ad product, {group by: the columns it adds}, columns of all)
TYPES = {
    "spCampaigns": (
        SP,
        {"campaign": CAMPAIGN, "adGroup": (*GROUP, "adStatus")},
        (*TIME, *PLAIN, "spend", *SP_METRICS),
    ),
    "spAdvertisedProduct": (
        SP,
        {"advertiser": ()},
        (*TIME, *PLAIN, "spend", *CAMPAIGN, *GROUP, *ADVERTISED, *SP_METRICS),
    ),
    "spSearchTerm": (
        SP,
        {"searchTerm": ()},
        (
            *TIME,
            *PLAIN,
            *CAMPAIGN,
            *GROUP,
            *SP_METRICS,
            "searchTerm",
            "keyword",
            "keywordId",
            "matchType",
            "targeting",
            "keywordType",
        ),
    ),
    "sbSearchTerm": (
        SB,
        {"searchTerm": ()},
        (
            *TIME,
            *PLAIN[:3],
            *CAMPAIGN,
            *GROUP,
            *SB_METRICS,
            "searchTerm",
            "keywordText",
            "keywordId",
            "matchType",
            "keywordType",
        ),
    ),
    "sbCampaigns": (SB, {"campaign": CAMPAIGN}, (*TIME, *PLAIN[:3], *SB_METRICS)),
    "sdCampaigns": (SD, {"campaign": CAMPAIGN}, (*TIME, *PLAIN[:3], *SB_METRICS)),
    "sdAdvertisedProduct": (
        SD,
        {"advertiser": ()},
        (
            *TIME,
            *PLAIN[:3],
            *CAMPAIGN,
            *GROUP,
            "promotedAsin",
            "promotedSku",
            *SB_METRICS,
        ),
    ),
}
TERMS = ("gift", "large", "best", "for home")


@dataclass
class AdsReport:
    """A report that was asked for; ``asked`` in wire time, ``as_of`` the shop's."""

    id: str
    profile: object
    owner: str
    body: dict
    as_of: int
    asked: float
    seconds: float
    fate: str | None = None
    document: object = None


@operation("ads.createReport", "POST", "/reporting/reports", 1, 10, family="ads")
def create_report(call):
    """Take an order for a report."""
    body = call.request.json()
    _check(call, body)
    for known in call.world.ads_reports.values():
        same = (known.owner, known.profile, known.body) == (
            call.account.seller_id,
            call.profile,
            body,
        )
        if same and status(call.world, known) in ("PENDING", "PROCESSING"):
            text = f"The Request is a duplicate of : {known.id}"
            raise Refusal(425, "425", text)
    rng = Random(f"{call.world.settings.seed}/{len(call.world.ads_reports)}")
    digits = f"{rng.getrandbits(128):032x}"
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    report = AdsReport(
        id="-".join(parts),
        profile=call.profile,
        owner=call.account.seller_id,
        body=body,
        as_of=call.now,
        asked=call.world.clock.wire(),
        seconds=call.world.settings.report_seconds,
    )
    for name in ("empty_report", "late_report", "report_fatal"):
        fault = call.fault(name)
        if fault:
            report.fate = name
            report.seconds += float(fault.options.get("seconds", 0))
    call.world.ads_reports[report.id] = report
    return content(call, report)


@operation("ads.getReport", "GET", "/reporting/reports/{reportId}", 2, 20, family="ads")
def get_report(call):
    """Return a report's state, and where it can be fetched when it is complete."""
    return content(call, _find(call))


@operation(
    "ads.deleteReport", "DELETE", "/reporting/reports/{reportId}", 1, 10, family="ads"
)
def delete_report(call):
    """Forget a report that is still pending."""
    report = _find(call)
    if status(call.world, report) != "PENDING":
        raise Refusal(400, "400", "Only pending reports can be deleted")
    del call.world.ads_reports[report.id]
    return content(call, report)


def _find(call):
    report = call.world.ads_reports.get(call.values["reportId"])
    mine = (call.account.seller_id, call.profile)
    if report is None or (report.owner, report.profile) != mine:
        raise Refusal(404, "404", "Report not found")
    return report


def _check(call, body):
    """Refuse what Amazon refuses: dates, type, grouping, columns, format."""
    settings = body.get("configuration") or {}
    kind = settings.get("reportTypeId")
    if kind not in TYPES:
        raise Refusal(400, "400", f"configuration reportTypeId {kind!r} is invalid")
    product, groups, columns = TYPES[kind]
    if settings.get("adProduct") != product:
        raise Refusal(400, "400", f"configuration adProduct must be {product}")
    if settings.get("format") != "GZIP_JSON":
        raise Refusal(400, "400", "configuration format must be GZIP_JSON")
    unit = settings.get("timeUnit")
    if unit not in ("DAILY", "SUMMARY"):
        raise Refusal(400, "400", "configuration timeUnit must be DAILY or SUMMARY")
    wanted = settings.get("groupBy") or []
    if not wanted or not set(wanted) <= set(groups):
        allowed = ", ".join(groups)
        raise Refusal(400, "400", f"configuration groupBy allows: ({allowed})")
    allowed = set(columns).union(*(groups[name] for name in wanted))
    allowed -= {"startDate", "endDate"} if unit == "DAILY" else {"date"}
    chosen = settings.get("columns") or []
    unknown = [name for name in chosen if name not in allowed]
    if unknown or not chosen:
        text = f"configuration columns includes invalid values: ({', '.join(unknown)})"
        raise Refusal(400, "400", f"{text}. Allowed values: ({', '.join(allowed)})")
    _check_dates(call, body)


def _check_dates(call, body):
    try:
        first = date.fromisoformat(body["startDate"])
        last = date.fromisoformat(body["endDate"])
    except (KeyError, TypeError, ValueError):
        text = "startDate and endDate must be dates in the format YYYY-MM-DD"
        raise Refusal(400, "400", text) from None
    days = (last - first).days + 1
    if days < 1:
        raise Refusal(400, "400", "startDate must not be after endDate")
    if days > LONGEST:
        text = (
            f"startDate to endDate range ({days} days) must not exceed {LONGEST} days"
        )
        raise Refusal(400, "400", text)
    today = local_date(call.now, call.profile.zone)
    kept = RETENTION[body["configuration"]["adProduct"]]
    if first < today - timedelta(days=kept) or last > today:
        text = f"startDate and endDate must be within the last {kept} days"
        raise Refusal(400, "400", text)


def status(world, report):
    """Return a report's status now: PENDING, PROCESSING, COMPLETED or FAILED."""
    passed = world.clock.wire() - report.asked
    if passed < report.seconds:
        return "PENDING" if passed < report.seconds / 3 else "PROCESSING"
    return "FAILED" if report.fate == "report_fatal" else "COMPLETED"


def content(call, report):
    """Return a report as Amazon describes it."""
    state = status(call.world, report)
    answer = {
        "reportId": report.id,
        "name": report.body.get("name"),
        "startDate": report.body["startDate"],
        "endDate": report.body["endDate"],
        "configuration": report.body["configuration"],
        "status": state,
        "createdAt": iso(report.as_of),
        "updatedAt": iso(report.as_of),
        "generatedAt": None,
        "fileSize": None,
        "url": None,
        "urlExpiresAt": None,
        "failureReason": "Internal error" if state == "FAILED" else None,
    }
    if state == "COMPLETED":
        if report.document is None:
            report.document = _document(call, report)
        answer["generatedAt"] = iso(report.as_of + int(report.seconds))
        answer["fileSize"] = len(report.document.body)
        answer["url"] = documents.address(call.world, report.document)
        answer["urlExpiresAt"] = iso(call.now + documents.LIFETIME)
    return answer


def _document(call, report):
    found = [] if report.fate == "empty_report" else rows(call.world, report)
    text = json.dumps(found)
    return documents.store(call.world, report.owner, text, "application/octet-stream")


def rows(world, report):
    """Return a report's rows: its columns, added up by its grouping."""
    settings = report.body["configuration"]
    product, _groups, _columns = TYPES[settings["reportTypeId"]]
    first = date.fromisoformat(report.body["startDate"])
    last = date.fromisoformat(report.body["endDate"])
    ads, sums = world.ads[report.owner], {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for result in ads.results(report.profile, day, report.as_of):
            if result.group.campaign.ad_product == product:
                for key, part in _split(settings, result):
                    sums.setdefault(key, []).append(part)
    return [
        _row(settings, report, first, last, key, parts) for key, parts in sums.items()
    ]


def _split(settings, result):
    """Yield (key, result) pairs: one, or one for each search term."""
    day = result.date if settings["timeUnit"] == "DAILY" else None
    kind, group = settings["reportTypeId"], result.group
    if kind.endswith("SearchTerm"):
        for place, (term, part) in enumerate(_terms(result)):
            yield (day, group.id, result.product.sku, term, place), part
    elif kind.endswith("AdvertisedProduct"):
        yield (day, group.id, result.product.sku), result
    elif "adGroup" in settings["groupBy"]:
        yield (day, group.id), result
    else:
        yield (day, group.campaign.id), result


def _terms(result):
    """Return a result shared out over search terms, nothing lost."""
    noun = result.product.title.split(",")[0].lower()
    left = result
    for place, word in enumerate(TERMS):
        if place == len(TERMS) - 1:
            part = left
        else:
            names = ("impressions", "clicks", "cost", "purchases", "units")
            share = {name: getattr(left, name) // 2 for name in names}
            price = result.sales // result.units if result.units else 0
            share["sales"] = share["units"] * price
            part = replace(left, **share)
            rest = {name: getattr(left, name) - value for name, value in share.items()}
            left = replace(left, **rest)
        # Terms that nobody clicked are not in the report.
        if part.clicks:
            yield f"{noun} {word}", part


def _row(settings, report, first, last, key, parts):
    site, group = report.profile, parts[0].group
    product = parts[0].product
    values = {
        "date": key[0].isoformat() if key[0] else None,
        "startDate": first.isoformat(),
        "endDate": last.isoformat(),
        "adGroupId": int(group.id),
        "adGroupName": group.name,
        "adStatus": group.state,
        "adId": int(group.id) + product.number,
        "advertisedAsin": product.asin,
        "advertisedSku": product.sku,
        "promotedAsin": product.asin,
        "promotedSku": product.sku,
        **_campaign_values(group.campaign, site),
        **_metric_values(parts, site),
    }
    if settings["reportTypeId"].endswith("SearchTerm"):
        keyword = product.title.split(",")[0].lower()
        values.update(
            searchTerm=key[3],
            keyword=keyword,
            keywordText=keyword,
            targeting=keyword,
            keywordId=int(group.id) + 1000 + product.number,
            matchType="BROAD",
            keywordType="BROAD",
        )
    return {name: values[name] for name in settings["columns"]}


def _campaign_values(campaign, site):
    return {
        "campaignId": int(campaign.id),
        "campaignName": campaign.name,
        "campaignStatus": "PAUSED" if campaign.state == "PAUSED" else "ENABLED",
        "campaignBudgetAmount": number(campaign.budget, site),
        "campaignBudgetCurrencyCode": site.currency,
        "campaignBudgetType": "DAILY_BUDGET",
    }


def _metric_values(parts, site):
    sums = {
        name: sum(getattr(part, name) for part in parts)
        for name in ("impressions", "clicks", "cost", "purchases", "units", "sales")
    }
    cost, sales = number(sums["cost"], site), number(sums["sales"], site)
    clicks, seen = sums["clicks"], sums["impressions"]
    values = {
        "impressions": seen,
        "clicks": clicks,
        "cost": cost,
        "spend": cost,
        "costPerClick": round(cost / clicks, 4) if clicks else None,
        "clickThroughRate": round(100 * clicks / seen, 4) if seen else None,
        "unitsSold": sums["units"],
        "unitsSoldClicks": sums["units"],
    }
    for window in ("", "Clicks", *WINDOWS):
        values[f"purchases{window}"] = sums["purchases"]
        values[f"sales{window}"] = sales
    for window in WINDOWS:
        values[f"purchasesSameSku{window}"] = sums["purchases"]
        values[f"attributedSalesSameSku{window}"] = sales
        values[f"unitsSoldClicks{window}"] = sums["units"]
        values[f"unitsSoldSameSku{window}"] = sums["units"]
    return values
