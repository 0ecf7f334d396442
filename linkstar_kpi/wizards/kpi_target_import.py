"""Import of targets from one sheet: preview, then all or nothing."""

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_kpi.engine import period as calendar
from odoo.addons.linkstar_kpi.engine import target_sheet
from odoo.addons.linkstar_project.engine import tabular
from odoo.addons.linkstar_project.wizards.sheet_names import find_people

NOT_FOUND = ("metric", "store", "department", "category")


class LinkstarKpiTargetImport(models.TransientModel):
    """Read a sheet of targets, show what it would change, change it."""

    _name = "linkstar.kpi.target.import"
    _description = "Import targets"
    _inherit = ["linkstar.sheet.import", "linkstar.kpi.manager.mixin"]

    _sample = "targets"
    _limits = tabular.Limits(rows=5000)

    def _check_rights(self):
        self._check_kpi_manager()

    def _plan(self):
        """What the sheet would do: new, changed, same, errors, unknown."""
        try:
            sheet = target_sheet.read_sheet(self._load_table())
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None
        finder = _Finder(self.env, sheet.entries)
        plan = {"new": [], "changed": [], "same": 0, "periods": set()}
        plan |= {"errors": list(sheet.errors), "unknown": sheet.unknown}
        for entry in sheet.entries:
            values, faults = finder.values(entry)
            plan["errors"] += faults
            if not faults:
                self._compare(plan, finder, entry, values)
        plan["errors"].sort(key=lambda error: error.row)
        return plan

    def _compare(self, plan, finder, entry, values):
        standing = finder.standing(entry, values)
        if not standing:
            if not finder.period(entry):
                plan["periods"].add(calendar.code(entry.kind, entry.day))
            plan["new"].append((entry, values))
            return
        changes = {
            name: value
            for name, value in values.items()
            if name in ("value", "floor", "stretch", "use_limits")
            and standing[name] != value
        }
        if not changes:
            plan["same"] += 1
        elif standing.state in ("agreed", "change") or (
            standing.is_started and not standing.is_late
        ):
            plan["errors"].append(
                tabular.RowError(entry.row, "value", "fixed", standing.display_name)
            )
        else:
            plan["changed"].append((standing, changes))

    def _write(self, plan):
        for target, changes in plan["changed"]:
            target.write(changes)
        periods, new = {}, []
        for entry, values in plan["new"]:
            key = (entry.kind, calendar.bounds(entry.kind, entry.day)[0])
            if key not in periods:
                periods[key] = self._period(entry)
            new.append({**values, "period_id": periods[key].id})
        targets = self.env["linkstar.kpi.target"]
        made = targets.create(new)
        made |= targets.union(*(target for target, _changes in plan["changed"]))
        made.sudo().origin = self.filename or self.env._("Spreadsheet")

    def _period(self, entry):
        periods = self.env["linkstar.kpi.period"]
        found = _period_of(self.env, entry)
        return found or periods.create({"kind": entry.kind, "day": entry.day})

    def _summary(self, plan):
        text = self.env._(
            "%(new)s new, %(changed)s changed, %(same)s as they stand.",
            new=len(plan["new"]),
            changed=len(plan["changed"]),
            same=plan["same"],
        )
        if plan["periods"]:
            text += " " + self.env._(
                "Periods opened: %s.", ", ".join(sorted(plan["periods"]))
            )
        return text

    def _row_words(self, value):
        _ = self.env._
        return {
            "missing": _("a cell is empty that is needed: period, metric or target."),
            "period": _("%s is no period. Write 2026-05, 2026-W07 or 2026-Q2.", value),
            "number": _("%s is no number.", value),
            "subject": _("name only one of person, store and department."),
            "limits": _("give floor and stretch together, or neither."),
            "twice": _("%s stands in an earlier row for the same.", value),
            "metric": _("there is no metric %s. Use its code.", value),
            "store": _("there is no store %s.", value),
            "department": _("there is no department %s.", value),
            "category": _("there is no category %s.", value),
            "person": _("nobody is called %s. Use the login or e-mail.", value),
            "several": _("several people are called %s. Use the login.", value),
            "note": _("its period runs already: say in the note why it is set now."),
            "fixed": _(
                "%s is agreed or has begun. Ask for a change with a reason.", value
            ),
        }

    def _header_words(self, missing):
        return self.env._(
            "The first row must hold the headers period, metric and target; missing: "
            "%s",
            missing,
        )


