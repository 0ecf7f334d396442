"""Dates of tasks from an anchor, on a working calendar.

Two kinds of duration stand side by side: working hours (a person's work, which
stops at night and on holidays) and elapsed days (sea freight, a platform's
review, which do not). The calendar arrives as a function that yields working
intervals, so this module knows neither the ORM nor any calendar's rules.

All moments are aware datetimes; ``now`` is an argument.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .graph import topological_order

CHUNK = timedelta(days=92)
HORIZON = timedelta(days=366 * 3)


class NoWorkingTime(ValueError):
    """The calendar has too few working hours within three years."""


class WorkClock:
    """Adds and subtracts working hours on intervals read piece by piece.

    :param intervals: function ``(start, stop) -> [(from, to), ...]`` of working
        intervals, ordered and disjoint, between two aware datetimes
    :param origin: the datetime around which to begin reading
    """

    def __init__(self, intervals, origin):
        self._read = intervals
        self._origin = self._low = self._high = origin
        self._spans = []

    def _grow_up(self):
        if self._high - self._origin > HORIZON:
            raise NoWorkingTime
        stop = self._high + CHUNK
        self._spans += [s for s in self._read(self._high, stop) if s[0] < s[1]]
        self._high = stop

    def _grow_down(self):
        if self._origin - self._low > HORIZON:
            raise NoWorkingTime
        start = self._low - CHUNK
        found = [s for s in self._read(start, self._low) if s[0] < s[1]]
        self._spans = found + self._spans
        self._low = start

    def _cover(self, moment):
        # The origin moves with what is asked for: the horizon bounds the search
        # for working time, not the distance from today.
        self._origin = moment
        if not self._low <= moment <= self._high:
            if not self._low - HORIZON <= moment <= self._high + HORIZON:
                self._low = self._high = moment
                self._spans = []
        while moment > self._high:
            self._grow_up()
        while moment < self._low:
            self._grow_down()

    def next_start(self, moment):
        """Return the first working moment at or after ``moment``."""
        return self._walk_up(moment, timedelta(0), True)

    def add(self, moment, hours):
        """Return the end of so many working hours begun at ``moment``."""
        return self._walk_up(moment, timedelta(hours=hours), False)

    def subtract(self, moment, hours):
        """Return the latest start from which ``hours`` end by ``moment``."""
        left = timedelta(hours=hours)
        self._cover(moment)
        while True:
            index = bisect_right(self._spans, (moment,)) - 1
            while index >= 0:
                start, stop = self._spans[index]
                stop = min(stop, moment)
                if stop - start >= left and stop > start:
                    return stop - left
                left -= max(stop - start, timedelta(0))
                moment = start
                index -= 1
            # Nothing (more) below: read on from where the spans began.
            self._grow_down()

    def _walk_up(self, moment, left, only_start):
        self._cover(moment)
        index = max(bisect_right(self._spans, (moment,)) - 1, 0)
        while True:
            while index < len(self._spans):
                start, stop = self._spans[index]
                start = max(start, moment)
                if start < stop:
                    if only_start:
                        return start
                    if stop - start >= left:
                        return start + left
                    left -= stop - start
                index += 1
            self._grow_up()


@dataclass(frozen=True)
class Step:
    """What the schedule needs to know of a task.

    ``offset`` counts days from the anchor. With a start anchor a step begins no
    earlier than that. With a target anchor a negative offset or zero is the day
    by whose end the step is finished, and a positive one the day it begins.
    """

    uid: str
    hours: float = 0.0
    elapsed_days: float = 0.0
    is_elapsed: bool = False
    offset: float = 0
    depends_on: tuple = ()


@dataclass(frozen=True)
class Slot:
    """When a step begins and ends."""

    start: datetime
    end: datetime


@dataclass
class Schedule:
    """Slots by step, and what the reader should know about them."""

    slots: dict = field(default_factory=dict)
    warnings: list = field(default_factory=list)

    @property
    def end(self):
        """The latest end, or None without steps."""
        return max((slot.end for slot in self.slots.values()), default=None)


def _end_of(step, start, clock):
    if step.is_elapsed:
        return Slot(start, start + timedelta(days=step.elapsed_days))
    if not step.hours:
        return Slot(start, start)
    begin = clock.next_start(start)
    return Slot(begin, clock.add(begin, step.hours))


def _start_of(step, end, clock):
    if step.is_elapsed:
        return Slot(end - timedelta(days=step.elapsed_days), end)
    if not step.hours:
        return Slot(end, end)
    start = clock.subtract(end, step.hours)
    return Slot(start, clock.add(start, step.hours))


def forward(steps, anchor, clock, fixed=None, not_before=None):
    """Schedule every step as early as its predecessors and offset allow.

    :param steps: iterable of :class:`Step`
    :param anchor: aware datetime of day 0
    :param clock: a :class:`WorkClock`
    :param fixed: ``{uid: Slot}`` of steps that stay where they are (finished ones)
    :param not_before: no step that is not fixed starts earlier than this
    :raises CycleError: when steps wait for each other
    """
    steps = {step.uid: step for step in steps}
    order = topological_order({uid: step.depends_on for uid, step in steps.items()})
    slots = dict(fixed or {})
    for uid in order:
        if uid in slots:
            continue
        step = steps[uid]
        start = anchor + timedelta(days=step.offset)
        befores = [slots[before].end for before in step.depends_on if before in slots]
        start = max([start, *befores, *([not_before] if not_before else [])])
        slots[uid] = _end_of(step, start, clock)
    return Schedule(slots)


def backward(steps, target, clock, now):
    """Schedule towards a target date, as late as the target allows.

    Steps with a positive offset, and all that follow them, come after the target
    and run forward. Where the plan would have to begin before ``now``, it is
    pushed to begin now, and a warning says by how much the target is missed.

    :param target: aware datetime at which the day of the target begins
    :return: a :class:`Schedule`; warnings ``("begins_in_past", {"days"})`` and
        ``("target_missed", {"days"})``
    """
    steps = {step.uid: step for step in steps}
    order = topological_order({uid: step.depends_on for uid, step in steps.items()})
    after = set()
    for uid in order:
        step = steps[uid]
        if step.offset > 0 or any(before in after for before in step.depends_on):
            after.add(uid)
    slots = {}
    latest = {}
    for uid in reversed(order):
        if uid in after:
            continue
        step = steps[uid]
        # Day 0 itself is the event: work is finished before it begins.
        bound = target + timedelta(days=step.offset)
        slots[uid] = _start_of(step, min(bound, latest.get(uid, bound)), clock)
        begin = slots[uid].start
        for before in step.depends_on:
            latest[before] = min(latest.get(before, begin), begin)
    schedule = _not_before(steps, order, slots, clock, now)
    _warn_about_target(schedule, slots, target, now)
    later = [replace(steps[uid], offset=max(steps[uid].offset, 0)) for uid in after]
    tail = forward(later, target, clock, fixed=schedule.slots, not_before=now)
    schedule.slots.update(tail.slots)
    schedule.slots = {uid: schedule.slots[uid] for uid in order}
    return schedule


def _not_before(steps, order, slots, clock, now):
    """Push what would begin in the past, and what follows it, to later."""
    moved = {}
    for uid in order:
        if uid not in slots:
            continue
        befores = [moved[b].end for b in steps[uid].depends_on if b in moved]
        start = max([slots[uid].start, now, *befores])
        if start > slots[uid].start:
            moved[uid] = _end_of(steps[uid], start, clock)
        else:
            moved[uid] = slots[uid]
    return Schedule(moved)


def _warn_about_target(schedule, wished, target, now):
    begin = min((slot.start for slot in wished.values()), default=now)
    if begin >= now:
        return
    schedule.warnings.append(("begins_in_past", {"days": _days(now - begin)}))
    if schedule.end and schedule.end > target:
        days = _days(schedule.end - target)
        schedule.warnings.append(("target_missed", {"days": days}))


def _days(delta):
    """Whole days, rounded up."""
    return -(-delta // timedelta(days=1))
