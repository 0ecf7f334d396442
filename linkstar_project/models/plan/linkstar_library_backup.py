"""Backups of the template library: nightly, kept for as long as the company says."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...engine import snapshot as snapshot_engine


class ResCompany(models.Model):
    _inherit = "res.company"

    linkstar_backup_days = fields.Integer(
        string="Keep library backups (days)",
        default=90,
        help="Older backups of the template library are deleted; the newest one and "
        "those made by hand stay.",
    )

    @api.constrains("linkstar_backup_days")
    def _check_linkstar_backup_days(self):
        for company in self:
            if not 1 <= company.linkstar_backup_days <= 3650:
                raise ValidationError(
                    self.env._("Library backups are kept for 1 to 3,650 days.")
                )


class LinkstarLibraryBackup(models.Model):
    """All templates of a company at one moment, as the JSON of an export.

    A night on which nothing changed adds no row: the newest one says that it was
    found the same.
    """

    _name = "linkstar.library.backup"
    _description = "Library backup"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "create_date desc, id desc"

    _system_fields = frozenset(
        {
            "company_id",
            "content",
            "checksum",
            "template_count",
            "step_count",
            "is_manual",
            "checked_at",
        }
    )
    _audit_fields = ("company_id", "checksum", "is_manual")
    _audit_store_path = None

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    # Hundreds of kilobytes: it never comes along by accident.
    content = fields.Text(required=True, readonly=True, prefetch=False)
    checksum = fields.Char(required=True, readonly=True)
    template_count = fields.Integer(string="Templates", readonly=True)
    step_count = fields.Integer(string="Steps", readonly=True)
    is_manual = fields.Boolean(
        string="By hand", readonly=True, help="Made by a person: kept until deleted."
    )
    checked_at = fields.Datetime(
        string="Still the same on",
        readonly=True,
        help="The last night on which the library was found as it is here.",
    )
    note = fields.Char()

    @api.depends("create_date", "company_id.name")
    def _compute_display_name(self):
        for backup in self:
            day = fields.Datetime.context_timestamp(
                backup, backup.create_date or fields.Datetime.now()
            )
            backup.display_name = (
                f"{backup.sudo().company_id.name} {day:%Y-%m-%d %H:%M}"
            )

    # -- making --------------------------------------------------------------------

    @api.model
    @api.private
    def _back_up(self, company, is_manual=False):
        """Keep the library of a company, unless the newest backup says the same.

        :return: the backup that holds it, new or the one that stands
        """
        templates = self._library(company)
        content = templates.export_templates()
        checksum = snapshot_engine.checksum(content)
        newest = self.sudo().search([("company_id", "=", company.id)], limit=1)
        if newest.checksum == checksum:
            newest.checked_at = fields.Datetime.now()
            if is_manual:
                newest.is_manual = True
            return newest
        return self.sudo().create(
            {
                "company_id": company.id,
                "content": content,
                "checksum": checksum,
                "template_count": len(templates),
                "step_count": sum(templates.mapped("step_count")),
                "is_manual": is_manual,
                "checked_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _library(self, company):
        """The templates of a company: its own and those of all."""
        return (
            self.env["project.project"]
            .sudo()
            .search(
                [
                    ("is_template", "=", True),
                    ("linkstar_kind", "!=", False),
                    ("company_id", "in", (False, company.id)),
                ],
                order="id",
            )
        )

    @api.model
    @api.private
    def _cron_back_up(self):
        """Nightly: back up each company's library, then delete what is too old."""
        for company in self.env["res.company"].sudo().search([]):
            self._back_up(company)
            self._delete_old(company)

    @api.model
    @api.private
    def _delete_old(self, company):
        """Delete backups past the company's retention; the newest stays."""
        limit = fields.Datetime.now() - timedelta(days=company.linkstar_backup_days)
        backups = self.sudo().search([("company_id", "=", company.id)])
        old = backups[1:].filtered(
            lambda backup: not backup.is_manual
            and (backup.checked_at or backup.create_date) < limit
        )
        old.unlink()
        return len(old)

    # -- buttons -------------------------------------------------------------------

    @api.model
    def action_back_up_now(self):
        """Back up the library of the current company by hand, and show it."""
        self.env["project.project"]._check_template_manager()
        backup = self._back_up(self.env.company, is_manual=True)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": backup.id,
            "views": [[False, "form"]],
        }

    def action_download(self):
        """Download the JSON file."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/linkstar_project/library/backup/{self.id}",
            "target": "download",
        }

    def action_restore(self):
        """Open the import with this backup in it: templates are taken one by one."""
        self.ensure_one()
        self.check_access("read")
        self.env["project.project"]._check_template_manager()
        wizard = self.env["linkstar.library.import"].create({"backup_id": self.id})
        return wizard.action_preview()

    def unlink(self):
        """Delete; the newest backup of a company stays."""
        for backup in self:
            newest = self.sudo().search(
                [("company_id", "=", backup.sudo().company_id.id)], limit=1
            )
            if newest == backup.sudo() and not self.env.su:
                raise AccessError(
                    self.env._("The newest backup stays: the library has no other.")
                )
        return super().unlink()
