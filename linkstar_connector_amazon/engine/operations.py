"""Amazon's operations: their pace, and the role an application needs for them.

Rates are Amazon's documented defaults per selling partner and application, in calls
a second and in burst; Amazon's own header corrects them as calls are made. Roles are
named as Amazon's consent page names them. Where the Ads API documents no figure, a
careful one is set and 429 with Retry-After does the rest.
"""

from dataclasses import dataclass

INVENTORY_ROLE = "Inventory and Order Tracking"
FULFILMENT_ROLE = "Amazon Fulfillment"
PRICING_ROLE = "Pricing"
LISTING_ROLE = "Product Listing"
FINANCE_ROLE = "Finance and Accounting"
ANALYTICS_ROLE = "Brand Analytics"
SELLING_ROLE = "Selling Partner Insights"
ADS_ROLE = "Amazon Ads API access"


@dataclass(frozen=True)
class Operation:
    """One call of Amazon's: ``rate`` calls a second, ``burst`` in a row."""

    code: str
    rate: float
    burst: float
    role: str
    api: str = "sp"


def _table(*operations):
    return {operation.code: operation for operation in operations}


OPERATIONS = _table(
    Operation("getMarketplaceParticipations", 0.016, 15, SELLING_ROLE),
    Operation("searchOrders", 0.0056, 20, INVENTORY_ROLE),
    Operation("getOrderMetrics", 0.5, 15, INVENTORY_ROLE),
    Operation("getInventorySummaries", 2, 2, FULFILMENT_ROLE),
    Operation("getShipments", 2, 30, FULFILMENT_ROLE),
    Operation("getShipmentItemsByShipmentId", 2, 30, FULFILMENT_ROLE),
    Operation("searchListingsItems", 5, 5, LISTING_ROLE),
    Operation("getCompetitivePricing", 0.5, 1, PRICING_ROLE),
    Operation("createReport", 0.0167, 15, ANALYTICS_ROLE),
    Operation("getReports", 0.0222, 10, FINANCE_ROLE),
    Operation("getReport", 2, 15, ANALYTICS_ROLE),
    Operation("getReportDocument", 0.0167, 15, ANALYTICS_ROLE),
    Operation("listTransactions", 0.5, 10, FINANCE_ROLE),
    Operation("createQuery", 0.0167, 15, FINANCE_ROLE),
    Operation("getQuery", 2, 15, FINANCE_ROLE),
    Operation("getDocument", 0.0167, 15, FINANCE_ROLE),
    Operation("document", 5, 10, ANALYTICS_ROLE),
    Operation("createSubscription", 1, 5, SELLING_ROLE),
    Operation("createDestination", 1, 5, SELLING_ROLE),
    Operation("listProfiles", 1, 5, ADS_ROLE, "ads"),
    Operation("queryAdGroups", 1, 5, ADS_ROLE, "ads"),
    Operation("queryCampaigns", 1, 5, ADS_ROLE, "ads"),
    Operation("postAdsReport", 1, 5, ADS_ROLE, "ads"),
    Operation("getAdsReport", 1, 5, ADS_ROLE, "ads"),
    Operation("adsDocument", 5, 10, ADS_ROLE, "ads"),
)
