"""A brief is due once a local day, from its hour on, and never invents a zero."""

import doctest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import brief
from odoo.addons.linkstar_project.engine.reminder_steps import to_local

ZONES = st.sampled_from(
    [
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/Los_Angeles",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "UTC",
    ]
)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1))
HOURS = st.integers(0, 31).map(lambda n: n / 2)
VALUES = st.none() | st.floats(-1e9, 1e9)
DAYS = st.dates(datetime(2026, 1, 1).date(), datetime(2026, 2, 1).date())


def test_doctests():
    assert doctest.testmod(brief).failed == 0


@given(INSTANTS, ZONES, HOURS)
def test_every_day_has_its_brief_at_its_hour(now, tz, hour):
    day = to_local(now, tz).date()
    moment = brief.send_moment(day, tz, hour)
    assert brief.due_day(moment, tz, hour) == day
    assert brief.due_day(moment - timedelta(minutes=1), tz, hour) != day


@given(INSTANTS, ZONES, HOURS)
def test_a_due_day_is_the_local_one_and_fresh(now, tz, hour):
    day = brief.due_day(now, tz, hour)
    if day:
        moment = brief.send_moment(day, tz, hour)
        assert day == to_local(now, tz).date()
        assert timedelta(0) <= now - moment <= brief.LATEST


@given(INSTANTS, ZONES, HOURS)
def test_weekends_can_be_left_out(now, tz, hour):
    day = brief.due_day(now, tz, hour, weekends=False)
    assert day is None or day.weekday() < 5


@given(st.lists(st.tuples(DAYS, VALUES), unique_by=lambda row: row[0]), DAYS)
def test_the_last_reported_figure_counts(rows, day):
    date, value = brief.latest(rows, day)
    known = {d: v for d, v in rows if v is not None and d <= day}
    assert (date is None) == (not known)
    if known:
        assert date == max(known) and value == known[date]
        assert brief.age_days(date, day) >= 0


@given(VALUES, st.integers(0, 3))
def test_unknown_is_a_dash_and_known_is_a_number(value, decimals):
    said = brief.say_figure(value, decimals)
    assert (said == "–") == (value is None)
    if value is not None:
        assert abs(float(said.replace(",", "")) - value) <= 0.51 * 10**-decimals
