"""Helpers for tests: a running stand-in, its control API, and the real clients.

    with running(seed=3, start="2026-03-02T12:00:00Z") as amazon:
        orders = amazon.sp(Orders, "na", "US", version="2026-01-01")
        orders.search_orders(lastUpdatedAfter="2026-03-01T00:00:00Z")

Imports neither Odoo nor, until a client is asked for, the Amazon libraries.
"""

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from .clock import as_seconds, iso, parse


class ControlError(Exception):
    """The control API refused a call; the text says why."""


class Amazon:
    """A stand-in at an address: control, truth and clients."""

    def __init__(self, url, server=None):
        self.url = url
        self.server = server
        self._state = None

    # --- control -----------

    def control(self, method, path, query=None, **values):
        """Call the control API and return its JSON content."""
        url = f"{self.url}/_control/{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        body = json.dumps(values).encode() if values else None
        request = urllib.request.Request(url, body, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise ControlError(json.load(error)["error"]) from None

    def post(self, path, **values):
        """Post to the control API."""
        return self.control("POST", path, **values)

    @property
    def state(self):
        """Accounts, credentials and products (fetched once; see ``refresh``)."""
        if self._state is None:
            self._state = self.control("GET", "state")
        return self._state

    def refresh(self):
        """Forget the state fetched so far and return the present one."""
        self._state = None
        return self.state

    def account(self, key=0):
        """Return an account's state by number, seller id or region."""
        accounts = self.state["accounts"]
        if isinstance(key, int):
            return accounts[key]
        return next(
            a for a in accounts if key in (a["seller_id"], a["region"], a["name"])
        )

    def now(self):
        """Return the simulated time in seconds since 1970."""
        return parse(self.control("GET", "state")["now"])

    def set_time(self, moment):
        """Set the simulated time (aware datetime, ISO text or seconds)."""
        clear_token_caches()
        return self.post("clock", now=iso(as_seconds(moment)))["now"]

    def advance(self, **units):
        """Move the simulated time by days, hours, minutes and seconds."""
        clear_token_caches()
        return self.post("clock", **units)["now"]

    def settings(self, **values):
        """Change settings: enforce_pace, report_seconds, token_seconds, wire_clock."""
        self.post("settings", **values)

    def reset(self):
        """Forget interventions, tokens, reports, faults and calls."""
        clear_token_caches()
        self._state = None
        self.post("reset")

    def fault(self, kind, operation="*", account=None, count=1, after=0, **options):
        """Arm a fault; see README.md for the kinds."""
        return self.post(
            "faults",
            kind=kind,
            operation=operation,
            account=account,
            count=count,
            after=after,
            **options,
        )

    def clear_faults(self):
        """Disarm all faults."""
        self.control("DELETE", "faults")

    def calls(self, **query):
        """Return the log of calls (account, operation, since)."""
        return self.control("GET", "calls", query)["calls"]

    def violations(self, **query):
        """Return how many calls came too soon, by account and operation."""
        return self.control("GET", "calls", query)["violations"]

    def truth(self, what="days", account=0, **query):
        """Return what happened: days, orders, ads, stock or shipments."""
        if "first" in query:
            query["from"] = query.pop("first")
        if "last" in query:
            query["to"] = query.pop("last")
        content = self.control("GET", "truth", dict(query, what=what, account=account))
        return content[what]

    # --- what happens in the shops -----------

    def create_order(self, marketplace, items, account=0, **options):
        """Place an order now; items are [{"sku", "quantity", "price"}]."""
        values = dict(options, account=account, marketplace=marketplace, items=items)
        return self.post("orders", **values)["order_id"]

    def set_stock(self, marketplace, sku, units, account=0):
        """Set the sellable units of a SKU now."""
        self.post(
            "stock", account=account, marketplace=marketplace, sku=sku, units=units
        )

    def create_shipment(self, marketplace, items, account=0, **options):
        """Make an inbound shipment now (items: sku → units); return its id."""
        values = dict(options, account=account, marketplace=marketplace, items=items)
        return self.post("shipments", **values)["shipment_id"]

    def advance_shipment(self, shipment_id, status, received=None):
        """Bring a shipment to a state now."""
        values = {"shipment_id": shipment_id, "status": status}
        if received is not None:
            values["received"] = received
        self.post("shipments/advance", **values)

    def create_ad_group(self, marketplace, skus, account=0, **options):
        """Make an ad group now; return its id and its campaign's."""
        values = dict(options, account=account, marketplace=marketplace, skus=skus)
        return self.post("ad_groups", **values)

    def add_product(self, sku, account=0, **options):
        """Add a product that nobody orders by itself; return its ASINs."""
        self._state = None
        return self.post("products", account=account, sku=sku, **options)

    def change_listing(self, marketplace, sku, account=0, **changes):
        """Suppress a listing (suppressed=True), restore it, or set its state."""
        values = dict(changes, account=account, marketplace=marketplace, sku=sku)
        self.post("listings", **values)

    def change_buy_box(self, marketplace, sku, owned, account=0):
        """Let the seller own or lose the buy box now."""
        values = {"account": account, "marketplace": marketplace, "sku": sku}
        self.post("buy_box", owned=owned, **values)

    def change_health(self, marketplace, account=0, **values):
        """Set account health now, by the names of the seller performance report."""
        self.post("health", account=account, marketplace=marketplace, **values)

    # --- the real clients -----------

    def credentials(self):
        """Return the application's credentials as python-amazon-sp-api wants them."""
        application = self.state["applications"][0]
        return {
            "lwa_app_id": application["client_id"],
            "lwa_client_secret": application["client_secret"],
        }

    def sp(
        self, api, account=0, marketplace=None, timeout=10, endpoint=None, **options
    ):
        """Return a python-amazon-sp-api client of class ``api`` for an account."""
        from sp_api.auth import AccessTokenClient
        from sp_api.base import Marketplaces

        found = self.account(account)
        code = marketplace or next(iter(found["marketplaces"]))
        location = urllib.parse.urlsplit(self.url)

        class TokenClient(AccessTokenClient):
            scheme = f"{location.scheme}://"
            host = location.netloc

        # Loading certificates takes longer than all the rest, and there is no TLS here.
        options.setdefault("verify", False)
        client = api(
            marketplace=Marketplaces[code],
            refresh_token=found["refresh_token"],
            credentials=self.credentials(),
            auth_token_client_class=TokenClient,
            timeout=timeout,
            **options,
        )
        client.endpoint = endpoint or self.url
        return client

    def ads(self, api, account=0, marketplace=None, timeout=10):
        """Return a python-amazon-ad-api client for an account's profile."""
        from ad_api.base import Marketplaces

        found, application = self.account(account), self.state["applications"][0]
        location = urllib.parse.urlsplit(self.url)
        credentials = {
            "client_id": application["client_id"],
            "client_secret": application["client_secret"],
            "refresh_token": found["ads_refresh_token"],
        }
        if marketplace:
            credentials["profile_id"] = found["marketplaces"][marketplace]["profile_id"]
        client = api(
            marketplace=Marketplaces.EU,
            credentials=credentials,
            timeout=timeout,
            verify_additional_credentials=False,
        )
        client.endpoint = self.url
        client._auth.scheme = f"{location.scheme}://"
        client._auth.host = location.netloc
        return client


def clear_token_caches():
    """Forget the access tokens that the real clients keep for the whole process."""
    for name in ("sp_api", "ad_api"):
        module = sys.modules.get(f"{name}.auth.access_token_client")
        if module:
            module.cache.clear()
            module.grantless_cache.clear()


@contextlib.contextmanager
def running(port=0, **settings):
    """Run a stand-in in a thread of this process and yield its ``Amazon``."""
    from .server import Server
    from .state import Settings

    server = Server(Settings(**settings), port).start()
    clear_token_caches()
    try:
        yield Amazon(server.url, server)
    finally:
        server.stop()
        clear_token_caches()


@contextlib.contextmanager
def spawned(*arguments, port=0):
    """Run a stand-in in a process of its own and yield its ``Amazon``."""
    root = Path(__file__).resolve().parents[2]
    package = __package__
    command = [sys.executable, "-m", package, "--port", str(port), *arguments]
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        line = process.stdout.readline()
        if " ready on " not in line:
            raise RuntimeError(f"the stand-in did not start: {line!r}")
        yield Amazon(line.strip().rpartition(" ")[2])
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
