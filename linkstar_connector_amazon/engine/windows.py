"""Stretches of time that a stream asks for: live, looked back, and back-filled.

>>> from datetime import date, datetime, timedelta
>>> noon = datetime(2026, 3, 1, 12)
>>> since = noon - timedelta(hours=2)
>>> live_since(since, noon, overlap=timedelta(minutes=5), first=timedelta(days=7))
datetime.datetime(2026, 3, 1, 9, 55)
>>> live_since(None, noon, overlap=timedelta(0), first=timedelta(days=7)).day
22
"""

from datetime import timedelta


def live_since(done_until, now, overlap, first):
    """Where a live round starts.

    :param done_until: end of the last finished round, or None before the first
    :param overlap: how far to step back, for rows that Amazon shows late
    :param first: how far the very first round reaches
    """
    if done_until is None:
        return now - first
    return min(done_until, now) - overlap


def backfill_windows(start, end, step):
    """Windows from ``end`` back to ``start``, the newest first.

    The newest days matter most to people, so they come first; the windows touch
    without overlap and cover the stretch exactly.

    >>> from datetime import datetime, timedelta
    >>> [(a.day, b.day) for a, b in backfill_windows(
    ...     datetime(2026, 1, 1), datetime(2026, 1, 8), timedelta(days=3))]
    [(5, 8), (2, 5), (1, 2)]
    """
    if step <= timedelta(0):
        raise ValueError("A window needs a length")
    upper = end
    while upper > start:
        lower = max(start, upper - step)
        yield lower, upper
        upper = lower


def chunks(first, last, size):
    """Windows of days that cover ``first`` to ``last`` once, the newest first.

    >>> from datetime import date
    >>> [(a.day, b.day) for a, b in chunks(date(2026, 1, 1), date(2026, 1, 9), 7)]
    [(3, 9), (1, 2)]
    """
    found, end = [], last
    while end >= first:
        start = max(first, end - timedelta(days=size - 1))
        found.append((start, end))
        end = start - timedelta(days=1)
    return found


def next_backfill_window(start, reached, step):
    """The next window of a backfill that has come back to ``reached``, or None."""
    return next(backfill_windows(start, reached, step), None)


def backfill_progress(start, end, reached, started_at, now):
    """How far a backfill is.

    :return: ``(percent done, expected end or None)``

    >>> from datetime import datetime
    >>> backfill_progress(datetime(2026, 1, 1), datetime(2026, 1, 11),
    ...     datetime(2026, 1, 6), datetime(2026, 2, 1, 0), datetime(2026, 2, 1, 2))
    (50.0, datetime.datetime(2026, 2, 1, 4, 0))
    """
    total = (end - start).total_seconds()
    if total <= 0:
        return 100.0, now
    share = min(1.0, max(0.0, (end - reached).total_seconds() / total))
    if share <= 0:
        return 0.0, None
    spent = now - started_at
    return round(share * 100, 1), started_at + spent / share


def restated_days(today, look_back):
    """Days to ask for again, oldest first: Amazon restates the recent past.

    >>> from datetime import date
    >>> [day.day for day in restated_days(date(2026, 3, 10), 3)]
    [7, 8, 9]
    """
    return [today - timedelta(days=back) for back in range(look_back, 0, -1)]


def iso(moment):
    """A naive UTC datetime as Amazon wants it: aware, to the second.

    >>> from datetime import datetime
    >>> iso(datetime(2026, 1, 2, 3, 4, 5, 678))
    '2026-01-02T03:04:05Z'
    """
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
