"""Parts of daily figures: what one report or transaction adds to a day."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..engine import trends
from ..engine.daily import fact_row
from ..engine.local_day import local_day

MONEY = {
    "refund_amount",
    "referral_fee",
    "fba_fee",
    "ad_spend",
    "ad_sales",
    "ad_spend_no_order",
}


class LinkstarAmazonPosting(models.Model):
    """A value of a measure by reference; a day's fact is the sum of its postings.

    A report or transaction that is read again replaces its own postings, so that
    restatements update and nothing counts twice.
    """

    _name = "linkstar.amazon.posting"
    _description = "Amazon posting"
    _log_access = False
    _order = "day desc, store_id, reference"
    _rec_name = "reference"

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade", readonly=True
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="restrict", readonly=True
    )
    reference = fields.Char(required=True, readonly=True)
    day = fields.Date(required=True, readonly=True)
    sku = fields.Char(string="MSKU", readonly=True, help="Empty: the whole store.")
    measure = fields.Char(required=True, readonly=True)
    value = fields.Float(required=True, readonly=True, aggregator=None, digits=(16, 4))

    _key_uniq = models.UniqueIndex(
        "(account_id, store_id, reference, day, sku, measure)",
        "A reference adds to a day's measure once.",
    )
    _day_idx = models.Index("(store_id, day, measure)")

    def _replace(self, account, store, references, rows, now):
        """Replace the postings of ``references`` and sum the touched days to facts.

        :param references: all references that were read, with or without rows
        :param rows: dicts ``reference, day, sku, measure, value``
        :param now: naive UTC by Amazon's clock
        :return: number of facts written
        """
        touched = self._delete_of(account, store, references)
        touched |= {(row["day"], row["sku"], row["measure"]) for row in rows}
        self._insert(account, store, rows)
        if not touched:
            return 0
        self._ensure_listings(store, {sku for _day, sku, _measure in touched if sku})
        return self.env["linkstar.fact"]._upsert(
            [
                fact_row(
                    store.id,
                    measure,
                    day,
                    value,
                    sku=sku,
                    currency_id=store.currency_id.id if measure in MONEY else False,
                    as_of=now,
                )
                for day, sku, measure, value in self._sums(store, touched)
            ]
        )

    def _delete_of(self, account, store, references):
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM linkstar_amazon_posting
                 WHERE account_id = %s AND store_id = %s AND reference = ANY(%s)
             RETURNING day, sku, measure
                """,
                account.id,
                store.id,
                list(references),
            )
        )
        self.invalidate_model()
        return {(str(day), sku, measure) for day, sku, measure in rows}

    def _insert(self, account, store, rows):
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_amazon_posting
                       (account_id, store_id, reference, day, sku, measure, value)
                SELECT %(account)s, %(store)s, d.*
                  FROM unnest(%(references)s::text[], %(days)s::date[],
                              %(skus)s::text[], %(measures)s::text[],
                              %(values)s::numeric[]) AS d
                """,
                account=account.id,
                store=store.id,
                references=[row["reference"] for row in rows],
                days=[row["day"] for row in rows],
                skus=[row["sku"] for row in rows],
                measures=[row["measure"] for row in rows],
                values=[row["value"] for row in rows],
            )
        )

    def _sums(self, store, touched):
        keys = sorted(touched)
        return self.env.execute_query(
            SQL(
                """
                SELECT k.day, k.sku, k.measure, COALESCE(sum(p.value), 0)
                  FROM unnest(%(days)s::date[], %(skus)s::text[], %(measures)s::text[])
                       AS k(day, sku, measure)
                  LEFT JOIN linkstar_amazon_posting p
                    ON p.store_id = %(store)s AND p.day = k.day
                   AND p.measure = k.measure AND p.sku = k.sku
                 GROUP BY k.day, k.sku, k.measure
                """,
                store=store.id,
                days=[key[0] for key in keys],
                skus=[key[1] for key in keys],
                measures=[key[2] for key in keys],
            )
        )

    def _ensure_listings(self, store, skus):
        self.env["linkstar.amazon.inventory"]._ensure_listings(
            {(store.id, sku): ("", "") for sku in skus}
        )

    # ------------------------------------------------------------------
    # Returns that rise
    # ------------------------------------------------------------------
    def _tell_returns(self, account, store, now):
        """MSKUs whose return rate of a week is far above that of the weeks before."""
        today = local_day(now, store.tz)
        seen = []
        for sku, *figures in self._returned(store, today):
            recent, base = tuple(figures[:2]), tuple(figures[2:])
            holds, recovered = trends.return_spike(
                recent, base, account.return_factor or 2.0
            )
            payload = {
                "sku": sku,
                "returned": recent[0],
                "sold": recent[1],
                "rate": round(100 * recent[0] / recent[1], 1) if recent[1] else 0,
                "usual_rate": round(100 * base[0] / base[1], 1) if base[1] else 0,
            }
            seen.append((store.id, "return_spike", sku, holds, recovered, payload))
        self.env["linkstar.amazon.episode"]._observe(seen, now)

    def _returned(self, store, today):
        """Rows ``(sku, returned, sold, returned before, sold before)`` of a store."""
        metrics = self.env["linkstar.metric"]._ids_by_code()
        middle = today - timedelta(days=trends.RECENT_DAYS)
        first = middle - timedelta(days=trends.BASE_DAYS)
        return [
            (sku, *map(float, values))
            for sku, *values in self.env.execute_query(
                SQL(
                    """
                    SELECT l.sku,
                           COALESCE(sum(f.value) FILTER (
                               WHERE f.metric_id = %(returned)s
                                 AND f.date >= %(middle)s), 0),
                           COALESCE(sum(f.value) FILTER (
                               WHERE f.metric_id = %(sold)s
                                 AND f.date >= %(middle)s), 0),
                           COALESCE(sum(f.value) FILTER (
                               WHERE f.metric_id = %(returned)s
                                 AND f.date < %(middle)s), 0),
                           COALESCE(sum(f.value) FILTER (
                               WHERE f.metric_id = %(sold)s
                                 AND f.date < %(middle)s), 0)
                      FROM linkstar_fact f
                      JOIN linkstar_listing l ON l.id = f.listing_id
                     WHERE f.store_id = %(store)s
                       AND f.metric_id IN (%(returned)s, %(sold)s)
                       AND f.date >= %(first)s AND f.date < %(today)s
                       AND f.employee_id IS NULL
                     GROUP BY l.sku
                    """,
                    returned=metrics["units_returned"],
                    sold=metrics["units_ordered"],
                    store=store.id,
                    first=first,
                    middle=middle,
                    today=today,
                )
            )
        ]
