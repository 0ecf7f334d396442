"""Wizard: a lead opens a gate although its condition does not hold."""

from odoo import fields, models


class LinkstarGateOverride(models.TransientModel):
    """Ask for reason and evidence, then override."""

    _name = "linkstar.gate.override"
    _description = "Override a gate"

    gate_id = fields.Many2one("linkstar.gate", required=True)
    reason = fields.Char(required=True)
    evidence_ids = fields.Many2many("ir.attachment", string="Evidence")

    def action_override(self):
        """Override with the reason given."""
        self.ensure_one()
        self.gate_id.override(self.reason, self.evidence_ids.ids)
        return {"type": "ir.actions.act_window_close"}
