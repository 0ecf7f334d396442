"""What the Gantt draws: rows, dependencies, milestones and working time."""

from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .project_task import CLOSED, WAITING

#: More rows than this are no picture any more: the reader is told to filter.
ROW_LIMIT = 5_000
#: Working time is drawn this far around today at most.
REACH = timedelta(days=400)
#: Free time before the first and after the last bar.
MARGIN = timedelta(days=14)


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.model
    def linkstar_gantt(self, domain, window=None):
        """Return what a Gantt of the tasks in ``domain`` draws, in a few queries.

        Record rules decide which tasks and milestones are seen; a dependency is
        returned only when both of its tasks are.

        :param domain: domain on ``project.task``
        :param window: optional ``[from, to]`` (UTC strings): only tasks that touch
            this time, and working time in it; by default all tasks, and the time
            from the first to the last of them within ``REACH`` of today
        :return: ``{"tasks": [...], "edges": [[before, after]], "projects": [...],
            "stores": [...], "people": {id: name}, "milestones": [...], "work":
            {calendar: [[from, to]]}, "window": [from, to], "more": bool}``;
            moments are UTC strings
        """
        self.check_access("read")
        domain = Domain(domain)
        window = self._linkstar_gantt_asked(window)
        if window:
            domain &= self._linkstar_gantt_touches(*window)
        tasks = self.search_fetch(
            domain,
            self._linkstar_gantt_fields(),
            order="date_deadline asc nulls last, id",
            limit=ROW_LIMIT + 1,
        )
        more = len(tasks) > ROW_LIMIT
        tasks = tasks[:ROW_LIMIT]
        now = fields.Datetime.now()
        # Names only, of records that the tasks themselves show.
        known = tasks.sudo()
        projects = known.project_id
        window = window or self._linkstar_gantt_window(tasks, now)
        return {
            "tasks": [task._linkstar_gantt_row(now) for task in known],
            "edges": tasks._linkstar_gantt_edges(),
            "projects": self._linkstar_gantt_projects(projects),
            "stores": [
                {"id": store.id, "code": store.code, "name": store.name}
                for store in projects.store_id
            ],
            "people": {user.id: user.name for user in known.user_ids},
            "milestones": self._linkstar_gantt_milestones(projects),
            "work": self._linkstar_gantt_work(projects, *window),
            "window": [fields.Datetime.to_string(moment) for moment in window],
            "more": more,
        }

    @api.model
    def _linkstar_gantt_fields(self):
        return [
            "name",
            "project_id",
            "parent_id",
            "planned_date_begin",
            "date_deadline",
            "done_date",
            "allocated_hours",
            "state",
            "is_key",
            "is_review",
            "on_critical_path",
            "node_uid",
            "user_ids",
        ]

    @api.model
    def _linkstar_gantt_asked(self, window):
        """The window that was asked for, within twice ``REACH``; None without one.

        Working time is computed day by day: centuries of it would take all the
        memory of the server.
        """
        try:
            begin, end = map(fields.Datetime.to_datetime, window or ())
            return [begin, min(end, begin + 2 * REACH)]
        except (OverflowError, TypeError, ValueError):
            return None

    @api.model
    def _linkstar_gantt_touches(self, begin, end):
        """Domain of tasks planned between two moments; undated ones are out."""
        starts = Domain("planned_date_begin", "<=", end)
        starts |= Domain("planned_date_begin", "=", False) & Domain(
            "date_deadline", "<=", end
        )
        ends = Domain("date_deadline", ">=", begin)
        ends |= Domain("date_deadline", "=", False) & Domain(
            "planned_date_begin", ">=", begin
        )
        return starts & ends

    @api.model
    def _linkstar_gantt_window(self, tasks, now):
        """Naive UTC time from the first to the last task, bounded around today."""
        begins = [task.planned_date_begin or task.date_deadline for task in tasks]
        ends = [task.date_deadline or task.planned_date_begin for task in tasks]
        begin = min(filter(None, begins), default=now) - MARGIN
        end = max(filter(None, ends), default=now) + MARGIN
        begin = min(max(begin, now - REACH), now - MARGIN)
        return [begin, max(min(end, now + REACH), now + MARGIN)]

    def _linkstar_gantt_row(self, now):
        """One task as the client draws it."""
        closed = self.state in CLOSED
        text = fields.Datetime.to_string
        return {
            "id": self.id,
            "name": self.name,
            "project": self.project_id.id,
            "parent": self.parent_id.id,
            "begin": text(self.planned_date_begin) or False,
            "end": text(self.date_deadline) or False,
            "done": text(self.done_date) or False,
            "hours": self.allocated_hours,
            "state": self.state,
            "closed": closed,
            "blocked": self.state == WAITING,
            "late": bool(
                not closed and self.date_deadline and self.date_deadline < now
            ),
            "key": self.is_key,
            "review": self.is_review,
            "critical": self.on_critical_path and not closed,
            "people": self.user_ids.ids,
        }

    def _linkstar_gantt_edges(self):
        """Pairs ``[before, after]`` of dependencies among these tasks."""
        if not self:
            return []
        self.env["project.task"].flush_model(["depend_on_ids"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT depends_on_id, task_id
                  FROM task_dependencies_rel
                 WHERE task_id = ANY(%(ids)s) AND depends_on_id = ANY(%(ids)s)
                 ORDER BY task_id, depends_on_id
                """,
                ids=self.ids,
            )
        )
        return [list(row) for row in rows]

    @api.model
    def _linkstar_gantt_projects(self, projects):
        """Projects with their calendar, and whether the reader may move their tasks."""
        user = self.env.user
        leads = set()
        is_admin = user.has_group("linkstar_project.group_admin")
        if user.has_group("linkstar_project.group_lead"):
            leads = set(user._linkstar_lead_store_ids())
        return [
            {
                "id": project.id,
                "name": project.name,
                "store": project.store_id.id,
                "subject": project.subject or "",
                "status": project.schedule_status or "",
                "calendar": project._linkstar_calendar().id,
                "movable": bool(project.launch_key)
                and (is_admin or project.store_id.id in leads),
            }
            for project in projects
        ]

    @api.model
    def _linkstar_gantt_milestones(self, projects):
        """Dated milestones of these projects that the reader may see."""
        milestones = self.env["project.milestone"]
        if not milestones.has_access("read"):
            return []
        found = milestones.search_fetch(
            [("project_id", "in", projects.ids), ("deadline", "!=", False)],
            ["name", "project_id", "deadline", "is_reached"],
            order="deadline, id",
            limit=ROW_LIMIT,
        )
        return [
            {
                "id": milestone.id,
                "name": milestone.name,
                "project": milestone.project_id.id,
                "date": fields.Date.to_string(milestone.deadline),
                "reached": milestone.is_reached,
            }
            for milestone in found
        ]

    @api.model
    def _linkstar_gantt_work(self, projects, begin, end):
        """Working intervals of each calendar used, ``[[from, to]]`` in UTC."""
        calendars = self.env["resource.calendar"].sudo()
        for project in projects:
            calendars |= project._linkstar_calendar()
        # Whole days, so that the picture of one day does not depend on the hour.
        begin = datetime.combine(begin.date(), time.min, timezone.utc)
        end = datetime.combine(end.date(), time.max, timezone.utc)
        text = fields.Datetime.to_string
        return {
            calendar.id: [
                [
                    text(start.astimezone(timezone.utc).replace(tzinfo=None)),
                    text(stop.astimezone(timezone.utc).replace(tzinfo=None)),
                ]
                for start, stop, _meta in calendar._work_intervals_batch(begin, end)[
                    False
                ]
            ]
            for calendar in calendars
        }
