"""When somebody is reminded that a secret or an authorisation ends."""

# Days before the end; the last one is the day itself.
STEPS = (30, 14, 7, 3, 1, 0)


def due_step(end, today):
    """The reminder that is due: the step last reached, or None before the first.

    A server that slept for a week sends one reminder, not three.

    >>> from datetime import date
    >>> end = date(2026, 3, 31)
    >>> [due_step(end, date(2026, 3, day)) for day in (1, 2, 17, 18, 30, 31)]
    [30, 30, 14, 14, 1, 0]
    >>> due_step(end, date(2026, 2, 20)), due_step(end, date(2026, 4, 2))
    (None, 0)
    """
    left = (end - today).days
    reached = [step for step in STEPS if left <= step]
    return min(reached) if reached else None
