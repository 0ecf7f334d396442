"""Data Kiosk economics: a query, its state, its document; one call a unit."""

from datetime import date, timedelta

from sp_api.api import DataKiosk

from odoo.tools.translate import LazyTranslate

from ..engine import documents
from ..engine.economics import CHUNK, economics_rows, query
from ..engine.failures import Failure
from ..engine.local_day import local_day
from ..engine.windows import chunks
from ..exceptions import CallFailed
from .base import Handler, Request, Step

_lt = LazyTranslate(__name__)

POLL = timedelta(seconds=45)
# Figures of days older than this are no longer late, but gone.
LATE = timedelta(days=60)


class Economics(Handler):
    """Proceeds, fees and ads per MSKU and day, of the last weeks in short windows.

    The cursor: ``jobs`` (windows still to read, the newest first), ``query`` (the one
    that is being made), ``document``, ``page`` (Amazon's token for the rest of an
    answer that is too long for one document) and ``told`` (what its earlier documents
    told: days and MSKUs by marketplace).
    """

    code = "economics"
    label = _lt("Proceeds and fees (Data Kiosk)")
    sequence = 10
    cadence_minutes = 24 * 60
    look_back_days = 35

    def _begin(self):
        if not self.cursor.get("jobs"):
            windows = chunks(*(self.window or self._recent()), CHUNK)
            self.cursor = {
                "jobs": [[one.isoformat(), other.isoformat()] for one, other in windows]
            }
        return [date.fromisoformat(day) for day in self.cursor["jobs"][0]]

    def _recent(self):
        today = min(local_day(self.now, s.tz) for s in self.sites().values())
        first = today - timedelta(days=max(self.look_back.days, 1))
        return first, today - timedelta(days=1)

    def request(self):
        """Send a query, ask for its state, or fetch its document."""
        first, last = self._begin()
        document, asked = self.cursor.get("document"), self.cursor.get("query")
        if document:
            return Request("getDocument", lambda amazon: self._fetch(amazon, document))
        if asked:
            return self.selling_partner(
                "getQuery", DataKiosk, lambda client: client.get_query(asked)
            )
        text, page = query(first, last, list(self.sites())), self.cursor.get("page")
        return self.selling_partner(
            "createQuery",
            DataKiosk,
            lambda client: (
                client.create_query(text, page) if page else client.create_query(text)
            ),
        )

    def _fetch(self, amazon, document):
        """The address of a document lives five minutes, so both calls are one unit."""
        answer = amazon.selling_partner(
            DataKiosk, lambda client: client.get_document(document)
        )
        answer.payload["content"] = amazon.document(answer.payload["documentUrl"])
        return answer

    def absorb(self, answer):
        """Move from asking to waiting to keeping."""
        payload = answer.payload
        if self.cursor.get("document"):
            return self._keep(documents.text_of(payload["content"], None))
        if not self.cursor.get("query"):
            self.cursor["query"] = payload["queryId"]
            return Step("waiting", self.cursor, wait=POLL)
        status = payload["processingStatus"]
        if status in ("IN_QUEUE", "IN_PROGRESS"):
            return Step("waiting", self.cursor, wait=POLL)
        if status == "CANCELLED" and self.window:
            return self._keep("")
        if status != "DONE":
            code = "report_cancelled" if status == "CANCELLED" else "report_fatal"
            raise CallFailed(Failure(code, 200))
        # The client takes the token out of the payload.
        self.cursor["next"] = answer.next_token
        if not payload.get("dataDocumentId"):
            # Done without a document: Amazon has no figures of these days.
            return self._keep("")
        self.cursor["document"] = payload["dataDocumentId"]
        return Step("more", self.cursor)

    def _keep(self, text):
        """Keep a document, then go on with its next part or the next window."""
        first, last = self._begin()
        found = economics_rows(text)
        sites = self.sites()
        if not found and not self.cursor.get("page"):
            self._check_not_late(sites, first, last)
        following, told = self.cursor.get("next"), self.cursor.get("told") or {}
        economics, rows = self.env["linkstar.amazon.economics"], 0
        for site, store in sites.items():
            # A store without a row may be late; its days are left as they are.
            rows += economics._keep(
                self.account,
                store,
                found.get(site, []),
                first,
                last,
                self.now,
                complete=not following and (site in found or site in told),
                earlier={tuple(key) for key in told.get(site, ())},
            )
        if following:
            cursor = {"jobs": self.cursor["jobs"], "page": following}
            return Step("more", {**cursor, "told": _with(told, found)}, rows)
        jobs = self.cursor["jobs"][1:]
        if jobs:
            return Step("more", {"jobs": jobs}, rows)
        return Step("done", {}, rows, fresh_until=self.now)

    def _check_not_late(self, sites, first, last):
        """Days on which we know orders have figures, sooner or later.

        Of the far past Amazon may keep none any more: nobody waits for those.
        """
        if self.window or last < self.now.date() - LATE:
            return
        orders = self.env["linkstar.amazon.order"].search_count(
            [
                ("store_id", "in", [store.id for store in sites.values()]),
                ("day", ">=", first),
                ("day", "<=", last),
                ("status", "!=", "cancelled"),
            ],
            limit=1,
        )
        if orders:
            raise CallFailed(Failure("report_late", 200))

    def after_failure(self, failure):
        """A query that failed is left and the next goes on; a late one comes again."""
        jobs = self.cursor.get("jobs", [])
        if failure.code in ("report_cancelled", "report_fatal"):
            return {"jobs": jobs[1:]}
        if failure.code in ("report_late", "not_found", "page_expired"):
            return {"jobs": jobs}
        return self.stood


def _with(told, found):
    """What was told, and what this document told besides."""
    keys = {
        site: [[row["day"], row["sku"]] for row in rows] for site, rows in found.items()
    }
    sites = {*told, *keys}
    return {site: [*told.get(site, ()), *keys.get(site, ())] for site in sites}
