"""What really happened in the shops, for comparison with what a client has read.

Computed from the orders and shipments themselves, not through the operations.
"""

from collections import defaultdict

from .clock import dates, iso, local_date, midnight, midnight_after
from .money import decimal
from .shop import CANCELLED, PENDING

AD_SUMS = ("impressions", "clicks", "cost", "purchases", "sales")
MONEY = ("cost", "sales")


def store_days(world, account, site, first, last, zone=None):
    """Return one row for each local date of a store and a list of its totals.

    Orders count on the date of their creation in the store's zone (or ``zone``), as
    they stand now: ``orders``, ``units`` and ``gmv`` without cancelled ones, pending
    ones included and told apart; refunds count on the date they were given.
    """
    zone = zone or site.zone
    start, end = midnight(first, zone), midnight_after(last, zone)
    now = world.clock.now()
    rows = {day: _empty() for day in dates(first, last)}
    for order in world.orders(account, start, min(end, now + 1), (site,)):
        _add_order(rows[local_date(order.created, zone)], order, order.status(now))
    for _order, line in world.refunds(account, start, min(end, now + 1), (site,)):
        row = rows[local_date(line.returned.refunded_at, zone)]
        row["refund_units"] += line.returned.quantity
        row["refund_amount"] += line.refund
    money = ("gmv", "pending_gmv", "refund_amount")
    return [
        {
            "date": day.isoformat(),
            **{k: decimal(v, site) if k in money else v for k, v in row.items()},
            "skus": {
                sku: {k: decimal(v, site) if k == "gmv" else v for k, v in part.items()}
                for sku, part in sorted(row["skus"].items())
            },
        }
        for day, row in rows.items()
    ]


def _empty():
    return {
        "orders": 0,
        "order_items": 0,
        "units": 0,
        "gmv": 0,
        "pending_orders": 0,
        "pending_gmv": 0,
        "cancelled_orders": 0,
        "refund_units": 0,
        "refund_amount": 0,
        "skus": defaultdict(lambda: {"orders": 0, "units": 0, "gmv": 0}),
    }


def _add_order(row, order, status):
    if status == CANCELLED:
        row["cancelled_orders"] += 1
        return
    row["orders"] += 1
    row["order_items"] += len(order.lines)
    row["units"] += order.units
    row["gmv"] += order.sales
    if status == PENDING:
        row["pending_orders"] += 1
        row["pending_gmv"] += order.sales
    for sku in {line.product.sku for line in order.lines}:
        row["skus"][sku]["orders"] += 1
    for line in order.lines:
        part = row["skus"][line.product.sku]
        part["units"] += line.quantity
        part["gmv"] += line.sales


def order_rows(world, account, start, end, sites=None):
    """Return the orders created in [start, end) with their lines as they stand now."""
    now = world.clock.now()
    return [
        {
            "id": order.id,
            "marketplace": order.marketplace.code,
            "created": iso(order.created),
            "updated": iso(order.updated(now)),
            "status": order.status(now),
            "lines": [
                {
                    "id": line.item_id,
                    "sku": line.product.sku,
                    "quantity": line.quantity,
                    "sales": decimal(line.sales, order.marketplace),
                }
                for line in order.lines
            ],
        }
        for order in world.orders(account, start, min(end, now + 1), sites)
    ]


def stock_rows(world, account):
    """Return pool → sku → units that are sellable, reserved, damaged and inbound."""
    from .inventory import inbound_units

    now, found = world.clock.now(), {}
    for pool in world.pools(account):
        stock, damaged, reserved = (
            pool.stock(now),
            pool.damaged(now),
            pool.reserved(now),
        )
        inbound = inbound_units(pool, now)
        found[pool.name] = {
            sku: {
                "available": units,
                "reserved": reserved.get(sku, 0),
                "damaged": damaged.get(sku, 0),
                "inbound": sum(inbound.get(sku, ())),
            }
            for sku, units in stock.items()
        }
    return found


def shipment_rows(world, account):
    """Return all shipments of an account as they stand now."""
    now = world.clock.now()
    return [
        {
            "id": shipment.id,
            "pool": pool.name,
            "created": iso(shipment.created),
            "status": shipment.status(now),
            "updated": iso(shipment.updated(now)),
            "items": [
                {"sku": sku, "sent": sent, "received": shipment.received(now, sku)}
                for sku, sent in shipment.items
            ],
        }
        for pool in world.pools(account)
        for shipment in pool.shipments(now)
    ]


def ad_rows(world, account, site, first, last):
    """Return date → ad product → sums of a store's advertising as known now."""
    now, found = world.clock.now(), {}
    for day in dates(first, last):
        kinds = found.setdefault(day.isoformat(), {})
        for result in world.ads[account.seller_id].results(site, day, now):
            kind = result.group.campaign.ad_product
            sums = kinds.setdefault(kind, dict.fromkeys(AD_SUMS, 0))
            for name in AD_SUMS:
                sums[name] += getattr(result, name)
    return {
        day: {
            kind: {k: decimal(v, site) if k in MONEY else v for k, v in sums.items()}
            for kind, sums in kinds.items()
        }
        for day, kinds in found.items()
    }
