"""Wizard: who did what when, as a spreadsheet."""

import base64
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.date_utils import to_timezone

from odoo.addons.linkstar_project.engine.workbook import Sheet, workbook_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: More rows than this make no readable sheet: the period is narrowed instead.
MAX_ROWS = 200_000
READ_AT_ONCE = 5_000


class LinkstarTrailExport(models.TransientModel):
    """Which part of the trail: period, stores, projects, people."""

    _name = "linkstar.trail.export"
    _description = "Export of the audit trail"

    date_from = fields.Date(
        string="From", default=lambda self: fields.Date.today() - timedelta(days=30)
    )
    date_to = fields.Date(string="To", help="This day included, in your time zone.")
    store_ids = fields.Many2many("linkstar.store", string="Stores")
    project_ids = fields.Many2many(
        "project.project", string="Projects", context={"active_test": False}
    )
    user_ids = fields.Many2many(
        "res.users", string="People", context={"active_test": False}
    )
    action = fields.Selection(
        lambda self: self.env["linkstar.audit.entry"]._fields["action"].selection,
        string="Only",
    )
    entry_count = fields.Integer(compute="_compute_entry_count", string="Entries")

    @api.model
    def default_get(self, fields_list):
        """Start with the store, project or person whose trail was open."""
        values = super().default_get(fields_list)
        chosen = self.env.context.get("linkstar_trail")
        if isinstance(chosen, dict) and chosen:
            values["date_from"] = False
            for name in ("store_ids", "project_ids", "user_ids"):
                if chosen.get(name):
                    values[name] = [(6, 0, chosen[name])]
        return values

    @api.depends(
        "date_from", "date_to", "store_ids", "project_ids", "user_ids", "action"
    )
    def _compute_entry_count(self):
        trail = self.env["linkstar.audit.entry"]
        for wizard in self:
            wizard.entry_count = trail.search_count(
                wizard._domain(), limit=MAX_ROWS + 1
            )

    def _domain(self):
        """Domain of the entries; the trail's record rules do the rest."""
        domain = Domain.TRUE
        if self.date_from:
            domain &= Domain("at", ">=", self._midnight(self.date_from))
        if self.date_to:
            end = self._midnight(self.date_to + timedelta(days=1))
            domain &= Domain("at", "<", end)
        for name, field in (
            ("store_ids", "store_id"),
            ("project_ids", "project_id"),
            ("user_ids", "user_id"),
        ):
            if self[name]:
                domain &= Domain(field, "in", self[name]._origin.ids or self[name].ids)
        if self.action:
            domain &= Domain("action", "=", self.action)
        return domain

    def _midnight(self, day):
        """Naive UTC moment at which a day of the reader begins."""
        return to_timezone(None)(self.env.tz.localize(datetime.combine(day, time())))

    def action_export(self):
        """Download the sheet."""
        self.ensure_one()
        self.check_access("read")
        self._check_size()
        return {
            "type": "ir.actions.act_url",
            "url": f"/linkstar/trail/{self.id}.xlsx",
            "target": "self",
        }

    def _check_size(self):
        if self.entry_count > MAX_ROWS:
            raise UserError(
                self.env._(
                    "More than %(limit)s entries. Choose a shorter period, or stores, "
                    "projects or people.",
                    limit=f"{MAX_ROWS:,}",
                )
            )

    def export_xlsx(self):
        """The chosen entries that the caller may read, newest first.

        Text stays text whatever it begins with; the export itself is on the trail.

        :return: dict with ``filename``, ``mimetype`` and ``content`` (base64)
        :raise UserError: if there are more than ``MAX_ROWS``
        """
        self.ensure_one()
        self.check_access("read")
        self.env["linkstar.audit.entry"].check_access("read")
        self._check_size()
        env = self.env
        headers = [
            env._("When (%s)", env.tz),
            env._("Who"),
            env._("Login"),
            env._("Did"),
            env._("What"),
            env._("Record"),
            env._("Record id"),
            env._("Store"),
            env._("Project"),
            env._("Field"),
            env._("Before"),
            env._("After"),
            env._("Reason"),
        ]
        sheet = Sheet(env._("Audit trail"), headers, self._rows())
        content = workbook_bytes([sheet])
        self._tell_export()
        return {
            "filename": f"trail-{fields.Date.context_today(self)}.xlsx",
            "mimetype": XLSX,
            "content": base64.b64encode(content).decode(),
        }

    def _rows(self):
        """Yield rows of the sheet, a few thousand entries in memory at a time."""
        trail = self.env["linkstar.audit.entry"]
        actions = dict(trail._fields["action"]._description_selection(self.env))
        chosen, last = self._domain(), None
        while True:
            domain = chosen & Domain("id", "<", last) if last else chosen
            entries = trail.search(domain, order="id desc", limit=READ_AT_ONCE)
            if not entries:
                return
            for entry in entries:
                yield self._row(entry, actions)
            last = entries[-1].id
            # Entries are written in SQL only: nothing of theirs waits to be saved.
            entries.invalidate_recordset(flush=False)

    def _row(self, entry, actions):
        user, project = entry.user_id.sudo(), entry.project_id.sudo()
        moment = fields.Datetime.context_timestamp(self, entry.at)
        return [
            moment.strftime("%Y-%m-%d %H:%M:%S"),
            user.name or "",
            user.login or "",
            actions.get(entry.action, entry.action),
            entry.kind_label or "",
            entry.res_name or "",
            entry.res_id or "",
            entry.store_code or "",
            project.name or "",
            entry.field_label or "",
            entry.old_text or "",
            entry.new_text or "",
            entry.reason or "",
        ]

    def _tell_export(self):
        """The export is on the trail: who took how much of what away."""
        stores = self.store_ids
        self.env["linkstar.audit.entry"].sudo()._append(
            "linkstar.audit.entry",
            [
                {
                    "res_id": 0,
                    "res_name": self.env._("Audit trail"),
                    "store_id": stores.id if len(stores) == 1 else None,
                    "store_code": ", ".join(stores.mapped("code"))[:200],
                    "company_id": self.env.company.id,
                    "action": "export",
                    "field_name": "",
                    "old_value": "",
                    "new_value": "",
                    "reason": self.env._(
                        "%(count)s entries, %(first)s to %(last)s",
                        count=self.entry_count,
                        first=self.date_from or "…",
                        last=self.date_to or "…",
                    ),
                }
            ],
        )
