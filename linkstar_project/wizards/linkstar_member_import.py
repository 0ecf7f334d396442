"""Import of members from one sheet: preview, then all or nothing."""

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_project.engine import member_sheet, tabular

from .sheet_names import find_people, find_roles


class LinkstarMemberImport(models.TransientModel):
    """Read a sheet of members, show what it would change, change it."""

    _name = "linkstar.member.import"
    _description = "Import members"
    _inherit = ["linkstar.sheet.import"]

    _sample = "members"

    # -- from the file to a plan ---------------------------------------------------

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
        try:
            return member_sheet.read_sheet(self._load_table())
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None

    # -- writing -------------------------------------------------------------------

    def _write(self, plan):
        members = self.env["linkstar.store.member"]
        # Endings first: they make room for the shares of those who follow.
        for member, changes in plan["changed"]:
            member.write(changes)
        members.create(plan["new"])

    # -- words ---------------------------------------------------------------------

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

    def _header_words(self, missing):
        return self.env._(
            "The first row must hold the headers store (or store group), owner "
            "and role; missing: %s",
            missing,
        )


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
        self.roles = find_roles(env)
        self.people = find_people(env, {entry.person.casefold() for entry in entries})
        self.members = self._members()

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
