"""What the page of streams shows beside the stream itself, and its buttons."""

from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..engine.backlog import backlog
from ..engine.pace import Bucket
from ..streams import HANDLERS
from ..streams.backfill import TWO_YEARS

HOUR = timedelta(hours=1)


class LinkstarAmazonStream(models.Model):
    _inherit = "linkstar.amazon.stream"

    calls_hour = fields.Integer(
        string="Calls in the last hour", compute="_compute_calls", aggregator=None
    )
    rows_hour = fields.Integer(
        string="Rows in the last hour", compute="_compute_calls", aggregator=None
    )
    quota_left = fields.Char(
        string="Calls left",
        compute="_compute_calls",
        help="Calls that Amazon's pace allows now, of the most it allows in a row.",
    )
    backlog = fields.Char(
        string="Still to read",
        compute="_compute_backlog",
        help="Of the round it is in.",
    )
    diagnosis = fields.Text(compute="_compute_diagnosis")

    def _compute_calls(self):
        """From the log of calls and the quotas; two queries for a whole page."""
        now = fields.Datetime.now()
        found = self._recent_calls(now)
        quotas = self._quotas(found)
        for stream in self:
            calls, rows, operation = found.get(stream.id, (0, 0, None))
            stream.calls_hour, stream.rows_hour = calls, rows
            bucket = quotas.get((stream.account_id.id, operation))
            stream.quota_left = ""
            if bucket:
                left = 0
                if not bucket.blocked_until or bucket.blocked_until <= now:
                    left = max(0, int(bucket.at(now).tokens))
                stream.quota_left = f"{left} / {bucket.burst:g}"

    def _recent_calls(self, now):
        """:return: ``{stream id: (calls, rows, latest operation)}``"""
        self.env["linkstar.amazon.call"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT stream_id,
                       count(*) FILTER (WHERE called_at > %(hour)s),
                       coalesce(sum(rows) FILTER (WHERE called_at > %(hour)s), 0),
                       (array_agg(operation ORDER BY called_at DESC, id DESC))[1]
                  FROM linkstar_amazon_call
                 WHERE stream_id = ANY(%(ids)s) AND called_at > %(day)s
                 GROUP BY stream_id
                """,
                hour=now - HOUR,
                day=now - 24 * HOUR,
                ids=self.ids,
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _quotas(self, found):
        buckets = self.env["linkstar.amazon.bucket"].search(
            [
                ("account_id", "in", self.account_id.ids),
                ("operation", "in", [row[2] for row in found.values()]),
            ]
        )
        return {
            (row.account_id.id, row.operation): Bucket(
                row.rate, row.burst, row.tokens, row.updated_at, row.blocked_until
            )
            for row in buckets
        }

    @api.depends_context("lang")
    @api.depends("cursor")
    def _compute_backlog(self):
        for stream in self:
            kind, number = backlog(stream.cursor)
            texts = {
                "days": lambda n: self.env._("%(count)s days of the past", count=n),
                "reports": lambda n: self.env._("%(count)s reports", count=n),
                "stores": lambda n: self.env._("%(count)s stores", count=n),
                "pages": lambda n: self.env._("further pages"),
            }
            stream.backlog = texts[kind](number) if kind else ""

    @api.depends("error_code", "last_run", "next_run")
    def _compute_diagnosis(self):
        for stream in self:
            stream.diagnosis = stream.copy_diagnosis()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------
    def _check_may_run(self):
        for stream in self:
            stream.check_access("read")
            stream.account_id._check_manager()

    def action_run_now(self):
        """Run these streams as soon as a worker is free."""
        self._check_may_run()
        self.sudo().write({"next_run": fields.Datetime.now()})
        self._wake_workers()
        return True

    def action_test_connection(self):
        """Make one harmless call for the account of this stream."""
        self.ensure_one()
        return self.account_id.action_test_connection()

    def action_pause(self):
        """Read this data no longer, until it is switched on again."""
        self._check_may_run()
        for stream in self.sudo():
            stream.active = False
            if (stream.cursor or {}).get("began"):
                now = fields.Datetime.now().isoformat()
                stream.cursor = {**stream.cursor, "paused": now}
        return True

    def action_resume(self):
        """Read this data again, from where it stopped; the past, if never read, all."""
        self._check_may_run()
        for stream in self.sudo():
            stream.write({"active": True, "next_run": fields.Datetime.now()})
            if stream.is_past and not stream.cursor:
                stream._begin_past(TWO_YEARS)
            cursor = dict(stream.cursor or {})
            if cursor.get("paused"):
                # The pause is no time in which it was slow.
                paused = datetime.fromisoformat(cursor.pop("paused"))
                began = datetime.fromisoformat(cursor["began"])
                began += fields.Datetime.now() - paused
                stream.cursor = {**cursor, "began": began.isoformat()}
        self._wake_workers()
        return True

    def _begin_past(self, days):
        """Let this backfill begin anew.

        :param days: how far back, at most what Amazon keeps
        """
        self.ensure_one()
        clock = fields.Datetime.now()
        now = self._amazon_now().replace(microsecond=0)
        beginning = HANDLERS[self.code].beginning(now, days, clock)
        self.write({"active": True, "next_run": clock, "cursor": beginning})

    def copy_diagnosis(self):
        """What a supporter needs to know, without secrets.

        :return: text
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_groups(
            "linkstar_project.group_lead,linkstar_project.group_auditor"
        ):
            raise AccessError(self.env._("Only a lead may copy the diagnosis."))
        self.check_access("read")
        calls = self.env["linkstar.amazon.call"].search(
            [("stream_id", "=", self.id)], limit=10
        )
        lines = [
            f"stream {self.code} of {self.account_id.name} ({self.account_id.region})",
            f"error {self.error_code or '-'} {self.error_args or ''}",
            f"failures {self.failures}, next run {self.next_run}",
            f"last success {self.last_success}, data until {self.fresh_until}",
            f"left out {(self.cursor or {}).get('missed') or '-'}",
            f"calls in the last hour {self.calls_hour}, calls left {self.quota_left}",
        ]
        lines += [
            f"{call.called_at} {call.operation} {call.status} {call.failure or 'ok'} "
            f"{call.duration_ms} ms {call.rows} rows"
            for call in calls
        ]
        return "\n".join(lines)
