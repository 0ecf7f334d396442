"""Wizard: close a launched project with outcome and lessons."""

from odoo import api, fields, models


class LinkstarProjectClose(models.TransientModel):
    """Ask for outcome and lessons, then close."""

    _name = "linkstar.project.close"
    _description = "Close a project"

    project_id = fields.Many2one("project.project", required=True)
    outcome = fields.Selection(
        selection=lambda self: self.env["project.project"]._fields["outcome"].selection,
        required=True,
    )
    lessons = fields.Text(help="What the next launch should do differently.")

    notice = fields.Char(compute="_compute_notice")

    @api.depends("project_id")
    def _compute_notice(self):
        """What the review of the project still lacks."""
        for wizard in self:
            tasks = wizard.project_id.task_ids
            graded = tasks.filtered(
                lambda t: t.grade_wanted
                and t.state == "1_done"
                and not t.acceptance_grade
            )
            unsaid = tasks.filtered(lambda t: t.delay_state == "to_explain")
            lines = []
            if graded:
                lines.append(
                    self.env._("%s finished tasks wait for a grade.", len(graded))
                )
            if unsaid:
                lines.append(self.env._("%s late tasks name no cause.", len(unsaid)))
            wizard.notice = " ".join(lines) or False

    def action_close(self):
        """Close; open tasks are cancelled."""
        self.ensure_one()
        self.project_id.close(self.outcome, self.lessons or "")
        return {"type": "ir.actions.act_window_close"}
