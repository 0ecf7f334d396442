"""What a reviewer decides on a scorecard, with the reason the person will read."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LinkstarKpiCardDecision(models.TransientModel):
    """One decision on one card; the card's own methods check who may take it."""

    _name = "linkstar.kpi.card.decision"
    _description = "Decision on a scorecard"

    scorecard_id = fields.Many2one(
        "linkstar.kpi.scorecard", required=True, readonly=True
    )
    kind = fields.Selection(
        [
            ("adjust", "Adjust the score"),
            ("veto", "Decide on a breached veto item"),
            ("set_aside", "Set a line aside"),
            ("delivered", "Rules delivered, not signed"),
        ],
        required=True,
        default="adjust",
    )
    score = fields.Float(related="scorecard_id.score")
    limit = fields.Float(
        related="scorecard_id.scheme_version_id.adjustment_limit",
        string="Largest adjustment (points)",
    )
    seen = fields.Float(
        string="Adjustment so far",
        digits=(6, 2),
        help="If somebody changes it before you save, you are told instead of "
        "overwriting theirs.",
    )
    points = fields.Float(string="Adjustment (points)", digits=(6, 2))
    result = fields.Float(
        string="Score after it", digits=(6, 2), compute="_compute_result"
    )
    confirm_veto = fields.Selection(
        [("confirm", "Confirm: it limits the score"), ("dismiss", "Dismiss it")],
        string="Decision",
    )
    line_id = fields.Many2one(
        "linkstar.kpi.scorecard.line",
        string="Line",
        domain="[('scorecard_id', '=', scorecard_id)]",
    )
    reason = fields.Text(required=True)

    @api.model
    def default_get(self, fields_list):
        """Open with what stands on the card now."""
        values = super().default_get(fields_list)
        card = self.env["linkstar.kpi.scorecard"].browse(values.get("scorecard_id"))
        if card.exists():
            card.check_access("read")
            values |= {"seen": card.adjustment, "points": card.adjustment}
        return values

    @api.depends("points", "score")
    def _compute_result(self):
        for decision in self:
            decision.result = max(decision.score + decision.points, 0.0)

    def action_decide(self):
        """Take the decision; what is not allowed says why."""
        self.ensure_one()
        card = self.scorecard_id
        if self.kind == "adjust":
            card.adjust(self.points, self.reason, self.seen)
        elif self.kind == "veto":
            if not self.confirm_veto:
                raise UserError(self.env._("Choose whether to confirm or dismiss."))
            card.decide_veto(self.confirm_veto == "confirm", self.reason)
        elif self.kind == "set_aside":
            if not self.line_id:
                raise UserError(self.env._("Choose the line to set aside."))
            card.set_aside(self.line_id.metric_id.code, self.reason)
        else:
            card.action_delivered(self.reason)
        return {"type": "ir.actions.act_window_close"}
