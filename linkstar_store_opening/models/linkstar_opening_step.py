"""History of an opening's steps, with how long each took."""

from odoo import api, fields, models


class LinkstarOpeningStep(models.Model):
    """One move of an application; written by the system, never edited."""

    _name = "linkstar.opening.step"
    _description = "Opening Step"
    _inherit = ["linkstar.system.fields.mixin"]
    _order = "entered_at desc, id desc"
    _rec_name = "step"
    _system_fields = frozenset(
        {"project_id", "step", "entered_at", "left_at", "user_id", "note"}
    )

    project_id = fields.Many2one(
        "project.project", required=True, index=True, ondelete="cascade"
    )
    store_id = fields.Many2one(
        "linkstar.store", related="project_id.store_id", store=True, index=True
    )
    step = fields.Selection(
        lambda self: self.env["project.project"]._application_steps(), required=True
    )
    entered_at = fields.Datetime(required=True)
    left_at = fields.Datetime()
    user_id = fields.Many2one("res.users", required=True)
    note = fields.Text()
    days = fields.Float(compute="_compute_days", help="Days spent in this step.")

    @api.depends("entered_at", "left_at")
    def _compute_days(self):
        now = fields.Datetime.now()
        for step in self:
            spent = (step.left_at or now) - step.entered_at
            step.days = spent.total_seconds() / 86400
