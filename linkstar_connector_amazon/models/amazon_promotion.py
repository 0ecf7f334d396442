"""Promotions and coupons as Amazon runs them."""

from odoo import fields, models

from ..engine.promotions import is_starting
from .amazon_rows import upsert

KINDS = [
    ("BEST_DEAL", "Best deal"),
    ("DEAL_OF_THE_DAY", "Deal of the day"),
    ("LIGHTNING_DEAL", "Lightning deal"),
    ("PRICE_DISCOUNT", "Price discount"),
    ("SALES_DISCOUNT", "Sales discount"),
    ("COUPON", "Coupon"),
    ("PROMO_CODE", "Promotion code"),
    ("PROMOTION", "Other promotion"),
]
STATES = [
    ("APPROVED", "Approved"),
    ("PENDING_APPROVAL", "Waiting for approval"),
    ("NEEDS_YOUR_ATTENTION", "Needs your attention"),
    ("CANCELED", "Cancelled"),
]
KEY = ("store_id", "reference")


class LinkstarAmazonPromotion(models.Model):
    """A promotion or coupon with what it has brought. Written by the sync only."""

    _name = "linkstar.amazon.promotion"
    _description = "Amazon promotion"
    _log_access = False
    _order = "starts_at desc, id desc"
    _rec_names_search = ["name", "reference", "asins"]

    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="restrict", readonly=True
    )
    reference = fields.Char(string="Promotion id", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    status = fields.Selection(STATES, readonly=True)
    starts_at = fields.Datetime(string="Starts", required=True, readonly=True)
    ends_at = fields.Datetime(string="Ends", readonly=True)
    asins = fields.Char(string="ASINs", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    units_sold = fields.Integer(string="Units", readonly=True)
    sales = fields.Monetary(readonly=True)
    views = fields.Integer(string="Page views", readonly=True)
    clips = fields.Integer(readonly=True, help="Coupons that buyers have collected.")
    redemptions = fields.Integer(readonly=True)
    discount = fields.Monetary(readonly=True, help="Given to buyers.")
    budget = fields.Monetary(readonly=True)
    budget_spent = fields.Monetary(readonly=True)
    as_of = fields.Datetime(readonly=True)

    _key_uniq = models.UniqueIndex(
        "(store_id, reference)", "A store has a promotion once."
    )

    def _keep(self, store, rows, now, notice_days):
        """Keep promotions of a store; tell those that start soon.

        :param rows: rows of ``engine.promotions``
        :return: number of promotions that are new or changed
        """
        kinds, states = dict(KINDS), dict(STATES)
        changed = upsert(
            self,
            KEY,
            [
                {
                    **row,
                    "kind": row["kind"] if row["kind"] in kinds else "PROMOTION",
                    "status": row["status"] if row["status"] in states else None,
                    "store_id": store.id,
                    "currency_id": store.currency_id.id or None,
                    "as_of": now,
                }
                for row in rows
            ],
        )
        self.env["linkstar.event"]._emit_batch(
            [
                self._event(store, row)
                for row in rows
                if is_starting(row["starts_at"], row["status"], now, notice_days)
            ]
        )
        return len(changed)

    def _event(self, store, row):
        # A promotion that is put off is news again.
        day = row["starts_at"].date().isoformat()
        return {
            "store_id": store.id,
            "type": "promotion_starting",
            "key": f"{row['reference']}:{day}",
            "payload": {
                "promotion": row["reference"],
                "name": row["name"],
                "kind": row["kind"],
                "starts_at": row["starts_at"].isoformat(),
                "ends_at": row["ends_at"].isoformat(),
                "asins": row["asins"].split(),
            },
        }
