"""Import of past scores from one sheet: preview, then all or nothing."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.linkstar_kpi.engine import past_sheet
from odoo.addons.linkstar_project.engine import tabular
from odoo.addons.linkstar_project.wizards.sheet_names import find_people


class LinkstarKpiPastImport(models.TransientModel):
    """Read a sheet of past scores, show what it would change, change it."""

    _name = "linkstar.kpi.past.import"
    _description = "Import past scores"
    _inherit = ["linkstar.sheet.import", "linkstar.kpi.manager.mixin"]

    _sample = past_sheet.SAMPLE

    def _check_rights(self):
        self._check_kpi_manager()

    def _plan(self):
        """Return what the sheet would do: new, changed, same, errors, unknown."""
        try:
            sheet = past_sheet.read_sheet(self._load_table())
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None
        plan = {"new": [], "changed": [], "same": 0}
        plan |= {"errors": list(sheet.errors), "unknown": sheet.unknown}
        people = find_people(self.env, {x.person.casefold() for x in sheet.entries})
        standing = self._standing(sheet.entries)
        for entry in sheet.entries:
            employee = self._employee(entry, people, plan["errors"])
            if employee:
                self._compare(plan, entry, employee, standing)
        plan["errors"].sort(key=lambda error: error.row)
        return plan

    def _employee(self, entry, people, errors):
        """Id of the one employee a row names; None and an error otherwise."""
        found = people.get(entry.person.casefold(), set())
        employees = {employee for _user, employee in found if employee}
        company = self.env["hr.employee"].sudo().browse(employees)
        company = company.filtered(lambda e: e.company_id in self.env.companies)
        if len(company) == 1:
            return company.id
        code = "several" if company else "person"
        errors.append(tabular.RowError(entry.row, "person", code, entry.person))
        return None

    def _standing(self, entries):
        past = self.env["linkstar.kpi.past.score"]
        days = [entry.day for entry in entries]
        found = past.search([("date_from", "in", days)])
        return {(x.employee_id.id, x.kind, x.date_from): x for x in found}

    def _compare(self, plan, entry, employee, standing):
        values = {"score": entry.score, "note": entry.note or False}
        known = standing.get((employee, entry.kind, entry.day))
        if not known:
            keys = {"employee_id": employee, "kind": entry.kind, "day": entry.day}
            plan["new"].append(keys | values)
        elif known.score != entry.score or known.note != values["note"]:
            plan["changed"].append((known, values))
        else:
            plan["same"] += 1

    def _write(self, plan):
        for past, values in plan["changed"]:
            past.write(values)
        self.env["linkstar.kpi.past.score"].create(plan["new"])

    def _summary(self, plan):
        return self.env._(
            "%(new)s new, %(changed)s changed, %(same)s as they stand.",
            new=len(plan["new"]),
            changed=len(plan["changed"]),
            same=plan["same"],
        )

    def _row_words(self, value):
        _ = self.env._
        return {
            "missing": _("a cell is empty that is needed: employee, period or score."),
            "period": _("%s is no period. Write 2025-11, 2025-W07 or 2025-Q4.", value),
            "number": _("%s is no number.", value),
            "score": _("score %s does not lie between 0 and 1,000.", value),
            "twice": _("%s stands in an earlier row with the same period.", value),
            "person": _("no employee is called %s. Use the login or e-mail.", value),
            "several": _("several people are called %s. Use the login.", value),
        }
