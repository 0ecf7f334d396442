"""Compliance allows or refuses ties between shops."""

from odoo import fields, models


class LinkstarLinkageDecision(models.TransientModel):
    """A decision with its reason, for one or many ties."""

    _name = "linkstar.linkage.decision"
    _description = "Decide on Linkage"

    conflict_ids = fields.Many2many(
        "linkstar.asset.conflict",
        required=True,
        default=lambda self: self._default_conflict_ids(),
    )
    allow = fields.Selection(
        [("allow", "Allow"), ("refuse", "Do not allow")],
        string="Decision",
        required=True,
        default="refuse",
    )
    reason = fields.Text(
        required=True, help="For example the platform's written permission."
    )
    until_date = fields.Date(
        "Allowed until", help="Empty: for good. Afterwards the tie is open again."
    )

    def _default_conflict_ids(self):
        """What was marked in the list or is open; rights are checked on deciding."""
        if self.env.context.get("active_model") != "linkstar.asset.conflict":
            return self.env["linkstar.asset.conflict"]
        ids = self.env.context.get("active_ids") or []
        return self.env["linkstar.asset.conflict"].search([("id", "in", ids)])

    def action_decide(self):
        """Keep the decision."""
        self.ensure_one()
        self.conflict_ids.decide(self.allow == "allow", self.reason, self.until_date)
        return {"type": "ir.actions.act_window_close"}
