"""Streams: one kind of data of one account, and how far it has come."""

from datetime import timedelta

from odoo import api, fields, models

from ..engine.windows import backfill_progress
from ..messages import explain
from ..streams import HANDLERS

# A stream is late when its data is older than this many cadences.
LATE_FACTOR = 4


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
    error = fields.Text(string="What happened", compute="_compute_error")
    next_step = fields.Text(string="What to do", compute="_compute_error")
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
    is_past = fields.Boolean(
        string="Backfill",
        compute="_compute_is_past",
        help="Reads the past once, and ends.",
    )
    left_out = fields.Integer(
        string="Stretches left out",
        compute="_compute_progress",
        aggregator=None,
        help="Amazon could not give them, asked three times. Read the past again to "
        "try once more.",
    )
    health = fields.Selection(
        [
            ("ok", "Up to date"),
            ("late", "Late"),
            ("error", "Failing"),
            ("paused", "Off"),
            ("new", "Not run yet"),
            ("first", "First reading"),
            ("reading", "Reading the past"),
            ("finished", "Finished"),
        ],
        compute="_compute_health",
    )

    _account_code_uniq = models.UniqueIndex(
        "(account_id, code)", "An account has one stream per kind of data."
    )

    # In the order in which workers take them: the first entry is the next one due.
    _due_idx = models.Index("(next_run, sequence, id) WHERE active")

    @api.depends_context("lang")
    @api.depends("error_code", "error_args", "account_id.name")
    def _compute_error(self):
        for stream in self:
            args = {"account": stream.account_id.name, **(stream.error_args or {})}
            stream.error, stream.next_step = explain(self.env, stream.error_code, args)

    @api.depends("code")
    def _compute_is_past(self):
        for stream in self:
            handler = HANDLERS.get(stream.code)
            stream.is_past = bool(handler and handler.is_past)

    @api.depends(
        "active",
        "failures",
        "fresh_until",
        "last_run",
        "last_success",
        "next_run",
        "cursor",
    )
    def _compute_health(self):
        now = fields.Datetime.now()
        for stream in self:
            if not stream.active and stream.progress >= 100:
                stream.health = "finished"
            elif not stream.active or stream.account_id.state == "disconnected":
                stream.health = "paused"
            elif stream.error_code:
                stream.health = "error"
            elif stream.is_past:
                stream.health = "reading"
            elif not stream.last_success:
                stream.health = "first" if stream.last_run else "new"
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
            stream.left_out = len(cursor.get("missed") or ())
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
