"""Levels of a scheme: grades that a score reaches."""

from odoo import api, fields, models


class LinkstarKpiLevel(models.Model):
    """A grade from a lower score upwards, and what it asks for in words."""

    _name = "linkstar.kpi.level"
    _description = "KPI level"
    _order = "version_id, lower"

    version_id = fields.Many2one(
        "linkstar.kpi.scheme.version", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="version_id.company_id", store=True)
    lower = fields.Float(string="From score", required=True)
    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True)

    _lower_uniq = models.UniqueIndex(
        "(version_id, lower)", "Two levels of a scheme cannot start at one score."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Create levels of drafts only."""
        levels = super().create(vals_list)
        levels.version_id._check_draft()
        return levels

    def write(self, vals):
        """Write levels of drafts only."""
        self.version_id._check_draft()
        return super().write(vals)

    def unlink(self):
        """Delete levels of drafts only."""
        self.version_id._check_draft()
        return super().unlink()
