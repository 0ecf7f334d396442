"""Rejecting asks for the reason."""

from odoo import fields, models


class LinkstarApprovalReject(models.TransientModel):
    """Ask why, then reject."""

    _name = "linkstar.approval.reject"
    _description = "Reject an approval"

    approval_id = fields.Many2one(
        "linkstar.approval",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(required=True)

    def action_reject(self):
        """Reject the step that is due, with the reason."""
        self.ensure_one()
        self.approval_id.decide(False, self.reason)
        return {"type": "ir.actions.act_window_close"}
