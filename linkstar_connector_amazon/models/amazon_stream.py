"""Streams: one kind of data of one account, and how far it has come."""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.linkstar_project.exceptions import MissingKey
from odoo.addons.linkstar_project.models.trust import outgoing

from ..engine.failures import Failure, number, retry_delay
from ..engine.operations import OPERATIONS
from ..engine.windows import backfill_progress
from ..exceptions import CallFailed
from ..messages import explain
from ..streams import HANDLERS

_logger = logging.getLogger(__name__)

# After so many failures in a row somebody is told (about two hours).
TELL_AFTER = 6
# A stream is late when its data is older than this many cadences.
LATE_FACTOR = 4
# Codes that stop every stream of the account, not only this one.
ACCOUNT_FAILURES = {"authorisation_revoked", "client_refused", "no_authorisation"}


@dataclass(frozen=True)
class Outcome:
    """What one unit of work did.

    ``state``: more (go on), done (round finished), waiting (pace or a report being
    made), failed, busy (another worker has it), off.
    """

    state: str
    rows: int = 0


def _headers(answer):
    """Headers of an answer of either library; ad_api wraps them once more."""
    headers = getattr(answer, "headers", None) or {}
    if isinstance(headers, dict):
        headers = headers.get("headers", headers)
    return headers


