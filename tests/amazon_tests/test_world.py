"""The simulation: same seed, same world; cheap time; an untouched past."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sp_api.api import Orders

from tests.amazon.client import ControlError, spawned
from tests.amazon.clock import at, iso, parse
from tests.amazon.state import Settings, World
from tests.amazon.truth import order_rows, shipment_rows, stock_rows

START = "2026-03-02T12:00:00Z"


def snapshot(world):
    """Return everything there is to know about a world, as text."""
    found = []
    for account in world.accounts:
        now = world.clock.now()
        found.append(order_rows(world, account, world.opened, now + 1))
        found.append(stock_rows(world, account))
        found.append(shipment_rows(world, account))
        ads = world.ads[account.seller_id]
        for site in account.marketplaces:
            groups = ads.ad_groups(site, now)
            found.append([(g.id, g.name, iso(g.created)) for g in groups])
    return json.dumps(found)


def world(**settings):
    settings.setdefault("start", START)
    return World(Settings(**settings))


def test_a_rush_brings_an_order_into_every_minute_and_leaves_the_others_alone():
    plain, rush = world(), world(rush=1, rush_from="2026-03-02T10:30:00Z")
    now = parse(START)
    for calm, busy in zip(plain.accounts, rush.accounts, strict=True):
        before = parse("2026-03-02T10:30:00Z")
        usual = {o.id: o for o in plain.orders(calm, plain.opened, now)}
        found = {o.id: o for o in rush.orders(busy, rush.opened, now)}
        assert set(usual) <= set(found)
        extra = [found[key] for key in found.keys() - usual.keys()]
        minutes = {(order.created - before) // 60 for order in extra}
        # Where stock is out nobody orders; nearly every minute has one.
        assert minutes <= set(range(90)) and len(minutes) >= 85
        assert {order.marketplace for order in extra} == {busy.marketplaces[0]}
    assert snapshot(rush) == snapshot(world(rush=1, rush_from="2026-03-02T10:30:00Z"))


def test_the_same_seed_makes_the_same_world():
    assert snapshot(world(seed=5)) == snapshot(world(seed=5))
    assert snapshot(world(seed=5)) != snapshot(world(seed=6))


def test_going_in_steps_or_in_a_jump_is_the_same():
    stepping, jumping = world(history_days=5), world(history_days=5)
    for _step in range(40):
        stepping.clock.advance(7 * 3600)
        snapshot(stepping)
    jumping.clock.advance(40 * 7 * 3600)
    assert snapshot(stepping) == snapshot(jumping)


def test_going_back_in_time_shows_the_past_again():
    moving = world(history_days=20)
    before = snapshot(moving)
    moving.clock.advance(30 * 86400)
    assert snapshot(moving) != before
    moving.clock.set(START)
    assert snapshot(moving) == before


def test_sixty_days_of_two_accounts_are_made_in_two_seconds():
    begun = time.process_time()
    made = world()
    days = 0
    for account in made.accounts:
        now = made.clock.now()
        assert len(made.orders(account, made.opened, now)) > 2000
        for site in account.marketplaces:
            days += len(made.pool(account, site).days(made.opened, now))
    assert days > 8 * 60
    assert time.process_time() - begun < 2


def test_an_intervention_leaves_the_past_as_it_was(amazon):
    inner = amazon.server.world
    past = parse("2026-03-02T12:00:00Z")

    def before():
        account = inner.accounts[0]
        orders = inner.orders(account, inner.opened, past)
        return [(o.id, o.created, [ln.item_id for ln in o.lines]) for o in orders]

    seen = before()
    amazon.set_stock("US", amazon.account("na")["products"][0]["sku"], 0, "na")
    assert before() == seen
    amazon.advance(days=10)
    assert before() == seen


def test_demand_follows_hours_weekends_and_promotions():
    quiet = world(start="2026-03-02T12:00:00Z", history_days=300)
    account = quiet.accounts[0]
    site = account.marketplaces[0]
    shop = quiet.shops[account.seller_id]
    orders = quiet.orders(account, quiet.opened, quiet.clock.now(), (site,))
    hours = [0] * 24
    for order in orders:
        hours[at(order.created, site.zone).hour] += 1
    assert sum(hours[18:22]) > 4 * sum(hours[1:5])
    sunday, monday = parse("2026-03-01") // 86400, parse("2026-03-02") // 86400
    assert shop.expected_orders(site, sunday) > 1.2 * shop.expected_orders(site, monday)
    black_friday = parse("2025-11-28") // 86400
    assert shop.expected_orders(site, black_friday) > 2 * shop.expected_orders(
        site, monday
    )


def test_lines_statuses_and_returns_are_mixed():
    mixed = world()
    account = mixed.accounts[1]
    now = mixed.clock.now()
    orders = mixed.orders(account, mixed.opened, now)
    states = {order.status(now) for order in orders}
    assert {"SHIPPED", "UNSHIPPED", "CANCELLED"} <= states
    several = sum(len(order.lines) > 1 for order in orders)
    cancelled = sum(order.status(now) == "CANCELLED" for order in orders)
    back = mixed.refunds(account, mixed.opened, now)
    assert 0.1 < several / len(orders) < 0.25
    assert 0.02 < cancelled / len(orders) < 0.07
    assert 0.01 < len(back) / len(orders) < 0.08
    assert len({order.id for order in orders}) == len(orders)


def test_any_number_of_accounts_in_turn(start_amazon):
    amazon = start_amazon(accounts=5)
    regions = [account["region"] for account in amazon.state["accounts"]]
    assert regions == ["na", "eu", "fe", "na", "eu"]
    sellers = {account["seller_id"] for account in amazon.state["accounts"]}
    assert len(sellers) == 5
    amazon.post("accounts", region="eu", marketplaces=["DE", "FR"], scale=0.2)
    assert list(amazon.refresh()["accounts"][5]["marketplaces"]) == ["DE", "FR"]
    assert amazon.truth("days", 2, marketplace="JP")["JP"][0]["gmv"].isdigit()


def test_many_clients_at_once_see_one_world(amazon):
    clients = [amazon.sp(Orders, "na", "US", version="2026-01-01") for _ in range(8)]
    query = {"createdAfter": "2026-02-20T00:00:00Z"}

    def ids(client):
        return [o["orderId"] for o in client.search_orders(**query).payload["orders"]]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ids, clients * 4))
    assert len(found) == 32 and all(part == found[0] for part in found)
    assert len(amazon.calls(operation="searchOrders")) == 32


def test_a_reset_forgets_what_was_done(amazon):
    first = amazon.truth("stock", "na")
    sku = amazon.account("na")["products"][0]["sku"]
    amazon.set_stock("US", sku, 1, "na")
    amazon.fault("error_500")
    amazon.post("account", account="na", revoked=True)
    amazon.reset()
    assert amazon.truth("stock", "na") == first
    assert amazon.control("GET", "faults") == {"faults": []}
    assert amazon.calls() == [] and not amazon.account("na")["revoked"]


@pytest.mark.parametrize(
    ("path", "values", "words"),
    [
        ("stock", {"marketplace": "JP", "sku": "x", "units": 1}, "does not sell in JP"),
        ("stock", {"marketplace": "US", "sku": "x", "units": 1}, "KeyError"),
        ("clock", {"now": "2026-03-02T12:00:00"}, "no time zone"),
        ("settings", {"colour": "red"}, "unknown setting"),
        ("health", {"marketplace": "US", "mood": "bad"}, "unknown 'mood'"),
        ("shipments/advance", {"shipment_id": "no", "status": "CLOSED"}, "no shipment"),
        ("nothing", {}, "No such control call"),
    ],
)
def test_wrong_control_calls_say_what_is_wrong(amazon, path, values, words):
    with pytest.raises(ControlError, match=words):
        amazon.post(path, **values)


def test_the_command_line_serves_until_it_is_told_to_stop():
    with spawned("--date", "2026-03-02", "--accounts", "1", "--history", "5") as amazon:
        assert amazon.state["now"] == "2026-03-02T00:00:00Z"
        assert len(amazon.state["accounts"]) == 1
        assert amazon.state["speed"] == 0
        port = amazon.url.rpartition(":")[2]
        with pytest.raises(RuntimeError, match="did not start"):
            with spawned("--date", "2026-03-02", port=port):
                pass


def test_live_time_passes_and_may_be_frozen():
    arguments = ("--date", "2026-03-02", "--live", "--speed", "3600", "--history", "2")
    with spawned(*arguments) as amazon:
        deadline = time.monotonic() + 20
        while amazon.now() == parse("2026-03-02") and time.monotonic() < deadline:
            pass
        assert amazon.now() > parse("2026-03-02")
        amazon.post("clock", speed=0)
        assert amazon.now() == amazon.now()
