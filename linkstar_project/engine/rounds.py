"""When a store round is open: one local day of the person who walks it.

Plain Python: no ORM, ``now`` is an argument. Instants are *naive UTC* datetimes; a
day is a calendar day in the person's own time zone, from midnight to midnight.

>>> from datetime import datetime
>>> tuesday = datetime(2026, 3, 2, 17, 0)  # 01:00 on Tuesday in Shanghai
>>> window(tuesday, "Asia/Shanghai", Cadence("daily")).day.isoformat()
'2026-03-03'
>>> window(tuesday, "Asia/Shanghai", Cadence("weekly", weekday=0)) is None
True
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .reminder_steps import from_local, to_local

SATURDAY = 5


@dataclass(frozen=True)
class Cadence:
    """How often a round comes.

    :param kind: ``daily`` or ``weekly``
    :param weekday: of a weekly round, 0 (Monday) to 6
    :param weekends: whether a daily round comes on Saturdays and Sundays too
    """

    kind: str
    weekday: int = 0
    weekends: bool = True

    def covers(self, day):
        """Whether the round comes on ``day``."""
        if self.kind == "weekly":
            return day.weekday() == self.weekday
        return self.weekends or day.weekday() < SATURDAY


@dataclass(frozen=True)
class Window:
    """The local ``day`` of a round, and its first and last instant (excluded)."""

    day: date
    opens_at: datetime
    closes_at: datetime


def window(now, tz, cadence):
    """Return the :class:`Window` that holds ``now``, or None: no round today."""
    day = to_local(now, tz).date()
    if not cadence.covers(day):
        return None
    opens_at = from_local(day, 0, tz)
    closes_at = from_local(day + timedelta(days=1), 0, tz)
    return Window(day, opens_at, closes_at)


def rate(done, due):
    """Return the execution rate in percent, or None: nothing was due.

    >>> rate(3, 4), rate(0, 0)
    (75.0, None)
    """
    return 100.0 * done / due if due else None
