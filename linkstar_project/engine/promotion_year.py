"""Next year's promotions from this year's. Pure.

Some promotions have their day by the calendar: 11.11, Black Friday, Christmas. The
others (Prime Day, spring deals) are announced anew each year; the same weekday 52
weeks later is the best guess until then, and it is marked as one.
"""

from datetime import date, timedelta

#: Kinds that come on the same day and month each year.
SAME_DAY = ("double_9", "double_10", "double_11", "double_12", "christmas")
#: Kinds that follow Thanksgiving, the fourth Thursday of November, by so many days.
AFTER_THANKSGIVING = {"black_friday": 1, "cyber_monday": 4}
THURSDAY = 3


def thanksgiving(year):
    """The fourth Thursday of November.

    >>> thanksgiving(2026), thanksgiving(2028)
    (datetime.date(2026, 11, 26), datetime.date(2028, 11, 23))
    """
    first = date(year, 11, 1)
    return first + timedelta((THURSDAY - first.weekday()) % 7 + 21)


def roll(code, dates, year):
    """Dates of a promotion in another year, and whether the calendar fixes them.

    Deadlines, warm-up and encore keep their distance from the first main day.

    :param code: kind of the promotion
    :param dates: ``{name: date or falsy}`` with ``date_from``, the first main day
    :param year: the year it is to fall into
    :return: ({name: date or None}, True if exact, False if a guess)

    >>> roll("double_11", {"date_from": date(2027, 11, 11)}, 2028)
    ({'date_from': datetime.date(2028, 11, 11)}, True)
    >>> roll("prime_day", {"date_from": date(2027, 7, 7)}, 2028)
    ({'date_from': datetime.date(2028, 7, 5)}, False)
    """
    first = dates["date_from"]
    start, exact = _first_day(code, first, year)
    shift = start - first
    return {name: day + shift if day else None for name, day in dates.items()}, exact


def _first_day(code, first, year):
    """Day on which it begins, and whether that day is certain."""
    if code in AFTER_THANKSGIVING:
        usual = thanksgiving(first.year) + timedelta(AFTER_THANKSGIVING[code])
        # Who begins the sale earlier in the week does so next year as well.
        days = AFTER_THANKSGIVING[code] + (first - usual).days
        return thanksgiving(year) + timedelta(days), True
    if code in SAME_DAY:
        return _same_day(first, year), True
    day = _same_day(first, year)
    back = (day.weekday() - first.weekday()) % 7
    # The nearest same weekday, which stays within the year.
    day += timedelta(-back if back <= THURSDAY else 7 - back)
    if day.year != year:
        day += timedelta(7 if day.year < year else -7)
    return day, False


def _same_day(day, year):
    if (day.month, day.day) == (2, 29):
        return date(year, 2, 28)
    return day.replace(year=year)


def rename(name, old_year, new_year):
    """The name with its year put forward; the year is added if it names none.

    >>> rename("Prime Day 2027", 2027, 2028), rename("Summer sale", 2027, 2028)
    ('Prime Day 2028', 'Summer sale 2028')
    """
    if str(old_year) in name:
        return name.replace(str(old_year), str(new_year))
    return f"{name} {new_year}"
