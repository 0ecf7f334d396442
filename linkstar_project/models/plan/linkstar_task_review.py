"""Plan and reality of launched steps, a row each: the review page and its charts."""

from odoo import fields, models
from odoo.tools import SQL


class LinkstarTaskReview(models.Model):
    """A step of a launched project: as planned, as it went, and why."""

    _name = "linkstar.task.review"
    _description = "Review of plan and reality"
    _auto = False
    _order = "planned_end, id"
    _rec_name = "task_id"
    #: What is flushed before the rows are read.
    _depends = {
        "project.task": [
            "acceptance_grade",
            "active",
            "allocated_hours",
            "clock_paused_hours",
            "delay_cause_id",
            "delay_confirmed_by_id",
            "done_date",
            "effective_hours",
            "first_begin",
            "first_deadline",
            "is_trial",
            "node_uid",
            "planned_date_begin",
            "project_id",
            "real_begin",
            "role_ids",
            "state",
            "store_id",
            "user_ids",
            "worked_hours",
        ],
        "project.project": ["is_template", "version_id"],
        "linkstar.template.version": ["project_id"],
    }

    task_id = fields.Many2one("project.task", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    store_id = fields.Many2one("linkstar.store", readonly=True)
    template_id = fields.Many2one("project.project", string="Template", readonly=True)
    step_id = fields.Many2one("project.task", string="Template step", readonly=True)
    version_id = fields.Many2one("linkstar.template.version", readonly=True)
    role_id = fields.Many2one("project.role", readonly=True)
    user_id = fields.Many2one("res.users", string="Assignee", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["project.task"]._fields["state"].selection,
        readonly=True,
    )
    planned_begin = fields.Datetime(string="Planned start", readonly=True)
    planned_end = fields.Datetime(string="Planned end", readonly=True)
    real_begin = fields.Datetime(string="Could begin on", readonly=True)
    real_end = fields.Datetime(string="Real end", readonly=True)
    planned_hours = fields.Float(readonly=True)
    real_hours = fields.Float(
        readonly=True, help="Time logged, else the working hours it took."
    )
    deviation_hours = fields.Float(
        string="Hours off", readonly=True, help="Real hours less planned hours."
    )
    delay_days = fields.Float(
        string="Days late",
        readonly=True,
        aggregator="avg",
        help="Real end less first deadline, its clock's pauses left out; negative "
        "when it was early.",
    )
    paused_hours = fields.Float(readonly=True, help="Hours its clock stood still.")
    on_time = fields.Float(string="On time (%)", readonly=True, aggregator="avg")
    cause_id = fields.Many2one(
        "linkstar.delay.cause", string="Cause of delay", readonly=True
    )
    is_confirmed = fields.Boolean(string="Cause confirmed", readonly=True)
    grade = fields.Float(readonly=True, aggregator="avg", help="4 excellent … 1 poor.")

    def _compute_display_name(self):
        for row in self:
            row.display_name = row.task_id.display_name

    def action_open_task(self):
        """Open the task behind this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "project.task",
            "res_id": self.task_id.id,
            "views": [[False, "form"]],
        }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT t.id, t.id AS task_id, t.project_id, t.store_id,
                   v.project_id AS template_id, p.version_id, step.id AS step_id,
                   role.role_id, person.user_id, t.state,
                   COALESCE(t.first_begin, t.planned_date_begin) AS planned_begin,
                   t.first_deadline AS planned_end, t.real_begin,
                   t.done_date AS real_end,
                   t.allocated_hours AS planned_hours, h.hours AS real_hours,
                   CASE WHEN h.hours > 0 THEN h.hours - COALESCE(t.allocated_hours, 0)
                   END AS deviation_hours,
                   EXTRACT(epoch FROM d.done_at - d.deadline) / 86400.0 AS delay_days,
                   t.clock_paused_hours AS paused_hours,
                   CASE WHEN d.done_at IS NULL THEN NULL
                        WHEN d.done_at <= d.deadline THEN 100.0 ELSE 0.0
                   END AS on_time,
                   t.delay_cause_id AS cause_id,
                   t.delay_confirmed_by_id IS NOT NULL AS is_confirmed,
                   t.acceptance_grade::float AS grade
              FROM project_task t
              JOIN project_project p ON p.id = t.project_id
              LEFT JOIN linkstar_template_version v ON v.id = p.version_id
              LEFT JOIN project_task step ON step.project_id = v.project_id
                                         AND step.node_uid = t.node_uid
              LEFT JOIN LATERAL (
                   SELECT r.project_role_id AS role_id
                     FROM project_role_project_task_rel r
                    WHERE r.project_task_id = t.id
                    ORDER BY 1 LIMIT 1) role ON TRUE
              LEFT JOIN LATERAL (
                   SELECT u.user_id FROM project_task_user_rel u
                    WHERE u.task_id = t.id ORDER BY 1 LIMIT 1) person ON TRUE
             CROSS JOIN LATERAL (
                   SELECT t.first_deadline + COALESCE(t.clock_paused_hours, 0)
                          * interval '1 hour' AS deadline,
                          CASE WHEN t.state = '1_done' THEN t.done_date
                               WHEN t.first_deadline < now() AT TIME ZONE 'UTC'
                               THEN now() AT TIME ZONE 'UTC' END AS done_at) d
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN t.state <> '1_done' THEN NULL
                               WHEN t.effective_hours > 0 THEN t.effective_hours
                               WHEN t.worked_hours > 0 THEN t.worked_hours
                          END AS hours) h
             WHERE t.node_uid IS NOT NULL
               AND t.active
               AND t.store_id IS NOT NULL
               AND t.is_trial IS NOT TRUE
               AND p.is_template IS NOT TRUE
               AND t.state <> '1_canceled'
            """
        )
