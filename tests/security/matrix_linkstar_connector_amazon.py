"""Rows of the rights matrix: linkstar_connector_amazon."""

from .table import Row, System

# What the sync keeps: members read it, nobody but the sync writes it.
READ = "operator=r lead=r project_manager=r admin=r auditor=r"
OTHERS_READ = "admin=r auditor=r"
# How the connection stands: leads read it, administrators change it.
LEAD_READ = "lead=r admin=r auditor=r"


def application_values(world, store=None):
    return {"name": world.word(), "client_id": world.word()}


def application(world, store=None):
    return world.env["linkstar.amazon.application"].create(application_values(world))


def account_values(world, store):
    seller = world.env["linkstar.seller"].create(
        {
            "name": world.word(),
            "platform_id": store.platform_id.id,
            "region": "na",
        }
    )
    return {
        "name": world.word(),
        "application_id": application(world).id,
        "seller_id": seller.id,
        "region": "na",
    }


def account(world, store):
    accounts = world.env["linkstar.amazon.account"]
    found = accounts.search([("seller_id", "=", store.seller_id.id)], limit=1)
    return found or accounts.create(
        {**account_values(world, store), "seller_id": store.seller_id.id}
    )


def of_account(model, **values):
    def make(world, store):
        return world.env[model].create(
            {"account_id": account(world, store).id, **_fresh(world, values)}
        )

    return make


def of_store(model, **values):
    def make(world, store):
        row = {"store_id": store.id, **_fresh(world, values)}
        if "account_id" in world.env[model]._fields:
            row["account_id"] = account(world, store).id
        return world.env[model].create(row)

    return make


def _fresh(world, values):
    return {
        key: world.word() if value is None else value for key, value in values.items()
    }


def stream(world, store):
    return account(world, store).stream_ids[0]


def order(world, store):
    return of_store(
        "linkstar.amazon.order",
        reference=None,
        status="shipped",
        ordered_at="2026-01-01 00:00:00",
        updated_at="2026-01-01 00:00:00",
        day="2026-01-01",
    )(world, store)


def order_line(world, store):
    return world.env["linkstar.amazon.order.line"].create(
        {"order_id": order(world, store).id, "item": world.word(), "sku": "X"}
    )


def shipment(world, store):
    return of_store("linkstar.amazon.shipment", reference=None, status="WORKING")(
        world, store
    )


def shipment_line(world, store):
    return world.env["linkstar.amazon.shipment.line"].create(
        {"shipment_id": shipment(world, store).id, "sku": world.word()}
    )


def profile(world, store):
    return of_store("linkstar.amazon.profile", external_id=None)(world, store)


def day(world, store):
    days = world.env["linkstar.amazon.day"]
    found = days.search([("store_id", "=", store.id)], limit=1)
    return found or days.create({"store_id": store.id, "day": "2026-01-01"})


def settlement(world, store):
    return of_store("linkstar.amazon.settlement", reference=None, report=None)(
        world, store
    )


def settlement_line(world, store):
    return world.env["linkstar.amazon.settlement.line"].create(
        {
            "settlement_id": settlement(world, store).id,
            "store_id": store.id,
            "day": "2026-01-01",
            "sku": world.word(),
            "kind": "fees",
        }
    )


def cost_values(world, store):
    listing = world.env["linkstar.listing"].create(
        {"store_id": store.id, "sku": world.word()}
    )
    return {"listing_id": listing.id, "date_from": "2026-01-01", "unit_cost": 1.0}


def consent(world, store):
    return world.env["linkstar.amazon.consent"].create(
        {
            "account_id": account(world, store).id,
            "user_id": world.stranger.id,
            "session_hash": "x",
            "state_hash": world.word(),
            "ends_at": "2026-01-01 00:00:00",
        }
    )


def queue_values(world, store=None):
    return {
        "name": world.word(),
        "application_id": application(world).id,
        "region": "na",
        "url": f"https://sqs.us-east-1.amazonaws.com/123456789012/{world.word()}",
    }


def queue(world, store=None):
    return world.env["linkstar.amazon.queue"].create(queue_values(world))


def subscription(world, store):
    kinds = ("ORDER_CHANGE", "ACCOUNT_STATUS_CHANGED")
    mine = account(world, store)
    subscriptions = world.env["linkstar.amazon.subscription"]
    known = subscriptions.search([("account_id", "=", mine.id)])
    return subscriptions.create(
        {
            "account_id": mine.id,
            "queue_id": queue(world).id,
            "kind": kinds[len(known)],
        }
    )


