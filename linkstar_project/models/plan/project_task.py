"""Tasks of launched projects: dates, proof of work, and guarded changes."""

from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

DONE = "1_done"
CANCELED = "1_canceled"
#: What a date was at first: the plan that reality is compared with.
FIRST_DATES = {
    "date_deadline": "first_deadline",
    "planned_date_begin": "first_begin",
}


class ProjectTask(models.Model):
    """Core's task with a schedule, gates and evidence."""

    _name = "project.task"
    _inherit = [
        "project.task",
        "linkstar.system.fields.mixin",
        "linkstar.audit.mixin",
        "linkstar.copy.mixin",
    ]

    _system_fields = frozenset(
        {
            "node_uid",
            "first_deadline",
            "done_date",
            "on_critical_path",
            "slack_hours",
            "first_begin",
            "clock_paused_hours",
            "real_begin",
            "worked_hours",
            "acceptance_grade",
            "acceptance_note",
            "accepted_by_id",
            "accepted_at",
            "delay_cause_id",
            "delay_note",
            "delay_confirmed_by_id",
            "delay_confirmed_at",
            "store_id",
            "linkstar_kind",
            "subject_listing_id",
            "is_trial",
            "import_key",
            # Core opens a record to whoever knows its token, without signing in.
            "access_token",
        }
    )
    #: What counts for a score changes with a second person only.
    _linkstar_lead_fields = frozenset(
        {
            "active",
            "allocated_hours",
            "date_deadline",
            "depend_on_ids",
            "dependent_ids",
            "evidence_required",
            "grade_wanted",
            "duration_days",
            "duration_kind",
            "gate_ids",
            "is_key",
            "is_review",
            "is_template",
            "milestone_id",
            "name",
            "offset_days",
            "parent_id",
            "planned_date_begin",
            "role_ids",
            "user_ids",
        }
    )
    _audit_fields = (
        "name",
        "active",
        "state",
        "user_ids",
        "date_deadline",
        "done_date",
        "depend_on_ids",
        "allocated_hours",
        "evidence_required",
        "acceptance_grade",
        "acceptance_note",
        "delay_cause_id",
        "delay_note",
        "delay_confirmed_by_id",
        "is_key",
        "project_id",
        "parent_id",
    )

    node_uid = fields.Char(
        string="Template step",
        copy=False,
        index="btree_not_null",
        help="The same for this step in every version and launched project.",
    )
    store_id = fields.Many2one(
        related="project_id.store_id", store=True, index=True, string="Store"
    )
    linkstar_kind = fields.Selection(related="project_id.linkstar_kind", store=True)
    subject_listing_id = fields.Many2one(
        related="project_id.subject_listing_id", store=True, string="Listing"
    )
    is_trial = fields.Boolean(related="project_id.is_trial", store=True)
    planned_date_begin = fields.Datetime(string="Planned start", copy=False)
    first_begin = fields.Datetime(
        string="First planned start",
        copy=False,
        readonly=True,
        help="The first planned start it had: plan and reality are compared by it.",
    )
    first_deadline = fields.Datetime(
        copy=False,
        readonly=True,
        help="The first deadline it had: on time is measured against this one.",
    )
    done_date = fields.Datetime(
        string="Done on", copy=False, readonly=True, index="btree_not_null"
    )
    offset_days = fields.Integer(
        string="Day",
        help="Days from the start date on which the step begins, at the earliest. "
        "With a target date: zero or negative, the day by which it is finished; "
        "positive, the day after the target on which it begins.",
    )
    duration_kind = fields.Selection(
        [("working", "Working hours"), ("elapsed", "Elapsed days")],
        default="working",
        help="Working hours: lasts its planned hours on the working calendar. "
        "Elapsed days: lasts so many days whatever the calendar (sea freight, a "
        "platform's review).",
    )
    duration_days = fields.Float(string="Elapsed days")
    is_key = fields.Boolean(
        string="Key node", help="Reminders of a key node use at least two channels."
    )
    is_review = fields.Boolean(
        string="Review point", help="A lead approves the work before it is done."
    )
    evidence_required = fields.Boolean(
        help="The task can be finished only with a photo or file attached."
    )
    step_texts = fields.Json(
        copy=True,
        prefetch=False,
        help="Name and instructions of a template step in other languages.",
    )
    import_key = fields.Char(
        copy=False,
        help="Names the row of a spreadsheet it came from, within its store.",
    )
    gate_ids = fields.One2many("linkstar.gate", "task_id", string="Gates", copy=True)
    on_critical_path = fields.Boolean(
        copy=False, readonly=True, help="A delay here delays the whole project."
    )
    slack_hours = fields.Float(
        string="Slack",
        copy=False,
        readonly=True,
        help="How many hours it may slip before the whole project ends later.",
    )
    clock_paused_hours = fields.Float(
        copy=False,
        readonly=True,
        help="Hours in which it could not be worked on; they do not count as late.",
    )

    _node_uid_project_uniq = models.UniqueIndex(
        "(project_id, node_uid) WHERE node_uid IS NOT NULL",
        "This project has the template step already.",
    )
    _import_key_store_uniq = models.UniqueIndex(
        "(store_id, import_key) WHERE import_key IS NOT NULL",
        "This row of the spreadsheet was imported already.",
    )

    # -- writes ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Create tasks; steps of our templates get their lasting identity."""
        self.browse()._linkstar_check_system_fields(vals_list)
        # Our own values never pass for a client's: the checks below refuse those.
        system = [dict(vals) for vals in vals_list]
        self._linkstar_identify_steps(system)
        now = fields.Datetime.now()
        for vals in system:
            if vals.get("state") == DONE:
                vals.setdefault("done_date", now)
            if vals.get("date_deadline"):
                vals.setdefault("first_deadline", vals["date_deadline"])
            if vals.get("planned_date_begin"):
                vals.setdefault("first_begin", vals["planned_date_begin"])
        # Core fills in the values it is handed (the name from a quick title, say):
        # copies, or what it added would be written once more below.
        given = [dict(vals) for vals in (system if self.env.su else vals_list)]
        vals_list = [dict(vals) for vals in given]
        tasks = super(ProjectTask, self._linkstar_without_defaults()).create(vals_list)
        for task, vals, own in zip(tasks, given, system, strict=True):
            self._linkstar_store_system(
                task, {name: own[name] for name in own.keys() - vals.keys()}
            )
        if not (self.env.su and self.env.context.get("linkstar_launch")):
            tasks._linkstar_check_created(given)
        return tasks

    def _linkstar_identify_steps(self, vals_list):
        """Give a ``node_uid`` to new steps of template projects of ours."""
        fallback = self.env.context.get("default_project_id")
        parents = self.sudo().browse(
            [v["parent_id"] for v in vals_list if v.get("parent_id")]
        )
        by_parent = {task.id: task.project_id.id for task in parents}
        ids = [
            vals.get("project_id") or by_parent.get(vals.get("parent_id")) or fallback
            for vals in vals_list
        ]
        projects = self.env["project.project"].browse({i for i in ids if i})
        # Core refuses a foreign project when it reads its company, which the lines
        # below bring into the cache for it.
        projects.check_access("read")
        templates = projects.sudo().filtered(
            lambda p: p.linkstar_kind and p.is_template
        )
        if not templates:
            return
        for vals, project_id in zip(vals_list, ids, strict=True):
            if project_id in templates.ids and not vals.get("node_uid"):
                vals["node_uid"] = uuid4().hex

    def write(self, vals):
        """Write after checking what the state, the gates and the rights allow."""
        self._linkstar_check_system_fields([vals])
        ours = self.sudo().filtered("linkstar_kind")
        work = ours.filtered(lambda task: not task.project_id.is_template)
        self._linkstar_check_step_rights(ours - work)
        if not work:
            return self._linkstar_write_dated(vals)
        work.with_env(self.env)._linkstar_check_work_rights(vals)
        vals = dict(vals)
        work.with_env(self.env)._linkstar_check_review(vals)
        reopened = work._linkstar_check_state(vals)
        names = {*vals, "done_date"} if "state" in vals else set(vals)
        before = work.with_env(self.env)._linkstar_audit_snapshot(names)
        result = self._linkstar_write_dated(vals)
        if reopened:
            # Reopened behind a closed gate: the task waits instead of starting.
            self.env.add_to_compute(self._fields["state"], reopened)
        if "state" in vals:
            work._linkstar_turn_parts()
        if "parent_id" in vals:
            self.env.add_to_compute(self._fields["state"], work)
        if "state" in vals or "active" in vals:
            work._linkstar_update_finished()
        self.browse(before)._linkstar_audit_write(before, vals)
        return result

    def _linkstar_write_dated(self, vals):
        """Write, with the moment of completion and the first deadline."""
        for name, kept in FIRST_DATES.items():
            if vals.get(name):
                first = self.sudo().filtered(lambda task, kept=kept: not task[kept])
                self._linkstar_store_system(first, {kept: vals[name]})
        if "state" not in vals:
            return super().write(vals)
        was_done = self.sudo().filtered(lambda task: task.state == DONE)
        result = super().write(vals)
        if vals["state"] == DONE:
            now = fields.Datetime.now()
            finished = self.sudo() - was_done
            self._linkstar_store_system(finished, {"done_date": now})
            finished._linkstar_store_clock(now)
        elif was_done:
            self._linkstar_store_system(was_done, {"done_date": False})
        return result

    def _linkstar_store_system(self, tasks, vals):
        """Write system fields of tasks past our own checks, untracked."""
        if tasks and vals:
            quiet = tasks.sudo().with_context(mail_notrack=True)
            super(ProjectTask, quiet).write(vals)

    def unlink(self):
        """Delete; counted work stays, ad hoc tasks and trials may go."""
        # First of all: what follows names the tasks.
        self.check_access("read")
        if not self.env.su:
            counted = self._linkstar_counted()
            if counted:
                raise UserError(
                    self.env._(
                        "%(task)s is a step of a launched template and stays on "
                        "record. A lead may cancel it instead.",
                        task=counted[0].display_name,
                    )
                )
        return super().unlink()

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Core ignores mail when many tasks were created: a launch creates many."""
        domain = super()._detect_loop_sender_domain(email_from_normalized)
        return domain and [("linkstar_kind", "=", False), *domain]

    def _linkstar_audit_summary(self):
        """Only work of ours is audited; a launch has one entry of its own."""
        ours = self.sudo().filtered("linkstar_kind").with_env(self.env)
        if not ours or (self.env.su and self.env.context.get("linkstar_launch")):
            return {}
        return super(ProjectTask, ours)._linkstar_audit_summary()

    def _linkstar_counted(self):
        """Steps of launched projects among these, trials left out."""
        return self.sudo().filtered(
            lambda task: task.linkstar_kind
            and task.node_uid
            and not task.is_trial
            and not task.project_id.is_template
        )

    def _linkstar_check_gate_rights(self):
        """Gates change on template steps only, by template managers."""
        if self.env.su:
            return
        self.check_access("write")
        self.project_id._check_template_manager()
        work = self.sudo().filtered(lambda task: not task.project_id.is_template)
        if work:
            raise UserError(
                self.env._(
                    "Gates of %(task)s stay as they were launched. A lead may confirm "
                    "or override them.",
                    task=work[0].display_name,
                )
            )

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """A launch subscribes all of its people in one go afterwards."""
        if self.env.su and self.env.context.get("linkstar_launch"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    @api.depends("create_date", "date_end", "date_assign")
    def _compute_elapsed(self):
        """No working time passes within the transaction that creates a task.

        Core asks the calendar for each assigned task: most of the time of a launch.
        """
        fresh = self.filtered(
            lambda task: task.linkstar_kind
            and not task.date_end
            and task.create_date == self.env.cr.now()
        )
        zeros = ("working_hours_open", "working_hours_close")
        zeros += ("working_days_open", "working_days_close")
        fresh.update(dict.fromkeys(zeros, 0.0))
        return super(ProjectTask, self - fresh)._compute_elapsed()

    def _linkstar_check_step_rights(self, steps):
        if steps and not self.env.su:
            steps.project_id.with_env(self.env)._check_template_manager()

    def _linkstar_check_work_rights(self, vals):
        """Refuse changes that need a second person; see ``security.md``, rule 3."""
        if "project_id" in vals:
            for task in self.sudo():
                if task.project_id.id != vals["project_id"] and task.node_uid:
                    raise UserError(
                        self.env._(
                            "%(task)s belongs to the project it was launched in and "
                            "cannot move to another one.",
                            task=task.display_name,
                        )
                    )
        if self.env.su:
            return
        keys = self._linkstar_lead_fields.intersection(vals)
        cancels = vals.get("state") == CANCELED
        counted = self._linkstar_counted() if keys or cancels else self.browse()
        if not counted:
            return
        counted.store_id.with_env(self.env)._check_lead()
        if not self._linkstar_needs_second():
            return
        if "user_ids" in keys:
            counted.with_env(self.env)._linkstar_refuse_leaving_late(vals["user_ids"])
        own = counted.with_env(self.env)._linkstar_own()
        if own and (cancels or keys - {"user_ids", "planned_date_begin", "name"}):
            raise UserError(
                self.env._(
                    "%(task)s is your own task: another lead or an administrator "
                    "changes its deadline, hours, dependencies or cancels it.",
                    task=own[0].display_name,
                )
            )
