"""Watches: events about what failed to happen."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.absence import absence_key

#: Signs of life are searched this far back; older ones count as never.
HORIZON_DAYS = 400

# Of each selling listing: when it was last seen, of those whose store is told of.
_SILENT = """
WITH cover AS (
    SELECT store_id, MAX(date) AS until FROM linkstar_fact
     WHERE metric_id = %(metric)s AND store_id = ANY(%(stores)s)
       AND date BETWEEN %(recent)s AND %(today)s
     GROUP BY store_id
), seen AS (
    SELECT f.listing_id, MAX(f.date) AS last
      FROM linkstar_fact f JOIN cover USING (store_id)
     WHERE f.metric_id = %(metric)s AND f.value > 0
       AND f.listing_id IS NOT NULL AND f.date >= %(horizon)s
     GROUP BY f.listing_id
), stocked AS (
    -- Stores of one pool sell the stock told of the store that owns it.
    SELECT own.id AS listing_id, COUNT(DISTINCT f.date) AS days
      FROM linkstar_listing own
      JOIN linkstar_store s ON s.id = own.store_id
      JOIN cover ON cover.store_id = own.store_id
      JOIN linkstar_listing held
        ON held.store_id = COALESCE(s.stock_store_id, s.id)
       AND held.sku = own.sku
      JOIN linkstar_fact f ON f.listing_id = held.id
     WHERE f.metric_id = %(stock)s AND f.value > 0
       AND f.date > cover.until - %(days)s AND f.date <= cover.until
     GROUP BY own.id
)
SELECT l.store_id, l.sku, seen.last, cover.until
  FROM linkstar_listing l
  JOIN cover ON cover.store_id = l.store_id
  LEFT JOIN seen ON seen.listing_id = l.id
  LEFT JOIN stocked ON stocked.listing_id = l.id
 WHERE l.active AND l.lifecycle IN ('new', 'active')
   AND (NOT %(in_stock)s
        OR (stocked.days >= %(days)s AND l.is_buyable))
 ORDER BY l.store_id, l.sku
"""


class LinkstarWatch(models.Model):
    """Look every day for something that has not happened for too long."""

    _name = "linkstar.watch"
    _description = "Watch"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"
    _audit_fields = ("name", "kind", "metric_id", "days", "active", "event_type_id")
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("metric", "A listing without a figure"),
            ("attendance", "A store that nobody works on"),
        ],
        required=True,
        default="metric",
    )
    event_type_id = fields.Many2one(
        "linkstar.event.type", string="Raises", required=True, ondelete="restrict"
    )
    metric_id = fields.Many2one(
        "linkstar.metric",
        ondelete="restrict",
        domain=[("kind", "=", "measure")],
        help="A day counts as a sign of life when this figure is above zero.",
    )
    days = fields.Integer(required=True, default=3, help="A silence this long counts.")
    in_stock = fields.Boolean(
        string="Only while in stock and buyable",
        default=True,
        help="Listings that had stock on every one of these days and can be bought.",
    )
    store_ids = fields.Many2many("linkstar.store", help="Empty: every active store.")
    active = fields.Boolean(default=True)

    _days_positive = models.Constraint(
        "CHECK(days BETWEEN 1 AND 365)", "A silence lasts 1 to 365 days."
    )

    @api.constrains("kind", "metric_id")
    def _check_metric(self):
        for watch in self:
            if watch.kind == "metric" and not watch.metric_id:
                raise ValidationError(
                    self.env._("%(name)s needs a figure to watch.", name=watch.name)
                )

    @api.model
    def _cron_look(self):
        """Scheduled action, daily: raise the events of all watches."""
        self.search([])._look(fields.Date.today())

    def _look(self, today):
        """Raise events for what is absent; a silence is told once.

        :param today: day of looking (UTC)
        :return: the events, new ones and those that stand
        """
        rows = []
        for watch in self.sudo():
            find = watch._silent_listings
            if watch.kind == "attendance":
                find = watch._unattended_stores
            for store_id, subject, last_seen, until, payload in find(today):
                key = absence_key(subject, last_seen, until, watch.days, today)
                if key:
                    rows.append(
                        {
                            "store_id": store_id,
                            "type": watch.event_type_id.code,
                            "key": key,
                            "payload": payload
                            | {"days": watch.days, "since": str(last_seen or "")},
                            "source": "system",
                        }
                    )
        return self.env["linkstar.event"].sudo()._emit_batch(rows)

    def _stores(self):
        stores = self.env["linkstar.store"]
        return self.store_ids or stores.search([("state", "=", "active")])

    def _silent_listings(self, today):
        """Rows (store, MSKU, last day, covered until, payload) of selling listings."""
        self.ensure_one()
        self.env["linkstar.listing"].flush_model()
        self.env["linkstar.store"].flush_model(["stock_store_id"])
        stock = self.env["linkstar.metric"]._ids_by_code()["stock_available"]
        rows = self.env.execute_query(
            SQL(
                _SILENT,
                metric=self.metric_id.id,
                stock=stock,
                stores=self._stores().ids,
                days=self.days,
                in_stock=self.in_stock,
                today=today,
                recent=today - timedelta(days=60),
                horizon=today - timedelta(days=HORIZON_DAYS),
            )
        )
        return [
            (store, sku, last, until, {"sku": sku}) for store, sku, last, until in rows
        ]

    def _unattended_stores(self, today):
        """Rows of stores by the last day on which a person changed or did anything."""
        self.ensure_one()
        self.env["project.task"].flush_model(["done_date", "store_id"])
        self.env["linkstar.round"].flush_model(["done_at", "store_id"])
        self.env["linkstar.round.check"].flush_model(["checked_at", "store_id"])
        horizon = today - timedelta(days=HORIZON_DAYS)
        stores = self._stores()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, GREATEST(
                    (SELECT MAX(e.at)::date FROM linkstar_audit_entry e
                       JOIN res_users u ON u.id = e.user_id
                      WHERE e.store_id = s.id AND e.at >= %(horizon)s AND u.id <> 1),
                    (SELECT MAX(t.done_date)::date FROM project_task t
                      WHERE t.store_id = s.id AND t.done_date >= %(horizon)s),
                    (SELECT MAX(c.checked_at)::date FROM linkstar_round_check c
                      WHERE c.store_id = s.id AND c.checked_at >= %(horizon)s))
                  FROM unnest(%(stores)s::int[]) AS s(id)
                """,
                horizon=horizon,
                stores=stores.ids,
            )
        )
        codes = {store.id: store.code for store in stores}
        return [(id_, codes[id_], last, today, {}) for id_, last in rows]
