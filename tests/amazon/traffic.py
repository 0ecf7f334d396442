"""Sales and traffic in Amazon's words, for the report and for Data Kiosk."""

from .figures import Sold
from .money import amount


def percent(part, whole):
    """Return a percentage as Amazon writes it: 4.35, not 0.0435."""
    return round(100 * part / whole, 2) if whole else 0.0


def ratio(part, whole):
    """Return a quotient of two decimals, 0 for nothing."""
    return round(part / whole, 2) if whole else 0.0


def sales_by_date(sold, site):
    """Return the sales of a date."""
    per_item = round(sold.sales / sold.items) if sold.items else 0
    per_unit = round(sold.sales / sold.units) if sold.units else 0
    return {
        "orderedProductSales": amount(sold.sales, site),
        "orderedProductSalesB2B": amount(sold.business_sales, site),
        "unitsOrdered": sold.units,
        "unitsOrderedB2B": sold.business_units,
        "totalOrderItems": sold.items,
        "averageSalesPerOrderItem": amount(per_item, site),
        "averageUnitsPerOrderItem": ratio(sold.units, sold.items),
        "averageSellingPrice": amount(per_unit, site),
        "unitsRefunded": sold.refunded_units,
        "refundRate": percent(sold.refunded_units, sold.units),
        "claimsGranted": 0,
        "claimsAmount": amount(0, site),
        "shippedProductSales": amount(sold.shipped_sales, site),
        "unitsShipped": sold.shipped_units,
        "ordersShipped": sold.shipped_orders,
    }


def traffic_by_date(sold, offers):
    """Return the traffic of a date; ``offers`` is the number of listings."""
    return {
        **_visits(sold),
        "buyBoxPercentage": percent(sold.buy_box_views, sold.views),
        "orderItemSessionPercentage": percent(sold.items, sold.sessions),
        "unitSessionPercentage": percent(sold.units, sold.sessions),
        "averageOfferCount": offers,
        "averageParentItems": -(-offers // 3),
        "feedbackReceived": sold.orders // 60,
        "negativeFeedbackReceived": 0,
        "receivedNegativeFeedbackRate": 0.0,
    }


def sales_by_asin(sold, site):
    """Return the sales of a product or family."""
    return {
        "unitsOrdered": sold.units,
        "unitsOrderedB2B": sold.business_units,
        "orderedProductSales": amount(sold.sales, site),
        "orderedProductSalesB2B": amount(sold.business_sales, site),
        "totalOrderItems": sold.items,
    }


def traffic_by_asin(sold, store):
    """Return the traffic of a product or family beside its store's."""
    browser = store.sessions - store.mobile_sessions
    return {
        **_visits(sold),
        "browserSessionPercentage": percent(
            sold.sessions - sold.mobile_sessions, browser
        ),
        "mobileAppSessionPercentage": percent(
            sold.mobile_sessions, store.mobile_sessions
        ),
        "sessionPercentage": percent(sold.sessions, store.sessions),
        "browserPageViewsPercentage": percent(
            sold.views - sold.mobile_views, store.views - store.mobile_views
        ),
        "mobileAppPageViewsPercentage": percent(sold.mobile_views, store.mobile_views),
        "pageViewsPercentage": percent(sold.views, store.views),
        "buyBoxPercentage": percent(sold.buy_box_views, sold.views),
        "unitSessionPercentage": percent(sold.units, sold.sessions),
    }


def _visits(sold):
    return {
        "browserPageViews": sold.views - sold.mobile_views,
        "mobileAppPageViews": sold.mobile_views,
        "pageViews": sold.views,
        "browserSessions": sold.sessions - sold.mobile_sessions,
        "mobileAppSessions": sold.mobile_sessions,
        "sessions": sold.sessions,
    }


def grouped(parts, granularity):
    """Return {key fields as a tuple: Sold} by PARENT, CHILD or SKU."""
    found = {}
    for product, sold in parts.items():
        key = {"parentAsin": product.parent_asin}
        if granularity in ("CHILD", "SKU"):
            key["childAsin"] = product.asin
        if granularity == "SKU":
            key["sku"] = product.sku
        found.setdefault(tuple(key.items()), Sold()).add(sold)
    return found
