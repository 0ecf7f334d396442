"""Taking back what a version brought to a project, as long as nobody built on it."""

from odoo import models
from odoo.exceptions import UserError

from .project_replan import CLOSED
from .version_apply import plain

WAITING = "04_waiting_normal"
OPEN = "01_in_progress"
#: States between which the system moves a task by itself.
UNTOUCHED = (WAITING, OPEN)


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _linkstar_undo(self, version, journal):
        """Put one project back to before a propagation, exactly.

        :param version: the version that was applied
        :param journal: what ``Journal`` noted
        :raises UserError: naming what somebody changed since; then nothing is undone
        """
        self.ensure_one()
        project = self.sudo()
        self._linkstar_check_undo(version, journal)
        tasks = self.env["project.task"].sudo()
        added = tasks.browse([int(key) for key in journal["added"]])
        for key, (before, _after) in journal["links"].items():
            task = tasks.browse(int(key)).exists() - added
            task.write({"depend_on_ids": [(6, 0, before)]})
        added.unlink()
        for key, (before, _after) in journal["tasks"].items():
            vals = dict(before)
            if vals.get("state") in UNTOUCHED:
                # What holds it now decides whether it waits.
                vals["state"] = OPEN
            tasks.browse(int(key)).write(vals)
        project.write({"version_id": journal["version"]})
        project._message_log(
            body=self.env._(
                "Version %(number)s taken back by %(who)s.",
                number=version.number,
                who=self.env.user.name,
            )
        )

    def _linkstar_check_undo(self, version, journal):
        project = self.sudo()
        if project.version_id != version.sudo():
            raise UserError(
                self.env._(
                    "%(project)s runs version %(number)s by now. Undo that one first.",
                    project=project.name,
                    number=project.version_id.number,
                )
            )
        if project.outcome or not project.active:
            raise UserError(
                self.env._(
                    "%(project)s has ended and stays as it is.", project=project.name
                )
            )
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        for key, (_before, after) in journal["tasks"].items():
            task = tasks.browse(int(key)).exists()
            self._linkstar_check_same(task, after)
        for key, (_before, after) in journal["links"].items():
            task = tasks.browse(int(key)).exists()
            if sorted(task.depend_on_ids.ids) != after:
                self._linkstar_refuse_undo(task, self.env._("Dependencies"))
        added = tasks.browse([int(key) for key in journal["added"]])
        for key, values in journal["added"].items():
            task = tasks.browse(int(key)).exists()
            if task and values["state"] in UNTOUCHED and task.state in UNTOUCHED:
                values = {**values, "state": task.state}
            self._linkstar_check_same(task, values)
            if (
                task.dependent_ids
                - added
                - tasks.browse([int(other) for other in journal["links"]])
            ):
                self._linkstar_refuse_undo(task, self.env._("Dependencies"))
        self._linkstar_check_unused(added)

    def _linkstar_check_same(self, task, values):
        """Refuse when somebody changed one of these values since."""
        if not task:
            raise UserError(
                self.env._("A step of this change was deleted since: it stays.")
            )
        for name, value in values.items():
            if plain(task[name]) != value:
                label = task._fields[name].get_description(self.env)["string"]
                self._linkstar_refuse_undo(task, label)

    def _linkstar_check_unused(self, added):
        """Refuse to take away steps that people have worked on."""
        wrote = self.env["mail.message"].sudo()
        for task in added:
            files = self.env["ir.attachment"].sudo()
            domain = [("res_id", "=", task.id)]
            used = (
                task.timesheet_ids
                or task.child_ids - added
                or files.search_count(
                    [("res_model", "=", task._name), *domain], limit=1
                )
                or wrote.search_count(
                    [
                        ("model", "=", task._name),
                        ("message_type", "=", "comment"),
                        *domain,
                    ],
                    limit=1,
                )
            )
            if used or task.state in CLOSED:
                raise UserError(
                    self.env._(
                        "Work on the added step “%(task)s” has begun: it stays.",
                        task=task.name,
                    )
                )

    def _linkstar_refuse_undo(self, task, label):
        raise UserError(
            self.env._(
                "“%(task)s” was changed since (%(field)s). Undo only takes back what "
                "nobody has touched.",
                task=task.name,
                field=label,
            )
        )
