"""Core's reports and digests without trials."""

from odoo import fields, models
from odoo.fields import Domain


class ReportProjectTaskUser(models.Model):
    _inherit = "report.project.task.user"

    store_id = fields.Many2one("linkstar.store", readonly=True)

    def _select(self):
        return super()._select() + ", t.store_id"

    def _group_by(self):
        return super()._group_by() + ", t.store_id"

    def _where(self):
        """Trials count nowhere."""
        return super()._where() + " AND t.is_trial IS NOT TRUE"


class ProjectTaskBurndownChartReport(models.AbstractModel):
    _inherit = "project.task.burndown.chart.report"

    def _determine_domains(self, domain):
        """Trials count nowhere."""
        burndown, tasks = super()._determine_domains(domain)
        return burndown, Domain(tasks) & Domain("is_trial", "!=", True)


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    def _calculate_company_based_kpi(
        self, model, digest_kpi_field, *args, additional_domain=None, **kwargs
    ):
        """Trials count nowhere."""
        if model == "project.task":
            trials_out = [("is_trial", "!=", True)]
            additional_domain = list(additional_domain or []) + trials_out
        return super()._calculate_company_based_kpi(
            model,
            digest_kpi_field,
            *args,
            additional_domain=additional_domain,
            **kwargs,
        )
