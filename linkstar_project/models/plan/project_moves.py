"""Moves: what shifts when reality does, shown first and applied when wanted."""

from datetime import timedelta, timezone

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine import replan as engine
from ...engine.schedule import Slot
from .project_replan import CLOSED, aware, naive

MOMENTS = ("start", "new_start", "deadline", "new_deadline")


class ProjectProject(models.Model):
    _inherit = "project.project"

    def reschedule(
        self, preview=True, anchor_date=None, milestone_id=None, milestone_date=None
    ):
        """Move open tasks to where reality puts them.

        Finished tasks and first deadlines are never touched.

        :param preview: only tell; nothing is written
        :param anchor_date: new day 0, for a promotion or opening that moved
        :param milestone_id: a milestone of the project that moves to
            ``milestone_date``, with its open tasks
        :return: list of dicts: ``task_id``, ``name``, ``start``, ``new_start``,
            ``deadline``, ``new_deadline`` (UTC, ISO), ``who`` (assignees) and
            ``why`` (a sentence)
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
        shift, shifted, cause = timedelta(0), None, "anchor"
        if day and self.anchor_date:
            shift = self._linkstar_midnight(day) - self._linkstar_midnight(
                self.anchor_date
            )
        milestone = self.env["project.milestone"]
        if milestone_id:
            milestone = self._linkstar_milestone(milestone_id)
            until = fields.Date.to_date(milestone_date) or milestone.deadline
            if milestone.deadline and until:
                shift = until - milestone.deadline
            shifted, cause = self._linkstar_milestone_tasks(milestone), "milestone"
        clock = self._linkstar_clock(now)
        tasks, items, schedule = self._linkstar_planned(
            self._linkstar_replan, now, shift, shifted, clock
        )
        moves = self._linkstar_moves(tasks, items, schedule, now, cause)
        if not preview and (moves or shift):
            self._linkstar_apply_moves(moves)
            if day:
                self.sudo().anchor_date = day
            if milestone and milestone_date:
                milestone.deadline = fields.Date.to_date(milestone_date)
            self._message_log(
                body=self.env._("Rescheduled: %s tasks moved.", len(moves)),
            )
            self._linkstar_update_status(fields.Datetime.now(), clock, tasks)
        return self._linkstar_move_texts(moves)

    def _linkstar_milestone(self, milestone_id):
        milestone = self.env["project.milestone"].sudo().browse(milestone_id).exists()
        if milestone.project_id != self.sudo():
            raise UserError(
                self.env._("Choose a milestone of %(project)s.", project=self.name)
            )
        return milestone

    def _linkstar_milestone_tasks(self, milestone):
        """Ids of the tasks of a milestone and of their parts."""
        tasks = (
            self.env["project.task"]
            .sudo()
            .search([("project_id", "=", self.id), ("milestone_id", "=", milestone.id)])
        )
        return set((tasks | tasks._get_all_subtasks())._ids)

    @staticmethod
    def _linkstar_move_texts(moves):
        """Moves as plain values for screens and API."""
        return [
            {
                **move,
                **{key: fields.Datetime.to_string(move[key]) or "" for key in MOMENTS},
            }
            for move in moves
        ]

    # -- what moves --------------------------------------------------------------

    def _linkstar_moves(self, tasks, items, schedule, now, cause="anchor"):
        """Moves of open tasks: those without parts, then the frames around them.

        :param cause: why tasks move that nothing else pushes
        """
        by_id = {task.id: task for task in tasks}
        words = engine.reasons(items, schedule, now)
        moves = []
        for item in items:
            task, slot = by_id[item.uid], schedule.slots[item.uid]
            if task.state in CLOSED:
                continue
            code, other = words.get(item.uid, (cause, None))
            if not task.date_deadline:
                code = "undated"
            moves += self._linkstar_move(task, slot, code, by_id.get(other))
        moved = {move["task_id"] for move in moves}
        children = {task.id: task.child_ids._ids for task in tasks.parent_id}
        for uid, slot in engine.frames(schedule.slots, children).items():
            parent = by_id.get(uid)
            if parent and parent.state not in CLOSED and moved & set(children[uid]):
                found = self._linkstar_move(parent, slot, "parts", None)
                moved.update(move["task_id"] for move in found)
                moves += found
        return moves

    def _linkstar_move(self, task, slot, code, other):
        """The move of one task as a list: empty when it stays where it is."""
        start, end = naive(slot.start), naive(slot.end)
        if (start, end) == (task.planned_date_begin, task.date_deadline):
            return []
        return [
            {
                "task_id": task.id,
                "name": task.name,
                "start": task.planned_date_begin,
                "new_start": start,
                "deadline": task.date_deadline,
                "new_deadline": end,
                "who": ", ".join(task.user_ids.mapped("name")),
                "why": self._linkstar_move_words(code, other),
            }
        ]

    def _linkstar_move_words(self, code, other):
        """Why a task moves, in the reader's language."""
        if code == "after":
            return self.env._("“%(task)s” ends later.", task=other.name)
        if code == "overdue":
            return self.env._("It should have ended and has not.")
        if code == "milestone":
            return self.env._("Its milestone moves.")
        if code == "undated":
            return self.env._("It had no dates yet.")
        if code == "parts":
            return self.env._("Its sub-tasks move.")
        if code == "by_hand":
            return self.env._("Moved by hand.")
        if code == "hours":
            return self.env._("Its working hours or holidays changed.")
        return self.env._("The day it counts from moves.")

    # -- applying ----------------------------------------------------------------

    def _linkstar_apply_moves(self, moves):
        """Write all moves with one statement, and record them."""
        tasks = self.env["project.task"].sudo().browse([m["task_id"] for m in moves])
        if not tasks:
            return
        tasks.flush_recordset(["planned_date_begin", "date_deadline"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE project_task t
                   SET planned_date_begin = v.begin_at, date_deadline = v.end_at,
                       first_deadline = COALESCE(t.first_deadline, v.end_at),
                       first_begin = COALESCE(t.first_begin, v.begin_at),
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
        names.append("first_begin")
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
            ],
            standing=tasks,
        )


