"""The world of one server: its clock, accounts, shops, tokens, faults and calls."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field

from .accounts import Application, make_account
from .advertising import Advertising
from .clock import DAY, Clock, as_seconds, iso
from .faults import Faults
from .lwa import Lwa
from .pace import Pace
from .pool import Pool
from .shop import Shop

#: How many computed lists a world keeps for the pages to come.
MEMORY = 8


@dataclass
class Settings:
    """How a world is made.

    ``history_days``: how long the shops have been open when the world begins.
    ``scale``: multiplies the orders of every shop. ``rush``: further orders a minute
    on each account's first site, from ``rush_from`` on (default: the beginning).
    ``replenish`` False: no shipments but those of interventions.
    ``report_seconds``: how long a report takes on the
    wire clock (Ads reports too). ``kiosk_rows``: rows of a Data Kiosk document, of more
    the rest comes in further ones (0: all in one). ``enforce_pace`` False lets calls
    come at any speed.
    ``account_options`` holds, by account number, arguments of ``make_account``.
    """

    seed: int = 1
    accounts: int = 2
    start: object = None
    speed: float = 0
    history_days: int = 60
    scale: float = 1.0
    rush: float = 0.0
    rush_from: object = None
    replenish: bool = True
    report_seconds: float = 30
    kiosk_rows: int = 0
    enforce_pace: bool = True
    account_options: dict = field(default_factory=dict)


class Timeline:
    """Values that interventions set at moments; earlier moments keep theirs."""

    def __init__(self):
        self._entries = defaultdict(list)

    def set(self, key, value, moment):
        """Set a key's value from a moment on."""
        entries = [e for e in self._entries[key] if e[0] < moment]
        self._entries[key] = [*entries, (moment, value)]

    def get(self, key, now, default=None):
        """Return the value of a key at a moment."""
        return self.entry(key, now, (None, default))[1]

    def entry(self, key, now, default=None):
        """Return (moment, value) of a key as set last before or at a moment."""
        for moment, value in reversed(self._entries.get(key, ())):
            if moment <= now:
                return moment, value
        return default


class World:
    """Everything a server knows. Handlers and control run one at a time (``lock``)."""

    def __init__(self, settings=None):
        self.settings = settings or Settings()
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.base_url = ""
        #: Functions called with (call, response) after each operation, for tests.
        self.observers = []
        self.clock = Clock(self.settings.start, self.settings.speed)
        self.reset()

    def reset(self):
        """Forget every intervention, token, report, fault and call; keep the clock."""
        settings = self.settings
        self.opened = self.clock.now() // DAY * DAY - settings.history_days * DAY
        if settings.start is not None:
            start = as_seconds(settings.start)
            self.opened = start // DAY * DAY - settings.history_days * DAY
        self.applications = [Application()]
        self.accounts, self.shops, self.ads, self._pools = [], {}, {}, {}
        for number in range(settings.accounts):
            self.add_account(**settings.account_options.get(number, {}))
        self.lwa = Lwa(settings.seed, self.clock.wire)
        self.pace = Pace(settings.enforce_pace)
        self.faults = Faults()
        self.overlay = Timeline()
        self.reports = {}
        self.queries = {}
        self.ads_reports = {}
        self.documents = {}
        self.destinations = {}
        self.subscriptions = {}
        self.calls = []
        self.memory = {}
        self._number = 0

    def next_number(self):
        """Return a number that no intervention has had since the last reset."""
        self._number += 1
        return self._number

    def add_account(self, **options):
        """Open another seller account and return it."""
        options.setdefault("scale", self.settings.scale)
        account = make_account(len(self.accounts), self.settings.seed, **options)
        shop = Shop(self.settings.seed, account, self.settings.rush, self._rush_from())
        self.accounts.append(account)
        self.shops[account.seller_id] = shop
        self.ads[account.seller_id] = Advertising(shop, self.opened)
        sites = defaultdict(list)
        for site in account.marketplaces:
            sites[site.pool].append(site)
        for name, members in sites.items():
            self._pools[account.seller_id, name] = Pool(
                shop, name, tuple(members), self.opened, self.settings.replenish
            )
        return account

    def _rush_from(self):
        moment = self.settings.rush_from or self.settings.start
        return self.clock.now() if moment is None else as_seconds(moment)

    def account(self, key):
        """Return an account by number, seller id, region or name; else KeyError."""
        if isinstance(key, int) or str(key).isdigit():
            return self.accounts[int(key)]
        for account in self.accounts:
            if key in (account.seller_id, account.region, account.name):
                return account
        raise KeyError(f"no account {key!r}")

    def remember(self, key, make):
        """Return ``make()``, computed once until an intervention (for paged lists)."""
        if key not in self.memory:
            while len(self.memory) >= MEMORY:
                self.memory.pop(next(iter(self.memory)))
            self.memory[key] = make()
        return self.memory[key]

    def pool(self, account, marketplace):
        """Return the stock pool that a marketplace of an account sells from."""
        return self._pools[account.seller_id, marketplace.pool]

    def pools(self, account):
        """Return the stock pools of an account."""
        return [
            p
            for (seller, _name), p in self._pools.items()
            if seller == account.seller_id
        ]

    def orders(self, account, start, end, marketplaces=None):
        """Return an account's orders created in [start, end), in time order."""
        wanted = marketplaces or account.marketplaces
        names = {site.pool for site in wanted}
        found = [
            order
            for pool in self.pools(account)
            if pool.name in names
            for order in pool.orders(start, end)
            if order.marketplace in wanted
        ]
        return sorted(found, key=lambda order: (order.created, order.id))

    def refunds(self, account, start, end, marketplaces=None):
        """Return (order, line) of an account's refunds given in [start, end)."""
        wanted = marketplaces or account.marketplaces
        return [
            (order, line)
            for pool in self.pools(account)
            for order, line in pool.returns(start - 3 * DAY, end)
            if order.marketplace in wanted and start <= line.returned.refunded_at < end
        ]

    def note(self, call, status, started, struck=(), early=0.0, params=None):
        """Write a call into the log; ``early`` is by how many seconds too soon."""
        self.calls.append(
            {
                "number": len(self.calls) + 1,
                "at": iso(started),
                "wire": round(self.clock.wire(), 3),
                "operation": call.operation.name,
                "account": call.account.seller_id if call.account else None,
                "status": status,
                "faults": list(struck),
                "too_soon": round(early, 3),
                "params": params or {},
            }
        )
