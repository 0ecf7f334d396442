"""From a score off track to the action that brings it back."""

from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_kpi.engine.scoring import half_up
from odoo.addons.linkstar_project.exceptions import AlreadyLaunched

DAYS_TO_ACT = 7
TASK_DONE, TASK_DROPPED = "1_done", "1_canceled"


class LinkstarKpiAction(models.Model):
    """What a card's line started, once: a task, or a launch of a template."""

    _name = "linkstar.kpi.action"
    _description = "KPI action"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "state desc, deadline, create_date desc, id desc"

    line_id = fields.Many2one(
        "linkstar.kpi.scorecard.line", required=True, index=True, ondelete="cascade"
    )
    scorecard_id = fields.Many2one(related="line_id.scorecard_id", store=True)
    employee_id = fields.Many2one(related="line_id.employee_id", store=True)
    metric_id = fields.Many2one(related="line_id.metric_id", store=True)
    period_id = fields.Many2one(related="line_id.period_id", store=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    points_before = fields.Float(
        string="Points at the start", digits=(6, 2), aggregator="avg"
    )
    points_now = fields.Float(related="line_id.points", string="Points now")
    points_after = fields.Float(
        string="Points at the close",
        digits=(6, 2),
        aggregator="avg",
        help="Written when the period's scores are published.",
    )
    moved = fields.Float(
        string="Moved by (points)",
        compute="_compute_moved",
        store=True,
        digits=(6, 2),
        aggregator="avg",
        help="From the start of the action to now, or to the close of the period. "
        "It says what happened meanwhile, not that the action was the cause.",
    )
    is_closed = fields.Boolean(string="Period closed")
    task_id = fields.Many2one("project.task", index="btree_not_null")
    project_id = fields.Many2one("project.project", index="btree_not_null")
    deadline = fields.Datetime(compute="_compute_state", store=True, compute_sudo=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("dropped", "Dropped"),
            ("failed", "Not started"),
        ],
        compute="_compute_state",
        store=True,
        compute_sudo=True,
        index=True,
    )
    problem = fields.Char(help="Why nothing could be started.")

    _system_fields = frozenset(
        {"line_id", "points_before", "points_after", "is_closed", "task_id"}
        | {"project_id", "problem", "state", "deadline", "moved"}
    )
    _once = models.UniqueIndex("(line_id)", "This line started its action already.")

    @api.depends("metric_id.name", "employee_id.name")
    def _compute_display_name(self):
        for action in self:
            action.display_name = (
                f"{action.metric_id.name or ''} · {action.employee_id.name or ''}"
            )

    @api.depends(
        "problem",
        "task_id.state",
        "task_id.date_deadline",
        "project_id.outcome",
        "project_id.date",
    )
    def _compute_state(self):
        for action in self:
            task, project = action.task_id, action.project_id
            end = project.date and datetime.combine(project.date, time(23, 59))
            action.deadline = task.date_deadline or end
            if not task and not project:
                action.state = "failed"
            elif task:
                state = {TASK_DONE: "done", TASK_DROPPED: "dropped"}.get(task.state)
                action.state = state or "running"
            else:
                action.state = "done" if project.outcome else "running"

    @api.depends("points_before", "points_after", "is_closed", "line_id.points")
    def _compute_moved(self):
        for action in self:
            end = action.points_after if action.is_closed else action.line_id.points
            action.moved = half_up(end - action.points_before)

    @api.model
    @api.private
    def _readable_of(self, field, records):
        """Ids of the tasks or projects with an action that the user may see."""
        if not records.ids or not self.has_access("read"):
            return set()
        return set(self.search([(field, "in", records.ids)]).mapped(f"{field}.id"))

    @api.model
    @api.private
    def _start(self, lines):
        """Start the actions of lines off track that have none yet.

        :param lines: ``linkstar.kpi.scorecard.line``
        :return: the new actions
        """
        known = self.search([("line_id", "in", lines.ids)]).line_id
        due = (lines - known).filtered(
            lambda line: (
                line.scheme_line_id.action_kind != "none" and line._is_off_track()
            )
        )
        actions = self.create(
            [{"line_id": line.id, "points_before": line.points} for line in due]
        )
        for action in actions:
            if action.line_id.scheme_line_id.action_kind == "task":
                action._make_task()
            else:
                action._launch()
        return actions

    @api.private
    def _close(self):
        """Keep the points that the lines came to when their scores are published."""
        for action in self.filtered(lambda action: not action.is_closed):
            action.write({"points_after": action.line_id.points, "is_closed": True})

    def _make_task(self):
        """A task for the person, due within a week."""
        line = self.line_id
        user = line.employee_id.user_id
        if not user:
            self.problem = self.env._("The person has no login to give a task to.")
            return
        deadline = datetime.combine(
            fields.Date.today() + timedelta(days=DAYS_TO_ACT), time(10)
        )
        translated = self.with_context(lang=user.lang or "en_US").env
        # A task without a project belongs to whoever creates it: make it theirs.
        tasks = self.env["project.task"].with_user(user).sudo()
        self.task_id = tasks.create(
            {
                "name": translated._(
                    "Bring %(metric)s back on track (%(period)s)",
                    metric=line.with_env(translated).metric_id.name,
                    period=line.period_id.name,
                ),
                "user_ids": [fields.Command.set(user.ids)],
                "date_deadline": deadline,
            }
        )

    def _launch(self):
        """Launch the scheme's template for the store that weighs most."""
        line = self.line_id
        version = line.scheme_line_id.action_template_id.version_ids.filtered(
            lambda version: version.state == "published"
        )[:1]
        stores = line._figures().get("stores") or []
        stores = sorted(stores, key=lambda row: -abs(row.get("value", 0.0)))
        if not version or not stores:
            self.problem = self.env._(
                "The template has no published version, or no store is concerned."
            )
            return
        try:
            with self.env.cr.savepoint():
                self.project_id = version.launch([stores[0]["store"]])[:1]
        except AlreadyLaunched as running:
            self.project_id = running.project_id
        except UserError as error:
            self.problem = str(error)

    def action_open(self):
        """Open the task or project that was started."""
        self.ensure_one()
        self.check_access("read")
        target = self.task_id or self.project_id
        if not target:
            raise UserError(
                self.env._("Nothing was started: %s", self.problem or "–"),
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": target._name,
            "res_id": target.id,
            "views": [(False, "form")],
        }

    def action_open_card(self):
        """Open the scorecard that called for the action."""
        self.ensure_one()
        self.check_access("read")
        return self.scorecard_id.action_open_page()


