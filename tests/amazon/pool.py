"""Supply: a stock pool, in which orders take units and shipments bring them.

A pool is simulated day by day from the day its shop opened. Each day starts from the
end of the one before and is kept, so that moving the clock forward costs only the new
days. An intervention throws away the day it falls in and those after; they are made
again with it, and what happened before its moment comes out the same.
"""

import heapq
from bisect import bisect_right, insort
from dataclasses import dataclass, field, replace
from random import Random

from .clock import DAY, HOUR
from .shipments import moved, planned
from .shop import AMAZON

SELLABLE, DAMAGED = "sellable", "damaged"

#: Days of demand a pool starts with, orders again at, and orders.
FIRST_STOCK = (35, 70)
REORDER_AT = 30
REORDER_FOR = 40


@dataclass
class Day:
    """What happened in a pool on one UTC day, and how it ended."""

    number: int
    orders: list = field(default_factory=list)
    movements: list = field(default_factory=list)
    returns: list = field(default_factory=list)
    stock: dict = field(default_factory=dict)
    damaged: dict = field(default_factory=dict)
    coming: list = field(default_factory=list)
    shipments: dict = field(default_factory=dict)
    shipment_count: int = 0

    def next(self):
        """Return an empty day that starts where this one ends."""
        return Day(
            number=self.number + 1,
            stock=dict(self.stock),
            damaged=dict(self.damaged),
            coming=list(self.coming),
            shipments=dict(self.shipments),
            shipment_count=self.shipment_count,
        )


