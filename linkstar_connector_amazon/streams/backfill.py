"""The past: each kind of data from the newest window back, beside the live sync."""

from dataclasses import replace
from datetime import datetime, timedelta

from sp_api.api import OrdersV20260101

from odoo.tools.translate import LazyTranslate

from ..engine.ads import KEEPS
from ..engine.economics import CHUNK
from ..engine.orders_to_rows import order_rows
from ..engine.windows import iso, next_backfill_window
from .ads_reports import AdsReports
from .base import Handler, Step
from .economics import Economics
from .orders import PAGE, sites_of
from .reports import Returns, SalesAndTraffic
from .settlements import Settlements
from .transactions import Transactions

_lt = LazyTranslate(__name__)

# One day less than Amazon's two years, whose edge moves while we read.
TWO_YEARS = 729
# A window that Amazon cannot give is asked for so many times, and then left out.
TRIES = 3
UNREADABLE = {
    "bad_request",
    "report_cancelled",
    "report_fatal",
    "report_late",
    "too_large",
    "unexpected_answer",
}


class Backfill(Handler):
    """A stretch of the past, read once in windows, the newest first.

    The cursor: ``start`` and ``end`` of the stretch, ``reached`` (where it has come
    back to), ``began`` (by our clock) and ``missed`` (windows that Amazon could not
    give).
    """

    cadence_minutes = 24 * 60
    starts_active = False
    is_past = True
    # The live sync shares the quota and goes first.
    reserve = 6
    # Code of the stream that reads the same data of today.
    live = None
    # Days that Amazon keeps.
    keeps = TWO_YEARS
    step = timedelta(days=30)
    # The youngest data is left to the live stream.
    margin = timedelta(days=1)

    @classmethod
    def beginning(cls, now, days, clock):
        """The cursor of a backfill that is to begin.

        :param now: naive UTC by Amazon's clock
        :param days: how far back; as far as Amazon keeps this data
        :param clock: naive UTC by ours, from which the speed is told
        """
        start = now - timedelta(days=min(days, cls.keeps))
        end = max(start, now - cls.margin)
        return {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "reached": end.isoformat(),
            "began": clock.isoformat(),
        }

    def next_window(self):
        """Moments of the window that is being read, or None at the end."""
        if not self.cursor.get("reached"):
            return None
        start = datetime.fromisoformat(self.cursor["start"])
        reached = datetime.fromisoformat(self.cursor["reached"])
        return next_backfill_window(start, reached, self.step)

    def idle(self):
        """Nothing is left of the past."""
        return Step("over", self.cursor)


class OrdersBackfill(Backfill):
    """The past, in windows of creation from the newest back, beside the live sync.

    The cursor: that of every backfill, and ``page`` within a window.
    """

    code = "orders_backfill"
    label = _lt("Past orders (backfill)")
    sequence = 50
    live = "orders"
    # A window's page token must outlive its pages.
    step = timedelta(days=3)
    # A page of orders must be at least two minutes old.
    margin = timedelta(minutes=5)

    def request(self):
        """The next page of the window that is being read."""
        window = self.next_window()
        if window is None:
            return None
        values = {
            "marketplaceIds": list(self.sites()),
            "maxResultsPerPage": PAGE,
            "includedData": ["PROCEEDS", "FULFILLMENT"],
            "createdAfter": iso(window[0]),
            "createdBefore": iso(window[1]),
        }
        if self.cursor.get("page"):
            values["paginationToken"] = self.cursor["page"]
        return self.selling_partner(
            "searchOrders",
            OrdersV20260101,
            lambda client: client.search_orders(**values),
        )

    def absorb(self, answer):
        """Keep a page; at the end of a window sum its days and go further back."""
        orders, lines, _unknown = order_rows(
            answer.payload["orders"], sites_of(self.sites())
        )
        rows = self.env["linkstar.amazon.order"]._keep(self.account.id, orders, lines)
        self.cursor["page"] = answer.next_token
        if not answer.next_token:
            self.cursor["reached"] = self.next_window()[0].isoformat()
            self.env["linkstar.amazon.day"]._roll_up(self.account, self.now)
        return Step("more", self.cursor, rows)

    def after_failure(self, failure):
        """A page token that has expired: read this window anew."""
        if failure.code in ("page_expired", "not_found"):
            return {**self.cursor, "page": None}
        return self.stood


