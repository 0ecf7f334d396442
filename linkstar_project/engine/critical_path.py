"""Critical path and slack of a schedule."""

from datetime import timedelta

from .graph import topological_order


def slack(slots, depends_on, end=None):
    """Return how far each step may slip before the whole ends later.

    Slack is measured in time on the wall between the end of a step and the
    earliest moment at which a follower, or the end of the whole, needs it. A
    step's own length does not change when it slips, so this holds for working
    hours and elapsed days alike up to nights and week-ends.

    :param slots: ``{uid: slot}`` with ``start`` and ``end``
    :param depends_on: ``{uid: iterable of uids}``
    :param end: moment by which all must be finished (default: the latest end)
    :return: ``{uid: timedelta}``
    """
    if not slots:
        return {}
    end = end or max(slot.end for slot in slots.values())
    edges = {uid: [b for b in depends_on.get(uid, ()) if b in slots] for uid in slots}
    latest = dict.fromkeys(slots, end)
    for uid in reversed(topological_order(edges)):
        own = latest[uid] - slots[uid].end
        for before in edges[uid]:
            latest[before] = min(latest[before], slots[uid].start + own)
    return {uid: latest[uid] - slots[uid].end for uid in slots}


def critical(slots, depends_on, clock=None, tolerance=timedelta(0)):
    """Return the uids whose delay delays the end.

    With a work clock, a gap between a step and its follower that holds no
    working time (a night, a week-end) counts as no slack.

    :return: set of uids
    """
    if not slots:
        return set()
    end = max(slot.end for slot in slots.values())
    edges = {uid: [b for b in depends_on.get(uid, ()) if b in slots] for uid in slots}
    found = {uid for uid, slot in slots.items() if end - slot.end <= tolerance}
    for uid in reversed(topological_order(edges)):
        if uid not in found:
            continue
        start = slots[uid].start
        for before in edges[uid]:
            stop = slots[before].end
            touches = start - stop <= tolerance
            if not touches and clock is not None:
                touches = clock.next_start(stop) >= start
            if touches:
                found.add(before)
    return found
