"""Record rules of ours change at midnight UTC, not at the next restart."""

from odoo import fields, models


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain_context_values(self):
        """Key cached rule domains by today (UTC): memberships have dates."""
        yield from super()._compute_domain_context_values()
        yield fields.Date.today().isoformat()
