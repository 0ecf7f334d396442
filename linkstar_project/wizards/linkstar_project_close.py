"""Wizard: close a launched project with outcome and lessons."""

from odoo import fields, models


class LinkstarProjectClose(models.TransientModel):
    """Ask for outcome and lessons, then close."""

    _name = "linkstar.project.close"
    _description = "Close a project"

    project_id = fields.Many2one("project.project", required=True)
    outcome = fields.Selection(
        selection=lambda self: self.env["project.project"]._fields["outcome"].selection,
        required=True,
    )
    lessons = fields.Text(help="What the next launch should do differently.")

    def action_close(self):
        """Close; open tasks are cancelled."""
        self.ensure_one()
        self.project_id.close(self.outcome, self.lessons or "")
        return {"type": "ir.actions.act_window_close"}
