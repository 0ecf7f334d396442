"""One unit of work of a stream: a call, its rows and the cursor, together."""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_project.exceptions import MissingKey
from odoo.addons.linkstar_project.models.trust import outgoing

from ..engine.failures import Failure, number, retry_delay
from ..engine.operations import OPERATIONS
from ..exceptions import CallFailed
from ..streams import HANDLERS

_logger = logging.getLogger(__name__)

# After so many failures in a row somebody is told (about two hours).
TELL_AFTER = 6
# A stream that has just run is not run again at once, however many messages come.
SPACING = timedelta(minutes=1)
# Scheduled actions fire a minute apart: a stream that falls due a moment after one
# would wait for the next, and one of every minute be read every other minute only.
EARLY = timedelta(seconds=15)
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
    _inherit = "linkstar.amazon.stream"

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
        return self._note_failure(failure, request.operation, request.role)

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

    def _prompt(self, moment):
        """Bring the next run forward: word has come that something changed.

        The cadence holds for what fails, and while the past is read with the same
        quota; a stream that has just run waits a little.

        :param moment: naive UTC, from when on the change can be read
        :return: whether the next run moved
        """
        self.ensure_one()
        if not self.active or self.error_code or self._shares_quota():
            return False
        if self.last_run:
            moment = max(moment, self.last_run + SPACING)
        if self.next_run and self.next_run <= moment:
            return False
        self.sudo().next_run = moment
        return True

    def _shares_quota(self):
        """Whether a backfill is taking the calls of this stream's operation."""
        return self.code == "orders" and "orders_backfill" in (
            self.account_id.stream_ids.mapped("code")
        )

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
            cadence = timedelta(minutes=max(self.cadence_minutes, 1))
            values["next_run"] = now + cadence - EARLY
            values["last_success"] = now
            values["fresh_until"] = step.fresh_until or now
            values["is_baseline_done"] = True
        self.sudo().write(values)
        if self.account_id.state == "attention":
            self.account_id.sudo().state = "connected"
        return Outcome(step.state, rows)

    def _note_failure(self, failure, operation, role=""):
        """Keep what went wrong, and when to try again.

        :param role: Amazon's role for this call, where it is not the operation's
        """
        now = fields.Datetime.now()
        args = dict(failure.args)
        if operation:
            args.update(operation=operation, role=role or OPERATIONS[operation].role)
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
