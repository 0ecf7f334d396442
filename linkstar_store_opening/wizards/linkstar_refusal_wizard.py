"""Enter a platform's refusal."""

from odoo import api, fields, models


class LinkstarRefusalWizard(models.TransientModel):
    """The platform's notice and reasons; suggests the next step."""

    _name = "linkstar.refusal.wizard"
    _description = "Platform's Refusal"

    project_id = fields.Many2one("project.project", required=True)
    notice = fields.Text("Platform's notice", required=True)
    reason_ids = fields.Many2many("linkstar.rejection.reason", required=True)
    submission_id = fields.Many2one(
        "linkstar.submission", compute="_compute_submission_id"
    )
    document_type_id = fields.Many2one(
        "linkstar.document.type", "Paper refused", help="If the notice names one."
    )
    appeal_deadline = fields.Date(
        help="Last day for an appeal, if the notice names one."
    )
    retry_after_date = fields.Date(
        "No new try before", help="If the notice names a day."
    )

    @api.depends("project_id")
    def _compute_submission_id(self):
        """The round that the platform answers; its files are added to it."""
        for wizard in self:
            rounds = wizard.project_id.submission_ids
            wizard.submission_id = rounds.sorted("number")[-1:]

    def action_refuse(self):
        """Keep the refusal and move the opening to rejected."""
        self.ensure_one()
        step = self.project_id.refuse_round(self.notice, self.reason_ids.mapped("code"))
        self._keep_dates()
        names = dict(self.env["project.project"]._application_steps())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._("Suggested next step: %s", names[step]),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _keep_dates(self):
        """What the notice says beats what its reasons usually mean."""
        project = self.project_id.sudo()
        if self.appeal_deadline:
            project.appeal_deadline = self.appeal_deadline
        if self.retry_after_date:
            project.retry_after_date = self.retry_after_date
        if self.document_type_id:
            round_ = project.submission_ids.sorted("number")[-1:]
            round_.refused_type_id = self.document_type_id
