"""Is a document good for a given use date?

A bank statement that is good today may be too old on the planned day of
submission, so a document is judged for the day of its use, never for today alone.

>>> from datetime import date
>>> rule = Rule(kind="max_age_from_issue", max_age_days=90)
>>> judge(rule, date(2026, 1, 1), None, use_on=date(2026, 3, 1)).state
'valid'
>>> judge(rule, date(2026, 1, 1), None, use_on=date(2026, 4, 2)).state
'expired'
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

VALID = "valid"
EXPIRING = "expiring"
EXPIRED = "expired"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rule:
    """How long a type of document serves.

    ``kind`` names what bounds it; ``max_age_days`` counts from the day of issue,
    ``min_remaining_days`` is the life that must be left on the day of use, and
    ``warn_before_days`` is when a paper near its end starts to be called expiring.
    """

    kind: str
    max_age_days: int = 0
    min_remaining_days: int = 0
    warn_before_days: int = 30


@dataclass(frozen=True)
class Verdict:
    """What was found: the state, its code for a message, and the last good day."""

    state: str
    code: str
    good_until: date | None


def last_good_day(rule, issued_on, expires_on):
    """Last day of use, or None when the document never runs out.

    :raises ValueError: the date that the rule counts from is missing
    """
    bounds = []
    if rule.max_age_days:
        if not issued_on:
            raise ValueError("issue_date_missing")
        bounds.append(issued_on + timedelta(days=rule.max_age_days))
    if rule.kind == "end_of_third_calendar_year":
        # IRS forms W-8 stay good until the end of the third year after signing.
        if not issued_on:
            raise ValueError("issue_date_missing")
        bounds.append(date(issued_on.year + 3, 12, 31))
    if expires_on:
        bounds.append(expires_on - timedelta(days=rule.min_remaining_days))
    elif rule.kind == "must_be_unexpired":
        raise ValueError("expiry_date_missing")
    return min(bounds, default=None)


def judge(rule, issued_on, expires_on, use_on):
    """Judge a document for the day ``use_on``; all dates in one calendar.

    A document that ends on the day of use is still good on that day.
    """
    try:
        good_until = last_good_day(rule, issued_on, expires_on)
    except ValueError as error:
        return Verdict(UNKNOWN, str(error), None)
    if good_until is None:
        return Verdict(VALID, "no_end", None)
    if use_on > good_until:
        return Verdict(EXPIRED, "expired_for_use", good_until)
    if use_on + timedelta(days=rule.warn_before_days) > good_until:
        return Verdict(EXPIRING, "expiring", good_until)
    return Verdict(VALID, "good", good_until)


def day_at(now, zone):
    """Calendar day of the moment ``now`` (with a time zone) in the zone ``zone``.

    A paper that ends "today" ends with the day of the platform's site, which began
    earlier or later than the day of who collects the papers. An empty or unknown
    zone means UTC.

    >>> from datetime import datetime, timezone
    >>> night = datetime(2026, 3, 2, 3, tzinfo=timezone.utc)
    >>> day_at(night, "America/Los_Angeles"), day_at(night, "")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 2))
    """
    try:
        return now.astimezone(ZoneInfo(zone or "UTC")).date()
    except (KeyError, ValueError):
        return now.astimezone(ZoneInfo("UTC")).date()
