"""Data Kiosk 2023-11-15: economics and sales and traffic by GraphQL query."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

from . import documents, graphql, pages, traffic
from .clock import DAY, at, iso, local_date
from .errors import denied, invalid, not_found
from .figures import Sold, daily, fulfilment_fee, referral_fee
from .marketplaces import BY_ID
from .money import amount
from .operations import operation
from .report_data import period_start

BASE = "/dataKiosk/2023-11-15"
ECONOMICS = "analytics_economics_2024_03_15"
SALES_AND_TRAFFIC = "analytics_salesAndTraffic_2024_04_24"
ROLES = {ECONOMICS: "Finance and Accounting", SALES_AND_TRAFFIC: "Brand Analytics"}
LONGEST_QUERY = 8000
STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")


@dataclass
class Query:
    """A query that was sent; ``asked`` in wire time, ``as_of`` in the shop's."""

    id: str
    owner: str
    text: str
    as_of: int
    asked: float
    seconds: float
    fate: str | None = None
    outcome: str | None = None
    document: object = None
    first: int = 0
    following: int = 0


@operation("createQuery", "POST", BASE + "/queries", rate=0.0167, burst=15)
def create_query(call):
    """Take a query and return its id (202)."""
    text = call.request.json().get("query")
    if not isinstance(text, str) or len(" ".join(text.split())) > LONGEST_QUERY:
        raise invalid("query must be a text of at most 8000 characters.")
    try:
        root = graphql.parse(text)
        _check(call, root)
    except graphql.QueryError as error:
        raise invalid("The query is invalid.", str(error)) from None
    query = Query(
        id=f"{call.account.seller_id}-{len(call.world.queries) + 1:06d}",
        owner=call.account.seller_id,
        text=text,
        as_of=call.now,
        asked=call.world.clock.wire(),
        seconds=call.world.settings.report_seconds,
    )
    token = call.request.json().get("paginationToken")
    if token:
        _continue(call, query, token)
    for name in ("empty_report", "late_report", "report_cancelled", "report_fatal"):
        fault = call.fault(name)
        if fault:
            query.fate = name
            query.seconds += float(fault.options.get("seconds", 0))
    call.world.queries[query.id] = query
    return 202, {"queryId": query.id}


def _continue(call, query, token):
    """Let a query go on where another one's document ended."""
    earlier = call.world.queries.get(token.partition("/")[0])
    if earlier is None or token != _token(earlier):
        raise invalid("The paginationToken is invalid.")
    if earlier.text != query.text:
        raise invalid("The query is not the one that the paginationToken is of.")
    query.first, query.as_of = earlier.following, earlier.as_of


def _token(query):
    return f"{query.id}/{query.following}" if query.following else None


def _check(call, root):
    """Refuse queries of unknown roots, without rights, or with wrong arguments."""
    if len(root) != 1 or root[0].name not in ROLES or len(root[0].fields) != 1:
        raise graphql.QueryError("Exactly one known root field is required.")
    if ROLES[root[0].name] not in call.account.roles:
        role = ROLES[root[0].name]
        raise denied(f"The application is not authorised for the role {role}.")
    asked = root[0].fields[0]
    if (root[0].name, asked.name) not in BUILDERS:
        raise graphql.QueryError(f"Field '{asked.name}' is undefined.")
    first, last, sites = _arguments(asked.arguments)
    if not all(call.account.sells_in(site) for site in sites):
        raise graphql.QueryError("A marketplace is not one of this seller's.")
    # The selection is checked on a day that exists, so that mistakes show at once.
    sample = _rows(call.world, call.account, root, call.now, sample=True)
    for row in sample:
        graphql.select(row, asked.fields)


def _arguments(arguments):
    try:
        first = date.fromisoformat(arguments["startDate"])
        last = date.fromisoformat(arguments["endDate"])
        sites = [BY_ID[identifier] for identifier in arguments["marketplaceIds"]]
    except KeyError as missing:
        raise graphql.QueryError(f"Unknown or missing: {missing}.") from None
    except (TypeError, ValueError) as error:
        raise graphql.QueryError(str(error)) from None
    if last < first:
        raise graphql.QueryError("endDate must not be before startDate.")
    if (last - first).days > 731:
        raise graphql.QueryError("The dates span more than two years.")
    return first, last, sites


def _rows(world, account, root, now, sample=False):
    asked = root[0].fields[0]
    first, last, sites = _arguments(asked.arguments)
    build = BUILDERS[root[0].name, asked.name]
    if sample:
        day = at(now - 5 * DAY).date()
        return build(world, account, sites[:1], day, day, asked.arguments, now)[:1]
    return build(world, account, sites, first, last, asked.arguments, now)


@operation("getQuery", "GET", BASE + "/queries/{queryId}", rate=2, burst=15)
def get_query(call):
    """Return the state of a query."""
    return content(call, _find(call))


