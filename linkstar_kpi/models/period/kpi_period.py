"""Periods: a week, month or quarter that people are assessed for."""

import logging
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import (
    MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)

from odoo.addons.linkstar_kpi.calculation import card_lines, rollup
from odoo.addons.linkstar_kpi.engine import period as calendar

#: States in which cards may still be computed.
OPEN_STATES = ("open", "settling", "calculated", "review")
DUE = [("calculation_due", "=", True), ("state", "in", OPEN_STATES)]
WORKERS = 2
_logger = logging.getLogger(__name__)


class LinkstarKpiPeriod(models.Model):
    """Its cards are computed by :meth:`calculate` as often as anybody likes."""

    _name = "linkstar.kpi.period"
    _description = "KPI period"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "date_from desc, kind, id desc"

    _system_fields = frozenset(
        {"state", "calculated_at", "calculation_due", "calculation_error"}
        | {"published_at", "locked_at", "settled_at"}
    )
    _audit_fields = (
        "name",
        "date_from",
        "date_to",
        "state",
        "is_estimate",
        "pay_day",
        "settled_at",
    )
    _audit_store_path = None

    name = fields.Char(compute="_compute_dates", store=True)
    kind = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")],
        required=True,
        default="month",
    )
    day = fields.Date(
        string="Any day of it",
        required=True,
        default=fields.Date.today,
        help="The period is the week, month or quarter that holds this day.",
    )
    date_from = fields.Date(compute="_compute_dates", store=True, index=True)
    date_to = fields.Date(compute="_compute_dates", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("settling", "Settling"),
            ("calculated", "Calculated"),
            ("review", "In review"),
            ("published", "Published"),
            ("locked", "Locked"),
        ],
        required=True,
        default="open",
        readonly=True,
        copy=False,
    )
    is_estimate = fields.Boolean(
        string="Estimated close",
        help="Closes with the figures at hand although some have not settled. What "
        "they change later is paid or taken back with a later run.",
    )
    settles_on = fields.Date(
        compute="_compute_settles_on",
        help="From this day the figures of all its metrics count as settled.",
    )
    scorecard_ids = fields.One2many("linkstar.kpi.scorecard", "period_id")
    scorecard_count = fields.Integer(compute="_compute_counts")
    late_count = fields.Integer(string="Cards waiting", compute="_compute_counts")
    appeal_count = fields.Integer(string="Open appeals", compute="_compute_counts")
    average_score = fields.Float(compute="_compute_counts", digits=(6, 2))
    calculated_at = fields.Datetime(readonly=True, copy=False)
    calculation_due = fields.Boolean(readonly=True, copy=False, index="btree_not_null")
    calculation_error = fields.Char(readonly=True, copy=False)
    published_at = fields.Datetime(readonly=True, copy=False)
    locked_at = fields.Datetime(readonly=True, copy=False)

    _dates_uniq = models.UniqueIndex(
        "(company_id, kind, date_from)", "This period exists already."
    )

    @api.depends("kind", "day")
    def _compute_dates(self):
        for period in self:
            day = period.day or fields.Date.today()
            period.date_from, period.date_to = calendar.bounds(period.kind, day)
            period.name = calendar.code(period.kind, day)

    @api.depends("scorecard_ids.scheme_version_id", "date_to")
    def _compute_settles_on(self):
        for period in self:
            metrics = period.sudo().scorecard_ids.scheme_version_id.line_ids.metric_id
            days = metrics.mapped("settled_after_d")
            period.settles_on = calendar.settles_on(period.date_to, days)

    def _compute_counts(self):
        cards = self.env["linkstar.kpi.scorecard"]
        rows = cards._read_group(
            [("period_id", "in", self.ids)],
            ["period_id"],
            ["__count", "final_score:avg"],
        )
        counts = {period: (number, average) for period, number, average in rows}
        late = dict(
            cards._read_group(
                [("period_id", "in", self.ids), ("is_final", "=", False)],
                ["period_id"],
                ["__count"],
            )
        )
        appeals = dict(
            cards._read_group(
                [("period_id", "in", self.ids), ("state", "=", "appeal")],
                ["period_id"],
                ["__count"],
            )
        )
        for period in self:
            number, average = counts.get(period, (0, 0.0))
            period.scorecard_count = number
            period.average_score = average or 0.0
            period.late_count = late.get(period, 0)
            period.appeal_count = appeals.get(period, 0)

    def write(self, vals):
        """Write; a period with cards or targets keeps its dates."""
        if {"day", "kind", "company_id"} & set(vals):
            targets = self.env["linkstar.kpi.target"].sudo()
            of_these = [("period_id", "in", self.ids)]
            # Moved, a period would make targets of today look set before its start.
            if self.sudo().scorecard_ids or targets.search_count(of_these, limit=1):
                raise UserError(
                    self.env._(
                        "This period has scorecards or targets; its dates do not "
                        "change."
                    )
                )
        if not self.env.su and "is_estimate" in vals:
            self._check_estimate_open()
        return super().write(vals)

    def _check_estimate_open(self):
        """Raise UserError for published periods: they were closed as they were."""
        closed = self.filtered(lambda period: period.state not in OPEN_STATES)
        if closed:
            raise UserError(
                self.env._(
                    "%s is published. It stays closed as it was: with an estimate, or "
                    "with settled figures.",
                    closed[0].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_empty(self):
        if self.sudo().scorecard_ids:
            raise UserError(
                self.env._("A period with scorecards stays: they are its record.")
            )

    # -- calculation -----------------------------------------------------------

    def calculate(self):
        """Compute the cards of these periods from today's figures.

        Cards are made for every assignment that touches the period. Repeating
        it changes nothing unless figures, memberships, targets or exclusions
        changed; published and locked cards never change.

        :return: number of cards computed
        :raise AccessError: unless the caller is a KPI manager
        :raise UserError: if a period is published or locked
        """
        self._check_kpi_manager()
        self.check_access("read")
        closed = self.filtered(lambda period: period.state not in OPEN_STATES)
        if closed:
            raise UserError(
                self.env._(
                    "%(period)s is published. Later figures are shown on its cards "
                    "as a difference and settled with a later period.",
                    period=closed[0].name,
                )
            )
        return self.sudo()._calculate(fields.Datetime.now())

    def _calculate(self, now, refresh=True):
        """Compute; the caller checked access and state.

        :param refresh: False if the rollup was brought up to date before
        """
        self.lock_for_update()
        cards = self._ensure_cards().filtered(
            lambda card: card.state not in ("published", "appeal", "locked")
        )
        cards._store_results(self._compute_results(cards, now, refresh), now)
        cards.invalidate_recordset(["line_ids"])
        cards._write_forecast(now.date())
        self.env["linkstar.kpi.action"]._start(cards.line_ids)
        for period in self:
            final = all(period.scorecard_ids.mapped("is_final"))
            ready = final or period.is_estimate
            values = {"calculated_at": now, "calculation_due": False}
            values["calculation_error"] = False
            if period.state != "review":
                values["state"] = "calculated" if ready else "settling"
            if period.date_to >= now.date():
                values["state"] = "open"
            period.write(values)
        return len(cards)

    def _compute_results(self, cards, now=None, refresh=True):
        """Results of some cards of these periods by today's figures, not stored."""
        if refresh:
            rollup.refresh(self.env)
        inputs = self._card_inputs(cards)
        now = now or fields.Datetime.now()
        return card_lines.CardCalculator(self.env, inputs, now).compute()

    def _ensure_cards(self):
        """Cards of all assignments that touch the periods, new ones made."""
        cards = self.env["linkstar.kpi.scorecard"]
        known = {
            (card.period_id.id, card.assignment_id.id) for card in self.scorecard_ids
        }
        new = []
        for period in self:
            assignments = self.env["linkstar.kpi.assignment"].search(
                Domain("period_kind", "=", period.kind)
                & Domain("company_id", "=", period.company_id.id)
                & Domain("date_from", "<=", period.date_to)
                & (
                    Domain("date_to", "=", False)
                    | Domain("date_to", ">=", period.date_from)
                )
            )
            for assignment in assignments:
                if (period.id, assignment.id) not in known:
                    version = assignment.scheme_id._version_in_force(period.date_to)
                    new.append(cards._values_for(period, assignment, version))
        cards.create(new)
        self.invalidate_recordset(["scorecard_ids"])
        return self.scorecard_ids

    def _card_inputs(self, cards):
        targets = self._targets(cards)
        inputs = []
        for card in cards:
            span = card._eligible_span()
            if not span:
                continue
            period = card.period_id
            inputs.append(
                card_lines.CardInput(
                    key=card.id,
                    employee=card.employee_id,
                    version=card.scheme_version_id,
                    period=(period.date_from, period.date_to),
                    span=span,
                    joined_on=card.assignment_id.joined_on,
                    estimate=period.is_estimate,
                    targets=targets.get((period, card.employee_id), {}),
                    store_targets=targets.get((period, None), {}),
                    waived=card._waived_line_ids(),
                )
            )
        return inputs

    def _targets(self, cards):
        """Targets by (period, employee) and, for stores, by (period, None)."""
        found = {}
        targets = self.env["linkstar.kpi.target"].search(
            [
                ("period_id", "in", self.ids),
                # What one side sets after the start counts once both agree.
                "|",
                ("is_late", "=", False),
                ("state", "in", ("agreed", "change")),
                "|",
                ("employee_id", "in", cards.employee_id.ids),
                ("store_id", "!=", False),
            ]
        )
        for target in targets:
            what = (target.metric_id.id, target.category_id.id or 0)
            if target.employee_id:
                key = (target.period_id, target.employee_id)
                found.setdefault(key, {})[what] = target
            else:
                place = (target.store_id.id, *what)
                found.setdefault((target.period_id, None), {})[place] = target
        return found

    def action_calculate_later(self):
        """Have the scheduled workers compute these periods."""
        self._check_kpi_manager()
        self.check_access("read")
        self.sudo().write({"calculation_due": True})
        for number in range(1, WORKERS + 1):
            cron = self.env.ref(f"linkstar_kpi.cron_calculate_{number}", False)
            if cron:
                cron.sudo()._trigger()
        return True

    @api.model
    def _cron_calculate(self):
        """Worker: take the next due period that nobody else holds, and compute it.

        The rollup is refreshed in a transaction of its own, so that workers wait for
        each other no longer than that takes.
        """
        periods = self.search(DUE)
        self.env["ir.cron"]._commit_progress(remaining=len(periods))
        if not periods:
            return
        self._commit_step(partial(rollup.refresh, self.env), 0)
        for period in periods:
            if not self._commit_step(period._calculate_due, 1):
                break

    def _commit_step(self, step, processed):
        """Do a step of a scheduled job and commit it.

        Another worker may change the same rows first; then the step is undone and
        done again on what stands by then.

        :return: seconds that remain for the job
        """
        for attempt in range(1, MAX_TRIES_ON_CONCURRENCY_FAILURE + 1):
            try:
                step()
                return self.env["ir.cron"]._commit_progress(processed)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                self.env.cr.rollback()
                _logger.info("Attempt %s met another worker: %s", attempt, error)
        # Stays due: the next run of the job takes it up.
        return self.env["ir.cron"]._commit_progress(0)

    def _calculate_due(self):
        """Compute a period unless another worker holds it or has done it."""
        self.try_lock_for_update().filtered_domain(DUE)._calculate_or_explain()

    def _calculate_or_explain(self):
        """Compute; a refusal is kept on the period for a person to read."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._calculate(fields.Datetime.now(), refresh=False)
        except UserError as error:
            self.write({"calculation_due": False, "calculation_error": str(error)})

    @api.model
    def _cron_queue_open(self):
        """Daily: running periods are computed again for today's standing."""
        self.search([("state", "in", ("open", "settling"))]).write(
            {"calculation_due": True}
        )
