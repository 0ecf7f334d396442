"""How long a company keeps its trail, and when closed projects leave the board."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from .linkstar_audit_entry import PURGE_BATCH, SHORTEST_RETENTION_MONTHS

#: Projects archived in one run for one company; the next run goes on.
ARCHIVE_BATCH = 5_000


class LinkstarRetention(models.Model):
    """One company's retention: months of the trail, days of closed projects."""

    _name = "linkstar.retention"
    _description = "Retention"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "company_id"
    _rec_name = "company_id"
    _system_fields = frozenset({"purged_until", "purged_count", "archived_count"})
    _audit_fields = ("company_id", "trail_months", "archive_days")
    _audit_store_path = None

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    trail_months = fields.Integer(
        string="Keep the audit trail (months)",
        default=0,
        help="Older entries are deleted every night. 0: they are kept for ever.",
    )
    archive_days = fields.Integer(
        string="Archive closed projects after (days)",
        default=30,
        help="They leave boards and lists, keep all they hold, and can be restored. "
        "0: they stay.",
    )
    purged_until = fields.Date(string="Trail begins on", readonly=True)
    purged_count = fields.Integer(string="Entries deleted so far", readonly=True)
    archived_count = fields.Integer(string="Projects archived so far", readonly=True)

    _company_uniq = models.Constraint(
        "UNIQUE(company_id)", "This company has its retention already: change that one."
    )

    @api.constrains("trail_months", "archive_days")
    def _check_periods(self):
        for retention in self:
            months, days = retention.trail_months, retention.archive_days
            if months and not SHORTEST_RETENTION_MONTHS <= months <= 600:
                raise ValidationError(
                    self.env._(
                        "The audit trail is kept for at least %(least)s months, or "
                        "for ever (0).",
                        least=SHORTEST_RETENTION_MONTHS,
                    )
                )
            if not 0 <= days <= 3650:
                raise ValidationError(
                    self.env._(
                        "Closed projects are archived after 1 to 3650 days, or "
                        "never (0)."
                    )
                )

    @api.model
    @api.private
    def _ensure(self):
        """Give every company its retention; called when the addon is loaded."""
        companies = self.env["res.company"].sudo().search([])
        known = self.sudo().search([]).company_id
        return self.sudo().create([{"company_id": c.id} for c in companies - known])

    # -- the nightly run ---------------------------------------------------------

    @api.model
    def _cron_keep(self):
        """Scheduled action, daily: purge trails, archive closed projects."""
        now = fields.Datetime.now()
        cron = self.env["ir.cron"]
        for retention in self.search([]):
            retention._archive_closed(now)
            while retention._purge_trail(now) == PURGE_BATCH:
                # Each batch is kept, with its own entry: a crash loses nothing.
                if not cron._commit_progress(PURGE_BATCH):
                    return
            cron._commit_progress(1)
        self._purge_of_nobody(now)

    def _purge_trail(self, now):
        """Delete one batch of this company's old entries; leave an entry of it.

        :param now: naive UTC datetime
        :return: how many were deleted
        """
        self.ensure_one()
        if not self.trail_months:
            return 0
        before = now - relativedelta(months=self.trail_months)
        deleted = (
            self.env["linkstar.audit.entry"].sudo()._purge(self.company_id, before)
        )
        self._tell_purge(deleted, before)
        return deleted

    def _purge_of_nobody(self, now):
        """Entries of no company go when the longest retention lets them go."""
        everyone = self.sudo().search([])
        if not everyone or not all(everyone.mapped("trail_months")):
            return 0
        longest = max(everyone, key=lambda retention: retention.trail_months)
        before = now - relativedelta(months=longest.trail_months)
        trail = self.env["linkstar.audit.entry"].sudo()
        deleted = trail._purge(self.env["res.company"], before)
        longest._tell_purge(deleted, before)
        return deleted

    def _tell_purge(self, deleted, before):
        if not deleted:
            return
        self.sudo().write(
            {
                "purged_until": before.date(),
                "purged_count": self.purged_count + deleted,
            }
        )
        self._linkstar_audit_log(
            "purge",
            reason=self.env._(
                "%(count)s entries from before %(date)s deleted: the company keeps "
                "%(months)s months.",
                count=deleted,
                date=format_date(self.env, before),
                months=self.trail_months,
            ),
        )

    def _archive_closed(self, now):
        """Archive this company's projects closed long enough ago, in one statement.

        Their tasks stay as they are, so that they count for scores as before. A
        project that was restored stays until somebody archives it.

        :param now: naive UTC datetime
        :return: the projects
        """
        self.ensure_one()
        projects = self.env["project.project"].sudo()
        if not self.archive_days:
            return projects
        names = ["active", "finished_at", "outcome", "archived_at", "store_id"]
        projects.flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE project_project p
                   SET active = FALSE, archived_at = %(now)s, write_date = %(now)s
                 WHERE p.id IN (
                    SELECT c.id
                      FROM project_project c
                      JOIN linkstar_store s ON s.id = c.store_id
                     WHERE s.company_id = %(company)s
                       AND c.active AND c.archived_at IS NULL
                       AND c.linkstar_kind IS NOT NULL
                       AND c.is_template IS NOT TRUE AND c.is_trial IS NOT TRUE
                       AND c.outcome IS NOT NULL
                       AND COALESCE(c.finished_at, c.write_date) < %(before)s
                     ORDER BY c.id LIMIT %(batch)s)
             RETURNING p.id
                """,
                now=now,
                company=self.company_id.id,
                before=now - relativedelta(days=self.archive_days),
                batch=ARCHIVE_BATCH,
            )
        )
        found = projects.browse(sorted(row[0] for row in rows))
        if found:
            found.invalidate_recordset(["active", "archived_at"], flush=False)
            found.modified(["active"])
            found._linkstar_audit_append(
                [(id_, "write", "active", "yes", "no") for id_ in found.ids],
                self.env._("Closed for %s days.", self.archive_days),
            )
            self.sudo().archived_count += len(found)
        return found

    # -- buttons -----------------------------------------------------------------

    def action_open_archived(self):
        """Show the archived projects of this company, to restore them."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Archived projects"),
            "res_model": "project.project",
            "views": [
                (
                    self.env.ref("linkstar_project.project_archived_view_list").id,
                    "list",
                ),
                (False, "form"),
            ],
            "domain": [
                ("active", "=", False),
                ("linkstar_kind", "!=", False),
                ("is_template", "=", False),
                ("store_id.company_id", "=", self.company_id.id),
            ],
            "context": {"active_test": False, "create": False},
        }
