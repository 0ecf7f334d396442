"""Tasks of a store are assigned to its members."""

from odoo import api, models
from odoo.exceptions import ValidationError

from .guarding import guarded, may_follow


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.constrains("user_ids", "store_id")
    def _linkstar_check_assignees(self):
        """Who is not a member could neither see the task nor be told of it."""
        for task in guarded(self.filtered("store_id")).sudo():
            # Core assigns who creates a task: OdooBot, inactive, when the system does.
            strangers = task.user_ids.filtered(
                lambda user, task=task: user.active and not may_follow(user, task)
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(people)s cannot be assigned to %(task)s: not a member of "
                        "store %(store)s today. Add them under Stores, Members first.",
                        people=", ".join(strangers.mapped("name")),
                        task=task.name,
                        store=task.store_id.code,
                    )
                )
