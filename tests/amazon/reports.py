"""Reports 2021-06-30: ask, wait, fetch."""

import json
from dataclasses import dataclass
from functools import partial

from . import documents, pages, settlements
from . import report_data as data
from .clock import DAY, iso
from .errors import denied, invalid, not_found
from .marketplaces import BY_ID
from .operations import operation

BASE = "/reports/2021-06-30"
TRACKING = "Inventory and Order Tracking"
ANALYTICS = "Brand Analytics"
#: Report type → (builder, role)
TYPES = {
    data.SALES_AND_TRAFFIC: (data.sales_and_traffic, ANALYTICS),
    data.PERFORMANCE: (data.performance, "Selling Partner Insights"),
    data.FBA_RETURNS: (data.fba_returns, "Amazon Fulfillment"),
    data.SELLER_RETURNS: (data.seller_returns, TRACKING),
    data.PROMOTIONS: (data.promotions, ANALYTICS),
    data.COUPONS: (data.coupons, ANALYTICS),
}
#: Types that Amazon makes by itself: they can be listed, not asked for.
SCHEDULED = {settlements.TYPE: "Finance and Accounting"}
FAULTS = ("empty_report", "late_report", "report_cancelled", "report_fatal")
STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")


@dataclass
class Report:
    """A report that was asked for.

    ``asked`` and ``seconds`` are wire time; ``as_of`` is the shop's, whose state the
    document shows. ``fate`` is the fault that strikes it, if any.
    """

    id: str
    owner: str
    type: str
    sites: tuple
    start: int
    end: int
    options: dict
    as_of: int
    asked: float
    seconds: float
    fate: str | None = None
    document: object = None
    outcome: str | None = None
    settlement: object = None
    leaking: bool = False


@operation("createReport", "POST", BASE + "/reports", rate=0.0167, burst=15, role=None)
def create_report(call):
    """Take an order for a report and return its id (202)."""
    body = call.request.json()
    kind = body.get("reportType")
    if kind in SCHEDULED:
        raise invalid(f"{kind} cannot be requested; Amazon schedules it.")
    if kind not in TYPES:
        raise invalid(f"Report type {kind!r} is not known.")
    if TYPES[kind][1] not in call.account.roles:
        raise denied(
            f"The application is not authorised for the role {TYPES[kind][1]}."
        )
    report = _report(call, kind, body)
    for name in FAULTS:
        fault = call.fault(name)
        if fault:
            report.fate = name
            report.seconds += float(fault.options.get("seconds", 0))
    report.leaking = bool(call.fault("buyer_data"))
    call.world.reports[report.owner, report.id] = report
    return 202, {"reportId": report.id}


def _report(call, kind, body):
    wanted = body.get("marketplaceIds") or ()
    sites = tuple(_site(call, identifier) for identifier in wanted)
    if not sites or (kind == data.SALES_AND_TRAFFIC and len(sites) != 1):
        raise invalid("Exactly one marketplaceIds value is required.")
    start = call.moment("dataStartTime", body.get("dataStartTime"))
    end = call.moment("dataEndTime", body.get("dataEndTime"))
    end = call.now if end is None else end
    start = end - DAY if start is None else start
    if start > end:
        raise invalid("dataStartTime must not be after dataEndTime.")
    if start < call.now - 731 * DAY:
        raise invalid("dataStartTime is more than two years ago.")
    options = body.get("reportOptions") or {}
    if not isinstance(options, dict):
        raise invalid("reportOptions must be an object.")
    settings = call.world.settings
    report = Report(
        id=f"{50000 + len(call.world.reports) + 1}{call.now % 100000:05d}",
        owner=call.account.seller_id,
        type=kind,
        sites=sites,
        start=start,
        end=end,
        options=options,
        as_of=call.now,
        asked=call.world.clock.wire(),
        seconds=settings.report_seconds,
    )
    if kind in (data.PROMOTIONS, data.COUPONS):
        stem = "promotion" if kind == data.PROMOTIONS else "coupon"
        data.option_range(report, f"{stem}StartDateFrom", f"{stem}StartDateTo")
    return report


def _site(call, identifier):
    site = BY_ID.get(identifier)
    if site is None or not call.account.sells_in(site):
        raise invalid(f"Marketplace {identifier} is not one of this seller's.")
    return site


@operation("getReport", "GET", BASE + "/reports/{reportId}", rate=2, burst=15)
def get_report(call):
    """Return the state of a report."""
    return content(call, _find(call))


@operation("cancelReport", "DELETE", BASE + "/reports/{reportId}", 0.0222, 10)
def cancel_report(call):
    """Cancel a report that has not begun."""
    report = _find(call)
    if status(call.world, report) != "IN_QUEUE":
        raise invalid("Only a report in the queue can be cancelled.")
    report.outcome = "CANCELLED"
    return 200, None


