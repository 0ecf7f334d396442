"""A user leaves only after the handover, by any route."""

from odoo import models

from .guard import refuse_leaving


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "linkstar.leaving.mixin"]

    def _linkstar_refuse_leaving(self):
        for user in self.sudo():
            refuse_leaving(
                self.env, user, user.employee_ids.browse(), user.name, user=user
            )
