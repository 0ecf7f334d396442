"""Simulated time: the shop's clock, and the clock of the wire.

The *shop clock* says what has happened in the shops. The *wire clock* says how old
tokens are, how fast calls come and when reports are ready. With a frozen clock the
two are one, so a test moves both by setting the time. With a running clock (``--live``)
the shop's time is faster than the machine's, while tokens and rates follow real
seconds, as a client's own pacing does.

All times inside the stand-in are whole seconds since 1970, UTC.
"""

import re
import threading
import time
from datetime import date, datetime, timedelta, timezone

UTC = timezone.utc
DAY = 86400
HOUR = 3600
MINUTE = 60

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$"
)


class NaiveTime(ValueError):
    """A time without a zone, where Amazon wants an absolute one."""


def parse(text):
    """Return the seconds of an ISO 8601 time with a zone.

    A date alone means midnight UTC, as Amazon reads it.

    >>> parse("2026-03-01T00:00:00Z") - parse("2026-03-01T00:00:00+01:00")
    3600
    >>> parse("2026-03-01") == parse("2026-03-01T00:00:00Z")
    True
    """
    match = _ISO.match(text or "")
    if not match:
        raise ValueError(f"{text!r} is no ISO 8601 time")
    year, month, day, hour, minute, second, zone = match.groups()
    if hour is not None and zone is None:
        raise NaiveTime(f"{text!r} has no time zone")
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        tzinfo=UTC,
    )
    return int(moment.timestamp()) - _offset(zone)


def offset(text):
    """Return how many seconds the zone of an ISO 8601 time is ahead of UTC.

    >>> offset("2026-03-01T00:00:00-08:00"), offset("2026-03-01T00:00:00Z")
    (-28800, 0)
    """
    parse(text)
    return _offset(_ISO.match(text).group(7))


def _offset(zone):
    if zone in (None, "Z"):
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * HOUR + int(digits[2:]) * MINUTE
    return seconds if zone[0] == "+" else -seconds


def iso(seconds):
    """Return seconds as Amazon writes them.

    >>> iso(0)
    '1970-01-01T00:00:00Z'
    """
    return at(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(seconds, zone=UTC):
    """Return seconds as an aware datetime in a zone."""
    return datetime.fromtimestamp(seconds, zone)


def local_date(seconds, zone):
    """Return the calendar date of a moment in a zone."""
    return datetime.fromtimestamp(seconds, zone).date()


def midnight(day, zone=UTC):
    """Return the seconds at which a calendar date begins in a zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def midnight_after(day, zone=UTC):
    """Return the seconds at which a calendar date ends in a zone."""
    return midnight(day + timedelta(days=1), zone)


def dates(first, last):
    """Yield the dates from first to last, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def as_seconds(value):
    """Return seconds of a number, an ISO text, a date or an aware datetime."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise NaiveTime(f"{value!r} has no time zone")
        return int(value.timestamp())
    if isinstance(value, date):
        return midnight(value)
    if isinstance(value, str):
        return parse(value)
    return int(value)


class Clock:
    """The simulated time of one server; safe to share between threads."""

    def __init__(self, now=None, speed=0, real=time.time, monotonic=time.monotonic):
        """Start at ``now`` (default: the machine's time).

        ``speed`` is the number of simulated seconds in a real one; 0 freezes time.
        """
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._speed = speed
        self._base = int(real()) if now is None else as_seconds(now)
        self._since = monotonic()
        self.real_wire = False

    def now(self):
        """Return the shop's time in seconds."""
        with self._lock:
            return self._now()

    def wire(self):
        """Return the wire's time in seconds (a float; only differences matter)."""
        with self._lock:
            if self._speed or self.real_wire:
                return self._monotonic()
            return float(self._base)

    def set(self, value):
        """Set the shop's time (seconds, ISO text or aware datetime)."""
        with self._lock:
            self._base = as_seconds(value)
            self._since = self._monotonic()

    def advance(self, seconds):
        """Move the shop's time by a number of seconds."""
        with self._lock:
            self._base = self._now() + int(seconds)
            self._since = self._monotonic()

    def run(self, speed):
        """Let time run at a speed; 0 freezes it where it stands."""
        with self._lock:
            self._base = self._now()
            self._since = self._monotonic()
            self._speed = speed

    @property
    def speed(self):
        """Simulated seconds in a real one; 0 means frozen."""
        return self._speed

    def _now(self):
        return self._base + int((self._monotonic() - self._since) * self._speed)
