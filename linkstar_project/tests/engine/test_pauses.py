"""The clock of on-time work: properties."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine.pauses import (
    clip,
    closed_spans,
    common,
    is_on_time,
    paused_hours,
    union,
)

START = datetime(2026, 3, 2)
hours = st.integers(0, 50)


def at(hour):
    return START + timedelta(hours=hour)


spans = st.lists(st.tuples(hours, hours).map(lambda s: (at(s[0]), at(s[1]))))


def covered(groups, begin, end):
    """Whole hours between two moments that a span covers: the naive way."""
    return {
        hour
        for start, stop in groups
        for hour in range(51)
        if start <= at(hour) and at(hour + 1) <= stop
        if begin <= at(hour) and at(hour + 1) <= end
    }


@given(spans, hours, hours)
def test_overlapping_pauses_count_once(groups, begin, end):
    expected = len(covered(groups, at(begin), at(end)))
    assert paused_hours(groups, at(begin), at(end)) == expected
    doubled = paused_hours(groups + groups, at(begin), at(end))
    assert doubled == expected, "the same pause twice is one pause"


@given(spans, spans, hours, hours)
def test_a_pause_never_exceeds_the_time_there_was(one, two, begin, end):
    both = paused_hours(one + two, at(begin), at(end))
    assert 0 <= both <= max(end - begin, 0)
    assert both <= sum(paused_hours(g, at(begin), at(end)) for g in (one, two))
    assert both >= paused_hours(one, at(begin), at(end))


@given(st.lists(spans, min_size=1, max_size=3))
def test_only_when_all_are_away_is_nobody_there(groups):
    everyone = set.intersection(*(covered(g, at(0), at(50)) for g in groups))
    assert covered(common(groups), at(0), at(50)) == everyone


@given(spans)
def test_a_union_is_ordered_and_apart(groups):
    merged = union(groups)
    assert all(a[1] < b[0] for a, b in zip(merged, merged[1:], strict=False))
    assert clip(merged, at(0), at(50)) == merged


@given(st.lists(hours, unique=True, max_size=9), st.booleans())
def test_a_gate_was_closed_whenever_it_was_not_open(moments, is_open):
    moments = sorted(moments)
    states = [
        is_open if (len(moments) - n) % 2 else not is_open for n in range(len(moments))
    ]
    changes = [(at(m), s) for m, s in zip(moments, states, strict=True)]
    closed = closed_spans(changes, at(0), at(50), is_open)
    for hour in range(50):
        past = [s for m, s in zip(moments, states, strict=True) if m <= hour]
        future = [s for m, s in zip(moments, states, strict=True) if m > hour]
        state = past[-1] if past else (not future[0] if future else is_open)
        assert (hour in covered(closed, at(0), at(50))) == (not state)


@given(spans, hours, hours)
def test_waiting_never_makes_work_late_that_was_on_time(groups, deadline, done):
    paused = paused_hours(groups, at(0), at(done))
    if done <= deadline:
        assert is_on_time(at(done), at(deadline), paused)
    elif is_on_time(at(done), at(deadline), paused):
        assert paused >= done - deadline
