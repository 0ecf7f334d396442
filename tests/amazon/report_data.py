"""The contents of reports, by type.

A builder takes (world, account, report) and returns the text of the document, or
None where Amazon cancels a report for want of data.
"""

import json
from datetime import date
from random import Random

from . import health, traffic
from .clock import DAY, at, iso, local_date, parse
from .errors import invalid
from .figures import Sold, daily
from .money import decimal, number
from .orders import BUYER_MARKER

SALES_AND_TRAFFIC = "GET_SALES_AND_TRAFFIC_REPORT"
PERFORMANCE = "GET_V2_SELLER_PERFORMANCE_REPORT"
FBA_RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
SELLER_RETURNS = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
PROMOTIONS = "GET_PROMOTION_PERFORMANCE_REPORT"
COUPONS = "GET_COUPON_PERFORMANCE_REPORT"


def sales_and_traffic(world, account, report):
    """Return sales and traffic by date and by ASIN of one marketplace."""
    (site,) = report.sites
    options = report.options
    by = options.get("dateGranularity", "DAY")
    asin = options.get("asinGranularity", "PARENT")
    first, last = at(report.start).date(), at(report.end).date()
    days = daily(world, account, site, first, last, report.as_of)
    # The day that still runs is not in the report.
    today = local_date(report.as_of, site.zone)
    days = {day: sold for day, sold in days.items() if day < today}
    periods, parts, whole = {}, {}, Sold()
    for day, (store, products) in days.items():
        periods.setdefault(period_start(day, by), Sold()).add(store)
        whole.add(store)
        for key, sold in traffic.grouped(products, asin).items():
            parts.setdefault(key, Sold()).add(sold)
    offers = account.products
    return json.dumps(
        {
            "reportSpecification": {
                "reportType": SALES_AND_TRAFFIC,
                "reportOptions": {"dateGranularity": by, "asinGranularity": asin},
                "dataStartTime": first.isoformat(),
                "dataEndTime": last.isoformat(),
                "marketplaceIds": [site.id],
            },
            "salesAndTrafficByDate": [
                {
                    "date": day.isoformat(),
                    "salesByDate": traffic.sales_by_date(sold, site),
                    "trafficByDate": traffic.traffic_by_date(sold, offers),
                }
                for day, sold in sorted(periods.items())
            ],
            "salesAndTrafficByAsin": [
                {
                    **dict(key),
                    "salesByAsin": traffic.sales_by_asin(sold, site),
                    "trafficByAsin": traffic.traffic_by_asin(sold, whole),
                }
                for key, sold in parts.items()
                if sold.units or sold.sessions
            ],
        }
    )


def period_start(day, granularity):
    """Return the first date of a date's day, week (from Sunday) or month.

    >>> period_start(date(2026, 3, 4), "WEEK").isoformat()
    '2026-03-01'
    """
    if granularity == "WEEK":
        return date.fromordinal(day.toordinal() - (day.weekday() + 1) % 7)
    return day.replace(day=1) if granularity == "MONTH" else day


def empty_sales_and_traffic(report):
    """Return the report as Amazon sends it when its figures are late."""
    content = {
        "reportSpecification": {
            "reportType": SALES_AND_TRAFFIC,
            "reportOptions": report.options,
            "dataStartTime": iso(report.start)[:10],
            "dataEndTime": iso(report.end)[:10],
            "marketplaceIds": [site.id for site in report.sites],
        },
        "salesAndTrafficByDate": [],
        "salesAndTrafficByAsin": [],
    }
    return json.dumps(content)


def performance(world, account, report):
    """Return the seller performance report."""
    return json.dumps(health.report(world, account, report.sites, report.as_of))


def fba_returns(world, account, report):
    """Return what came back to Amazon's warehouses; None if nothing did."""
    columns = (
        "return-date order-id sku asin fnsku product-name quantity "
        "fulfillment-center-id detailed-disposition reason status "
        "license-plate-number customer-comments"
    ).split()
    rows = []
    for pool, order, line in _returns(world, account, report, "AMAZON"):
        product, back = line.product, line.returned
        rows.append(
            (
                at(back.at).isoformat(),
                order.id,
                product.sku,
                product.asin,
                product.fnsku,
                product.title,
                back.quantity,
                "LEJ1" if pool.name == "EU" else "ONT8",
                back.disposition,
                back.reason,
                "Unit returned to inventory",
                f"LPN{line.item_id}",
                f"{BUYER_MARKER}: write to me" if report.leaking else "",
            )
        )
    return table(columns, rows) if rows else None


def seller_returns(world, account, report):
    """Return what came back to the seller; None if nothing did."""
    columns = (
        "Order ID,Order date,Return request date,Return request status,Amazon RMA ID,"
        "ASIN,Merchant SKU,Item Name,Return quantity,Return reason,In policy,"
        "Return type,Resolution,Return delivery date,Order Amount,Order quantity,"
        "Refunded Amount,Currency code"
    ).split(",")
    rows = []
    for _pool, order, line in _returns(world, account, report, "MERCHANT"):
        site, back = order.marketplace, line.returned
        rows.append(
            (
                order.id,
                _day(order.created),
                _day(back.at - 5 * DAY),
                "Completed",
                f"D{line.item_id[:9]}RRMA",
                line.product.asin,
                line.product.sku,
                line.product.title,
                back.quantity,
                f"CR-{back.reason}",
                "Y",
                "C-Returns",
                "StandardRefund",
                _day(back.at),
                decimal(line.total, site),
                line.quantity,
                decimal(line.refund, site),
                site.currency,
            )
        )
    return table(columns, rows) if rows else None


