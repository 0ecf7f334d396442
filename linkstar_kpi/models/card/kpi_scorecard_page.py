"""What the scorecard page shows: standing, forecast, gains, history."""

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.engine import ladder
from odoo.addons.linkstar_kpi.engine import period as calendar

HISTORY = 12


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    @api.model
    def my_page(self, card_id=None):
        """Everything the page "My scorecard" shows, in one call.

        :param card_id: a card the user may read; else their newest own card
        :return: dict with ``card`` (or False), ``lines``, ``gains``, ``history``,
            ``choices`` (own cards, newest first)
        """
        self.check_access("read")
        own = self.search(
            [("employee_id", "in", self.env.user._linkstar_kpi_own_ids())],
            order="date_from desc, id desc",
            limit=HISTORY,
        )
        card = self.browse(card_id) if card_id else own[:1]
        card.check_access("read")
        choices = [{"id": x.id, "name": x.period_id.name} for x in own]
        if not card:
            return {"card": False, "choices": choices}
        card._log_view()
        history = self.search(
            [
                ("employee_id", "=", card.employee_id.id),
                ("scheme_id", "=", card.scheme_id.id),
                ("date_from", "<=", card.date_from),
            ],
            order="date_from desc",
            limit=HISTORY,
        )
        return {
            "card": card._page_head(),
            "lines": [line._page_row() for line in card.line_ids],
            "gains": card._page_gains(),
            "history": [
                {"id": x.id, "name": x.period_id.name, "score": x.final_score}
                for x in reversed(history)
                if x.is_scored
            ],
            "choices": choices,
        }

    def _page_head(self):
        self.ensure_one()
        card = self.sudo()
        levels = [(x.lower, x.name) for x in card.scheme_version_id.level_ids]
        score = card.final_score if card.is_scored else None
        level, following, missing = ladder.level_of(score, levels)
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": card.id,
            "name": card.employee_id.name,
            "period": card.period_id.name,
            "date_from": fields.Date.to_string(card.date_from),
            "date_to": fields.Date.to_string(card.date_to),
            "scheme": card.scheme_version_id.display_name,
            "state": card.state,
            "state_name": states[card.state],
            "score": score if score is not None else False,
            "is_final": card.is_final,
            "waiting_for": self.waiting_for or "",
            "adjustment": card.adjustment,
            "adjustment_reason": card.adjustment_reason or "",
            "level": level or "",
            "next_level": following or "",
            "missing": round(missing, 2),
            "is_own": card.employee_id.user_id == self.env.user,
            "is_acknowledged": card.is_acknowledged,
            "comment": card.employee_comment or "",
            "can_appeal": card._can_appeal(self.env.user),
            "appeal_until": fields.Date.to_string(card.appeal_until) or "",
            "appeals": [x._page_row() for x in card.appeal_ids],
            "is_pilot": card.is_pilot,
            "retention_months": card.scheme_version_id.retention_months,
            "readers": card._page_readers(),
        }

    def _can_appeal(self, user):
        return (
            self.state == "published"
            and self.employee_id.user_id == user
            and (not self.appeal_until or self.appeal_until >= fields.Date.today())
        )

    def _page_readers(self):
        """Names of those who looked at the card, for the person assessed."""
        if self.employee_id.user_id != self.env.user:
            return []
        log = self.env["linkstar.kpi.view.log"].sudo()
        rows = log.search([("scorecard_id", "=", self.id)], limit=20)
        return sorted(set(rows.user_id.mapped("name")))

    def _page_gains(self):
        lines = {
            line.id: (line.contribution, line.points, line.effective_weight)
            for line in self.line_ids
            if line.score_state == "scored"
        }
        names = {line.id: line.metric_id.name for line in self.line_ids}
        return [
            {"id": key, "name": names[key], "gain": gain}
            for key, gain in ladder.gains(lines)[:3]
        ]


class LinkstarKpiScorecardLine(models.Model):
    _inherit = "linkstar.kpi.scorecard.line"

    def _page_row(self):
        self.ensure_one()
        figures = self._figures()
        measured = self.outcome == "measured" and figures
        return {
            "id": self.id,
            "name": self.metric_id.name,
            "outcome": self.outcome,
            "method": self.method,
            "value": self._format(figures["value"]) if measured else "",
            "target": self._format(self.target) if self.target else "",
            "attainment": figures.get("attainment") or 0.0 if measured else 0.0,
            "points": self.points,
            "weight": self._shown_weight(),
            "contribution": self.contribution,
            "state": self.score_state or "",
            "note": "" if self.outcome == "measured" else self._outcome_text(),
            "sentences": self._sentences(),
            **self._page_outlook(figures if measured else {}),
        }

    def _shown_weight(self):
        """The weight as it counts; the scheme's, as long as nothing was scored."""
        shared_out = any(self.scorecard_id.line_ids.mapped("effective_weight"))
        return self.effective_weight if shared_out else self.weight

    def _page_outlook(self, figures):
        """Forecast and needed daily rate of an additive figure still running."""
        card, today = self.scorecard_id, fields.Date.today()
        running = card.date_from <= today <= card.date_to
        if not running or self.metric_id.additivity != "additive" or not figures:
            return {"forecast": "", "per_day": ""}
        expected = calendar.forecast(
            figures["value"], card.date_from, today, card.date_to
        )
        rate = calendar.daily_run_rate(
            self.target, figures["value"], today, card.date_to
        )
        return {
            "forecast": self._format(expected) if expected is not None else "",
            "per_day": self._format(rate) if rate else "",
        }


class LinkstarKpiAppeal(models.Model):
    _inherit = "linkstar.kpi.appeal"

    def _page_row(self):
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "reason": self.reason,
            "state": states[self.state],
            "answer": self.answer or "",
        }
