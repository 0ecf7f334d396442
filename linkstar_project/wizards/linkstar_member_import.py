"""Import of members from one sheet: preview, then all or nothing."""

import base64
import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.linkstar_project.engine import member_sheet, tabular

SHOWN_ERRORS = 100


class LinkstarMemberImport(models.TransientModel):
    """Read a sheet of members, show what it would change, change it."""

    _name = "linkstar.member.import"
    _description = "Import members"

    data = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("upload", "Choose a file"), ("preview", "Check"), ("done", "Imported")],
        default="upload",
        readonly=True,
    )
    can_import = fields.Boolean(readonly=True)
    report = fields.Html(readonly=True)

    def action_preview(self):
        """Show what would be added and changed, and every fault; write nothing."""
        self.ensure_one()
        plan = self._plan()
        fault = self._try(plan) if not plan["errors"] else ""
        self.sudo().write(
            {
                "state": "preview",
                "can_import": not plan["errors"] and not fault,
                "report": self._report(plan, fault),
            }
        )
        return self._reopen()

    def action_import(self):
        """Write the members; a second import of the same sheet adds nothing."""
        self.ensure_one()
        plan = self._plan()
        if plan["errors"]:
            raise UserError(
                self.env._(
                    "%(count)s rows are faulty, so nothing was imported. Correct the "
                    "sheet and preview it again.",
                    count=len({error.row for error in plan["errors"]}),
                )
            )
        self._write(plan)
        self.sudo().write({"state": "done", "report": self._report(plan, "")})
        return self._reopen()

    # -- from the file to a plan -------------------------------------------------------

    def _plan(self):
        """Return what the sheet would do: new, changed, same, errors, unknown."""
        sheet = self._read()
        finder = _Finder(self.env, sheet.entries)
        plan = {
            "new": [],
            "changed": [],
            "same": 0,
            "errors": list(sheet.errors),
            "unknown": sheet.unknown,
        }
        for entry in sheet.entries:
            values, faults = finder.values(entry)
            plan["errors"] += faults
            if not faults:
                self._compare(plan, finder, entry, values)
        plan["errors"].sort(key=lambda error: error.row)
        return plan

    def _compare(self, plan, finder, entry, values):
        found = finder.existing(entry, values)
        if not found:
            values.setdefault("date_from", fields.Date.today())
            values.setdefault("share", 100.0)
            plan["new"].append(values)
            return
        changes = {
            name: values[name]
            for name in ("date_to", "share", "is_lead")
            if name in values and found[name] != values[name]
        }
        if changes:
            plan["changed"].append((found, changes))
        else:
            plan["same"] += 1

    def _read(self):
        if not self.data:
            raise UserError(self.env._("Choose a file: xlsx or csv."))
        try:
            content = base64.b64decode(self.data, validate=True)
            return member_sheet.read_sheet(
                tabular.read_table(content, self.filename or "")
            )
        except binascii.Error:
            raise UserError(self.env._("The file did not arrive whole.")) from None
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None

    # -- writing ---------------------------------------------------------------------

    def _write(self, plan):
        members = self.env["linkstar.store.member"]
        # Endings first: they make room for the shares of those who follow.
        for member, changes in plan["changed"]:
            member.write(changes)
        members.create(plan["new"])

    def _try(self, plan):
        """Write and take back; return what the database objects to, if anything."""
        fault = ""
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            self._write(plan)
            self.env.flush_all()
        except (UserError, ValidationError) as error:
            fault = str(error)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.registry.clear_cache()
        return fault

    # -- words -----------------------------------------------------------------------

    def _report(self, plan, fault):
        summary = self.env._(
            "%(new)s new, %(changed)s changed, %(same)s as they stand.",
            new=len(plan["new"]),
            changed=len(plan["changed"]),
            same=plan["same"],
        )
        report = Markup("<p><b>%s</b></p>") % summary
        if plan["unknown"]:
            report += Markup("<p>%s</p>") % self.env._(
                "Columns not used: %s", ", ".join(plan["unknown"])[:500]
            )
        if fault:
            report += Markup('<p class="text-danger">%s</p>') % fault
        lines = Markup("").join(
            Markup("<li>%s</li>")
            % self.env._(
                "Row %(row)s: %(message)s",
                row=error.row,
                message=self._row_message(error),
            )
            for error in plan["errors"][:SHOWN_ERRORS]
        )
        if lines:
            report += Markup("<ul>%s</ul>") % lines
        return report

    def _row_message(self, error):
        _ = self.env._
        value = error.value
        sentences = {
            "missing": _("a cell is empty that is needed: owner or role."),
            "scope": _("name either a store or a store group."),
            "sku_needs_store": _("MSKU %s needs a store beside it.", value),
            "date": _("%s is no date. Write year-month-day.", value),
            "dates": _("it ends (%s) before it begins.", value),
            "number": _("%s is no number.", value),
            "share": _("share %s does not lie between 0 and 100.", value),
            "boolean": _("%s is neither yes nor no.", value),
            "twice": _("%s stands in an earlier row with the same role here.", value),
            "store": _("there is no store %s that you lead.", value),
            "group": _("there is no store group %s that you may change.", value),
            "sku": _("the store has no MSKU %s. Add the listing first.", value),
            "person": _("nobody is called %s. Use the login or e-mail.", value),
            "several": _("several people are called %s. Use the login.", value),
            "role": _("there is no role %s. See Settings, Roles.", value),
        }
        return sentences.get(error.code, error.code)

    @api.model
    def _table_message(self, error):
        _ = self.env._
        sentences = {
            "empty": _("The file is empty."),
            "too_big": _("The file is too big. Split it."),
            "expands": _("The file unpacks to too much. Save it again as csv."),
            "too_many_rows": _("The file has too many rows. Split it."),
            "too_many_columns": _("The file has too many columns."),
            "long_cell": _("A cell is too long: row %s.", error.detail),
            "not_a_table": _("This is no spreadsheet. Save it as xlsx or csv."),
            "encoding": _("The characters cannot be read. Save it as csv UTF-8."),
            "double_header": _("Two columns mean the same: %s.", error.detail),
            "no_header": _(
                "The first row must hold the headers store (or store group), owner "
                "and role; missing: %s",
                error.detail,
            ),
        }
        return sentences.get(error.code, error.code)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class _Finder:
    """Looks up, once for the whole sheet, what its rows name."""

    def __init__(self, env, entries):
        self.env = env
        stores = env["linkstar.store"].search(
            [("code", "in", list({entry.store for entry in entries}))]
        )
        user = env.user
        everything = user.has_group("linkstar_project.group_admin") or env.su
        led = set(user._linkstar_lead_store_ids())
        self.stores = {
            store.code: store.id for store in stores if everything or store.id in led
        }
        groups = env["linkstar.store.group"]
        if everything:
            groups = groups.search(
                [("code", "in", list({entry.group for entry in entries}))]
            )
        self.groups = {group.code: group.id for group in groups}
        listings = env["linkstar.listing"].search(
            [
                ("store_id", "in", list(self.stores.values())),
                ("sku", "in", list({entry.sku for entry in entries})),
            ]
        )
        self.listings = {(item.store_id.id, item.sku): item.id for item in listings}
        self.roles = self._roles()
        self.people = self._people({entry.person.casefold() for entry in entries})
        self.members = self._members()

    def _roles(self):
        """Roles by code and by name, in every installed language."""
        names = {}
        for code, _name in self.env["res.lang"].get_installed():
            for role in self.env["project.role"].with_context(lang=code).search([]):
                for text in (role.code, role.name):
                    if text:
                        names.setdefault(text.casefold(), role.id)
        return names

    def _people(self, wanted):
        """``{name: set of (user id, employee id)}`` by login, e-mail and name."""
        found = {}
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        employees = self.env["hr.employee"].sudo().search([])
        own = {employee.user_id.id: employee.id for employee in employees}
        people = [
            ((user.id, own.get(user.id)), (user.login, user.email, user.name))
            for user in users
        ]
        people += [
            ((False, employee.id), (employee.work_email, employee.name))
            for employee in employees
            if not employee.user_id
        ]
        for person, texts in people:
            for text in texts:
                if text and text.casefold() in wanted:
                    found.setdefault(text.casefold(), set()).add(person)
        return found

    def _members(self):
        """Members that stand already, by what makes them the same."""
        members = self.env["linkstar.store.member"].search(
            [
                "|",
                ("store_id", "in", list(self.stores.values())),
                ("group_id", "in", list(self.groups.values())),
            ]
        )
        found = {}
        for member in members.sorted("date_from"):
            found.setdefault(self._key(member), []).append(member)
        return found

    def _key(self, values):
        def plain(name):
            value = values[name] if name in values else False
            return (value.id if isinstance(value, models.BaseModel) else value) or 0

        person = plain("user_id") or -plain("employee_id")
        scope = (plain("store_id"), plain("group_id"), plain("listing_id"))
        return (*scope, plain("role_id"), person)

    def values(self, entry):
        """Return ``(values for a member, errors)`` of one row."""
        faults = []

        def fault(column, code, value):
            faults.append(tabular.RowError(entry.row, column, code, value))

        values = {"is_lead": entry.lead}
        if entry.store:
            values["store_id"] = self.stores.get(entry.store)
            if not values["store_id"]:
                fault("store", "store", entry.store)
        else:
            values["group_id"] = self.groups.get(entry.group)
            if not values["group_id"]:
                fault("group", "group", entry.group)
        if entry.sku and values.get("store_id"):
            values["listing_id"] = self.listings.get((values["store_id"], entry.sku))
            if not values["listing_id"]:
                fault("sku", "sku", entry.sku)
        values["role_id"] = self.roles.get(entry.role.casefold())
        if not values["role_id"]:
            fault("role", "role", entry.role)
        people = self.people.get(entry.person.casefold(), set())
        if len(people) == 1:
            values["user_id"], values["employee_id"] = next(iter(people))
        else:
            fault("person", "several" if people else "person", entry.person)
        values["date_to"] = entry.date_to or False
        if entry.date_from:
            values["date_from"] = entry.date_from
        if entry.share is not None:
            values["share"] = entry.share
        return values, faults

    def existing(self, entry, values):
        """Return the member that a row speaks of, or None."""
        found = self.members.get(self._key(values), [])
        if entry.date_from:
            found = [m for m in found if m.date_from == entry.date_from]
        return found[-1] if found else None