class Pool:
    """The units that the marketplaces of one fulfilment network share."""

    def __init__(self, shop, name, marketplaces, opened, replenish=True):
        self.shop = shop
        self.name = name
        self.marketplaces = marketplaces
        self.opened = opened
        self.replenish = replenish
        self.products = [p for p in shop.products if p.fulfilled_by == AMAZON]
        self._rate = {
            product.sku: sum(shop.expected_units(product, m) for m in marketplaces)
            for product in self.products
        }
        self._demand = {}
        self._interventions = []
        self._sequence = 0
        self._days = []

    # --- interventions ------------------------------------------------------------

    def intervene(self, moment, kind, *data):
        """Note something that happens at a moment and forget the days it changes."""
        self._sequence += 1
        insort(self._interventions, (moment, self._sequence, kind, data))
        del self._days[max(0, moment // DAY - self.opened // DAY) :]

    def add_product(self, product):
        """Stock another product, none of which is there yet."""
        self.products.append(product)
        self._rate[product.sku] = 0.0
        self._days.clear()

    # --- reading ------------------------------------------------------------------

    def days(self, start, end):
        """Return the simulated days that hold moments of [start, end]."""
        first = self.opened // DAY
        last = end // DAY
        self._simulate(last)
        return self._days[max(0, start // DAY - first) : max(0, last - first + 1)]

    def orders(self, start, end):
        """Return the orders created in [start, end), in time order."""
        if end <= start:
            return []
        return [
            order
            for day in self.days(start, end)
            for order in day.orders
            if start <= order.created < end
        ]

    def returns(self, start, end):
        """Return (order, line) of what came back in [start, end)."""
        return [
            (order, line)
            for day in self.days(start, end)
            for order, line in day.returns
            if start <= line.returned.at < end
        ]

    def stock(self, now):
        """Return sku → units that can be sold at a moment."""
        return self._balance(now, SELLABLE)

    def damaged(self, now):
        """Return sku → units in the warehouse that cannot be sold."""
        return self._balance(now, DAMAGED)

    def reserved(self, now):
        """Return sku → units of open orders at a moment."""
        units = {}
        for order in self.orders(now - 4 * DAY, now + 1):
            if order.fulfilled_by == AMAZON and order.status(now) in (
                "PENDING",
                "UNSHIPPED",
            ):
                for line in order.lines:
                    sku = line.product.sku
                    units[sku] = units.get(sku, 0) + line.quantity
        return units

    def shipments(self, now):
        """Return the shipments that exist at a moment, oldest first."""
        days = self.days(now, now)
        known = days[-1].shipments.values() if days else ()
        return [shipment for shipment in known if shipment.created <= now]

    def _balance(self, now, kind):
        days = self.days(now - DAY, now)
        if not days:
            return {}
        today = days[-1]
        units = dict(today.stock if kind == SELLABLE else today.damaged)
        for moment, sku, name, delta in reversed(today.movements):
            if moment <= now:
                break
            if name == kind:
                units[sku] -= delta
        return units

    # --- simulation ---------------------------------------------------------------

    def _simulate(self, last):
        first = self.opened // DAY
        if not self._days and last >= first:
            self._days.append(self._run(self._first_day(first)))
        while self._days and self._days[-1].number < last:
            self._days.append(self._run(self._days[-1].next()))

    def _first_day(self, number):
        rng = Random(
            f"stock/{self.shop.seed}/{self.shop.account.seller_id}/{self.name}"
        )
        stock = {
            product.sku: round(self._rate[product.sku] * rng.uniform(*FIRST_STOCK))
            for product in self.products
        }
        return Day(number, stock=stock, damaged=dict.fromkeys(stock, 0))

    def _run(self, day):
        events = self._events(day)
        end = (day.number + 1) * DAY
        while events:
            moment, kind, data = events[0][0], events[0][3], events[0][4]
            if moment >= end:
                break
            heapq.heappop(events)
            getattr(self, f"_on_{kind}")(day, events, moment, *data)
        day.coming = events
        return day

    def _events(self, day):
        """Return the day's heap: what earlier days left, demand and interventions."""
        start, end = day.number * DAY, (day.number + 1) * DAY
        events = day.coming
        for site in self.marketplaces:
            for order in self._day_demand(site, day.number):
                if order.created >= self.opened:
                    events.append((order.created, 1, order.id, "order", (order,)))
        low = bisect_right(self._interventions, (start,))
        for moment, number, kind, data in self._interventions[low:]:
            if moment >= end:
                break
            events.append((moment, 0, str(number).zfill(9), kind, data))
        if self.replenish:
            events.append((start + 6 * HOUR, 2, "", "replenish", ()))
        heapq.heapify(events)
        return events

    def _day_demand(self, site, number):
        key = (site.code, number)
        if key not in self._demand:
            self._demand[key] = self.shop.demand(site, number)
        return self._demand[key]

    def _move(self, day, moment, sku, units, kind=SELLABLE):
        balance = day.stock if kind == SELLABLE else day.damaged
        balance[sku] = balance.get(sku, 0) + units
        day.movements.append((moment, sku, kind, units))

    def _on_order(self, day, events, moment, order, forced=False):
        if order.fulfilled_by == AMAZON and not forced:
            # Buyers take what is there: lines without stock are never ordered.
            lines = tuple(
                line
                for line in order.lines
                if day.stock.get(line.product.sku, 0) >= line.quantity
            )
            if not lines:
                return
            if len(lines) < len(order.lines):
                order = replace(order, lines=lines)
        day.orders.append(order)
        if order.fulfilled_by == AMAZON:
            for line in order.lines:
                self._move(day, moment, line.product.sku, -line.quantity)
        if order.cancelled is not None:
            self._later(events, order.cancelled, order.id, "cancel", order)
        for line in order.lines:
            if line.returned:
                self._later(
                    events, line.returned.at, line.item_id, "return", order, line
                )

    def _on_cancel(self, day, _events, moment, order):
        if order.fulfilled_by == AMAZON:
            for line in order.lines:
                self._move(day, moment, line.product.sku, line.quantity)

    def _on_return(self, day, _events, moment, order, line):
        day.returns.append((order, line))
        if order.fulfilled_by == AMAZON:
            sellable = line.returned.disposition == "SELLABLE"
            kind = SELLABLE if sellable else DAMAGED
            self._move(day, moment, line.product.sku, line.returned.quantity, kind)

    def _on_replenish(self, day, events, moment):
        wanted = []
        coming = self._inbound(day, moment)
        for product in self.products:
            sku, rate = product.sku, self._rate[product.sku]
            if rate and day.stock.get(sku, 0) + coming.get(sku, 0) < rate * REORDER_AT:
                wanted.append((sku, max(12, -(-round(rate * REORDER_FOR) // 12) * 12)))
        if wanted:
            day.shipment_count += 1
            rng = Random(
                f"shipment/{self.shop.seed}/{self.shop.account.seller_id}"
                f"/{self.name}/{day.number}"
            )
            created = moment + rng.randrange(4 * HOUR)
            number = day.shipment_count
            shipment = planned(rng, self.name, created, tuple(wanted), number)
            self._add_shipment(day, events, shipment)

    def _on_shipment(self, day, events, _moment, shipment):
        self._add_shipment(day, events, shipment)

    def _on_advance(self, day, events, moment, identifier, state, received):
        shipment = moved(day.shipments[identifier], moment, state, received)
        self._add_shipment(day, events, shipment, since=moment)

    def _on_receive(self, day, _events, moment, identifier, version, sku, units):
        # A rewritten shipment brings its own receipts; those of old versions lapse.
        if day.shipments[identifier].version == version:
            self._move(day, moment, sku, units)

    def _on_set_stock(self, day, _events, moment, sku, units):
        self._move(day, moment, sku, units - day.stock.get(sku, 0))

    def _add_shipment(self, day, events, shipment, since=0):
        day.shipments[shipment.id] = shipment
        for moment, sku, units in shipment.receipts:
            if moment >= since:
                data = (shipment.id, shipment.version, sku, units)
                self._later(events, moment, f"{shipment.id}{sku}", "receive", *data)

    def _inbound(self, day, now):
        units = {}
        for shipment in day.shipments.values():
            if shipment.status(now) not in ("CLOSED", "CANCELLED"):
                for sku, sent in shipment.items:
                    left = sent - shipment.received(now, sku)
                    units[sku] = units.get(sku, 0) + left
        return units

    @staticmethod
    def _later(events, moment, key, kind, *data):
        heapq.heappush(events, (moment, 3, key, kind, data))
