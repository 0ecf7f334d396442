"""Say why a completion mark is not needed."""

from odoo import fields, models


class LinkstarMarkWaiver(models.TransientModel):
    """A lead's reason; the mark checks the right itself."""

    _name = "linkstar.mark.waiver"
    _description = "Mark Not Needed"

    mark_id = fields.Many2one("linkstar.opening.mark", required=True)
    reason = fields.Char(required=True)

    def action_keep(self):
        """Keep the reason with the mark."""
        self.ensure_one()
        self.mark_id.action_not_needed(self.reason)
        return {"type": "ir.actions.act_window_close"}
