"""From a score off track to the action that brings it back."""

from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.linkstar_project.exceptions import AlreadyLaunched

DAYS_TO_ACT = 7


class LinkstarKpiAction(models.Model):
    """What a card's line started, once: a task, or a launch of a template."""

    _name = "linkstar.kpi.action"
    _description = "KPI action"
    _order = "create_date desc, id desc"

    line_id = fields.Many2one(
        "linkstar.kpi.scorecard.line", required=True, index=True, ondelete="cascade"
    )
    employee_id = fields.Many2one(related="line_id.employee_id", store=True)
    metric_id = fields.Many2one(related="line_id.metric_id", store=True)
    period_id = fields.Many2one(related="line_id.period_id", store=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    points_before = fields.Float(string="Points at the start", digits=(6, 2))
    points_now = fields.Float(related="line_id.points", string="Points now")
    task_id = fields.Many2one("project.task", index="btree_not_null")
    project_id = fields.Many2one("project.project", index="btree_not_null")
    problem = fields.Char(help="Why nothing could be started.")

    _once = models.UniqueIndex("(line_id)", "This line started its action already.")

    @api.depends("metric_id.name", "employee_id.name")
    def _compute_display_name(self):
        for action in self:
            action.display_name = (
                f"{action.metric_id.name or ''} · {action.employee_id.name or ''}"
            )

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


class ProjectTask(models.Model):
    _inherit = "project.task"

    kpi_action_ids = fields.One2many("linkstar.kpi.action", "task_id")


class LinkstarKpiScorecardLine(models.Model):
    _inherit = "linkstar.kpi.scorecard.line"

    action_ids = fields.One2many("linkstar.kpi.action", "line_id")
