"""Health of periods and exclusions: what waits for a person."""

from datetime import timedelta

from odoo import api, models

#: Days after which an undecided request holds somebody's score up.
PATIENCE_DAYS = 3
SHOWN = 8


class LinkstarKpiHealth(models.AbstractModel):
    _name = "linkstar.kpi.health"
    _description = "Health of scores"
    _inherit = "linkstar.health.provider"

    @api.model
    def _health_checks(self, now):
        """See ``linkstar.health.provider``; what the reader may read anyway."""
        checks = self._exclusion_checks(now)
        if self.env.user.has_groups(
            "linkstar_kpi.group_kpi_manager,linkstar_project.group_auditor"
        ):
            checks += self._period_checks(now.date())
        return checks

    def _exclusion_checks(self, now):
        exclusions = self.env["linkstar.kpi.exclusion"]
        if not exclusions.has_access("read"):
            return []
        waiting = exclusions.search(
            [
                ("state", "=", "requested"),
                ("create_date", "<", now - timedelta(days=PATIENCE_DAYS)),
            ]
        )
        if not waiting:
            return []
        return [
            {
                "code": "kpi_exclusions_waiting",
                "area": "people",
                "severity": "warning",
                "title": self.env._("%s exclusions wait for a decision", len(waiting)),
                "detail": ", ".join(waiting[:SHOWN].mapped("display_name")),
                "next_step": self.env._(
                    "Open them, look at the scores before and after, and approve or "
                    "refuse. Whoever asked does not decide."
                ),
                "res_model": exclusions._name,
                "domain": [("id", "in", waiting.ids)],
            }
        ]

    def _period_checks(self, today):
        periods = self.env["linkstar.kpi.period"]
        open_ones = periods.search(
            [
                ("state", "not in", ("published", "locked")),
                ("date_to", "<", today),
            ]
        )
        overdue = open_ones.filtered(lambda period: period.settles_on <= today)
        unsettled = periods.search(
            [
                ("is_estimate", "=", True),
                ("state", "in", ("published", "locked")),
                ("settled_at", "=", False),
                ("date_to", "<", today),
            ]
        ).filtered(lambda period: period.settles_on < today)
        failed = periods.search([("calculation_error", "!=", False)])
        found = [
            (
                failed,
                "kpi_calculation_failed",
                "error",
                self.env._("%s periods could not be calculated", len(failed)),
                self.env._(
                    "Open the period: it says why. Correct that, calculate again."
                ),
            ),
            (
                overdue,
                "kpi_periods_overdue",
                "warning",
                self.env._(
                    "%s periods have settled but are not published", len(overdue)
                ),
                self.env._(
                    "Calculate the period, hand it to its reviewers and publish it: "
                    "people wait for their score."
                ),
            ),
            (
                unsettled,
                "kpi_estimates_unsettled",
                "warning",
                self.env._("%s estimated closes are not settled yet", len(unsettled)),
                self.env._(
                    "Press “Settle the estimate” on the period, and look at its "
                    "scheduled action: it should have done so."
                ),
            ),
        ]
        return [
            {
                "code": code,
                "area": "data",
                "severity": severity,
                "title": title,
                "detail": ", ".join(records[:SHOWN].mapped("name")),
                "next_step": step,
                "res_model": periods._name,
                "domain": [("id", "in", records.ids)],
            }
            for records, code, severity, title, step in found
            if records
        ]
