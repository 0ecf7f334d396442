"""Categories: goods that a scheme line or a target counts, as a list of MSKUs."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError

#: What stands between MSKUs in a pasted list.
BETWEEN = re.compile(r"[\n\r\t,;，；、]+")
SHOWN = 10
MOST_SKUS = 5000


class LinkstarKpiCategory(models.Model):
    """A list of listings under a name, in any number of stores."""

    _name = "linkstar.kpi.category"
    _description = "KPI category"
    _inherit = ["linkstar.audit.mixin", "linkstar.kpi.manager.mixin"]
    _order = "name, id"

    _audit_fields = ("name", "listing_ids", "active")
    _audit_store_path = None

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    listing_ids = fields.Many2many(
        "linkstar.listing", "linkstar_kpi_category_listing_rel", string="MSKUs"
    )
    listing_count = fields.Integer(string="Number", compute="_compute_listing_count")
    store_ids = fields.Many2many(
        "linkstar.store",
        compute="_compute_listing_count",
        string="Stores",
    )
    pasted = fields.Text(
        string="Paste MSKUs",
        compute="_compute_pasted",
        inverse="_inverse_pasted",
        help="One MSKU a line, or with commas. Each store that sells it counts; "
        "write STORE:MSKU for one store only.",
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(company_id, name)", "Another category of this company has this name."
    )

    @api.depends("listing_ids")
    def _compute_listing_count(self):
        for category in self:
            category.listing_count = len(category.listing_ids)
            category.store_ids = category.listing_ids.store_id

    def _compute_pasted(self):
        self.pasted = False

    def _inverse_pasted(self):
        for category in self:
            if category.pasted:
                found = category._find_listings(category.pasted)
                category.listing_ids |= found

    def _find_listings(self, text):
        """Listings named by a pasted list.

        :param text: MSKUs, or STORE:MSKU, one a line or with commas between
        :return: ``linkstar.listing``
        :raise UserError: naming those that no store sells
        """
        words = {word.strip() for word in BETWEEN.split(text)} - {""}
        if len(words) > MOST_SKUS:
            raise UserError(
                self.env._("Paste at most %s MSKUs at a time.", f"{MOST_SKUS:,}")
            )
        names = words | {word.partition(":")[2].strip() for word in words}
        listings = self.env["linkstar.listing"].search([("sku", "in", list(names))])
        by_name = {}
        for listing in listings:
            by_name.setdefault(listing.sku, set()).add(listing.id)
            by_name.setdefault(f"{listing.store_id.code}:{listing.sku}", set()).add(
                listing.id
            )
        unknown = sorted(word for word in words if self._key(word) not in by_name)
        if unknown:
            raise UserError(
                self.env._(
                    "No store sells %(skus)s. Correct the list or add the listings "
                    "first.",
                    skus=", ".join(unknown[:SHOWN]),
                )
            )
        ids = set().union(*(by_name[self._key(word)] for word in words))
        return listings.browse(sorted(ids))

    @api.model
    def _key(self, word):
        store, colon, sku = word.partition(":")
        return f"{store.strip()}:{sku.strip()}" if colon else word
