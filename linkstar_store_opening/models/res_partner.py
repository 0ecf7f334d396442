"""Kinds of legal entities, since platforms ask each for other papers."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    linkstar_entity_kind = fields.Selection(
        [
            ("CN_COMPANY", "Mainland company"),
            ("CN_SOLE_TRADER", "Mainland sole trader"),
            ("HK_COMPANY", "Hong Kong company"),
            ("US_COMPANY", "US company"),
            ("UK_EU_COMPANY", "UK or EU company"),
        ],
        string="Kind of legal entity",
        help="Decides which papers stand in for each other in an opening.",
    )