@operation("cancelQuery", "DELETE", BASE + "/queries/{queryId}", 0.0222, 10)
def cancel_query(call):
    """Cancel a query that has not ended."""
    query = _find(call)
    if status(call.world, query) not in ("IN_QUEUE", "IN_PROGRESS"):
        raise invalid("The query has ended.")
    query.outcome = "CANCELLED"
    return 204, None


@operation("getQueries", "GET", BASE + "/queries", rate=0.0222, burst=10)
def get_queries(call):
    """Return the seller's queries, newest first."""
    wanted = call.listed("processingStatuses", STATUSES)
    size = call.integer("pageSize", 10, 1, 100)
    token = call.text("paginationToken")
    mine = [q for q in call.world.queries.values() if q.owner == call.account.seller_id]
    rows = [content(call, query) for query in reversed(mine)]
    rows = [row for row in rows if not wanted or row["processingStatus"] in wanted]
    rows, following = pages.Pager(call, token).cut(rows, size)
    answer = {"queries": rows}
    if following:
        answer["pagination"] = {"nextToken": following}
    return answer


@operation("getDocument", "GET", BASE + "/documents/{documentId}", 0.0167, 15)
def get_document(call):
    """Return where a query's document can be fetched."""
    document = call.world.documents.get(call.values["documentId"])
    if document is None or document.owner != call.account.seller_id:
        raise not_found("The document was not found.")
    address = documents.address(call.world, document)
    return {"documentId": document.id, "documentUrl": address}


def _find(call):
    query = call.world.queries.get(call.values["queryId"])
    if query is None or query.owner != call.account.seller_id:
        raise not_found(f"Query {call.values['queryId']} was not found.")
    return query


def status(world, query):
    """Return a query's processing status now."""
    if query.outcome is None:
        passed = world.clock.wire() - query.asked
        if passed < query.seconds:
            return "IN_QUEUE" if passed < query.seconds / 3 else "IN_PROGRESS"
        _finish(world, query)
    return query.outcome


def _finish(world, query):
    if query.fate == "report_cancelled":
        query.outcome = "CANCELLED"
        return
    if query.fate == "report_fatal":
        query.outcome = "FATAL"
        text = json.dumps({"errors": [{"message": "Internal error."}]})
        query.document = documents.store(world, query.owner, text, compress=False)
        return
    query.outcome = "DONE"
    root = graphql.parse(query.text)
    rows = _rows(world, world.account(query.owner), root, query.as_of)
    limit = world.settings.kiosk_rows
    if limit and len(rows) > query.first + limit:
        query.following = query.first + limit
    rows = rows[query.first : query.following or None]
    if rows and query.fate != "empty_report":
        fields = root[0].fields[0].fields
        lines = [json.dumps(graphql.select(row, fields)) for row in rows]
        text = "\n".join(lines) + "\n"
        kind = "application/jsonl"
        query.document = documents.store(world, query.owner, text, kind, compress=False)


def content(call, query):
    """Return a query as Amazon describes it; no document means no data."""
    outcome = status(call.world, query)
    answer = {
        "queryId": query.id,
        "query": query.text,
        "createdTime": iso(query.as_of),
        "processingStatus": outcome,
    }
    if outcome in ("DONE", "FATAL", "CANCELLED"):
        answer["processingStartTime"] = iso(query.as_of)
        answer["processingEndTime"] = iso(query.as_of + int(query.seconds))
    if query.document:
        key = "errorDocumentId" if outcome == "FATAL" else "dataDocumentId"
        answer[key] = query.document.id
    if outcome == "DONE" and _token(query):
        answer["pagination"] = {"nextToken": _token(query)}
    return answer


# --- what the roots return ----------------------------------------------------------


def _finished(days, site, now):
    """Return the days that are over."""
    today = local_date(now, site.zone)
    return {day: sold for day, sold in days.items() if day < today}


def economics(world, account, sites, first, last, arguments, now):
    """Return sales, fees, ads and net proceeds by product and period."""
    by = arguments.get("aggregateBy") or {}
    granularity, product_by = by.get("date", "DAY"), by.get("productId", "MSKU")
    rows = []
    for site in sites:
        sums = {}
        days = _finished(daily(world, account, site, first, last, now), site, now)
        for day, (_store, parts) in days.items():
            start = first if granularity == "RANGE" else period_start(day, granularity)
            costs = _ad_costs(world, account, site, day, now)
            for product, sold in parts.items():
                key = (start, _identity(product, product_by))
                total = sums.setdefault(key, [Sold(), {}, 0, 0])
                total[0].add(sold)
                total[2] += fulfilment_fee(product, site) * sold.units
                total[3] += referral_fee(sold.sales)
                for kind, cost in costs.get(product, {}).items():
                    total[1][kind] = total[1].get(kind, 0) + cost
        for (start, identity), total in sums.items():
            period = (start, _period_end(start, granularity, last))
            rows.append(_economics(site, period, dict(identity), *total))
    return rows


def _identity(product, by):
    found = {"parentAsin": product.parent_asin, "childAsin": None}
    found.update({"fnsku": None, "msku": None})
    if by in ("CHILD_ASIN", "MSKU"):
        found["childAsin"] = product.asin
    if by == "MSKU":
        found.update({"fnsku": product.fnsku, "msku": product.sku})
    return tuple(found.items())


