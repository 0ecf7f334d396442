"""Which store uses which asset, and when."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LinkstarAssetUsage(models.Model):
    """A dated use of an asset by a store; each new one is compared with all others."""

    _name = "linkstar.asset.usage"
    _description = "Asset Usage"
    _inherit = ["linkstar.audit.mixin"]
    _order = "date_from desc, id desc"
    _audit_fields = ("asset_id", "store_id", "date_from", "date_to", "release_reason")

    asset_id = fields.Many2one(
        "linkstar.asset", required=True, index=True, ondelete="restrict"
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(related="asset_id.kind", store=True)
    date_from = fields.Date(
        "Used from", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date("Released on")
    release_reason = fields.Char(help="Why the shop stopped using it.")

    _once = models.UniqueIndex(
        "(asset_id, store_id, date_from)",
        "This store uses the asset from that day already.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for usage in self:
            if usage.date_to and usage.date_to < usage.date_from:
                raise ValidationError(
                    self.env._(
                        "%(asset)s was released before %(store)s used it. Correct one "
                        "of the two days.",
                        asset=usage.asset_id.name,
                        store=usage.store_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create, and look at once whether it ties two shops."""
        usages = super().create(vals_list)
        self.env["linkstar.asset.conflict"]._recheck(usages.asset_id)
        return usages

    def write(self, vals):
        """Write; assets that were left and entered are compared again."""
        assets = self.asset_id
        result = super().write(vals)
        self.env["linkstar.asset.conflict"]._recheck(assets | self.asset_id)
        return result

    def unlink(self):
        """Delete; ties that rested on it are resolved."""
        assets = self.asset_id
        result = super().unlink()
        self.env["linkstar.asset.conflict"]._recheck(assets)
        return result
