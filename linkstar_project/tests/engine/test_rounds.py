"""A round belongs to one local day: no gap, no overlap, whatever the clock does."""

import doctest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import rounds
from odoo.addons.linkstar_project.engine.reminder_steps import to_local

ZONES = st.sampled_from(
    [
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/Los_Angeles",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "UTC",
    ]
)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1))
DAILY = rounds.Cadence("daily")


def test_doctests():
    assert doctest.testmod(rounds).failed == 0


@given(INSTANTS, ZONES)
def test_now_lies_within_the_window_of_its_local_day(now, tz):
    window = rounds.window(now, tz, DAILY)
    assert window.opens_at <= now < window.closes_at
    assert window.day == to_local(now, tz).date()
    hours = (window.closes_at - window.opens_at) / timedelta(hours=1)
    assert 23 <= hours <= 25


@given(INSTANTS, ZONES)
def test_days_follow_one_another_without_gap(now, tz):
    today = rounds.window(now, tz, DAILY)
    tomorrow = rounds.window(today.closes_at, tz, DAILY)
    assert tomorrow.opens_at == today.closes_at
    assert tomorrow.day == today.day + timedelta(days=1)


@given(INSTANTS, ZONES, st.integers(0, 6))
def test_a_weekly_round_comes_on_one_day_of_seven(now, tz, weekday):
    cadence = rounds.Cadence("weekly", weekday=weekday)
    found = [
        window
        for days in range(7)
        if (window := rounds.window(now + timedelta(days=days), tz, cadence))
    ]
    # A clock change near midnight may show one local day twice within seven times
    # 24 hours, or skip it; never a day that is not the round's.
    assert all(window.day.weekday() == weekday for window in found)
    assert len({window.day for window in found}) <= 1


@given(INSTANTS, ZONES)
def test_workdays_only_leaves_weekends_free(now, tz):
    window = rounds.window(now, tz, rounds.Cadence("daily", weekends=False))
    assert bool(window) == (to_local(now, tz).weekday() < 5)


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_rate_is_none_or_a_percentage(done, extra):
    value = rounds.rate(done, done + extra)
    assert (value is None) == (done + extra == 0)
    assert value is None or 0 <= value <= 100
