"""What the control API lets happen in the shops: orders, stock, shipments, ads …

Each takes effect at the simulated time of the call (importing registers the routes).
"""

from random import Random

from . import shipments
from .catalogue import new_product
from .clock import DAY, as_seconds
from .control import account_of, route, site_of
from .health import SETTINGS
from .listings import SUPPRESSED
from .shop import Order, make_line, order_id


@route("POST", "orders")
def create_order(world, values):
    """Place an order now: ``items`` [{sku, quantity, price}], ``status``.

    It stays in the status given (default UNSHIPPED) unless that is PENDING with
    ``paid_after`` seconds.
    """
    account, site = site_of(world, values)
    shop, now = world.shops[account.seller_id], world.clock.now()
    moment = as_seconds(values["at"]) if "at" in values else now
    number = Random(f"order/{account.seller_id}/{world.next_number()}").randrange(
        10**14
    )
    lines = tuple(
        make_line(
            site,
            shop.by_sku[item["sku"]],
            int(item.get("quantity", 1)),
            item_id=f"{number % 10**13:013d}{place}",
            unit_price=(
                round(float(item["price"]) * 10**site.decimals)
                if "price" in item
                else None
            ),
        )
        for place, item in enumerate(values["items"])
    )
    status = values.get("status", "UNSHIPPED")
    far = moment + 36500 * DAY
    waiting = moment + int(values["paid_after"]) if "paid_after" in values else far
    order = Order(
        id=order_id(site, number),
        marketplace=site,
        created=moment,
        lines=lines,
        fulfilled_by=lines[0].product.fulfilled_by,
        paid=waiting if status == "PENDING" else moment,
        shipped=moment if status == "SHIPPED" else None,
        cancelled=moment if status == "CANCELLED" else None,
        cancelled_by="BUYER" if status == "CANCELLED" else "",
    )
    world.pool(account, site).intervene(moment, "order", order, True)
    return {"order_id": order.id}


@route("POST", "stock")
def set_stock(world, values):
    """Set the sellable units (``units``) of a ``sku`` in a marketplace's pool, now."""
    account, site = site_of(world, values)
    product = world.shops[account.seller_id].by_sku[values["sku"]]
    pool = world.pool(account, site)
    pool.intervene(world.clock.now(), "set_stock", product.sku, int(values["units"]))
    return {"pool": pool.name}


@route("POST", "shipments")
def create_shipment(world, values):
    """Make an inbound shipment of ``items`` (sku → units); it waits in WORKING.

    ``status`` brings it further at once.
    """
    account, site = site_of(world, values)
    shop, now = world.shops[account.seller_id], world.clock.now()
    items = [(shop.by_sku[sku].sku, int(n)) for sku, n in values["items"].items()]
    pool, name = world.pool(account, site), values.get("name")
    number = world.next_number()
    shipment = shipments.manual(shop.seed, pool.name, now, items, number, name)
    pool.intervene(now, "shipment", shipment)
    if values.get("status", shipments.WORKING) != shipments.WORKING:
        _advance(pool, now, shipment.id, values["status"], values.get("received"))
    return {"shipment_id": shipment.id}


@route("POST", "shipments/advance")
def advance_shipment(world, values):
    """Bring a shipment to a ``status`` now; ``received`` (sku → units) may be short."""
    for account in world.accounts:
        for pool in world.pools(account):
            known = [s.id for s in pool.shipments(world.clock.now())]
            if values["shipment_id"] in known:
                received = values.get("received")
                status = values["status"]
                moment = world.clock.now()
                _advance(pool, moment, values["shipment_id"], status, received)
                return {"pool": pool.name}
    raise ValueError(f"no shipment {values['shipment_id']}")


def _advance(pool, now, identifier, status, received):
    if status not in (*shipments.PATH, shipments.CANCELLED, "DELETED", "ERROR"):
        raise ValueError(f"unknown shipment status {status!r}")
    received = {sku: int(n) for sku, n in (received or {}).items()}
    pool.intervene(now, "advance", identifier, status, received)


@route("POST", "ad_groups")
def create_ad_group(world, values):
    """Make an ad group for ``skus`` now, in ``campaign_id`` or a new campaign."""
    account, site = site_of(world, values)
    ads = world.ads[account.seller_id]
    group = ads.create_ad_group(
        site,
        values["skus"],
        world.clock.now(),
        values.get("name"),
        values.get("campaign_id"),
    )
    return {"ad_group_id": group.id, "campaign_id": group.campaign.id}


@route("POST", "campaigns")
def change_campaign(world, values):
    """Set a campaign's ``state`` now: ENABLED, PAUSED or OUT_OF_BUDGET."""
    if values["state"] not in ("ENABLED", "PAUSED", "OUT_OF_BUDGET"):
        raise ValueError(f"unknown campaign state {values['state']!r}")
    ads = world.ads[account_of(world, values).seller_id]
    ads.set_state(values["campaign_id"], values["state"], world.clock.now())
    return {}


@route("POST", "products")
def add_product(world, values):
    """Add a product (``sku``, ``title``, ``price``) that nobody orders by itself."""
    account, now = account_of(world, values), world.clock.now()
    shop = world.shops[account.seller_id]
    price = round(float(values.get("price", 19.99)) * 100)
    title, number = values.get("title", values["sku"]), len(shop.products)
    product = new_product(shop.seed, account, number, values["sku"], title, price, now)
    shop.add_product(product)
    for pool in world.pools(account):
        pool.add_product(product)
    return {"asin": product.asin, "parent_asin": product.parent_asin}


@route("POST", "listings")
def change_listing(world, values):
    """Change a listing now: ``suppressed``, or ``status`` and ``issues``."""
    account, site = site_of(world, values)
    product = world.shops[account.seller_id].by_sku[values["sku"]]
    state = {"status": ["BUYABLE", "DISCOVERABLE"], "issues": []}
    if values.get("suppressed"):
        state = {"status": ["BUYABLE"], "issues": [dict(SUPPRESSED)]}
    state.update({k: values[k] for k in ("status", "issues") if k in values})
    key = ("listing", account.seller_id, site.code, product.sku)
    world.overlay.set(key, state, world.clock.now())
    return {}


@route("POST", "buy_box")
def change_buy_box(world, values):
    """Let the seller own (``owned`` true) or lose the buy box of a ``sku`` now."""
    account, site = site_of(world, values)
    product = world.shops[account.seller_id].by_sku[values["sku"]]
    key = ("buy_box", account.seller_id, site.code, product.sku)
    world.overlay.set(key, bool(values["owned"]), world.clock.now())
    return {}


@route("POST", "health")
def change_health(world, values):
    """Set account health of a marketplace now: ``accountStatus``, ``ahrStatus``, rates.

    Names are those of the seller performance report.
    """
    account, site = site_of(world, values)
    for name, value in values.items():
        if name in ("account", "marketplace"):
            continue
        if name not in SETTINGS:
            raise ValueError(f"unknown {name!r}; one of {', '.join(SETTINGS)}")
        key = ("health", account.seller_id, site.code, name)
        world.overlay.set(key, value, world.clock.now())
    return {}
