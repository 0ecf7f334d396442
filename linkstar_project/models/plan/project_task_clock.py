"""The clock of on-time work: when a task could not be worked on, from the records."""

from collections import defaultdict
from datetime import timezone

from odoo import fields, models
from odoo.tools import SQL

from ...engine import pauses
from .project_replan import CLOSED, aware


class ProjectTask(models.Model):
    _inherit = "project.task"

    real_begin = fields.Datetime(
        string="Could begin on",
        copy=False,
        readonly=True,
        help="Its first planned start, or when the last gate and predecessor let it "
        "go, whichever was later.",
    )
    worked_hours = fields.Float(
        string="Working hours taken",
        copy=False,
        readonly=True,
        help="Working hours between the moment it could begin and its end. Where "
        "time was logged on it, that counts instead.",
    )

    def _linkstar_clock_values(self, now):
        """What the clock says of these tasks: pauses, real begin, hours taken.

        :param now: naive UTC; open tasks are measured up to it
        :return: ``{task id: {"clock_paused_hours", "real_begin", "worked_hours"}}``
        """
        tasks = self.sudo().with_context(active_test=False)
        tasks = tasks.filtered(lambda task: task.first_begin or task.planned_date_begin)
        away = tasks._linkstar_absences(now)
        found, measured = {}, []
        for task in tasks:
            begin = task.first_begin or task.planned_date_begin
            end = task.done_date or now
            held = task._linkstar_held_spans(begin, end)
            spans = held + away.get(task.id, [])
            held = pauses.union(pauses.clip(held, begin, end))
            real = held[-1][1] if held else begin
            found[task.id] = {
                "clock_paused_hours": pauses.paused_hours(spans, begin, end),
                "real_begin": real if real < end else False,
                "worked_hours": 0.0,
            }
            if task.state == "1_done" and real < end:
                measured.append((task, real, end, away.get(task.id, [])))
        for task_id, hours in self._linkstar_working_hours(measured).items():
            found[task_id]["worked_hours"] = hours
        return found

    def _linkstar_held_spans(self, begin, end):
        """When gates or predecessors held this task."""
        spans = []
        for gate in self.gate_ids:
            changes = [
                (fields.Datetime.to_datetime(moment), opened)
                for start, stop in gate.open_spans or []
                for moment, opened in ((start, True), (stop, False))
            ]
            if gate.is_open and gate.opened_at:
                changes.append((gate.opened_at, True))
            spans += pauses.closed_spans(changes, begin, end, gate.is_open)
        for before in self.depend_on_ids:
            if before.state not in CLOSED:
                spans.append((begin, end))
            elif before.done_date:
                spans.append((begin, before.done_date))
        return spans

    def _linkstar_absences(self, now):
        """When all who are to do a task were on approved leave: ``{task id: spans}``.

        Approved leave is what stands in the working schedule of the person.
        """
        users = self.user_ids
        employees = (
            self.env["hr.employee"].sudo().search([("user_id", "in", users.ids)])
        )
        if not employees:
            return {}
        resources = {}
        for employee in employees:
            resources.setdefault(employee.user_id.id, set()).add(
                employee.resource_id.id
            )
        begins = [task.first_begin or task.planned_date_begin for task in self]
        spans = defaultdict(list)
        for leave in (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "in", employees.resource_id.ids),
                    ("time_type", "=", "leave"),
                    ("date_from", "<", now),
                    ("date_to", ">", min(begins, default=now)),
                ]
            )
        ):
            spans[leave.resource_id.id].append((leave.date_from, leave.date_to))
        if not spans:
            return {}
        found = {}
        for task in self:
            groups = [
                [s for key in resources.get(user.id, ()) for s in spans.get(key, ())]
                for user in task.user_ids
            ]
            if away := pauses.common(groups):
                found[task.id] = away
        return found

    def _linkstar_working_hours(self, measured):
        """Working hours between two moments, one reading of the calendar a company.

        :param measured: list of ``(task, begin, end, spans that do not count)``
        :return: ``{task id: hours}``
        """
        found = {}
        by_company = defaultdict(list)
        for row in measured:
            by_company[row[0].company_id or self.env.company].append(row)
        for company, rows in by_company.items():
            calendar = company.sudo().resource_calendar_id
            if not calendar:
                continue
            start = aware(min(row[1] for row in rows))
            stop = aware(max(row[2] for row in rows))
            worked = [
                (
                    a.astimezone(timezone.utc).replace(tzinfo=None),
                    b.astimezone(timezone.utc).replace(tzinfo=None),
                )
                for a, b, _m in calendar._work_intervals_batch(start, stop)[False]
            ]
            for task, begin, end, away in rows:
                there = pauses.paused_hours(worked, begin, end)
                gone = pauses.common([worked, away])
                hours = there - pauses.paused_hours(gone, begin, end)
                found[task.id] = round(hours, 2)
        return found

    def _linkstar_store_clock(self, now):
        """Store what the clock says where it changed.

        :param now: naive UTC
        """
        names = ("clock_paused_hours", "real_begin", "worked_hours")
        rows = []
        for task_id, vals in self._linkstar_clock_values(now).items():
            task = self.sudo().browse(task_id)
            if any(task[name] != vals[name] for name in names):
                rows.append((task_id, *(vals[name] or None for name in names)))
        if not rows:
            return
        self.flush_model(list(names))
        ids, paused, begins, hours = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                "UPDATE project_task t SET clock_paused_hours = COALESCE(v.paused, 0),"
                " real_begin = v.begin_at, worked_hours = COALESCE(v.hours, 0)"
                " FROM unnest(%s::int[], %s::float8[], %s::timestamp[], %s::float8[])"
                " AS v(id, paused, begin_at, hours) WHERE t.id = v.id",
                list(ids),
                list(paused),
                list(begins),
                list(hours),
            )
        )
        self.sudo().browse(ids).invalidate_recordset(names, flush=False)


class LinkstarGate(models.Model):
    _inherit = "linkstar.gate"

    open_spans = fields.Json(
        copy=False,
        help="When it was open before it closed again: the clock stood outside.",
    )

    def write(self, vals):
        """Write; a gate that closes again remembers how long it was open."""
        if vals.get("is_open") is False:
            now = fields.Datetime.to_string(fields.Datetime.now())
            for gate in self.sudo().filtered(lambda gate: gate.is_open):
                since = fields.Datetime.to_string(gate.opened_at or gate.create_date)
                super(LinkstarGate, gate).write(
                    {"open_spans": [*(gate.open_spans or []), [since, now]]}
                )
        return super().write(vals)
