"""Settlements: Amazon makes them by itself; new ones are listed and fetched."""

import logging

from sp_api.api import Reports

from odoo.tools.translate import LazyTranslate

from ..engine import documents
from ..engine.failures import Failure
from ..engine.operations import FINANCE_ROLE
from ..engine.settlements import REPORT, Malformed, settlement
from ..engine.windows import iso
from ..exceptions import CallFailed
from .base import Handler, Request, Step

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

PAGE = 100


class Settlements(Handler):
    """``getReports`` of settlements, then each new document once.

    The cursor: ``since`` and ``page`` while the list is read, ``todo`` (pairs of a
    report's id, its document and its marketplaces) while documents are fetched.
    """

    code = "settlements"
    label = _lt("Settlements")
    sequence = 11
    cadence_minutes = 12 * 60
    # Amazon keeps reports for 90 days.
    look_back_days = 60

    def request(self):
        """The next page of the list, or the next document."""
        if self.cursor.get("listed"):
            if not self.cursor.get("todo"):
                return None
            document = self.cursor["todo"][0]["document"]
            return Request(
                "getReportDocument",
                lambda amazon: self._fetch(amazon, document),
                FINANCE_ROLE,
            )
        sites = list(self.sites())
        if not self.cursor.get("since"):
            since = iso(self.now - self.look_back)
            if self.window:
                since = f"{self.window[0].isoformat()}T00:00:00Z"
            self.cursor = {"since": since, "todo": []}
        if self.cursor.get("page"):
            # With a token Amazon wants nothing else.
            values = {"nextToken": self.cursor["page"]}
        else:
            values = {
                "reportTypes": [REPORT],
                "processingStatuses": ["DONE"],
                "marketplaceIds": sites,
                "createdSince": self.cursor["since"],
                "pageSize": PAGE,
            }
        return self.selling_partner(
            "getReports", Reports, lambda client: client.get_reports(**values)
        )

    def _fetch(self, amazon, document):
        answer = amazon.selling_partner(
            Reports, lambda client: client.get_report_document(document)
        )
        answer.payload["content"] = amazon.document(answer.payload["url"])
        return answer

    def idle(self):
        """Every settlement is kept."""
        return Step("done", {}, fresh_until=self.now)

    def absorb(self, answer):
        """Note what is new on a page, or keep a settlement."""
        payload = answer.payload
        if self.cursor.get("listed"):
            return self._keep(payload)
        reports = payload["reports"] if isinstance(payload, dict) else payload
        by_id = {
            report["reportId"]: report
            for report in reports
            if report.get("reportDocumentId")
        }
        missing = self.env["linkstar.amazon.settlement"]._missing(self.account, by_id)
        known = {entry["report"] for entry in self.cursor["todo"]}
        self.cursor["todo"] += [
            {
                "report": key,
                "document": by_id[key]["reportDocumentId"],
                "sites": by_id[key].get("marketplaceIds") or [],
            }
            for key in missing
            if key not in known
        ]
        self.cursor["page"] = answer.next_token
        self.cursor["listed"] = not answer.next_token
        if answer.next_token or self.cursor["todo"]:
            return Step("more", self.cursor)
        return self.idle()

    def _keep(self, payload):
        entry = self.cursor["todo"][0]
        sites = self.sites()
        store = next((sites[site] for site in entry["sites"] if site in sites), None)
        rows = 0
        if store:
            rows = self._keep_settlement(store, entry, payload)
        todo = self.cursor["todo"][1:]
        if todo:
            return Step("more", {**self.cursor, "todo": todo}, rows)
        return Step("done", {}, rows, fresh_until=self.now)

    def _keep_settlement(self, store, entry, payload):
        try:
            text = documents.text_of(
                payload["content"], payload.get("compressionAlgorithm")
            )
            found = settlement(text, store.tz)
        except documents.TooLarge as error:
            raise CallFailed(Failure("too_large", 200)) from error
        except Malformed as error:
            _logger.warning("Settlement %s: %s", entry["report"], error)
            raise CallFailed(Failure("unexpected_answer", 200)) from error
        return self.env["linkstar.amazon.settlement"]._keep(
            self.account, store, entry["report"], found, self.now
        )

    def after_failure(self, failure):
        """A damaged or vanished document stands back; a stale list is read anew."""
        if not self.cursor.get("listed"):
            if failure.code in ("page_expired", "not_found"):
                return {}
            return self.stood
        if failure.code in ("not_found", "unexpected_answer", "too_large"):
            return {**self.cursor, "todo": self.cursor["todo"][1:]}
        return self.stood
