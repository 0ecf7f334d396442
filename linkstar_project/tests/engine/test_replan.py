"""What is left of running work, planned anew: worked cases and properties."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine.replan import (
    Item,
    followers,
    frames,
    move,
    reasons,
    replan,
)
from odoo.addons.linkstar_project.engine.schedule import Slot, WorkClock

MONDAY = datetime(2026, 3, 2, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


def office(start, stop):
    """Monday to Friday, 8–16 UTC."""
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = []
    while day < stop:
        if day.weekday() < 5:
            span = (max(day + 8 * HOUR, start), min(day + 16 * HOUR, stop))
            if span[0] < span[1]:
                spans.append(span)
        day += timedelta(days=1)
    return spans


def clock():
    return WorkClock(office, MONDAY)


def at(day, hour):
    return MONDAY + timedelta(days=day, hours=hour)


def chain():
    return [
        Item("a", at(0, 8), at(0, 12), hours=4),
        Item("b", at(0, 12), at(0, 16), hours=4, depends_on=("a",)),
        Item("c", at(3, 8), at(3, 16), hours=8, depends_on=("b",)),
        Item("d", at(0, 8), at(0, 10), hours=2),
    ]


def test_moved_task_pushes_only_what_waits_for_it_and_only_if_it_must():
    slots = move(chain(), {"a": Slot(at(1, 8), at(1, 12))}, clock()).slots
    assert slots["a"] == Slot(at(1, 8), at(1, 12))
    assert slots["b"] == Slot(at(1, 12), at(1, 16))
    assert slots["c"].start == at(3, 8), "there was room"
    assert slots["d"] == Slot(at(0, 8), at(0, 10)), "waits for nothing"


def test_finished_tasks_stay_even_behind_a_moved_one():
    items = chain()
    items[1] = Item("b", at(0, 12), at(0, 13), depends_on=("a",), stays=True)
    slots = move(items, {"a": Slot(at(8, 8), at(8, 12))}, clock()).slots
    assert slots["b"] == Slot(at(0, 12), at(0, 13))


def test_reasons_name_the_predecessor_the_delay_and_the_calendar():
    now = at(1, 8)
    items = [*chain(), Item("e", at(5, 8), at(5, 16), hours=8)]
    plan = replan(items, clock(), now)
    words = reasons(items, plan, now)
    assert words["a"] == ("overdue", None)
    assert words["b"] == ("after", "a")
    assert words["e"] == ("hours", None), "Saturday is no working day"
    assert "c" not in words


def test_frames_span_their_parts_through_levels():
    slots = {"x": Slot(1, 3), "y": Slot(2, 7)}
    found = frames(slots, {"top": ["mid"], "mid": ["x", "y"], "empty": []})
    assert found == {"top": Slot(1, 7), "mid": Slot(1, 7)}


@st.composite
def networks(draw):
    count = draw(st.integers(1, 12))
    items = []
    for number in range(count):
        befores = draw(st.sets(st.integers(0, number - 1))) if number else set()
        start = at(draw(st.integers(0, 10)), 8)
        hours = draw(st.integers(0, 20))
        items.append(
            Item(
                number,
                start,
                start + hours * HOUR,
                hours=hours,
                depends_on=tuple(sorted(befores)),
                stays=draw(st.booleans()),
            )
        )
    return items


@given(networks(), st.integers(0, 20))
def test_replanning_never_moves_what_stays_nor_ends_work_in_the_past(items, day):
    now = at(day, 9)
    slots = replan(items, clock(), now).slots
    for item in items:
        if item.stays:
            assert slots[item.uid] == Slot(item.start, item.end)
        else:
            assert slots[item.uid].end >= now
            assert slots[item.uid].start >= min(item.start, now)


@given(networks(), st.integers(0, 20))
def test_a_move_keeps_all_but_followers_and_never_pulls_forward(items, day):
    pinned = {items[0].uid: Slot(at(day, 8), at(day, 12))}
    slots = move(items, pinned, clock()).slots
    after = followers(pinned, {item.uid: item.depends_on for item in items})
    for item in items[1:]:
        if item.uid not in after or item.stays:
            assert slots[item.uid] == Slot(item.start, item.end)
        else:
            assert slots[item.uid].start >= item.start
            for before in item.depends_on:
                assert slots[item.uid].start >= slots[before].end
