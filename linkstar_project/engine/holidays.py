"""Public holidays of mainland China, and the week-end days worked in return.

The State Council announces each year's days off in the autumn before, with the
Saturdays and Sundays that become workdays. A year is kept as lines of text, which is
also how a company enters the years to come::

    2026-10-01 2026-10-07 国庆节
    2026-09-20 班 国庆节

A line is a day off or a first and last one, and a name; with 班 or ``work`` after the
date it is a week-end day that is worked.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

#: Days off and worked of each year as announced.
ANNOUNCED = {
    2026: """
        2026-01-01 2026-01-03 元旦
        2026-01-04 班 元旦
        2026-02-15 2026-02-23 春节
        2026-02-14 班 春节
        2026-02-28 班 春节
        2026-04-04 2026-04-06 清明节
        2026-05-01 2026-05-05 劳动节
        2026-05-09 班 劳动节
        2026-06-19 2026-06-21 端午节
        2026-09-25 2026-09-27 中秋节
        2026-10-01 2026-10-07 国庆节
        2026-09-20 班 国庆节
        2026-10-10 班 国庆节
    """,
}
#: Statutory days of years whose announcement is not built in: right as far as they
#: go, but without the days that are swapped. Replace them by the announcement.
STATUTORY = {
    2027: """
        2027-01-01 元旦
        2027-02-05 2027-02-08 春节
        2027-04-05 清明节
        2027-05-01 2027-05-02 劳动节
        2027-06-09 端午节
        2027-09-15 中秋节
        2027-10-01 2027-10-03 国庆节
    """,
}
WORKED = ("班", "work", "上班", "调休")
DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
#: No public holiday is longer.
LONGEST = 30


class BadLine(ValueError):
    """A line that says nothing useful: ``number`` from 1, ``code``, ``text``."""

    def __init__(self, number, code, text):
        super().__init__(f"line {number}: {code}: {text}")
        self.number, self.code, self.text = number, code, text


@dataclass(frozen=True, order=True)
class Holiday:
    """Days off in a row."""

    first: date
    last: date
    name: str = ""

    @property
    def days(self):
        """All days of it."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]


@dataclass(frozen=True, order=True)
class Workday:
    """A day of a week-end that is worked."""

    day: date
    name: str = ""


def parse(text):
    """Read days off and worked from lines of text.

    :return: ``(holidays, workdays)``, ordered; empty lines and ``#`` lines are
        skipped, a line that stands twice counts once
    :raises BadLine: ``date``, ``order``, ``long`` or ``both`` (a day off and worked)

    >>> parse("2026-05-01 2026-05-05 劳动节")[0][0].days[-1]
    datetime.date(2026, 5, 5)
    >>> parse("2026/5/9 班 劳动节")[1]
    [Workday(day=datetime.date(2026, 5, 9), name='劳动节')]
    """
    holidays, workdays, numbers = set(), {}, {}
    for number, line in enumerate((text or "").splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        first = _date(words[0], number, line)
        if len(words) > 1 and words[1].lower() in WORKED:
            workdays[first] = Workday(first, " ".join(words[2:]))
            numbers[first] = number
            continue
        last, rest = first, words[1:]
        if rest and DATE.match(rest[0]):
            last, rest = _date(rest[0], number, line), rest[1:]
        if last < first:
            raise BadLine(number, "order", line)
        if (last - first).days >= LONGEST:
            raise BadLine(number, "long", line)
        holidays.add(Holiday(first, last, " ".join(rest)))
    off = {day for holiday in holidays for day in holiday.days}
    for day in sorted(off & set(workdays)):
        raise BadLine(numbers[day], "both", day.isoformat())
    return sorted(holidays), [workdays[day] for day in sorted(workdays)]


def _date(word, number, line):
    match = DATE.match(word)
    try:
        return date(*map(int, match.groups()))
    except (AttributeError, ValueError):
        raise BadLine(number, "date", line) from None


def built_in(year):
    """The text of a year that is built in, or an empty one; and whether it is final.

    >>> built_in(2026)[1], built_in(2027)[1], built_in(2040)
    (True, False, ('', False))
    """
    text = ANNOUNCED.get(year) or STATUTORY.get(year) or ""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(lines), year in ANNOUNCED


def like_weekday(day, workweek=(0, 1, 2, 3, 4)):
    """The weekday whose hours a worked week-end day has: the nearest before it.

    >>> like_weekday(date(2026, 2, 14)), like_weekday(date(2026, 1, 4))
    (4, 4)
    """
    weekday = day.weekday()
    return max((w for w in workweek if w < weekday), default=max(workweek, default=0))
