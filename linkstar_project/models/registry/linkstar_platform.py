"""Platforms: Amazon, eBay, Shopee and the others."""

from odoo import fields, models


class LinkstarPlatform(models.Model):
    """A marketplace operator on which shops are run."""

    _name = "linkstar.platform"
    _description = "Platform"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name used by integrations, such as amazon."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_deprecated = fields.Boolean(
        string="Deprecated",
        help="Kept for shops that still run there; not offered for new ones.",
    )
    color = fields.Integer()
    marketplace_ids = fields.One2many("linkstar.marketplace", "platform_id")

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another platform has this code. Codes are unique."
    )
