"""What a review agreed on: one line, one task."""

from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError

DONE = ("1_done", "1_canceled")
EVENING = time(10)


class LinkstarKpiReviewAction(models.Model):
    """Becomes a task of the person once the meeting is held."""

    _name = "linkstar.kpi.review.action"
    _description = "Agreed action"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "due_date, id"

    _system_fields = frozenset({"task_id"})

    review_id = fields.Many2one(
        "linkstar.kpi.review", required=True, index=True, ondelete="cascade"
    )
    employee_id = fields.Many2one(related="review_id.employee_id", store=True)
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    name = fields.Char(string="Action", required=True)
    metric_id = fields.Many2one("linkstar.metric", help="What it is meant to move.")
    due_date = fields.Date(required=True, default=fields.Date.context_today)
    task_id = fields.Many2one(
        "project.task", readonly=True, copy=False, index="btree_not_null"
    )
    is_done = fields.Boolean(string="Done", compute="_compute_is_done")

    @api.depends("task_id.state")
    def _compute_is_done(self):
        for action in self:
            action.is_done = action.sudo().task_id.state in DONE

    @api.model_create_multi
    def create(self, vals_list):
        """Agree on actions while the meeting is open."""
        actions = super().create(vals_list)
        actions._check_open()
        return actions

    def write(self, vals):
        """Change actions while the meeting is open."""
        self._check_open()
        return super().write(vals)

    def unlink(self):
        """Drop actions while the meeting is open."""
        self._check_open()
        return super().unlink()

    def _check_open(self):
        if self.env.su:
            return
        self.review_id._check_not_own()
        if any(action.review_id.state != "planned" for action in self):
            raise UserError(
                self.env._("The meeting is over. Follow its tasks, or plan the next.")
            )

    def _make_tasks(self):
        """A task for the person for each action that has none; superuser."""
        for action in self.filtered(lambda action: not action.task_id):
            user = action.employee_id.user_id
            if not user:
                continue
            # A task without a project belongs to whoever creates it: the person.
            tasks = self.env["project.task"].with_user(user).sudo()
            action.task_id = tasks.create(
                {
                    "name": action.name,
                    "user_ids": [fields.Command.set(user.ids)],
                    "date_deadline": datetime.combine(action.due_date, EVENING),
                }
            )
