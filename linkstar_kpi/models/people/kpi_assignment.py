"""Assignments: who is assessed by which scheme, and when."""

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.linkstar_kpi.engine import period as calendar
from odoo.addons.linkstar_kpi.engine import proration


class LinkstarKpiAssignment(models.Model):
    """An employee under a scheme between two dates."""

    _name = "linkstar.kpi.assignment"
    _description = "KPI assignment"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "date_from desc, id desc"

    _audit_fields = ("employee_id", "scheme_id", "date_from", "date_to", "joined_on")
    _audit_store_path = None

    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one(related="employee_id.user_id")
    scheme_id = fields.Many2one(
        "linkstar.kpi.scheme", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="scheme_id.company_id", store=True)
    period_kind = fields.Selection(related="scheme_id.period_kind")
    date_from = fields.Date(required=True, default=fields.Date.today)
    date_to = fields.Date(help="Last day, inclusive. Empty: until further notice.")
    joined_on = fields.Date(
        help="First working day, from which the newcomer ramp counts. Empty: no ramp."
    )

    ramp_now = fields.Char(
        string="Ramp now",
        compute="_compute_ramp_now",
        help="Part of the full target that the newcomer has to reach this period.",
    )

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "An assignment cannot end before it begins.",
    )

    @api.depends("employee_id.name", "scheme_id.name")
    def _compute_display_name(self):
        for assignment in self:
            assignment.display_name = " · ".join(
                filter(None, (assignment.employee_id.name, assignment.scheme_id.name))
            )

    @api.depends("joined_on", "scheme_id.version_ids.ramp", "date_to")
    @api.depends_context("lang")
    def _compute_ramp_now(self):
        today = fields.Date.today()
        for assignment in self:
            ramp = assignment.scheme_id.version_id._ramp_factors_of()
            assignment.ramp_now = False
            if not ramp or not assignment.joined_on:
                continue
            first, _last = calendar.bounds(assignment.period_kind, today)
            months = calendar.months_between(assignment.joined_on, first)
            factor = proration.ramp_factor(months, ramp)
            if factor < 1:
                assignment.ramp_now = self.env._(
                    "%(percent)s %% of the target, month %(month)s of %(months)s",
                    percent=round(factor * 100),
                    month=months + 1,
                    months=len(ramp),
                )

    @api.constrains("employee_id", "scheme_id", "date_from", "date_to")
    def _check_overlap(self):
        """A person has one scheme of a kind of period at a time."""
        others = self.sudo().search([("employee_id", "in", self.employee_id.ids)])
        for assignment in self.sudo():
            for other in others - assignment:
                if (
                    other.employee_id == assignment.employee_id
                    and other.scheme_id.is_pilot == assignment.scheme_id.is_pilot
                    and other.period_kind == assignment.period_kind
                    and other.date_from <= (assignment.date_to or date.max)
                    and assignment.date_from <= (other.date_to or date.max)
                ):
                    raise ValidationError(
                        self.env._(
                            "%(employee)s is assessed by %(scheme)s from %(start)s "
                            "already. End that assignment first.",
                            employee=assignment.employee_id.name,
                            scheme=other.scheme_id.name,
                            start=other.date_from,
                        )
                    )
