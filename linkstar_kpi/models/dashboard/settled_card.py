"""What settled figures change on a published card."""

from odoo import api, fields, models


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    settled_difference = fields.Float(
        string="Difference (points)",
        digits=(6, 2),
        compute="_compute_settled_difference",
        help="Settled score less published score.",
    )

    @api.depends("restated_score", "restated_at", "final_score")
    def _compute_settled_difference(self):
        for card in self:
            settled = card.restated_score - card.final_score
            card.settled_difference = settled if card.restated_at else 0.0
