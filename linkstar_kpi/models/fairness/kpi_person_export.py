"""Everything the KPI part keeps about one person, for that person to take along."""

import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.linkstar_kpi.models.card.kpi_scorecard_export import XLSX
from odoo.addons.linkstar_project.engine.workbook import Sheet, workbook_bytes

#: Model, path to the person, fields: a sheet each beside those of the cards.
RECORDS = (
    ("linkstar.kpi.assignment", ("scheme_id", "date_from", "date_to", "joined_on")),
    ("linkstar.kpi.target", ("period_id", "metric_id", "value", "state", "agreed_at")),
    (
        "linkstar.kpi.acknowledgement",
        ("version_id", "kind", "acknowledged_at", "note"),
    ),
    ("linkstar.kpi.consent", ("number", "text", "given_at", "withdrawn_at")),
    (
        "linkstar.kpi.appeal",
        ("scorecard_id", "create_date", "reason", "state", "answer", "answered_at"),
    ),
    (
        "linkstar.kpi.action",
        ("period_id", "metric_id", "create_date", "state", "points_before", "moved"),
    ),
    ("linkstar.kpi.view.log", ("scorecard_id", "day", "user_id")),
)
PAY = (
    "linkstar.kpi.bonus.line",
    ("run_id", "kind", "base", "score", "amount", "held_back", "payable", "steps"),
)


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    @api.model
    def export_person(self, employee_id=None):
        """One person's data as a workbook.

        :param employee_id: somebody else, for a KPI manager; empty: oneself. Pay is
            in it only for the person (their locked runs) and for payroll
        :return: dict with ``filename``, ``mimetype`` and ``content`` (base64)
        :raise AccessError: for somebody else's data, unless a KPI manager asks
        """
        employee = self._export_subject(employee_id)
        cards = self.search([("employee_id", "=", employee.id)], order="date_from, id")
        cards._linkstar_audit_log("export", self.env._("Everything about the person."))
        cards._log_view()
        sheets = [cards._card_sheet(), cards._line_sheet()]
        sheets += [
            self._record_sheet(model, names, employee) for model, names in RECORDS
        ]
        if self.env["linkstar.kpi.bonus.line"].has_access("read"):
            sheets.append(self._record_sheet(*PAY, employee))
        return {
            "filename": f"kpi-{employee.name}.xlsx",
            "mimetype": XLSX,
            "content": base64.b64encode(workbook_bytes(sheets)).decode(),
        }

    def _export_subject(self, employee_id):
        own = self.env.user._linkstar_kpi_own_ids()
        wanted = employee_id or next(iter(own), None)
        employee = self.env["hr.employee"].sudo().browse(wanted or []).exists()
        if not employee:
            raise UserError(
                self.env._("No employee belongs to your login. Ask your KPI manager.")
            )
        if employee.id not in own:
            if not self.env.user.has_group("linkstar_kpi.group_kpi_manager"):
                raise AccessError(
                    self.env._("People export their own data, KPI managers anybody's.")
                )
            if employee.company_id not in self.env.companies:
                raise AccessError(
                    self.env._("%s belongs to another company.", employee.name)
                )
        return employee

    def _record_sheet(self, model, names, employee):
        """The person's records of a model, as the caller may see them."""
        records = self.env[model].search([("employee_id", "=", employee.id)])
        model_fields = self.env[model].fields_get(names)
        headers = [model_fields[name]["string"] for name in names]
        rows = [
            [self._cell(record, name) for name in names] for record in records.sudo()
        ]
        title = self.env["ir.model"]._get(model).sudo().name
        return Sheet(title, headers, rows)

    def _cell(self, record, name):
        """A field's value as a cell: names of records, labels, plain values."""
        value, field = record[name], record._fields[name]
        if isinstance(value, models.BaseModel):
            return value.display_name or ""
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return labels.get(value, "")
        if field.type in ("float", "monetary", "integer"):
            return value
        if field.type in ("date", "datetime"):
            return fields.Datetime.to_string(value) if value else ""
        return value or ""

    def action_export_person(self):
        """Download everything about the card's person."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/linkstar/kpi/person/{self.sudo().employee_id.id}.xlsx",
            "target": "self",
        }
