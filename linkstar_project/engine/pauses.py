"""The clock of on-time work: when it stood still because of others.

A task is on time against its first deadline, later by the hours for which its clock
stood: while a gate was closed, a predecessor was not finished, or all who are to do
it were on approved leave. Pauses that overlap count once. Moments are naive or aware,
but of one kind.
"""

from datetime import timedelta

HOUR = timedelta(hours=1)


def union(spans):
    """Merge spans that overlap or touch.

    :param spans: iterable of ``(from, to)``; empty and reversed ones are dropped
    :return: ordered, disjoint list

    >>> union([(5, 7), (1, 3), (2, 4), (4, 4), (9, 8)])
    [(1, 4), (5, 7)]
    """
    found = []
    for start, stop in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((start, stop))
    return found


def clip(spans, begin, end):
    """Cut spans to what lies between two moments.

    >>> clip([(0, 4), (6, 9)], 2, 7)
    [(2, 4), (6, 7)]
    """
    cut = ((max(start, begin), min(stop, end)) for start, stop in spans)
    return [span for span in cut if span[0] < span[1]]


def common(groups):
    """Return when all groups have a span at once; nothing for no group.

    >>> common([[(1, 5)], [(0, 2), (4, 9)]])
    [(1, 2), (4, 5)]
    >>> common([])
    []
    """
    groups = [union(group) for group in groups]
    found = groups[0] if groups else []
    for group in groups[1:]:
        found = union(
            (max(a[0], b[0]), min(a[1], b[1]))
            for a in found
            for b in group
            if a[0] < b[1] and b[0] < a[1]
        )
    return found


def closed_spans(changes, begin, end, is_open):
    """When a gate was closed, from the record of its openings and closings.

    :param changes: ``[(moment, opened or closed as a bool)]`` in any order
    :param is_open: how it stands after the last change
    :return: spans within ``begin`` and ``end``; before its first change a gate was
        the opposite of what the change made it

    >>> closed_spans([(3, True), (5, False), (8, True)], 0, 9, True)
    [(0, 3), (5, 8)]
    >>> closed_spans([], 0, 9, False), closed_spans([], 0, 9, True)
    ([(0, 9)], [])
    """
    changes = sorted(changes)
    state = not changes[0][1] if changes else is_open
    spans, since = [], begin
    for moment, opened in [*changes, (end, not state if not changes else None)]:
        if not state:
            spans.append((since, moment))
        since = moment
        state = opened
    return clip(union(spans), begin, end)


def paused_hours(spans, begin, end):
    """Hours for which the clock stood between two moments; overlaps count once.

    >>> from datetime import datetime as d
    >>> day = lambda n: d(2026, 3, n)
    >>> paused_hours([(day(1), day(3)), (day(2), day(4))], day(2), day(9))
    48.0
    """
    if not begin or not end or end <= begin:
        return 0.0
    total = sum(
        (stop - start for start, stop in union(clip(spans, begin, end))), timedelta(0)
    )
    return round(total / HOUR, 2)


def is_on_time(done, deadline, hours):
    """Tell whether work was on time, its clock having stood for some hours."""
    return done <= deadline + hours * HOUR
