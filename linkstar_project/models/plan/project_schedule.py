"""Forecast and status of running projects, and their closing."""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...engine.critical_path import critical, slack
from ...engine.graph import CycleError
from ...engine.schedule import NoWorkingTime
from .project_replan import CLOSED, aware, naive

WAITING = "04_waiting_normal"


class ProjectProject(models.Model):
    _inherit = "project.project"

    schedule_checked_at = fields.Datetime(copy=False)
    schedule_reason = fields.Char(compute="_compute_schedule_reason")

    @api.depends("schedule_status")
    @api.depends_context("lang")
    def _compute_schedule_reason(self):
        for project in self:
            note = project.sudo().schedule_note or {}
            project.schedule_reason = self._schedule_words(note)

    def _schedule_words(self, note):
        """The status' reason in the reader's language."""
        code = note.get("code")
        if code == "forecast_late":
            return self.env._(
                "At this pace it ends %(days)s days after its plan; “%(task)s” holds "
                "it up.",
                days=note["days"],
                task=note["task"],
            )
        if code == "task_overdue":
            return self.env._(
                "“%(task)s” is %(days)s days overdue; the end is not touched yet.",
                task=note["task"],
                days=note["days"],
            )
        if code == "no_hours":
            return self.env._("The working calendar has no hours: no forecast.")
        if code == "cycle":
            return self.env._(
                "Tasks wait for each other: no forecast. Remove a dependency of "
                "“%(task)s”.",
                task=note["task"],
            )
        if code == "on_track":
            return self.env._("Nothing is overdue, and the end is within its plan.")
        return False

    # -- status ------------------------------------------------------------------

    def _linkstar_update_status(self, now, clock=None, tasks=None):
        """Store forecast, status and reason of these running projects.

        :param now: naive UTC datetime
        :param clock: the work clock of a single project, when it is at hand
        :param tasks: likewise all its tasks (superuser)
        """
        for project in self.sudo():
            try:
                moment = now.replace(tzinfo=timezone.utc)
                vals = project._linkstar_status(moment, clock, tasks)
            except NoWorkingTime:
                note = {"code": "no_hours"}
                vals = {"schedule_status": "at_risk", "schedule_note": note}
            except CycleError as error:
                task = self.env["project.task"].sudo().browse(error.cycle[0])
                note = {"code": "cycle", "task": task.name}
                vals = {"schedule_status": "at_risk", "schedule_note": note}
            changed = {
                name: value for name, value in vals.items() if project[name] != value
            }
            changed["schedule_checked_at"] = now
            project.with_context(mail_notrack=True).write(changed)

    def _linkstar_status(self, now, clock=None, tasks=None):
        """Forecast, status and reason; slack and critical path go to the tasks.

        :param now: aware datetime
        :return: values of the project
        """
        clock = clock or self._linkstar_clock(now)
        tasks, items, schedule = self._linkstar_replan(now, clock=clock, tasks=tasks)
        edges = {item.uid: item.depends_on for item in items}
        leaves = tasks.filtered(lambda task: task.id in schedule.slots)
        open_tasks = leaves.filtered(lambda task: task.state not in CLOSED)
        planned = max(
            (t.first_deadline for t in leaves if t.first_deadline), default=None
        )
        path = critical(schedule.slots, edges, clock)
        open_tasks._linkstar_store_clock(now.replace(tzinfo=None))
        open_tasks._linkstar_store_slack(path, slack(schedule.slots, edges))
        end = naive(schedule.end) if schedule.slots else False
        vals = {
            "forecast_end": end,
            "schedule_status": "on_track",
            "schedule_note": {"code": "on_track"} if open_tasks else False,
        }
        overdue = open_tasks.filtered(
            lambda task: task.date_deadline and aware(task.date_deadline) < now
        ).sorted(lambda task: (task.state == WAITING, task.date_deadline))
        if planned and end and end - planned > timedelta(hours=12):
            culprit = (overdue.filtered(lambda t: t.id in path) or overdue)[:1]
            culprit = culprit or open_tasks.filtered(lambda t: t.id in path)[:1]
            vals["schedule_status"] = "late"
            vals["schedule_note"] = {
                "code": "forecast_late",
                "days": -(-(end - planned) // timedelta(days=1)),
                "task": culprit.name or "",
            }
        elif overdue:
            days = -(-(now - aware(overdue[0].date_deadline)) // timedelta(days=1))
            vals["schedule_status"] = "at_risk"
            vals["schedule_note"] = {
                "code": "task_overdue",
                "days": days,
                "task": overdue[0].name,
            }
        return vals

    @api.model
    def _cron_update_schedules(self, limit=200):
        """Scheduled action: refresh forecasts, the stalest projects first."""
        now = fields.Datetime.now()
        domain = [("is_live", "=", True)]
        stale = Domain("schedule_checked_at", "=", False)
        stale |= Domain("schedule_checked_at", "<", now - timedelta(minutes=50))
        todo = self.sudo().search(
            Domain(domain) & stale, order="schedule_checked_at, id", limit=limit or None
        )
        left = self.sudo().search_count(Domain(domain) & stale)
        for project in todo:
            project._linkstar_update_status(now)
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    # -- closing -----------------------------------------------------------------

    def close(self, outcome, lessons=""):
        """Close a launched project with its outcome and lessons.

        Open tasks are cancelled; their owners see it in the project's log. Who
        has late counted tasks in it leaves the closing to a second person.

        :param outcome: ``success``, ``partial``, ``failed`` or ``dropped``
        :param lessons: what the next launch should do differently
        """
        self.check_access("read")
        allowed = [value for value, _label in self._fields["outcome"].selection]
        if outcome not in allowed:
            raise UserError(self.env._("Choose an outcome: %s.", ", ".join(allowed)))
        projects = self.sudo().filtered("launch_key")
        projects.store_id.with_env(self.env)._check_lead()
        left = (
            self.env["project.task"]
            .sudo()
            .search([("project_id", "in", projects.ids), ("state", "not in", CLOSED)])
        )
        left.with_env(self.env)._linkstar_refuse_closing_late()
        left.with_env(self.env).sudo().write({"state": "1_canceled"})
        projects.write({"outcome": outcome, "lessons": lessons or False})
        projects._message_log_batch(
            bodies={
                project.id: self.env._(
                    "Closed by %(who)s on %(date)s.",
                    who=self.env.user.name,
                    date=format_datetime(self.env, fields.Datetime.now()),
                )
                for project in projects
            }
        )
        return True
