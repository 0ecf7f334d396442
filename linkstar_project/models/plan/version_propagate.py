"""A new version reaches projects that run an older one."""

from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from ...engine import merge
from ...engine.variants import select

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
    "grade_wanted",
    "priority",
)
COLUMNS = {
    "hours": "allocated_hours",
    "duration_kind": "duration_kind",
    "duration_days": "duration_days",
    "is_key": "is_key",
    "is_review": "is_review",
    "evidence_required": "evidence_required",
    "grade_wanted": "grade_wanted",
    "priority": "priority",
}
CLOSED = ("1_done", "1_canceled")


@dataclass
class Decided:
    """What becomes of one project: changes taken over, and changes left."""

    project: object
    tasks: dict
    base: dict
    new: dict
    taken: list
    left: list


class LinkstarTemplateVersion(models.Model):
    _inherit = "linkstar.template.version"

    def propagate(self, project_ids, choices=None, preview=False):
        """Bring running projects to this version.

        Three things are compared: the version a project was launched from, this
        one, and the project today. What nobody touched is applied; where work
        began or somebody edited the same thing, ``choices`` decides, and without a
        choice the project stays as it is. Finished tasks are never touched. What was
        done is kept as a ``linkstar.propagation``, which can be undone.

        :param project_ids: ids of live projects of this template
        :param choices: ``{project_id: {step uid: "take" or "keep"}}``: ``take``
            settles a conflict for this version, ``keep`` leaves a step as it is
        :param preview: only report
        :return: list of dicts, one a project: ``project_id``, ``applied`` and
            ``left`` (lists of dicts ``kind``, ``uid``, ``name``, ``fields``,
            ``conflict``: ``started``, ``edited``, or ``gates``, which stay as they
            were launched)
        :raises UserError: when this version is retired or older than a project's,
            or a project is of another template or has ended
        """
        running = self._checked_running(project_ids)
        decided = self._decide(running, choices)
        if not preview:
            propagation = self.env["linkstar.propagation"]._open(self, running)
            propagation._record(self._apply_decided(decided))
        labels = self._step_labels()
        return [
            {
                "project_id": one.project.id,
                "applied": [self._merge_words(c, labels) for c in one.taken],
                "left": [self._merge_words(c, labels) for c in one.left],
            }
            for one in decided
        ]

    def _checked_running(self, project_ids):
        """The projects as superuser, after the checks of ``propagate``."""
        self.ensure_one()
        self.check_access("read")
        projects = self.env["project.project"].browse(project_ids).exists()
        projects.check_access("read")
        running = projects.sudo()
        running.store_id.with_env(self.env)._check_lead()
        self._check_propagation(running)
        return running

    def _decide(self, running, choices=None):
        """Compare, and part what is taken over from what is left.

        :return: list of :class:`Decided`, in the order of the projects
        """
        choices = {int(key): value for key, value in (choices or {}).items()}
        tasks = self._running_steps(running)
        snapshots = {v.id: v._read_snapshot() for v in running.version_id | self}
        sites = running.store_id._site_codes()
        merges, decided = {}, []
        for project in running:
            launched = project.version_id
            picked = (
                tuple(sorted(project.variant_ids.mapped("code"))),
                tuple(sorted(sites.get(project.store_id.id, ()))),
            )
            # Projects of one kind share one comparison of the versions.
            merged = merges.get((launched.id, *picked))
            if merged is None:
                base, new = (
                    select(snapshots[key], *picked) for key in (launched.id, self.id)
                )
                merged = merges[(launched.id, *picked)] = merge.Merge(base, new, MERGED)
            steps = tasks[project.id]
            changes = merged.meet(self._steps_today(merged.base, steps))
            chosen = choices.get(project.id, {})
            taken = [
                change
                for change in changes
                if (chosen.get(change.uid) or ("keep" if change.conflict else "take"))
                == "take"
                and not self._is_closed(change, steps)
            ]
            left = [change for change in changes if change not in taken]
            left += self._changed_gates(merged, steps)
            decided.append(
                Decided(project, steps, merged.base, merged.new, taken, left)
            )
        return decided

    def _changed_gates(self, merged, tasks):
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
            for change in merged.changes
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

    def _merge_words(self, change, labels):
        return {**self._change_words(change, labels), "conflict": change.conflict}

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
