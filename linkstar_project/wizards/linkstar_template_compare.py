"""Wizard: any two versions of a template side by side, or the working copy."""

from odoo import api, fields, models


class LinkstarTemplateCompare(models.TransientModel):
    """Choose two versions and see what differs."""

    _name = "linkstar.template.compare"
    _description = "Compare versions"

    template_id = fields.Many2one("project.project", required=True)
    left_id = fields.Many2one(
        "linkstar.template.version",
        string="From",
        domain="[('project_id', '=', template_id)]",
    )
    right_id = fields.Many2one(
        "linkstar.template.version",
        string="To",
        domain="[('project_id', '=', template_id)]",
        help="Empty: the working copy as it is now.",
    )
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    @api.depends("template_id", "left_id", "right_id")
    @api.depends_context("lang")
    def _compute_comparison(self):
        versions = self.env["linkstar.template.version"]
        for wizard in self:
            template = wizard.template_id._origin
            left, right = wizard.left_id._origin, wizard.right_id._origin
            (left | right).check_access("read")
            template.check_access("read")
            if not left or not (template.is_template and template.linkstar_kind):
                wizard.comparison = False
                continue
            old = left._read_snapshot()
            new = right._read_snapshot() if right else template._build_snapshot()
            wizard.comparison = versions._render_comparison(old, new)
