"""Checks that the KPI models share."""

from odoo import models
from odoo.exceptions import AccessError


class LinkstarKpiManagerMixin(models.AbstractModel):
    """Who may do what, said once and in the reader's words."""

    _name = "linkstar.kpi.manager.mixin"
    _description = "KPI rights"

    def _check_kpi_manager(self):
        """Raise AccessError unless the user is a KPI manager."""
        if self.env.su or self.env.user.has_group("linkstar_kpi.group_kpi_manager"):
            return
        raise AccessError(
            self.env._(
                "Only a KPI manager may do this. Ask one, or have an administrator "
                "give you the group."
            )
        )

    def _check_payroll(self):
        """Raise AccessError unless the user may see pay."""
        if self.env.su or self.env.user.has_group("linkstar_kpi.group_payroll"):
            return
        raise AccessError(
            self.env._("Pay is open to the payroll group only. Ask your payroll.")
        )
