"""Promotions and coupons, as their reports tell them."""

import json
from datetime import timedelta

from .local_day import parse_moment

PROMOTIONS = "GET_PROMOTION_PERFORMANCE_REPORT"
COUPONS = "GET_COUPON_PERFORMANCE_REPORT"
ENDED_STATES = ("CANCELED", "CANCELLED")


def promotion_rows(text):
    """Rows of a report of promotions, by marketplace.

    >>> promotion_rows('{"promotions": []}'), promotion_rows("")
    ({}, {})
    """
    found = {}
    for entry in _entries(text, "promotions"):
        row = {
            **_shared(entry, entry["promotionId"], entry.get("promotionName")),
            "kind": entry.get("type") or "PROMOTION",
            "status": entry.get("status") or "",
            "units_sold": int(entry.get("unitsSold") or 0),
            "sales": float(entry.get("revenue") or 0),
            "views": int(entry.get("glanceViews") or 0),
            "asins": _asins(entry.get("includedProducts")),
            "clips": 0,
            "redemptions": 0,
            "discount": 0.0,
            "budget": 0.0,
            "budget_spent": 0.0,
        }
        found.setdefault(entry["marketplaceId"], {})[row["reference"]] = row
    return _listed(found)


def coupon_rows(text):
    """Rows of a report of coupons, by marketplace."""
    found = {}
    for entry in _entries(text, "coupons"):
        row = {
            **_shared(entry, entry["couponId"], entry.get("name")),
            "kind": "COUPON",
            "status": "",
            "units_sold": int(entry.get("redemptions") or 0),
            "sales": float(entry.get("sales") or 0),
            "views": 0,
            "asins": _asins(entry.get("asins")),
            "clips": int(entry.get("clips") or 0),
            "redemptions": int(entry.get("redemptions") or 0),
            "discount": float(entry.get("totalDiscount") or 0),
            "budget": float(entry.get("budget") or 0),
            "budget_spent": float(entry.get("budgetSpent") or 0),
        }
        found.setdefault(entry["marketplaceId"], {})[row["reference"]] = row
    return _listed(found)


def _entries(text, name):
    return (json.loads(text) if text.strip() else {}).get(name) or ()


def _listed(found):
    return {site: list(rows.values()) for site, rows in found.items()}


def _shared(entry, reference, name):
    return {
        "reference": str(reference),
        "name": name or str(reference),
        "starts_at": parse_moment(entry["startDateTime"]),
        "ends_at": parse_moment(entry["endDateTime"]),
    }


def _asins(products):
    return " ".join(
        sorted({part["asin"] for part in products or () if part.get("asin")})
    )


def is_starting(starts_at, status, now, notice_days):
    """Whether a promotion begins within the days of notice.

    >>> from datetime import datetime
    >>> day = datetime(2026, 1, 1)
    >>> is_starting(datetime(2026, 1, 5), "APPROVED", day, 7)
    True
    >>> is_starting(datetime(2026, 1, 5), "CANCELED", day, 7)
    False
    >>> is_starting(datetime(2026, 1, 9), "", day, 7), is_starting(day, "", day, 7)
    (False, False)
    """
    if status in ENDED_STATES:
        return False
    return now < starts_at <= now + timedelta(days=notice_days)
