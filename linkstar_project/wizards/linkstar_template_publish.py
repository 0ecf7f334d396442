"""Wizard: publish a template with a note."""

from odoo import fields, models


class LinkstarTemplatePublish(models.TransientModel):
    """Ask what changed, then freeze a version."""

    _name = "linkstar.template.publish"
    _description = "Publish a template"

    template_id = fields.Many2one("project.project", required=True)
    note = fields.Text(help="What changed and why; shown in the list of versions.")

    def action_publish(self):
        """Publish and stay on the template."""
        self.ensure_one()
        self.template_id.publish_version(self.note or "")
        return {"type": "ir.actions.act_window_close"}
