"""A process of its own for tests of workers: prepares accounts, works, or reports.

``python -m tests.amazon_connector.worker_process DATABASE ACTION [JSON]``, with the
connection of the parent's Odoo in the environment (PGHOST and so on).
"""

import json
import os
import sys
import time

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config


def prepare(env, accounts):
    """Accounts with stores of which only the orders are read."""
    application = env["linkstar.amazon.application"].create(
        {
            "name": "Workers",
            "client_id": accounts[0]["client_id"],
            "typed_secret": accounts[0]["client_secret"],
        }
    )
    env["linkstar.amazon.account"].search([]).write({"active": False})
    for theirs in accounts:
        seller = env["linkstar.seller"].create(
            {
                "name": theirs["name"],
                "platform_id": env.ref("linkstar_project.platform_amazon").id,
                "region": theirs["region"],
            }
        )
        account = env["linkstar.amazon.account"].create(
            {
                "name": theirs["name"],
                "application_id": application.id,
                "seller_id": seller.id,
                "region": theirs["region"],
                "typed_token": theirs["refresh_token"],
            }
        )
        account.action_read_marketplaces()
        streams = account.stream_ids
        orders = streams.filtered(lambda stream: stream.code == "orders")
        (streams - orders).active = False
        # The same window for every process of the test, whenever it begins.
        orders.cursor = {"since": theirs["since"], "pages": 0}
    return {}


def work(env, _values):
    """What each scheduled action does, from a signal of the parent on."""
    print("ready", flush=True)
    sys.stdin.readline()
    started = time.monotonic()
    env["linkstar.amazon.stream"]._cron_worker()
    seconds = time.monotonic() - started
    return {"seconds": seconds, **report(env)}


def report(env):
    """What is in the tables."""
    env.cr.execute(
        "SELECT o.reference, o.status, count(l.id), sum(l.quantity)"
        "  FROM linkstar_amazon_order o"
        "  JOIN linkstar_amazon_order_line l ON l.order_id = o.id GROUP BY o.id"
    )
    orders = sorted([*map(str, row)] for row in env.cr.fetchall())
    env.cr.execute(
        "SELECT s.code, m.code, f.date, f.value FROM linkstar_fact f"
        "  JOIN linkstar_store s ON s.id = f.store_id"
        "  JOIN linkstar_metric m ON m.id = f.metric_id WHERE f.listing_id IS NULL"
    )
    facts = sorted([*map(str, row)] for row in env.cr.fetchall())
    env.cr.execute("SELECT count(*) FROM linkstar_amazon_call WHERE failure = ''")
    calls = env.cr.fetchone()[0]
    streams = env["linkstar.amazon.stream"].search([("code", "=", "orders")])
    streams = streams.filtered("account_id.active")
    return {
        "orders": orders,
        "facts": facts,
        "calls": calls,
        "failures": [s.error_code for s in streams if s.error_code],
        "done": all(s.last_success for s in streams),
    }


def main():
    """Run one action on one database and print its result as JSON."""
    database, action, *values = sys.argv[1:]
    options = ["-d", database, "--no-http", "--log-level=error"]
    for name, key in (("--db_host", "PGHOST"), ("--db_port", "PGPORT")):
        if os.environ.get(key):
            options.append(f"{name}={os.environ[key]}")
    options += [f"--db_user={os.environ['PGUSER']}"]
    options += [f"--addons-path={os.environ['LINKSTAR_TEST_ADDONS']}"]
    config.parse_config(options)
    odoo.modules.module.initialize_sys_path()
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        action = {"prepare": prepare, "work": work}[action]
        result = action(env, json.loads(values[0]) if values else None)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
