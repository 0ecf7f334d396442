"""Reminders come at the hour of the reader's own clock, never in quiet hours."""

import doctest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import reminder_steps
from odoo.addons.linkstar_project.engine.reminder_steps import (
    NO_QUIET,
    QuietHours,
    Step,
    due_steps,
    send_at,
    to_local,
)

ZONES = st.sampled_from(
    [
        "Asia/Shanghai",
        "Europe/Berlin",
        "America/Los_Angeles",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Asia/Kathmandu",
        "UTC",
    ]
)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
HALF_HOURS = st.integers(0, 47).map(lambda n: n / 2)
# People rest at night or at noon, and never longer than half a day.
QUIET = st.builds(
    lambda start, length: QuietHours(start, (start + length) % 24),
    HALF_HOURS,
    st.integers(0, 24).map(lambda n: n / 2),
)
OFFSETS = st.integers(-240, 240)


def hour_of(moment, tz):
    local = to_local(moment, tz)
    return local.hour + local.minute / 60


def test_examples_in_the_documentation_hold():
    assert doctest.testmod(reminder_steps).failed == 0


@given(INSTANTS, OFFSETS, ZONES, QUIET)
def test_nobody_is_disturbed_in_quiet_hours(deadline, offset, tz, quiet):
    moment = send_at(deadline, Step("s", offset), tz, quiet)
    assert not quiet.covers(hour_of(moment, tz))


@given(INSTANTS, OFFSETS, ZONES, QUIET, HALF_HOURS)
def test_fixed_hours_give_way_to_quiet_hours_too(deadline, offset, tz, quiet, hour):
    moment = send_at(deadline, Step("s", offset, hour), tz, quiet)
    assert not quiet.covers(hour_of(moment, tz))


@given(INSTANTS, st.integers(-240, -1), ZONES, QUIET)
def test_a_warning_never_comes_after_its_deadline(deadline, offset, tz, quiet):
    assert send_at(deadline, Step("s", offset), tz, quiet) <= deadline


@given(INSTANTS, OFFSETS, ZONES)
def test_without_quiet_hours_the_distance_is_exact(deadline, offset, tz):
    moment = send_at(deadline, Step("s", offset), tz, NO_QUIET)
    assert moment - deadline == timedelta(hours=offset)


@given(INSTANTS, st.integers(-5, 5), ZONES, st.integers(4, 22))
def test_a_fixed_hour_is_an_hour_of_the_readers_clock(deadline, days, tz, hour):
    """Clocks change between midnight and four: outside of it, the hour is exact."""
    moment = send_at(deadline, Step("s", days * 24, hour), tz, NO_QUIET)
    local = to_local(moment, tz)
    assert (local.hour, local.minute) == (hour, 0)
    assert (local.date() - to_local(deadline, tz).date()).days == days


@given(INSTANTS, st.lists(OFFSETS, max_size=5, unique=True), ZONES, QUIET)
def test_a_scheduler_that_runs_hourly_finds_each_step(deadline, offsets, tz, quiet):
    steps = [Step(offset, offset) for offset in offsets]
    moments = {step.key: send_at(deadline, step, tz, quiet) for step in steps}
    for key, moment in moments.items():
        now = moment + timedelta(minutes=59)
        found = {step.key for step, _at in due_steps(deadline, steps, tz, quiet, now)}
        missed_deadline = key < 0 and now > deadline
        assert key in found or missed_deadline


@given(INSTANTS, OFFSETS, ZONES, QUIET)
def test_an_old_step_is_not_told_any_more(deadline, offset, tz, quiet):
    step = Step("s", offset)
    late = send_at(deadline, step, tz, quiet) + timedelta(hours=37)
    assert due_steps(deadline, [step], tz, quiet, late) == []


def test_tomorrows_key_nodes_are_told_this_evening():
    deadline = datetime(2026, 11, 27, 4, 0)  # noon in Shanghai
    moment = send_at(deadline, Step("eve", -24, 18), "Asia/Shanghai")
    assert to_local(moment, "Asia/Shanghai").isoformat() == "2026-11-26T18:00:00+08:00"


def test_the_night_of_the_clock_change_keeps_the_morning_hour():
    """Berlin, 29 March 2026: 02:00 becomes 03:00; nine o'clock stays nine."""
    deadline = datetime(2026, 3, 29, 12, 0)
    moment = send_at(deadline, Step("morning", -1, 9), "Europe/Berlin")
    assert moment == datetime(2026, 3, 29, 7, 0)


def test_both_sides_of_the_date_line_get_their_own_evening():
    deadline = datetime(2026, 6, 1, 11, 0)
    east = send_at(deadline, Step("eve", -24, 18), "Pacific/Kiritimati")
    west = send_at(deadline, Step("eve", -24, 18), "Pacific/Pago_Pago")
    assert to_local(east, "Pacific/Kiritimati").hour == 18
    assert to_local(west, "Pacific/Pago_Pago").hour == 18
    # Kiritimati's day is already 2 June, so its evening before is 1 June.
    assert east == datetime(2026, 6, 1, 4, 0)
    assert west == datetime(2026, 6, 1, 5, 0)


def test_an_unknown_time_zone_falls_back_to_utc():
    deadline = datetime(2026, 6, 1, 12, 0)
    assert send_at(deadline, Step("s", -2), "Mars/Olympus") == datetime(2026, 6, 1, 10)
