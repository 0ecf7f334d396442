"""Streams by code, in the order in which an account first runs them."""

from .ad_groups import AdGroups
from .ads_reports import AdsReports
from .inbound import Inbound, InboundItems
from .inventory import Inventory
from .listings import Listings
from .order_metrics import OrderMetrics
from .orders import Orders, OrdersBackfill
from .reports import Performance, Returns, SalesAndTraffic
from .transactions import Transactions

HANDLERS = {
    handler.code: handler
    for handler in (
        Orders,
        Inventory,
        Inbound,
        InboundItems,
        Listings,
        OrderMetrics,
        AdGroups,
        SalesAndTraffic,
        AdsReports,
        Performance,
        Returns,
        Transactions,
        OrdersBackfill,
    )
}
