"""Demand: the orders buyers would place, day by day, if everything were in stock.

Each marketplace and UTC day has a random source of its own, seeded by shop, site and
date: a day can be made without the days before it, and is always the same.
"""

import math
from bisect import bisect
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random

from .catalogue import AMAZON, MERCHANT, make_products
from .clock import DAY, HOUR, MINUTE, at

PENDING, UNSHIPPED = "PENDING", "UNSHIPPED"
SHIPPED, CANCELLED = "SHIPPED", "CANCELLED"

#: Share of a day's orders in each local hour, unscaled.
HOURS = (3, 2, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 9, 8, 8, 8, 8, 9, 11, 13, 14, 12, 9, 5)

RETURN_REASONS = (
    "DEFECTIVE",
    "UNWANTED_ITEM",
    "NOT_AS_DESCRIBED",
    "ORDERED_WRONG_ITEM",
    "MISSED_ESTIMATED_DELIVERY",
)


@dataclass(frozen=True, slots=True)
class Return:
    """A line that came back: units, moments in seconds, why, and what became of it."""

    at: int
    refunded_at: int
    quantity: int
    reason: str
    disposition: str


@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order; money in minor units, for the whole line."""

    item_id: str
    product: object
    quantity: int
    unit_price: int
    discount: int = 0
    tax: int = 0
    shipping: int = 0
    returned: Return | None = None

    @property
    def sales(self):
        """Price times units: Amazon's ordered product sales."""
        return self.unit_price * self.quantity

    @property
    def total(self):
        """What the buyer pays for the line."""
        return self.sales - self.discount + self.tax + self.shipping

    @property
    def refund(self):
        """Product sales given back by the line's return; 0 without one."""
        return self.unit_price * self.returned.quantity if self.returned else 0


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its whole life; moments are seconds, None means never."""

    id: str
    marketplace: object
    created: int
    lines: tuple
    fulfilled_by: str
    paid: int
    shipped: int | None
    cancelled: int | None = None
    cancelled_by: str = ""
    is_business: bool = False

    def status(self, now):
        """Return Amazon's fulfilment status at a moment."""
        if self.cancelled is not None and now >= self.cancelled:
            return CANCELLED
        if self.shipped is not None and now >= self.shipped:
            return SHIPPED
        return UNSHIPPED if now >= self.paid else PENDING

    def updated(self, now):
        """Return when the order last changed, seen from a moment."""
        moments = (self.created, self.paid, self.shipped, self.cancelled)
        return max(m for m in moments if m is not None and m <= now)

    @property
    def last_change(self):
        """When the order changes for the last time."""
        moments = (self.created, self.paid, self.shipped, self.cancelled)
        return max(m for m in moments if m is not None)

    @property
    def units(self):
        """Units ordered."""
        return sum(line.quantity for line in self.lines)

    @property
    def sales(self):
        """Ordered product sales in minor units."""
        return sum(line.sales for line in self.lines)