class DaysBackfill(Backfill):
    """Whole days of the past, read by the live stream's handler.

    Its cursor stands as ``round`` in ours, ``tries`` counts failures of a window.
    """

    source = None

    @classmethod
    def beginning(cls, now, days, clock):
        """Whole days, so that windows never share one."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return super().beginning(midnight, days, clock)

    def __init__(self, stream, now):
        super().__init__(stream, now)
        self.round = self.source(stream, now, part="round")
        self.round.window = self._days()

    def _days(self):
        window = self.next_window()
        if window is None:
            return None
        return window[0].date(), window[1].date() - timedelta(days=1)

    def request(self):
        """What the live handler asks for in this window, or in the next that asks."""
        while self.round.window:
            request = self.round.request()
            if request:
                return request
            self._go_on()
        return None

    def absorb(self, answer):
        """Keep what it keeps; after a window's last rows go further back."""
        self.round.now = self.now
        step = self.round.absorb(answer)
        if step.state == "done":
            self._go_on()
            return Step("more", self.cursor, step.rows)
        self.cursor["round"] = step.cursor
        return replace(step, cursor=self.cursor)

    def _go_on(self):
        self.cursor["reached"] = self.next_window()[0].isoformat()
        self.cursor.update(round=None, tries=0)
        self.round.cursor = {}
        self.round.window = self._days()

    def after_failure(self, failure):
        """What Amazon cannot give is asked for again, then left out and noted."""
        cursor = dict(self.stream.cursor or {})
        if failure.code not in UNREADABLE:
            return {**cursor, "round": self.round.after_failure(failure)}
        stood = cursor.get("round") or {}
        jobs = stood.get("jobs") or []
        tries = cursor.get("tries", 0) + 1
        if tries < TRIES:
            # Asked for anew: a report that failed stays failed.
            again = {"jobs": jobs} if jobs else stood
            return {**cursor, "round": again, "tries": tries}
        missed = [*cursor.get("missed", ()), [str(day) for day in self._days()]]
        self.cursor = {**cursor, "missed": missed, "tries": 0}
        rest = {"jobs": jobs[1:]} if jobs else self.round.after_failure(failure) or {}
        if rest.get("jobs", not jobs and rest != stood):
            return {**self.cursor, "round": rest}
        self._go_on()
        return self.cursor


class TrafficBackfill(DaysBackfill):
    """Sales and traffic of the past, a day a report."""

    code = "traffic_backfill"
    label = _lt("Past sales and traffic (backfill)")
    sequence = 51
    live, source = "traffic", SalesAndTraffic
    step = timedelta(days=1)


class AdsBackfill(DaysBackfill):
    """Advertising figures as far back as Amazon keeps them for each kind of ad."""

    code = "ads_backfill"
    label = _lt("Past advertising figures (backfill)")
    sequence = 52
    live, source = "ads", AdsReports
    keeps = max(KEEPS.values())
    # Of the five calls that may come in a row.
    reserve = 2


class ReturnsBackfill(DaysBackfill):
    """FBA returns of the eighteen months that Amazon reports on."""

    code = "returns_backfill"
    label = _lt("Past FBA returns (backfill)")
    sequence = 53
    live, source = "returns", Returns
    keeps = 540


class TransactionsBackfill(DaysBackfill):
    """Refunds and fees of two years; Amazon answers at most 180 days at once."""

    code = "transactions_backfill"
    label = _lt("Past refunds and fees (backfill)")
    sequence = 54
    live, source = "transactions", Transactions


class EconomicsBackfill(DaysBackfill):
    """Proceeds and fees of two years, a query a window."""

    code = "economics_backfill"
    label = _lt("Past proceeds and fees (backfill)")
    sequence = 55
    live, source = "economics", Economics
    step = timedelta(days=CHUNK)


class SettlementsBackfill(DaysBackfill):
    """Settlements of the 90 days for which Amazon keeps their reports, in one list."""

    code = "settlements_backfill"
    label = _lt("Past settlements (backfill)")
    sequence = 56
    live, source = "settlements", Settlements
    # One day less, whose edge moves while we read.
    keeps = 89
    step = timedelta(days=89)
