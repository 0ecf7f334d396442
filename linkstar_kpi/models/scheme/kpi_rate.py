"""Budget rates of a scheme version."""

from odoo import api, fields, models


class LinkstarKpiRate(models.Model):
    """What one unit of a currency is worth in the scheme's currency."""

    _name = "linkstar.kpi.rate"
    _description = "KPI budget rate"
    _order = "version_id, currency_id"

    version_id = fields.Many2one(
        "linkstar.kpi.scheme.version", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="version_id.company_id", store=True)
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    rate = fields.Float(
        digits=(16, 8), required=True, help="Scheme currency for one unit."
    )

    _currency_uniq = models.UniqueIndex(
        "(version_id, currency_id)", "A scheme has one budget rate for a currency."
    )
    _rate_positive = models.Constraint("CHECK(rate > 0)", "A rate is above zero.")

    @api.model_create_multi
    def create(self, vals_list):
        """Create rates of drafts only."""
        rates = super().create(vals_list)
        rates.version_id._check_draft()
        return rates

    def write(self, vals):
        """Write rates of drafts only."""
        self.version_id._check_draft()
        return super().write(vals)

    def unlink(self):
        """Delete rates of drafts only."""
        self.version_id._check_draft()
        return super().unlink()
