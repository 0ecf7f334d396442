"""Launch a template for a promotion."""

from odoo import api, fields, models

from ..models.react.linkstar_promotion import MILESTONES


class LinkstarPromotionLaunch(models.TransientModel):
    """Which template, for which stores, finished by which date."""

    _name = "linkstar.promotion.launch"
    _description = "Launch for a promotion"

    promotion_id = fields.Many2one("linkstar.promotion", required=True)
    version_id = fields.Many2one(
        "linkstar.template.version",
        required=True,
        domain=[("state", "=", "published")],
    )
    milestone = fields.Selection(
        MILESTONES,
        string="Finished by",
        required=True,
        default="stock_deadline",
    )
    store_ids = fields.Many2many(
        "linkstar.store",
        required=True,
        compute="_compute_store_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.depends("promotion_id")
    def _compute_store_ids(self):
        """Active stores where the promotion runs, among the caller's."""
        for wizard in self:
            sites = wizard.promotion_id.sudo()._sites() if wizard.promotion_id else []
            wizard.store_ids = self.env["linkstar.store"].search(
                [("state", "=", "active"), ("marketplace_id", "in", list(sites._ids))]
                if sites
                else [(0, "=", 1)]
            )

    def action_launch(self):
        """Launch, and show the projects."""
        self.ensure_one()
        projects = self.promotion_id.launch(
            self.version_id.id, self.store_ids.ids, self.milestone
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.promotion_id.name,
            "res_model": "project.project",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", projects.ids)],
        }
