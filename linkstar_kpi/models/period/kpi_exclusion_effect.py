"""What an exclusion does to scores, before and after."""

import json

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.linkstar_kpi.engine.outcomes import Measured
from odoo.addons.linkstar_kpi.engine.scoring import half_up

from .kpi_period import OPEN_STATES

#: Requests decided at once for which the effect is kept.
KEPT_AT_ONCE = 20


class LinkstarKpiExclusion(models.Model):
    """Computed on the open cards that the store counts for; nothing is stored by it."""

    _inherit = "linkstar.kpi.exclusion"

    effect_snapshot = fields.Json(
        readonly=True, copy=False, prefetch=False, groups="base.group_system"
    )

    def effect(self):
        """What the scores of open cards are without and with this exclusion.

        :return: dict with ``is_decided``, ``cards`` (those the reader may see, each
            with ``name``, ``period``, ``before``, ``after`` and ``lines``) and
            ``hidden``, the number of further cards that change
        """
        self.ensure_one()
        self.check_access("read")
        item = self.sudo()
        decided = item.state in ("approved", "refused")
        rows = item.effect_snapshot if decided else item._effect_rows()
        rows = rows or []
        ids = [row["card"] for row in rows]
        cards = self.env["linkstar.kpi.scorecard"]
        seen = set(cards.search([("id", "in", ids)]).ids)
        if seen:
            cards.browse(sorted(seen))._log_view()
        return {
            "is_decided": decided,
            "cards": [self._shown(row) for row in rows if row["card"] in seen],
            "hidden": len(ids) - len(seen),
        }

    def _shown(self, row):
        """A row without the figures that the reader must not see."""
        if self.env.user._linkstar_sees_cost():
            return row
        lines = [
            line | {"value": None, "target": None} if line["is_cost"] else line
            for line in row["lines"]
        ]
        return row | {"lines": lines}

    def _keep_effect(self):
        """Keep the effect as it was when somebody decided."""
        if len(self) > KEPT_AT_ONCE:
            return
        for item in self:
            item.effect_snapshot = item._effect_rows()

    # -- computing -----------------------------------------------------------------

    def _effect_rows(self):
        """One row for each open card that changes; superuser only."""
        self.ensure_one()
        cards = self._concerned_cards()
        if not cards:
            return []
        before, after = self._results_both_ways(cards)
        specs = self.env["linkstar.metric"]._specs()
        rows = []
        for card in cards:
            lines = [
                _line_row(old, new, specs)
                for old, new in zip(before[card.id][0], after[card.id][0], strict=True)
                if _differs(old, new)
            ]
            if lines:
                rows.append(
                    {
                        "card": card.id,
                        "name": card.employee_id.name,
                        "period": card.period_id.name,
                        "before": before[card.id][1].score,
                        "after": after[card.id][1].score,
                        "lines": lines,
                    }
                )
        return rows

    def _concerned_cards(self):
        """Open cards of these days on which the store counts."""
        self.env["linkstar.kpi.scorecard.line"].flush_model()
        self.env["linkstar.kpi.period"].flush_model()
        store = json.dumps([{"store": self.store_id.id}])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT l.scorecard_id
                  FROM linkstar_kpi_scorecard_line l
                  JOIN linkstar_kpi_scorecard c ON c.id = l.scorecard_id
                  JOIN linkstar_kpi_period p ON p.id = c.period_id
                 WHERE p.state = ANY(%(states)s) AND p.company_id = %(company)s
                   AND p.date_from <= %(end)s AND p.date_to >= %(start)s
                   AND c.state NOT IN ('published', 'appeal', 'locked')
                   AND (l.detail -> 'stores' @> %(store)s::jsonb
                        OR l.cost_figures -> 'stores' @> %(store)s::jsonb)
                """,
                states=list(OPEN_STATES),
                company=self.company_id.id,
                start=self.date_from,
                end=self.date_to,
                store=store,
            )
        )
        cards = self.env["linkstar.kpi.scorecard"].browse(sorted(r[0] for r in rows))
        return cards.filtered(lambda card: card._eligible_span())

    def _results_both_ways(self, cards):
        """Results without and with these days; the state is put back afterwards."""
        self.env.flush_all()
        results = []
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            for state in ("refused", "approved"):
                self.env.cr.execute(
                    SQL(
                        "UPDATE linkstar_kpi_exclusion SET state = %s WHERE id = %s",
                        state,
                        self.id,
                    )
                )
                self.invalidate_recordset(["state"], flush=False)
                periods = cards.period_id
                results.append(periods._compute_results(cards, refresh=False))
        finally:
            savepoint.close(rollback=True)
            self.invalidate_recordset(["state"], flush=False)
        return results


def _figures(result):
    """Value, target and points of a computed line."""
    outcome = result.outcome
    value = outcome.value if isinstance(outcome, Measured) else None
    points = result.score.points
    return (
        None if value is None else half_up(value, 2),
        None if result.rule.target is None else half_up(result.rule.target, 2),
        None if points is None else half_up(points),
    )


def _differs(old, new):
    return _figures(old) != _figures(new)


def _line_row(old, new, specs):
    pairs = zip(_figures(old), _figures(new), strict=True)
    value, target, points = map(list, pairs)
    metric = old.line.metric_id
    return {
        "name": metric.name,
        "value": value,
        "target": target,
        "points": points,
        "is_cost": specs[metric.code].is_cost,
    }
