"""Another legal entity behind an account is another linkage of its shops."""

from odoo import models


class LinkstarSeller(models.Model):
    _inherit = "linkstar.seller"

    def write(self, vals):
        """Write; shops of an account that changes hands are compared again."""
        result = super().write(vals)
        if "entity_id" in vals:
            stores = self.sudo().with_context(active_test=False).store_ids
            stores._register_entity()
        return result
