"""Which store uses which asset, and when."""

from odoo import fields, models


class LinkstarAssetUsage(models.Model):
    """A dated use of an asset by a store."""

    _name = "linkstar.asset.usage"
    _description = "Asset Usage"
    _inherit = ["linkstar.audit.mixin"]
    _order = "date_from desc, id desc"
    _audit_fields = ("asset_id", "store_id", "date_from", "date_to")

    asset_id = fields.Many2one(
        "linkstar.asset", required=True, index=True, ondelete="restrict"
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="cascade"
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date()

    _once = models.UniqueIndex(
        "(asset_id, store_id, date_from)",
        "This store uses the asset from that day already.",
    )
