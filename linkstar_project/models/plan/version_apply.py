"""Applying a version to running projects, with a journal for undoing it."""

from datetime import timedelta, timezone

from odoo import fields, models

from ...engine.snapshot import localise
from .project_replan import naive
from .version_propagate import COLUMNS

#: What must still be so of a step that was added, for it to be taken away again.
ADDED = ("name", "state", "allocated_hours", "planned_date_begin", "date_deadline")


class Journal:
    """What a propagation changed in one project: before and after, by task.

    Plain values, as they are stored in JSON.
    """

    def __init__(self, version_id):
        self.data = {"version": version_id, "tasks": {}, "links": {}, "added": {}}

    def note(self, task, vals):
        """Note values that are about to be written."""
        pair = self.data["tasks"].setdefault(str(task.id), [{}, {}])
        for name, value in vals.items():
            pair[0].setdefault(name, plain(task[name]))
            pair[1][name] = plain(value)

    def note_links(self, task, befores):
        """Note predecessors that are about to be written."""
        pair = self.data["links"].setdefault(str(task.id), [task.depend_on_ids.ids, []])
        pair[1] = sorted(befores)

    def note_added(self, task):
        """Note a step that was created, as it was left."""
        self.data["added"][str(task.id)] = {name: plain(task[name]) for name in ADDED}


def plain(value):
    """A field's value as JSON keeps it.

    >>> plain(False), plain(2.0)
    ('', 2.0)
    """
    if value is None or value is False or value == "":
        return ""
    if isinstance(value, bool | int | float):
        return value
    return str(value)


