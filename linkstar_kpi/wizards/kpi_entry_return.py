"""Send figures back to who entered them, with what to correct."""

from odoo import fields, models


class LinkstarKpiEntryReturn(models.TransientModel):
    """The reviewer's words; the entry checks who may review."""

    _name = "linkstar.kpi.entry.return"
    _description = "Send figures back"

    entry_id = fields.Many2one(
        "linkstar.kpi.entry", required=True, readonly=True, ondelete="cascade"
    )
    note = fields.Char(string="What to correct", required=True)

    def action_send_back(self):
        """Refuse the figures with the note."""
        self.ensure_one()
        return self.entry_id.decide(False, self.note)
