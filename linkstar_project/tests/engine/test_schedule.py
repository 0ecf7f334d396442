"""Schedules on working calendars: worked cases and properties."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine.critical_path import critical, slack
from odoo.addons.linkstar_project.engine.graph import CycleError, topological_order
from odoo.addons.linkstar_project.engine.schedule import (
    NoWorkingTime,
    Step,
    WorkClock,
    backward,
    forward,
)

MONDAY = datetime(2026, 3, 2, tzinfo=timezone.utc)


def office(start, stop, holidays=()):
    """Monday to Friday, 8–12 and 13–17 UTC."""
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = []
    while day < stop:
        if day.weekday() < 5 and day.date() not in holidays:
            for begin, end in ((8, 12), (13, 17)):
                span = (
                    max(day + timedelta(hours=begin), start),
                    min(day + timedelta(hours=end), stop),
                )
                if span[0] < span[1]:
                    spans.append(span)
        day += timedelta(days=1)
    return spans


def clock(origin=MONDAY):
    return WorkClock(office, origin)


def at(day, hour, minute=0):
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_hours_skip_lunch_nights_and_weekends():
    assert clock().add(at(0, 10), 4) == at(0, 15)
    assert clock().add(at(4, 16), 2) == at(7, 9)


def test_subtract_mirrors_add():
    assert clock().subtract(at(7, 9), 2) == at(4, 16)


def test_elapsed_days_run_through_weekends():
    plan = forward([Step("sea", elapsed_days=30, is_elapsed=True)], MONDAY, clock())
    assert plan.slots["sea"].end == MONDAY + timedelta(days=30)


def test_work_after_freight_waits_for_office_hours():
    steps = [
        Step("sea", elapsed_days=5.5, is_elapsed=True),
        Step("unload", hours=2, depends_on=("sea",)),
    ]
    plan = forward(steps, MONDAY, clock())
    assert plan.slots["unload"].start == at(7, 8), "Saturday noon: on to Monday"


def test_a_holiday_shifts_the_work():
    holiday = at(1, 0).date()

    def hours(start, stop):
        return office(start, stop, {holiday})

    plan = forward([Step("a", hours=12)], MONDAY, WorkClock(hours, MONDAY))
    assert plan.slots["a"].end == at(2, 12)


def test_calendar_without_hours_is_an_error_not_a_loop():
    empty = WorkClock(lambda start, stop: [], MONDAY)
    with pytest.raises(NoWorkingTime):
        empty.add(MONDAY, 1)
    with pytest.raises(NoWorkingTime):
        empty.subtract(MONDAY, 1)


def test_backward_ends_before_the_target_and_after_steps_follow_it():
    target = at(28, 0)
    steps = [
        Step("goods", hours=8, depends_on=()),
        Step("deal", hours=4, offset=-14),
        Step("watch", hours=8, offset=1, depends_on=("goods",)),
    ]
    plan = backward(steps, target, clock(), MONDAY)
    assert plan.slots["goods"].end == at(25, 17)
    assert plan.slots["deal"].end <= target - timedelta(days=14)
    assert plan.slots["watch"].start == at(29, 8)
    assert not plan.warnings


def test_backward_in_the_past_begins_now_and_says_so():
    steps = [
        Step("sea", elapsed_days=35, is_elapsed=True),
        Step("prepare", hours=8, depends_on=("sea",)),
    ]
    plan = backward(steps, at(20, 0), clock(), MONDAY)
    assert plan.slots["sea"].start == MONDAY
    codes = dict(plan.warnings)
    assert codes["begins_in_past"]["days"] == 17
    assert codes["target_missed"]["days"] == 16


def test_chain_of_thousand_steps_needs_no_recursion():
    steps = [Step(n, hours=1, depends_on=(n - 1,) if n else ()) for n in range(1000)]
    plan = forward(steps, MONDAY, clock())
    assert plan.slots[999].end > plan.slots[0].end


def test_cycle_is_named():
    with pytest.raises(CycleError) as caught:
        forward(
            [Step("a", depends_on=("b",)), Step("b", depends_on=("a",))],
            MONDAY,
            clock(),
        )
    assert caught.value.cycle == ["a", "b", "a"]


moments = st.integers(0, 60 * 24 * 60).map(lambda m: MONDAY + timedelta(minutes=m))
durations = st.integers(1, 8 * 60 * 20).map(lambda m: m / 60)


@given(moments, durations)
def test_adding_then_subtracting_returns_to_the_same_work(moment, hours):
    work = clock()
    end = work.add(moment, hours)
    start = work.subtract(end, hours)
    assert start >= moment
    assert worked(start, end) == pytest.approx(hours, abs=1e-6)
    assert worked(moment, start) == pytest.approx(0, abs=1e-6)


def worked(start, stop):
    return sum((b - a).total_seconds() for a, b in office(start, stop)) / 3600


@st.composite
def plans(draw):
    count = draw(st.integers(1, 12))
    steps = []
    for n in range(count):
        befores = draw(st.sets(st.integers(0, n - 1), max_size=3)) if n else set()
        is_elapsed = draw(st.booleans())
        steps.append(
            Step(
                n,
                hours=draw(st.integers(0, 40)),
                elapsed_days=draw(st.integers(0, 40)) if is_elapsed else 0,
                is_elapsed=is_elapsed,
                offset=draw(st.integers(-20, 20)),
                depends_on=tuple(befores),
            )
        )
    return steps


@settings(max_examples=60, deadline=None)
@given(plans())
def test_forward_respects_order_offset_and_length(steps):
    plan = forward(steps, MONDAY, clock())
    for step in steps:
        slot = plan.slots[step.uid]
        assert slot.start >= MONDAY + timedelta(days=step.offset)
        for before in step.depends_on:
            assert slot.start >= plan.slots[before].end
        if not step.is_elapsed:
            assert worked(slot.start, slot.end) == pytest.approx(step.hours, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(0, 200))
def test_backward_respects_order_and_never_plans_the_past(steps, days):
    target = MONDAY + timedelta(days=days)
    plan = backward(steps, target, clock(), MONDAY)
    assert set(plan.slots) == {step.uid for step in steps}
    for step in steps:
        slot = plan.slots[step.uid]
        assert slot.start >= MONDAY or slot.start == slot.end
        for before in step.depends_on:
            assert slot.start >= plan.slots[before].end


@settings(max_examples=60, deadline=None)
@given(plans())
def test_slack_is_never_negative_and_the_path_reaches_the_end(steps):
    plan = forward(steps, MONDAY, clock())
    edges = {step.uid: step.depends_on for step in steps}
    free = slack(plan.slots, edges)
    assert all(value >= timedelta(0) for value in free.values())
    path = critical(plan.slots, edges, clock())
    assert any(plan.slots[uid].end == plan.end for uid in path)


@given(st.dictionaries(st.integers(0, 30), st.sets(st.integers(0, 30), max_size=4)))
def test_order_or_cycle(edges):
    try:
        order = topological_order(edges)
    except CycleError as error:
        cycle = error.cycle
        assert cycle[0] == cycle[-1]
        for before, after in zip(cycle, cycle[1:], strict=False):
            assert before in edges[after]
        return
    place = {key: index for index, key in enumerate(order)}
    for key, befores in edges.items():
        assert all(place[b] < place[key] for b in befores if b in place)
