"""Import of running work from a spreadsheet or a Feishu table: open tasks."""

from collections import defaultdict
from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine import tabular, work_sheet
from ..models.plan.followers import insert_followers
from ..models.plan.task_rows import TaskRows, has_automation
from .sheet_names import find_led_stores, find_people

#: A task without an hour is due at the end of the working day.
DUE = time(18, 0)


class LinkstarWorkImport(models.TransientModel):
    """Read a sheet of running work, show it by store, add what is not here yet.

    The tasks go to one live project of the store, made when it is missing. Rows
    that are finished are left out; a task imported before stays as it is.
    """

    _name = "linkstar.work.import"
    _description = "Import running work"
    _inherit = ["linkstar.sheet.import"]

    _sample = "work"
    _limits = tabular.Limits(rows=10_000)

    store_id = fields.Many2one(
        "linkstar.store", help="For sheets without a column of stores."
    )

    def _check_rights(self):
        self.store_id._check_lead()

    # -- from the file to a plan ---------------------------------------------------

    def _plan(self):
        """Return ``new`` (pairs of work and ids), ``same``, ``closed``, errors."""
        try:
            sheet = work_sheet.read_sheet(self._load_table())
        except tabular.TableError as error:
            raise UserError(self._table_message(error)) from None
        plan = {
            "new": [],
            "same": 0,
            "closed": sheet.closed,
            "errors": list(sheet.errors),
            "unknown": sheet.unknown,
        }
        found = self._resolve(sheet.works, plan["errors"])
        known = self._known(found)
        for work, store_id, user_id in found:
            if (store_id, work.key) in known:
                plan["same"] += 1
            else:
                plan["new"].append((work, store_id, user_id))
        plan["errors"].sort(key=lambda error: error.row)
        return plan

    def _resolve(self, works, errors):
        """Return ``(work, store id, user id)`` of the rows without a fault."""
        stores = find_led_stores(self.env)
        people = find_people(self.env, {work.owner.casefold() for work in works})
        today = fields.Date.today()
        ids = {store_id for found in stores.values() for store_id in found}
        rows = self.env["linkstar.store.member"]._active_rows(ids, today, today)
        members = {(row["store_id"], row["user_id"]) for row in rows}
        found, seen = [], set()
        for work in works:
            store_id, code = self._store_of(work, stores)
            user_id, fault = self._owner_of(work, people)
            code = code or fault
            if not code and (store_id, user_id) not in members:
                user = self.env["res.users"].sudo().browse(user_id)
                if not user._linkstar_sees_all("write"):
                    code = ("owner", "member", work.owner)
            if not code and (store_id, work.key) in seen:
                code = ("task", "twice", work.name)
            if code:
                errors.append(tabular.RowError(work.row, *code))
                continue
            seen.add((store_id, work.key))
            found.append((work, store_id, user_id))
        return found

    def _store_of(self, work, stores):
        if not work.store:
            if self.store_id:
                return self.store_id.id, None
            return None, ("store", "no_store", "")
        found = stores.get(work.store.casefold(), ())
        if len(found) == 1:
            return next(iter(found)), None
        return None, ("store", "stores" if found else "store", work.store[:100])

    def _owner_of(self, work, people):
        found = people.get(work.owner.casefold(), set())
        users = {user_id for user_id, _employee in found if user_id}
        if len(users) == 1:
            return next(iter(users)), None
        code = "several" if len(found) > 1 else "no_login" if found else "person"
        return None, ("owner", code, work.owner[:100])

    def _known(self, found):
        """Keys of rows imported before, finished and archived tasks included."""
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        groups = tasks._read_group(
            [
                ("store_id", "in", list({store_id for _w, store_id, _u in found})),
                ("import_key", "!=", False),
            ],
            ["store_id", "import_key"],
        )
        return {(store.id, key) for store, key in groups}

    # -- writing -------------------------------------------------------------------

    def _write(self, plan):
        by_store = defaultdict(list)
        for work, store_id, user_id in plan["new"]:
            by_store[store_id].append((work, user_id))
        for store_id, works in sorted(by_store.items()):
            store = self.env["linkstar.store"].browse(store_id)
            store._check_lead()
            project = self._project_of(store)
            self._add_tasks(project, works)
            project.with_env(self.env)._linkstar_audit_log(
                "other",
                reason=self.env._(
                    "Imported %(count)s open tasks from %(file)s",
                    count=len(works),
                    file=self.filename or "",
                ),
            )

    def _project_of(self, store):
        """The store's live project of imported work; the database keeps it single."""
        projects = self.env["project.project"].sudo()
        projects = projects.with_context(tracking_disable=True, linkstar_launch=True)
        key = f"import:{store.id}"
        found = projects.search([("launch_key", "=", key), ("is_live", "=", True)])
        if found:
            return found[0]
        leads = self.env["linkstar.store.member"]._leads(
            store.ids, fields.Date.today()
        )[store.id]
        project = projects.create(
            {
                "name": self.env._("Running work · %s", store.sudo().code),
                "linkstar_kind": "routine",
                "store_id": store.id,
                "company_id": store.sudo().company_id.id,
                "launch_key": key,
                "user_id": (leads & self.env.user or leads[:1] or self.env.user).id,
                "date_start": fields.Date.today(),
                "allow_timesheets": False,
                "privacy_visibility": "employees",
            }
        )
        for lang, _name in self.env["res.lang"].get_installed():
            words = self.with_context(lang=lang).env
            name = words._("Running work · %s", store.sudo().code)
            project.with_context(lang=lang).name = name
        return project

    def _add_tasks(self, project, works):
        """Insert tasks in one go; automation rules hear of them where there are any."""
        stages = project.type_ids.sorted(lambda stage: (stage.sequence, stage.id))
        zone = self._zone(project.company_id)
        values = [
            self._task_values(project, stages, zone, work, user_id)
            for work, user_id in works
        ]
        env = project.env
        if has_automation(env):
            to_many = ("user_ids", "role_ids", "tag_ids")
            tasks = env["project.task"].create(
                [
                    {**v, **{name: [Command.set(v[name])] for name in to_many}}
                    for v in values
                ]
            )
        else:
            tasks = TaskRows(env).insert(values)
        followers = defaultdict(list)
        for task, (_work, user_id) in zip(tasks, works, strict=True):
            followers[user_id].append(task.id)
        insert_followers(env, "project.task", followers)
        insert_followers(env, "project.project", dict.fromkeys(followers, project.ids))

    def _task_values(self, project, stages, zone, work, user_id):
        due = datetime.combine(work.due, DUE, zone).astimezone(timezone.utc)
        due = due.replace(tzinfo=None)
        lines = Markup("<br>").join(escape(line) for line in work.note.splitlines())
        return {
            "name": work.name,
            "description": Markup("<p>%s</p>") % lines if work.note else False,
            "import_key": work.key,
            "priority": "1" if work.is_urgent else "0",
            "state": "01_in_progress",
            "sequence": 10,
            "allocated_hours": 0.0,
            "remaining_hours": 0.0,
            "date_deadline": due,
            "first_deadline": due,
            "user_ids": [user_id],
            "role_ids": [],
            "tag_ids": [],
            "project_id": project.id,
            "company_id": project.company_id.id,
            "stage_id": (stages[1:2] if work.is_started else stages[:1]).id,
            "store_id": project.store_id.id,
            "linkstar_kind": project.linkstar_kind,
            "is_trial": False,
            "has_template_ancestor": False,
            "partner_id": False,
            "parent_id": False,
            "display_in_project": True,
        }

    def _zone(self, company):
        calendar = company.resource_calendar_id
        return ZoneInfo(calendar.tz or company.partner_id.tz or "UTC")

    def action_open(self):
        """Show the projects that hold imported work of one's stores."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_project.project_launch_action"
        )
        action["domain"] = [("launch_key", "=like", "import:%")]
        return action

    # -- words ---------------------------------------------------------------------

    def _summary(self, plan):
        return self.env._(
            "%(new)s new tasks, %(same)s imported before, %(closed)s finished rows "
            "left out.",
            new=len(plan["new"]),
            same=plan["same"],
            closed=plan["closed"],
        )

    def _details(self, plan):
        if plan["errors"] or not plan["new"]:
            return Markup("")
        by_store = defaultdict(list)
        for work, store_id, user_id in plan["new"]:
            by_store[store_id].append((work, user_id))
        stores = self.env["linkstar.store"].browse(by_store)
        today = fields.Date.context_today(self)
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (
                store.code,
                len(by_store[store.id]),
                len({user_id for _work, user_id in by_store[store.id]}),
                sum(work.due < today for work, _user in by_store[store.id]),
                format_date(
                    self.env, max(work.due for work, _user in by_store[store.id])
                ),
            )
            for store in stores
        )
        heads = (
            self.env._("Store"),
            self.env._("Tasks"),
            self.env._("People"),
            self.env._("Overdue"),
            self.env._("Last due date"),
        )
        head = Markup("").join(Markup("<th>%s</th>") % text for text in heads)
        return Markup(
            '<div class="table-responsive"><table class="table table-sm">'
            "<tr>%s</tr>%s</table></div>"
        ) % (head, rows)

    def _row_words(self, value):
        _ = self.env._
        return {
            "missing": _("a cell is empty that is needed: task, owner or due date."),
            "long": _("the name is too long: %s…", value),
            "date": _("%s is no date. Write year-month-day.", value),
            "state": _("the state %s is not known: open, in progress, done.", value),
            "several_owners": _("one person is accountable, not several: %s.", value),
            "twice": _("%s stands in an earlier row.", value),
            "no_store": _("the store is missing."),
            "store": _("there is no store %s that you lead.", value),
            "stores": _("several stores are called %s. Use the code.", value),
            "person": _("nobody is called %s. Use the login or e-mail.", value),
            "several": _("several people are called %s. Use the login.", value),
            "no_login": _("%s does not sign in and cannot own a task.", value),
            "member": _(
                "%s is no member of the store. Add them under Stores, Members.", value
            ),
        }

    def _header_words(self, missing):
        return self.env._(
            "The first row must hold the headers task, owner and due date; missing: %s",
            missing,
        )
