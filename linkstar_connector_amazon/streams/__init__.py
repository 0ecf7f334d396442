"""Streams by code, in the order in which an account first runs them."""

from .ad_groups import AdGroups
from .ads_reports import AdsReports
from .backfill import (
    AdsBackfill,
    EconomicsBackfill,
    OrdersBackfill,
    ReturnsBackfill,
    SettlementsBackfill,
    TrafficBackfill,
    TransactionsBackfill,
)
from .campaigns import Campaigns
from .economics import Economics
from .inbound import Inbound, InboundItems
from .inventory import Inventory
from .listings import Listings
from .order_metrics import OrderMetrics
from .orders import Orders
from .prices import Prices
from .promotions import Coupons, Promotions
from .reports import Performance, Returns, SalesAndTraffic
from .settlements import Settlements
from .transactions import Transactions

HANDLERS = {
    handler.code: handler
    for handler in (
        Orders,
        Inventory,
        Inbound,
        InboundItems,
        Listings,
        Prices,
        OrderMetrics,
        AdGroups,
        Campaigns,
        SalesAndTraffic,
        AdsReports,
        Performance,
        Returns,
        Transactions,
        Economics,
        Settlements,
        Promotions,
        Coupons,
        OrdersBackfill,
        TrafficBackfill,
        AdsBackfill,
        ReturnsBackfill,
        TransactionsBackfill,
        EconomicsBackfill,
        SettlementsBackfill,
    )
}
