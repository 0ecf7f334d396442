"""Ask for another figure of a target: as the person concerned, or as a change."""

from odoo import fields, models


class LinkstarKpiTargetAsk(models.TransientModel):
    """Figure and reason; the target's own methods check who may ask."""

    _name = "linkstar.kpi.target.ask"
    _description = "Ask for another figure"

    target_id = fields.Many2one(
        "linkstar.kpi.target", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("counter", "Before agreeing"), ("change", "Change")],
        required=True,
        default="change",
    )
    value = fields.Float(string="New figure", digits=(16, 4), required=True)
    reason = fields.Char(required=True)

    def action_ask(self):
        """Hand the figure and the reason to the target."""
        self.ensure_one()
        if self.kind == "counter":
            return self.target_id.counter(self.value, self.reason)
        return self.target_id.request_change(self.value, self.reason)
