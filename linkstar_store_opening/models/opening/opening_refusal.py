"""After a refusal: mend, wait until a day, appeal before a deadline, or stop."""

from odoo import fields, models
from odoo.exceptions import UserError


class LinkstarRejectionReason(models.Model):
    _inherit = "linkstar.rejection.reason"

    appeal_days = fields.Integer(
        help="Days after the refusal within which the platform takes an appeal. "
        "0: not known; look at the notice."
    )


class ProjectProject(models.Model):
    _inherit = "project.project"

    suggested_step = fields.Selection(
        "_application_steps", readonly=True, copy=False, string="Suggested next step"
    )
    appeal_deadline = fields.Date(
        copy=False, help="Last day for the appeal, from the platform's notice."
    )

    @property
    def _system_fields(self):
        return super()._system_fields | {"suggested_step"}

    def refuse_round(self, notice, reason_codes):
        """Also keep the suggested step, and by when an appeal must be sent."""
        step = super().refuse_round(notice, reason_codes)
        reasons = self.submission_ids.sorted("number")[-1:].reason_ids
        limits = [days for days in reasons.mapped("appeal_days") if days]
        values = {"suggested_step": step}
        if step == "appeal" and limits:
            today = fields.Date.context_today(self)
            values["appeal_deadline"] = fields.Date.add(today, days=min(limits))
        self.sudo().write(values)
        return step

    def action_take_suggested(self):
        """Go the way that the refusal's gravest reason suggests (button)."""
        for project in self:
            if project.application_step != "rejected" or not project.suggested_step:
                raise UserError(
                    self.env._("There is no refusal to go on from. Reload the page.")
                )
            project.move_application(project.suggested_step)
        return True

    def action_prepare_again(self):
        """Mend the papers for the next round (button)."""
        return self.move_application("preparing")

    def action_supplement(self):
        """The platform asks for more papers (button)."""
        return self.move_application("supplement")

    def action_suspended(self):
        """The platform has restricted the shop (button)."""
        return self.move_application("suspended")

    def action_appeal(self):
        """Appeal against a refusal or a suspension (button)."""
        return self.move_application("appeal")

    def _check_move(self, step):
        """No appeal after its deadline."""
        result = super()._check_move(step)
        last = self.appeal_deadline
        if step == "appeal" and last and last < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The appeal was possible until %s. Ask the platform whether it "
                    "still takes one, and correct the date.",
                    last,
                )
            )
        return result

    def _enter_step(self, step, note=""):
        """The refusal's advice ends with the next step; deadlines become tasks."""
        result = super()._enter_step(step, note)
        if step != "rejected" and self.suggested_step:
            self.sudo().suggested_step = False
        if step == "appeal" and self.appeal_deadline:
            self._ensure_opening_task(
                f"appeal:{self.id}:{self.appeal_deadline}",
                self.env._("Send the appeal: %s", self.name),
                self.appeal_deadline,
            )
        elif step == "waiting" and self.retry_after_date:
            self._ensure_opening_task(
                f"retry:{self.id}:{self.retry_after_date}",
                self.env._("Try again from today: %s", self.name),
                self.retry_after_date,
            )
        return result
