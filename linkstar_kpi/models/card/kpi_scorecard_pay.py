"""What pay needs of a scorecard: its figures, as published and as restated."""

from odoo import fields, models

from odoo.addons.linkstar_kpi.engine.outcomes import Measured
from odoo.addons.linkstar_kpi.engine.scoring import half_up


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    restated_figures = fields.Json(
        prefetch=False,
        copy=False,
        groups="linkstar_kpi.group_kpi_manager,linkstar_kpi.group_payroll",
    )

    def _restate(self, results):
        """Keep what today's figures would give; the standing score stays.

        :param results: what the calculation gave
        :return: number of cards whose figures differ from the published ones
        """
        changed = 0
        for card in self:
            lines, score = results.get(card.id, ([], None))
            figures = {
                result.line.metric_id.code: half_up(result.outcome.value, 4)
                for result in lines
                if isinstance(result.outcome, Measured)
            }
            total = score.score if score else None
            if total is not None:
                total = max(half_up(total + card.adjustment), 0.0)
                if card.veto_state == "confirmed":
                    total = min(total, card.scheme_version_id.veto_limit)
            figures["score"] = total
            published = card.restated_figures or card._pay_figures()
            if figures != published:
                changed += 1
                card.write(
                    {
                        "restated_score": total or 0.0,
                        "restated_figures": figures,
                        "restated_at": fields.Datetime.now(),
                    }
                )
        return changed

    def _restated_by(self, correction):
        """Values that carry an appeal's correction into the restated score."""
        self.ensure_one()
        figures = self.sudo().restated_figures
        if not figures or figures.get("score") is None:
            return {}
        score = max(half_up(figures["score"] + correction), 0.0)
        return {
            "restated_score": score,
            "restated_figures": {**figures, "score": score},
        }

    def _pay_figures(self, restated=False):
        """Values by metric code and the final score, as pay needs them."""
        self.ensure_one()
        if restated:
            figures = self.restated_figures
            return dict(figures) if figures else self._pay_figures()
        figures = {
            line.metric_id.code: line.sudo()._figures().get("value")
            for line in self.line_ids
            if line.outcome == "measured"
        }
        return figures | {"score": self.final_score if self.is_scored else None}
