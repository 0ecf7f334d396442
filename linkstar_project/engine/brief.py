"""When a team's daily brief is due, and how its figures are said.

Plain Python: no ORM, ``now`` is an argument; instants are *naive UTC* datetimes.

>>> from datetime import datetime
>>> due_day(datetime(2026, 3, 3, 1, 5), "Asia/Shanghai", 9).isoformat()
'2026-03-03'
>>> due_day(datetime(2026, 3, 3, 0, 55), "Asia/Shanghai", 9) is None
True
"""

from datetime import timedelta

from .reminder_steps import from_local, to_local

# A scheduler that slept longer than this tells tomorrow's brief instead.
LATEST = timedelta(hours=8)
SATURDAY = 5


def send_moment(day, tz, hour):
    """Return the naive UTC instant of the local ``hour`` of ``day``."""
    return from_local(day, hour, tz)


def due_day(now, tz, hour, weekends=True):
    """Return the team's local day whose brief is due at ``now``, or None.

    :param tz: the team's time zone
    :param hour: local hour, fractions allowed
    :param weekends: whether there is a brief on Saturdays and Sundays
    """
    day = to_local(now, tz).date()
    if not weekends and day.weekday() >= SATURDAY:
        return None
    moment = send_moment(day, tz, hour)
    return day if moment <= now <= moment + LATEST else None


def say_figure(value, decimals=2):
    """Return a figure with thousands separated, an unknown one as a dash.

    Nothing that was not reported is ever shown as zero.

    >>> say_figure(1234.5), say_figure(0), say_figure(None), say_figure(12, 0)
    ('1,234.50', '0.00', '–', '12')
    """
    return "–" if value is None else f"{value:,.{decimals}f}"


def latest(rows, day):
    """Return ``(date, value)`` of the last reported figure up to ``day``.

    :param rows: ``[(date, value or None)]``
    :return: ``(None, None)`` if nothing was reported

    >>> from datetime import date
    >>> latest([(date(2026, 3, 1), 5.0), (date(2026, 3, 2), None)], date(2026, 3, 2))
    (datetime.date(2026, 3, 1), 5.0)
    """
    known = [(date, value) for date, value in rows if value is not None and date <= day]
    return max(known, default=(None, None))


def age_days(date, day):
    """Return how many days a figure is older than the ``day`` asked for.

    >>> from datetime import date
    >>> age_days(date(2026, 3, 1), date(2026, 3, 3)), age_days(None, date(2026, 3, 3))
    (2, None)
    """
    return None if date is None else (day - date).days
