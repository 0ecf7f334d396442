"""Reports: asked for, waited for, downloaded; one call a unit."""

from datetime import datetime, timedelta

from sp_api.api import Reports

from odoo.tools.translate import LazyTranslate

from ..engine import documents, operations
from ..engine.failures import Failure
from ..engine.local_day import local_day, start_of_day
from ..engine.windows import iso
from ..exceptions import CallFailed
from .base import Handler, Request, Step

_lt = LazyTranslate(__name__)

POLL = timedelta(seconds=45)


class Report(Handler):
    """A round of jobs; each job is one report.

    The cursor: ``jobs`` (still to do; dicts with ``store``, ``start``, ``end``) and
    ``report`` (id of the report being made, then of its document).
    """

    report_type = None
    role = operations.ANALYTICS_ROLE
    options = None
    # Amazon cancels reports that would be empty: for some that is an answer.
    empty_when_cancelled = False

    def jobs(self):
        """The jobs of a new round, dicts as above."""
        raise NotImplementedError

    def keep(self, store, job, text):
        """Keep a document; return the number of rows."""
        raise NotImplementedError

    def store_jobs(self, start, end):
        """One job per store for days, in the store's own calendar."""
        return [
            {
                "store": store.id,
                "start": iso(start_of_day(start(store), store.tz)),
                "end": iso(start_of_day(end(store), store.tz) - timedelta(seconds=1)),
                "day": start(store).isoformat(),
                "days": (end(store) - start(store)).days,
            }
            for store in self.sites().values()
        ]

    def job_options(self, job):
        """The report options of a job."""
        return self.options

    def today(self, store):
        """Today where the store sells."""
        return local_day(self.now, store.tz)

    def _begin(self):
        if not self.cursor.get("jobs"):
            self.cursor = {"jobs": self.jobs(), "report": None, "document": None}
        return self.cursor["jobs"][0] if self.cursor["jobs"] else None

    def _store(self, job):
        return self.env["linkstar.store"].browse(job["store"])

    def request(self):
        """Ask for a report, for its state, or for its document."""
        job = self._begin()
        if not job:
            return None
        marketplace = self._store(job).marketplace_id.external_id
        if self.cursor.get("document"):
            return self._document_request(self.cursor["document"])
        if self.cursor.get("report"):
            report = self.cursor["report"]
            return self.selling_partner(
                "getReport",
                Reports,
                lambda client: client.get_report(report),
                role=self.role,
            )
        values = {
            "reportType": self.report_type,
            "marketplaceIds": [marketplace],
            "dataStartTime": job["start"],
            "dataEndTime": job["end"],
        }
        options = self.job_options(job)
        if options:
            values["reportOptions"] = options
        return self.selling_partner(
            "createReport",
            Reports,
            lambda client: client.create_report(**values),
            marketplace,
            self.role,
        )

    def _document_request(self, document):
        """The address of a document lives five minutes, so both calls are one unit."""

        def fetch(amazon):
            answer = amazon.selling_partner(
                Reports, lambda client: client.get_report_document(document)
            )
            answer.payload["content"] = amazon.document(answer.payload["url"])
            return answer

        return Request("getReportDocument", fetch, self.role)

    def absorb(self, answer):
        """Move from asking to waiting to keeping."""
        job = self._begin()
        payload = answer.payload
        if self.cursor.get("document"):
            return self._keep_document(job, payload)
        if not self.cursor.get("report"):
            self.cursor["report"] = payload["reportId"]
            return Step("waiting", self.cursor, wait=POLL)
        status = payload["processingStatus"]
        if status in ("IN_QUEUE", "IN_PROGRESS"):
            return Step("waiting", self.cursor, wait=POLL)
        if status == "CANCELLED" and (self.empty_when_cancelled or self.window):
            # Of the far past Amazon keeps nothing any more, and says it so.
            return self._next_job(0)
        if status != "DONE":
            code = "report_cancelled" if status == "CANCELLED" else "report_fatal"
            raise CallFailed(Failure(code, 200))
        self.cursor["document"] = payload["reportDocumentId"]
        return Step("more", self.cursor)

    def _keep_document(self, job, payload):
        try:
            text = documents.text_of(
                payload["content"], payload.get("compressionAlgorithm")
            )
        except documents.TooLarge as error:
            raise CallFailed(Failure("too_large", 200)) from error
        return self._next_job(self.keep(self._store(job), job, text))

    def _next_job(self, rows):
        jobs = self.cursor["jobs"][1:]
        if jobs:
            return Step("more", {"jobs": jobs}, rows)
        self.end()
        return Step("done", {}, rows, fresh_until=self.fresh_until())

    def end(self):
        """Called at the end of a round, in the transaction of its last report."""

    def fresh_until(self):
        """Up to when the figures of a finished round are complete."""
        return self.now

    def after_failure(self, failure):
        """A report that was cancelled or failed is left; the next job goes on."""
        if failure.code in ("report_cancelled", "report_fatal"):
            return {"jobs": self.cursor.get("jobs", [])[1:]}
        if failure.code in ("report_late", "not_found"):
            return {"jobs": self.cursor.get("jobs", [])}
        return self.stood

    def post(self, store, rows, references):
        """Replace postings by reference; see ``linkstar.amazon.posting``."""
        return self.env["linkstar.amazon.posting"]._replace(
            self.account, store, references, rows, self.now
        )

    def facts(self, store, rows):
        """Write rows of measures as facts of a store."""
        postings = self.env["linkstar.amazon.posting"]
        postings._ensure_listings(store, {row["sku"] for row in rows if row["sku"]})
        return self.env["linkstar.fact"]._upsert(
            [
                {
                    "store_id": store.id,
                    "metric": row["measure"],
                    "date": row["day"],
                    "sku": row["sku"],
                    "value": row["value"],
                    "source": "amazon",
                    "as_of": self.now,
                }
                for row in rows
            ]
        )


