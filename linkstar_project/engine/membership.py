"""Dates and shares of memberships, without the ORM.

A membership is a mapping with ``date_from`` (date), ``date_to`` (date or None,
inclusive) and ``share`` (percent).
"""

from datetime import date, timedelta

FULL_SHARE = 100.0
#: Shares are percent with two decimals: less than half of one is noise.
ROUNDING = 0.005


def clip(date_from, date_to, start, end):
    """Return the days of [date_from, date_to] inside [start, end], or None.

    ``date_to`` may be None for an open end; all dates are inclusive.

    >>> clip(date(2026, 1, 10), None, date(2026, 1, 1), date(2026, 1, 31))
    (datetime.date(2026, 1, 10), datetime.date(2026, 1, 31))
    >>> clip(date(2026, 2, 1), None, date(2026, 1, 1), date(2026, 1, 31)) is None
    True
    """
    first = max(date_from, start)
    last = min(date_to or end, end)
    return (first, last) if first <= last else None


def daily_totals(memberships):
    """Yield ``(day, total share)`` at each day on which the total changes.

    >>> rows = [
    ...     {"date_from": date(2026, 1, 1), "date_to": date(2026, 1, 9), "share": 60},
    ...     {"date_from": date(2026, 1, 5), "date_to": None, "share": 50},
    ... ]
    >>> [(day.day, total) for day, total in daily_totals(rows)]
    [(1, 60), (5, 110), (10, 50)]
    """
    changes = {}
    for row in memberships:
        first = row["date_from"]
        changes[first] = changes.get(first, 0) + row["share"]
        last = row["date_to"]
        if last and last < date.max:
            after = last + timedelta(days=1)
            changes[after] = changes.get(after, 0) - row["share"]
    total = 0
    for day in sorted(changes):
        total += changes[day]
        yield day, total


def first_excess(memberships):
    """Return ``(day, total)`` where shares first exceed 100 %, or None.

    >>> first_excess([{"date_from": date(2026, 1, 1), "date_to": None, "share": 100}])
    """
    for day, total in daily_totals(memberships):
        if total > FULL_SHARE + ROUNDING:
            return day, total
    return None


def share_left(memberships, date_from, date_to):
    """Return the share (percent) free on every day of the span.

    >>> rows = [{"date_from": date(2026, 1, 1), "date_to": None, "share": 40}]
    >>> share_left(rows, date(2026, 3, 1), None)
    60.0
    """
    taken = 0.0
    before = 0.0
    for day, total in daily_totals(memberships):
        if day <= date_from:
            before = total
        elif date_to is None or day <= date_to:
            taken = max(taken, total)
    return max(0.0, FULL_SHARE - max(taken, before))
