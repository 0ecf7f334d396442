"""Schedules of running projects: forecast, status, moves."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ...engine.critical_path import critical
from ...engine.schedule import NoWorkingTime, Slot, Step, WorkClock, forward

CLOSED = ("1_done", "1_canceled")
WAITING = "04_waiting_normal"


def _aware(moment):
    return moment.replace(tzinfo=timezone.utc) if moment else None


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


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
        return False

    # -- plan of what is left ------------------------------------------------------

    def _linkstar_clock(self, origin):
        """Work clock of the project's company calendar."""
        calendar = (self.company_id or self.env.company).resource_calendar_id.sudo()

        def intervals(start, stop):
            spans = calendar._work_intervals_batch(start, stop)[False]
            return [
                (a.astimezone(timezone.utc), b.astimezone(timezone.utc))
                for a, b, _meta in spans
            ]

        return WorkClock(intervals, origin)

    def _linkstar_zone(self):
        calendar = (self.company_id or self.env.company).resource_calendar_id.sudo()
        return ZoneInfo(calendar.tz or "UTC")

    def _linkstar_replan(self, now, shift=timedelta(0)):
        """Plan what is left of one project from what is known now.

        Finished tasks stay; a task that is overdue ends now at the earliest; the
        others keep their planned start unless a predecessor is later.

        :param now: aware datetime
        :param shift: how far the anchor moved
        :return: ``(tasks, schedule, edges)``; tasks is a recordset as superuser
        """
        self.ensure_one()
        tasks = self.env["project.task"].sudo().search([("project_id", "=", self.id)])
        leaves = tasks - tasks.parent_id
        fixed, steps, edges = {}, [], {}
        ids = set(leaves._ids)
        clock = self._linkstar_clock(now)
        for task in leaves:
            before = tuple(b for b in self._linkstar_befores(task) if b in ids)
            edges[task.id] = before
            start = _aware(task.planned_date_begin or task.create_date) + shift
            if task.state in CLOSED:
                end = _aware(task.done_date or task.date_deadline or task.write_date)
                fixed[task.id] = Slot(min(start, end), end)
                continue
            steps.append(self._linkstar_step(task, start, before, shift))
        anchor = now
        schedule = self._linkstar_forward(steps, anchor, clock, fixed, now)
        return leaves, schedule, edges

    def _linkstar_befores(self, task):
        """Ids of predecessors, those of the tasks it belongs to included."""
        found, up = [], task
        while up:
            for before in up.depend_on_ids:
                found += (before - before.child_ids.parent_id)._ids
                found += before.child_ids._ids
            up = up.parent_id
        return found

    def _linkstar_step(self, task, start, before, shift):
        hours, days = task.allocated_hours, task.duration_days
        is_elapsed = task.duration_kind == "elapsed"
        if not task.node_uid and task.date_deadline and not hours:
            # A task the team added: it lasts as long as its deadline says.
            is_elapsed = True
            length = _aware(task.date_deadline) + shift - start
            days = max(length / timedelta(days=1), 0)
        return start, Step(
            uid=task.id,
            hours=hours,
            elapsed_days=days,
            is_elapsed=is_elapsed,
            depends_on=before,
        )

    def _linkstar_forward(self, steps, anchor, clock, fixed, now):
        """Forward pass in which every step has a start of its own."""
        placed = [
            Step(
                uid=step.uid,
                hours=step.hours,
                elapsed_days=step.elapsed_days,
                is_elapsed=step.is_elapsed,
                offset=(start - anchor) / timedelta(days=1),
                depends_on=step.depends_on,
            )
            for start, step in steps
        ]
        schedule = forward(placed, anchor, clock, fixed=fixed)
        late = {uid for uid, slot in schedule.slots.items() if slot.end < now}
        late -= set(fixed)
        if late:
            # What should have ended and did not ends now at the earliest, and
            # its followers begin after that.
            held = {
                uid: Slot(schedule.slots[uid].start, now)
                for uid in late
                if not any(
                    b in late for s in placed if s.uid == uid for b in s.depends_on
                )
            }
            schedule = forward(placed, anchor, clock, fixed={**fixed, **held})
            for uid, slot in schedule.slots.items():
                if uid not in fixed and slot.end < now:
                    schedule.slots[uid] = Slot(slot.start, now)
        return schedule

    # -- moves -------------------------------------------------------------------

    def reschedule(self, preview=True, anchor_date=None):
        """Move open tasks to where reality puts them.

        Finished tasks and first deadlines are never touched.

        :param preview: only tell; nothing is written
        :param anchor_date: new day 0, for a promotion or opening that moved
        :return: list of dicts: ``task_id``, ``name``, ``start``, ``new_start``,
            ``deadline``, ``new_deadline`` (UTC, ISO)
        """
        self.ensure_one()
        self.check_access("read")
        if not self.sudo().launch_key or self.is_template:
            raise UserError(
                self.env._("%(name)s was not launched from a template.", name=self.name)
            )
        if not preview:
            self.sudo().store_id.with_env(self.env)._check_lead()
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        day = fields.Date.to_date(anchor_date) if anchor_date else False
        shift = timedelta(0)
        if day and self.anchor_date:
            shift = self._linkstar_midnight(day) - self._linkstar_midnight(
                self.anchor_date
            )
        try:
            tasks, schedule, _edges = self._linkstar_replan(now, shift)
        except NoWorkingTime:
            raise UserError(
                self.env._(
                    "The working calendar of %(company)s has no working hours. Give "
                    "it hours under Settings, Working Schedules.",
                    company=(self.company_id or self.env.company).name,
                )
            ) from None
        moves = self._linkstar_moves(tasks, schedule)
        if not preview and (moves or shift):
            self._linkstar_apply_moves(moves, day)
        return [
            {
                **move,
                **{
                    key: fields.Datetime.to_string(move[key]) or ""
                    for key in ("start", "new_start", "deadline", "new_deadline")
                },
            }
            for move in moves
        ]

    def _linkstar_midnight(self, day):
        return datetime.combine(day, time.min, self._linkstar_zone()).astimezone(
            timezone.utc
        )

    def _linkstar_moves(self, tasks, schedule):
        moves = []
        for task in tasks:
            slot = schedule.slots[task.id]
            if task.state in CLOSED:
                continue
            start, end = _naive(slot.start), _naive(slot.end)
            start = start.replace(microsecond=0)
            end = end.replace(microsecond=0)
            if (start, end) != (task.planned_date_begin, task.date_deadline):
                moves.append(
                    {
                        "task_id": task.id,
                        "name": task.name,
                        "start": task.planned_date_begin,
                        "new_start": start,
                        "deadline": task.date_deadline,
                        "new_deadline": end,
                    }
                )
        return moves

    def _linkstar_apply_moves(self, moves, anchor_date):
        """Write all moves with one statement, and say so once."""
        tasks = self.env["project.task"].sudo().browse([m["task_id"] for m in moves])
        tasks.flush_recordset(["planned_date_begin", "date_deadline"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE project_task t
                   SET planned_date_begin = v.begin_at, date_deadline = v.end_at,
                       first_deadline = COALESCE(t.first_deadline, v.end_at),
                       write_date = %s, write_uid = %s
                  FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[])
                       AS v(id, begin_at, end_at)
                 WHERE t.id = v.id
                """,
                fields.Datetime.now(),
                self.env.uid,
                tasks.ids,
                [move["new_start"] for move in moves],
                [move["new_deadline"] for move in moves],
            )
        )
        names = ["planned_date_begin", "date_deadline", "first_deadline"]
        tasks.invalidate_recordset(names + ["write_date", "write_uid"], flush=False)
        tasks.modified(names)
        tasks.with_env(self.env)._linkstar_audit_append(
            [
                (
                    move["task_id"],
                    "write",
                    "date_deadline",
                    str(move["deadline"] or ""),
                    str(move["new_deadline"]),
                )
                for move in moves
                if move["deadline"] != move["new_deadline"]
            ]
        )
        if anchor_date:
            self.sudo().anchor_date = anchor_date
        self._message_log(
            body=self.env._("Rescheduled: %s tasks moved.", len(moves)),
        )
        self._linkstar_update_status(fields.Datetime.now())

    # -- status ------------------------------------------------------------------

    def _linkstar_update_status(self, now):
        """Store forecast, status and reason of these running projects.

        :param now: naive UTC datetime
        """
        for project in self.sudo():
            try:
                vals = project._linkstar_status(now.replace(tzinfo=timezone.utc))
            except NoWorkingTime:
                vals = {
                    "schedule_status": "at_risk",
                    "schedule_note": {"code": "no_hours"},
                }
            changed = {
                name: value for name, value in vals.items() if project[name] != value
            }
            changed["schedule_checked_at"] = now
            project.with_context(mail_notrack=True).write(changed)

    def _linkstar_status(self, now):
        tasks, schedule, edges = self._linkstar_replan(now)
        open_tasks = tasks.filtered(lambda task: task.state not in CLOSED)
        planned = max(
            (t.first_deadline for t in tasks if t.first_deadline), default=None
        )
        end = _naive(schedule.end).replace(microsecond=0) if schedule.slots else False
        vals = {
            "forecast_end": end,
            "schedule_status": "on_track",
            "schedule_note": False,
        }
        overdue = open_tasks.filtered(
            lambda task: task.date_deadline and _aware(task.date_deadline) < now
        ).sorted(lambda task: (task.state == WAITING, task.date_deadline))
        if planned and end and end - planned > timedelta(hours=12):
            path = critical(schedule.slots, edges)
            culprit = (overdue.filtered(lambda t: t.id in path) or overdue)[:1]
            culprit = culprit or open_tasks.filtered(lambda t: t.id in path)[:1]
            vals["schedule_status"] = "late"
            vals["schedule_note"] = {
                "code": "forecast_late",
                "days": -(-(end - planned) // timedelta(days=1)),
                "task": culprit.name or "",
            }
        elif overdue:
            days = -(-(now - _aware(overdue[0].date_deadline)) // timedelta(days=1))
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
