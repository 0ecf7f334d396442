"""Calendar periods and when their data has settled; all days, no clock."""

from datetime import date, timedelta

KINDS = ("week", "month", "quarter")


def bounds(kind, day):
    """First and last day of the period that holds a day.

    Weeks are ISO weeks: Monday to Sunday.

    >>> bounds("month", date(2028, 2, 10))
    (datetime.date(2028, 2, 1), datetime.date(2028, 2, 29))
    >>> bounds("week", date(2027, 1, 2))
    (datetime.date(2026, 12, 28), datetime.date(2027, 1, 3))
    >>> bounds("quarter", date(2026, 5, 5))
    (datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))
    """
    if kind == "week":
        start = day - timedelta(days=day.weekday())
        return start, start + timedelta(days=6)
    if kind == "month":
        start, months = day.replace(day=1), 1
    elif kind == "quarter":
        start, months = date(day.year, day.month - (day.month - 1) % 3, 1), 3
    else:
        raise ValueError(f"unknown kind of period: {kind!r}")
    return start, add_months(start, months) - timedelta(days=1)


def add_months(first, months):
    """The first day of the month so many months later (or earlier)."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def code(kind, day):
    """Short name of the period: 2026-W53, 2026-02, 2026-Q1.

    >>> [code(k, date(2027, 1, 2)) for k in KINDS]
    ['2026-W53', '2027-01', '2027-Q1']
    """
    if kind == "week":
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02d}"
    if kind == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.year}-{day.month:02d}"


def shifted(kind, day, count):
    """A day in the period ``count`` periods later (or earlier)."""
    start, _end = bounds(kind, day)
    if kind == "week":
        return start + timedelta(weeks=count)
    return add_months(start, count * (3 if kind == "quarter" else 1))


def settles_on(end, settled_after_days):
    """Day on which the data of a period counts as settled.

    :param end: last day of the period
    :param settled_after_days: days that each metric of the period needs
    """
    return end + timedelta(days=max(settled_after_days, default=0) + 1)


def months_between(first, later):
    """Whole months from one day to another, for ramps; negative is 0.

    >>> months_between(date(2026, 1, 31), date(2026, 3, 1))
    1
    """
    months = (later.year - first.year) * 12 + later.month - first.month
    if later.day < first.day:
        months -= 1
    return max(months, 0)


def daily_run_rate(target, reached, today, end):
    """What each remaining day, today included, must bring to reach a target.

    :return: None when no day remains; 0 when the target is reached

    >>> daily_run_rate(300, 100, date(2026, 6, 21), date(2026, 6, 30))
    20.0
    """
    days = (end - today).days + 1
    if days <= 0:
        return None
    return max(target - reached, 0.0) / days


def forecast(reached, start, today, end):
    """Straight-line forecast of an additive figure to the period's end.

    :param today: first day without data; days before it are complete
    """
    passed = (min(today, end + timedelta(days=1)) - start).days
    if passed <= 0:
        return None
    return reached / passed * ((end - start).days + 1)
