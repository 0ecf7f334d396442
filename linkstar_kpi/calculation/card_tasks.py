"""Lines about the person's own work: tasks and store rounds."""

from datetime import datetime, time, timedelta

import pytz

from ..engine import outcomes
from .card_data import LineResult
from .task_sums import (
    ROUND_METRIC,
    TASK_METRICS,
    TaskRequest,
    read_round_sums,
    read_task_ids,
    read_task_sums,
)


class TaskLines:
    """Reads tasks and rounds of all cards at once; mixed into the calculator.

    Uses ``self.env``, ``self.cards``, ``self.now`` and the target rules.
    """

    def _read_tasks(self):
        requests, keys = [], []
        for card in self.cards:
            user = card.employee.user_id
            if user:
                keys.append(card.key)
                requests.append(self._task_request(card, user))
        answers = read_task_sums(self.env, requests)
        sums = dict(zip(keys, answers, strict=True))
        for key, rounds in read_round_sums(self.env, self._round_people()).items():
            sums[key] = {**sums.get(key, {}), **rounds}
        return sums

    def _round_people(self):
        """Whose store rounds count, for cards of schemes that measure them."""
        versions = {
            version: ROUND_METRIC in version.line_ids.metric_id.mapped("code")
            for version in {card.version for card in self.cards}
        }
        return {
            card.key: (card.employee.id, *card.span)
            for card in self.cards
            if versions[card.version]
        }

    def _task_request(self, card, user):
        zone = pytz.timezone(card.employee.tz or user.tz or "UTC")

        def instant(day):
            local = zone.localize(datetime.combine(day, time.min))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        end = instant(card.span[1] + timedelta(days=1))
        cut_off = min(self.now, instant(card.period[1] + timedelta(days=1)))
        return TaskRequest(user.id, instant(card.span[0]), end, cut_off)

    def task_ids(self, card, code):
        """Ids of the tasks that a task metric of a card counts."""
        user = card.employee.user_id
        if not user:
            return []
        numerator, denominator, _factor = TASK_METRICS[code]
        request = self._task_request(card, user)
        return read_task_ids(self.env, request, denominator or numerator)

    def _task_line(self, card, line, rule):
        sums = self.task_sums.get(card.key, {})
        numerator, denominator, factor = TASK_METRICS[line.metric_id.code]
        if numerator not in sums:
            return LineResult(line, rule, outcomes.NotApplicable("no_user"))
        if denominator is None:
            outcome = outcomes.finite(sums[numerator] * factor)
        elif not sums[denominator]:
            is_round = line.metric_id.code == ROUND_METRIC
            reason = "no_rounds" if is_round else "no_tasks"
            outcome = outcomes.NotApplicable(reason)
        else:
            value = factor * sums[numerator] / sums[denominator]
            outcome = outcomes.Measured(value, sums[denominator])
        result = LineResult(line, rule, outcome, numerator=sums[numerator])
        result.tasks = int(sums[denominator or numerator])
        result.as_of = self.now
        self._retarget(card, line, result)
        return result
