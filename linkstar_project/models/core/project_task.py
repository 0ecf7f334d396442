"""Tasks of a store: assigned to its members, tied to tasks of the same store."""

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

    @api.constrains("parent_id", "depend_on_ids", "project_id", "store_id")
    def _linkstar_check_one_store(self):
        """A chain across stores would show and block what others may not see."""
        for task in self.sudo():
            tied = task.parent_id | task.depend_on_ids
            foreign = tied.filtered(lambda other, s=task.store_id: other.store_id != s)
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(task)s belongs to another store than %(other)s. Tie tasks "
                        "of one store together; use an event or a gate between stores.",
                        task=task.name,
                        other=foreign[0].name,
                    )
                )
