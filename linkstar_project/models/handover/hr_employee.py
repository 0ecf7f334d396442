"""An employee leaves only after the handover."""

from odoo import models

from .guard import refuse_leaving


class HrEmployee(models.Model):
    _name = "hr.employee"
    _inherit = ["hr.employee", "linkstar.leaving.mixin"]

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
