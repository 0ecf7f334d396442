"""Arithmetic of inclusive date spans ``(first, last)``."""

from datetime import timedelta

DAY = timedelta(days=1)


def intersect(span, other):
    """Days in both spans, or None.

    >>> from datetime import date
    >>> d = lambda day: date(2026, 1, day)
    >>> intersect((d(1), d(9)), (d(5), d(20)))
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 9))
    """
    first, last = max(span[0], other[0]), min(span[1], other[1])
    return (first, last) if first <= last else None


def subtract(span, others):
    """Parts of a span that none of the others covers, in order.

    >>> from datetime import date
    >>> d = lambda day: date(2026, 1, day)
    >>> left = subtract((d(1), d(9)), [(d(3), d(4)), (d(9), d(20))])
    >>> [(first.day, last.day) for first, last in left]
    [(1, 2), (5, 8)]
    """
    parts, first = [], span[0]
    for other in sorted(others):
        if other[1] < first:
            continue
        if other[0] > span[1]:
            break
        if other[0] > first:
            parts.append((first, other[0] - DAY))
        first = max(first, other[1] + DAY)
    if first <= span[1]:
        parts.append((first, span[1]))
    return parts


def union(spans):
    """The same days as disjoint spans in order; neighbours are joined."""
    joined = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def within(spans, frame):
    """Disjoint parts of the spans that lie inside a frame."""
    clipped = (intersect(span, frame) for span in spans)
    return union([span for span in clipped if span])


def days(span):
    """Number of days of a span."""
    return (span[1] - span[0]).days + 1