class Shop:
    """The demand side of one account."""

    def __init__(self, seed, account, rush=0.0, rush_from=0):
        """
        :param rush: further orders a minute on the account's first site
        :param rush_from: seconds from which on they come
        """
        self.seed = seed
        self.account = account
        self.rush, self.rush_from = rush, rush_from
        self.products = make_products(seed, account)
        self.by_sku = {product.sku: product for product in self.products}
        self.by_asin = {product.asin: product for product in self.products}
        self._weights = list(accumulate(p.weight for p in self.products))

    def add_product(self, product):
        """Offer another product; demand for the others stays as it was."""
        if product.sku in self.by_sku:
            raise ValueError(f"SKU {product.sku} exists already")
        self.products += (product,)
        self.by_sku[product.sku] = self.by_asin[product.asin] = product

    def expected_orders(self, marketplace, day):
        """Return the mean number of orders of a site on a UTC day (days since 1970)."""
        moment = at(day * DAY)
        season = 1 + 0.2 * math.cos(
            2 * math.pi * (moment.timetuple().tm_yday - 340) / 365
        )
        weekend = 1.25 if moment.weekday() >= 5 else 1.0
        return (
            marketplace.volume
            * self.account.scale
            * season
            * weekend
            * promotion_factor(moment)
        )

    def expected_units(self, product, marketplace):
        """Return the mean number of units a plain day sells of a product."""
        share = product.weight / self._weights[-1]
        return marketplace.volume * self.account.scale * share * 1.2 * 1.24

    def demand(self, marketplace, day):
        """Return the orders placed on a UTC day in time order."""
        rng = self._rng("orders", marketplace, day)
        mean = self.expected_orders(marketplace, day)
        count = max(0, round(rng.gauss(mean, math.sqrt(mean))))
        offset = at(day * DAY + 12 * HOUR, marketplace.zone).utcoffset()
        shift = int(offset.total_seconds()) // HOUR
        hours = [HOURS[(hour + shift) % 24] for hour in range(24)]
        moments = sorted(
            day * DAY + hour * HOUR + rng.randrange(HOUR)
            for hour in rng.choices(range(24), hours, k=count)
        )
        orders = [self._order(rng, marketplace, moment) for moment in moments]
        if self.rush and marketplace is self.account.marketplaces[0]:
            orders += self._rush(marketplace, day)
            orders.sort(key=lambda order: (order.created, order.id))
        return orders

    def _rush(self, marketplace, day):
        """Further orders at an even pace, so that no minute is without one."""
        rng, gap = self._rng("rush", marketplace, day), MINUTE / self.rush
        found = []
        for number in range(int(DAY / gap)):
            moment = day * DAY + int(number * gap + rng.random() * gap)
            order = self._order(rng, marketplace, moment)
            # Made in any case, for the others of the day to stay the same.
            if moment >= self.rush_from:
                found.append(order)
        return found

    def _order(self, rng, marketplace, created):
        product = self._pick(rng)
        products = [product]
        while rng.random() < 0.17 and len(products) < 3:
            other = self._pick(rng)
            # A basket is sent by Amazon or by the seller, never by both.
            if other.fulfilled_by == product.fulfilled_by and other not in products:
                products.append(other)
        paid = created + rng.randrange(1, 40) * MINUTE
        shipped = paid + rng.randrange(3 * HOUR, 30 * HOUR)
        cancelled, cancelled_by = None, ""
        if rng.random() < 0.04:
            cancelled_by = "BUYER" if rng.random() < 0.7 else "AMAZON"
            if product.fulfilled_by == MERCHANT and cancelled_by == "AMAZON":
                cancelled_by = "MERCHANT"
            cancelled, shipped = paid + rng.randrange(2 * HOUR), None
        number = rng.randrange(10**14)
        return Order(
            id=order_id(marketplace, number),
            marketplace=marketplace,
            created=created,
            lines=tuple(
                self._line(rng, marketplace, p, number, i, shipped)
                for i, p in enumerate(products)
            ),
            fulfilled_by=product.fulfilled_by,
            paid=paid,
            shipped=shipped,
            cancelled=cancelled,
            cancelled_by=cancelled_by,
            is_business=rng.random() < 0.06,
        )

    def _pick(self, rng):
        return self.products[bisect(self._weights, rng.random() * self._weights[-1])]

    def _line(self, rng, marketplace, product, number, index, shipped):
        quantity = 1 if rng.random() < 0.84 else rng.choice((2, 2, 3))
        line = make_line(
            marketplace,
            product,
            quantity,
            item_id=f"{number % 10**13:013d}{index}",
            discount_percent=10 if rng.random() < 0.08 else 0,
            shipping=rng.random() < 0.05,
        )
        if shipped is not None and rng.random() < 0.06:
            arrived = shipped + rng.randrange(4 * DAY, 21 * DAY)
            line = replace(
                line,
                returned=Return(
                    at=arrived,
                    refunded_at=arrived + rng.randrange(HOUR, 2 * DAY),
                    quantity=rng.randint(1, quantity),
                    reason=rng.choice(RETURN_REASONS),
                    disposition="SELLABLE"
                    if rng.random() < 0.6
                    else "CUSTOMER_DAMAGED",
                ),
            )
        return line

    def _rng(self, purpose, marketplace, day):
        key = f"{purpose}/{self.seed}/{self.account.seller_id}/{marketplace.code}/{day}"
        return Random(key)


def make_line(
    marketplace,
    product,
    quantity,
    item_id,
    unit_price=None,
    discount_percent=0,
    shipping=False,
):
    """Return an order line at the site's price, tax added where prices lack it."""
    if unit_price is None:
        unit_price = product.price_in(marketplace)
    sales = unit_price * quantity
    discount = sales * discount_percent // 100
    # North American prices exclude sales tax; European and Japanese include it.
    tax = (sales - discount) * 8 // 100 if marketplace.region == "na" else 0
    return Line(
        item_id=item_id,
        product=product,
        quantity=quantity,
        unit_price=unit_price,
        discount=discount,
        tax=tax,
        shipping=(499 if marketplace.decimals else 500) if shipping else 0,
    )


def order_id(marketplace, number):
    """Return an order number as Amazon writes them (3-7-7 digits)."""
    digits = f"{number % 10**14:014d}"
    return f"{marketplace.order_prefix}-{digits[:7]}-{digits[7:]}"


def promotion_factor(moment):
    """Return how much a date's promotions raise demand (1.0 on a plain day)."""
    if moment.month == 7 and 8 <= moment.day <= 11:
        return 2.5
    if moment.month == 11 and 20 <= moment.day <= 30:
        return 2.2
    return 1.0


__all__ = [
    "AMAZON",
    "CANCELLED",
    "Line",
    "MERCHANT",
    "Order",
    "PENDING",
    "Return",
    "SHIPPED",
    "Shop",
    "UNSHIPPED",
    "make_line",
    "order_id",
    "promotion_factor",
]
