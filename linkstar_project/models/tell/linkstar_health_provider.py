"""Everything that is wrong, with its next step: the frame."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

SEVERITIES = ("error", "warning", "info")
#: The order in which a user looks for the cause of a silent system.
AREAS = ("access", "data", "jobs", "people", "templates", "messages", "other")
# A job this late means that nothing runs: reminders are not going out.
_LATE = timedelta(hours=1)


class LinkstarHealthProvider(models.AbstractModel):
    """Inherit, override ``_health_checks`` and the health page shows the result."""

    _name = "linkstar.health.provider"
    _description = "Health checks"

    @api.model
    @api.private
    def _health_checks(self, now):
        """Return what is wrong, as far as the signed-in person may know it.

        :param now: naive UTC datetime
        :return: list of dicts with ``code``, ``severity`` (info, warning, error),
            ``title``, ``detail``, ``next_step`` (translated), and if wanted ``area``
            (one of ``AREAS``), ``res_model`` with ``res_id`` or ``domain``, or
            ``action`` (an XML id)
        """
        return []

    @api.model
    def linkstar_health(self):
        """Return all that is wrong, the most severe first.

        :return: ``{"checks": [...], "checked_at": UTC string, "scheduler_late": bool}``
        """
        user = self.env.user
        if not user.has_groups(
            "linkstar_project.group_lead,linkstar_project.group_auditor"
        ):
            raise AccessError(
                self.env._("The health page is for leads, auditors and administrators.")
            )
        now = fields.Datetime.now()
        names = self.env.registry.descendants(["linkstar.health.provider"], "_inherit")
        checks = []
        for name in names:
            if name == "linkstar.health.provider":
                continue
            for found in self.env[name]._health_checks(now):
                checks.append(self._complete(found, name))
        checks.sort(
            key=lambda c: (AREAS.index(c["area"]), SEVERITIES.index(c["severity"]))
        )
        return {
            "checks": checks,
            "checked_at": fields.Datetime.to_string(now),
            "scheduler_late": bool(self._late_jobs(now)),
        }

    @api.model
    def _complete(self, found, provider):
        """Return a check with every key that the page reads."""
        check = {
            "area": "other",
            "detail": "",
            "next_step": "",
            "res_model": False,
            "res_id": False,
            "domain": False,
            "action": False,
            **found,
        }
        check["provider"] = provider
        if check["severity"] not in SEVERITIES:
            check["severity"] = "warning"
        if check["area"] not in AREAS:
            check["area"] = "other"
        return check

    @api.model
    def linkstar_scheduler_late(self):
        """Tell whether reminders are not going out, for the banner.

        Any employee with a role may know: one query, nothing else is told.
        """
        if not self.env.user.has_groups(
            "linkstar_project.group_operator,linkstar_project.group_auditor"
        ):
            return False
        return bool(self._late_jobs(fields.Datetime.now(), limit=1))

    @api.model
    def _jobs(self):
        """Our scheduled actions, those that are switched off too (sudo)."""
        data = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [("model", "=", "ir.cron"), ("module", "=like", r"linkstar\_%")],
                ["res_id"],
            )
        )
        jobs = self.env["ir.cron"].sudo().with_context(active_test=False)
        return jobs.browse(data.mapped("res_id")).exists()

    @api.model
    def _late_jobs(self, now, limit=None):
        """Return our scheduled actions that should have run long ago (sudo)."""
        return (
            self.env["ir.cron"]
            .sudo()
            .search(
                [("id", "in", self._jobs().ids), ("nextcall", "<", now - _LATE)],
                limit=limit,
            )
        )
