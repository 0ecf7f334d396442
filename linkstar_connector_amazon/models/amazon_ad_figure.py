"""Advertising figures of a day: by campaign, by advertised product, by search term."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import trends
from ..engine.ads import KEY, KINDS
from ..engine.daily import fact_row
from ..engine.local_day import local_day
from .amazon_campaign import PRODUCTS
from .amazon_rows import upsert

# Days that are read to judge whether ACoS stays over its target.
JUDGED_DAYS = 30


class LinkstarAmazonAdFigure(models.Model):
    """One row of an advertising report. Written by the sync only.

    The three grains tell of the same clicks: a sum over more than one counts twice,
    so every screen shows one of them.
    """

    _name = "linkstar.amazon.ad.figure"
    _description = "Advertising figure"
    _log_access = False
    _rec_name = "campaign_name"
    _order = "day desc, cost desc, id"

    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="restrict", readonly=True
    )
    kind = fields.Char(string="Report", required=True, readonly=True)
    grain = fields.Selection(
        [
            ("campaign", "Campaign"),
            ("product", "Advertised product"),
            ("term", "Search term"),
        ],
        required=True,
        readonly=True,
    )
    ad_product = fields.Selection(PRODUCTS, string="Product", readonly=True)
    day = fields.Date(required=True, readonly=True)
    campaign_ref = fields.Char(string="Campaign id", readonly=True)
    campaign_name = fields.Char(string="Campaign", readonly=True)
    group_ref = fields.Char(string="Ad group id", readonly=True)
    group_name = fields.Char(string="Ad group", readonly=True)
    sku = fields.Char(string="MSKU", readonly=True)
    asin = fields.Char(string="ASIN", readonly=True)
    term = fields.Char(string="Search term", readonly=True)
    keyword = fields.Char(readonly=True)
    match_type = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    impressions = fields.Integer(readonly=True)
    clicks = fields.Integer(readonly=True)
    cost = fields.Monetary(string="Spend", readonly=True)
    sales = fields.Monetary(string="Ad sales", readonly=True)
    orders = fields.Integer(readonly=True)
    acos = fields.Float(
        string="ACoS (%)",
        compute="_compute_acos",
        digits=(16, 1),
        help="Spend per sales; empty without sales.",
    )
    as_of = fields.Datetime(readonly=True)

    _key_uniq = models.UniqueIndex(
        "(store_id, kind, day, campaign_ref, group_ref, sku, term, keyword,"
        " match_type)",
        "A row of a report is kept once.",
    )
    _grain_idx = models.Index("(grain, day, store_id)")

    @api.depends("cost", "sales")
    def _compute_acos(self):
        for row in self:
            row.acos = 100 * row.cost / row.sales if row.sales else 0.0

    def _replace(self, store, kind, days, rows, now):
        """Keep a report: rows that differ are updated, those not told any more go.

        :param kind: code of ``engine.ads.KINDS``
        :param days: the days the report is about
        :param rows: rows of ``engine.ads.figure_rows``
        :return: number of rows that changed
        """
        known = KINDS[kind]
        gone = self._drop_missing(store, kind, days, rows)
        changed = upsert(
            self,
            ("store_id", "kind", *KEY),
            [
                {
                    "store_id": store.id,
                    "kind": kind,
                    "grain": known.grain,
                    "ad_product": known.product,
                    "currency_id": store.currency_id.id or None,
                    **row,
                    "as_of": now,
                }
                for row in rows
            ],
        )
        return len(changed) + gone

    def _drop_missing(self, store, kind, days, rows):
        self.flush_model()
        columns = SQL(", ").join(SQL.identifier(name) for name in KEY)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM linkstar_amazon_ad_figure
                 WHERE store_id = %(store)s AND kind = %(kind)s
                   AND day = ANY(%(days)s)
                   AND (%(columns)s) NOT IN (SELECT * FROM unnest(%(arrays)s))
                """,
                store=store.id,
                kind=kind,
                days=list(days),
                columns=columns,
                arrays=SQL(", ").join(
                    SQL(
                        "%s::%s[]",
                        [row[name] for row in rows],
                        SQL("date" if name == "day" else "text"),
                    )
                    for name in KEY
                ),
            )
        )
        self.invalidate_model()
        return self.env.cr.rowcount

    # ------------------------------------------------------------------
    # What several days tell
    # ------------------------------------------------------------------
    def _tell_acos(self, account, store, now):
        """Facts of days in target, and an event when ACoS stays over it."""
        today = local_day(now, store.tz)
        days = self._daily(store, today - timedelta(days=JUDGED_DAYS), today)
        target = account.acos_target
        if not days or not target:
            return
        facts = []
        for day, cost, sales, _last in days:
            if sales:
                inside = trends.acos(cost, sales) <= target
                facts += [
                    fact_row(store.id, "acos_days", day, 1, as_of=now),
                    fact_row(store.id, "acos_days_in_target", day, inside, as_of=now),
                ]
        self.env["linkstar.fact"]._upsert(facts)
        figures = [(cost, sales) for _day, cost, sales, _last in days]
        holds, recovered = trends.over_for_days(figures, target, account.acos_days)
        last = figures[-account.acos_days :]
        spent, sold = (sum(column) for column in zip(*last, strict=True))
        payload = {
            "days": account.acos_days,
            "target": target,
            "acos": round(100 * spent / sold, 1) if sold else 0,
            "spend": round(spent, 2),
            "sales": round(sold, 2),
        }
        seen = [(store.id, "acos_high", "store", holds, recovered, payload)]
        seen += self._campaign_observations(account, store, today)
        self.env["linkstar.amazon.episode"]._observe(seen, now)

    def _campaign_observations(self, account, store, today):
        """Each campaign's own ACoS over days; a few clicks in vain are no news."""
        budgets = {
            campaign.external_id: campaign.budget
            for campaign in self.env["linkstar.amazon.campaign"].search(
                [("store_id", "=", store.id)]
            )
        }
        seen, target, needed = [], account.acos_target, account.acos_days
        first = today - timedelta(days=JUDGED_DAYS)
        for (ref, name), figures in self._daily_by_campaign(store, first, today):
            holds, recovered = trends.over_for_days(figures, target, needed)
            last = [day for day in figures if trends.acos(*day) is not None][-needed:]
            spent, sold = (
                sum(column) for column in zip(*last or [(0, 0)], strict=True)
            )
            payload = {
                "campaign": ref,
                "name": name or ref,
                "days": needed,
                "target": target,
                "acos": round(100 * spent / sold, 1) if sold else 0,
                "spend": round(spent, 2),
                "sales": round(sold, 2),
            }
            holds = holds and spent >= budgets.get(ref, 0)
            seen.append(
                (store.id, "campaign_acos_high", ref, holds, recovered, payload)
            )
        return seen

    def _daily_by_campaign(self, store, first, before):
        """``((campaign id, name), [(spend, sales) a day])``, days oldest first."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT campaign_ref, max(campaign_name), day, sum(cost), sum(sales)
                  FROM linkstar_amazon_ad_figure
                 WHERE grain = 'campaign' AND store_id = %s
                   AND day >= %s AND day < %s AND campaign_ref <> ''
                 GROUP BY campaign_ref, day ORDER BY campaign_ref, day
                """,
                store.id,
                first,
                before,
            )
        )
        found, names = defaultdict(list), {}
        for ref, name, _day, cost, sales in rows:
            names[ref] = name
            found[ref].append((float(cost), float(sales)))
        return [((ref, names[ref]), figures) for ref, figures in found.items()]

    def _daily(self, store, first, before):
        """Spend and sales of all campaigns of a store per day, oldest first."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT day, sum(cost), sum(sales), max(as_of)
                  FROM linkstar_amazon_ad_figure
                 WHERE grain = 'campaign' AND store_id = %s
                   AND day >= %s AND day < %s
                 GROUP BY day ORDER BY day
                """,
                store.id,
                first,
                before,
            )
        )
        return [
            (day, float(cost), float(sales), last) for day, cost, sales, last in rows
        ]
