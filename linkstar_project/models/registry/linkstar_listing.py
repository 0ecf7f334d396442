"""Listings: an MSKU of a store."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LinkstarListing(models.Model):
    """An MSKU offered in a store."""

    _name = "linkstar.listing"
    _description = "Listing"
    _inherit = ["linkstar.audit.mixin"]
    _order = "store_id, sku"
    _rec_names_search = ["sku", "asin", "name"]

    _audit_fields = (
        "store_id",
        "sku",
        "asin",
        "lifecycle",
        "product_id",
        "supplier_id",
        "lead_time_days",
        "active",
    )

    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="restrict"
    )
    sku = fields.Char(string="MSKU", required=True, index=True)
    asin = fields.Char(
        string="ASIN", index=True, help="The platform's id of the product page."
    )
    parent_asin = fields.Char(string="Parent ASIN")
    name = fields.Char(string="Title")
    lifecycle = fields.Selection(
        [
            ("new", "New"),
            ("active", "Active"),
            ("clearance", "Clearance"),
            ("discontinued", "Discontinued"),
        ],
        required=True,
        default="active",
        index=True,
    )
    is_buyable = fields.Boolean(
        string="Buyable",
        default=True,
        help="Customers can buy it: the platform shows it with an offer. Connections "
        "keep this; without one it is set by hand.",
    )
    product_id = fields.Many2one("product.product", string="Product")
    lead_time_days = fields.Integer(
        string="Replenishment days",
        help="Days from ordering with the supplier to stock being available.",
    )
    supplier_id = fields.Many2one("res.partner", string="Supplier")
    company_id = fields.Many2one(related="store_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)

    _sku_uniq = models.Constraint(
        "UNIQUE(store_id, sku)", "This store has a listing with the same MSKU already."
    )

    @api.depends("sku", "store_id.code")
    def _compute_display_name(self):
        for listing in self:
            code = listing.store_id.code or ""
            listing.display_name = f"{code} {listing.sku or ''}".strip()

    @api.constrains("lead_time_days")
    def _check_lead_time(self):
        """Replenishment takes no negative time."""
        for listing in self:
            if listing.lead_time_days < 0:
                raise ValidationError(
                    self.env._(
                        "Replenishment days of %(sku)s must be zero or more.",
                        sku=listing.sku,
                    )
                )

    @api.constrains("store_id")
    def _check_store_unchanged(self):
        """Members, facts and tasks of a listing stay with its store."""
        members = self.env["linkstar.store.member"].sudo()
        stray = members.with_context(active_test=False).search(
            [("listing_id", "in", self.ids)]
        )
        stray = stray.filtered(lambda m: m.store_id != m.listing_id.store_id)
        if stray:
            raise ValidationError(
                self.env._(
                    "Listing %(sku)s has members in its store. Create the listing in "
                    "the other store instead of moving it.",
                    sku=stray[0].listing_id.sku,
                )
            )
