"""Stores: the way to connect one to Amazon."""

from odoo import models


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    def _get_connect_action(self):
        """The action that connects this store, for an Amazon store.

        :return: an action's dict, or what other addons offer
        """
        self.ensure_one()
        if self.platform_id.code != "amazon":
            return super()._get_connect_action()
        accounts = self.env["linkstar.amazon.account"]
        if not accounts.has_access("read"):
            # Accounts are connected by leads; an operator's screen has no button.
            return super()._get_connect_action()
        account = accounts.search(
            [
                ("seller_id", "=", self.seller_id.id),
                ("region", "=", self.marketplace_id.region),
            ],
            limit=1,
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_connector_amazon.amazon_account_action"
        )
        action.update(views=[(False, "form")], res_id=account.id)
        action["context"] = {
            "default_seller_id": self.seller_id.id,
            "default_region": self.marketplace_id.region,
            "default_name": self.seller_id.name,
        }
        return action
