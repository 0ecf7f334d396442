"""A line that payroll adds to a bonus run by hand."""

from odoo import api, fields, models


class LinkstarKpiBonusEntry(models.TransientModel):
    """A correction, clawback or release; the run checks amount and balance."""

    _name = "linkstar.kpi.bonus.entry"
    _description = "Line added to a bonus run"

    run_id = fields.Many2one("linkstar.kpi.bonus.run", required=True, readonly=True)
    company_id = fields.Many2one(related="run_id.company_id")
    currency_id = fields.Many2one(related="run_id.currency_id")
    employee_id = fields.Many2one(
        "hr.employee", required=True, domain="[('company_id', '=', company_id)]"
    )
    kind = fields.Selection(
        [
            ("correction", "Correction"),
            ("clawback", "Clawback"),
            ("release", "Release of what was held back"),
        ],
        required=True,
        default="correction",
    )
    held = fields.Monetary(
        string="Still held back",
        compute="_compute_held",
        help="What locked runs held back from the person and no run released yet.",
    )
    amount = fields.Monetary(
        required=True, help="Without a sign; only a correction may be negative."
    )
    reason = fields.Char(required=True)

    @api.depends("employee_id", "run_id")
    def _compute_held(self):
        for entry in self:
            entry.held = (
                entry.run_id._held_balance(entry.employee_id)
                if entry.run_id and entry.employee_id
                else 0.0
            )

    def action_add(self):
        """Add the line to the run."""
        self.ensure_one()
        self.run_id.add_line(self.employee_id.id, self.kind, self.amount, self.reason)
        return {"type": "ir.actions.act_window_close"}
