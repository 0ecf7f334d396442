"""What the board of hundreds of openings needs, stored: no judging while it opens."""

from odoo import api, fields, models

from ...engine import application_states as states


class ProjectProject(models.Model):
    _inherit = "project.project"

    platform_id = fields.Many2one(
        "linkstar.platform",
        related="store_id.platform_id",
        store=True,
        index="btree_not_null",
    )
    opening_site_id = fields.Many2one(
        "linkstar.marketplace",
        "Site",
        related="store_id.marketplace_id",
        store=True,
        index="btree_not_null",
    )
    step_entered_at = fields.Datetime(readonly=True, copy=False)
    days_in_step = fields.Integer(compute="_compute_days_in_step")
    typical_days = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="How long this state usually takes on this platform.",
    )
    is_slow = fields.Boolean(
        "Longer than usual", compute="_compute_days_in_step", search="_search_is_slow"
    )
    missing_count = fields.Integer(
        "Papers to bring", compute="_compute_missing_count", store=True, copy=False
    )

    @property
    def _system_fields(self):
        return super()._system_fields | {
            "step_entered_at",
            "typical_days",
            "missing_count",
            "platform_id",
            "opening_site_id",
        }

    @api.depends("step_entered_at", "typical_days")
    def _compute_days_in_step(self):
        now = fields.Datetime.now()
        for project in self:
            entered = project.step_entered_at
            project.days_in_step = (now - entered).days if entered else 0
            usual = project.typical_days
            project.is_slow = bool(usual and project.days_in_step > usual)

    @api.model
    def _search_is_slow(self, operator, value):
        """Openings that stay longer than usual, by SQL: one day per typical day."""
        if operator not in ("in", "not in"):
            return NotImplemented
        self.env["project.project"].flush_model(["step_entered_at", "typical_days"])
        self.env.cr.execute(
            "SELECT id FROM project_project WHERE typical_days > 0"
            " AND step_entered_at < %s - make_interval(days => typical_days + 1)",
            [fields.Datetime.now()],
        )
        slow = [row[0] for row in self.env.cr.fetchall()]
        wanted = (operator == "in") == (True in value)
        return [("id", "in" if wanted else "not in", slow)]

    @api.depends(
        "requirement_ids.state",
        "requirement_ids.is_optional",
        "requirement_ids.is_later",
    )
    def _compute_missing_count(self):
        """Stored, because it is shown for hundreds; the nightly run counts days."""
        for project in self:
            project.missing_count = len(project._blocking_requirements())

    def _enter_step(self, step, note=""):
        """Also keep since when it stands there and how long that usually takes."""
        result = super()._enter_step(step, note)
        project = self.sudo()
        project.write(
            {
                "step_entered_at": fields.Datetime.now(),
                "typical_days": project.sop_id._typical_days(states.state_of(step)),
            }
        )
        return result