class LinkstarAmazonStream(models.Model):
    """Cursor, freshness, next run and last error of one stream."""

    _name = "linkstar.amazon.stream"
    _description = "Amazon stream"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "account_id, sequence, id"
    _rec_name = "code"
    _system_fields = frozenset(
        {
            "code",
            "account_id",
            "cursor",
            "fresh_until",
            "last_run",
            "last_success",
            "failures",
            "error_code",
            "error_args",
            "is_baseline_done",
            "rows_total",
        }
    )

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    code = fields.Selection(
        selection=lambda self: [
            (code, self.env._(handler.label)) for code, handler in HANDLERS.items()
        ],
        string="Data",
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, help="Off: this data is not read.")
    cadence_minutes = fields.Integer(string="Every (minutes)", required=True)
    cursor = fields.Json(readonly=True, copy=False)
    fresh_until = fields.Datetime(
        string="Data until", readonly=True, copy=False, help="Data is known up to here."
    )
    last_run = fields.Datetime(readonly=True, copy=False)
    last_success = fields.Datetime(readonly=True, copy=False)
    next_run = fields.Datetime(
        default=lambda self: fields.Datetime.now(), index=True, copy=False
    )
    failures = fields.Integer(
        string="Failures in a row", readonly=True, copy=False, aggregator=None
    )
    error_code = fields.Char(readonly=True, copy=False)
    error_args = fields.Json(readonly=True, copy=False)
    error = fields.Char(string="What happened", compute="_compute_error")
    next_step = fields.Char(string="What to do", compute="_compute_error")
    is_baseline_done = fields.Boolean(
        readonly=True,
        copy=False,
        help="The first round, which collects what was there before, is over.",
    )
    rows_total = fields.Integer(string="Rows read", readonly=True, copy=False)
    progress = fields.Float(
        string="Backfilled (%)",
        compute="_compute_progress",
        aggregator=None,
        help="How much of the past has been read.",
    )
    expected_end = fields.Datetime(
        compute="_compute_progress", help="At the speed so far."
    )
    health = fields.Selection(
        [
            ("ok", "Up to date"),
            ("late", "Late"),
            ("error", "Failing"),
            ("paused", "Off"),
            ("new", "Not run yet"),
        ],
        compute="_compute_health",
    )

    _account_code_uniq = models.UniqueIndex(
        "(account_id, code)", "An account has one stream per kind of data."
    )

    @api.depends_context("lang")
    @api.depends("error_code", "error_args", "account_id.name")
    def _compute_error(self):
        for stream in self:
            args = {"account": stream.account_id.name, **(stream.error_args or {})}
            stream.error, stream.next_step = explain(self.env, stream.error_code, args)

    @api.depends("active", "failures", "fresh_until", "last_success", "next_run")
    def _compute_health(self):
        now = fields.Datetime.now()
        for stream in self:
            if not stream.active or stream.account_id.state == "disconnected":
                stream.health = "paused"
            elif stream.error_code:
                stream.health = "error"
            elif not stream.last_success:
                stream.health = "new"
            else:
                late = timedelta(minutes=stream.cadence_minutes * LATE_FACTOR)
                old = now - stream.last_success
                stream.health = "late" if old > late else "ok"

    @api.depends("cursor", "code")
    def _compute_progress(self):
        now = fields.Datetime.now()
        for stream in self:
            stream.progress, stream.expected_end = 0.0, False
            cursor = stream.cursor or {}
            if "reached" in cursor:
                moments = [
                    fields.Datetime.to_datetime(cursor[name].replace("T", " "))
                    for name in ("start", "end", "reached", "began")
                ]
                stream.progress, end = backfill_progress(*moments, now)
                stream.expected_end = end or False

    @api.depends("code", "account_id.name")
    def _compute_display_name(self):
        names = dict(self._fields["code"]._description_selection(self.env))
        for stream in self:
            stream.display_name = (
                f"{stream.account_id.name}: {names.get(stream.code, stream.code)}"
            )

    def _create_missing(self, accounts):
        """One stream per account and kind of data; those that exist stay."""
        found = set(
            self.with_context(active_test=False)
            .search([("account_id", "in", accounts.ids)])
            .mapped(lambda stream: (stream.account_id.id, stream.code))
        )
        return self.create(
            [
                {
                    "account_id": account.id,
                    "code": code,
                    "sequence": handler.sequence,
                    "cadence_minutes": handler.cadence_minutes,
                    "active": handler.starts_active,
                }
                for account in accounts
                for code, handler in HANDLERS.items()
                if (account.id, code) not in found
            ]
        )

    # ------------------------------------------------------------------
    # One unit of work
    # ------------------------------------------------------------------
    def _run_unit(self, interactive=False):
        """One call: rows and cursor together, or the reason why not.

        The row is locked until the transaction ends, so another worker passes by.
        The caller commits.

        :param interactive: a person waits; take a token that others left
        :return: Outcome
        """
        self.ensure_one()
        stream = self.try_lock_for_update(allow_referencing=True)
        if not stream:
            return Outcome("busy")
        stream.invalidate_recordset()
        if not stream.active or stream.account_id.state in ("draft", "disconnected"):
            stream._postpone(timedelta(minutes=stream.cadence_minutes))
            return Outcome("off")
        try:
            outgoing.check(self.env)
            handler = HANDLERS[stream.code](stream, stream._amazon_now())
            request = handler.request()
        except CallFailed as error:
            return stream._note_failure(error.failure, None)
        except outgoing.OutgoingBlocked:
            return stream._note_failure(Failure("not_live"), None)
        if request is None:
            return stream._note_step(handler, handler.idle(), 0)
        wait = self.env["linkstar.amazon.bucket"]._take(
            stream.account_id.id,
            request.operation,
            fields.Datetime.now(),
            0 if interactive else handler.reserve,
        )
        if wait > 0:
            stream._postpone(timedelta(seconds=wait))
            return Outcome("waiting")
        return stream._call_and_absorb(handler, request)

    def _call_and_absorb(self, handler, request):
        """Make the call and keep its rows; any failure leaves rows and cursor."""
        started = time.monotonic()
        try:
            answer = self._make_call(handler, request)
            status = 200
            self._learn(request, answer)
            handler.now = self._amazon_now()
            with self.env.cr.savepoint():
                step = handler.absorb(answer)
        except CallFailed as error:
            return self._failed(handler, request, error.failure, started)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            # Amazon's answer was not what its model promises; ours to look at.
            _logger.exception("Stream %s could not read the answer", self.display_name)
            failure = Failure("unexpected_answer", 200, args={"kind": str(type(error))})
            return self._failed(handler, request, failure, started)
        self._log_call(request, started, status, "", step.rows)
        return self._note_step(handler, step, step.rows)

    def _make_call(self, handler, request):
        try:
            connection = self.account_id._amazon(OPERATIONS[request.operation].api)
        except MissingKey as error:
            raise CallFailed(Failure("missing_key")) from error
        except (AccessError, outgoing.OutgoingBlocked):
            raise
        except UserError as error:
            # The key it was stored under is gone, or the value is damaged.
            raise CallFailed(Failure("secret_unreadable")) from error
        with connection as amazon:
            return request.make(amazon)

    def _failed(self, handler, request, failure, started):
        self._log_call(request, started, failure.status, failure.code, 0)
        if failure.status == 429 or failure.rate:
            self.env["linkstar.amazon.bucket"]._learn(
                self.account_id.id,
                request.operation,
                fields.Datetime.now(),
                rate=failure.rate,
                throttled=failure if failure.status == 429 else None,
            )
        self.cursor = handler.after_failure(failure)
        return self._note_failure(failure, request.operation)

    def _learn(self, request, answer):
        """Correct pace and clock by Amazon's headers, when they say something new."""
        headers = _headers(answer)
        rate = number(headers.get("x-amzn-RateLimit-Limit"))
        if rate and rate != OPERATIONS[request.operation].rate:
            self.env["linkstar.amazon.bucket"]._learn(
                self.account_id.id,
                request.operation,
                fields.Datetime.now(),
                rate=rate,
            )
        self.account_id._learn_clock(headers.get("Date"))

    def _amazon_now(self):
        """Naive UTC now, by Amazon's clock."""
        return fields.Datetime.now() + timedelta(seconds=self.account_id.clock_skew)

    def _log_call(self, request, started, status, failure, rows):
        self.env["linkstar.amazon.call"].sudo().create(
            {
                "account_id": self.account_id.id,
                "stream_id": self.id,
                "operation": request.operation,
                "called_at": fields.Datetime.now(),
                "duration_ms": int((time.monotonic() - started) * 1000),
                "status": status,
                "failure": failure,
                "rows": rows,
            }
        )

    # ------------------------------------------------------------------
    # What a unit leaves on the record
    # ------------------------------------------------------------------
    def _postpone(self, delay):
        self.sudo().next_run = fields.Datetime.now() + delay

    def _note_step(self, handler, step, rows):
        now = fields.Datetime.now()
        values = {
            "cursor": step.cursor,
            "last_run": now,
            "failures": 0,
            "error_code": False,
            "error_args": False,
            "rows_total": self.rows_total + rows,
        }
        if step.state == "more":
            values["next_run"] = now
        elif step.state == "waiting":
            values["next_run"] = now + step.wait
        elif step.state == "over":
            values.update(active=False, last_success=now)
        else:
            values["next_run"] = now + timedelta(minutes=self.cadence_minutes)
            values["last_success"] = now
            values["fresh_until"] = step.fresh_until or now
            values["is_baseline_done"] = True
        self.sudo().write(values)
        if self.account_id.state == "attention":
            self.account_id.sudo().state = "connected"
        return Outcome(step.state, rows)

    def _note_failure(self, failure, operation):
        """Keep what went wrong, and when to try again."""
        now = fields.Datetime.now()
        args = dict(failure.args)
        if operation:
            args.update(operation=operation, role=OPERATIONS[operation].role)
        if failure.amazon_code:
            args["amazon_code"] = failure.amazon_code
        failures = self.failures + 1
        self.sudo().write(
            {
                "last_run": now,
                "failures": failures,
                "error_code": failure.code,
                "error_args": args,
                "next_run": now + retry_delay(failures, failure),
            }
        )
        if failure.code in ACCOUNT_FAILURES and self.account_id.state == "connected":
            self.account_id.sudo().state = "attention"
        self._tell_failure(failure, failures)
        return Outcome("failed")

    def _note_crash(self, error):
        """Keep that a unit ended by an error nobody foresaw, and go on with others.

        The caller has rolled back what the unit wrote, and with it the lock. Without
        this the stream would stay first in line and stop all others.
        """
        self.env.invalidate_all()
        stream = self.try_lock_for_update(allow_referencing=True)
        if not stream:
            return Outcome("busy")
        _logger.error("Stream %s ended by an error", self.id, exc_info=error)
        failure = Failure("internal", args={"kind": type(error).__name__})
        return stream._note_failure(failure, None)

    def _tell_failure(self, failure, failures):
        """One event per spell of failing, for those who want to be told."""
        if failure.code in ACCOUNT_FAILURES:
            kind, subject = "authorisation_failing", "authorisation"
        elif failures >= TELL_AFTER and failure.code not in ("not_live", "no_store"):
            kind, subject = "data_late", self.code
        else:
            return
        self.account_id._emit_account_event(
            kind, f"{subject}#{self.last_success or self.create_date}", failure.code
        )

    # ------------------------------------------------------------------
    # Workers
    # ------------------------------------------------------------------
    @api.model
    def _take_next_due(self):
        """Lock and return the next stream that is due, passing by locked ones."""
        self.flush_model()
        self.env["linkstar.amazon.account"].flush_model(["active", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id
                  FROM linkstar_amazon_stream s
                  JOIN linkstar_amazon_account a ON a.id = s.account_id
                 WHERE s.active
                   AND a.active
                   AND a.state IN ('connected', 'attention')
                   AND s.next_run <= %s
                 ORDER BY s.next_run, s.sequence, s.id
                 LIMIT 1
                   FOR NO KEY UPDATE OF s SKIP LOCKED
                """,
                fields.Datetime.now(),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _cron_worker(self):
        """Run due streams, one unit a transaction, until time or work ends.

        Several scheduled actions call this; PostgreSQL's row locks share the work
        between processes and hosts, and a crash frees the lock.
        """
        cron = self.env["ir.cron"]
        while True:
            stream = self.browse()
            try:
                stream = self._take_next_due()
                if not stream:
                    cron._commit_progress(remaining=0)
                    return
                outcome = stream._run_unit()
                left = cron._commit_progress(1, remaining=1)
            except errors.SerializationFailure:
                # Another worker was faster; its unit stands, ours starts anew.
                self.env.cr.rollback()
                self.env.invalidate_all()
                continue
            except Exception as error:
                self.env.cr.rollback()
                if not stream:
                    raise
                outcome = stream._note_crash(error)
                left = cron._commit_progress(1, remaining=1)
            _logger.debug("Stream %s: %s", stream.id, outcome)
            if left <= 0:
                return

    @api.model
    def _wake_workers(self):
        """Start the scheduled actions that run streams."""
        for number_ in range(1, 5):
            cron = self.env.ref(
                f"linkstar_connector_amazon.cron_worker_{number_}",
                raise_if_not_found=False,
            )
            if cron:
                cron.sudo()._trigger()

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

    def action_pause(self):
        """Read this data no longer, until it is switched on again."""
        self._check_may_run()
        self.sudo().write({"active": False})

    def action_resume(self):
        """Read this data again."""
        self._check_may_run()
        self.sudo().write({"active": True, "next_run": fields.Datetime.now()})

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
        ]
        lines += [
            f"{call.called_at} {call.operation} {call.status} {call.failure or 'ok'} "
            f"{call.duration_ms} ms {call.rows} rows"
            for call in calls
        ]
        return "\n".join(lines)

    def action_copy_diagnosis(self):
        """Show the diagnosis to copy."""
        raise UserError(self.copy_diagnosis())
