"""How fresh the figures behind a dashboard are, by metric and source."""

from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.linkstar_kpi.calculation.task_sums import TASK_METRICS
from odoo.addons.linkstar_kpi.engine import freshness
from odoo.addons.linkstar_project.engine import metric_sql

HORIZON = 120
STORES_NAMED = 6


class LinkstarKpiDashboard(models.AbstractModel):
    _inherit = "linkstar.kpi.dashboard"

    def _freshness(self, period, columns):
        """Last day and reading of each source of the shown metrics.

        :param columns: dicts of shown metrics with ``id``
        :return: list of dicts: ``metric``, ``source``, ``last_day``, ``as_of``,
            ``stores``, ``behind`` (codes of stores that should have more),
            ``state`` (fresh, late or settled), ``settles_on``
        """
        stores = self._fresh_stores()
        if not columns or not stores:
            return []
        metrics = self.env["linkstar.metric"].sudo().browse(x["id"] for x in columns)
        measures = {metric: self._measure_ids(metric) for metric in metrics}
        last = self._last_facts(
            stores, sorted({m for ids in measures.values() for m in ids})
        )
        today = fields.Date.today()
        rows = []
        for metric, ids in measures.items():
            rows += self._metric_freshness(period, metric, ids, last, stores, today)
        return rows

    def _fresh_stores(self):
        """Running stores of the reader: those whose figures they may see anyway."""
        stores = self.env["linkstar.store"]
        if not stores.has_access("read"):
            return stores
        return stores.search([("state", "in", ("active", "restricted"))])

    def _measure_ids(self, metric):
        """Ids of the facts a metric is computed from; none for task metrics."""
        if metric.code in TASK_METRICS:
            return ()
        specs = self.env["linkstar.metric"]._specs()
        spec = specs[metric.code]
        codes = {metric.code}
        if spec.tree is not None:
            codes |= metric_sql.measures_of(spec.tree)
        return tuple(specs[code].id for code in codes if code in specs)

    def _last_facts(self, stores, metric_ids):
        """``{(store, metric): (last day, as of, source)}``; one index look-up each."""
        today = fields.Date.today()
        self.env["linkstar.fact"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, m.id, f.date, f.as_of, f.source
                  FROM unnest(%s::int[]) AS s(id)
                 CROSS JOIN unnest(%s::int[]) AS m(id)
                 CROSS JOIN LATERAL (
                    SELECT date, as_of, source FROM linkstar_fact
                     WHERE store_id = s.id AND metric_id = m.id
                       AND date BETWEEN %s AND %s
                     ORDER BY date DESC, as_of DESC NULLS LAST LIMIT 1) f
                """,
                stores.ids,
                metric_ids,
                today - timedelta(days=HORIZON),
                today + timedelta(days=1),
            )
        )
        return {(store, metric): tuple(rest) for store, metric, *rest in rows}

    def _metric_freshness(self, period, metric, ids, last, stores, today):
        if metric.code in TASK_METRICS:
            return [self._task_freshness(metric, today)]
        by_source = defaultdict(dict)
        for store in stores:
            found = [last[store.id, m] for m in ids if (store.id, m) in last]
            if found:
                day, as_of, source = min(found, key=lambda row: row[0])
                by_source[source][store] = (day, as_of)
        if not by_source:
            return [self._no_source(metric, stores)]
        due = freshness.expected_day(today, metric.available_after_h)
        settles = freshness.settled_day(period.date_to, metric.settled_after_d)
        return [
            self._source_row(metric, source, days, due, settles, today)
            for source, days in sorted(by_source.items())
        ]

    def _source_row(self, metric, source, days, due, settles, today):
        behind = sorted(store.code for store, (day, _at) in days.items() if day < due)
        read = [at for _day, at in days.values() if at]
        state = "settled" if today >= settles else "fresh"
        return {
            "metric": metric.name,
            "source": self._source_name(source),
            "last_day": fields.Date.to_string(max(day for day, _at in days.values())),
            "as_of": fields.Datetime.to_string(max(read)) if read else "",
            "stores": len(days),
            "behind": behind[:STORES_NAMED],
            "behind_count": len(behind),
            "state": "late" if behind else state,
            "settles_on": fields.Date.to_string(settles),
        }

    def _no_source(self, metric, stores):
        codes = sorted(stores.mapped("code"))
        return {
            "metric": metric.name,
            "source": self.env._("No source"),
            "last_day": "",
            "as_of": "",
            "stores": 0,
            "behind": codes[:STORES_NAMED],
            "behind_count": len(codes),
            "state": "late",
            "settles_on": "",
        }

    def _task_freshness(self, metric, today):
        """Tasks are read as they stand: nothing to wait for."""
        return {
            "metric": metric.name,
            "source": self.env._("Tasks"),
            "last_day": fields.Date.to_string(today),
            "as_of": fields.Datetime.to_string(fields.Datetime.now()),
            "stores": 0,
            "behind": [],
            "behind_count": 0,
            "state": "settled",
            "settles_on": "",
        }

    def _source_name(self, source):
        names = self.env["linkstar.fact"]._fields["source"]
        return dict(names._description_selection(self.env)).get(source, source)
