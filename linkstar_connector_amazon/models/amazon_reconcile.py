"""Days compared: our sums against Amazon's order metrics and its report."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import reconcile
from ..engine.daily import variance
from ..engine.local_day import local_day, start_of_day
from ..engine.reconcile import Side

# Days until a day is judged: orders still arrive, and pending ones have no price.
JUDGED_AFTER = 2
# So many comparisons must find a variance before somebody is told.
PERSISTS_AFTER = 2
# Days after which even an explained variance has lasted too long.
EXPLAINED_FOR = 7
# Reasons that pass by themselves.
PASSING = (reconcile.PENDING, reconcile.NOT_READ, reconcile.SHIFTED)


class LinkstarAmazonDay(models.Model):
    _inherit = "linkstar.amazon.day"

    amazon_orders = fields.Integer(string="Amazon's orders", readonly=True)
    amazon_gmv = fields.Float(
        string="Amazon's sales", readonly=True, digits=(16, 2), aggregator=None
    )
    report_units = fields.Integer(string="Units in the report", readonly=True)
    report_gmv = fields.Float(
        string="Sales in the report",
        readonly=True,
        digits=(16, 2),
        aggregator=None,
        help="Of Amazon's sales and traffic report.",
    )
    variance = fields.Float(
        string="Variance (%)",
        compute="_compute_variance",
        digits=(16, 2),
        help="Our sales against Amazon's own sum, once Amazon's was read.",
    )
    report_variance = fields.Float(
        string="Variance to the report (%)",
        compute="_compute_variance",
        digits=(16, 2),
    )
    explanation = fields.Selection(
        [
            (reconcile.EQUAL, "Agrees"),
            (reconcile.NOT_READ, "Not all read yet"),
            (reconcile.PENDING, "Pending orders"),
            (reconcile.SHIFTED, "Time zone, booked on the next day"),
            (reconcile.LATE, "Amazon's sum is late"),
            (reconcile.UNKNOWN, "Unexplained"),
        ],
        readonly=True,
    )
    reason = fields.Char(string="Why", compute="_compute_reason")
    times_off = fields.Integer(
        string="Times off",
        readonly=True,
        aggregator=None,
        help="How many comparisons in a row found a variance.",
    )
    compared_at = fields.Datetime(readonly=True)
    reported_at = fields.Datetime(string="Report read", readonly=True)

    @api.depends("our_gmv", "amazon_gmv", "report_gmv", "compared_at", "reported_at")
    def _compute_variance(self):
        """Both sides change after a comparison: orders arrive, Amazon restates."""
        for day in self:
            day.variance = day.compared_at and variance(day.our_gmv, day.amazon_gmv)
            day.report_variance = day.reported_at and variance(
                day.our_gmv, day.report_gmv
            )

    @api.depends_context("lang")
    @api.depends("explanation", "pending_orders")
    def _compute_reason(self):
        for day in self:
            day.reason = self._reasons(day).get(day.explanation, "")

    def _reasons(self, day):
        """Explanations in the reader's language."""
        _ = self.env._
        return {
            reconcile.NOT_READ: _(
                "Our orders of this day are not all read yet; the comparison is made "
                "again when they are."
            ),
            reconcile.PENDING: _(
                "%(count)s orders are pending: Amazon counts their price already, and "
                "tells it to us when they are paid.",
                count=day.pending_orders,
            ),
            reconcile.SHIFTED: _(
                "Together with the day beside it both sides agree: orders around "
                "midnight were booked on the other day. Check the store's time zone."
            ),
            reconcile.LATE: _("Amazon's own sum is still empty: it is late."),
            reconcile.UNKNOWN: _(
                "Orders may be missing here: read the past orders of these days again "
                "on the account."
            ),
        }

    def _note_report(self, store, sums, now):
        """Keep what the sales and traffic report says was sold.

        :param sums: tuples ``(day, units, sales)``
        """
        self._write_sums(
            store,
            ("report_units", "report_gmv"),
            "reported_at",
            {day: (units, sales) for day, units, sales in sums},
            now,
        )

    def _compare(self, account, store, rows, now):
        """Keep Amazon's own sums beside ours; explain and tell what differs.

        :param rows: dicts ``day, orders, gmv``
        :return: number of days compared
        """
        self._write_sums(
            store,
            ("amazon_orders", "amazon_gmv"),
            "compared_at",
            {row["day"]: (row["orders"], row["gmv"]) for row in rows},
            now,
        )
        days = self.search(
            [("store_id", "=", store.id), ("day", "in", [row["day"] for row in rows])],
            order="day",
        )
        self._judge(account, store, days, now)
        return len(days)

    def _write_sums(self, store, names, moment, by_day, now):
        """Write a pair of a count and an amount for days of a store."""
        self.flush_model()
        count, amount, when = (SQL.identifier(name) for name in (*names, moment))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_amazon_day AS d
                       (store_id, day, is_dirty, %(count)s, %(amount)s, %(when)s)
                SELECT %(store)s, n.day, FALSE, n.units, n.sales, %(now)s
                  FROM unnest(%(days)s::date[], %(counts)s::int[],
                              %(amounts)s::numeric[]) AS n(day, units, sales)
                    ON CONFLICT (store_id, day) DO UPDATE
                   SET %(count)s = EXCLUDED.%(count)s,
                       %(amount)s = EXCLUDED.%(amount)s,
                       %(when)s = EXCLUDED.%(when)s
                """,
                store=store.id,
                now=now,
                count=count,
                amount=amount,
                when=when,
                days=list(by_day),
                counts=[pair[0] for pair in by_day.values()],
                amounts=[pair[1] for pair in by_day.values()],
            )
        )
        self.invalidate_model()

    def _judge_again(self, account, read_until, now):
        """Judge days anew that were compared before their orders were all read.

        :param read_until: naive UTC by Amazon's clock, up to when they are read now
        """
        for store in account._sites().values():
            days = self.search(
                [
                    ("store_id", "=", store.id),
                    ("explanation", "=", reconcile.NOT_READ),
                    ("day", "<", local_day(read_until, store.tz)),
                ],
                order="day",
            )
            if days:
                # That comparison was none.
                days.times_off = 0
                self._judge(account, store, days, now, read_until)

    def _judge(self, account, store, days, now, read_until=None):
        """Explain each day, and tell those whose variance persists."""
        tolerance = account.variance_tolerance
        first, known_until = self._reach(account, store)
        read_until = read_until or known_until
        limit = local_day(now, store.tz) - timedelta(days=JUDGED_AFTER)
        sides = {day.day: day._sides() for day in days}
        seen = []
        for day in days:
            # The first day of ours is cut by the window in which it was read.
            if not first or day.day <= first:
                continue
            code = reconcile.explain(
                *sides[day.day],
                tolerance,
                pending=day.pending_orders,
                read_until_end=self._is_read(store, day.day, read_until),
                neighbours=[
                    sides[other]
                    for other in (
                        day.day - timedelta(days=1),
                        day.day + timedelta(days=1),
                    )
                    if other in sides and other > first
                ],
            )
            times = 0 if code == reconcile.EQUAL else (day.times_off or 0) + 1
            if (day.explanation, day.times_off) != (code, times):
                day.write({"explanation": code, "times_off": times})
            if day.day < limit:
                lasts = code not in PASSING or (limit - day.day).days > EXPLAINED_FOR
                off = times >= PERSISTS_AFTER and lasts
                seen.append(day._observation(off, not times))
        self.env["linkstar.amazon.episode"]._observe(seen, now)

    def _sides(self):
        return (
            Side(self.our_orders, self.our_gmv),
            Side(self.amazon_orders, self.amazon_gmv),
        )

    def _reach(self, account, store):
        """The first day of our orders of a store, and up to when all are read."""
        self.env["linkstar.amazon.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT min(day) FROM linkstar_amazon_order WHERE store_id = %s",
                store.id,
            )
        )
        stream = account.stream_ids.filtered(lambda one: one.code == "orders")
        return rows[0][0], stream.fresh_until

    def _is_read(self, store, day, read_until):
        end = start_of_day(day + timedelta(days=1), store.tz)
        return bool(read_until) and read_until >= end

    def _observation(self, off, over):
        payload = {
            "day": str(self.day),
            "our_gmv": self.our_gmv,
            "amazon_gmv": self.amazon_gmv,
            "our_orders": self.our_orders,
            "amazon_orders": self.amazon_orders,
            "explanation": self.explanation or "",
        }
        return (self.store_id.id, "sales_variance", str(self.day), off, over, payload)
