"""Days of a store: which sums must be made again."""

from odoo import fields, models
from odoo.tools import SQL

from ..engine.daily import sales_fact_rows

# Days summed in one go; a backfill of two years touches one or two a page.
ROLL_UP_DAYS = 400


class LinkstarAmazonDay(models.Model):
    """A store's day: our sums of orders against Amazon's own."""

    _name = "linkstar.amazon.day"
    _description = "Amazon day"
    _log_access = False
    _order = "day desc, store_id"
    _rec_name = "day"

    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="cascade", readonly=True
    )
    day = fields.Date(required=True, readonly=True)
    is_dirty = fields.Boolean(
        string="To be summed", required=True, readonly=True, default=False
    )
    our_orders = fields.Integer(readonly=True)
    our_gmv = fields.Float(
        string="Our sales", readonly=True, digits=(16, 2), aggregator=None
    )
    pending_orders = fields.Integer(
        string="Pending", readonly=True, help="Orders of ours without a price yet."
    )

    _store_day_uniq = models.UniqueIndex("(store_id, day)", "A store has a day once.")
    _dirty_idx = models.Index("(store_id) WHERE is_dirty")

    def _roll_up(self, account, now):
        """Sum the marked days of an account's stores into facts.

        :param now: naive UTC by Amazon's clock; the facts know up to then
        :return: number of facts written
        """
        stores = account.sudo().seller_id.with_context(active_test=False).store_ids
        self.flush_model()
        days = self.env.execute_query(
            SQL(
                """
                SELECT store_id, day FROM linkstar_amazon_day
                 WHERE is_dirty AND store_id = ANY(%s)
                 ORDER BY day DESC
                 LIMIT %s
                   FOR UPDATE
                """,
                stores.ids,
                ROLL_UP_DAYS,
            )
        )
        if not days:
            return 0
        sums = self._sums(days)
        self._ensure_listings(sums)
        currencies = {store.id: store.currency_id.id for store in stores}
        written = self.env["linkstar.fact"]._upsert(
            sales_fact_rows(sums, currencies, now)
        )
        self._note_sums(days, sums)
        return written

    def _sums(self, days):
        """Orders, units, GMV and cancelled orders per store, day and MSKU.

        Cancelled orders count among the cancelled only. The whole store is the row
        without MSKU: an order with two MSKUs is one order of the store.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.store_id, o.day, COALESCE(l.sku, ''),
                       count(DISTINCT o.id) FILTER (WHERE o.status <> 'cancelled'),
                       COALESCE(sum(l.quantity)
                                FILTER (WHERE o.status <> 'cancelled'), 0),
                       COALESCE(sum(l.amount)
                                FILTER (WHERE o.status <> 'cancelled'), 0),
                       count(DISTINCT o.id) FILTER (WHERE o.status = 'cancelled'),
                       count(DISTINCT o.id) FILTER (WHERE o.status = 'pending'),
                       COALESCE(sum(l.shipped)
                                FILTER (WHERE o.status <> 'cancelled'), 0),
                       max(l.asin), max(l.title)
                  FROM unnest(%(stores)s::int[], %(days)s::date[]) AS d(store_id, day)
                  JOIN linkstar_amazon_order o
                    ON o.store_id = d.store_id AND o.day = d.day
                  LEFT JOIN linkstar_amazon_order_line l ON l.order_id = o.id
                 GROUP BY GROUPING SETS ((o.store_id, o.day),
                                         (o.store_id, o.day, l.sku))
                HAVING GROUPING(l.sku) = 1 OR l.sku <> ''
                """,
                stores=[store for store, _day in days],
                days=[day for _store, day in days],
            )
        )
        names = "store_id day sku orders units gmv cancelled pending shipped asin title"
        names = names.split()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _ensure_listings(self, sums):
        """Listings for MSKUs that are sold and not known yet."""
        self.env["linkstar.amazon.inventory"]._ensure_listings(
            {
                (total["store_id"], total["sku"]): (total["asin"], total["title"])
                for total in sums
                if total["sku"]
            }
        )

    def _note_sums(self, days, sums):
        """Keep the sums of the whole store, and take the marks off."""
        totals = {
            (total["store_id"], total["day"]): (
                total["orders"],
                total["gmv"],
                total["pending"],
            )
            for total in sums
            if not total["sku"]
        }
        values = [totals.get(key, (0, 0, 0)) for key in days]
        self.env.cr.execute(
            SQL(
                """
                UPDATE linkstar_amazon_day d
                   SET is_dirty = FALSE, our_orders = n.orders, our_gmv = n.gmv,
                       pending_orders = n.pending
                  FROM unnest(%(stores)s::int[], %(days)s::date[], %(orders)s::int[],
                              %(gmvs)s::numeric[], %(pending)s::int[])
                       AS n(store_id, day, orders, gmv, pending)
                 WHERE d.store_id = n.store_id AND d.day = n.day
                """,
                stores=[store for store, _day in days],
                days=[day for _store, day in days],
                orders=[value[0] for value in values],
                gmvs=[value[1] for value in values],
                pending=[value[2] for value in values],
            )
        )
        self.invalidate_model()
