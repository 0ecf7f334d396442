"""What the scorecard page shows: standing, forecast, gains, history."""

from odoo import api, fields, models

from odoo.addons.linkstar_kpi.engine import forecast, ladder

HISTORY = 12


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    @api.model
    def my_page(self, card_id=None):
        """Everything the page "My scorecard" shows, in one call.

        :param card_id: a card the user may read; else their own of the newest
            period that has begun, the one that counts before a pilot's
        :return: dict with ``card`` (or False), ``lines``, ``gains``, ``actions``,
            ``history``, ``choices`` (own cards, newest first)
        """
        self.check_access("read")
        own = self.search(
            [("employee_id", "in", self.env.user._linkstar_kpi_own_ids())],
            order="date_from desc, id desc",
            limit=HISTORY,
        )
        card = self.browse(card_id) if card_id else own._page_default()
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
            "gains": card._page_gains(fields.Date.today()),
            "actions": card._page_actions(),
            "history": [
                {"id": x.id, "name": x.period_id.name, "score": x.final_score}
                for x in reversed(history)
                if x.is_scored
            ],
            "choices": choices,
        }

    def _page_default(self):
        """The card to open with: next month's targets are no score yet."""
        today = fields.Date.today()
        begun = self.filtered(lambda card: card.date_from <= today) or self
        return (begun.filtered(lambda card: not card.is_pilot) or begun)[:1]

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
            "forecast": card.forecast_score if card.has_forecast else False,
            "is_final": card.is_final,
            "waiting_for": self.waiting_for or "",
            "adjustment": card.adjustment,
            "adjustment_reason": card.adjustment_reason or "",
            "level": level or "",
            "next_level": following or "",
            "missing": round(missing, 2),
            "is_own": self.is_own,
            "is_acknowledged": card.is_acknowledged,
            "comment": card.employee_comment or "",
            "can_appeal": card._can_appeal(self.env.user),
            "appeal_until": fields.Date.to_string(card.appeal_until) or "",
            "appeals": [x._page_row() for x in card.appeal_ids],
            "is_pilot": card.is_pilot,
            "retention_months": card.scheme_version_id.retention_months,
            "readers": card._page_readers(),
            "privacy": self._page_privacy(),
        }

    def _page_privacy(self):
        """The privacy notice, for the person assessed only."""
        if not self.is_own:
            return False
        privacy = self.env["linkstar.kpi.privacy"]
        return privacy._page(self.sudo().employee_id)

    def _page_actions(self):
        """What the card's lines started, with what has moved since."""
        actions = self.env["linkstar.kpi.action"]
        states = dict(actions._fields["state"]._description_selection(self.env))
        return [
            {
                "id": action.id,
                "name": action.metric_id.name,
                "state": states[action.state],
                "moved": action.moved,
            }
            for action in actions.search([("scorecard_id", "=", self.id)])
            if action.state != "failed"
        ]

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

    def _page_gains(self, today):
        """What would move the score most: by forecast while the period runs."""
        lines = {line.id: line for line in self.line_ids}
        if self._is_running(today):
            return [lines[x.key]._page_move(x) for x in self._moves(today)[:3]]
        scored = {
            line.id: (line.contribution, line.points, line.effective_weight)
            for line in self.line_ids
            if line.score_state == "scored"
        }
        return [
            {"id": key, "name": lines[key].metric_id.name, "gain": gain, "how": ""}
            for key, gain in ladder.gains(scored)[:3]
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
        course = None
        if figures and card._is_running(today) and card._eligible_span():
            course = self._course(card._eligible_span(), today)
        if course is None or not course.adds_up or not course.elapsed:
            return {"forecast": "", "per_day": ""}
        left = course.total - course.elapsed
        missing = max(self.target - figures["value"], 0.0)
        return {
            "forecast": self._format(forecast.expected(course).value),
            "per_day": self._format(missing / left) if missing and left > 0 else "",
        }

    def _page_move(self, move):
        """One thing that would lift the score, in the reader's words."""
        how = ""
        if not self.is_hidden or self._sees_cost():
            if move.per_day:
                how = self.env._("%s a day to the target", self._format(move.per_day))
            else:
                how = self.env._("%s from the target", self._format(move.missing))
        return {
            "id": self.id,
            "name": self.metric_id.name,
            "gain": move.gain,
            "how": how,
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
