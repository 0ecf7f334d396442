"""Moments of Amazon's and the day they fall on where the marketplace is."""

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

# Python 3.10 knows no datetime.UTC.
UTC = timezone.utc


@lru_cache(maxsize=128)
def _zone(name):
    return ZoneInfo(name or "UTC")


def parse_moment(text):
    """A text of Amazon's as naive UTC, to the second (as Odoo keeps moments).

    >>> parse_moment("2026-01-02T03:04:05.678Z")
    datetime.datetime(2026, 1, 2, 3, 4, 5)
    >>> parse_moment("2026-01-02T03:04:05+08:00")
    datetime.datetime(2026, 1, 1, 19, 4, 5)
    >>> parse_moment("")
    """
    if not text:
        return None
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.replace(microsecond=0)


def local_day(moment, tz):
    """The calendar day of a naive UTC ``moment`` in the time zone ``tz``.

    >>> from datetime import datetime
    >>> local_day(datetime(2026, 1, 2, 3), "America/Los_Angeles")
    datetime.date(2026, 1, 1)
    >>> local_day(datetime(2026, 1, 1, 23, 30), "Europe/Berlin")
    datetime.date(2026, 1, 2)
    """
    return moment.replace(tzinfo=UTC).astimezone(_zone(tz)).date()


def start_of_day(day, tz):
    """The naive UTC moment at which ``day`` begins in ``tz``.

    >>> from datetime import date
    >>> start_of_day(date(2026, 7, 1), "America/Los_Angeles")
    datetime.datetime(2026, 7, 1, 7, 0)
    """
    local = datetime(day.year, day.month, day.day, tzinfo=_zone(tz))
    return local.astimezone(UTC).replace(tzinfo=None)


def parse_header(text):
    """The ``Date`` header of an answer as naive UTC, or None.

    >>> parse_header("Thu, 01 Jan 2026 12:00:00 GMT")
    datetime.datetime(2026, 1, 1, 12, 0)
    >>> parse_header("yesterday"), parse_header(None)
    (None, None)
    """
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment
