"""Who may see figures that reveal cost."""

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _linkstar_sees_cost(self):
        """Whether cost and what reveals it (margins, profit) may be shown.

        Operators never see cost. Addons with groups of their own extend this.
        """
        self.ensure_one()
        return self.has_group("linkstar_project.group_lead") or self.has_group(
            "linkstar_project.group_auditor"
        )

    def _linkstar_fact_domain(self):
        """Rule of facts beside the store: no cost for those who must not see it."""
        if self._linkstar_sees_cost():
            return [(1, "=", 1)]
        hidden = self.env["linkstar.metric"].sudo()._cost_metric_ids()
        return [("metric_id", "not in", list(hidden))] if hidden else [(1, "=", 1)]
