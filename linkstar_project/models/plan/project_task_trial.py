"""Trials are kept out of every count, as core keeps its task templates out."""

from odoo import api, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.model
    def _task_message_auto_subscribe_notify(self, users_per_task):
        """Who is assigned to a trial's task hears nothing of it."""
        # As superuser: customers of a shared project may not read the field.
        real = {t: u for t, u in users_per_task.items() if not t.sudo().is_trial}
        return super()._task_message_auto_subscribe_notify(real)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Trials notify nobody, whatever is written on them."""
        if self and self.sudo().is_trial:
            return []
        return super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)

    @api.depends("is_trial")
    def _compute_has_template_ancestor(self):
        """Tasks of trials count nowhere: core leaves these out already."""
        trials = self.filtered("is_trial")
        super(ProjectTask, self - trials)._compute_has_template_ancestor()
        trials.has_template_ancestor = True

    def _search_has_template_ancestor(self, operator, value):
        """Core searches template tasks by name; add the trials."""
        domain = super()._search_has_template_ancestor(operator, value)
        # Customers of a shared project may not search by our field, and see no trial.
        if domain is NotImplemented or (self.env.user.share and not self.env.su):
            return domain
        if (operator == "=") == value:
            return ["|", ("is_trial", "=", True), *domain]
        return ["&", ("is_trial", "!=", True), *domain]
