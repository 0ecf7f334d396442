"""Orders as Amazon tells them, without the buyer."""

from odoo import fields, models
from odoo.tools import SQL


class LinkstarAmazonOrder(models.Model):
    """An order. Written by the sync only, in one statement a page."""

    _name = "linkstar.amazon.order"
    _description = "Amazon order"
    _log_access = False
    _rec_name = "reference"
    _order = "ordered_at desc, id desc"
    _rec_names_search = ["reference"]

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade", readonly=True
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="restrict", readonly=True
    )
    reference = fields.Char(string="Order", required=True, readonly=True)
    status = fields.Selection(
        [
            ("pending", "Pending"),
            ("unshipped", "Unshipped"),
            ("partial", "Partially shipped"),
            ("shipped", "Shipped"),
            ("cancelled", "Cancelled"),
            ("unfulfillable", "Cannot be fulfilled"),
        ],
        required=True,
        readonly=True,
    )
    fulfilled_by = fields.Selection(
        [("amazon", "Amazon"), ("merchant", "Merchant")], readonly=True
    )
    ordered_at = fields.Datetime(required=True, readonly=True)
    updated_at = fields.Datetime(
        string="Changed at", required=True, readonly=True, help="By Amazon's clock."
    )
    day = fields.Date(
        required=True, readonly=True, help="Day of the order where the store sells."
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    line_ids = fields.One2many("linkstar.amazon.order.line", "order_id", readonly=True)

    _reference_uniq = models.UniqueIndex(
        "(account_id, reference)", "An account has an order once."
    )
    _store_day_idx = models.Index("(store_id, day)")

    def _keep(self, account_id, orders, lines):
        """Insert or update a page of orders and lines, and mark their days.

        A page that comes again, or an older state that comes late, changes nothing.

        :param orders: list of ``engine.orders_to_rows.OrderRow``
        :param lines: list of ``LineRow``
        :return: number of orders inserted or changed
        """
        if not orders:
            return 0
        changed = self._upsert_orders(account_id, orders)
        if changed:
            self._upsert_lines(changed, lines)
            self._mark_days(list(changed.values()))
        return len(changed)

    def _upsert_orders(self, account_id, orders):
        """:return: ``{reference: id}`` of orders inserted or changed"""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO linkstar_amazon_order AS o
                       (account_id, store_id, reference, status, fulfilled_by,
                        ordered_at, updated_at, day, currency_id)
                SELECT %(account)s, d.store_id, d.reference, d.status,
                       NULLIF(d.fulfilled_by, ''), d.ordered_at, d.updated_at, d.day,
                       c.id
                  FROM unnest(%(stores)s::int[], %(references)s::text[],
                              %(statuses)s::text[], %(fulfilled)s::text[],
                              %(ordered)s::timestamp[], %(updated)s::timestamp[],
                              %(days)s::date[], %(currencies)s::text[])
                       AS d(store_id, reference, status, fulfilled_by, ordered_at,
                            updated_at, day, currency)
                  LEFT JOIN res_currency c ON c.name = d.currency
                 ORDER BY d.reference
                    ON CONFLICT (account_id, reference) DO UPDATE
                   SET status = EXCLUDED.status,
                       store_id = EXCLUDED.store_id,
                       updated_at = EXCLUDED.updated_at,
                       currency_id = EXCLUDED.currency_id,
                       day = EXCLUDED.day
                 WHERE o.updated_at < EXCLUDED.updated_at
                    OR (o.updated_at = EXCLUDED.updated_at
                        AND (o.status, o.store_id, o.day)
                            IS DISTINCT FROM
                            (EXCLUDED.status, EXCLUDED.store_id, EXCLUDED.day))
             RETURNING reference, id
                """,
                account=account_id,
                stores=[row.store_id for row in orders],
                references=[row.reference for row in orders],
                statuses=[row.status for row in orders],
                fulfilled=[row.fulfilled_by for row in orders],
                ordered=[row.ordered_at for row in orders],
                updated=[row.updated_at for row in orders],
                days=[row.day for row in orders],
                currencies=[row.currency for row in orders],
            )
        )
        self.invalidate_model()
        return dict(rows)

    def _upsert_lines(self, changed, lines):
        lines = [line for line in lines if line.reference in changed]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_amazon_order_line AS l
                       (order_id, item, sku, asin, title, quantity, shipped, amount)
                SELECT * FROM unnest(%(orders)s::int[], %(items)s::text[],
                    %(skus)s::text[], %(asins)s::text[], %(titles)s::text[],
                    %(quantities)s::int[], %(shipped)s::int[], %(amounts)s::numeric[])
                    ON CONFLICT (order_id, item) DO UPDATE
                   SET quantity = EXCLUDED.quantity,
                       shipped = EXCLUDED.shipped,
                       amount = EXCLUDED.amount
                 WHERE (l.quantity, l.shipped, l.amount) IS DISTINCT FROM
                       (EXCLUDED.quantity, EXCLUDED.shipped, EXCLUDED.amount)
                """,
                orders=[changed[line.reference] for line in lines],
                items=[line.item for line in lines],
                skus=[line.sku for line in lines],
                asins=[line.asin for line in lines],
                titles=[line.title for line in lines],
                quantities=[line.quantity for line in lines],
                shipped=[line.shipped for line in lines],
                amounts=[line.amount for line in lines],
            )
        )
        self.env["linkstar.amazon.order.line"].invalidate_model()

    def _mark_days(self, order_ids):
        """Days whose sums must be made again: of these orders."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_amazon_day AS d (store_id, day, is_dirty)
                SELECT DISTINCT store_id, day, TRUE
                  FROM linkstar_amazon_order
                 WHERE id = ANY(%s)
                    ON CONFLICT (store_id, day) DO UPDATE
                   SET is_dirty = TRUE
                 WHERE NOT d.is_dirty
                """,
                order_ids,
            )
        )
        self.env["linkstar.amazon.day"].invalidate_model()
