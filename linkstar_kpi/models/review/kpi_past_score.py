"""Scores from before LinkStar, for the trend only: nobody is paid by them."""

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.engine import period as calendar


class LinkstarKpiPastScore(models.Model):
    """One a person and period, imported from the company's old sheets."""

    _name = "linkstar.kpi.past.score"
    _description = "Past score"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "date_from desc, employee_id, id desc"

    _audit_fields = ("employee_id", "kind", "day", "score", "note")
    _audit_store_path = None

    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="employee_id.company_id", store=True)
    kind = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")],
        required=True,
        default="month",
    )
    day = fields.Date(string="Any day of it", required=True)
    date_from = fields.Date(compute="_compute_dates", store=True)
    name = fields.Char(string="Period", compute="_compute_dates", store=True)
    score = fields.Float(digits=(6, 2), required=True, aggregator="avg")
    note = fields.Char()

    _once = models.UniqueIndex(
        "(employee_id, kind, date_from)", "There is a past score for this period."
    )

    @api.depends("kind", "day")
    def _compute_dates(self):
        for past in self:
            if past.kind and past.day:
                past.date_from = calendar.bounds(past.kind, past.day)[0]
                past.name = calendar.code(past.kind, past.day)


class LinkstarKpiDashboard(models.AbstractModel):
    _inherit = "linkstar.kpi.dashboard"

    def _past_points(self, period, people):
        """Mean past scores of these people, as the reader may see them."""
        found = self.env["linkstar.kpi.past.score"]._read_group(
            [
                ("employee_id", "in", people.ids),
                ("kind", "=", period.kind),
                ("date_from", "<", period.date_from),
            ],
            ["date_from:day", "name"],
            ["score:avg", "__count"],
        )
        return [
            {
                "day": fields.Date.to_string(day),
                "name": name,
                "value": round(score, 2),
                "count": count,
                "is_past": True,
            }
            for day, name, score, count in found
        ]
