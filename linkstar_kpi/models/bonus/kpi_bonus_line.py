"""Lines of a bonus run: one amount for one person, with its steps."""

from odoo import api, fields, models


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
    share = fields.Float(string="Eligible (%)", digits=(5, 2), aggregator=None)
    gross = fields.Monetary()
    is_capped = fields.Boolean(string="Capped")
    failed_gate = fields.Char(string="Condition not met")
    amount = fields.Monetary()
    held_back = fields.Monetary()
    payable = fields.Monetary()
    reason = fields.Char()

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
