"""Writes a planned launch: projects, milestones, tasks, gates, in batches."""

from datetime import timezone

from odoo import Command, fields
from odoo.tools import SQL

from ...engine.snapshot import localise
from .followers import insert_followers
from .task_rows import TaskRows, has_automation


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


class LaunchWriter:
    """Turns plans into records with a handful of statements.

    :param launch: the :class:`~.launch.Launch`
    :param env: superuser environment that neither mails nor tracks
    :param people: ``{"leads": {store_id: user ids}, "role_ids": {code: id}}``
    """

    def __init__(self, launch, env, people):
        self.launch = launch
        self.env = env
        self.people = people
        self.snapshot = launch.snapshot

    # -- projects ----------------------------------------------------------------

    def create_projects(self, planned, keys):
        """Create one project a store; the unique index refuses doubles."""
        stages = self.launch.template.type_ids.ids
        stages = stages or self.env["project.project"]._linkstar_stage_ids()
        values = [
            self._project_values(store, subject, plan, key, stages)
            for (store, subject, plan), key in zip(planned, keys, strict=True)
        ]
        projects = self.env["project.project"].create(values)
        self._translate_names(projects, planned)
        return projects

    def _project_values(self, store, subject, plan, key, stages):
        launch = self.launch
        leads = self.people["leads"][store.id]
        _subject_key, label, listing = subject
        return {
            "name": launch.words.project_name(
                self.snapshot, store, label, self.env.lang
            ),
            "linkstar_kind": self.snapshot["template"].get("kind") or "routine",
            "store_id": store.id,
            "company_id": store.sudo().company_id.id,
            "version_id": launch.version.id,
            "is_trial": launch.trial,
            "launch_key": key,
            "anchor": launch.anchor,
            "anchor_date": launch.anchor_date,
            "subject": label or False,
            "subject_listing_id": listing.id,
            "variant_ids": [Command.set(launch._variants_of(listing).ids)],
            "override_reason": launch.override_reason or False,
            "user_id": leads[0] if leads else launch.env.uid,
            "date_start": _naive(plan.start).date(),
            "date": _naive(plan.end).date(),
            "forecast_end": _naive(plan.end),
            "schedule_status": "on_track",
            "privacy_visibility": "employees",
            "allow_task_dependencies": True,
            "allow_milestones": True,
            "allow_timesheets": launch.template.allow_timesheets,
            "type_ids": [Command.set(stages)],
            "description": launch.template.description,
        }

    def _translate_names(self, projects, planned):
        """Name each project in every language the company uses."""
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        for project, (store, subject, _plan) in zip(projects, planned, strict=True):
            names = {
                code: self.launch.words.project_name(
                    self.snapshot, store, subject[1], code
                )
                for code in codes
            }
            if len(set(names.values())) > 1:
                project.update_field_translations("name", names)

    # -- contents ----------------------------------------------------------------

    def fill(self, projects, planned):
        """Create milestones, tasks, dependencies and gates, and tell people."""
        milestones = self._create_milestones(projects, planned)
        tasks = self._create_tasks(projects, planned, milestones)
        self._create_dependencies(projects, planned, tasks)
        gates = self._create_gates(projects, planned, tasks)
        gates._refresh()
        if not self.launch.trial:
            self._subscribe(projects, planned, tasks)
        self._log(projects)

    def _create_milestones(self, projects, planned):
        """Return ``{(project_id, uid): milestone id}``."""
        keys, values = [], []
        for project, (_store, _subject, plan) in zip(projects, planned, strict=True):
            wanted = plan.snapshot["template"]["milestones"]
            ends = {}
            for task in plan.tasks:
                uid = task.source["milestone"]
                if uid:
                    ends[uid] = max(ends.get(uid, task.end), task.end)
            for number, milestone in enumerate(wanted):
                uid = milestone["uid"]
                keys.append((project.id, uid))
                values.append(
                    {
                        "name": localise(milestone["name"], plan.target.lang),
                        "project_id": project.id,
                        "sequence": number,
                        "deadline": _naive(ends[uid]).date() if uid in ends else False,
                    }
                )
        records = self.env["project.milestone"].create(values)
        return dict(zip(keys, records.ids, strict=True))

    def _create_tasks(self, projects, planned, milestones):
        """Create tasks level by level: parents first.

        :return: ``{(project_id, uid): task}``
        """
        depths = self._depths()
        stages = projects[0].type_ids.sorted(lambda stage: (stage.sequence, stage.id))
        tags = self._tag_ids()
        write = self._create_by_orm
        if not has_automation(self.env):
            write = TaskRows(self.env).insert
        tasks = {}
        for depth in range(max(depths.values(), default=0) + 1):
            keys, values = [], []
            for project, (_s, _u, plan) in zip(projects, planned, strict=True):
                place = self._place_values(project, stages[:1])
                held = self._held_uids(plan)
                for task in plan.tasks:
                    if depths[task.uid] != depth:
                        continue
                    source = task.source
                    parent = tasks.get((project.id, source["parent"]))
                    milestone = milestones.get((project.id, source["milestone"]))
                    keys.append((project.id, task.uid))
                    values.append(
                        {
                            **self._task_values(task, tags, task.uid in held),
                            **place,
                            "parent_id": parent.id if parent else False,
                            "display_in_project": not parent,
                            "milestone_id": milestone or False,
                        }
                    )
            tasks.update(zip(keys, write(values), strict=True))
        return tasks

    def _create_by_orm(self, values):
        """The same through ``create``, for automation rules to hear of it."""
        to_many = ("user_ids", "role_ids", "tag_ids")
        return self.env["project.task"].create(
            [
                {**v, **{name: [Command.set(v[name])] for name in to_many}}
                for v in values
            ]
        )

    def _place_values(self, project, stage):
        """Where a task stands: the same for all tasks of a project."""
        return {
            "project_id": project.id,
            "company_id": project.company_id.id,
            "stage_id": stage.id,
            "store_id": project.store_id.id,
            "linkstar_kind": project.linkstar_kind,
            "subject_listing_id": project.subject_listing_id.id,
            "is_trial": project.is_trial,
            "has_template_ancestor": project.is_trial,
            "partner_id": False,
        }

    @staticmethod
    def _held_uids(plan):
        """Steps that wait for something, or are part of one that does."""
        held, parents = set(), {}
        for task in plan.tasks:
            parents[task.uid] = task.source["parent"]
            if task.source["depends_on"] or task.source["gates"]:
                held.add(task.uid)
        for uid in parents:
            up = parents[uid]
            while up and up not in held:
                up = parents[up]
            if up:
                held.add(uid)
        return held

    def _task_values(self, task, tags, is_held):
        source = task.source
        role_id = self.people["role_ids"].get(source["role"])
        end = _naive(task.end)
        return {
            "name": task.name,
            "description": task.description or False,
            "step_texts": self._other_texts(task),
            "node_uid": task.uid,
            "sequence": source["sequence"],
            "priority": source["priority"],
            "state": "04_waiting_normal" if is_held else "01_in_progress",
            "allocated_hours": source["hours"],
            "remaining_hours": source["hours"],
            "offset_days": source["offset_days"],
            "duration_kind": source["duration_kind"],
            "duration_days": source["duration_days"],
            "is_key": source["is_key"],
            "is_review": source["is_review"],
            "evidence_required": source["evidence_required"],
            "grade_wanted": source["grade_wanted"],
            "on_critical_path": task.is_critical,
            "planned_date_begin": _naive(task.start),
            "first_begin": _naive(task.start),
            "date_deadline": end,
            "first_deadline": end,
            "user_ids": [task.owner_id] if task.owner_id else [],
            "role_ids": [role_id] if role_id else [],
            "tag_ids": [tags[name] for name in source["tags"]],
        }

    @staticmethod
    def _other_texts(task):
        """The step in other languages, for readers of them; None if there is none."""
        names, texts = task.source["name"], task.source["description"]
        if not isinstance(names, dict) or len(names) < 2:
            return None
        return {"lang": task.lang, "name": names, "description": texts}

    def _depths(self):
        """How deep each task lies under its parents."""
        parents = {task["uid"]: task["parent"] for task in self.snapshot["tasks"]}
        depths = {}
        for uid in parents:
            path = []
            while uid is not None and uid not in depths:
                path.append(uid)
                uid = parents[uid]
            depth = depths[uid] if uid is not None else -1
            for node in reversed(path):
                depth += 1
                depths[node] = depth
        return depths

    def _tag_ids(self):
        names = {name for task in self.snapshot["tasks"] for name in task["tags"]}
        tags = self.env["project.tags"].search([("name", "in", list(names))])
        found = {tag.name: tag.id for tag in tags}
        missing = sorted(names - set(found))
        created = self.env["project.tags"].create([{"name": name} for name in missing])
        found.update(zip(missing, created.ids, strict=True))
        return found

    def _create_dependencies(self, projects, planned, tasks):
        """One statement: core writes a link at a time and checks each for cycles.

        The snapshot was checked for cycles when it was published.
        """
        waiting, befores = [], []
        for project, (_s, _u, plan) in zip(projects, planned, strict=True):
            for source in plan.snapshot["tasks"]:
                for uid in source["depends_on"]:
                    waiting.append(tasks[project.id, source["uid"]].id)
                    befores.append(tasks[project.id, uid].id)
        if not waiting:
            return
        self.env["project.task"].flush_model(["state"])
        self.env.cr.execute(
            SQL(
                "INSERT INTO task_dependencies_rel (task_id, depends_on_id)"
                " SELECT * FROM unnest(%s::int[], %s::int[]) ON CONFLICT DO NOTHING",
                waiting,
                befores,
            )
        )
        self.env["project.task"].invalidate_model(["depend_on_ids", "dependent_ids"])

    def _create_gates(self, projects, planned, tasks):
        gates = self.env["linkstar.gate"]
        sources = [
            (project, task["uid"], gate)
            for project, (_s, _u, plan) in zip(projects, planned, strict=True)
            for task in plan.snapshot["tasks"]
            for gate in task["gates"]
        ]
        refs = gates._snapshot_refs([gate for _project, _uid, gate in sources])
        lang = self.launch.env.lang
        values = [
            {
                **gates._from_snapshot(gate, refs, lang),
                "task_id": tasks[project.id, uid].id,
            }
            for project, uid, gate in sources
        ]
        return gates.create(values)

    # -- people and trail --------------------------------------------------------

    def _subscribe(self, projects, planned, tasks):
        """Owners follow their tasks, leads and owners the project."""
        on_tasks, on_projects = {}, {}
        for project, (_s, _u, plan) in zip(projects, planned, strict=True):
            on_projects.setdefault(project.user_id.id, set()).add(project.id)
            for task in plan.tasks:
                if task.owner_id:
                    task_id = tasks[project.id, task.uid].id
                    on_tasks.setdefault(task.owner_id, []).append(task_id)
                    on_projects.setdefault(task.owner_id, set()).add(project.id)
        insert_followers(self.env, "project.task", on_tasks)
        insert_followers(self.env, "project.project", on_projects)

    def _log(self, projects):
        """Say in the chatter and the audit trail who launched what."""
        launch = self.launch
        user = launch.env.user
        bodies = {
            project.id: launch.env._(
                "Launched by %(who)s from %(version)s. %(reason)s",
                who=user.name,
                version=launch.source_name,
                reason=launch.override_reason,
            )
            for project in projects
        }
        projects._message_log_batch(
            bodies=bodies, author_id=user.partner_id.id, subject=False
        )
        if not launch.trial:
            projects.with_env(launch.env)._linkstar_audit_log(
                "launch",
                reason=launch.override_reason,
                new=f"{launch.source_name} {fields.Date.today()}",
            )
