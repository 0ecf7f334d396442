"""What is left of running projects, as the engine wants it: tasks, calendar, zone.

Which time zone: work is planned on the calendar of the company that owns the store,
and a day 0 begins at midnight of that calendar's zone, because that is where the
people work. A promotion's own dates are those of its marketplace; each reader sees
moments in the zone of their own profile. Stored moments are UTC and do not change
when a zone does: only what is planned afterwards follows the new one.
"""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import models
from odoo.exceptions import UserError

from ...engine import replan as engine
from ...engine.graph import CycleError
from ...engine.schedule import NoWorkingTime, WorkClock

CLOSED = ("1_done", "1_canceled")
DAY = timedelta(days=1)


def aware(moment):
    """A stored moment (naive UTC) as an aware one."""
    return moment.replace(tzinfo=timezone.utc) if moment else None


def naive(moment):
    """An aware moment as it is stored: UTC, whole seconds."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _linkstar_calendar(self):
        return (self.company_id or self.env.company).resource_calendar_id.sudo()

    def _linkstar_clock(self, origin):
        """Work clock of the project's company calendar."""
        calendar = self._linkstar_calendar()

        def intervals(start, stop):
            if not calendar:
                # Without a calendar core takes every hour for working time.
                return []
            spans = calendar._work_intervals_batch(start, stop)[False]
            return [
                (a.astimezone(timezone.utc), b.astimezone(timezone.utc))
                for a, b, _meta in spans
            ]

        return WorkClock(intervals, origin)

    def _linkstar_zone(self):
        return ZoneInfo(self._linkstar_calendar().tz or "UTC")

    def _linkstar_midnight(self, day):
        return datetime.combine(day, time.min, self._linkstar_zone()).astimezone(
            timezone.utc
        )

    def _linkstar_items(self, shift=timedelta(0), shifted=None, tasks=None):
        """The project's tasks without parts as items of the engine.

        :param shift: how far day 0, or a milestone, moved
        :param shifted: ids of the tasks that move with it (None: all)
        :param tasks: all tasks of the project as superuser, when they are at hand
        :return: ``(all tasks as superuser, items)``
        """
        self.ensure_one()
        if tasks is None:
            tasks = (
                self.env["project.task"].sudo().search([("project_id", "=", self.id)])
            )
        leaves = tasks - tasks.parent_id
        parts = {task.id: task.child_ids for task in tasks.parent_id}
        ids = set(leaves._ids)
        items = []
        for task in leaves:
            own = shift if shifted is None or task.id in shifted else timedelta(0)
            befores = self._linkstar_befores(task, parts)
            before = tuple(b for b in befores if b in ids)
            items.append(self._linkstar_item(task, before, own))
        return tasks, items

    @staticmethod
    def _linkstar_befores(task, parts):
        """Ids of predecessors, those of the tasks it belongs to included.

        :param parts: ``{id: its parts}`` of tasks that have some; a predecessor with
            parts stands for all of them
        """
        found, up = [], task
        while up:
            todo = list(up.depend_on_ids)
            while todo:
                before = todo.pop()
                if before.id in parts:
                    todo += list(parts[before.id])
                else:
                    found.append(before.id)
            up = up.parent_id
        return found

    @staticmethod
    def _linkstar_item(task, before, shift):
        start = aware(task.planned_date_begin or task.create_date)
        if task.state in CLOSED:
            end = aware(task.done_date or task.date_deadline or task.write_date)
            return engine.Item(
                task.id, min(start, end), end, depends_on=before, stays=True
            )
        start += shift
        end = aware(task.date_deadline)
        end = end and end + shift
        hours, days = task.allocated_hours, task.duration_days
        is_elapsed = task.duration_kind == "elapsed"
        if not task.node_uid and end and not hours:
            # A task the team added: it lasts as long as its deadline says.
            is_elapsed = True
            days = max((end - start) / DAY, 0)
        return engine.Item(
            task.id, start, end, hours, days, is_elapsed, depends_on=before
        )

    def _linkstar_replan(
        self, now, shift=timedelta(0), shifted=None, clock=None, tasks=None
    ):
        """Plan what is left of one project from what is known now.

        :param now: aware datetime
        :param clock: the project's work clock, for who reads the calendar once
        :return: ``(tasks, items, schedule)``; all tasks as superuser
        """
        tasks, items = self._linkstar_items(shift, shifted, tasks)
        schedule = engine.replan(items, clock or self._linkstar_clock(now), now)
        return tasks, items, schedule

    def _linkstar_planned(self, plan, *args):
        """Call a planning method; what the engine refuses is told in words."""
        try:
            return plan(*args)
        except NoWorkingTime:
            raise UserError(
                self.env._(
                    "The working calendar of %(company)s has no working hours. Give "
                    "it hours under Settings, Working Schedules.",
                    company=(self.company_id or self.env.company).name,
                )
            ) from None
        except CycleError as error:
            tasks = self.env["project.task"].sudo().browse(error.cycle)
            raise UserError(
                self.env._(
                    "These tasks wait for each other: %(path)s. Remove one of the "
                    "dependencies.",
                    path=" → ".join(tasks.mapped("name")),
                )
            ) from None