def _period_end(start, granularity, last):
    if granularity == "RANGE":
        return last
    if granularity == "WEEK":
        return start + timedelta(days=6)
    if granularity == "MONTH":
        following = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
        return following - timedelta(days=1)
    return start


def _ad_costs(world, account, site, day, now):
    """Return product → ad product → cost of a day."""
    found = {}
    for result in world.ads[account.seller_id].results(site, day, now):
        kinds = found.setdefault(result.product, {})
        kind = result.group.campaign.ad_product
        kinds[kind] = kinds.get(kind, 0) + result.cost
    return found


def _economics(site, period, identity, sold, ads, fulfilment, referral):
    net = sold.sales - sold.refunded
    units = sold.units - sold.refunded_units
    total = net - fulfilment - referral - sum(ads.values())
    fees = {"FBA fulfillment fees": fulfilment, "Referral fee": referral}
    start, end = (day.isoformat() for day in period)
    average = round(sold.sales / sold.units) if sold.units else 0
    return {
        "startDate": start,
        "endDate": end,
        "marketplaceId": site.id,
        **identity,
        "sales": {
            "orderedProductSales": amount(sold.sales, site),
            "netProductSales": amount(net, site),
            "refundedProductSales": amount(sold.refunded, site),
            "unitsOrdered": sold.units,
            "unitsRefunded": sold.refunded_units,
            "netUnitsSold": units,
            "averageSellingPrice": amount(average, site) if sold.units else None,
        },
        "fees": [
            _fee(name, value, sold.units, site, start, end)
            for name, value in fees.items()
            if value
        ],
        "ads": [
            {
                "adTypeName": f"{kind.replace('_', ' ').title()} charge",
                "charge": _detail(cost, None, site),
            }
            for kind, cost in sorted(ads.items())
        ],
        "cost": None,
        "netProceeds": {
            "total": amount(total, site),
            "perUnit": amount(round(total / units), site) if units > 0 else None,
        },
    }


def _fee(name, value, units, site, start, end):
    charge = {
        "identifier": name,
        "startDate": start,
        "endDate": end,
        "aggregatedDetail": _detail(value, units, site),
        "components": None,
        "properties": [],
    }
    return {"feeTypeName": name, "charge": charge, "charges": [charge]}


def _detail(value, units, site):
    each = amount(round(value / units), site) if units else None
    return {
        "amount": amount(value, site),
        "amountPerUnit": each,
        "amountPerUnitDelta": None,
        "promotionAmount": amount(0, site),
        "quantity": float(units) if units else None,
        "taxAmount": amount(0, site),
        "totalAmount": amount(value, site),
    }


def by_date(world, account, sites, first, last, arguments, now):
    """Return sales and traffic of stores by period."""
    granularity, rows = arguments.get("aggregateBy", "DAY"), []
    for site in sites:
        sums = {}
        days = _finished(daily(world, account, site, first, last, now), site, now)
        for day, (store, _parts) in days.items():
            sums.setdefault(period_start(day, granularity), Sold()).add(store)
        for start, sold in sums.items():
            end = _period_end(start, granularity, last)
            traffic_part = traffic.traffic_by_date(sold, account.products)
            row = _store_row(site, start, end)
            row["sales"] = traffic.sales_by_date(sold, site)
            rows.append(dict(row, traffic=traffic_part))
    return rows


def by_asin(world, account, sites, first, last, arguments, now):
    """Return sales and traffic of products over the whole range."""
    granularity, rows = arguments.get("aggregateBy", "PARENT"), []
    for site in sites:
        whole, sums = Sold(), {}
        days = _finished(daily(world, account, site, first, last, now), site, now)
        for store, parts in days.values():
            whole.add(store)
            for key, sold in traffic.grouped(parts, granularity).items():
                sums.setdefault(key, Sold()).add(sold)
        for key, sold in sums.items():
            row = _store_row(site, first, last)
            row.update({"childAsin": None, "sku": None, **dict(key)})
            sales = traffic.sales_by_asin(sold, site)
            sales["unitsRefunded"] = sold.refunded_units
            sales["refundRate"] = traffic.percent(sold.refunded_units, sold.units)
            sales["shippedProductSales"] = amount(sold.shipped_sales, site)
            sales["unitsShipped"] = sold.shipped_units
            traffic_part = traffic.traffic_by_asin(sold, whole)
            rows.append(dict(row, sales=sales, traffic=traffic_part))
    return rows


def _store_row(site, first, last):
    return {
        "startDate": first.isoformat(),
        "endDate": last.isoformat(),
        "marketplaceId": site.id,
    }


BUILDERS = {
    (ECONOMICS, "economics"): economics,
    (SALES_AND_TRAFFIC, "salesAndTrafficByDate"): by_date,
    (SALES_AND_TRAFFIC, "salesAndTrafficByAsin"): by_asin,
}