def _returns(world, account, report, fulfilled_by):
    return [
        (pool, order, line)
        for pool in world.pools(account)
        for order, line in pool.returns(report.start, min(report.end, report.as_of) + 1)
        if order.marketplace in report.sites and order.fulfilled_by == fulfilled_by
    ]


def _day(seconds):
    return at(seconds).strftime("%d-%b-%Y")


def table(columns, rows):
    """Return a tab-separated file."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(str(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


# --- promotions and coupons -----------------------------------------------------------


def promotions(world, account, report):
    """Return the promotions that began in the time range of the report's options."""
    low, high = option_range(report, "promotionStartDateFrom", "promotionStartDateTo")
    found = []
    for site in report.sites:
        for promotion in planned_promotions(world, account, site):
            if low <= promotion["start"] <= high:
                found.append(_promotion(world, account, site, promotion, report.as_of))
    return json.dumps({"reportSpecification": _echo(report), "promotions": found})


def coupons(world, account, report):
    """Return the coupons that began in the time range of the report's options."""
    low, high = option_range(report, "couponStartDateFrom", "couponStartDateTo")
    found = []
    for site in report.sites:
        for promotion in planned_promotions(world, account, site):
            if low <= promotion["start"] <= high:
                found.append(_coupon(world, account, site, promotion, report.as_of))
    return json.dumps({"reportSpecification": _echo(report), "coupons": found})


def planned_promotions(world, account, site):
    """Return a shop's promotions of a site: one a month, of a week, on one product."""
    shop = world.shops[account.seller_id]
    for month in range(36):
        start = world.opened // DAY * DAY - 30 * DAY + month * 30 * DAY
        rng = Random(f"promotion/{shop.seed}/{account.seller_id}/{site.code}/{month}")
        yield {
            "id": str(rng.randrange(10**10, 10**11)),
            "start": start + rng.randrange(10) * DAY,
            "days": 7,
            "product": rng.choice(shop.products),
            "kind": rng.choice(("BEST_DEAL", "LIGHTNING_DEAL", "PRICE_DISCOUNT")),
        }


def _sold(world, account, site, promotion, now):
    end = promotion["start"] + promotion["days"] * DAY
    orders = world.orders(account, promotion["start"], min(end, now + 1), (site,))
    lines = [
        line
        for order in orders
        for line in order.lines
        if line.product == promotion["product"] and order.status(now) != "CANCELLED"
    ]
    return sum(ln.quantity for ln in lines), sum(ln.sales for ln in lines)


def _promotion(world, account, site, promotion, now):
    units, sales = _sold(world, account, site, promotion, now)
    product = promotion["product"]
    return {
        "promotionId": promotion["id"],
        "promotionName": f"Save on {product.title}",
        "merchantId": account.seller_id,
        "unitsSold": units,
        "revenue": number(sales, site),
        "revenueCurrencyCode": site.currency,
        "startDateTime": iso(promotion["start"]),
        "endDateTime": iso(promotion["start"] + promotion["days"] * DAY),
        "type": promotion["kind"],
        "status": "APPROVED",
        "creationChannel": "SELF-SERVICE",
        "marketplaceId": site.id,
        "glanceViews": units * 9,
        "createdDateTime": iso(promotion["start"] - 20 * DAY),
        "lastUpdatedDateTime": iso(promotion["start"] - 10 * DAY),
        "includedProducts": [
            {
                "asin": product.asin,
                "productName": product.title,
                "productGlanceViews": units * 9,
                "productUnitsSold": units,
                "productRevenue": number(sales, site),
                "productRevenueCurrencyCode": site.currency,
            }
        ],
    }


def _coupon(world, account, site, promotion, now):
    units, sales = _sold(world, account, site, promotion, now)
    product, redeemed = promotion["product"], units // 3
    discount = sales // 30
    budget = 100 * product.price_in(site)
    return {
        "couponId": f"C{promotion['id']}",
        "merchantId": account.seller_id,
        "marketplaceId": site.id,
        "currencyCode": site.currency,
        "name": f"Save 10% on {product.title}",
        "websiteMessage": "Save 10%",
        "startDateTime": iso(promotion["start"]),
        "endDateTime": iso(promotion["start"] + promotion["days"] * DAY),
        "customerSegment": "All (Default)",
        "discountType": "PERCENT_OFF_LIST_PRICE",
        "discountAmount": 10,
        "clips": units,
        "redemptions": redeemed,
        "budget": number(budget, site),
        "totalDiscount": number(discount, site),
        "budgetSpent": number(min(discount, budget), site),
        "budgetRemaining": number(max(0, budget - discount), site),
        "budgetPercentageUsed": round(min(100.0, 100 * discount / budget), 1),
        "sales": number(sales // 3, site),
        "asins": [{"asin": product.asin}],
    }


def _echo(report):
    return {
        "reportType": report.type,
        "reportOptions": report.options,
        "marketplaceIds": [site.id for site in report.sites],
    }


def option_range(report, low, high):
    """Return the seconds of two times in a report's options, or refuse it."""
    try:
        return parse(report.options[low]), parse(report.options[high])
    except KeyError as missing:
        raise invalid(f"The report option {missing.args[0]} is required.") from None
    except ValueError as error:
        raise invalid(str(error)) from None
