"""Advertising campaigns: budget, and whether it has run out."""

from odoo import fields, models

from ..engine.daily import fact_row
from ..engine.local_day import local_day
from .amazon_rows import upsert

KEY = ("store_id", "external_id")
PRODUCTS = [
    ("SPONSORED_PRODUCTS", "Sponsored Products"),
    ("SPONSORED_BRANDS", "Sponsored Brands"),
    ("SPONSORED_DISPLAY", "Sponsored Display"),
]
STATES = [
    ("ENABLED", "Enabled"),
    ("PAUSED", "Paused"),
    ("ARCHIVED", "Archived"),
    ("DRAFT", "Draft"),
]


class LinkstarAmazonCampaign(models.Model):
    """A campaign as it stands. Written by the sync only."""

    _name = "linkstar.amazon.campaign"
    _description = "Amazon campaign"
    _log_access = False
    _order = "is_out_of_budget desc, store_id, name"
    _rec_names_search = ["name", "external_id"]

    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="restrict", readonly=True
    )
    external_id = fields.Char(string="Campaign id", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    ad_product = fields.Selection(PRODUCTS, string="Product", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    budget = fields.Monetary(string="Daily budget", readonly=True)
    is_out_of_budget = fields.Boolean(string="Out of budget", readonly=True)
    dry_since = fields.Datetime(string="Out of budget since", readonly=True)
    as_of = fields.Datetime(readonly=True)

    _key_uniq = models.UniqueIndex(
        "(store_id, external_id)", "A store has a campaign once."
    )

    def _keep(self, store, rows, now):
        """Keep a page of campaigns; tell those that have run out of budget.

        :param rows: rows of ``engine.ads.campaign_row``
        :return: number of campaigns that are new or changed
        """
        since = {
            row.external_id: row.dry_since
            for row in self.search([("store_id", "=", store.id)])
            if row.dry_since
        }
        products, states = dict(PRODUCTS), ("ENABLED", "PAUSED", "ARCHIVED", "DRAFT")
        changed = upsert(
            self,
            KEY,
            [
                {
                    **row,
                    "ad_product": (
                        row["ad_product"] if row["ad_product"] in products else None
                    ),
                    "state": row["state"] if row["state"] in states else None,
                    "store_id": store.id,
                    "currency_id": store.currency_id.id or None,
                    "dry_since": (
                        since.get(row["external_id"], now)
                        if row["is_out_of_budget"]
                        else None
                    ),
                    "as_of": now,
                }
                for row in rows
            ],
        )
        self.env["linkstar.amazon.episode"]._observe(
            [self._observation(store, row) for row in rows], now
        )
        return len(changed)

    def _observation(self, store, row):
        """Out of budget; a new budget, the next day or a pause end the spell."""
        dry = row["is_out_of_budget"] and row["state"] == "ENABLED"
        payload = {
            "campaign": row["external_id"],
            "name": row["name"],
            "ad_product": row["ad_product"],
            "budget": row["budget"],
        }
        return (
            store.id,
            "campaign_out_of_budget",
            row["external_id"],
            dry,
            not dry,
            payload,
        )

    def _tell_budget(self, store, now):
        """The budget of a store's enabled campaigns, as a fact of today."""
        campaigns = self.search(
            [("store_id", "=", store.id), ("state", "=", "ENABLED")]
        )
        self.env["linkstar.fact"]._upsert(
            [
                fact_row(
                    store.id,
                    "ad_budget",
                    local_day(now, store.tz),
                    sum(campaigns.mapped("budget")),
                    currency_id=store.currency_id.id,
                    as_of=now,
                )
            ]
        )
