"""Groups of stores served by the same people."""

from odoo import fields, models


class LinkstarStoreGroup(models.Model):
    """Stores served together: customer service, design, purchasing."""

    _name = "linkstar.store.group"
    _description = "Store group"
    _inherit = ["linkstar.audit.mixin"]
    _order = "name"

    _audit_fields = ("name", "code", "store_ids", "company_id", "active")
    _audit_store_path = None

    name = fields.Char(required=True)
    code = fields.Char(help="Unique short name, used in imports.")
    store_ids = fields.Many2many(
        "linkstar.store", "linkstar_store_group_rel", "group_id", "store_id"
    )
    member_ids = fields.One2many("linkstar.store.member", "group_id")
    company_id = fields.Many2one(
        "res.company", help="Empty: the group may hold stores of several companies."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another store group has this code. Codes are unique."
    )

    def write(self, vals):
        """Write; a change of stores or activity changes who sees what."""
        result = super().write(vals)
        if {"store_ids", "active"} & set(vals):
            self.env.registry.clear_cache()
            self.env["linkstar.store.member"]._linkstar_unsubscribe(self._people())
        return result

    def _people(self):
        """Users with a membership in these groups, a former one included."""
        return self.sudo().with_context(active_test=False).member_ids.user_id

    def unlink(self):
        """Delete the groups; their members lose access at once."""
        people = self._people()
        result = super().unlink()
        self.env.registry.clear_cache()
        self.env["linkstar.store.member"]._linkstar_unsubscribe(people)
        return result