class ProjectTask(models.Model):
    _inherit = "project.task"

    kpi_action_ids = fields.One2many("linkstar.kpi.action", "task_id")
    has_kpi_action = fields.Boolean(compute="_compute_has_kpi_action")

    @api.depends_context("uid")
    def _compute_has_kpi_action(self):
        found = self.env["linkstar.kpi.action"]._readable_of("task_id", self)
        for record in self:
            record.has_kpi_action = record.id in found

    def action_open_kpi_card(self):
        """Open the scorecard whose line called for this task."""
        self.ensure_one()
        self.check_access("read")
        return self.kpi_action_ids[:1].action_open_card()


class ProjectProject(models.Model):
    _inherit = "project.project"

    kpi_action_ids = fields.One2many("linkstar.kpi.action", "project_id")
    has_kpi_action = fields.Boolean(compute="_compute_has_kpi_action")

    @api.depends_context("uid")
    def _compute_has_kpi_action(self):
        found = self.env["linkstar.kpi.action"]._readable_of("project_id", self)
        for record in self:
            record.has_kpi_action = record.id in found

    def action_open_kpi_card(self):
        """Open the scorecard whose line called for this project."""
        self.ensure_one()
        self.check_access("read")
        return self.kpi_action_ids[:1].action_open_card()


class LinkstarKpiScorecardLine(models.Model):
    _inherit = "linkstar.kpi.scorecard.line"

    action_ids = fields.One2many("linkstar.kpi.action", "line_id")
