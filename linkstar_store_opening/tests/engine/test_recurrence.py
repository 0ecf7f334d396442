"""Recurring duties: always forward, on their fixed days, for years."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_store_opening.engine.recurrence import (
    Rhythm,
    add_months,
    first_due,
    lead_days,
    next_due,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
FIXED = st.builds(
    Rhythm,
    months=st.sampled_from([1, 3, 6, 12, 24, 36]),
    month=st.integers(1, 12),
    day=st.integers(1, 31),
)
RELATIVE = st.builds(
    Rhythm, months=st.integers(1, 60), days=st.integers(0, 400), first_days=st.just(0)
)


@given(st.one_of(FIXED, RELATIVE), DAYS)
def test_the_first_is_after_the_start_and_each_next_after_the_last(rhythm, start):
    due = first_due(rhythm, start)
    assert due > start
    for _time in range(6):
        following = next_due(rhythm, due, None)
        assert following > due
        due = following


@given(FIXED, DAYS)
def test_a_fixed_duty_keeps_its_day_of_the_month(rhythm, start):
    due = first_due(rhythm, start)
    for _time in range(6):
        is_last = (due + timedelta(days=1)).day == 1
        assert due.day == rhythm.day or (due.day < rhythm.day and is_last)
        due = next_due(rhythm, due, None)


@given(FIXED, DAYS, st.integers(-400, 400))
def test_a_fixed_duty_does_not_move_with_the_day_it_was_done(rhythm, start, late):
    due = first_due(rhythm, start)
    done = due + timedelta(days=late)
    assert next_due(rhythm, due, done) == next_due(rhythm, due, None)


@given(st.integers(1, 400), DAYS, DAYS)
def test_a_relative_duty_counts_from_when_it_was_done(days, due, done):
    wanted = max(done + timedelta(days=days), due + timedelta(days=1))
    assert next_due(Rhythm(days=days), due, done) == wanted


def test_a_duty_without_rhythm_does_not_come_back():
    assert next_due(Rhythm(), date(2026, 1, 1), date(2026, 1, 1)) is None
    assert first_due(Rhythm(first_days=30), date(2026, 1, 1)) == date(2026, 1, 31)


def test_known_duties_fall_on_their_known_days():
    w8 = Rhythm(months=36, month=12, day=31)
    assert first_due(w8, date(2026, 2, 3)) == date(2029, 12, 31)
    lucid = Rhythm(months=12, month=5, day=15)
    assert first_due(lucid, date(2026, 5, 15)) == date(2027, 5, 15)
    quarter = Rhythm(months=3, month=1, day=31)
    assert next_due(quarter, date(2026, 1, 31), None) == date(2026, 4, 30)
    assert next_due(quarter, date(2026, 4, 30), None) == date(2026, 7, 31)


@given(DAYS, st.integers(0, 100))
def test_months_never_skip_a_month(on, months):
    moved = add_months(on, months)
    index = on.year * 12 + on.month + months
    assert moved.year * 12 + moved.month == index


@given(st.text())
def test_reminder_days_read_any_text(text):
    days = lead_days(text)
    assert days == sorted(set(days), reverse=True)
