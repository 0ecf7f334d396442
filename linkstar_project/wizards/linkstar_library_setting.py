"""Wizard: how long the company keeps backups of its template library."""

from odoo import fields, models
from odoo.exceptions import AccessError


class LinkstarLibrarySetting(models.TransientModel):
    """Change the retention of library backups; administrators only."""

    _name = "linkstar.library.setting"
    _description = "Library backup settings"

    days = fields.Integer(
        string="Keep backups (days)",
        default=lambda self: self.env.company.sudo().linkstar_backup_days,
        required=True,
        help="Nightly backups older than this are deleted. The newest one and those "
        "made by hand stay.",
    )

    def action_save(self):
        """Store the retention on the company."""
        self.ensure_one()
        if not self.env.user.has_group("linkstar_project.group_admin"):
            raise AccessError(
                self.env._("Only administrators of LinkStar change this setting.")
            )
        self.env.company.sudo().linkstar_backup_days = self.days
        return {"type": "ir.actions.act_window_close"}
