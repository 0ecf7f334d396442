"""Bands of a line that scores by steps."""

from odoo import api, fields, models


class LinkstarKpiSchemeBand(models.Model):
    """From its lower bound up to the next band's, this many points."""

    _name = "linkstar.kpi.scheme.band"
    _description = "KPI scheme step"
    _order = "line_id, is_first desc, lower, id"

    line_id = fields.Many2one(
        "linkstar.kpi.scheme.line", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    is_first = fields.Boolean(
        string="Lowest", help="Has no lower bound: everything below the next step."
    )
    lower = fields.Float(string="From", digits=(16, 4))
    points = fields.Float(required=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Create steps of drafts only."""
        bands = super().create(vals_list)
        bands.line_id.version_id._check_draft()
        return bands

    def write(self, vals):
        """Write steps of drafts only."""
        self.line_id.version_id._check_draft()
        return super().write(vals)

    def unlink(self):
        """Delete steps of drafts only."""
        self.line_id.version_id._check_draft()
        return super().unlink()

    def _bound(self):
        self.ensure_one()
        return (None if self.is_first else self.lower, self.points)
