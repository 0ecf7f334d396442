"""An employee leaves only after the handover."""

from odoo import models

from .guard import refuse_leaving


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def write(self, vals):
        """Write; archiving is refused while the person holds something."""
        if "active" in vals and not vals["active"]:
            # Rights first: the refusal says what the person holds.
            self.check_access("write")
            self.sudo().filtered("active").with_env(self.env)._linkstar_refuse_leaving()
        return super().write(vals)

    def unlink(self):
        """Delete; refused while the person holds something."""
        self.check_access("unlink")
        self._linkstar_refuse_leaving()
        return super().unlink()

    def _linkstar_refuse_leaving(self):
        for employee in self.sudo():
            refuse_leaving(
                self.env,
                employee.user_id,
                employee,
                employee.name,
                user=employee.user_id,
                employee=employee,
            )
