"""What every stream shares: a request, a step, rounds over stores.

A handler is made for one unit of work. ``request`` says which call comes next,
``absorb`` keeps the rows of its answer and says what follows. The cursor it leaves
is saved with the rows, in the same transaction.
"""

from dataclasses import dataclass
from datetime import timedelta

from ..engine.failures import Failure
from ..exceptions import CallFailed


@dataclass(frozen=True)
class Request:
    """One call: ``make(amazon)`` makes it and returns the answer.

    ``role``: the role that Amazon wants for it, where it depends on the data.
    """

    operation: str
    make: object
    role: str = ""


@dataclass(frozen=True)
class Step:
    """What a unit left behind.

    ``state``: ``more`` (the round goes on), ``waiting`` (for ``wait``, as a report is
    being made), ``done``, or ``over`` (the stream has nothing more to do, ever);
    ``cursor``: JSON to go on from; ``fresh_until``: data is complete up to then,
    naive UTC.
    """

    state: str
    cursor: dict | None = None
    rows: int = 0
    wait: timedelta = timedelta(0)
    fresh_until: object = None


class Handler:
    """Base of all streams."""

    code = None
    label = None
    sequence = 10
    cadence_minutes = 15
    starts_active = True
    # Days that each round reads again because Amazon restates them; the stream's own
    # field may say otherwise.
    look_back_days = 0
    # Tokens that background work leaves to people who press a button.
    reserve = 1
    # Whether it reads the past once, and ends.
    is_past = False
    # The first and the last day to read, instead of the last days; see ``past``.
    window = None

    def __init__(self, stream, now, part=None):
        """
        :param stream: record of ``linkstar.amazon.stream``, locked
        :param now: naive UTC by Amazon's clock
        :param part: the name under which the stream's cursor holds this handler's
            own, when it works for another one
        """
        self.part = part
        self.stream = stream.sudo()
        self.account = self.stream.account_id
        self.env = self.stream.env
        self.now = now
        self.cursor = dict(self.stood or {})

    @property
    def stood(self):
        """The cursor as the last unit left it."""
        cursor = self.stream.cursor
        return (cursor or {}).get(self.part) if self.part else cursor

    def request(self):
        """The next call, or None when there is nothing to ask."""
        raise NotImplementedError

    def absorb(self, answer):
        """Keep the rows of an answer; return the Step."""
        raise NotImplementedError

    def idle(self):
        """The Step of a unit that had nothing to ask."""
        return Step("done", self.cursor, fresh_until=self.now)

    def after_failure(self, failure):
        """The cursor to go on from after a failure; unchanged unless overridden."""
        return self.stood

    @property
    def look_back(self):
        """How far back a round reads, as it is set on the stream."""
        return timedelta(days=self.stream.look_back_days)

    def sites(self):
        """Linked stores by Amazon's marketplace id.

        :raises CallFailed: when no store is linked, for there is nothing to ask for
        """
        sites = self.account._sites()
        if not sites:
            raise CallFailed(Failure("no_store"))
        return sites

    def selling_partner(self, operation, api_class, call, marketplace=None, role=""):
        """A Request to the Selling Partner API."""
        return Request(
            operation,
            lambda amazon: amazon.selling_partner(api_class, call, marketplace),
            role,
        )


class ByStore(Handler):
    """A round that visits one store after the other, page by page.

    The cursor: ``parts`` (ids of stores still to visit), ``page`` (Amazon's token),
    ``started`` (when the round began).
    """

    def stores(self):
        """Stores to visit in a round; a subclass may leave some out."""
        return list(self.sites().values())

    def begin(self):
        """Called at the start of a round; may put things into the cursor."""

    def end(self):
        """Called at the end of a round, in the transaction of the last page."""

    def end_of_store(self, store):
        """Called after a store's last page."""

    def store_request(self, store, page):
        """The Request for the next page of a store."""
        raise NotImplementedError

    def store_absorb(self, store, answer):
        """Keep a page; return ``(rows, token of the next page or None)``."""
        raise NotImplementedError

    def _current(self):
        wanted = {store.id: store for store in self.stores()}
        parts = [part for part in self.cursor.get("parts") or () if part in wanted]
        if not parts:
            self.cursor = {
                **{k: v for k, v in self.cursor.items() if k.startswith("keep_")},
                "parts": list(wanted),
                "page": None,
                "started": self.now.isoformat(),
            }
            self.begin()
            parts = self.cursor["parts"]
        self.cursor["parts"] = parts
        return wanted[parts[0]] if parts else None

    def request(self):
        """The next page of the store whose turn it is."""
        store = self._current()
        return self.store_request(store, self.cursor.get("page")) if store else None

    def absorb(self, answer):
        """Keep a page, and go on with the next page or store."""
        store = self._current()
        rows, page = self.store_absorb(store, answer)
        self.cursor["page"] = page
        if page:
            return Step("more", self.cursor, rows)
        self.end_of_store(store)
        self.cursor["parts"] = self.cursor["parts"][1:]
        if self.cursor["parts"]:
            return Step("more", self.cursor, rows)
        self.end()
        return Step("done", self.cursor, rows, fresh_until=self.now)

    def after_failure(self, failure):
        """A page that has expired: begin this store again."""
        if failure.code in ("page_expired", "not_found"):
            return {**self.cursor, "page": None}
        return self.stood
