"""Until when figures should have come, and when they stop changing."""

import math
from datetime import timedelta


def expected_day(today, available_after_hours):
    """Last day whose figures should be there by now.

    A day's figures come so many hours after the day's end; a day's grace covers
    stores whose day ends later than that of whoever looks.

    >>> from datetime import date
    >>> expected_day(date(2026, 6, 10), 0), expected_day(date(2026, 6, 10), 72)
    (datetime.date(2026, 6, 8), datetime.date(2026, 6, 5))
    """
    return today - timedelta(days=2 + math.ceil(max(available_after_hours, 0) / 24))


def settled_day(end, settled_after_days):
    """First day on which the figures of a period's last day count as settled.

    >>> from datetime import date
    >>> settled_day(date(2026, 2, 28), 0)
    datetime.date(2026, 3, 1)
    """
    return end + timedelta(days=max(settled_after_days, 0) + 1)


def waiting_state(settles_on, today, late, errors):
    """What a metric of a period waits for: error, late, settling or settled.

    :param late: cards on which the metric's figures are still to come
    :param errors: cards on which they are wrong

    >>> from datetime import date
    >>> waiting_state(date(2026, 6, 5), date(2026, 6, 4), 0, 0)
    'settling'
    """
    if errors:
        return "error"
    if late:
        return "late"
    return "settled" if today >= settles_on else "settling"
