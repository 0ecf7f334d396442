"""Blocked tasks: what holds them, in which words, and that nothing starts them."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from ...engine.graph import CycleError, topological_order

WAITING = "04_waiting_normal"
OPEN = "01_in_progress"
CLOSED = ("1_done", "1_canceled")
STARTED = (OPEN, "02_changes_requested", "03_approved", "1_done")


class ProjectTask(models.Model):
    _inherit = "project.task"

    is_blocked = fields.Boolean(
        compute="_compute_is_blocked",
        search="_search_is_blocked",
        string="Blocked",
        help="A predecessor is open or a gate is closed.",
    )
    blocked_reason = fields.Text(
        compute="_compute_blocked_reason",
        string="Why it waits",
        help="What holds this task, how old the data is and what opens it.",
    )

    # -- state -------------------------------------------------------------------

    @api.depends("gate_ids.is_open")
    def _compute_state(self):
        """Wait for predecessors and gates; keep what people set otherwise.

        Core falls back to *in progress* whenever a stage or predecessor changes;
        a task that is approved or has changes requested keeps that here. Pending
        predecessors are computed first, in order: core recurses through a chain.
        """
        ours = self.filtered("linkstar_kind")
        super(ProjectTask, self - ours)._compute_state()
        if not ours:
            return
        ours._linkstar_compute_predecessors_first()
        turned = self.browse()
        for task in ours:
            state = task.state
            before = state
            if state in CLOSED:
                task.state = state
            elif task._linkstar_is_held():
                task.state = WAITING
            else:
                task.state = OPEN if state == WAITING or not state else state
            if (before == WAITING) != (task.state == WAITING):
                turned |= task
        turned._linkstar_turn_parts()

    def _linkstar_turn_parts(self):
        """Let sub-tasks wait, or go on, with the task they are part of.

        No dependency of the field does it: core resets what people set on the
        sub-tasks of ordinary projects whenever such a state is computed again.
        """
        ids = [task.id for task in self if isinstance(task.id, int)]
        if not ids:
            return
        # A search would compute pending states first, and so come back here.
        self.env["project.task"].flush_model(["parent_id", "linkstar_kind"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM project_task"
                " WHERE parent_id = ANY(%s) AND linkstar_kind IS NOT NULL",
                ids,
            )
        )
        parts = self.sudo().browse([task_id for (task_id,) in rows]) - self
        self.env.add_to_compute(self._fields["state"], parts)

    def _linkstar_is_held(self):
        task = self.sudo().with_context(active_test=False)
        whole = task.parent_id
        if whole.linkstar_kind and whole.state == WAITING:
            return True
        return any(before.state not in CLOSED for before in task.depend_on_ids) or any(
            not gate.is_open for gate in task.gate_ids
        )

    def _linkstar_compute_predecessors_first(self):
        """Compute pending predecessors from the head of the chain to its tail."""
        field = self._fields["state"]
        pending = self.env.records_to_compute(field).with_context(active_test=False)
        if not pending:
            return
        ids = set(pending._ids)
        edges, todo = {}, list(self.with_context(active_test=False))
        while todo:
            task = todo.pop()
            if task.id in edges:
                continue
            befores = task.depend_on_ids.filtered(lambda before: before.id in ids)
            edges[task.id] = befores.ids
            todo += list(befores)
        if len(edges) == len(self):
            return
        try:
            order = topological_order(edges)
        except CycleError:
            # Core's own constraint refuses the cycle at the end of the write.
            return
        own = set(self._ids)
        for task_id in order:
            if task_id not in own:
                pending.browse(task_id).state  # noqa: B018 (computes it)

    def _linkstar_check_state(self, vals):
        """Refuse to start, finish or approve what is blocked or lacks evidence.

        Holds for every caller, superuser and any context included.

        :param vals: values of the write; ``state`` may be changed in place
        :return: tasks reopened while something holds them: they wait again
        """
        target = vals.get("state")
        reopened = self.browse()
        if target in STARTED or ("stage_id" in vals and vals["stage_id"]):
            held = self._linkstar_held()
            closed = held.filtered(lambda task: task.state in CLOSED)
            if target in STARTED:
                reopened = closed if target == OPEN else self.browse()
                refused = held - reopened
            else:
                refused = (held - closed)._linkstar_moving_on(vals["stage_id"])
            if refused:
                task = refused[0].with_env(self.env)
                raise UserError(
                    self.env._(
                        "%(task)s cannot go on yet.\n%(reason)s",
                        task=task.sudo().name,
                        reason=task.sudo(False).blocked_reason,
                    )
                )
        if target == WAITING:
            free = self - self._linkstar_held()
            if free:
                raise UserError(
                    self.env._(
                        "Nothing holds %(task)s: a task waits only while a "
                        "predecessor is open or a gate is closed.",
                        task=free[0].name,
                    )
                )
        if target == "1_done":
            self._linkstar_check_evidence()
        return reopened

    def _linkstar_check_created(self, vals_list):
        """Refuse new tasks that are started or done behind what holds them.

        :param vals_list: the values they were created with
        """
        named = self.browse(
            [
                task.id
                for task, vals in zip(self, vals_list, strict=True)
                if vals.get("state") in STARTED and task.sudo().linkstar_kind
            ]
        )
        work = named.sudo().filtered(lambda task: not task.project_id.is_template)
        held = work._linkstar_held() if work else work
        refused = held.filtered(lambda task: task.state != OPEN)
        if refused:
            raise UserError(
                self.env._(
                    "%(task)s cannot go on yet.\n%(reason)s",
                    task=refused[0].name,
                    reason="\n".join(refused[0]._linkstar_hold_lines()),
                )
            )
        self.env.add_to_compute(self._fields["state"], held.sudo(self.env.su))

    def _linkstar_held(self):
        """Those of these tasks that something holds, read from the database."""
        tasks = self.sudo().with_context(active_test=False)
        held = tasks.search(
            [
                ("id", "in", tasks.ids),
                "|",
                "|",
                ("gate_ids.is_open", "=", False),
                ("depend_on_ids.state", "not in", CLOSED),
                "&",
                ("parent_id.linkstar_kind", "!=", False),
                ("parent_id.state", "=", WAITING),
            ]
        )
        return self.browse(held.ids)

    def _linkstar_moving_on(self, stage_id):
        """Those that the stage would carry further to the right."""
        stage = self.env["project.task.type"].sudo().browse(stage_id)
        return self.filtered(
            lambda task: task.stage_id
            and task.stage_id != stage
            and (stage.sequence, stage.id) > (task.stage_id.sequence, task.stage_id.id)
        )

    def _linkstar_check_evidence(self):
        wanting = self.filtered(
            lambda task: task.evidence_required and task.state != "1_done"
        )
        if not wanting:
            return
        groups = (
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "project.task"),
                    ("res_id", "in", wanting.ids),
                    ("res_field", "=", False),
                ],
                ["res_id"],
            )
        )
        missing = wanting - wanting.browse([res_id for (res_id,) in groups])
        if missing:
            raise UserError(
                self.env._(
                    "%(task)s needs evidence: attach a photo or file, then finish it.",
                    task=missing[0].name,
                )
            )

    def _linkstar_update_finished(self):
        """Mark projects whose last task was closed, and unmark reopened ones."""
        projects = self.project_id.sudo().filtered("launch_key")
        if not projects:
            return
        counts = dict(
            self.env["project.task"]
            .sudo()
            ._read_group(
                [("project_id", "in", projects.ids), ("state", "not in", CLOSED)],
                ["project_id"],
                ["__count"],
            )
        )
        ended = projects.filtered(lambda p: not p.finished_at and not counts.get(p))
        ended.write({"finished_at": fields.Datetime.now()})
        again = projects.filtered(lambda p: p.finished_at and counts.get(p))
        if again:
            again._linkstar_check_reopen()
            again.write({"finished_at": False})

    # -- reasons -----------------------------------------------------------------

    @api.depends("state", "gate_ids.is_open", "depend_on_ids.state")
    def _compute_is_blocked(self):
        for task in self:
            task.is_blocked = task.state == WAITING

    def _search_is_blocked(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True}:
            return [("state", "=", WAITING)]
        if wanted == {False}:
            return [("state", "!=", WAITING)]
        return [(1, "=", 1 if wanted else 0)]

    @api.depends("state", "depend_on_ids.state", "gate_ids.is_open", "parent_id.state")
    @api.depends_context("lang", "tz")
    def _compute_blocked_reason(self):
        for task in self:
            # A step of a template waits for nothing: nobody works on it.
            if (
                not task.linkstar_kind
                or task.state in CLOSED
                or task.sudo().project_id.is_template
            ):
                task.blocked_reason = False
                continue
            task.blocked_reason = "\n".join(task._linkstar_hold_lines()) or False

    def _linkstar_hold_lines(self):
        """One sentence for each thing that holds this task, in the reader's words."""
        self.ensure_one()
        now = fields.Datetime.now()
        known = self.sudo().with_context(active_test=False)
        lines = [
            self._linkstar_explain_predecessor(before)
            for before in known.depend_on_ids
            if before.state not in CLOSED
        ]
        closed = known.gate_ids.filtered(lambda gate: not gate.is_open)
        lines += [gate._explain(now) for gate in closed]
        whole = known.parent_id
        if whole.linkstar_kind and whole.state == WAITING:
            lines.append(
                self.env._(
                    "It is part of “%(task)s”, which waits:\n%(reason)s",
                    task=whole.name,
                    reason=whole.blocked_reason or "",
                )
            )
        return lines

    def _linkstar_explain_predecessor(self, before):
        """One line about an open predecessor: whose it is and until when."""
        who = ", ".join(before.user_ids.mapped("name")) or self.env._("nobody yet")
        if not before.date_deadline:
            return self.env._(
                "Waits for “%(task)s” (%(who)s).", task=before.name, who=who
            )
        return self.env._(
            "Waits for “%(task)s” (%(who)s, due %(deadline)s).",
            task=before.name,
            who=who,
            deadline=format_datetime(self.env, before.date_deadline, dt_format="short"),
        )
