"""Money of a day: what an MSKU sold, cost in fees and ads, and left over."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..engine.daily import fact_row
from ..engine.economics import AMOUNTS, SETTLED_AFTER, UNITS, added, gross_profit
from .amazon_rows import upsert

COST_GROUPS = "linkstar_project.group_lead,linkstar_project.group_auditor"
# Our column → metric.
FACTS = {
    "fees": "amazon_fees",
    "storage_fee": "storage_fee",
    "net_proceeds": "net_proceeds",
}
KEY = ("store_id", "day", "sku")


def amount(**options):
    """An amount in the store's currency; sums of several currencies say nothing."""
    return fields.Float(digits=(16, 2), readonly=True, **options)


class LinkstarAmazonEconomics(models.Model):
    """Proceeds of one MSKU and day as Data Kiosk tells them, less our own cost.

    Written by the sync only. Amazon restates a day for weeks: the row is updated, and
    ``is_settled`` says when it is final.
    """

    _name = "linkstar.amazon.economics"
    _description = "Amazon proceeds"
    _log_access = False
    _rec_name = "sku"
    _order = "day desc, store_id, sku"

    account_id = fields.Many2one(
        "linkstar.amazon.account", required=True, ondelete="cascade", readonly=True
    )
    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    day = fields.Date(required=True, readonly=True)
    sku = fields.Char(string="MSKU", required=True, readonly=True)
    asin = fields.Char(string="ASIN", readonly=True)
    units_ordered = fields.Integer(string="Units", readonly=True)
    units_refunded = fields.Integer(readonly=True)
    net_units = fields.Integer(readonly=True, help="Units ordered less refunded.")
    ordered_sales = amount(string="Sales")
    refunded_sales = amount(string="Refunds")
    net_sales = amount(help="Sales less refunds.")
    referral_fee = amount()
    fba_fee = amount(string="FBA fee")
    storage_fee = amount()
    other_fees = amount()
    fees = amount(string="All fees")
    ad_spend = amount(string="Ads", help="As Amazon charges it to this MSKU.")
    net_proceeds = amount(help="Sales less refunds, fees and ads; before the cost.")
    amazon_net = amount(
        string="Amazon's own total",
        help="Less the cost that was typed into Seller Central, if any.",
    )
    unit_cost = amount(groups=COST_GROUPS, aggregator="avg")
    cogs = amount(
        string="Cost of goods",
        groups=COST_GROUPS,
        help="Of the units sold and not refunded.",
    )
    gross_profit = amount(
        groups=COST_GROUPS, help="Net proceeds less the cost of goods."
    )
    has_cost = fields.Boolean(
        string="Cost known",
        groups=COST_GROUPS,
        readonly=True,
        help="Without a cost there is no gross profit: link a product, or enter one.",
    )
    as_of = fields.Datetime(readonly=True, help="When Amazon last told this.")
    is_settled = fields.Boolean(
        string="Settled", readonly=True, help="Amazon hardly changes it any more."
    )

    _key_uniq = models.UniqueIndex(
        "(store_id, day, sku)", "An MSKU has a day's proceeds once."
    )
    _day_idx = models.Index("(day, store_id)")

    def _keep(self, account, store, rows, first, last, now, complete=True, earlier=()):
        """Keep the rows of a window of days, then facts of what changed.

        :param rows: rows of ``engine.economics.economics_rows`` of this store
        :param complete: these and the earlier ones are all of the window, so others
            are gone
        :param earlier: ``(day as text, sku)`` that earlier documents of the same
            answer have told; what comes again adds up
        :return: number of rows that are new or changed
        """
        rows = self._with_earlier(store, rows, set(earlier))
        self.env["linkstar.amazon.inventory"]._ensure_listings(
            {(store.id, row["sku"]): (row["asin"], "") for row in rows}
        )
        told = {(row["day"], row["sku"]) for row in rows} | set(earlier)
        gone = self._drop_missing(store, told, first, last) if complete else []
        costs = self.env["linkstar.amazon.cost"]._of_days(
            store, {(row["sku"], row["day"]) for row in rows}
        )
        changed = upsert(
            self,
            KEY,
            [self._values(account, store, row, costs, now) for row in rows],
        )
        self._settle(store, now)
        if changed or gone:
            self._tell_facts(store, self.browse(changed), gone, now)
        return len(changed) + len(gone)

    def _values(self, account, store, row, costs, now):
        cost = costs.get((row["sku"], row["day"]))
        return {
            "account_id": account.id,
            "store_id": store.id,
            "currency_id": store.currency_id.id or None,
            "day": row["day"],
            "sku": row["sku"],
            "asin": row["asin"],
            **{name: row[name] for name in (*UNITS, *AMOUNTS, "amazon_net")},
            **self._costed(row["net_proceeds"], row["net_units"], cost),
            "as_of": now,
        }

    def _costed(self, net_proceeds, net_units, cost):
        return {
            "unit_cost": cost,
            "cogs": None if cost is None else round(cost * net_units, 4),
            "gross_profit": gross_profit(net_proceeds, cost, net_units),
            "has_cost": cost is not None,
        }

    def _with_earlier(self, store, rows, earlier):
        """Rows whose MSKU and day an earlier document told in part, added up."""
        split = [row for row in rows if (row["day"], row["sku"]) in earlier]
        if not split:
            return rows
        standing = {
            (str(row.day), row.sku): row
            for row in self.sudo().search(
                [
                    ("store_id", "=", store.id),
                    ("day", "in", [row["day"] for row in split]),
                    ("sku", "in", [row["sku"] for row in split]),
                ]
            )
        }
        joined = []
        for row in rows:
            key = (row["day"], row["sku"])
            known = standing.get(key) if key in earlier else None
            joined.append(added(known, row) if known else row)
        return joined

    def _drop_missing(self, store, told, first, last):
        """Rows of the window that Amazon no longer tells: ``[(day, sku)]``."""
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                DELETE FROM linkstar_amazon_economics e
                 WHERE e.store_id = %(store)s AND e.day BETWEEN %(first)s AND %(last)s
                   AND NOT EXISTS (
                       SELECT 1 FROM unnest(%(days)s::date[], %(skus)s::text[])
                                  AS n(day, sku)
                        WHERE n.day = e.day AND n.sku = e.sku)
             RETURNING e.day, e.sku
                """,
                store=store.id,
                first=first,
                last=last,
                days=[day for day, _sku in told],
                skus=[sku for _day, sku in told],
            )
        )
        self.invalidate_model()
        return found

    def _settle(self, store, now):
        """Days that are old enough are final."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE linkstar_amazon_economics SET is_settled = TRUE
                 WHERE store_id = %s AND day <= %s AND is_settled IS NOT TRUE
                """,
                store.id,
                (now - timedelta(days=SETTLED_AFTER)).date(),
            )
        )
        self.invalidate_model(["is_settled"])

    def _tell_facts(self, store, changed, gone, now):
        """Facts of changed MSKUs, and of the store on the days they stand on."""
        days = {row.day for row in changed} | {day for day, _sku in gone}
        facts = []
        for row in changed.sudo():
            facts += self._facts_of(store, row.day, row.sku, row, now)
        for day, sku in gone:
            facts += self._facts_of(store, day, sku, dict.fromkeys(_MEASURED), now)
        for day, *sums in self._store_sums(store, days):
            totals = dict(zip(_MEASURED, sums, strict=True))
            facts += self._facts_of(store, day, "", totals, now)
        self.env["linkstar.fact"]._upsert(facts)

    def _facts_of(self, store, day, sku, values, now):
        metrics = {metric: values[column] for column, metric in FACTS.items()}
        # A cost that nobody knows is no cost of zero.
        if values["cogs"] or values["has_cost"]:
            metrics["cogs"] = values["cogs"]
        return [
            fact_row(
                store.id,
                metric,
                day,
                value,
                sku=sku,
                currency_id=store.currency_id.id,
                as_of=now,
            )
            for metric, value in metrics.items()
        ]

    def _store_sums(self, store, days):
        """A row of sums for each of the days, in the order of ``_MEASURED``."""
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT d.day, COALESCE(sum(e.fees), 0),
                       COALESCE(sum(e.storage_fee), 0),
                       COALESCE(sum(e.net_proceeds), 0),
                       COALESCE(sum(e.cogs), 0), COALESCE(bool_or(e.has_cost), FALSE)
                  FROM unnest(%s::date[]) AS d(day)
                  LEFT JOIN linkstar_amazon_economics e
                    ON e.store_id = %s AND e.day = d.day
                 GROUP BY d.day
                """,
                sorted(days),
                store.id,
            )
        )

    def _cost_again(self, store, skus, first=None):
        """Apply the costs as they are now to the days from ``first`` on.

        :return: number of rows that changed
        """
        domain = [("store_id", "=", store.id), ("sku", "in", list(skus))]
        if first:
            domain.append(("day", ">=", first))
        rows = self.sudo().search(domain)
        costs = self.env["linkstar.amazon.cost"]._of_days(
            store, {(row.sku, str(row.day)) for row in rows}
        )
        changed = self.browse()
        for row in rows:
            values = self._costed(
                row.net_proceeds, row.net_units, costs.get((row.sku, str(row.day)))
            )
            if (row.unit_cost or 0, row.has_cost) != (
                values["unit_cost"] or 0,
                values["has_cost"],
            ):
                row.write(values)
                changed |= row
        if changed:
            self.flush_model()
            self.sudo()._tell_facts(store, changed, [], fields.Datetime.now())
        return len(changed)


_MEASURED = (*FACTS, "cogs", "has_cost")