class ProjectTask(models.Model):
    _inherit = "project.task"

    def preview_move(self, begin, end):
        """Tell what shifts when this task is put from ``begin`` to ``end``.

        The task goes exactly there; only what waits for it may shift with it, and
        only later. A task with parts takes its open parts along.

        :param begin: UTC, naive datetime or ISO text
        :param end: the same; not before ``begin``
        :return: list of dicts as of ``project.reschedule``, this task first; with
            ``warning``: a sentence when it would begin before something it waits
            for ends, else an empty text
        :raises UserError: for a closed task, one without a project, or an end
            before the beginning
        """
        return self._linkstar_preview_move(begin, end)[0]

    def apply_move(self, begin, end):
        """Move this task and what follows it; see ``preview_move``.

        :return: the moves that were written
        :raises AccessError: without the right to change it: launched work is moved
            by leads of its store
        """
        self.check_access("write")
        texts, moves = self._linkstar_preview_move(begin, end)
        vals = {"planned_date_begin": begin, "date_deadline": end}
        counted = self._linkstar_counted().with_env(self.env)
        counted._linkstar_check_work_rights(vals)
        others = self.browse([move["task_id"] for move in moves]) - self
        project = self.project_id
        if project.sudo().linkstar_kind:
            project.sudo().store_id.with_env(self.env)._check_lead()
        else:
            others.check_access("write")
        project._linkstar_apply_moves(moves)
        if project.sudo().launch_key:
            project._linkstar_update_status(fields.Datetime.now())
        return texts

    def _linkstar_preview_move(self, begin, end):
        """Return the moves as texts and as they are written."""
        self.ensure_one()
        self.check_access("read")
        project = self.project_id
        begin = aware(fields.Datetime.to_datetime(begin))
        end = aware(fields.Datetime.to_datetime(end))
        self._linkstar_check_move(begin, end)
        tasks, items = project.sudo()._linkstar_items()
        pinned = self._linkstar_pinned(items, begin, end)
        schedule = project._linkstar_planned(
            engine.move, items, pinned, project._linkstar_clock(begin)
        )
        moves = []
        for move in project._linkstar_moves(tasks, items, schedule, begin):
            by_hand = move["task_id"] in pinned
            if by_hand:
                move["why"] = project._linkstar_move_words("by_hand", None)
            move["warning"] = ""
            if move["task_id"] == self.id:
                move["warning"] = self._linkstar_move_warning(items, schedule)
            moves.append(move)
        moves.sort(key=lambda move: (move["task_id"] != self.id, move["new_start"]))
        return project._linkstar_move_texts(moves), moves

    def _linkstar_check_move(self, begin, end):
        if not self.project_id or not begin or not end:
            raise UserError(
                self.env._("Only a task of a project moves, and with both dates.")
            )
        if end < begin:
            raise UserError(self.env._("A task cannot end before it begins."))
        if self.state in CLOSED:
            raise UserError(
                self.env._("%(task)s is closed and stays as it is.", task=self.name)
            )

    def _linkstar_pinned(self, items, begin, end):
        """Slots of the tasks that are put elsewhere: this one, or its open parts."""
        own = {item.uid: item for item in items}
        if self.id in own:
            return {self.id: Slot(begin, end)}
        by = begin - aware(self.planned_date_begin or self.create_date)
        parts = self.sudo()._get_all_subtasks()._ids
        return {
            uid: Slot(own[uid].start + by, (own[uid].end or own[uid].start) + by)
            for uid in parts
            if uid in own and not own[uid].stays
        } or {self.id: Slot(begin, end)}

    def _linkstar_move_warning(self, items, schedule):
        item = next((item for item in items if item.uid == self.id), None)
        if not item:
            return ""
        start = schedule.slots[self.id].start
        befores = [b for b in item.depends_on if schedule.slots[b].end > start]
        if not befores:
            return ""
        last = max(befores, key=lambda uid: schedule.slots[uid].end)
        return self.env._(
            "It begins before “%(task)s” ends, which it waits for.",
            task=self.sudo().browse(last).name,
        )

    def _linkstar_store_slack(self, path, slack):
        """Store which of these tasks are critical and how far they may slip.

        :param path: ids of critical tasks
        :param slack: ``{id: timedelta}``
        """
        rows = []
        for task in self:
            hours = round(max(slack[task.id].total_seconds(), 0) / 3600, 1)
            is_critical = task.id in path
            hours = 0.0 if is_critical else hours
            if (is_critical, hours) != (task.on_critical_path, task.slack_hours):
                rows.append((task.id, is_critical, hours))
        if not rows:
            return
        names = ["on_critical_path", "slack_hours"]
        self.flush_model(names)
        ids, flags, hours = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                "UPDATE project_task t SET on_critical_path = v.flag,"
                " slack_hours = v.hours FROM unnest(%s::int[], %s::bool[],"
                " %s::float8[]) AS v(id, flag, hours) WHERE t.id = v.id",
                list(ids),
                list(flags),
                list(hours),
            )
        )
        self.invalidate_recordset(names, flush=False)
