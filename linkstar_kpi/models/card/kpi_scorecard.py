"""Scorecards: one person, one period, one scheme version."""

import hashlib
import json
from datetime import date

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.engine import ladder, scoring, spans

CLOSED_STATES = ("published", "appeal", "locked")


class LinkstarKpiScorecard(models.Model):
    """Written by the calculation and by methods; nobody edits a score."""

    _name = "linkstar.kpi.scorecard"
    _description = "Scorecard"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "period_id desc, employee_id, id"

    _audit_fields = (
        "state",
        "scheme_version_id",
        "adjustment",
        "adjustment_reason",
        "veto_state",
        "checksum",
    )
    _audit_store_path = None

    period_id = fields.Many2one(
        "linkstar.kpi.period", required=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date(related="period_id.date_from", store=True, index=True)
    date_to = fields.Date(related="period_id.date_to", store=True)
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    assignment_id = fields.Many2one(
        "linkstar.kpi.assignment", required=True, index=True, ondelete="restrict"
    )
    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    department_id = fields.Many2one("hr.department", index="btree_not_null")
    scheme_id = fields.Many2one(
        related="scheme_version_id.scheme_id", store=True, index=True
    )
    scheme_version_id = fields.Many2one(
        "linkstar.kpi.scheme.version", required=True, index=True, ondelete="restrict"
    )
    is_pilot = fields.Boolean(
        related="scheme_version_id.scheme_id.is_pilot", store=True
    )
    currency_id = fields.Many2one(related="scheme_version_id.currency_id")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("acknowledged", "Acknowledged"),
            ("running", "Running"),
            ("settling", "Settling"),
            ("calculated", "Calculated"),
            ("review", "In review"),
            ("published", "Published"),
            ("appeal", "Appeal"),
            ("locked", "Locked"),
        ],
        required=True,
        default="draft",
        index=True,
    )
    line_ids = fields.One2many("linkstar.kpi.scorecard.line", "scorecard_id")
    score = fields.Float(
        digits=(6, 2), aggregator="avg", help="Sum of what the lines contribute."
    )
    is_scored = fields.Boolean(help="At least one line could be scored.")
    is_final = fields.Boolean(help="No line waits for figures or has an error.")
    waiting_for = fields.Char(compute="_compute_waiting_for")
    adjustment = fields.Float(digits=(6, 2), string="Adjustment (points)")
    adjustment_reason = fields.Char()
    adjusted_by = fields.Many2one("res.users")
    final_score = fields.Float(
        digits=(6, 2), compute="_compute_final_score", store=True, aggregator="avg"
    )
    level = fields.Char(compute="_compute_level")
    veto_state = fields.Selection(
        [
            ("none", "None"),
            ("proposed", "Breached, to be confirmed"),
            ("confirmed", "Confirmed"),
            ("dismissed", "Dismissed"),
        ],
        string="Veto",
        required=True,
        default="none",
    )
    veto_reason = fields.Char()
    is_acknowledged = fields.Boolean(compute="_compute_is_acknowledged")
    employee_comment = fields.Text()
    appeal_ids = fields.One2many("linkstar.kpi.appeal", "scorecard_id")
    calculated_at = fields.Datetime()
    published_at = fields.Datetime()
    published_by = fields.Many2one("res.users")
    appeal_until = fields.Date()
    locked_at = fields.Datetime()
    checksum = fields.Char(help="SHA-256 of the card's content when it was locked.")
    restated_score = fields.Float(
        digits=(6, 2),
        help="What the score would be by today's figures; the published score stands.",
    )
    restated_at = fields.Datetime()

    _once = models.UniqueIndex(
        "(period_id, assignment_id)", "This assignment has its card for the period."
    )

    # Nobody sends any of these by RPC: calculation and methods write them.
    _system_fields = frozenset(
        {
            "period_id",
            "assignment_id",
            "employee_id",
            "department_id",
            "scheme_version_id",
            "state",
            "line_ids",
            "score",
            "is_scored",
            "is_final",
            "adjustment",
            "adjustment_reason",
            "adjusted_by",
            "final_score",
            "veto_state",
            "veto_reason",
            "employee_comment",
            "appeal_ids",
            "calculated_at",
            "published_at",
            "published_by",
            "appeal_until",
            "locked_at",
            "checksum",
            "restated_score",
            "restated_at",
            "restated_figures",
            "forecast_score",
            "has_forecast",
        }
    )

    @api.depends("employee_id.name", "period_id.name")
    def _compute_display_name(self):
        for card in self:
            card.display_name = (
                f"{card.employee_id.name or ''} · {card.period_id.name or ''}"
            )

    @api.depends("score", "adjustment", "veto_state", "is_scored")
    def _compute_final_score(self):
        for card in self:
            score = max(scoring.half_up(card.score + card.adjustment), 0.0)
            if card.veto_state == "confirmed":
                score = min(score, card.scheme_version_id.veto_limit)
            card.final_score = score if card.is_scored else 0.0

    @api.depends("final_score", "is_scored", "scheme_version_id.level_ids")
    def _compute_level(self):
        for card in self:
            levels = [(x.lower, x.name) for x in card.scheme_version_id.level_ids]
            score = card.final_score if card.is_scored else None
            card.level = ladder.level_of(score, levels)[0]

    @api.depends("line_ids.outcome", "line_ids.outcome_reason")
    def _compute_waiting_for(self):
        for card in self:
            waiting = card.line_ids.filtered(lambda x: x.outcome in ("late", "error"))
            card.waiting_for = " ".join(
                f"{line.metric_id.name}: {line._outcome_text()}" for line in waiting
            )

    def _compute_is_acknowledged(self):
        found = (
            self.env["linkstar.kpi.acknowledgement"]
            .sudo()
            .search_read(
                [
                    ("employee_id", "in", self.employee_id.ids),
                    ("version_id", "in", self.scheme_version_id.ids),
                ],
                ["employee_id", "version_id"],
                load=False,
            )
        )
        known = {(row["employee_id"], row["version_id"]) for row in found}
        for card in self:
            key = (card.employee_id.id, card.scheme_version_id.id)
            card.is_acknowledged = key in known

    @api.ondelete(at_uninstall=False)
    def _unlink_only_running(self):
        self._check_not_closed()

    def _check_not_closed(self):
        closed = self.filtered(lambda card: card.state in CLOSED_STATES)
        if closed:
            from_state = dict(self._fields["state"]._description_selection(self.env))
            self._raise_closed(closed[0], from_state[closed[0].state])

    # -- calculation -----------------------------------------------------------

    @api.model
    def _values_for(self, period, assignment, version):
        """Values of a new card."""
        return {
            "period_id": period.id,
            "assignment_id": assignment.id,
            "employee_id": assignment.employee_id.id,
            "department_id": assignment.employee_id.department_id.id,
            "scheme_version_id": version.id,
        }

    def _eligible_span(self):
        """Days of the period in which the assignment holds, or None."""
        self.ensure_one()
        assignment = self.assignment_id
        return spans.intersect(
            (assignment.date_from, assignment.date_to or date.max),
            (self.period_id.date_from, self.period_id.date_to),
        )

    def _waived_line_ids(self):
        """Scheme lines that a person set aside for this card."""
        self.ensure_one()
        return frozenset(self.line_ids.filtered("is_waived").scheme_line_id.ids)

    def _store_results(self, results, now):
        """Write computed lines and scores; unchanged lines are not rewritten.

        :param results: what ``CardCalculator.compute`` gave
        :param now: moment of the calculation (UTC)
        """
        lines = self.env["linkstar.kpi.scorecard.line"]
        known = {(x.scorecard_id.id, x.scheme_line_id.id): x for x in self.line_ids}
        new = []
        for card in self:
            computed, score = results.get(card.id, ([], None))
            for result in computed:
                values = lines._values_of(result)
                standing = known.pop((card.id, result.line.id), None)
                if standing is None:
                    keys = {"scorecard_id": card.id, "scheme_line_id": result.line.id}
                    new.append(values | keys)
                else:
                    standing._write_changed(values)
            card._write_score(score, now)
        lines.create(new)

    def _write_score(self, score, now):
        """Write what the card as a whole came to, if it differs."""
        self.ensure_one()
        values = {
            "score": score.score or 0.0 if score else 0.0,
            "is_scored": bool(score and score.score is not None),
            "is_final": bool(score and score.final),
            "state": self._state_after(score, now),
        }
        breached = bool(score and score.vetoes)
        if breached and self.veto_state == "none":
            values["veto_state"] = "proposed"
        elif not breached and self.veto_state == "proposed":
            values["veto_state"] = "none"
        changed = {name: v for name, v in values.items() if self[name] != v}
        if changed or not self.calculated_at:
            self.write(changed | {"calculated_at": now})

    def _state_after(self, score, now):
        if self.state == "review":
            return "review"
        if self.period_id.date_to >= now.date():
            return "running"
        ready = (score and score.final) or self.period_id.is_estimate
        return "calculated" if ready else "settling"

    # -- locking ---------------------------------------------------------------

    def _content(self):
        """What a locked card was made of, as plain data for its checksum."""
        self.ensure_one()
        return {
            "employee": self.employee_id.id,
            "period": self.period_id.name,
            "scheme": [self.scheme_id.code, self.scheme_version_id.number],
            "terms": self.scheme_version_id.checksum,
            "score": self.score,
            "adjustment": [self.adjustment, self.adjustment_reason or ""],
            "final": self.final_score,
            "lines": [line._content() for line in self.line_ids],
        }

    def _checksum(self):
        text = json.dumps(self._content(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def _lock(self):
        """Freeze the cards with a checksum over their content."""
        now = fields.Datetime.now()
        for card in self:
            card.write(
                {"state": "locked", "locked_at": now, "checksum": card._checksum()}
            )
