"""Absence is an event too: what did not happen although it should have. Pure."""

from datetime import timedelta

#: A source that has been silent for longer is late; that is no absence.
LATE_AFTER_DAYS = 4


def absence_key(subject, last_seen, covered_until, days, today):
    """Key of the absence, None if there is none.

    The key names the last sign of life, so that one silence is one event however
    often it is looked at, and the next silence another.

    :param subject: MSKU or code of the store
    :param last_seen: last day with a sign of life, or None
    :param covered_until: last day of which the source told anything at all
    :param days: length of a silence that counts
    :param today: the day of looking

    >>> from datetime import date
    >>> today, until = date(2026, 3, 10), date(2026, 3, 9)
    >>> absence_key("K1", date(2026, 3, 6), until, 3, today)
    'K1/2026-03-06'
    >>> absence_key("K1", date(2026, 3, 7), until, 3, today) is None
    True
    >>> absence_key("K1", None, date(2026, 3, 1), 3, today) is None
    True
    """
    if covered_until is None or covered_until < today - timedelta(LATE_AFTER_DAYS):
        return None
    if last_seen is not None and last_seen > covered_until - timedelta(days):
        return None
    return f"{subject}/{last_seen or 'never'}"[:200]
