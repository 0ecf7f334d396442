"""Lines of a bonus run: one amount for one person, with its steps."""

from odoo import api, fields, models
from odoo.tools import formatLang

PERCENT = 100


class LinkstarKpiBonusLine(models.Model):
    """Written by its run; a correction is a line of its own, never a change."""

    _name = "linkstar.kpi.bonus.line"
    _description = "Bonus line"
    _inherit = ["linkstar.audit.mixin", "linkstar.system.fields.mixin"]
    _order = "run_id desc, employee_id, id"

    _audit_fields = ("run_id", "employee_id", "kind", "amount", "reason")
    _audit_hidden_fields = ("amount",)
    _audit_store_path = None

    run_id = fields.Many2one(
        "linkstar.kpi.bonus.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    state = fields.Selection(related="run_id.state", store=True, index=True)
    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    plan_id = fields.Many2one("linkstar.kpi.bonus.plan", ondelete="restrict")
    scorecard_id = fields.Many2one(
        "linkstar.kpi.scorecard", index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("bonus", "Bonus"),
            ("held", "Waiting for an appeal"),
            ("difference", "Settled difference"),
            ("correction", "Correction"),
            ("clawback", "Clawback"),
            ("release", "Release of what was held back"),
        ],
        required=True,
        default="bonus",
    )
    currency_id = fields.Many2one("res.currency", required=True)
    base = fields.Monetary(aggregator=None)
    rate = fields.Float(string="Tier rate (%)", digits=(7, 4), aggregator=None)
    commission = fields.Monetary(aggregator=None)
    score = fields.Float(digits=(6, 2), aggregator="avg")
    coefficient = fields.Float(digits=(7, 4), aggregator=None)
    own_coefficient = fields.Float(digits=(7, 4), aggregator=None)
    team_coefficient = fields.Float(digits=(7, 4), aggregator=None)
    team_part = fields.Float(string="Team part (%)", digits=(5, 2), aggregator=None)
    team_score = fields.Float(digits=(6, 2), aggregator=None)
    share = fields.Float(string="Eligible (%)", digits=(5, 2), aggregator=None)
    gross = fields.Monetary()
    is_capped = fields.Boolean(string="Capped")
    failed_gate = fields.Char(string="Condition not met")
    amount = fields.Monetary()
    held_back = fields.Monetary()
    payable = fields.Monetary()
    reason = fields.Char()
    steps = fields.Text(string="How it came about", compute="_compute_steps")

    _system_fields = frozenset(
        {
            "run_id",
            "employee_id",
            "plan_id",
            "scorecard_id",
            "kind",
            "currency_id",
            "base",
            "rate",
            "commission",
            "score",
            "coefficient",
            "own_coefficient",
            "team_coefficient",
            "team_part",
            "team_score",
            "share",
            "gross",
            "is_capped",
            "failed_gate",
            "amount",
            "held_back",
            "payable",
            "reason",
        }
    )

    _once = models.UniqueIndex(
        "(run_id, plan_id, scorecard_id, kind) WHERE scorecard_id IS NOT NULL",
        "A run pays a card once for each plan and kind.",
    )
    _paid_once = models.UniqueIndex(
        "(plan_id, scorecard_id) WHERE kind = 'bonus'",
        "Another bonus run pays this card by this plan already. Compute again.",
    )

    @api.depends("employee_id.name", "run_id.name")
    def _compute_display_name(self):
        # People read their own line, not the run that pays it.
        for line in self.sudo():
            line.display_name = (
                f"{line.employee_id.name or ''} · {line.run_id.name or ''}"
            )

    def _compute_steps(self):
        for line in self:
            line.steps = "\n".join(line._step_sentences())

    def _money(self, value):
        return formatLang(self.env, value, currency_obj=self.currency_id)

    def _step_sentences(self):
        """Each step from the figure to the payable amount, for the person paid."""
        self.ensure_one()
        if self.kind not in ("bonus", "difference"):
            return [self.reason] if self.reason else []
        sentences = self._earning_sentences()
        if self.failed_gate:
            sentences.append(
                self.env._("Not paid, a condition is not met: %s.", self.failed_gate)
            )
        if self.is_capped:
            sentences.append(
                self.env._("Limited by the plan to %s.", self._money(self.amount))
            )
        if self.held_back:
            sentences.append(
                self.env._("%s is held back for now.", self._money(self.held_back))
            )
        return sentences + ([self.reason] if self.reason else [])

    def _earning_sentences(self):
        sentences = []
        if self.base:
            sentences.append(
                self.env._(
                    "Figure %(base)s, tier rate %(rate)s %%: earned %(earned)s at "
                    "coefficient 1.",
                    base=self._money(self.base),
                    rate=f"{self.rate:g}",
                    earned=self._money(self.commission),
                )
            )
        if self.share != PERCENT:
            sentences.append(
                self.env._("%s %% of the period counts.", f"{self.share:g}")
            )
        if self.team_part:
            sentences.append(
                self.env._(
                    "Coefficient %(all)s: own %(own)s for a score of %(score)s, and "
                    "for %(part)s %% the team's %(team)s for %(team_score)s.",
                    all=f"{self.coefficient:g}",
                    own=f"{self.own_coefficient:g}",
                    score=f"{self.score:g}",
                    part=f"{self.team_part:g}",
                    team=f"{self.team_coefficient:g}",
                    team_score=f"{self.team_score:g}",
                )
            )
        else:
            sentences.append(
                self.env._(
                    "Score %(score)s, coefficient %(factor)s: %(gross)s.",
                    score=f"{self.score:g}",
                    factor=f"{self.coefficient:g}",
                    gross=self._money(self.gross),
                )
            )
        return sentences
