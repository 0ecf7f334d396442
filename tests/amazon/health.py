"""The seller performance report: an account's health as Amazon judges it today."""

from random import Random

from .clock import DAY, at

#: name → (length of the window in days, Amazon's target, condition)
TARGETS = {
    "lateShipmentRate": (30, 0.04, "LESS_THAN"),
    "invoiceDefectRate": (7, 0.05, "LESS_THAN"),
    "onTimeDeliveryRate": (30, 0.9, "GREATER_THAN"),
    "unitOnTimeDeliveryRate": (30, 0.9, "GREATER_THAN"),
    "validTrackingRate": (30, 0.95, "GREATER_THAN"),
    "preFulfillmentCancellationRate": (7, 0.025, "LESS_THAN"),
}
#: The names of the counts beside each rate: (of what, of those the counted).
COUNTS = {
    "lateShipmentRate": ("orderCount", "lateShipmentCount"),
    "invoiceDefectRate": ("orderCount", None),
    "onTimeDeliveryRate": ("shipmentCountWithValidTracking", "onTimeDeliveryCount"),
    "unitOnTimeDeliveryRate": ("totalUnitCount", "unitOnTimeDeliveryCount"),
    "validTrackingRate": ("shipmentCount", "validTrackingCount"),
    "preFulfillmentCancellationRate": ("orderCount", "cancellationCount"),
}
VIOLATIONS = (
    "listingPolicyViolations",
    "productAuthenticityCustomerComplaints",
    "productConditionCustomerComplaints",
    "productSafetyCustomerComplaints",
    "receivedIntellectualPropertyComplaints",
    "restrictedProductPolicyViolations",
    "suspectedIntellectualPropertyViolations",
    "foodAndProductSafetyIssues",
    "otherPolicyViolations",
    "documentRequests",
)
#: What the control API may set for a marketplace, beside the rates and violations.
SETTINGS = (
    "accountStatus",
    "ahrStatus",
    "orderDefectRate",
    *TARGETS,
    *VIOLATIONS,
)


def report(world, account, sites, now):
    """Return the report's content for some marketplaces at a moment."""
    return {
        "accountStatuses": [
            {
                "marketplaceId": site.id,
                "status": _setting(
                    world, account, site, "accountStatus", now, "NORMAL"
                ),
            }
            for site in sites
        ],
        "performanceMetrics": [_metrics(world, account, site, now) for site in sites],
    }


def _metrics(world, account, site, now):
    rng = Random(f"health/{world.settings.seed}/{account.seller_id}/{site.code}")
    orders = rng.randrange(900, 4000)

    def setting(name, default):
        return _setting(world, account, site, name, now, default)

    content = {"marketplaceId": site.id, "warningStates": []}
    for name, (days, target, condition) in TARGETS.items():
        good = rng.uniform(0, target / 4)
        default = good if condition == "LESS_THAN" else 1 - good / 20
        content[name] = _rate(name, setting(name, default), orders, days, now)
    defects = setting("orderDefectRate", rng.uniform(0.0, 0.004))
    content["orderDefectRate"] = {
        "afn": _defect_rate("afn", defects, orders, now),
        "mfn": _defect_rate("mfn", 0.0, 12, now),
    }
    for name in VIOLATIONS:
        count = setting(name, 0)
        content[name] = {
            "reportingDateRange": _window(180, now),
            "defectsCount": count,
            "status": "BAD" if count else "GOOD",
            "targetValue": 0,
            "targetCondition": "EQUALS",
        }
    content["accountHealthRating"] = {
        "ahrStatus": setting("ahrStatus", "GREAT"),
        "reportingDateRange": _window(180, now),
    }
    return content


def _setting(world, account, site, name, now, default):
    return world.overlay.get(
        ("health", account.seller_id, site.code, name), now, default
    )


def _rate(name, rate, orders, days, now):
    _days, target, condition = TARGETS[name]
    good = rate < target if condition == "LESS_THAN" else rate > target
    whole, counted = COUNTS[name]
    content = {
        "reportingDateRange": _window(days, now),
        whole: orders,
        "status": "GOOD" if good else "BAD",
        "rate": round(rate, 8),
        "targetValue": target,
        "targetCondition": condition,
    }
    if counted:
        content[counted] = round(orders * rate)
    else:
        content["invoiceDefect"] = _count(round(orders * rate), "GOOD")
        content["missingInvoice"] = _count(round(orders * rate), "NONE")
        content["lateInvoice"] = _count(0, "NONE")
    return content


def _defect_rate(network, rate, orders, now):
    status = "GOOD" if rate < 0.01 else "BAD"
    defects = round(orders * rate)
    return {
        "reportingDateRange": _window(60, now),
        "orderCount": orders,
        "orderWithDefects": _count(defects, status),
        "claims": _count(defects // 2, "NONE"),
        "chargebacks": _count(0, "NONE"),
        "negativeFeedback": _count(defects - defects // 2, "NONE"),
        "fulfillmentType": network,
        "status": status,
        "rate": round(rate, 8),
        "targetValue": 0.01,
        "targetCondition": "LESS_THAN",
    }


def _count(count, status):
    return {"count": count, "status": status}


def _window(days, now):
    first, last = at(now - days * DAY).date(), at(now - DAY).date()
    return {
        "reportingDateFrom": f"{first}T00:00Z",
        "reportingDateTo": f"{last}T23:59Z",
    }
