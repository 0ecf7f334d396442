"""Advertising figures per day: by campaign, by advertised product, by search term."""

import json
from datetime import date, timedelta

from ad_api.api import Reports as AdsReportsApi

from odoo.tools.translate import LazyTranslate

from ..engine import documents
from ..engine.ads import KINDS, TERM, figure_rows, report_windows, wasted
from ..engine.failures import Failure
from ..engine.local_day import local_day
from ..exceptions import CallFailed
from .base import Handler, Request, Step

_lt = LazyTranslate(__name__)

POLL = timedelta(minutes=2)


class AdsReports(Handler):
    """Several reports per profile, each asked for, waited for and downloaded.

    Amazon restates the last four weeks: clicks that were invalid, sales that came
    later.
    """

    code = "ads"
    label = _lt("Advertising figures")
    sequence = 8
    cadence_minutes = 8 * 60
    look_back_days = 28

    def _jobs(self):
        profiles = self.account.profile_ids.filtered("store_id")
        if not profiles:
            raise CallFailed(Failure("no_profile"))
        return [
            {
                "profile": profile.id,
                "kind": kind,
                "first": first.isoformat(),
                "last": last.isoformat(),
            }
            for profile in profiles
            for kind in KINDS
            for first, last in self._windows(KINDS[kind].product, profile.store_id)
        ]

    def _windows(self, product, store):
        """Amazon makes no report of more than 31 days: several cover a long stretch."""
        today = local_day(self.now, store.tz)
        first = today - timedelta(days=max(self.look_back.days, 1))
        stretch = self.window or (first, today - timedelta(days=1))
        return report_windows(*stretch, product, today)

    def _begin(self):
        jobs = self.cursor.get("jobs")
        # A round that an older version began knew no days.
        if not jobs or "first" not in jobs[0]:
            self.cursor = {"jobs": self._jobs()}
        if not self.cursor["jobs"]:
            return None, None
        job = self.cursor["jobs"][0]
        profile = self.env["linkstar.amazon.profile"].browse(job["profile"])
        return job, profile

    def request(self):
        """Ask for a report, or for its state and, when it is ready, its rows."""
        job, profile = self._begin()
        if not job:
            return None
        report = self.cursor.get("report")
        if not report:
            body = self._body(job)
            return Request(
                "postAdsReport",
                lambda amazon: amazon.ads(
                    AdsReportsApi,
                    lambda client: client.post_report(body=body),
                    profile.external_id,
                ),
            )

        def poll(amazon):
            answer = amazon.ads(
                AdsReportsApi,
                lambda client: client.get_report(report),
                profile.external_id,
            )
            if answer.payload.get("status") == "COMPLETED":
                answer.payload["content"] = amazon.document(answer.payload["url"])
            return answer

        return Request("getAdsReport", poll)

    def _body(self, job):
        known = KINDS[job["kind"]]
        return {
            "name": f"LinkStar {job['kind']} {job['first']} {job['last']}",
            "startDate": job["first"],
            "endDate": job["last"],
            "configuration": {
                "adProduct": known.product,
                "reportTypeId": known.report,
                "groupBy": [known.group],
                "columns": known.columns,
                "timeUnit": "DAILY",
                "format": "GZIP_JSON",
            },
        }

    def absorb(self, answer):
        """Move from asking to waiting to keeping."""
        job, profile = self._begin()
        payload = answer.payload
        if not self.cursor.get("report"):
            self.cursor["report"] = payload["reportId"]
            return Step("waiting", self.cursor, wait=POLL)
        status = payload["status"]
        if status in ("PENDING", "PROCESSING"):
            return Step("waiting", self.cursor, wait=POLL)
        if status != "COMPLETED":
            raise CallFailed(Failure("report_fatal", 200))
        rows = self._keep(job, profile.store_id, payload["content"])
        jobs = self.cursor["jobs"][1:]
        if jobs and jobs[0]["profile"] == job["profile"]:
            return Step("more", {"jobs": jobs}, rows)
        # Every report of this store is in: now several days can be judged.
        if not self.window:
            self.env["linkstar.amazon.ad.figure"]._tell_acos(
                self.account, profile.store_id, self.now
            )
        if jobs:
            return Step("more", {"jobs": jobs}, rows)
        return Step("done", {}, rows, fresh_until=self.now)

    def _keep(self, job, store, content):
        """Keep the rows of a report, and what they add to each day's facts."""
        kind = job["kind"]
        known = KINDS[kind]
        entries = json.loads(documents.text_of(content, "GZIP"))
        first = date.fromisoformat(job["first"])
        last = date.fromisoformat(job["last"])
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        figures = figure_rows(entries, known)
        kept = self.env["linkstar.amazon.ad.figure"]._replace(
            store, kind, days, figures, self.now
        )
        if known.grain == TERM:
            rows = [
                documents.row(day, "ad_spend_no_order", value)
                for day, value in wasted(figures).items()
            ]
        else:
            rows = documents.ads_rows(entries, known.sales, known.orders, known.sku)
        for row in rows:
            row["reference"] = f"ads:{kind}:{row['day']}"
        posted = self.env["linkstar.amazon.posting"]._replace(
            self.account, store, [f"ads:{kind}:{day}" for day in days], rows, self.now
        )
        return kept + posted

    def after_failure(self, failure):
        """A report that failed is left; the next one goes on."""
        if failure.code in ("report_fatal", "not_found"):
            return {"jobs": self.cursor.get("jobs", [])[1:]}
        return self.stood
