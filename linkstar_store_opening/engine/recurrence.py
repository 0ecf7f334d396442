"""When a recurring duty is due: on fixed days of the calendar, or so long after.

A fixed rhythm (a report on 15 May; a return on the 7th of February, May, August and
November) counts from the calendar; a relative one (a secret to rotate every 180 days)
counts from the day it was last done.

>>> from datetime import date
>>> vat = Rhythm(months=3, month=2, day=7)
>>> first_due(vat, date(2026, 2, 7)), next_due(vat, date(2026, 5, 7), None)
(datetime.date(2026, 5, 7), datetime.date(2026, 8, 7))
>>> next_due(Rhythm(days=180), date(2026, 1, 1), date(2025, 12, 1))
datetime.date(2026, 5, 30)
>>> first_due(Rhythm(), date(2026, 1, 1)) is None
True
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Rhythm:
    """``months`` or ``days`` between two times; ``month`` and ``day`` fix the calendar.

    ``first_days`` replaces the first distance of a duty that comes sooner at first.
    """

    months: int = 0
    days: int = 0
    month: int = 0
    day: int = 0
    first_days: int = 0

    @property
    def is_fixed(self):
        return bool(self.month and self.day and self.months)

    @property
    def comes_back(self):
        return bool(self.months or self.days)


def add_months(on, months, day=None):
    """``on`` moved by months; the day is cut to the month's length."""
    index = on.year * 12 + on.month - 1 + months
    year, month = divmod(index, 12)
    return _in_month(year, month + 1, day or on.day)


def _in_month(year, month, day):
    return date(year, month, min(day, monthrange(year, month)[1]))


def first_due(rhythm, start):
    """First due day after ``start``; None when only a person knows it."""
    if rhythm.first_days:
        return start + timedelta(days=rhythm.first_days)
    if rhythm.is_fixed:
        return _fixed_after(rhythm, start)
    return _distance(rhythm, start)


def next_due(rhythm, due, done):
    """Due day after one that was due on ``due`` and done on ``done``.

    :param done: day it was done, or None
    :return: date after ``due``, also when it was done long before; None when the
        duty does not come back
    """
    if not rhythm.comes_back:
        return None
    if rhythm.is_fixed:
        return _fixed_after(rhythm, due)
    return max(_distance(rhythm, done or due), due + timedelta(days=1))


def _distance(rhythm, since):
    if rhythm.days:
        return since + timedelta(days=rhythm.days)
    if rhythm.months:
        return add_months(since, rhythm.months)
    return None


def _fixed_after(rhythm, since):
    """The first fixed day after ``since``.

    More than a year apart: on the fixed day so many years after ``since``'s year.
    """
    if rhythm.months > 12:
        return _in_month(since.year + rhythm.months // 12, rhythm.month, rhythm.day)
    found = _in_month(since.year - 1, rhythm.month, rhythm.day)
    while found <= since:
        found = add_months(found, rhythm.months, rhythm.day)
    return found


def lead_days(text):
    """Days before the due date from a text such as ``60,30,7``, largest first.

    >>> lead_days("7, 60,x,30")
    [60, 30, 7]
    """
    parts = (part.strip() for part in (text or "").split(","))
    return sorted({int(part) for part in parts if part.isdigit()}, reverse=True)
