"""Own metrics: KPI managers define them, the catalogue stays the administrator's."""

from odoo import api, models
from odoo.exceptions import AccessError

OWN = "9_own"


class LinkstarMetric(models.Model):
    _inherit = "linkstar.metric"

    @api.model_create_multi
    def create(self, vals_list):
        """Create metrics; KPI managers in the category of own ones."""
        metrics = super().create(vals_list)
        metrics._check_own_metrics()
        return metrics

    def write(self, vals):
        """Write; KPI managers own metrics only, before and after the change."""
        self._check_own_metrics()
        result = super().write(vals)
        self._check_own_metrics()
        return result

    def _check_own_metrics(self):
        """Raise AccessError for the catalogue unless an administrator changes it."""
        user = self.env.user
        if self.env.su or user.has_group("linkstar_project.group_admin"):
            return
        alien = self.sudo().filtered(lambda metric: metric.category != OWN)
        if alien:
            raise AccessError(
                self.env._(
                    "%s belongs to the catalogue, which an administrator changes. "
                    "Define an own metric instead.",
                    alien[0].name,
                )
            )
