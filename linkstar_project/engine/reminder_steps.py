"""When a reminder is due: steps around a deadline, in the reader's own clock.

Plain Python: no ORM, ``now`` is an argument. Instants are *naive UTC* datetimes,
as in Odoo's database; a time zone is an IANA name.

>>> from datetime import datetime
>>> evening = Step("eve", -24, at_hour=18)
>>> send_at(datetime(2026, 3, 3, 9, 0), evening, "Asia/Shanghai")
datetime.datetime(2026, 3, 2, 10, 0)
>>> night = QuietHours(22, 8)
>>> send_at(datetime(2026, 3, 3, 16, 0), Step("now", 0), "Asia/Shanghai", night)
datetime.datetime(2026, 3, 4, 0, 0)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# A step found later than this is not sent any more: the scheduler was down, and the
# next step, or the list of late tasks, says the same with fresher words.
STALE_AFTER = timedelta(hours=36)


@dataclass(frozen=True)
class Step:
    """One step of a policy.

    :param key: what makes the step unique within its policy
    :param offset_hours: hours from the deadline, negative before it
    :param at_hour: local hour (0 to 24, fractions allowed) at which to tell; the
        offset then counts whole days of the reader's calendar. ``None`` keeps the
        exact distance to the deadline.
    """

    key: object
    offset_hours: float
    at_hour: float | None = None

    @property
    def is_before(self):
        """Whether the step belongs before the deadline."""
        return self.offset_hours < 0


@dataclass(frozen=True)
class QuietHours:
    """Local hours in which nobody is disturbed; may span midnight.

    Equal ends mean that there are none.
    """

    start: float
    end: float

    def covers(self, hour):
        """Whether the local ``hour`` (0 <= hour < 24) is quiet.

        >>> QuietHours(22, 8).covers(23), QuietHours(22, 8).covers(8)
        (True, False)
        >>> QuietHours(12, 14).covers(13), QuietHours(0, 0).covers(3)
        (True, False)
        """
        if self.start == self.end:
            return False
        if self.start < self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


NO_QUIET = QuietHours(0, 0)


@lru_cache(maxsize=512)
def zone(name):
    """Return the zone of an IANA ``name``; UTC for an empty or unknown one."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def to_local(instant, tz):
    """Return the naive UTC ``instant`` as an aware local time."""
    return instant.replace(tzinfo=timezone.utc).astimezone(zone(tz))


def from_local(day, hour, tz, fold=0):
    """Return the naive UTC instant of a local ``day`` and ``hour``.

    An hour that the clock skips becomes the one after the gap; of an hour that comes
    twice, the first counts, or the second with ``fold=1``.

    >>> from datetime import date
    >>> from_local(date(2026, 3, 29), 2.5, "Europe/Berlin")  # skipped that night
    datetime.datetime(2026, 3, 29, 1, 30)
    """
    minutes = round(hour * 60)
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    instant = wall.replace(tzinfo=zone(tz), fold=fold).astimezone(timezone.utc)
    return instant.replace(tzinfo=None)


def out_of_quiet(instant, tz, quiet, latest=None):
    """Move ``instant`` out of the quiet hours.

    It moves forward to their end; if that is after ``latest``, backward to their
    start, so that nobody learns of a deadline after it has passed.
    """
    local = to_local(instant, tz)
    if not quiet.covers(_hour(local)):
        return instant
    return _end_of_quiet(instant, local, tz, quiet, latest)


def _end_of_quiet(instant, local, tz, quiet, latest):
    day = local.date()
    if quiet.start > quiet.end and _hour(local) >= quiet.start:
        day += timedelta(days=1)
    forward = from_local(day, quiet.end, tz)
    if forward < instant:  # the clock went back during the quiet hours
        forward = from_local(day, quiet.end, tz, fold=1)
    if latest is None or forward <= latest:
        return forward
    first = day - timedelta(days=1) if quiet.start > quiet.end else day
    # One minute before, because the start itself is quiet already.
    return min(from_local(first, quiet.start, tz) - timedelta(minutes=1), instant)


def _hour(local):
    return local.hour + local.minute / 60 + local.second / 3600


def send_at(deadline, step, tz, quiet=NO_QUIET):
    """Return when to tell about ``deadline``: a naive UTC datetime.

    :param deadline: naive UTC datetime
    :param step: the :class:`Step`
    :param tz: the recipient's time zone
    :param quiet: the recipient's :class:`QuietHours`
    """
    if step.at_hour is None:
        moment = deadline + timedelta(hours=step.offset_hours)
    else:
        day = to_local(deadline, tz).date()
        day += timedelta(days=round(step.offset_hours / 24))
        moment = from_local(day, step.at_hour, tz)
    latest = deadline if step.is_before else None
    return out_of_quiet(moment, tz, quiet, latest)


def due_steps(deadline, steps, tz, quiet, now, stale_after=STALE_AFTER):
    """Return ``[(step, moment)]`` that are due at ``now``, the oldest first.

    Steps whose moment lies longer back than ``stale_after`` are left out, and so are
    steps before the deadline once it has passed: another step tells that story.
    """
    found = []
    for step in steps:
        if step.is_before and now > deadline:
            continue
        moment = send_at(deadline, step, tz, quiet)
        if moment <= now <= moment + stale_after:
            found.append((step, moment))
    return sorted(found, key=lambda pair: pair[1])


def backoff(attempts):
    """Return the pause before the next try after ``attempts`` failed ones.

    One minute, doubled each time, six hours at most.

    >>> [int(backoff(n).total_seconds() // 60) for n in (1, 2, 5, 20)]
    [1, 2, 16, 360]
    """
    minutes = 2 ** min(max(attempts, 1) - 1, 9)
    return timedelta(minutes=min(minutes, 360))
