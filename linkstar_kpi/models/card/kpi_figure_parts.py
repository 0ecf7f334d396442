"""From a figure on a card to the shares of stores and days that sum to it."""

from odoo import fields, models
from odoo.tools import format_date

from odoo.addons.linkstar_kpi.calculation import card_lines
from odoo.addons.linkstar_kpi.calculation.task_sums import TASK_METRICS


class LinkstarKpiScorecardLine(models.Model):
    _inherit = "linkstar.kpi.scorecard.line"

    def figure_parts(self):
        """Parts that sum to the line's measures, by today's figures, shares and rates.

        :return: dict with ``rows`` (each with ``store``, ``sku``, ``days``, ``share``
            in per cent, ``name`` of the measure, ``whole`` and ``counted`` as text and
            ``value`` as number) and ``sums`` (``name``, ``text``, ``value``); both
            empty for tasks, states, and figures whose cost the reader may not see
        """
        self.ensure_one()
        self.check_access("read")
        hidden = self.is_hidden and not self._sees_cost()
        if self.metric_id.code in TASK_METRICS or self.scheme_line_id.scope == "person":
            return {"rows": [], "sums": []}
        card = self.scorecard_id.sudo()
        inputs = [] if hidden else card.period_id._card_inputs(card)
        if not inputs:
            return {"rows": [], "sums": []}
        calculator = card_lines.CardCalculator(card.env, inputs, fields.Datetime.now())
        parts = calculator.parts_of_line(inputs[0], self.sudo().scheme_line_id)
        metrics = (
            self.env["linkstar.metric"]
            .sudo()
            .search_fetch(
                [("code", "in", [part["metric"] for part in parts])], ["code", "name"]
            )
        )
        by_code = {metric.code: metric for metric in metrics}
        sums = {}
        for part in parts:
            code = part["metric"]
            sums[code] = sums.get(code, 0.0) + part["counted"]
        return {
            "rows": [self._part_text(part, by_code[part["metric"]]) for part in parts],
            "sums": [
                {
                    "name": by_code[code].name,
                    "text": self._measure_text(value, by_code[code]),
                    "value": value,
                }
                for code, value in sorted(sums.items())
            ],
        }

    def _part_text(self, part, metric):
        listing = self.env["linkstar.listing"].sudo().browse(part["listing"] or [])
        first, last = (
            format_date(self.env, part[name]) for name in ("date_from", "date_to")
        )
        return {
            "store": self.env["linkstar.store"].sudo().browse(part["store"]).code,
            "sku": listing.sku or "",
            "days": f"{first} – {last}",
            "share": round(part["share"] * 100, 2),
            "name": metric.name,
            "whole": self._measure_text(part["whole"], metric),
            "counted": self._measure_text(part["counted"], metric),
            "value": part["counted"],
        }

    def _measure_text(self, value, metric):
        if metric.unit == "currency":
            return f"{self._plain(value)} {self.currency_id.name}"
        return self._plain(value)
