"""Targets: proposed from history, split so that children sum to their parent.

History is what one subject reached in past periods, oldest first; a period
without figures is None and is never taken for zero.
"""

import math
from statistics import median

METHODS = ("last", "median", "growth", "season")
#: Growth beyond these factors a period is taken for an accident, not a trend.
LEAST_GROWTH, MOST_GROWTH = 0.5, 2.0
#: Periods of each kind in a year.
YEAR = {"week": 52, "month": 12, "quarter": 4}


def propose(method, history, kind="month", look_back=6, factor=1.0):
    """A target for the next period after the history.

    :param method: ``last`` (the newest figure), ``median`` (of the last
        ``look_back``), ``growth`` (the newest figure carried on by the median
        growth), ``season`` (the same period a year ago times this year's growth
        against the last)
    :param history: figures, oldest first, one a period, None where missing
    :param kind: week, month or quarter, for the season
    :param factor: what the result is multiplied by
    :return: number, or None if the history does not carry the method

    >>> propose("last", [100, None, 110, None], factor=1.1)
    121.0
    >>> propose("median", [90, 100, 500])
    100.0
    >>> propose("growth", [100, 110, 121])
    133.1
    >>> propose("season", [200] + [100] * 11, "month", look_back=3)
    >>> propose("season", [200, 100, 100, 100] * 4, "quarter", look_back=2)
    200.0
    """
    if method not in METHODS:
        raise ValueError(f"unknown method: {method!r}")
    known = [value for value in history if value is not None]
    if not known:
        return None
    if method == "last":
        value = known[-1]
    elif method == "median":
        recent = [value for value in history[-look_back:] if value is not None]
        value = median(recent) if recent else None
    elif method == "growth":
        value = known[-1] * _trend([x for x in history if x is not None], look_back)
    else:
        value = _season(history, YEAR[kind], look_back)
    return None if value is None else round(value * factor, 4)


def _trend(known, look_back):
    """Median growth from one period to the next, held within bounds."""
    recent = known[-look_back - 1 :]
    steps = [
        later / earlier
        for earlier, later in zip(recent, recent[1:], strict=False)
        if earlier > 0 and later >= 0
    ]
    return _held(median(steps)) if steps else 1.0


def _season(history, year, look_back):
    """The same period a year ago × this year's sum over last year's."""
    if len(history) < year or history[-year] is None:
        return None
    pairs = [
        (history[-number], history[-number - year])
        for number in range(1, look_back + 1)
        if len(history) >= number + year
        and history[-number] is not None
        and history[-number - year] is not None
    ]
    earlier = sum(old for _new, old in pairs)
    if not pairs or earlier <= 0:
        return None
    return history[-year] * _held(sum(new for new, _old in pairs) / earlier)


def _held(growth):
    return min(max(growth, LEAST_GROWTH), MOST_GROWTH)


def split(total, weights, digits=2):
    """Share a total out by weights; the parts sum to it to the last digit.

    What rounding leaves goes to the largest remainders, so that no part is off
    by more than one unit of the last digit.

    :param weights: numbers of at least 0; all 0 shares out evenly
    :return: list of numbers like the weights

    >>> split(100, [1, 1, 1])
    [33.34, 33.33, 33.33]
    >>> split(10, [0, 0], digits=0)
    [5.0, 5.0]
    """
    if not weights:
        return []
    if any(weight < 0 or not math.isfinite(weight) for weight in weights):
        raise ValueError("weights cannot be negative")
    whole = sum(weights)
    shares = (
        [w / whole for w in weights] if whole else [1 / len(weights)] * len(weights)
    )
    unit = 10**digits
    units = round(total * unit)
    exact = [share * units for share in shares]
    floors = [math.floor(value) for value in exact]
    left = units - sum(floors)
    order = sorted(range(len(exact)), key=lambda index: floors[index] - exact[index])
    for index in order[: max(left, 0)]:
        floors[index] += 1
    return [value / unit for value in floors]


def gap(value, parts, tolerance=0.01):
    """What children lack to their parent: 0 within the tolerance.

    >>> gap(100, [60, 30]), gap(100, [60, 40.001]), gap(100, [])
    (10, 0.0, 0.0)
    """
    if not parts:
        return 0.0
    missing = value - sum(parts)
    return 0.0 if abs(missing) <= tolerance else missing


def track(value, reached, start, today, end):
    """Share of the target reached, against the share of the days gone by.

    :param today: first day whose figure is still to come
    :return: ``(reached share, passed share)``; the first is None for a target of 0

    >>> from datetime import date
    >>> track(300, 100, date(2026, 6, 1), date(2026, 6, 16), date(2026, 6, 30))
    (0.3333333333333333, 0.5)
    """
    days = (end - start).days + 1
    passed = min(max((today - start).days, 0), days) / days
    return (reached / value if value > 0 else None), passed
