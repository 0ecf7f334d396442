"""Lines of a scorecard: one measure, with everything needed to follow it."""

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.calculation import card_lines
from odoo.addons.linkstar_kpi.calculation.task_sums import ROUND_METRIC, TASK_METRICS
from odoo.addons.linkstar_kpi.engine import outcomes, scoring
from odoo.addons.linkstar_kpi.engine.scoring import half_up

OUTCOMES = {
    outcomes.Measured: "measured",
    outcomes.Late: "late",
    outcomes.NotApplicable: "not_applicable",
    outcomes.Faulty: "error",
}
SEES_COST = (
    "linkstar_project.group_lead,linkstar_project.group_auditor,"
    "linkstar_kpi.group_kpi_manager,linkstar_kpi.group_payroll"
)


class LinkstarKpiScorecardLine(models.Model):
    """Written by the calculation only.

    Figures that reveal cost go into ``cost_figures``, which operators cannot
    read; they see the points of such a line, not its value.
    """

    _name = "linkstar.kpi.scorecard.line"
    _description = "Scorecard line"
    _order = "scorecard_id, sequence, id"

    scorecard_id = fields.Many2one(
        "linkstar.kpi.scorecard", required=True, index=True, ondelete="cascade"
    )
    employee_id = fields.Many2one(
        related="scorecard_id.employee_id", store=True, index=True
    )
    period_id = fields.Many2one(
        related="scorecard_id.period_id", store=True, index=True
    )
    date_from = fields.Date(related="scorecard_id.date_from", store=True)
    department_id = fields.Many2one(related="scorecard_id.department_id", store=True)
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True)
    scheme_line_id = fields.Many2one(
        "linkstar.kpi.scheme.line", required=True, index=True, ondelete="restrict"
    )
    metric_id = fields.Many2one(
        related="scheme_line_id.metric_id", store=True, index=True
    )
    unit = fields.Selection(related="scheme_line_id.metric_id.unit")
    method = fields.Selection(related="scheme_line_id.method")
    currency_id = fields.Many2one(related="scorecard_id.currency_id")
    sequence = fields.Integer()
    outcome = fields.Selection(
        [
            ("measured", "Measured"),
            ("late", "Late"),
            ("not_applicable", "Not applicable"),
            ("error", "Error"),
        ],
        required=True,
    )
    outcome_reason = fields.Char()
    score_state = fields.Char()
    is_hidden = fields.Boolean(string="Reveals cost")
    value = fields.Float(digits=(16, 4), aggregator=None)
    numerator = fields.Float(digits=(16, 4), aggregator=None)
    denominator = fields.Float(digits=(16, 4), aggregator=None)
    cost_figures = fields.Json(groups=SEES_COST, prefetch=False)
    floor = fields.Float(digits=(16, 4), aggregator=None)
    target = fields.Float(digits=(16, 4), aggregator=None)
    stretch = fields.Float(digits=(16, 4), aggregator=None)
    attainment = fields.Float(
        digits=(16, 4), aggregator="avg", help="Share of the target reached."
    )
    points = fields.Float(digits=(6, 2), aggregator="avg")
    weight = fields.Float(digits=(6, 2), help="Weight in the scheme.")
    effective_weight = fields.Float(
        digits=(6, 2), help="Weight after that of lines not applicable is shared out."
    )
    contribution = fields.Float(digits=(6, 2), help="Points that it adds to the score.")
    detail = fields.Json(prefetch=False)
    explanation = fields.Text(compute="_compute_explanation")
    as_of = fields.Datetime()
    is_waived = fields.Boolean(string="Set aside")
    waive_reason = fields.Char()
    waived_by = fields.Many2one("res.users")

    _once = models.UniqueIndex(
        "(scorecard_id, scheme_line_id)", "The card has this line already."
    )

    @api.depends("metric_id.name", "scorecard_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.metric_id.name or ""

    def _compute_explanation(self):
        for line in self:
            line.explanation = "\n".join(line._sentences())

    # -- from the calculation ------------------------------------------------------

    @api.model
    def _values_of(self, result):
        """Values of a computed line.

        :param result: ``LineResult`` of the calculation
        """
        line, rule, score = result.line, result.rule, result.score
        outcome = result.outcome
        figures = {
            "value": half_up(getattr(outcome, "value", 0.0), 4),
            "numerator": half_up(result.numerator or 0.0, 4),
            "denominator": half_up(getattr(outcome, "denominator", None) or 0.0, 4),
            "attainment": half_up(score.attainment or 0.0, 4),
        }
        detail = {
            "stores": [
                store | {"value": half_up(store["value"], 4)}
                if "value" in store
                else store
                for store in result.stores
            ],
            "tasks": result.tasks,
            "excluded": result.excluded,
            "fraction": half_up(result.fraction, 6),
            "ramp": result.ramp,
        }
        spec = self.env["linkstar.metric"]._specs()[line.metric_id.code]
        values = {
            "sequence": line.sequence,
            "outcome": OUTCOMES[type(outcome)],
            "outcome_reason": getattr(outcome, "reason", False),
            "score_state": score.state,
            "is_hidden": spec.is_cost,
            "cost_figures": False,
            "floor": half_up(rule.floor or 0.0, 4),
            "target": half_up(rule.target or 0.0, 4),
            "stretch": half_up(rule.stretch or 0.0, 4),
            "points": half_up(score.points or 0.0),
            "weight": rule.weight,
            "effective_weight": half_up(score.weight),
            "contribution": score.contribution,
            "as_of": result.as_of or False,
        }
        if spec.is_cost:
            values["cost_figures"] = figures | {"stores": detail.pop("stores")}
            figures = dict.fromkeys(figures, 0.0)
        return values | figures | {"detail": detail}

    def _write_changed(self, values):
        """Write the values that differ, nothing if none does."""
        self.ensure_one()
        changed = {}
        for name, value in values.items():
            standing = self[name]
            if isinstance(standing, models.BaseModel):
                standing = standing.id
            if (standing or False) != (value or False):
                changed[name] = value
        if changed:
            self.write(changed)

    def _figures(self):
        """Value, numerator, denominator and stores as the reader may see them."""
        self.ensure_one()
        if not self.is_hidden:
            figures = {
                name: self[name]
                for name in ("value", "numerator", "denominator", "attainment")
            }
            return figures | {"stores": (self.detail or {}).get("stores", [])}
        if self.env.su or self._sees_cost():
            return self.sudo().cost_figures or {}
        return {}

    def _sees_cost(self):
        return self.env.user.has_groups(SEES_COST)

    def _content(self):
        """The line as plain data, for the checksum of a locked card."""
        self.ensure_one()
        names = ("outcome", "value", "floor", "target", "stretch", "points")
        names += ("weight", "effective_weight", "contribution", "is_waived")
        content = {name: self[name] for name in names}
        return content | {
            "metric": self.metric_id.code,
            "cost": self.cost_figures or False,
            "detail": self.detail or False,
        }

    # -- drilling down -----------------------------------------------------------

    def action_open_sources(self):
        """Open the facts or tasks that the line was computed from."""
        self.ensure_one()
        self.check_access("read")
        if self.metric_id.code == ROUND_METRIC:
            return self._open_rounds()
        if self.metric_id.code in TASK_METRICS:
            return self._open_tasks()
        return self._open_facts()

    def _open_tasks(self):
        card = self.scorecard_id
        inputs = card.period_id.sudo()._card_inputs(card.sudo())
        now = card.calculated_at or fields.Datetime.now()
        calculator = card_lines.CardCalculator(self.sudo().env, inputs, now)
        code = self.metric_id.code
        ids = calculator.task_ids(inputs[0], code) if inputs else []
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tasks of %s", card.display_name),
            "res_model": "project.task",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            "context": {"active_test": False},
        }

    def _open_rounds(self):
        card = self.scorecard_id
        first, last = card.sudo()._eligible_span() or (card.date_from, card.date_to)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rounds of %s", card.display_name),
            "res_model": "linkstar.round",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("employee_id", "=", card.employee_id.id),
                ("date", ">=", fields.Date.to_string(first)),
                ("date", "<=", fields.Date.to_string(last)),
                ("state", "in", ("done", "missed")),
            ],
        }

    def _open_facts(self):
        specs = self.env["linkstar.metric"]._specs()
        card = self.scorecard_id
        stores = [row["store"] for row in self._figures().get("stores", [])]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Figures of %s", card.display_name),
            "res_model": "linkstar.fact",
            "views": [(False, "list")],
            "domain": [
                ("store_id", "in", stores),
                ("metric_id", "in", self._measure_ids(specs)),
                ("date", ">=", fields.Date.to_string(card.date_from)),
                ("date", "<=", fields.Date.to_string(card.date_to)),
            ],
        }

    def _measure_ids(self, specs):
        from odoo.addons.linkstar_project.engine import metric_sql

        spec = specs[self.metric_id.code]
        codes = metric_sql.measures_of(spec.tree) if spec.tree is not None else set()
        return [specs[code].id for code in sorted(codes | {spec.code})]

    def _is_off_track(self):
        """Whether the line scores, or heads for, less than its scheme accepts."""
        self.ensure_one()
        line = self.scheme_line_id
        if self.score_state != "scored" or self.method not in scoring.WEIGHTED:
            return False
        points = self._points_ahead(fields.Date.today())
        return points is not None and points < line.action_below
