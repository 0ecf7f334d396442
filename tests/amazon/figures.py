"""Daily figures of a store: what its orders, refunds, visits and fees add up to.

Shared by the operations that report aggregates; ``truth`` computes its own.
"""

from collections import defaultdict
from dataclasses import dataclass, fields
from random import Random

from .catalogue import AMAZON
from .clock import DAY, dates, local_date, midnight, midnight_after
from .shop import CANCELLED

#: The share of a sale that Amazon keeps, and its price for sending a unit (cents).
REFERRAL_PERCENT = 15
FULFILMENT_FEES = ((1000, 306), (2000, 372), (3500, 499), (10**9, 615))
#: Traffic is unknown for a day after the day, and not final for three.
TRAFFIC_AFTER = DAY
TRAFFIC_SETTLED = 3 * DAY


@dataclass
class Sold:
    """Sums of a day; money in minor units."""

    orders: int = 0
    items: int = 0
    units: int = 0
    sales: int = 0
    business_units: int = 0
    business_sales: int = 0
    shipped_orders: int = 0
    shipped_units: int = 0
    shipped_sales: int = 0
    refunded_units: int = 0
    refunded: int = 0
    sessions: int = 0
    mobile_sessions: int = 0
    views: int = 0
    mobile_views: int = 0
    buy_box_views: int = 0

    def add(self, other):
        """Add another's sums to these."""
        for item in fields(self):
            total = getattr(self, item.name) + getattr(other, item.name)
            setattr(self, item.name, total)


def daily(world, account, site, first, last, now):
    """Return date → (Sold of the store, {product: Sold}) for dates in the site's zone.

    Orders count on their day of creation without cancelled ones; refunds and shipped
    units on their own days. Days that have not begun are missing.
    """
    zone = site.zone
    days = {
        day: (Sold(), defaultdict(Sold))
        for day in dates(first, last)
        if midnight(day, zone) <= now
    }
    start, end = midnight(first, zone), midnight_after(last, zone)
    for order in world.orders(account, start - 4 * DAY, min(end, now + 1), (site,)):
        _add_order(days, order, zone, now)
    for order, line in world.refunds(account, start, min(end, now + 1), (site,)):
        store, parts = days[
            local_date(line.returned.refunded_at, order.marketplace.zone)
        ]
        for sold in (store, parts[line.product]):
            sold.refunded_units += line.returned.quantity
            sold.refunded += line.refund
    for day, (store, parts) in days.items():
        for product in world.shops[account.seller_id].products:
            _add_traffic(world, account, site, day, product, parts[product], now)
            _count_traffic(store, parts[product])
    return days


def _add_order(days, order, zone, now):
    status = order.status(now)
    if status == CANCELLED:
        return
    created = days.get(local_date(order.created, zone))
    if created:
        store, parts = created
        store.orders += 1
        for line in order.lines:
            for sold in (store, parts[line.product]):
                sold.items += 1
                sold.units += line.quantity
                sold.sales += line.sales
                if order.is_business:
                    sold.business_units += line.quantity
                    sold.business_sales += line.sales
        for product in {line.product for line in order.lines}:
            parts[product].orders += 1
    if order.shipped is not None and order.shipped <= now:
        shipped = days.get(local_date(order.shipped, zone))
        if shipped:
            shipped[0].shipped_orders += 1
            for line in order.lines:
                for sold in (shipped[0], shipped[1][line.product]):
                    sold.shipped_units += line.quantity
                    sold.shipped_sales += line.sales


def _add_traffic(world, account, site, day, product, sold, now):
    over = midnight_after(day, site.zone)
    if now < over + TRAFFIC_AFTER:
        return
    shop = world.shops[account.seller_id]
    rng = Random(
        f"visits/{shop.seed}/{account.seller_id}/{site.code}/{product.sku}/{day}"
    )
    expected = shop.expected_units(product, site)
    sessions = round(expected * rng.uniform(6, 11)) + 2 * sold.units + 1
    if now < over + TRAFFIC_SETTLED:
        sessions = max(sold.units, sessions * 9 // 10)
    owned = owns_buy_box(world, account, site, product.sku, over - DAY // 2)
    sold.sessions = sessions
    sold.mobile_sessions = sessions * rng.randint(55, 70) // 100
    sold.views = sessions * rng.randint(115, 150) // 100
    sold.mobile_views = sold.views * rng.randint(55, 70) // 100
    share = rng.randint(93, 100) if owned else rng.randint(2, 9)
    sold.buy_box_views = sold.views * share // 100


def _count_traffic(store, sold):
    for name in (
        "sessions",
        "mobile_sessions",
        "views",
        "mobile_views",
        "buy_box_views",
    ):
        setattr(store, name, getattr(store, name) + getattr(sold, name))


def owns_buy_box(world, account, site, sku, now):
    """Whether the seller's offer is the featured one at a moment."""
    return world.overlay.get(("buy_box", account.seller_id, site.code, sku), now, True)


def referral_fee(sales):
    """Return Amazon's commission on sales, in minor units."""
    return sales * REFERRAL_PERCENT // 100


def fulfilment_fee(product, site):
    """Return what Amazon takes for sending one unit, in minor units of the site."""
    if product.fulfilled_by != AMAZON:
        return 0
    cents = next(fee for limit, fee in FULFILMENT_FEES if product.price <= limit)
    amount = cents * site.price_factor
    return round(amount) if site.decimals else round(amount / 100)
