"""Parts of a period that count, and targets shrunk to them."""

from dataclasses import replace
from datetime import timedelta


def clip(span, period):
    """Part of an inclusive date span inside a period, or None.

    ``span`` ends may be None (open).

    >>> from datetime import date
    >>> clip((date(2026, 1, 20), None), (date(2026, 1, 1), date(2026, 1, 31)))
    (datetime.date(2026, 1, 20), datetime.date(2026, 1, 31))
    """
    start = max(span[0] or period[0], period[0])
    end = min(span[1] or period[1], period[1])
    return (start, end) if start <= end else None


def days_of(spans, period):
    """Number of days of the period that any of the spans covers."""
    covered, reached = 0, None
    clipped = sorted(filter(None, (clip(span, period) for span in spans)))
    for start, end in clipped:
        if reached is not None and start <= reached:
            start = reached + timedelta(days=1)
        if start <= end:
            covered += (end - start).days + 1
            reached = end
    return covered


def length(period):
    """Days of an inclusive period."""
    return (period[1] - period[0]).days + 1


def eligible_fraction(spans, period):
    """Share of the period's days covered by the spans, from 0 to 1.

    >>> from datetime import date
    >>> june = date(2026, 6, 1), date(2026, 6, 30)
    >>> eligible_fraction([(date(2026, 6, 16), None)], june)
    0.5
    """
    return days_of(spans, period) / length(period)


def shrink(rule, fraction):
    """A rule whose floor, target and stretch are a fraction of the given one.

    Only for additive metrics: a ratio's target stays what it is. A fraction
    of 1 returns the rule unchanged.
    """
    if fraction == 1:
        return rule
    scaled = {
        name: getattr(rule, name) * fraction
        for name in ("floor", "target", "stretch")
        if getattr(rule, name) is not None
    }
    return replace(rule, **scaled)


def retarget(rule, target, floor=None, stretch=None):
    """The rule with another target; floor and stretch follow in proportion.

    >>> from .scoring import Rule
    >>> new = retarget(Rule(floor=80, target=100, stretch=120), 50)
    >>> new.floor, new.target, new.stretch
    (40.0, 50, 60.0)
    """
    old = rule.target

    def follow(value):
        if value is None:
            return None
        if not old:
            return target + value - (old or 0.0)
        return value * target / old if target else value - old

    return replace(
        rule,
        target=target,
        floor=follow(rule.floor) if floor is None else floor,
        stretch=follow(rule.stretch) if stretch is None else stretch,
    )


def ramp_factor(months_of_service, ramp):
    """Part of the full target that a newcomer has to reach.

    :param months_of_service: whole months since joining at the period's start
    :param ramp: factors of the first months, e.g. ``(0.4, 0.6, 0.8)``

    >>> [ramp_factor(m, (0.4, 0.7)) for m in (0, 1, 2, 30)]
    [0.4, 0.7, 1.0, 1.0]
    """
    if 0 <= months_of_service < len(ramp):
        return ramp[months_of_service]
    return 1.0
