"""Enter a platform's refusal."""

from odoo import fields, models


class LinkstarRefusalWizard(models.TransientModel):
    """The platform's notice and reasons; suggests the next step."""

    _name = "linkstar.refusal.wizard"
    _description = "Platform's Refusal"

    project_id = fields.Many2one("project.project", required=True)
    notice = fields.Text("Platform's notice", required=True)
    reason_ids = fields.Many2many("linkstar.rejection.reason", required=True)

    def action_refuse(self):
        """Keep the refusal and move the opening to rejected."""
        self.ensure_one()
        step = self.project_id.refuse_round(self.notice, self.reason_ids.mapped("code"))
        names = dict(self.env["project.project"]._application_steps())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._("Suggested next step: %s", names[step]),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
