"""100,000 orders into rows and facts, and 500 accounts due at once."""

import os
import resource
import time
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.addons.linkstar_connector_amazon.engine.orders_to_rows import (
    Site,
    order_rows,
)
from odoo.addons.linkstar_connector_amazon.streams.base import Step
from odoo.addons.linkstar_connector_amazon.streams.orders import ROLL_UP_PAGES, Orders

from . import Measured, case, measure

ORDERS, PAGE, ACCOUNTS, DAYS, SKUS = 100_000, 100, 500, 180, 200
START = datetime(2026, 1, 1)
SITE_ID = "ATVPDKIKX0DER"


def run(env):
    """Pages are canned and Amazon's pace is off: what is measured is our own work."""
    store, account = _shop(env, "ORDERS")
    env["linkstar.listing"].create(
        [{"store_id": store.id, "sku": f"S{n}"} for n in range(SKUS)]
    )
    baseline = measure(env, lambda: _raw(env, store, account))
    env.cr.execute(
        "DELETE FROM linkstar_amazon_order WHERE account_id = %s", [account.id]
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = measure(env, lambda: _keep(env, store, account))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    pages = ORDERS // PAGE
    return [
        case(f"{ORDERS:,} orders into rows and facts", ours, baseline, limit=3.0),
        case(
            "queries per page of 100 orders", Measured(ours.queries / pages), limit=60
        ),
        case("megabytes over the idle worker", Measured(grown), limit=300),
        case(f"{ACCOUNTS} accounts due: seconds per account", _due(env), limit=0.02),
    ]


def _shop(env, code):
    marketplace = env.ref("linkstar_project.marketplace_amazon_us")
    seller = env["linkstar.seller"].create(
        {"name": code, "platform_id": marketplace.platform_id.id, "region": "na"}
    )
    store = env["linkstar.store"].create(
        {
            "name": code,
            "code": f"BENCH-{code}",
            "marketplace_id": marketplace.id,
            "seller_id": seller.id,
        }
    )
    applications = env["linkstar.amazon.application"]
    application = applications.search([("client_id", "=", "bench")])
    account = env["linkstar.amazon.account"].create(
        {
            "name": code,
            "application_id": (
                application or applications.create({"name": "B", "client_id": "bench"})
            ).id,
            "seller_id": seller.id,
            "region": "na",
        }
    )
    return store, account


def _pages(store):
    """Canned pages as rows, one at a time, so that memory stays flat."""
    sites = {SITE_ID: Site(store.id, store.tz, "USD")}
    for first in range(0, ORDERS, PAGE):
        page = [_order(number) for number in range(first, first + PAGE)]
        yield order_rows(page, sites)


def _order(number):
    """An order with two or three items; time moves on from page to page."""
    moment = START + timedelta(seconds=number * DAYS * 86400 / ORDERS)
    text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "orderId": f"111-{number:07d}-0000000",
        "createdTime": text,
        "lastUpdatedTime": text,
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": SITE_ID},
        "fulfillment": {"fulfillmentStatus": "SHIPPED", "fulfilledBy": "AMAZON"},
        "orderItems": [_item(number, item) for item in range(2 + number % 2)],
    }


def _item(number, item):
    amount = {"amount": "19.99", "currencyCode": "USD"}
    return {
        "orderItemId": f"{number}-{item}",
        "quantityOrdered": 1,
        "product": {
            "asin": "B000000000",
            "sellerSku": f"S{(number * 7 + item) % SKUS}",
            "title": "Stoneware mug",
        },
        "proceeds": {"breakdowns": [{"type": "ITEM", "subtotal": amount}]},
    }


def _keep(env, store, account):
    """What the stream does with each page, without the call itself."""
    orders, days = env["linkstar.amazon.order"], env["linkstar.amazon.day"]
    for number, (rows, lines, _unknown) in enumerate(_pages(store), 1):
        orders._keep(account.id, rows, lines)
        _analyse(env, number)
        if number % ROLL_UP_PAGES == 0:
            days._roll_up(account, START)
    days._roll_up(account, START)


def _raw(env, store, account):
    """The same rows by INSERT … ON CONFLICT, a page a statement, without facts."""
    for number, (rows, lines, _unknown) in enumerate(_pages(store), 1):
        _analyse(env, number)
        _insert(
            env,
            "INSERT INTO linkstar_amazon_order (account_id, store_id, reference,"
            " status, fulfilled_by, ordered_at, updated_at, day) VALUES %s"
            " ON CONFLICT (account_id, reference) DO UPDATE SET status ="
            " EXCLUDED.status RETURNING id, reference",
            [
                (
                    account.id,
                    row.store_id,
                    row.reference,
                    row.status,
                    row.fulfilled_by,
                    row.ordered_at,
                    row.updated_at,
                    row.day,
                )
                for row in rows
            ],
        )
        ids = {reference: id_ for id_, reference in env.cr.fetchall()}
        _insert(
            env,
            "INSERT INTO linkstar_amazon_order_line (order_id, item, sku, asin, title,"
            " quantity, shipped, amount) VALUES %s ON CONFLICT (order_id, item)"
            " DO UPDATE SET quantity = EXCLUDED.quantity",
            [
                (
                    ids[line.reference],
                    line.item,
                    line.sku,
                    line.asin,
                    line.title,
                    line.quantity,
                    line.shipped,
                    line.amount,
                )
                for line in lines
            ],
        )


def _analyse(env, number):
    """What autovacuum does for a table that grows, between transactions.

    All is one transaction here. PostgreSQL keeps the plan by which it checks a line's
    order; made while the table was empty, it reads the whole table for each line.
    """
    if number in (10, 100):
        env.cr.execute("ANALYZE linkstar_amazon_order, linkstar_amazon_order_line")


def _insert(env, statement, rows):
    env.cr.execute(statement % ", ".join(["%s"] * len(rows)), rows)


def _due(env):
    """Seconds per account of finding, locking, running and noting a due stream."""
    streams = env["linkstar.amazon.stream"]
    streams.search([]).write({"active": False})
    accounts = env["linkstar.amazon.account"]
    for number in range(ACCOUNTS):
        accounts |= _shop(env, f"A{number}")[1]
    accounts.state = "connected"
    accounts.stream_ids.filtered(lambda s: s.code != "orders").active = False
    env.flush_all()
    live = patch.dict(os.environ, {"LINKSTAR_LIVE_DATABASES": "*"})
    nothing = patch.object(Orders, "request", lambda self: None)
    done = patch.object(Orders, "idle", lambda self: Step("done", {}))
    count, started = 0, time.perf_counter()
    with live, nothing, done:
        while stream := streams._take_next_due():
            stream._run_unit()
            env.flush_all()
            count += 1
    return Measured((time.perf_counter() - started) / max(count, 1))
