"""A new version reaches projects that run an older one."""

from datetime import timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine import merge
from ...engine.schedule import NoWorkingTime
from ...engine.snapshot import localise

#: What a new version changes in running tasks: content, not who and when.
MERGED = (
    "name",
    "description",
    "hours",
    "duration_kind",
    "duration_days",
    "depends_on",
    "is_key",
    "is_review",
    "evidence_required",
    "priority",
)
COLUMNS = {
    "hours": "allocated_hours",
    "duration_kind": "duration_kind",
    "duration_days": "duration_days",
    "is_key": "is_key",
    "is_review": "is_review",
    "evidence_required": "evidence_required",
    "priority": "priority",
}
CLOSED = ("1_done", "1_canceled")


class LinkstarTemplateVersion(models.Model):
    _inherit = "linkstar.template.version"

    def propagate(self, project_ids, choices=None, preview=False):
        """Bring running projects to this version.

        Three things are compared: the version a project was launched from, this
        one, and the project today. What nobody touched is applied; where work
        began or somebody edited the same thing, ``choices`` decides, and without a
        choice the project stays as it is. Finished tasks are never touched.

        :param project_ids: ids of live projects of this template
        :param choices: ``{project_id: {step uid: "take" or "keep"}}`` for conflicts
        :param preview: only report
        :return: list of dicts, one a project: ``project_id``, ``applied`` and
            ``left`` (lists of dicts ``kind``, ``uid``, ``name``, ``fields``,
            ``conflict``: ``started``, ``edited``, or ``gates``, which stay as they
            were launched)
        :raises UserError: when this version is retired or older than a project's,
            or a project is of another template or has ended
        """
        self.ensure_one()
        self.check_access("read")
        projects = self.env["project.project"].browse(project_ids).exists()
        projects.check_access("read")
        running = projects.sudo()
        running.store_id.with_env(self.env)._check_lead()
        self._check_propagation(running)
        choices = {int(key): value for key, value in (choices or {}).items()}
        tasks = self._running_steps(running)
        snapshots = {v.id: v._read_snapshot() for v in running.version_id | self}
        report, writes = [], {}
        for project in running:
            launched = project.version_id
            base = launched._snapshot_for(project, snapshots[launched.id])
            new = self._snapshot_for(project, snapshots[self.id])
            changes = merge.three_way(
                base,
                new,
                self._steps_today(base, tasks[project.id]),
                MERGED,
            )
            chosen = choices.get(project.id, {})
            taken = [
                c for c in changes if not c.conflict or chosen.get(c.uid) == "take"
            ]
            taken = [c for c in taken if not self._is_closed(c, tasks[project.id])]
            left = [c for c in changes if c not in taken]
            left += self._changed_gates(base, new, tasks[project.id])
            if not preview:
                self._apply_changes(project, new, taken, tasks[project.id], writes)
            report.append(
                {
                    "project_id": project.id,
                    "applied": [self._merge_words(c) for c in taken],
                    "left": [self._merge_words(c) for c in left],
                }
            )
        for vals, changed in writes.values():
            changed.write(vals)
        return report

    def _changed_gates(self, base, new, tasks):
        """Changes of gates of open steps: running work keeps the gates it has."""
        return [
            merge.Change(
                "change",
                change.uid,
                change.before,
                change.after,
                {"gates": change.fields["gates"]},
                "gates",
            )
            for change in merge.diff(base, new)
            if "gates" in change.fields
            and change.uid in tasks
            and tasks[change.uid].state not in CLOSED
        ]

    def _check_propagation(self, projects):
        if self.state != "published":
            raise UserError(
                self.env._(
                    "%(version)s is retired. Bring projects to a published version.",
                    version=self.display_name,
                )
            )
        for project in projects:
            if project.version_id.project_id != self.sudo().project_id:
                raise UserError(
                    self.env._(
                        "%(project)s was not launched from %(template)s.",
                        project=project.name,
                        template=self.sudo().project_id.name,
                    )
                )
            if project.version_id.number > self.number:
                raise UserError(
                    self.env._(
                        "%(project)s runs version %(number)s already, which is newer.",
                        project=project.name,
                        number=project.version_id.number,
                    )
                )
            if project.outcome or project.finished_at or not project.active:
                raise UserError(
                    self.env._(
                        "%(project)s has ended and stays as it is.",
                        project=project.name,
                    )
                )

    def _merge_words(self, change):
        return {**self._change_words(change), "conflict": change.conflict}

    @staticmethod
    def _is_closed(change, tasks):
        task = tasks.get(change.uid)
        return bool(task) and task.state in CLOSED

    def _running_steps(self, projects):
        """``{project_id: {uid: task}}`` in one query."""
        tasks = (
            self.env["project.task"]
            .sudo()
            .search([("project_id", "in", projects.ids), ("node_uid", "!=", False)])
        )
        found = {project.id: {} for project in projects}
        for task in tasks:
            found[task.project_id.id][task.node_uid] = task
        return found

    def _steps_today(self, base, tasks):
        """The project's steps in the form of a snapshot."""
        origin = {task["uid"]: task for task in base["tasks"]}
        today = {}
        for uid, task in tasks.items():
            known = origin.get(uid, {"name": {}, "description": {}})
            today[uid] = {
                **known,
                "uid": uid,
                "name": self._same_text(known["name"], task.name),
                "description": self._same_text(known["description"], task.description),
                "depends_on": sorted(
                    before.node_uid for before in task.depend_on_ids if before.node_uid
                ),
                **{name: task[column] for name, column in COLUMNS.items()},
                "started": task.state in CLOSED
                or task.state in ("02_changes_requested", "03_approved")
                or bool(task.stage_id.sequence > 1 and not task.is_blocked),
            }
        return today

    @staticmethod
    def _same_text(known, text):
        """The known texts while the task still shows one of them."""
        text = str(text or "")
        if text in (known or {}).values() or not text and not known:
            return known
        return {"": text}

    # -- applying ----------------------------------------------------------------

    def _apply_changes(self, project, new, changes, tasks, writes):
        """Apply to one project; equal values of many projects are written once.

        :param writes: ``{key: [values, tasks]}``, filled here, written by the caller
        """
        lang = project.user_id.lang or self.env.lang
        added = [change for change in changes if change.kind == "add"]
        for change in changes:
            vals = {}
            if change.kind == "drop":
                vals = {"state": "1_canceled"}
            elif change.kind == "change":
                vals = self._changed_values(change, lang)
                if "depends_on" in change.fields:
                    self._link_step(change.after, tasks)
            if vals:
                known = writes.setdefault(
                    repr(vals), [vals, tasks[change.uid].browse()]
                )
                known[1] |= tasks[change.uid]
        if added:
            tasks.update(self._add_steps(project, added, tasks, lang))
        self._link_added(new, added, tasks)
        if added:
            self._date_added(project, [tasks[change.uid] for change in added])
        if project.version_id != self:
            project.version_id = self.id
        if changes:
            project._message_log(
                body=self.env._(
                    "Brought to version %(number)s by %(who)s (%(count)s steps).",
                    number=self.number,
                    who=self.env.user.name,
                    count=len(changes),
                )
            )

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
    def _link_step(source, tasks):
        befores = [tasks[uid].id for uid in source["depends_on"] if uid in tasks]
        if set(befores) != set(tasks[source["uid"]].depend_on_ids.ids):
            tasks[source["uid"]].depend_on_ids = [(6, 0, befores)]

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
        try:
            _tasks, schedule, _edges = project._linkstar_replan(now)
        except NoWorkingTime:
            raise UserError(
                self.env._(
                    "The working calendar of %(company)s has no working hours. Give "
                    "it hours under Settings, Working Schedules.",
                    company=(project.company_id or self.env.company).name,
                )
            ) from None
        for task in added:
            leaves = task._get_all_subtasks() - task._get_all_subtasks().parent_id
            slots = [schedule.slots[leaf.id] for leaf in leaves or task]
            begin = min(slot.start for slot in slots)
            end = max(slot.end for slot in slots)
            task.write(
                {
                    "planned_date_begin": begin.replace(tzinfo=None, microsecond=0),
                    "date_deadline": end.replace(tzinfo=None, microsecond=0),
                }
            )

    def _link_added(self, new, added, tasks):
        """Connect added steps, and create their gates."""
        gates = self.env["linkstar.gate"].sudo()
        uids = {change.uid for change in added}
        sources = []
        for source in new["tasks"]:
            if source["uid"] not in uids:
                continue
            self._link_step(source, tasks)
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
