"""Sellers: one registration on a platform."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LinkstarSeller(models.Model):
    """A seller account: one registration on a platform, and region if it splits."""

    _name = "linkstar.seller"
    _description = "Seller account"
    _inherit = ["linkstar.audit.mixin"]
    _order = "name"
    _check_company_auto = True

    _audit_fields = (
        "name",
        "platform_id",
        "region",
        "entity_id",
        "external_id",
        "client_id",
        "company_id",
        "active",
    )
    _audit_store_path = None

    name = fields.Char(
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    platform_id = fields.Many2one(
        "linkstar.platform", required=True, index=True, ondelete="restrict"
    )
    region = fields.Selection(
        [("na", "North America"), ("eu", "Europe"), ("fe", "Far East")],
        help="Only for platforms that register sellers by region, as Amazon does.",
    )
    entity_id = fields.Many2one(
        "res.partner",
        string="Legal entity",
        help="The company that is registered with the platform.",
    )
    external_id = fields.Char(
        string="Seller id", help="The platform's id of this seller (Merchant Token)."
    )
    client_id = fields.Many2one(
        "res.partner",
        string="Client",
        help="For agencies: the customer on whose behalf the shop is run.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    store_ids = fields.One2many("linkstar.store", "seller_id")
    active = fields.Boolean(default=True)

    _external_uniq = models.UniqueIndex(
        "(platform_id, COALESCE(region, ''), external_id) "
        "WHERE external_id IS NOT NULL AND external_id <> ''",
        "Another seller account has this seller id on the same platform and region.",
    )

    @api.depends("entity_id", "platform_id", "external_id")
    def _compute_name(self):
        """Entity and platform name an account until a person does."""
        for seller in self:
            owner = seller.entity_id.name or seller.external_id or ""
            seller.name = (
                seller.name or f"{owner} {seller.platform_id.name or ''}".strip()
            )

    @api.constrains("platform_id", "region")
    def _check_stores_match(self):
        """A seller's stores lie on its platform (and in its region)."""
        self.store_ids._check_seller()

    @api.constrains("company_id")
    def _check_company_of_stores(self):
        """A seller and its stores belong to one company."""
        for seller in self.sudo():
            other = seller.with_context(active_test=False).store_ids.filtered(
                lambda store, seller=seller: store.company_id != seller.company_id
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "Seller account %(seller)s has stores of another company: "
                        "%(stores)s. Move the stores first.",
                        seller=seller.name,
                        stores=", ".join(other.mapped("code")),
                    )
                )
