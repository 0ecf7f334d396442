"""How long ago, in the largest fitting unit."""


def age(delta):
    """Return ``(count, unit)`` of a timedelta; unit: minutes, hours or days.

    >>> from datetime import timedelta
    >>> age(timedelta(hours=30))
    (30, 'hours')
    >>> age(timedelta(days=3))
    (3, 'days')
    """
    minutes = max(int(delta.total_seconds() // 60), 0)
    if minutes < 120:
        return minutes, "minutes"
    if minutes < 48 * 60:
        return minutes // 60, "hours"
    return minutes // (24 * 60), "days"
