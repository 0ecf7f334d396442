"""What is left of running work, planned anew from what is known now.

Finished work stays where it was. Everything else keeps its planned start unless
something pushes it: a predecessor that ends later, a day 0 or milestone that moved,
a calendar that lost hours, or simply the present, when it should have ended and did
not. Nothing is pulled forward: people planned around the dates they were given.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .graph import topological_order
from .schedule import Schedule, Slot, Step, forward

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Item:
    """One task without parts: its plan, and what it waits for.

    ``end`` is the planned end. ``stays``: finished, or outside of what may move.
    """

    uid: object
    start: datetime
    end: datetime | None = None
    hours: float = 0.0
    elapsed_days: float = 0.0
    is_elapsed: bool = False
    depends_on: tuple = ()
    stays: bool = False

    def step(self, anchor):
        """This item for the forward pass, with a start of its own."""
        return Step(
            uid=self.uid,
            hours=self.hours,
            elapsed_days=self.elapsed_days,
            is_elapsed=self.is_elapsed,
            offset=(self.start - anchor) / DAY,
            depends_on=self.depends_on,
        )


def replan(items, clock, now):
    """Plan what is left; what is overdue ends now at the earliest.

    :param items: iterable of :class:`Item`
    :param clock: a ``WorkClock``
    :param now: aware datetime
    :return: a ``Schedule``
    :raises CycleError: when tasks wait for each other
    """
    items = {item.uid: item for item in items}
    fixed = {uid: Slot(i.start, i.end) for uid, i in items.items() if i.stays}
    steps = [item.step(now) for item in items.values() if not item.stays]
    schedule = forward(steps, now, clock, fixed=fixed)
    late = {uid for uid, slot in schedule.slots.items() if slot.end < now} - set(fixed)
    if not late:
        return schedule
    # What should have ended and did not ends now at the earliest, and its followers
    # begin after that.
    held = {
        uid: Slot(schedule.slots[uid].start, now)
        for uid in late
        if not any(before in late for before in items[uid].depends_on)
    }
    schedule = forward(steps, now, clock, fixed={**fixed, **held})
    for uid, slot in schedule.slots.items():
        if uid not in fixed and slot.end < now:
            schedule.slots[uid] = Slot(slot.start, now)
    return schedule


def move(items, pinned, clock):
    """Plan what follows tasks that somebody puts elsewhere by hand.

    Only what depends on them, directly or through others, may shift.

    :param pinned: ``{uid: Slot}`` of the tasks that were put there
    :return: a ``Schedule`` of all items
    """
    items = {item.uid: item for item in items}
    pushed = followers(pinned, {uid: item.depends_on for uid, item in items.items()})
    settled = [
        replace(item, stays=item.stays or uid not in pushed)
        for uid, item in items.items()
        if uid not in pinned
    ]
    fixed = {i.uid: Slot(i.start, i.end or i.start) for i in settled if i.stays}
    origin = min(slot.start for slot in pinned.values())
    steps = [item.step(origin) for item in settled if not item.stays]
    return forward(steps, origin, clock, fixed={**fixed, **pinned})


def followers(uids, depends_on):
    """Return the uids that wait for one of the given ones, through any number.

    >>> sorted(followers({"a"}, {"b": ["a"], "c": ["b"], "d": []}))
    ['b', 'c']
    """
    after = {}
    for uid, befores in depends_on.items():
        for before in befores:
            after.setdefault(before, []).append(uid)
    found, todo = set(), list(uids)
    while todo:
        for uid in after.get(todo.pop(), ()):
            if uid not in found:
                found.add(uid)
                todo.append(uid)
    return found - set(uids)


def reasons(items, schedule, now):
    """Say why each task goes where it goes.

    :param items: the items of the plan, with starts as they were asked for
    :return: ``{uid: (code, uid of another or None)}`` of moved tasks: ``after`` (that
        predecessor ends later), ``overdue`` (it should have ended), ``hours`` (the
        working hours between its start and its end are others now)
    """
    found = {}
    for item in items:
        slot = schedule.slots[item.uid]
        if item.stays or (slot.start, slot.end) == (item.start, item.end):
            continue
        ends = [
            (schedule.slots[before].end, before)
            for before in item.depends_on
            if before in schedule.slots
        ]
        last = max(ends, default=None, key=lambda pair: pair[0])
        if last and last[0] > item.start:
            found[item.uid] = ("after", last[1])
        elif slot.end == now and item.end and item.end < now:
            found[item.uid] = ("overdue", None)
        else:
            found[item.uid] = ("hours", None)
    return found


def frames(slots, children):
    """Return the slots of parents: from the first start of their parts to the last end.

    :param children: ``{parent uid: uids of its parts}``, parents among them too
    """
    order = topological_order({uid: parts for uid, parts in children.items()})
    known = dict(slots)
    for uid in order:
        parts = [known[part] for part in children[uid] if part in known]
        if parts:
            known[uid] = Slot(
                min(part.start for part in parts), max(part.end for part in parts)
            )
    return {uid: known[uid] for uid in children if uid in known}


__all__ = ["Item", "Schedule", "followers", "frames", "move", "reasons", "replan"]
