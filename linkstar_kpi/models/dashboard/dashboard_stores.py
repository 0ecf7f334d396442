"""The dashboard's level of stores: what they reached of their own targets."""

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError

from odoo.addons.linkstar_kpi.calculation.fact_sums import FactSums, Request
from odoo.addons.linkstar_kpi.engine import attribution, overview, scoring
from odoo.addons.linkstar_project.engine import formula, metric_sql

STORE_TREND = 6


class LinkstarKpiDashboard(models.AbstractModel):
    _inherit = "linkstar.kpi.dashboard"

    def _load_stores(self, period, subject_id):
        """Stores × metrics with a target: attainment now and over earlier periods."""
        stores = self.env["linkstar.store"].search([("state", "!=", "closed")])
        subjects = [{"id": x.id, "name": x.code} for x in stores.sorted("code")]
        if subject_id:
            if subject_id not in stores.ids:
                raise AccessError(self.env._("This store is not open to you."))
            stores = stores.filtered(lambda store: store.id == subject_id)
        page = {"subjects": subjects, "subject": subject_id or False}
        periods = self._periods_before(period)
        targets = self._store_targets(periods, stores)
        if not targets.filtered(lambda target: target.period_id == period):
            return page | {"reason": self._why_no_stores(period, stores)}
        reached = self._store_attainments(targets)
        now = {key[1:]: value for key, value in reached.items() if key[0] == period.id}
        return page | self._store_page(period, stores, targets, now, reached)

    def _why_no_stores(self, period, stores):
        if not stores:
            return self.env._("You are a member of no store.")
        return self.env._(
            "No store has a target in %s yet. Set targets for stores under KPI, "
            "Targets: the dashboard then shows what each store reached of them.",
            period.name,
        )

    def _periods_before(self, period):
        """The period and those of its kind before it, newest first."""
        return self.env["linkstar.kpi.period"].search(
            [
                ("company_id", "=", period.company_id.id),
                ("kind", "=", period.kind),
                ("date_from", "<=", period.date_from),
            ],
            order="date_from desc",
            limit=STORE_TREND,
        )

    def _store_targets(self, periods, stores):
        """Targets of these stores, without those that reveal cost to operators."""
        targets = self.env["linkstar.kpi.target"].search(
            [
                ("period_id", "in", periods.ids),
                ("store_id", "in", stores.ids),
                ("category_id", "=", False),
            ]
        )
        if self.env.user._linkstar_sees_cost():
            return targets
        hidden = set(self.env["linkstar.metric"].sudo()._cost_metric_ids())
        return targets.filtered(lambda target: target.metric_id.id not in hidden)

    def _store_attainments(self, targets):
        """``{(period, store, metric): (attainment or None, value or None)}``."""
        # Superuser: the stores and metrics were picked with the reader's rights.
        # The rollup is kept by its job and by calculations: reading changes nothing.
        env = self.sudo().env
        by_currency = defaultdict(lambda: env["linkstar.kpi.target"])
        for target in targets.sudo():
            currency = target.currency_id or target.company_id.currency_id
            by_currency[currency] |= target
        found = {}
        for currency, some in by_currency.items():
            found |= _Attainments(env, currency).read(some)
        return found

    def _store_page(self, period, stores, targets, now, reached):
        current = targets.filtered(lambda target: target.period_id == period)
        metrics = [
            {"id": metric.id, "name": metric.name, "code": metric.code}
            for metric in current.metric_id.sorted("code")
        ]
        cells, rows = {}, []
        for store in current.store_id.sorted("code"):
            columns = {
                metric: _store_cell(value, self.env._("No figures yet"))
                for (of_store, metric), value in now.items()
                if of_store == store.id
            }
            cells[store.id] = columns
            mean = overview.mean(cell["attainment"] for cell in columns.values())
            rows.append(_store_row(store, mean))
        rows.sort(key=lambda row: (row["score"] is None, -(row["score"] or 0)))
        scores = {row["id"]: row["score"] for row in rows if row["score"] is not None}
        names = {row["id"]: row["name"] for row in rows}
        return {
            "rows": rows,
            "metrics": metrics,
            "cells": cells,
            "bars": [
                {"name": row["name"], "value": row["score"]}
                for row in rows
                if row["score"] is not None
            ],
            "trend": self._store_trend(targets, reached),
            "distribution": self._bands(scores.values()),
            "bottlenecks": self._bottleneck_rows(
                cells, {metric["id"]: metric["name"] for metric in metrics}
            ),
            "leaders": [
                {"id": key, "name": names[key], "score": scores[key]}
                for key in overview.leaders(scores)
            ],
            "summary": {
                "people": len(rows),
                "average": overview.mean(scores.values()),
                "weak": sum(score < overview.WEAK for score in scores.values()),
                "good": sum(score >= overview.GOOD for score in scores.values()),
                "waiting": sum(row["score"] is None for row in rows),
                "attainment": overview.mean(row["attainment"] for row in rows),
            },
        }

    def _store_trend(self, targets, reached):
        by_period = defaultdict(list)
        for (period_id, _store, _metric), (share, _value) in reached.items():
            by_period[period_id].append(share)
        points = []
        for period in targets.period_id.sorted("date_from"):
            mean = overview.mean(by_period[period.id])
            if mean is not None:
                points.append(
                    {
                        "day": fields.Date.to_string(period.date_from),
                        "name": self._trend_name(period),
                        "value": round(mean * 100, 2),
                        "count": len(by_period[period.id]),
                        "is_past": False,
                    }
                )
        return points


