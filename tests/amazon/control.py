"""The control API: what tests and the demo do to the world, and ask of it.

All of it is JSON under ``/_control/``; README.md lists the calls. Accounts are named
by number, seller id or region, marketplaces by code or id.
"""

import json
from zoneinfo import ZoneInfo

from . import truth
from .clock import DAY, as_seconds, at, iso, local_date, midnight, midnight_after
from .errors import Refusal
from .marketplaces import find
from .operations import Response

ROUTES = {}


def route(method, path):
    """Register a control call; it gets (world, values) and returns JSON content."""

    def register(function):
        ROUTES[method, f"/_control/{path}"] = function
        return function

    return register


def control(world, request):
    """Answer a control request; wrong values are a 400 with a sentence."""
    function = ROUTES.get((request.method, request.path))
    if function is None:
        known = ", ".join(sorted(f"{m} {p}" for m, p in ROUTES))
        return _json(404, {"error": f"No such control call. Known: {known}"})
    try:
        values = {name: found[-1] for name, found in request.query.items()}
        values.update(request.json())
        with world.lock:
            if request.method != "GET":
                world.memory.clear()
            return _json(200, function(world, values))
    except (KeyError, ValueError, TypeError, LookupError, Refusal) as error:
        text = f"{type(error).__name__}: {error}"
        return _json(400, {"error": text})


def _json(status, content):
    body = json.dumps(content).encode()
    return Response(status, body, {"Content-Type": "application/json"})


def account_of(world, values):
    """Return the account that control values name (default: the first)."""
    return world.account(values.get("account", 0))


def site_of(world, values):
    """Return (account, marketplace) that control values name."""
    account = account_of(world, values)
    site = find(values["marketplace"])
    if site not in account.marketplaces:
        raise ValueError(f"{account.name} does not sell in {site.code}")
    return account, site


# --- time and settings ---------------------------------------------------------------


@route("GET", "state")
def get_state(world, _values):
    """The clock, the accounts with their credentials, and the settings."""
    return {
        "now": iso(world.clock.now()),
        "speed": world.clock.speed,
        "opened": iso(world.opened),
        "applications": [
            {"id": a.id, "client_id": a.client_id, "client_secret": a.client_secret}
            for a in world.applications
        ],
        "accounts": [
            {
                "seller_id": account.seller_id,
                "name": account.name,
                "region": account.region,
                "refresh_token": account.refresh_token,
                "ads_refresh_token": account.ads_refresh_token,
                "revoked": account.revoked,
                "marketplaces": {
                    site.code: {
                        "id": site.id,
                        "currency": site.currency,
                        "tz": site.tz,
                        "pool": site.pool,
                        "profile_id": str(account.profile_id(site)),
                    }
                    for site in account.marketplaces
                },
                "products": [
                    {
                        "sku": product.sku,
                        "asin": product.asin,
                        "parent_asin": product.parent_asin,
                        "title": product.title,
                        "fulfilled_by": product.fulfilled_by,
                    }
                    for product in world.shops[account.seller_id].products
                ],
            }
            for account in world.accounts
        ],
    }


@route("POST", "clock")
def set_clock(world, values):
    """Set (``now``), advance (``seconds``, ``days`` …) or run (``speed``) the clock."""
    if "now" in values:
        world.clock.set(values["now"])
    units = {"days": DAY, "hours": 3600, "minutes": 60, "seconds": 1}
    step = sum(float(values.get(name, 0)) * size for name, size in units.items())
    if step:
        world.clock.advance(step)
    if "speed" in values:
        world.clock.run(float(values["speed"]))
    return {"now": iso(world.clock.now()), "speed": world.clock.speed}


@route("POST", "settings")
def set_settings(world, values):
    """Change settings of the wire: pace, reports, tokens, which clock it follows."""
    for name, value in values.items():
        if name == "enforce_pace":
            world.pace.enforced = bool(value)
        elif name == "report_seconds":
            world.settings.report_seconds = float(value)
        elif name == "token_seconds":
            world.lwa.access_seconds = int(value)
        elif name == "wire_clock":
            if value not in ("real", "shop"):
                raise ValueError("wire_clock is real or shop")
            world.clock.real_wire = value == "real"
            world.pace.refill()
        else:
            raise ValueError(f"unknown setting {name!r}")
    return {}


@route("POST", "pace")
def set_pace(world, values):
    """Change the rate and burst of an operation, for one account or for all."""
    caller = None
    if "account" in values:
        seller = account_of(world, values).seller_id
        caller = f"{seller}/{world.applications[0].id}"
    rate, burst = values["rate"], values["burst"]
    world.pace.set_limit(values["operation"], rate, burst, caller)
    return {}


@route("POST", "reset")
def reset(world, _values):
    """Forget interventions, tokens, reports, faults and calls; keep the clock."""
    world.reset()
    return {}


