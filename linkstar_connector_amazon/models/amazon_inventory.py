"""FBA stock per MSKU and stock pool, days of cover, and what is short."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import episodes
from ..engine.daily import fact_row
from ..engine.inventory import VELOCITY_DAYS, days_of_cover
from ..engine.local_day import local_day

COLUMNS = (
    "available",
    "inbound_working",
    "inbound_shipped",
    "inbound_receiving",
    "reserved",
    "unfulfillable",
)


class LinkstarAmazonInventory(models.Model):
    """Units of one MSKU in the stock pool of a store. Written by the sync only."""

    _name = "linkstar.amazon.inventory"
    _description = "FBA stock"
    _log_access = False
    _rec_name = "sku"
    _order = "days_of_cover, store_id, sku"

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade", readonly=True
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, index=True, ondelete="restrict", readonly=True
    )
    sku = fields.Char(string="MSKU", required=True, readonly=True)
    asin = fields.Char(string="ASIN", readonly=True)
    listing_id = fields.Many2one("linkstar.listing", compute="_compute_listing_id")
    available = fields.Integer(readonly=True)
    inbound_working = fields.Integer(string="Inbound, announced", readonly=True)
    inbound_shipped = fields.Integer(string="Inbound, shipped", readonly=True)
    inbound_receiving = fields.Integer(string="Receiving", readonly=True)
    reserved = fields.Integer(readonly=True)
    unfulfillable = fields.Integer(readonly=True)
    units_sold = fields.Integer(
        string="Units in 30 days", readonly=True, help="Of all stores of the pool."
    )
    days_of_cover = fields.Float(
        readonly=True, aggregator=None, digits=(16, 1), help="Empty where none is sold."
    )
    threshold = fields.Integer(string="Low under (days)", readonly=True)
    is_low = fields.Boolean(string="Low", readonly=True)
    is_out = fields.Boolean(string="Out of stock", readonly=True)
    had_stock = fields.Boolean(readonly=True)
    seen_at = fields.Datetime(string="As of", readonly=True)

    _store_sku_uniq = models.UniqueIndex(
        "(store_id, sku)", "A stock pool has an MSKU once."
    )

    @api.depends("store_id", "sku")
    def _compute_listing_id(self):
        listings = self.env["linkstar.listing"].search(
            [("store_id", "in", self.store_id.ids), ("sku", "in", self.mapped("sku"))]
        )
        by_key = {(item.store_id, item.sku): item for item in listings}
        for row in self:
            row.listing_id = by_key.get((row.store_id, row.sku), False)

    def _ensure_listings(self, wanted):
        """Create the listings that are missing.

        :param wanted: ``{(store id, sku): (asin, title)}``
        """
        if not wanted:
            return
        self.env["linkstar.listing"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT w.store_id, w.sku
                  FROM unnest(%(stores)s::int[], %(skus)s::text[]) AS w(store_id, sku)
                  LEFT JOIN linkstar_listing l
                    ON l.store_id = w.store_id AND l.sku = w.sku
                 WHERE l.id IS NULL
                """,
                stores=[store for store, _sku in wanted],
                skus=[sku for _store, sku in wanted],
            )
        )
        self.env["linkstar.listing"].sudo().create(
            [
                {
                    "store_id": store,
                    "sku": sku,
                    "asin": wanted[store, sku][0] or False,
                    "name": wanted[store, sku][1] or sku,
                }
                for store, sku in rows
            ]
        )

    def _keep(self, account_id, store, rows, now):
        """Insert or update a page of stock rows.

        :param rows: list of ``engine.inventory.StockRow``
        :return: number of rows
        """
        if not rows:
            return 0
        self._ensure_listings(
            {(store.id, row.sku): (row.asin, row.title) for row in rows}
        )
        self.flush_model()
        names = [SQL.identifier(name) for name in COLUMNS]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_amazon_inventory AS i
                       (account_id, store_id, sku, asin, seen_at, had_stock, is_low,
                        is_out, %(names)s)
                SELECT %(account)s, %(store)s, d.sku, d.asin, %(now)s,
                       d.available > 0, FALSE, FALSE, %(values)s
                  FROM unnest(%(skus)s::text[], %(asins)s::text[], %(arrays)s)
                       AS d(sku, asin, %(names)s)
                    ON CONFLICT (store_id, sku) DO UPDATE
                   SET asin = EXCLUDED.asin,
                       seen_at = EXCLUDED.seen_at,
                       had_stock = i.had_stock OR EXCLUDED.had_stock,
                       %(updates)s
                """,
                account=account_id,
                store=store.id,
                now=now,
                names=SQL(", ").join(names),
                values=SQL(", ").join(SQL("d.%s", name) for name in names),
                skus=[row.sku for row in rows],
                asins=[row.asin for row in rows],
                arrays=SQL(", ").join(
                    SQL("%s::int[]", [getattr(row, name) for row in rows])
                    for name in COLUMNS
                ),
                updates=SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", name, name) for name in names
                ),
            )
        )
        self.invalidate_model()
        return len(rows)

    def _clear_unseen(self, account_id, store, started):
        """MSKUs that a full scan no longer showed have no units."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE linkstar_amazon_inventory
                   SET %s
                 WHERE account_id = %s AND store_id = %s AND seen_at < %s
                """,
                SQL(", ").join(SQL("%s = 0", SQL.identifier(name)) for name in COLUMNS),
                account_id,
                store.id,
                started,
            )
        )
        self.invalidate_model()

    # ------------------------------------------------------------------
    # Facts and events of a pool
    # ------------------------------------------------------------------
    def _tell_stock(self, account, store, now):
        """Facts of today, and one event where stock begins to be low or out."""
        today = local_day(now, store.tz)
        rows = self.search([("store_id", "=", store.id)])
        sold = self._units_sold(store, today)
        listings = {
            listing.sku: listing
            for listing in self.env["linkstar.listing"]
            .with_context(active_test=False)
            .search([("store_id", "=", store.id)])
        }
        for row in rows:
            units = sold.get(row.sku, 0)
            lead_time = listings[row.sku].lead_time_days
            row.units_sold = units
            row.days_of_cover = days_of_cover(row.available, units) or 0.0
            row.threshold = lead_time or account.low_cover_days
        self.env["linkstar.fact"]._upsert(rows._fact_rows(store, today, now))
        rows._tell_episodes(listings, now)

    def _units_sold(self, store, today):
        """Units of the last 30 whole days per MSKU, over all stores of the pool."""
        self.env["linkstar.store"].flush_model(["stock_store_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.sku, sum(l.quantity)
                  FROM linkstar_amazon_order o
                  JOIN linkstar_amazon_order_line l ON l.order_id = o.id
                  JOIN linkstar_store s ON s.id = o.store_id
                 WHERE COALESCE(s.stock_store_id, s.id) = %s
                   AND o.day >= %s AND o.day < %s
                   AND o.status <> 'cancelled'
                 GROUP BY l.sku
                """,
                store.id,
                today - timedelta(days=VELOCITY_DAYS),
                today,
            )
        )
        return dict(rows)

    def _fact_rows(self, store, today, now):
        """Facts of the pool's store: per MSKU, and summed for the whole store."""
        facts, totals = [], dict.fromkeys(self.browse()._figures(), 0)
        for row in self:
            for metric, value in row._figures().items():
                totals[metric] += value
                facts.append(
                    fact_row(store.id, metric, today, value, sku=row.sku, as_of=now)
                )
        facts += [
            fact_row(store.id, metric, today, value, as_of=now)
            for metric, value in totals.items()
        ]
        return facts

    def _figures(self):
        """Measures of today's stock by metric code."""
        out, _over = episodes.stock_out(self.available, self.units_sold, self.had_stock)
        return {
            "stock_available": self.available,
            "stock_inbound": self.inbound_shipped,
            "stock_receiving": self.inbound_receiving,
            "stock_reserved": self.reserved,
            "stock_unfulfillable": self.unfulfillable,
            "daily_units_velocity": self.units_sold / VELOCITY_DAYS,
            "active_sku_days": int(out or self.available > 0),
            "oos_sku_days": int(out),
        }

    def _tell_episodes(self, listings, now):
        """Open and close episodes of low stock and of none; emit what begins."""
        seen = []
        for row in self:
            cover = row.days_of_cover if row.units_sold else None
            low, low_over = episodes.stock_low(cover, row.threshold)
            out, out_over = episodes.stock_out(
                row.available, row.units_sold, row.had_stock
            )
            row.is_low, row.is_out = low, out
            payload = row._payload(listings[row.sku])
            seen.append((row.store_id.id, "stock_low", row.sku, low, low_over, payload))
            seen.append((row.store_id.id, "stock_out", row.sku, out, out_over, payload))
        self.env["linkstar.amazon.episode"]._observe(seen, now)

    def _payload(self, listing):
        return {
            "sku": self.sku,
            "asin": self.asin or "",
            "listing_id": listing.id,
            "supplier_id": listing.supplier_id.id or 0,
            "lifecycle": listing.lifecycle,
            "available": self.available,
            "inbound": self.inbound_shipped + self.inbound_receiving,
            "days_of_cover": self.days_of_cover,
            "threshold": self.threshold,
        }