def _store_cell(reached, missing):
    share, value = reached
    return {
        "points": round(share * 100, 2) if share is not None else None,
        "attainment": share,
        "weight": 0.0,
        "note": missing if value is None else "",
        "outcome": "late" if value is None else "measured",
    }


def _store_row(store, share):
    return {
        "id": store.id,
        "card_id": False,
        "name": store.code,
        "department_id": False,
        "department": "",
        "score": round(share * 100, 2) if share is not None else None,
        "level": "",
        "attainment": share,
        "change": None,
        "state": "",
        "is_final": share is not None,
        "people": 0,
    }


class _Attainments:
    """Values of stores in one currency against their targets."""

    def __init__(self, env, currency):
        self.env = env
        self.currency = currency
        self.specs = env["linkstar.metric"]._specs()
        self.codes = {spec.id: spec.code for spec in self.specs.values()}

    def read(self, targets):
        """``{(period, store, metric): (attainment or None, value or None)}``."""
        places = list({(t.period_id, t.store_id): None for t in targets})
        requests = [
            Request(
                [
                    attribution.Part(
                        store.id, None, period.date_from, period.date_to, 1.0
                    )
                ],
                period.date_to,
            )
            for period, store in places
        ]
        wanted = self._measures(targets)
        reader = FactSums(
            self.env, wanted, self.currency, "day", {}, targets.company_id[:1]
        )
        answers = dict(zip(places, reader.read(requests), strict=True))
        found = {}
        for target in targets:
            cells = answers[target.period_id, target.store_id]
            value = self._value(target, cells)
            key = (target.period_id.id, target.store_id.id, target.metric_id.id)
            found[key] = (self._share(target, value), value)
        return found

    def _measures(self, targets):
        codes = set()
        for metric in targets.metric_id:
            spec = self.specs[metric.code]
            codes.add(spec.code)
            if spec.tree is not None:
                codes |= metric_sql.measures_of(spec.tree)
        return [self.specs[code] for code in sorted(codes)]

    def _value(self, target, cells):
        """The metric's value from sums of measures, None without figures."""
        spec = self.specs[target.metric_id.code]
        totals = {
            self.codes[metric]: cell.value
            for (_store, metric), cell in cells.items()
            if cell.value is not None
        }
        if spec.tree is None:
            return totals.get(spec.code)
        days = (target.period_id.date_to - target.period_id.date_from).days + 1
        names = totals | {metric_sql.PERIOD_DAYS: float(days)}
        value = formula.compile_python(spec.tree)(names)
        return totals.get(spec.code) if value is None else value

    def _share(self, target, value):
        if value is None:
            return None
        rule = scoring.Rule(
            target=target.value,
            lower_is_better=target.metric_id.direction == "lower",
        )
        return scoring.attainment(value, rule)