class LinkstarTemplateVersion(models.Model):
    _inherit = "linkstar.template.version"

    # -- applying ----------------------------------------------------------------

    def _apply_decided(self, decided):
        """Apply to all projects; equal values of many tasks are written at once.

        :param decided: list of ``Decided``
        :return: ``{project_id: Journal}``: what to put back to undo it
        """
        journals = {
            one.project.id: Journal(one.project.version_id.id) for one in decided
        }
        writes = {}
        for one in decided:
            self._apply_changes(one, journals[one.project.id], writes)
        for vals, ids in writes.values():
            self._no_tasks().browse(ids).write(vals)
        behind = (
            self.env["project.project"]
            .sudo()
            .browse([o.project.id for o in decided if o.project.version_id != self])
        )
        behind.write({"version_id": self.id})
        self._log_propagation(decided)
        return journals

    def _log_propagation(self, decided):
        changed = [one for one in decided if one.taken]
        projects = self.env["project.project"].browse([o.project.id for o in changed])
        projects.sudo()._message_log_batch(
            bodies={
                one.project.id: self.env._(
                    "Brought to version %(number)s by %(who)s (%(count)s steps).",
                    number=self.number,
                    who=self.env.user.name,
                    count=len(one.taken),
                )
                for one in changed
            }
        )

    def _apply_changes(self, one, journal, writes):
        """Apply to one project.

        :param one: a ``Decided``
        :param journal: the project's :class:`Journal`, filled here
        :param writes: ``{key: (values, task ids)}``, filled here, written by the caller
        """
        lang = one.project.user_id.lang or self.env.lang
        tasks = one.tasks
        added = [change for change in one.taken if change.kind == "add"]
        for change in one.taken:
            vals = {}
            if change.kind == "drop":
                vals = {"state": "1_canceled"}
            elif change.kind == "change":
                vals = self._changed_values(change, lang)
            if vals:
                journal.note(tasks[change.uid], vals)
                known = writes.setdefault(repr(vals), (vals, []))
                known[1].append(tasks[change.uid].id)
        if added:
            self._add_by_level(one.project, added, tasks, lang)
        for change in one.taken:
            if change.kind == "change" and "depends_on" in change.fields:
                # Now that what it may wait for is there.
                self._link_step(change.after, tasks, journal)
        if added:
            self._link_added(one.new, added, tasks, journal)
            self._date_added(one.project, [tasks[change.uid] for change in added])
            for change in added:
                journal.note_added(tasks[change.uid])

    def _no_tasks(self):
        return self.env["project.task"].sudo()

    def _changed_values(self, change, lang):
        vals = {
            COLUMNS[name]: change.after[name]
            for name in change.fields
            if name in COLUMNS
        }
        for name in ("name", "description"):
            if name in change.fields:
                vals[name] = localise(change.after[name], lang)
        return vals

    @staticmethod
    def _link_step(source, tasks, journal):
        """Make a step wait for what the version says; what the team tied stays."""
        task = tasks[source["uid"]]
        befores = {tasks[uid].id for uid in source["depends_on"] if uid in tasks}
        befores |= set(
            task.depend_on_ids.filtered(lambda before: not before.node_uid).ids
        )
        if befores != set(task.depend_on_ids.ids):
            journal.note_links(task, befores)
            task.depend_on_ids = [(6, 0, sorted(befores))]

    def _add_by_level(self, project, added, tasks, lang):
        """Create added steps, those that have added parts first."""
        left = {change.uid: change for change in added}
        while left:
            ready = [c for c in left.values() if c.after["parent"] not in left]
            for change in ready:
                del left[change.uid]
            tasks.update(self._add_steps(project, ready, tasks, lang))

    def _add_steps(self, project, added, tasks, lang):
        """Create added steps for their role's person, else for the lead."""
        records = (
            self.env["project.task"]
            .sudo()
            .with_context(mail_auto_subscribe_no_notify=True)
        )
        roles = self.env["project.role"].sudo().search([("code", "!=", False)])
        by_code = {role.code: role.id for role in roles}
        people = (
            self.env["linkstar.store.member"]
            .sudo()
            ._resolve(
                roles.ids,
                project.store_id.ids,
                fields.Date.today(),
                sku=project.subject_listing_id.sku,
            )
        )
        values = []
        for change in added:
            source = change.after
            role_id = by_code.get(source["role"])
            owner = people.get((role_id, project.store_id.id)) or project.user_id
            parent = tasks.get(source["parent"])
            values.append(
                {
                    **{c: source[name] for name, c in COLUMNS.items()},
                    "name": localise(source["name"], lang),
                    "description": localise(source["description"], lang) or False,
                    "node_uid": change.uid,
                    "project_id": project.id,
                    "parent_id": parent.id if parent else False,
                    "user_ids": [(6, 0, owner[:1].ids)],
                    "role_ids": [(6, 0, [role_id] if role_id else [])],
                    "offset_days": source["offset_days"],
                    "planned_date_begin": self._earliest(project, source),
                    "sequence": source["sequence"],
                }
            )
        created = records.create(values)
        return dict(zip((change.uid for change in added), created, strict=True))

    @staticmethod
    def _earliest(project, source):
        """When an added step may begin: now, or on its day after the start."""
        begin = fields.Datetime.now()
        if project.anchor == "start" and project.anchor_date:
            day = project._linkstar_midnight(project.anchor_date)
            day += timedelta(days=source["offset_days"] or 0)
            begin = max(begin, day.replace(tzinfo=None))
        return begin

    def _date_added(self, project, added):
        """Give added steps the dates that the project's plan has for them."""
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        _tasks, _items, schedule = project._linkstar_planned(
            project._linkstar_replan, now
        )
        for task in added:
            leaves = task._get_all_subtasks() - task._get_all_subtasks().parent_id
            slots = [schedule.slots[leaf.id] for leaf in leaves or task]
            begin = min(slot.start for slot in slots)
            end = max(slot.end for slot in slots)
            vals = {"planned_date_begin": naive(begin), "date_deadline": naive(end)}
            task.write(vals)
            task._linkstar_store_system(task, {"first_begin": naive(begin)})

    def _link_added(self, new, added, tasks, journal):
        """Connect added steps, and create their gates."""
        gates = self.env["linkstar.gate"].sudo()
        uids = {change.uid for change in added}
        sources = []
        for source in new["tasks"]:
            if source["uid"] not in uids:
                continue
            self._link_step(source, tasks, journal)
            sources += [(source["uid"], gate) for gate in source["gates"]]
        if sources:
            refs = gates._snapshot_refs([gate for _uid, gate in sources])
            records = gates.create(
                [
                    {
                        **gates._from_snapshot(gate, refs, self.env.lang),
                        "task_id": tasks[uid].id,
                    }
                    for uid, gate in sources
                ]
            )
            records._refresh()