def _period_of(env, entry):
    return env["linkstar.kpi.period"].search(
        [
            ("kind", "=", entry.kind),
            ("date_from", "=", calendar.bounds(entry.kind, entry.day)[0]),
            ("company_id", "=", env.company.id),
        ],
        limit=1,
    )


class _Finder:
    """Looks up, once for the whole sheet, what its rows name."""

    def __init__(self, env, entries):
        self.env = env
        self.people = find_people(env, {entry.person.casefold() for entry in entries})
        self.names = {name: self._names(name) for name in NOT_FOUND}
        self.periods = {}
        for entry in entries:
            key = self._period_key(entry)
            if key not in self.periods:
                self.periods[key] = _period_of(env, entry)
        periods = env["linkstar.kpi.period"].union(*self.periods.values())
        targets = env["linkstar.kpi.target"].search([("period_id", "in", periods.ids)])
        self.targets = {
            (target.period_id, target.metric_id.id, target._subject()): target
            for target in targets
        }

    def _names(self, name):
        """Folded code or name, in every language, to id; unclear ones left out."""
        model = {
            "metric": "linkstar.metric",
            "store": "linkstar.store",
            "department": "hr.department",
            "category": "linkstar.kpi.category",
        }[name]
        found = {}
        for code, _label in self.env["res.lang"].get_installed():
            for record in self.env[model].with_context(lang=code).search([]):
                texts = {record.name}
                if "code" in record._fields:
                    texts.add(record.code)
                for text in filter(None, texts):
                    found.setdefault(text.casefold(), set()).add(record.id)
        return {text: ids for text, ids in found.items() if len(ids) == 1}

    @staticmethod
    def _period_key(entry):
        return entry.kind, calendar.bounds(entry.kind, entry.day)[0]

    def period(self, entry):
        """The period of a row, or an empty recordset if it is not open yet."""
        return self.periods[self._period_key(entry)]

    def values(self, entry):
        """Return ``(values for a target, errors)`` of one row."""
        faults = []

        def fault(column, code, value=""):
            faults.append(tabular.RowError(entry.row, column, code, value))

        values = {"value": entry.value, "note": entry.note}
        for name in NOT_FOUND:
            text = getattr(entry, name)
            if text:
                (res_id,) = self.names[name].get(text.casefold(), {0})
                values[f"{name}_id"] = res_id
                if not res_id:
                    fault(name, name, text)
        if entry.person:
            people = self.people.get(entry.person.casefold(), set())
            people = {employee for _user, employee in people if employee}
            if len(people) == 1:
                values["employee_id"] = people.pop()
            else:
                fault("person", "several" if people else "person", entry.person)
        if entry.floor is not None:
            values |= {"use_limits": True, "floor": entry.floor}
            values["stretch"] = entry.stretch
        if not faults and not self.standing(entry, values):
            first = calendar.bounds(entry.kind, entry.day)[0]
            if first <= fields.Date.today() and not entry.note:
                fault("note", "note")
        return values, faults

    def standing(self, entry, values):
        """The target that a row speaks of, or None."""
        category = values.get("category_id") or 0
        subject = ("company", self.env.company.id, category)
        for kind in ("employee", "store", "department"):
            if values.get(f"{kind}_id"):
                subject = (kind, values[f"{kind}_id"], category)
        return self.targets.get((self.period(entry), values["metric_id"], subject))
