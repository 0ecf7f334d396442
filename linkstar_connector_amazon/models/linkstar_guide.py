"""First steps: “connect” opens a new Amazon account."""

from odoo import api, models


class LinkstarGuide(models.AbstractModel):
    _inherit = "linkstar.guide"

    @api.model
    def _connect_action(self):
        """The form of a new account for those who may connect one."""
        if not self.env["linkstar.amazon.account"].has_access("create"):
            return super()._connect_action()
        return "linkstar_connector_amazon.amazon_account_connect_action"
