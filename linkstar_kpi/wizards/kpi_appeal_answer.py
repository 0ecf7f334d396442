"""The answer to an appeal."""

from odoo import fields, models


class LinkstarKpiAppealAnswer(models.TransientModel):
    """Uphold or refuse, with reasons; the appeal checks who may answer."""

    _name = "linkstar.kpi.appeal.answer"
    _description = "Answer to an appeal"

    appeal_id = fields.Many2one("linkstar.kpi.appeal", required=True, readonly=True)
    words = fields.Text(related="appeal_id.reason", string="What the person says")
    decision = fields.Selection(
        [("uphold", "The person is right"), ("refuse", "The score stands")],
        required=True,
    )
    correction = fields.Float(
        string="Correction (points)",
        digits=(6, 2),
        help="Added to the score; may be negative if the score was too high.",
    )
    answer = fields.Text(required=True, help="The person reads it on their scorecard.")

    def action_answer(self):
        """Answer the appeal."""
        self.ensure_one()
        self.appeal_id.decide(
            self.decision == "uphold", self.answer, self.correction or 0.0
        )
        return {"type": "ir.actions.act_window_close"}
