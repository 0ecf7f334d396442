"""Weighted sums of facts for any number of cards in one statement a kind.

A request is a number with the parts (weights on stores, listings and days) of
one card and scope. Requests that need the same cells share the work: facts are
summed once for each distinct cell and span of days.
"""

from dataclasses import dataclass, field
from datetime import date

from odoo.tools import SQL

#: Ways in which a measure stands for a period (``linkstar.metric._specs``).
OVER_TIME_SUM = "sum"


@dataclass(slots=True)
class Cell:
    """What one measure of one store comes to for one request."""

    value: float | None
    last_day: date
    as_of: object = None
    without_rate: bool = False


@dataclass(slots=True)
class Request:
    """Parts of one card and scope; ``rate_day`` None takes each day's rate."""

    parts: list = field(default_factory=list)
    last_day: date | None = None
    rate_day: date | None = None
    employee: int = 0  # figures recorded for this person, instead of parts


class FactSums:
    """Answers requests against the facts, converted to one currency."""

    def __init__(self, env, specs, currency, rate_rule, budget, company):
        """Prepare.

        :param specs: metric specs (``linkstar.metric._specs``) of the measures
        :param currency: ``res.currency`` of the results
        :param rate_rule: budget, day or period_end
        :param budget: dict of currency id → units of the target currency
        :param company: whose exchange rates count
        """
        self.env = env
        self.specs = {spec.id: spec for spec in specs}
        self.currency = currency
        self.rate_rule = rate_rule
        self.budget = budget
        self.company = company

    def read(self, requests):
        """Compute all requests.

        :param requests: list of :class:`Request`
        :return: list like the requests of dicts (store id, metric id) → Cell
        """
        results = [{} for _request in requests]
        if not requests or not self.specs:
            return results
        self.env["linkstar.fact"].flush_model()
        sums = [s.id for s in self.specs.values() if s.over_time == OVER_TIME_SUM]
        states = [s.id for s in self.specs.values() if s.over_time != OVER_TIME_SUM]
        arrays = _arrays(requests)
        if arrays["request"] and sums:
            self._collect(results, self._sum_query(arrays, sums))
        if arrays["request"] and states:
            self._collect_states(results, self._state_query(arrays, states))
        self._read_personal(requests, results)
        return results

    # -- statements ------------------------------------------------------------

    def _cells(self, metrics):
        """Facts of the spans: whole stores from the rollup, listings as they are."""
        return SQL(
            """
            SELECT s.store_id, s.listing_id, s.d1, s.d2, s.rate_day, f.metric_id,
                   f.date, f.value, f.currency_id, f.as_of
              FROM span s
              JOIN linkstar_kpi_rollup f
                ON f.store_id = s.store_id AND f.date BETWEEN s.d1 AND s.d2
               AND f.metric_id = ANY(%(metrics)s)
             WHERE s.listing_id = 0
            UNION ALL
            SELECT s.store_id, s.listing_id, s.d1, s.d2, s.rate_day, f.metric_id,
                   f.date, f.value, f.currency_id, f.as_of
              FROM span s
              JOIN linkstar_fact f
                ON f.store_id = s.store_id AND f.listing_id = s.listing_id
               AND f.date BETWEEN s.d1 AND s.d2
               AND f.metric_id = ANY(%(metrics)s) AND f.employee_id IS NULL
             WHERE s.listing_id <> 0
            """,
            metrics=metrics,
        )

    def _frame(self, arrays, metrics):
        """Common part of the statements: parts, spans, rates, converted facts."""
        return SQL(
            """
            WITH part AS MATERIALIZED (
                SELECT * FROM unnest(%(request)s::int[], %(store_id)s::int[],
                    %(listing_id)s::int[], %(d1)s::date[], %(d2)s::date[],
                    %(weight)s::float8[], %(rate_day)s::date[], %(at_end)s::bool[])
                    AS p(request, store_id, listing_id, d1, d2, weight, rate_day,
                         at_end)
            ), span AS MATERIALIZED (
                SELECT DISTINCT store_id, listing_id, d1, d2, rate_day FROM part
            ), rate AS MATERIALIZED (%(rates)s), fact AS (
                SELECT c.*, c.value * %(factor)s AS converted,
                       %(factor)s IS NULL AS without_rate
                  FROM (%(cells)s) c
                  LEFT JOIN rate r ON r.currency_id = c.currency_id
                   AND r.day = COALESCE(c.rate_day, c.date)
            )
            """,
            **arrays,
            rates=self._rates(arrays),
            cells=self._cells(metrics),
            factor=self._factor(),
        )

    def _sum_query(self, arrays, metrics):
        return SQL(
            """
            %(frame)s, cell AS (
                SELECT store_id, listing_id, d1, d2, rate_day, metric_id,
                       sum(converted) AS value, max(date) AS last_day,
                       max(as_of) AS as_of, bool_or(without_rate) AS without_rate
                  FROM fact
                 GROUP BY 1, 2, 3, 4, 5, 6
            )
            SELECT p.request, p.store_id, c.metric_id, sum(p.weight * c.value),
                   max(c.last_day), max(c.as_of), bool_or(c.without_rate)
              FROM part p
              JOIN cell c ON c.store_id = p.store_id AND c.listing_id = p.listing_id
               AND c.d1 = p.d1 AND c.d2 = p.d2
               AND c.rate_day IS NOT DISTINCT FROM p.rate_day
             GROUP BY 1, 2, 3
            """,
            frame=self._frame(arrays, metrics),
        )

    def _state_query(self, arrays, metrics):
        """Day by day, since states do not add up over days."""
        return SQL(
            """
            %(frame)s, daily AS (
                SELECT p.request, f.store_id, f.metric_id, f.date,
                       sum(p.weight * f.converted) AS weighted,
                       sum(p.weight * f.converted) FILTER (WHERE p.at_end) AS at_end,
                       max(f.converted) FILTER (WHERE p.weight > 0) AS plain,
                       max(f.as_of) AS as_of, bool_or(f.without_rate) AS without_rate
                  FROM part p
                  JOIN fact f
                    ON f.store_id = p.store_id AND f.listing_id = p.listing_id
                   AND f.d1 = p.d1 AND f.d2 = p.d2
                   AND f.rate_day IS NOT DISTINCT FROM p.rate_day
                 GROUP BY 1, 2, 3, 4
            )
            SELECT request, store_id, metric_id,
                   (array_agg(at_end ORDER BY date DESC))[1] AS last,
                   avg(weighted) AS average,
                   (array_agg(plain ORDER BY date DESC))[1] AS snapshot,
                   max(date), max(as_of), bool_or(without_rate)
              FROM daily
             GROUP BY 1, 2, 3
            """,
            frame=self._frame(arrays, metrics),
        )

    def _personal_query(self, requests, metrics):
        numbers = [n for n, request in enumerate(requests) if request.employee]
        rows = [requests[number] for number in numbers]
        spans = [request.parts[0] for request in rows]
        arrays = {
            "request": numbers,
            "store_id": [0] * len(rows),
            "listing_id": [0] * len(rows),
            "d1": [part.date_from for part in spans],
            "d2": [part.date_to for part in spans],
            "weight": [1.0] * len(rows),
            "rate_day": [request.rate_day for request in rows],
            "at_end": [True] * len(rows),
        }
        return SQL(
            """
            WITH wanted AS (
                SELECT * FROM unnest(%(request)s::int[], %(employee)s::int[],
                    %(d1)s::date[], %(d2)s::date[], %(rate_day)s::date[])
                    AS p(request, employee_id, d1, d2, rate_day)
            ), rate AS MATERIALIZED (%(rates)s)
            SELECT p.request, 0, c.metric_id,
                   CASE WHEN c.metric_id = ANY(%(sums)s)
                        THEN sum(c.value * %(factor)s)
                        ELSE (array_agg(c.value * %(factor)s ORDER BY c.date DESC))[1]
                    END, max(c.date), max(c.as_of), bool_or(%(factor)s IS NULL)
              FROM wanted p
              JOIN linkstar_fact c ON c.employee_id = p.employee_id
               AND c.date BETWEEN p.d1 AND p.d2 AND c.metric_id = ANY(%(metrics)s)
              LEFT JOIN rate r ON r.currency_id = c.currency_id
               AND r.day = COALESCE(p.rate_day, c.date)
             GROUP BY 1, 3
            """,
            **arrays,
            employee=[request.employee for request in rows],
            sums=[
                spec.id
                for spec in self.specs.values()
                if spec.over_time == OVER_TIME_SUM
            ],
            rates=self._rates(arrays),
            metrics=metrics,
            factor=self._factor(),
        )

    # -- currency ----------------------------------------------------------------

    def _factor(self):
        """SQL: what one unit of a fact ``c`` counts for, NULL without a rate."""
        money = [spec.id for spec in self.specs.values() if spec.is_money]
        return SQL(
            "CASE WHEN c.currency_id IS NULL OR c.currency_id = %s"
            " OR c.metric_id <> ALL(%s) THEN 1.0 ELSE r.rate END",
            self.currency.id,
            money or [0],
        )

    def _rates(self, arrays):
        """SQL of rows (currency_id, day, rate) into the target currency."""
        days = arrays["d1"] + arrays["d2"] + [d for d in arrays["rate_day"] if d]
        first, last = min(days), max(days)
        if self.rate_rule == "budget":
            return SQL(
                """
                SELECT b.currency_id, d::date AS day, b.rate
                  FROM unnest(%s::int[], %s::float8[]) AS b(currency_id, rate),
                       generate_series(%s::timestamp, %s::timestamp, '1 day') d
                """,
                list(self.budget),
                list(self.budget.values()),
                first,
                last,
            )
        return SQL(
            """
            SELECT q.currency_id, q.day, t.per_unit / NULLIF(q.per_unit, 0) AS rate
              FROM (%(quote)s) q
              JOIN (%(quote)s) t ON t.day = q.day AND t.currency_id = %(target)s
            """,
            quote=self._quotes(first, last),
            target=self.currency.id,
        )

    def _quotes(self, first, last):
        """SQL: units of each currency per unit of the company's, by day.

        The newest rate on or before a day counts; before the first one, the
        first; the company's own currency is 1 without any.
        """
        root = self.company.root_id
        return SQL(
            """
            SELECT cur.id AS currency_id, d::date AS day, COALESCE(
                (SELECT x.rate FROM res_currency_rate x
                  WHERE x.currency_id = cur.id AND x.name <= d::date
                    AND (x.company_id IS NULL OR x.company_id = %(company)s)
                  ORDER BY x.company_id, x.name DESC LIMIT 1),
                (SELECT x.rate FROM res_currency_rate x
                  WHERE x.currency_id = cur.id
                    AND (x.company_id IS NULL OR x.company_id = %(company)s)
                  ORDER BY x.company_id, x.name LIMIT 1),
                CASE WHEN cur.id = %(own)s THEN 1.0 END)::float8 AS per_unit
              FROM res_currency cur,
                   generate_series(%(first)s::timestamp, %(last)s::timestamp,
                                   '1 day') d
             WHERE cur.id = ANY(%(currencies)s)
            """,
            company=root.id,
            own=root.currency_id.id,
            first=first,
            last=last,
            currencies=self._currencies(),
        )

    def _currencies(self):
        """Currencies that stores of the database sell in, and the target."""
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT currency_id FROM linkstar_store"
                " WHERE currency_id IS NOT NULL"
                " UNION SELECT id FROM res_currency WHERE active"
            )
        )
        return sorted({row[0] for row in self.env.cr.fetchall()} | {self.currency.id})

    # -- answers -------------------------------------------------------------------

    def _collect(self, results, query):
        for (
            request,
            store,
            metric,
            value,
            last_day,
            as_of,
            gap,
        ) in self.env.execute_query(query):
            results[request][store, metric] = Cell(value, last_day, as_of, gap)

    def _collect_states(self, results, query):
        for row in self.env.execute_query(query):
            request, store, metric, last, average, snapshot, day, as_of, gap = row
            way = self.specs[metric].over_time
            value = {"last": last, "average": average}.get(way, snapshot)
            if value is not None:
                results[request][store, metric] = Cell(value, day, as_of, gap)

    def _read_personal(self, requests, results):
        if any(request.employee for request in requests):
            self._collect(results, self._personal_query(requests, list(self.specs)))


def _arrays(requests):
    """Parts of all requests as columns."""
    columns = {
        name: []
        for name in (
            "request",
            "store_id",
            "listing_id",
            "d1",
            "d2",
            "weight",
            "rate_day",
            "at_end",
        )
    }
    for number, request in enumerate(requests):
        if request.employee:
            continue
        for part in request.parts:
            columns["request"].append(number)
            columns["store_id"].append(part.store)
            columns["listing_id"].append(part.listing or 0)
            columns["d1"].append(part.date_from)
            columns["d2"].append(part.date_to)
            columns["weight"].append(part.weight)
            columns["rate_day"].append(request.rate_day)
            columns["at_end"].append(part.date_to == request.last_day)
    return columns
