"""Where a running card is heading, and what would move it most.

A figure that adds up over days goes on at the pace of the days that have data; a
ratio, a state or a rate stays where it is, while what it is divided by grows. A
forecast is arithmetic, not a promise: it says what the same pace leads to.
"""

from dataclasses import dataclass

from .outcomes import Measured
from .scoring import FULL, score_card, score_line

#: Part of the days that must have data before a pace means something.
LEAST_PART = 0.25


@dataclass(frozen=True)
class Course:
    """One line so far.

    :param rule: :class:`~.scoring.Rule` as it applies to the person
    :param outcome: outcome of today's figures
    :param adds_up: whether the value grows with the days
    :param elapsed: days with data, from the person's first day on
    :param total: days of the period that count for the person
    """

    rule: object
    outcome: object
    adds_up: bool
    elapsed: int
    total: int


def growth(course):
    """Factor from the days so far to all days; 1 once the period is over.

    >>> growth(Course(None, None, True, elapsed=10, total=30))
    3.0
    """
    if not 0 < course.elapsed < course.total:
        return 1.0
    return course.total / course.elapsed


def expected(course):
    """The outcome at the period's end at today's pace.

    >>> expected(Course(None, Measured(500.0), True, 10, 30))
    Measured(value=1500.0, denominator=None)
    >>> expected(Course(None, Measured(20.0, 40.0), False, 10, 30))
    Measured(value=20.0, denominator=120.0)
    """
    outcome = course.outcome
    if not isinstance(outcome, Measured):
        return outcome
    factor = growth(course)
    denominator = outcome.denominator
    return Measured(
        outcome.value * factor if course.adds_up else outcome.value,
        denominator * factor if denominator is not None else None,
    )


def says_something(course):
    """Whether enough days have passed to judge the pace.

    >>> [says_something(Course(None, None, True, days, 30)) for days in (0, 7, 8)]
    [False, False, True]
    """
    return course.total > 0 and course.elapsed / course.total >= LEAST_PART


def points_expected(course):
    """Points of the line at today's pace, or None if it cannot be scored."""
    return score_line(course.rule, expected(course)).points


def card(courses, **limits):
    """Score of the card at today's pace.

    :param courses: dict of key → :class:`Course`
    :param limits: ``bonus_cap`` and the other arguments of ``score_card``
    :return: :class:`~.scoring.CardScore`
    """
    lines = {key: (item.rule, expected(item)) for key, item in courses.items()}
    return score_card(lines, **limits)


@dataclass(frozen=True)
class Move:
    """What one line could still add to the expected score.

    :param key: the line
    :param gain: points that the card gains if the line reaches its target
    :param missing: what the value lacks to the target, in its good direction
    :param per_day: the same for each day left, for what adds up; else None
    """

    key: object
    gain: float
    missing: float
    per_day: float | None = None


def moves(courses, **limits):
    """Lines by what reaching their target would add to the expected score.

    Whole points of the card, so that weight, cap and redistribution are in.

    :return: list of :class:`Move`, the largest gain first, only those that gain
    """
    before = card(courses, **limits).score
    found = []
    for key, item in courses.items():
        then = expected(item)
        if before is None or item.rule.target is None or not _can_gain(item, then):
            continue
        reached = {**courses, key: _at_target(item)}
        gain = round(card(reached, **limits).score - before, 2)
        if gain > 0:
            found.append(_move(key, item, then, gain))
    return sorted(found, key=lambda move: -move.gain)


def _can_gain(course, then):
    if course.rule.method not in ("piecewise", "binary"):
        return False
    points = score_line(course.rule, then).points
    return isinstance(then, Measured) and points is not None and points < FULL


def _at_target(course):
    """The same line, as if it ended exactly on its target."""
    grown = expected(course)
    done = Measured(course.rule.target, grown.denominator)
    return Course(course.rule, done, False, course.total, course.total)


def _move(key, course, then, gain):
    missing = abs(course.rule.target - then.value)
    per_day = None
    left = course.total - course.elapsed
    if course.adds_up and left > 0:
        # From today's figure, not the forecast: what the days left must bring.
        per_day = max(course.rule.target - course.outcome.value, 0.0) / left
    return Move(key, gain, missing, per_day)