# --- calls and faults ----------------------------------------------------------------


@route("GET", "calls")
def get_calls(world, values):
    """The log of calls, newest last, and how many were too soon, by operation."""
    calls = world.calls
    if "account" in values:
        seller = account_of(world, values).seller_id
        calls = [call for call in calls if call["account"] == seller]
    if "operation" in values:
        calls = [call for call in calls if call["operation"] == values["operation"]]
    if "since" in values:
        calls = [call for call in calls if call["number"] > int(values["since"])]
    counts, violations = {}, {}
    for call in calls:
        key = f"{call['account']} {call['operation']}"
        counts[key] = counts.get(key, 0) + 1
        # A call refused by a 429 was too soon as well.
        if call["too_soon"] or (call["status"] == 429 and not call["faults"]):
            violations[key] = violations.get(key, 0) + 1
    return {"calls": calls, "counts": counts, "violations": violations}


@route("DELETE", "calls")
def clear_calls(world, _values):
    """Forget the calls made so far."""
    world.calls.clear()
    return {}


@route("POST", "faults")
def arm_fault(world, values):
    """Arm a fault (``kind``, ``operation``, ``account``, ``count``, ``after``, …)."""
    values = dict(values)
    if values.get("account") is not None:
        values["account"] = world.account(values["account"]).seller_id
    return world.faults.arm(values.pop("kind"), **values).describe()


@route("GET", "faults")
def get_faults(world, _values):
    """The faults still armed."""
    return {"faults": [fault.describe() for fault in world.faults.armed]}


@route("DELETE", "faults")
def clear_faults(world, _values):
    """Disarm all faults."""
    world.faults.clear()
    return {}


# --- authorisation -------------------------------------------------------------------


@route("POST", "account")
def changeaccount_of(world, values):
    """Change an account: ``revoked``, ``roles``, ``suspended``, ``not_participating``.

    ``expire_tokens`` lets its access tokens expire at once.
    """
    account = account_of(world, values)
    if "revoked" in values:
        account.revoked = bool(values["revoked"])
    for name in ("roles", "suspended", "not_participating"):
        if name in values:
            setattr(account, name, set(values[name]))
    if values.get("expire_tokens"):
        world.lwa.expire(account.seller_id)
    return {"refresh_token": account.refresh_token}


@route("POST", "accounts")
def addaccount_of(world, values):
    """Open another seller account (``region``, ``marketplaces``, ``scale`` …)."""
    known = ("region", "marketplaces", "scale", "products")
    account = world.add_account(**{k: v for k, v in values.items() if k in known})
    return {"seller_id": account.seller_id, "refresh_token": account.refresh_token}


@route("POST", "application")
def change_application(world, values):
    """Change the application: ``redirect_uris``, ``is_draft``, or its secret.

    ``rotate`` adds a new secret; the old ones expire after ``grace_seconds``.
    """
    application = world.applications[0]
    if "redirect_uris" in values:
        application.redirect_uris = list(values["redirect_uris"])
    if "is_draft" in values:
        application.is_draft = bool(values["is_draft"])
    if values.get("rotate"):
        limit = world.clock.wire() + float(values.get("grace_seconds", 0))
        application.secrets = dict.fromkeys(application.secrets, limit)
        number = len(application.secrets) + 1
        application.secrets[f"amzn1.oa2-cs.v1.linkstar-{number}"] = None
    return {
        "client_id": application.client_id,
        "client_secret": application.client_secret,
    }


# --- the truth -----------------------------------------------------------------------


@route("GET", "truth")
def get_truth(world, values):
    """What happened: ``what`` = days, orders, ads, stock or shipments.

    For days, orders and ads: ``from`` and ``to`` (dates, both included),
    ``marketplace`` and ``tz`` (default: the marketplace's).
    """
    account, what = account_of(world, values), values.get("what", "days")
    if what == "stock":
        return {"stock": truth.stock_rows(world, account)}
    if what == "shipments":
        return {"shipments": truth.shipment_rows(world, account)}
    sites = account.marketplaces
    if "marketplace" in values:
        sites = (site_of(world, values)[1],)
    found = {}
    for site in sites:
        zone = ZoneInfo(values["tz"]) if "tz" in values else site.zone
        today = local_date(world.clock.now(), zone)
        first = at(as_seconds(values["from"])).date() if "from" in values else today
        last = at(as_seconds(values["to"])).date() if "to" in values else today
        if what == "orders":
            start = midnight(first, zone)
            end = midnight_after(last, zone)
            rows = truth.order_rows(world, account, start, end, (site,))
        elif what == "days":
            rows = truth.store_days(world, account, site, first, last, zone)
        elif what == "ads":
            rows = truth.ad_rows(world, account, site, first, last)
        else:
            raise ValueError("what is days, orders, ads, stock or shipments")
        found[site.code] = rows
    return {what: found}
