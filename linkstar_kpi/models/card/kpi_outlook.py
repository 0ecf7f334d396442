"""Where running cards are heading: forecasts from the stored lines."""

from dataclasses import replace
from datetime import timedelta

from odoo import fields, models

from odoo.addons.linkstar_kpi.calculation.task_sums import TASK_METRICS
from odoo.addons.linkstar_kpi.engine import forecast, outcomes, scoring, spans

WITHOUT_VALUE = {
    "late": outcomes.Late,
    "not_applicable": outcomes.NotApplicable,
    "error": outcomes.Faulty,
}


class LinkstarKpiScorecard(models.Model):
    _inherit = "linkstar.kpi.scorecard"

    forecast_score = fields.Float(
        digits=(6, 2),
        aggregator="avg",
        help="Score at the end of the period if the figures go on at today's pace.",
    )
    has_forecast = fields.Boolean(
        string="Forecast",
        help="The period is running and a quarter of its days have figures.",
    )

    def _is_running(self, today):
        self.ensure_one()
        return self.date_from <= today <= self.date_to

    def _courses(self, today):
        """The card's lines as the engine's courses, by line id."""
        self.ensure_one()
        span = self._eligible_span()
        return {line.id: line._course(span, today) for line in self.sudo().line_ids}

    def _limits(self):
        version = self.scheme_version_id
        return {"bonus_cap": version.bonus_cap, "veto_limit": version.veto_limit}

    def _write_forecast(self, today):
        """Keep what running cards head for; the others have no forecast.

        :param today: day of the calculation
        """
        for card in self:
            score = None
            if card._is_running(today) and card._eligible_span():
                courses = card._courses(today)
                if any(forecast.says_something(item) for item in courses.values()):
                    score = forecast.card(courses, **card._limits()).score
            values = {
                "forecast_score": scoring.half_up(score or 0.0),
                "has_forecast": score is not None,
            }
            if any(card[name] != value for name, value in values.items()):
                card.write(values)

    def _moves(self, today):
        """What could still lift a running card, the largest gain first."""
        self.ensure_one()
        if not self._is_running(today) or not self._eligible_span():
            return []
        return forecast.moves(self._courses(today), **self._limits())


class LinkstarKpiScorecardLine(models.Model):
    _inherit = "linkstar.kpi.scorecard.line"

    def _course(self, span, today):
        """The line as the engine's :class:`~..engine.forecast.Course`.

        :param span: the person's days in the period
        :param today: nothing later counts as passed
        """
        self.ensure_one()
        is_task = self.metric_id.code in TASK_METRICS
        last_day = self._last_day(today, is_task)
        passed = spans.intersect(span, (span[0], max(last_day, span[0])))
        elapsed = spans.days(passed) if last_day >= span[0] else 0
        return forecast.Course(
            rule=self._applied_rule(),
            outcome=self._stored_outcome(),
            adds_up=not is_task and self.metric_id.additivity == "additive",
            elapsed=elapsed,
            total=spans.days(span),
        )

    def _last_day(self, today, is_task):
        """Last day with figures; tasks and personal figures are known to the day."""
        stores = self.sudo()._figures().get("stores") or []
        days = [row["last_day"] for row in stores if row.get("last_day")]
        if is_task or not days:
            return today - timedelta(days=1)
        return min(fields.Date.to_date(max(days)), today)

    def _applied_rule(self):
        """The scheme's rule with the limits that applied to the person."""
        rule = self.scheme_line_id._rule()
        limits = {
            name: self[name]
            for name in ("floor", "target", "stretch")
            if getattr(rule, name) is not None
        }
        return replace(rule, **limits)

    def _stored_outcome(self):
        """The stored outcome, with its denominator if it has one."""
        if self.outcome != "measured":
            return WITHOUT_VALUE[self.outcome](self.outcome_reason or "")
        figures = self.sudo()._figures()
        return outcomes.Measured(figures["value"], figures["denominator"] or None)

    def _points_ahead(self, today):
        """Points by which the line is judged to be on track.

        While the period runs, those it is heading for; None while too few days have
        passed to say, so that nobody is called off track on the second of a month.
        """
        self.ensure_one()
        card = self.scorecard_id
        if not card._is_running(today):
            return self.points
        span = card._eligible_span()
        course = self._course(span, today) if span else None
        if course is None or not forecast.says_something(course):
            return None
        return forecast.points_expected(course)
