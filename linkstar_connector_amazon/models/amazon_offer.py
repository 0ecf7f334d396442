"""Offers: our price, the price in the buy box, and who has it."""

from odoo import fields, models
from odoo.tools import SQL

from ..engine.offers import buy_box, own_price
from .amazon_rows import upsert

KEY = ("store_id", "sku")


class LinkstarAmazonOffer(models.Model):
    """The offer of an MSKU in a store as it stands. Written by the sync only."""

    _name = "linkstar.amazon.offer"
    _description = "Amazon offer"
    _log_access = False
    _rec_name = "sku"
    _order = "has_buy_box, store_id, sku"

    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="restrict", readonly=True
    )
    sku = fields.Char(string="MSKU", required=True, readonly=True)
    asin = fields.Char(string="ASIN", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    price = fields.Float(
        string="Our price", readonly=True, aggregator=None, digits=(16, 2)
    )
    featured_price = fields.Float(
        string="Buy-box price", readonly=True, aggregator=None, digits=(16, 2)
    )
    price_gap = fields.Float(
        string="Over the buy box (%)",
        readonly=True,
        aggregator=None,
        digits=(16, 1),
        help="By how much our price is above that of the buy box.",
    )
    has_buy_box = fields.Boolean(string="Has the buy box", readonly=True)
    had_buy_box = fields.Boolean(readonly=True)
    is_featured = fields.Boolean(
        string="Buy box exists",
        readonly=True,
        help="Amazon features an offer; without, the page shows none.",
    )
    is_buyable = fields.Boolean(string="Can be bought", readonly=True)
    is_discoverable = fields.Boolean(string="Can be found", readonly=True)
    in_stock = fields.Boolean(readonly=True)
    offers = fields.Integer(readonly=True, aggregator=None, help="Of new items.")
    rank = fields.Integer(string="Best rank", readonly=True, aggregator=None)
    lost_since = fields.Datetime(readonly=True)
    listed_at = fields.Datetime(string="Listing as of", readonly=True)
    priced_at = fields.Datetime(string="As of", readonly=True)

    _key_uniq = models.UniqueIndex("(store_id, sku)", "A store offers an MSKU once.")

    def _keep_listed(self, store, items, now):
        """Keep price and state of a page of listings."""
        rows = []
        for item in items:
            summary = (item.get("summaries") or [{}])[0]
            status = set(summary.get("status") or ())
            price, currency = own_price(item)
            rows.append(
                {
                    "store_id": store.id,
                    "sku": item["sku"],
                    "asin": summary.get("asin") or "",
                    "currency_id": self._currency(store, currency),
                    "price": price,
                    "is_buyable": "BUYABLE" in status,
                    "is_discoverable": "DISCOVERABLE" in status,
                    "listed_at": now,
                }
            )
        return len(upsert(self, KEY, rows, quiet=("listed_at",)))

    def _currency(self, store, name):
        if not name or name == store.currency_id.name:
            return store.currency_id.id or None
        return self.env["linkstar.metric"].sudo()._currency_ids().get(name)

    def _next_listings(self, store, after, limit, with_comma=False):
        """Listings to ask prices for, behind an MSKU.

        :param with_comma: those whose MSKU holds a comma, if their ASIN is known;
            otherwise all others
        """
        domain = [
            ("store_id", "=", store.id),
            ("lifecycle", "!=", "discontinued"),
            ("sku", ">", after or ""),
        ]
        if with_comma:
            domain += [("sku", "like", ","), ("asin", "!=", False)]
        else:
            domain.append(("sku", "not like", ","))
        listings = self.env["linkstar.listing"].sudo()
        return listings.search(domain, order="sku", limit=limit)

    def _keep_featured(self, store, found, now):
        """Keep who has the buy box; tell where it is lost.

        :param found: list of ``engine.offers.Featured``
        :return: number of offers that changed
        """
        before = {
            row.sku: row
            for row in self.search(
                [
                    ("store_id", "=", store.id),
                    ("sku", "in", [offer.sku for offer in found]),
                ]
            )
        }
        stocked = self._stocked(store, [offer.sku for offer in found])
        rows, seen = [], []
        for offer in found:
            row = before.get(offer.sku, self.browse())
            in_stock = stocked.get(offer.sku, True)
            buyable = row.is_buyable or not row.listed_at
            lost, back = buy_box(offer.owned, row.had_buy_box, in_stock, buyable)
            rows.append(self._featured_values(store, offer, row, in_stock, lost, now))
            payload = {
                "sku": offer.sku,
                "asin": offer.asin,
                "price": row.price,
                "featured_price": offer.price,
                "offers": offer.offers,
                "is_featured": offer.owned is not None,
            }
            seen.append((store.id, "buy_box_lost", offer.sku, lost, back, payload))
        changed = upsert(self, KEY, rows, quiet=("priced_at", "rank"))
        self.env["linkstar.amazon.episode"]._observe(seen, now)
        return len(changed)

    def _featured_values(self, store, offer, row, in_stock, lost, now):
        price = row.price
        gap = 100 * (price - offer.price) / offer.price if offer.price and price else 0
        return {
            "store_id": store.id,
            "sku": offer.sku,
            "asin": offer.asin,
            "currency_id": self._currency(store, offer.currency),
            "featured_price": offer.price,
            "price_gap": round(gap, 1),
            "has_buy_box": bool(offer.owned),
            "had_buy_box": bool(offer.owned) or row.had_buy_box,
            "is_featured": offer.owned is not None,
            "in_stock": in_stock,
            "offers": offer.offers,
            "rank": offer.rank,
            "lost_since": (row.lost_since or now) if lost else None,
            "priced_at": now,
        }

    def _stocked(self, store, skus):
        """``{sku: available in the store's pool}`` of MSKUs that Amazon stores."""
        self.env["linkstar.amazon.inventory"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sku, available > 0 FROM linkstar_amazon_inventory
                 WHERE store_id = %s AND sku = ANY(%s)
                """,
                (store.stock_store_id or store).id,
                skus,
            )
        )
        return dict(rows)