def message(world, store=None):
    return world.env["linkstar.amazon.message"].create(
        {
            "queue_id": queue(world).id,
            "key": world.word(),
            "received_at": "2026-01-01 00:00:00",
        }
    )


ROWS = [
    Row(
        "linkstar.amazon.application",
        values=application_values,
        change={"name": "Other"},
        own="admin=rwcu auditor=r",
        shared=True,
    ),
    Row(
        "linkstar.amazon.account",
        values=account_values,
        make=account,
        change={"name": "Other"},
        own="lead=r admin=rwcu auditor=r",
        other="admin=rwcu auditor=r",
    ),
    Row(
        "linkstar.amazon.profile",
        values=lambda world, store: {
            "account_id": account(world, store).id,
            "store_id": store.id,
            "external_id": world.word(),
        },
        make=profile,
        change={"tz": "UTC"},
        own="lead=r admin=rwcu auditor=r",
        other="admin=rwcu auditor=r",
    ),
    Row(
        "linkstar.amazon.stream",
        make=stream,
        change={"cadence_minutes": 30},
        own="lead=r admin=rw auditor=r",
        other="admin=rw auditor=r",
    ),
    Row(
        "linkstar.amazon.call",
        make=of_account(
            "linkstar.amazon.call",
            operation="searchOrders",
            called_at="2026-01-01 00:00:00",
        ),
        own=LEAD_READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.bucket",
        make=of_account(
            "linkstar.amazon.bucket",
            operation=None,
            rate=1,
            burst=1,
            tokens=1,
            updated_at="2026-01-01 00:00:00",
        ),
        own=LEAD_READ,
        other=OTHERS_READ,
    ),
    Row("linkstar.amazon.order", make=order, own=READ, other=OTHERS_READ),
    Row("linkstar.amazon.order.line", make=order_line, own=READ, other=OTHERS_READ),
    Row(
        "linkstar.amazon.inventory",
        make=of_store("linkstar.amazon.inventory", sku=None),
        own=READ,
        other=OTHERS_READ,
    ),
    Row("linkstar.amazon.shipment", make=shipment, own=READ, other=OTHERS_READ),
    Row(
        "linkstar.amazon.shipment.line",
        make=shipment_line,
        own=READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.ad.group",
        make=of_store("linkstar.amazon.ad.group", external_id=None, name="Group"),
        own=READ,
        other=OTHERS_READ,
    ),
    Row("linkstar.amazon.day", make=day, own=READ, other=OTHERS_READ),
    Row(
        "linkstar.amazon.episode",
        make=of_store(
            "linkstar.amazon.episode",
            type_code="stock_low",
            subject=None,
            number=1,
            is_open=True,
        ),
        own=READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.posting",
        make=of_store(
            "linkstar.amazon.posting",
            reference=None,
            day="2026-01-01",
            sku="",
            measure="fba_fee",
            value=1,
        ),
        own=READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.economics",
        make=of_store("linkstar.amazon.economics", sku=None, day="2026-01-01"),
        own=READ,
        other=OTHERS_READ,
    ),
    Row("linkstar.amazon.settlement", make=settlement, own=READ, other=OTHERS_READ),
    Row(
        "linkstar.amazon.settlement.line",
        make=settlement_line,
        own=READ,
        other=OTHERS_READ,
    ),
    # Cost: leads enter it for their stores, operators never see it.
    Row(
        "linkstar.amazon.cost",
        values=cost_values,
        change={"unit_cost": 2.0},
        own="lead=rwcu admin=rwcu auditor=r",
        other="admin=rwcu auditor=r",
    ),
    Row(
        "linkstar.amazon.offer",
        make=of_store("linkstar.amazon.offer", sku=None),
        own=READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.promotion",
        make=of_store(
            "linkstar.amazon.promotion",
            reference=None,
            name="Deal",
            kind="BEST_DEAL",
            starts_at="2026-01-01 00:00:00",
        ),
        own=READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.campaign",
        make=of_store("linkstar.amazon.campaign", external_id=None, name="Campaign"),
        own=READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.ad.figure",
        make=of_store(
            "linkstar.amazon.ad.figure",
            kind="sp",
            grain="campaign",
            day="2026-01-01",
            campaign_ref=None,
        ),
        own=READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.queue",
        values=queue_values,
        change={"name": "Other"},
        own="admin=rwcu auditor=r",
        shared=True,
    ),
    Row(
        "linkstar.amazon.subscription",
        make=subscription,
        own=OTHERS_READ,
        other=OTHERS_READ,
    ),
    Row(
        "linkstar.amazon.message",
        make=message,
        own=OTHERS_READ,
        shared=True,
    ),
    System("linkstar.amazon.consent", make=consent),
]
