"""What applies to a store: its templates, and what runs from them."""

from odoo import api, fields, models


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    template_ids = fields.Many2many(
        "project.project",
        compute="_compute_template_ids",
        string="Templates for this store",
        help="Published templates meant for this store, its groups or every store.",
    )
    running_ids = fields.One2many(
        "project.project",
        "store_id",
        domain=[("is_live", "=", True)],
        string="Running",
        readonly=True,
    )

    @api.depends("group_ids")
    @api.depends_context("uid")
    def _compute_template_ids(self):
        templates = self.env["project.project"].search(
            [
                ("is_template", "=", True),
                ("linkstar_kind", "=", "routine"),
                ("version_ids.state", "=", "published"),
            ]
        )
        stores = self._origin
        bound = {template: template._linkstar_bound(stores) for template in templates}
        for store in self:
            store.template_ids = templates.filtered(
                lambda template, ids=store._origin.ids: set(ids)
                <= set(bound[template].ids)
            )


class ProjectProject(models.Model):
    _inherit = "project.project"

    def action_open_launch(self):
        """Open the wizard that launches this template, for the store at hand."""
        self.ensure_one()
        store_id = self.env.context.get("linkstar_launch_store_id")
        context = {"default_template_id": self.id}
        if isinstance(store_id, int):
            context["default_store_ids"] = [(6, 0, [store_id])]
        return {
            "type": "ir.actions.act_window",
            "res_model": "linkstar.launch",
            "name": self.env._("Launch a template"),
            "views": [[False, "form"]],
            "target": "new",
            "context": context,
        }