class SalesAndTraffic(Report):
    """Sessions, page views and buy box per MSKU; one report a day.

    Figures settle after 72 hours, so each day is read again on the days after it.
    """

    code = "traffic"
    label = _lt("Sales and traffic")
    sequence = 7
    cadence_minutes = 12 * 60
    report_type = "GET_SALES_AND_TRAFFIC_REPORT"
    options = {"dateGranularity": "DAY", "asinGranularity": "SKU"}
    look_back_days = 7
    # Days back that are read in each round, up to the stream's look-back.
    AGES = (1, 2, 3, 7, 14, 28)

    def jobs(self):
        """Yesterday first, then the days that may have been restated."""
        sites = self.sites().values()
        if self.window:
            first, last = self.window
            past = [last - timedelta(days=n) for n in range((last - first).days + 1)]
            return [self._job(store, day) for day in past for store in sites]
        ages = [age for age in self.AGES if age <= max(self.look_back.days, 1)]
        return [
            self._job(store, self.today(store) - timedelta(days=back))
            for back in ages
            for store in sites
        ]

    def _job(self, store, day):
        return {
            "store": store.id,
            "start": f"{day.isoformat()}T00:00:00Z",
            "end": f"{day.isoformat()}T23:59:59Z",
            "day": day.isoformat(),
        }

    def keep(self, store, job, text):
        """Keep a day; an empty report of a day with orders is late, not empty."""
        rows = [row for row in documents.traffic(text) if row["day"] == job["day"]]
        # The orders of the past may still be on their way: nothing to compare with.
        if not self.window:
            if not rows and self._had_orders(store, job["day"]):
                raise CallFailed(Failure("report_late", 200))
            sums = documents.traffic_sums(text)
            self.env["linkstar.amazon.day"]._note_report(store, sums, self.now)
        return self.facts(store, rows)

    def _had_orders(self, store, day):
        orders = self.env["linkstar.amazon.order"]
        domain = [("store_id", "=", store.id), ("day", "=", day)]
        return bool(orders.search_count(domain, limit=1))


class Performance(Report):
    """The account's health as Amazon judges it today."""

    code = "performance"
    label = _lt("Account health")
    sequence = 8
    cadence_minutes = 12 * 60
    report_type = "GET_V2_SELLER_PERFORMANCE_REPORT"
    role = operations.SELLING_ROLE

    def jobs(self):
        """One snapshot per store."""
        moment = iso(self.now - timedelta(minutes=5))
        return [
            {"store": store.id, "start": moment, "end": iso(self.now)}
            for store in self.sites().values()
        ]

    def keep(self, store, job, text):
        """Keep the rates; tell an account at risk and too many defects."""
        marketplace = store.marketplace_id.external_id
        found = documents.performance(text, {marketplace: self.today(store)})
        if marketplace not in found:
            raise CallFailed(Failure("report_late", 200))
        rows, warnings = found[marketplace]
        seen = []
        for code, value, target in warnings:
            if code == "account_warning":
                holds, over = value < target, value >= target
            else:
                holds, over = value > target, value <= target * 0.9
            payload = {"value": value, "target": target}
            seen.append((store.id, code, "account", holds, over, payload))
        self.env["linkstar.amazon.episode"]._observe(seen, self.now)
        return self.facts(store, rows)


class Returns(Report):
    """Units that came back to Amazon's warehouses. No comment of a buyer is kept."""

    code = "returns"
    label = _lt("FBA returns")
    sequence = 9
    cadence_minutes = 12 * 60
    report_type = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
    role = operations.FULFILMENT_ROLE
    look_back_days = 14
    empty_when_cancelled = True
    # The first round reads enough to tell what is usual.
    FIRST = timedelta(days=42)

    def _window(self):
        return self.look_back if self.stream.is_baseline_done else self.FIRST

    def jobs(self):
        """The last two weeks of every store."""
        if self.window:
            first, last = self.window
            return self.store_jobs(
                lambda store: first, lambda store: last + timedelta(days=1)
            )
        return self.store_jobs(
            lambda store: self.today(store) - self._window(), self.today
        )

    def keep(self, store, job, text):
        """Replace the window's days."""
        rows = documents.returns(text, store.tz)
        first = datetime.fromisoformat(job["day"]).date()
        count = job["days"] if self.window else self._window().days + 1
        days = [first + timedelta(days=n) for n in range(count)]
        inside = [row for row in rows if row["day"] in {str(day) for day in days}]
        for row in inside:
            row["reference"] = f"returns:{row['day']}"
        return self.post(store, inside, [f"returns:{day}" for day in days])

    def end(self):
        """MSKUs that come back far more often than before are told."""
        postings = self.env["linkstar.amazon.posting"]
        for store in self.sites().values():
            postings._tell_returns(self.account, store, self.now)
