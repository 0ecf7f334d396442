"""What became of a task: a grade by the lead, and why it was late."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

GRADES = [("4", "Excellent"), ("3", "Good"), ("2", "Passable"), ("1", "Poor")]


class ProjectTask(models.Model):
    _inherit = "project.task"

    grade_wanted = fields.Boolean(
        string="Acceptance grade",
        help="A lead who does not do the task grades the finished work.",
    )
    acceptance_grade = fields.Selection(
        GRADES,
        string="Grade",
        copy=False,
        readonly=True,
        help="How good the finished work was, whenever it was finished.",
    )
    acceptance_note = fields.Char(copy=False, readonly=True)
    accepted_by_id = fields.Many2one(
        "res.users", string="Graded by", copy=False, readonly=True
    )
    accepted_at = fields.Datetime(string="Graded on", copy=False, readonly=True)
    delay_cause_id = fields.Many2one(
        "linkstar.delay.cause",
        string="Cause of delay",
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
    delay_note = fields.Char(string="Explanation", copy=False, readonly=True)
    delay_confirmed_by_id = fields.Many2one(
        "res.users", string="Cause confirmed by", copy=False, readonly=True
    )
    delay_confirmed_at = fields.Datetime(copy=False, readonly=True)
    delay_state = fields.Selection(
        [
            ("to_explain", "Cause missing"),
            ("to_confirm", "Cause to confirm"),
            ("confirmed", "Cause confirmed"),
        ],
        string="Delay",
        compute="_compute_delay_state",
        search="_search_delay_state",
        help="A late task says why, and a lead who does not do it confirms it.",
    )

    @api.depends(
        "first_deadline",
        "done_date",
        "state",
        "clock_paused_hours",
        "delay_cause_id",
        "delay_confirmed_by_id",
    )
    def _compute_delay_state(self):
        late = self._linkstar_late_ids()
        for task in self:
            known = task.sudo()
            if task.id not in late:
                task.delay_state = False
            elif known.delay_confirmed_by_id:
                task.delay_state = "confirmed"
            else:
                is_known = known.delay_cause_id
                task.delay_state = "to_confirm" if is_known else "to_explain"

    def _linkstar_late_ids(self):
        """Ids of the counted tasks that are late, their pauses left out."""
        now = fields.Datetime.now()
        found = set()
        for task in self._linkstar_counted():
            if not task.first_deadline or task.state == "1_canceled":
                continue
            over = (task.done_date or now) - task.first_deadline
            if over.total_seconds() / 3600 > task.clock_paused_hours:
                found.add(task.id)
        return found

    def _search_delay_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        names = ["first_deadline", "done_date", "state", "clock_paused_hours"]
        names += ["delay_cause_id", "delay_confirmed_by_id"]
        self.flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, CASE WHEN delay_confirmed_by_id IS NOT NULL THEN 'confirmed'
                                WHEN delay_cause_id IS NOT NULL THEN 'to_confirm'
                                ELSE 'to_explain' END
                  FROM project_task
                 WHERE linkstar_kind IS NOT NULL AND node_uid IS NOT NULL
                   AND is_trial IS NOT TRUE AND store_id IS NOT NULL
                   AND state <> '1_canceled'
                   AND first_deadline + COALESCE(clock_paused_hours, 0)
                       * interval '1 hour' < COALESCE(done_date, %s)
                """,
                fields.Datetime.now(),
            )
        )
        ids = [row[0] for row in rows if row[1] in value]
        if False in value:
            late = [row[0] for row in rows]
            return ["|", ("id", "in", ids), ("id", "not in", late)]
        return [("id", "in", ids)]

    # -- grade -------------------------------------------------------------------

    def grade(self, grade, note=""):
        """Grade finished work: a lead of the store who does not do it.

        :param grade: ``4`` (excellent) to ``1`` (poor)
        :param note: what was good or lacking; asked for below ``3``
        """
        self.check_access("read")
        allowed = [value for value, _label in GRADES]
        if str(grade) not in allowed:
            raise UserError(self.env._("Choose a grade: %s.", ", ".join(allowed)))
        note = (note or "").strip()
        if str(grade) < "3" and len(note) < 5:
            raise UserError(
                self.env._("Say what was lacking: the next run learns from it.")
            )
        for task in self:
            task._linkstar_check_judge()
            if task.sudo().state != "1_done":
                raise UserError(
                    self.env._(
                        "%(task)s is not done yet: it is graded afterwards.",
                        task=task.sudo().name,
                    )
                )
        self._linkstar_note_outcome(
            {
                "acceptance_grade": str(grade),
                "acceptance_note": note or False,
                "accepted_by_id": self.env.uid,
                "accepted_at": fields.Datetime.now(),
            }
        )
        return True

    def _linkstar_check_judge(self):
        """Raise unless the user leads the store and does not do this task."""
        self.ensure_one()
        task = self.sudo()
        if not self._linkstar_counted():
            raise UserError(
                self.env._("%(task)s is no step of a launched project.", task=task.name)
            )
        user_env = self.env(su=False)
        task.store_id.with_env(user_env)._check_lead()
        if task.with_env(user_env)._linkstar_own():
            raise AccessError(
                self.env._(
                    "%(task)s is your own task: ask %(people)s.",
                    task=task.name,
                    people=self._linkstar_second_people(),
                )
            )

    def _linkstar_note_outcome(self, vals):
        """Write outcome fields as the system, audited."""
        tasks = self.sudo().with_context(mail_notrack=True)
        before = self._linkstar_audit_snapshot(vals.keys())
        tasks._linkstar_store_system(tasks, vals)
        self._linkstar_audit_write(before, vals)

    # -- causes of delay -----------------------------------------------------------

    def explain_delay(self, cause_id, note=""):
        """Say why these late tasks are late: those who do them, or a lead.

        :param cause_id: id of a ``linkstar.delay.cause``
        :param note: in one's own words
        """
        self.check_access("read")
        cause = self.env["linkstar.delay.cause"].browse(cause_id).exists()
        if not cause:
            raise UserError(self.env._("Choose a cause of the catalogue."))
        late = self._linkstar_late_ids()
        for task in self:
            known = task.sudo()
            if task.id not in late:
                raise UserError(self.env._("%(task)s is not late.", task=known.name))
            if not task._linkstar_own():
                known.store_id.with_env(self.env)._check_lead()
            if known.delay_confirmed_by_id:
                task._linkstar_check_judge()
        self._linkstar_note_outcome(
            {
                "delay_cause_id": cause.id,
                "delay_note": (note or "").strip() or False,
                "delay_confirmed_by_id": False,
                "delay_confirmed_at": False,
            }
        )
        return True

    def confirm_delay(self):
        """Confirm the stated causes: a lead of the store who does not do the task."""
        self.check_access("read")
        for task in self:
            task._linkstar_check_judge()
            if not task.sudo().delay_cause_id:
                raise UserError(
                    self.env._(
                        "Nobody has said yet why %(task)s is late.",
                        task=task.sudo().name,
                    )
                )
        self._linkstar_note_outcome(
            {
                "delay_confirmed_by_id": self.env.uid,
                "delay_confirmed_at": fields.Datetime.now(),
            }
        )
        return True

    def action_open_grade(self):
        """Open the wizard that asks for the grade."""
        return self._linkstar_outcome_dialog("grade", self.env._("Grade the work"))

    def action_open_delay(self):
        """Open the wizard that asks for the cause."""
        return self._linkstar_outcome_dialog("delay", self.env._("Cause of the delay"))

    def _linkstar_outcome_dialog(self, kind, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": f"linkstar.task.{kind}",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_task_ids": [(6, 0, self.ids)]},
        }
