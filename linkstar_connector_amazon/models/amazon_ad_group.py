"""Ad groups, so that a new one is news."""

from odoo import api, fields, models

from .amazon_campaign import PRODUCTS, STATES


class LinkstarAmazonAdGroup(models.Model):
    """An ad group of a store. Written by the sync only."""

    _name = "linkstar.amazon.ad.group"
    _description = "Amazon ad group"
    _order = "seen_at desc, id desc"

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade", readonly=True
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="restrict", readonly=True
    )
    external_id = fields.Char(string="Ad group id", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    campaign = fields.Char(string="Campaign id", readonly=True)
    ad_product = fields.Char(string="Product", readonly=True)
    state = fields.Char(readonly=True)
    # Amazon's words are kept as they come; people read those they know.
    product = fields.Selection(PRODUCTS, string="Ad type", compute="_compute_words")
    status = fields.Selection(STATES, compute="_compute_words")
    seen_at = fields.Datetime(string="First seen", readonly=True)

    _external_uniq = models.UniqueIndex(
        "(store_id, external_id)", "A store has an ad group once."
    )

    @api.depends("ad_product", "state")
    def _compute_words(self):
        products, states = dict(PRODUCTS), dict(STATES)
        for group in self:
            known = group.ad_product in products
            group.product = group.ad_product if known else False
            group.status = group.state if group.state in states else False

    def _keep(self, account, store, groups, now, baseline):
        """Keep a page of ad groups; one never seen before is told.

        :param groups: Amazon's ``adGroups``
        :param baseline: True while what was there before us is collected
        :return: number of new ad groups
        """
        by_id = {str(group["adGroupId"]): group for group in groups}
        known = self.search(
            [("store_id", "=", store.id), ("external_id", "in", list(by_id))]
        )
        for row in known:
            state = by_id[row.external_id].get("state")
            if row.state != state:
                row.state = state
        fresh = [key for key in by_id if key not in set(known.mapped("external_id"))]
        created = self.create(
            [
                {
                    "account_id": account.id,
                    "store_id": store.id,
                    "external_id": key,
                    "name": by_id[key].get("name") or key,
                    "campaign": str(by_id[key].get("campaignId") or ""),
                    "ad_product": by_id[key].get("adProduct"),
                    "state": by_id[key].get("state"),
                    "seen_at": now,
                }
                for key in fresh
            ]
        )
        if not baseline:
            self.env["linkstar.event"]._emit_batch([row._event() for row in created])
        return len(created)

    def _event(self):
        return {
            "store_id": self.store_id.id,
            "type": "ad_group_created",
            "key": self.external_id,
            "payload": {
                "ad_group": self.external_id,
                "name": self.name,
                "campaign": self.campaign or "",
                "ad_product": self.ad_product or "",
            },
        }
