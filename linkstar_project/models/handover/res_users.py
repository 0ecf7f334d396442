"""A user leaves only after the handover."""

from odoo import models

from .guard import refuse_leaving


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Write; archiving is refused while the user holds something, by any route."""
        if "active" in vals and not vals["active"]:
            # Rights first: the refusal says what the person holds.
            self.check_access("write")
            self.sudo().filtered("active").with_env(self.env)._linkstar_refuse_leaving()
        return super().write(vals)

    def unlink(self):
        """Delete; refused while the user holds something."""
        self.check_access("unlink")
        self._linkstar_refuse_leaving()
        return super().unlink()

    def _linkstar_refuse_leaving(self):
        for user in self.sudo():
            refuse_leaving(
                self.env, user, user.employee_ids.browse(), user.name, user=user
            )
