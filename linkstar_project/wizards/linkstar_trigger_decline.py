"""Declining a proposed launch asks for the reason."""

from odoo import Command, fields, models


class LinkstarTriggerDecline(models.TransientModel):
    """Ask why, then decline."""

    _name = "linkstar.trigger.decline"
    _description = "Decline proposed launches"

    log_ids = fields.Many2many(
        "linkstar.trigger.log",
        string="Proposals",
        required=True,
        default=lambda self: [Command.set(self.env.context.get("active_ids") or [])],
    )
    reason = fields.Text(required=True)

    def action_decline(self):
        """Decline the proposals; the reason stands in the log."""
        self.ensure_one()
        self.log_ids.action_dismiss(self.reason)
        return {"type": "ir.actions.act_window_close"}
