"""Trials are kept out of every count, as core keeps its task templates out."""

from odoo import api, models


class ProjectTask(models.Model):
    _inherit = "project.task"

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
