"""Trials are kept out of every count, as core keeps its task templates out."""

from odoo import api, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.model
    def _task_message_auto_subscribe_notify(self, users_per_task):
        """Who is assigned to a trial's task hears nothing of it."""
        real = {t: users for t, users in users_per_task.items() if not t.is_trial}
        return super()._task_message_auto_subscribe_notify(real)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Trials notify nobody, whatever is written on them."""
        if self and self.is_trial:
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
        if domain is NotImplemented:
            return domain
        if (operator == "=") == value:
            return ["|", ("is_trial", "=", True), *domain]
        return ["&", ("is_trial", "!=", True), *domain]
