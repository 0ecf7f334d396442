"""Wizards: the grade of finished work, and the cause of a delay."""

from odoo import fields, models

from ..models.plan.project_task_outcome import GRADES


class LinkstarTaskGrade(models.TransientModel):
    """Ask a lead how good the work was."""

    _name = "linkstar.task.grade"
    _description = "Grade finished work"

    task_ids = fields.Many2many("project.task", string="Tasks", required=True)
    grade = fields.Selection(GRADES, required=True)
    note = fields.Char(string="Remark")

    def action_grade(self):
        """Grade all of them."""
        self.ensure_one()
        self.task_ids.grade(self.grade, self.note or "")
        return {"type": "ir.actions.act_window_close"}


class LinkstarTaskDelay(models.TransientModel):
    """Ask why a task is late."""

    _name = "linkstar.task.delay"
    _description = "Cause of a delay"

    task_ids = fields.Many2many("project.task", string="Tasks", required=True)
    cause_id = fields.Many2one("linkstar.delay.cause", required=True)
    note = fields.Char(string="Explanation")

    def action_explain(self):
        """Note the cause on all of them; a lead confirms it afterwards."""
        self.ensure_one()
        self.task_ids.explain_delay(self.cause_id.id, self.note or "")
        return {"type": "ir.actions.act_window_close"}
