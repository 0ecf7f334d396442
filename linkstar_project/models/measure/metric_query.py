"""One SQL statement for the values of metrics."""

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine import metric_sql
from .formula_sql import compile_sql

GROUPS = {
    "store_id": SQL("store_id"),
    "date": SQL("date"),
    "month": SQL("date_trunc('month', date)::date"),
    "listing_id": SQL("listing_id"),
    "employee_id": SQL("employee_id"),
}


class MetricQuery:
    """Build the statement of ``linkstar.metric._sql``; see there for the arguments.

    Steps: pick facts of one grain → convert amounts → put measures together per
    group → one column per measure → formulas.
    """

    def __init__(
        self,
        env,
        specs,
        group_by=(),
        store_ids=None,
        date_from=None,
        date_to=None,
        sku=None,
        currency=None,
    ):
        unknown = set(group_by) - set(GROUPS)
        if unknown:
            raise ValueError(f"Cannot group facts by {sorted(unknown)}")
        self.env = env
        self.specs = specs
        self.group_by = list(group_by)
        if store_ids is None:
            stores = env["linkstar.store"].sudo().with_context(active_test=False)
            store_ids = stores.search([]).ids
        self.store_ids = list(store_ids)
        self.date_from = fields.Date.to_date(date_from) or fields.Date.to_date(
            "1970-01-01"
        )
        self.date_to = fields.Date.to_date(date_to) or fields.Date.to_date("2999-12-31")
        # Days that a formula's period_days counts.
        self.days = (self.date_to - self.date_from).days + 1
        self.sku = sku
        # A formula that is only tried is in no catalogue: it stands for itself.
        known = {spec.code: spec for spec in specs} | env["linkstar.metric"]._specs()
        needs = set()
        for spec in specs:
            needs.add(spec.code)
            if spec.tree is not None:
                needs |= metric_sql.measures_of(spec.tree)
        self.measures = [known[code] for code in sorted(needs)]
        self.currency = self._target_currency(currency)

    # ------------------------------------------------------------------
    def sql(self):
        """The statement."""
        groups = [SQL.identifier(name) for name in self.group_by]
        columns = {
            measure.code: SQL.identifier(f"m{index}")
            for index, measure in enumerate(self.measures)
        }
        columns[metric_sql.PERIOD_DAYS] = self._period_days()
        results = []
        for spec in self.specs:
            value = columns[spec.code]
            if spec.tree is not None:
                value = SQL("COALESCE(%s, %s)", compile_sql(spec.tree, columns), value)
            results.append(SQL("%s AS %s", value, SQL.identifier(spec.code)))
        return SQL(
            "WITH picked AS (%s), converted AS (%s), cells AS (%s), wide AS (%s)"
            " SELECT %s FROM wide%s",
            self._picked(),
            self._converted(),
            self._cells(),
            self._wide(groups),
            SQL(", ").join(groups + results),
            SQL(" ORDER BY %s", SQL(", ").join(groups)) if groups else SQL(),
        )

    def _period_days(self):
        if "date" in self.group_by:
            return SQL("1::float8")
        if "month" in self.group_by:
            return SQL(
                "(LEAST((month + interval '1 month - 1 day')::date, %s::date)"
                " - GREATEST(month, %s::date) + 1)::float8",
                self.date_to,
                self.date_from,
            )
        return SQL("%s::float8", float(self.days))

    # ------------------------------------------------------------------
    # Facts of one grain
    # ------------------------------------------------------------------
    def _where(self):
        return SQL(
            "f.store_id = ANY(%s) AND f.metric_id = ANY(%s)"
            " AND f.date BETWEEN %s AND %s",
            self.store_ids,
            [measure.id for measure in self.measures],
            self.date_from,
            self.date_to,
        )

    def _picked(self):
        columns = SQL(
            "f.store_id, f.metric_id, f.date, COALESCE(f.listing_id, 0) AS listing_id,"
            " COALESCE(f.employee_id, 0) AS employee_id, f.value, f.currency_id"
        )
        if "employee_id" in self.group_by:
            grain = SQL("f.employee_id IS NOT NULL")
        elif self.sku:
            grain = SQL(
                "f.employee_id IS NULL AND f.listing_id IN (SELECT l.id FROM"
                " linkstar_listing l WHERE l.sku = %s AND l.store_id = ANY(%s))",
                self.sku,
                self.store_ids,
            )
        elif "listing_id" in self.group_by:
            grain = SQL("f.employee_id IS NULL AND f.listing_id IS NOT NULL")
        else:
            return self._picked_stores(columns)
        return SQL(
            "SELECT %s FROM linkstar_fact f WHERE %s AND %s",
            columns,
            self._where(),
            grain,
        )

    def _picked_stores(self, columns):
        """Whole-store rows; on days without one its listings', else its people's.

        Never two grains of one day: they tell of the same units and would count
        twice. A figure of the platform does not add up: its listings stand in only
        where the store has none at all. OFFSET 0 keeps the second part a look-up
        per gap, so that rows of listings are read only where they are needed.
        """
        return SQL(
            """
            WITH whole AS (
                SELECT %(columns)s
                  FROM linkstar_fact f
                 WHERE f.listing_id IS NULL AND f.employee_id IS NULL AND %(where)s
            ), known AS (
                SELECT store_id, metric_id, date,
                       LEAD(date, 1, %(date_to)s + 1) OVER (
                           PARTITION BY store_id, metric_id ORDER BY date) AS next
                  FROM whole
            ), gaps AS (
                SELECT store_id, metric_id, date + 1 AS first, next - 1 AS last
                  FROM known
                 WHERE next > date + 1 AND metric_id <> ALL(%(snapshots)s)
                UNION ALL
                SELECT store_id, metric_id, %(date_from)s, MIN(date) - 1
                  FROM known
                 WHERE metric_id <> ALL(%(snapshots)s)
                 GROUP BY store_id, metric_id
                HAVING MIN(date) > %(date_from)s
                UNION ALL
                (SELECT s.id, m.id, %(date_from)s, %(date_to)s
                  FROM unnest(%(stores)s::int[]) AS s(id)
                 CROSS JOIN unnest(%(metrics)s::int[]) AS m(id)
                EXCEPT SELECT store_id, metric_id, %(date_from)s, %(date_to)s
                  FROM known)
            )
            SELECT * FROM whole
            UNION ALL
            SELECT p.store_id, p.metric_id, p.date, p.listing_id, p.employee_id,
                   p.value, p.currency_id
              FROM gaps
             CROSS JOIN LATERAL (
                SELECT %(columns)s,
                       f.listing_id IS NULL AS personal,
                       bool_and(f.listing_id IS NULL)
                           OVER (PARTITION BY f.date) AS only_personal
                  FROM linkstar_fact f
                 WHERE f.store_id = gaps.store_id
                   AND f.metric_id = gaps.metric_id
                   AND f.date BETWEEN gaps.first AND gaps.last
                   AND (f.listing_id IS NULL) <> (f.employee_id IS NULL)
                OFFSET 0
             ) p
             WHERE p.personal = p.only_personal
            """,
            columns=columns,
            where=self._where(),
            stores=self.store_ids,
            metrics=[measure.id for measure in self.measures],
            snapshots=self._ids("snapshot"),
            date_from=SQL("%s::date", self.date_from),
            date_to=SQL("%s::date", self.date_to),
        )

    # ------------------------------------------------------------------
    # Currency
    # ------------------------------------------------------------------
    def _target_currency(self, currency):
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        if isinstance(currency, str):
            found = currencies.search([("name", "=", currency.upper())])
        elif currency:
            found = currencies.browse(int(currency)).exists()
        else:
            stores = self.env["linkstar.store"].sudo().browse(self.store_ids)
            found = stores.mapped("currency_id")
            if len(found) != 1:
                found = self.env.company.currency_id
        if not found:
            raise ValidationError(
                self.env._(
                    "There is no currency %(currency)s. Use its three-letter code.",
                    currency=currency,
                )
            )
        return found.id

    def _converted(self):
        """Amounts in the target currency, at the rate of each fact's day.

        An amount whose currency has no rate becomes NULL, and so does the sum it
        belongs to: a wrong total would look like a right one.
        """
        if not any(measure.is_money for measure in self.measures):
            return SQL("SELECT *, value IS NOT NULL AS known FROM picked")
        return SQL(
            """
            SELECT picked.store_id, picked.metric_id, picked.date,
                   picked.listing_id, picked.employee_id,
                   CASE WHEN COALESCE(picked.currency_id, %(target)s) = %(target)s
                        THEN picked.value
                        ELSE picked.value * target.rate / source.rate END AS value,
                   COALESCE(picked.currency_id, %(target)s) = %(target)s
                        OR (target.rate / source.rate) IS NOT NULL AS known
              FROM picked
              LEFT JOIN (%(rates)s) source
                     ON source.currency_id = picked.currency_id
                    AND picked.currency_id <> %(target)s
                    AND picked.date >= source.date_from
                    AND picked.date < source.date_to
              LEFT JOIN (%(rates)s) target
                     ON target.currency_id = %(target)s
                    AND picked.currency_id <> %(target)s
                    AND picked.date >= target.date_from
                    AND picked.date < target.date_to
            """,
            target=self.currency,
            rates=self._rates(),
        )

    def _rates(self):
        """Rates as spans of days; before the first rate the first one stands.

        The company's own currency needs no rate: it is 1 by definition.
        """
        company = self.env.company.root_id
        return SQL(
            """
            SELECT r.currency_id, r.rate::float8 AS rate,
                   CASE WHEN row_number() OVER spans = 1
                        THEN '-infinity'::date ELSE r.name END AS date_from,
                   COALESCE(lead(r.name) OVER spans, 'infinity'::date) AS date_to
              FROM (SELECT DISTINCT ON (currency_id, name) currency_id, name, rate
                      FROM res_currency_rate
                     WHERE (company_id = %(company)s OR company_id IS NULL)
                       AND rate > 0
                     ORDER BY currency_id, name, company_id NULLS LAST) r
            WINDOW spans AS (PARTITION BY r.currency_id ORDER BY r.name)
            UNION ALL
            SELECT %(own)s, 1.0, '-infinity'::date, 'infinity'::date
             WHERE NOT EXISTS (
                SELECT FROM res_currency_rate
                 WHERE currency_id = %(own)s AND rate > 0
                   AND (company_id = %(company)s OR company_id IS NULL))
            """,
            company=company.id,
            own=company.currency_id.id,
        )

    # ------------------------------------------------------------------
    # Measures
    # ------------------------------------------------------------------
    def _ids(self, over_time):
        return [m.id for m in self.measures if m.over_time == over_time]

    def _cells(self):
        """One value per group and measure, put together as the measure asks.

        A state's last value is of the grain that its last day has: a whole-store
        figure and those of its listings, of other days, are not added.
        """
        parts = SQL(", ").join(GROUPS[name] for name in self.group_by)
        prefix = SQL("%s, ", parts) if self.group_by else SQL()
        value = SQL(
            """
            CASE WHEN NOT bool_and(known) THEN NULL
                 WHEN metric_id = ANY(%(last)s) THEN SUM(value) FILTER (WHERE is_last)
                 WHEN metric_id = ANY(%(average)s)
                      THEN SUM(value) / COUNT(DISTINCT date)
                 WHEN metric_id = ANY(%(snapshot)s)
                      THEN CASE WHEN MIN(store_id) = MAX(store_id)
                                 AND MIN(listing_id) = MAX(listing_id)
                                 AND MIN(employee_id) = MAX(employee_id)
                                THEN SUM(value) FILTER (WHERE is_last) END
                 ELSE SUM(value) END
            """,
            last=self._ids("last"),
            average=self._ids("average"),
            snapshot=self._ids("snapshot"),
        )
        named = [
            SQL("%s AS %s", GROUPS[name], SQL.identifier(name))
            for name in self.group_by
        ]
        return SQL(
            """
            SELECT %(named)smetric_id, %(value)s AS value
              FROM (SELECT *,
                           grain = FIRST_VALUE(grain) OVER (
                               PARTITION BY %(prefix)smetric_id, store_id
                                   ORDER BY date DESC)
                           AND date = MAX(date) OVER (
                               PARTITION BY %(prefix)smetric_id, store_id, listing_id,
                                            employee_id) AS is_last
                      FROM (SELECT *, CASE WHEN employee_id > 0 THEN 2
                                        WHEN listing_id > 0 THEN 1 ELSE 0 END AS grain
                              FROM converted) graded) ranked
             GROUP BY %(prefix)smetric_id
            """,
            named=SQL("%s, ", SQL(", ").join(named)) if named else SQL(),
            prefix=prefix,
            value=value,
        )

    def _wide(self, groups):
        columns = [
            SQL(
                "MAX(value) FILTER (WHERE metric_id = %s) AS %s",
                measure.id,
                SQL.identifier(f"m{index}"),
            )
            for index, measure in enumerate(self.measures)
        ]
        return SQL(
            "SELECT %s FROM cells%s",
            SQL(", ").join(groups + columns),
            SQL(" GROUP BY %s", SQL(", ").join(groups)) if groups else SQL(),
        )