@operation("getReports", "GET", BASE + "/reports", rate=0.0222, burst=10)
def get_reports(call):
    """Return reports by type, those that Amazon scheduled among them."""
    token = call.text("nextToken")
    kinds = call.listed("reportTypes", limit=10)
    if not token and not kinds:
        raise invalid("reportTypes or nextToken is required.")
    since = call.moment("createdSince")
    until = call.moment("createdUntil")
    kept = {
        "kinds": kinds,
        "sites": call.listed("marketplaceIds"),
        "statuses": call.listed("processingStatuses", STATUSES),
        "since": call.now - 90 * DAY if since is None else since,
        "until": call.now if until is None else until,
        "size": call.integer("pageSize", 10, 1, 100),
    }
    pager = pages.Pager(call, token, None, "", **kept)
    kept = pager.kept
    _schedule(call)
    mine = [r for r in call.world.reports.values() if r.owner == call.account.seller_id]
    rows = [content(call, report) for report in mine]
    low, high = iso(kept["since"]), iso(kept["until"])
    found = [
        row
        for row in rows
        if row["reportType"] in kept["kinds"]
        and low <= row["createdTime"] <= high
        and (not kept["statuses"] or row["processingStatus"] in kept["statuses"])
        and (not kept["sites"] or set(kept["sites"]) & set(row["marketplaceIds"]))
    ]
    found.sort(key=lambda row: row["createdTime"], reverse=True)
    rows, following = pager.cut(found, kept["size"])
    return {"reports": rows, **({"nextToken": following} if following else {})}


def _schedule(call):
    """Add the settlement reports that Amazon has made since the last look."""
    if SCHEDULED[settlements.TYPE] not in call.account.roles:
        return
    for settlement in settlements.settlements(call.world, call.account, call.now):
        key = (call.account.seller_id, f"9{settlement.id}")
        if key not in call.world.reports:
            call.world.reports[key] = Report(
                id=key[1],
                owner=key[0],
                type=settlements.TYPE,
                sites=(settlement.site,),
                start=settlement.start,
                end=settlement.end,
                options={},
                as_of=settlement.ready,
                asked=float("-inf"),
                seconds=0,
                settlement=settlement,
            )


def _find(call):
    key = (call.account.seller_id, call.values["reportId"])
    report = call.world.reports.get(key)
    if report is None:
        raise not_found(f"Report {call.values['reportId']} was not found.")
    return report


def status(world, report):
    """Return a report's processing status now."""
    if report.outcome:
        return report.outcome
    passed = world.clock.wire() - report.asked
    if passed < report.seconds / 3:
        return "IN_QUEUE"
    if passed < report.seconds:
        return "IN_PROGRESS"
    _finish(world, report)
    return report.outcome


def _finish(world, report):
    """Decide how a report ends and keep its document."""
    owner = report.owner
    account = world.account(owner)
    if report.fate == "report_cancelled":
        report.outcome = "CANCELLED"
        return
    if report.fate == "report_fatal":
        report.outcome = "FATAL"
        text = json.dumps({"errorDetails": "An internal error stopped the report."})
        report.document = documents.store(world, owner, text)
        return
    if report.type == settlements.TYPE:
        text = partial(settlements.content, world, account, report.settlement)
    elif report.fate == "empty_report":
        late = report.type == data.SALES_AND_TRAFFIC
        text = data.empty_sales_and_traffic(report) if late else ""
    else:
        text = TYPES[report.type][0](world, account, report)
    report.outcome = "CANCELLED" if text is None else "DONE"
    if text is not None:
        compress = report.type != settlements.TYPE
        report.document = documents.store(world, owner, text, compress=compress)


def content(call, report):
    """Return a report as Amazon describes it."""
    outcome = status(call.world, report)
    answer = {
        "reportId": report.id,
        "reportType": report.type,
        "marketplaceIds": [site.id for site in report.sites],
        "dataStartTime": iso(report.start),
        "dataEndTime": iso(report.end),
        "createdTime": iso(report.as_of),
        "processingStatus": outcome,
    }
    if outcome in ("DONE", "FATAL", "CANCELLED"):
        answer["processingStartTime"] = answer["createdTime"]
        answer["processingEndTime"] = iso(report.as_of + int(report.seconds))
    if report.document:
        answer["reportDocumentId"] = report.document.id
    return answer


@operation(
    "getReportDocument",
    "GET",
    BASE + "/documents/{reportDocumentId}",
    rate=0.0167,
    burst=15,
)
def get_report_document(call):
    """Return where a report's document can be fetched."""
    document = call.world.documents.get(call.values["reportDocumentId"])
    if document is None or document.owner != call.account.seller_id:
        raise not_found("The report document was not found.")
    answer = {
        "reportDocumentId": document.id,
        "url": documents.address(call.world, document),
    }
    if document.compressed:
        answer["compressionAlgorithm"] = "GZIP"
    return answer
