"""Closing an opening: its outcome and lessons reach the step list's next version."""

from odoo import fields, models
from odoo.exceptions import UserError


class ProjectProject(models.Model):
    _inherit = "project.project"

    lessons_taken = fields.Boolean(
        copy=False, readonly=True, help="The lesson is in the step list by now."
    )

    @property
    def _system_fields(self):
        return super()._system_fields | {"lessons_taken"}

    def close(self, outcome, lessons=""):
        """Close; an opening in the middle of its review is decided first."""
        for project in self:
            if (
                project.linkstar_kind == "opening"
                and project.application_state == "in_review"
            ):
                raise UserError(
                    self.env._(
                        "%s is under review. Enter the platform's decision before you "
                        "close it.",
                        project.name,
                    )
                )
        return super().close(outcome, lessons)

    def action_lesson_taken(self):
        """The step list has it (button on the step list)."""
        self.check_access("read")
        if not self.sop_id.has_access("write"):
            raise UserError(
                self.env._("Only who changes step lists decides on their lessons.")
            )
        self.sudo().write({"lessons_taken": True})
        return True
