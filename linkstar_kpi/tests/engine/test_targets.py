"""Targets: proposals follow history, children sum to parents, rates reach the end."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.linkstar_kpi.engine import period as calendar
from odoo.addons.linkstar_kpi.engine import targets

FIGURE = st.floats(0, 1e7, allow_nan=False)
HISTORY = st.lists(st.none() | FIGURE, max_size=40)
KIND = st.sampled_from(["week", "month", "quarter"])


@given(st.floats(0, 1e8), st.lists(st.floats(0, 1e4), min_size=1, max_size=30))
def test_parts_sum_to_the_total_to_the_cent(total, weights):
    parts = targets.split(total, weights)
    assert round(sum(round(part * 100) for part in parts)) == round(total * 100)
    assert targets.gap(round(total, 2), parts, tolerance=0.02) == 0.0


@given(st.integers(0, 10**6), st.lists(st.integers(1, 100), min_size=2, max_size=10))
def test_who_weighs_more_never_gets_less(total, weights):
    parts = targets.split(total, weights, digits=0)
    ranked = sorted(zip(weights, parts, strict=True))
    for (light, less), (heavy, more) in zip(ranked, ranked[1:], strict=False):
        assert light == heavy or less <= more
    whole = sum(weights)
    for weight, part in zip(weights, parts, strict=True):
        assert abs(part - total * weight / whole) <= 1


def test_negative_weights_are_refused():
    with pytest.raises(ValueError):
        targets.split(10, [1, -1])


@given(st.sampled_from(targets.METHODS), HISTORY, KIND, st.integers(1, 24))
def test_a_proposal_is_finite_or_honestly_missing(method, history, kind, look_back):
    value = targets.propose(method, history, kind, look_back)
    assert value is None or (math.isfinite(value) and value >= 0)
    if not any(figure is not None for figure in history):
        assert value is None


@given(st.sampled_from(targets.METHODS), HISTORY, KIND, st.floats(0.5, 2))
def test_the_factor_scales_every_method(method, history, kind, factor):
    plain = targets.propose(method, history, kind)
    scaled = targets.propose(method, history, kind, factor=factor)
    assert (plain is None) == (scaled is None)
    if plain is not None:
        assert math.isclose(scaled, plain * factor, rel_tol=1e-6, abs_tol=1e-3)


@given(FIGURE, st.integers(1, 30), KIND)
def test_a_flat_history_proposes_itself(figure, count, kind):
    history = [figure] * count
    for method in ("last", "median", "growth"):
        assert math.isclose(
            targets.propose(method, history, kind), figure, rel_tol=1e-6, abs_tol=1e-3
        )


@given(st.lists(FIGURE, min_size=2, max_size=12))
def test_growth_never_runs_away(history):
    value = targets.propose("growth", history)
    assert value <= history[-1] * targets.MOST_GROWTH + 1e-3
    assert value >= history[-1] * targets.LEAST_GROWTH - 1e-3


def test_the_season_follows_the_year_before():
    year = [100.0] * 10 + [300.0, 400.0]
    grown = [value * 1.2 for value in year[:10]]
    assert targets.propose("season", year + grown, "month", 3) == pytest.approx(360)


def test_a_season_needs_a_year():
    assert targets.propose("season", [1.0] * 11, "month") is None


@given(
    st.floats(1, 1e6),
    st.floats(0, 2e6),
    st.integers(0, 400),
    st.integers(0, 400),
)
def test_the_daily_rate_reaches_the_target_on_the_last_day(
    value, reached, passed, ahead
):
    today = date(2026, 1, 1) + timedelta(days=passed)
    end = today + timedelta(days=ahead)
    rate = calendar.daily_run_rate(value, reached, today, end)
    assert rate >= 0
    assert reached + rate * (ahead + 1) >= value - 1e-6 * value
    if reached >= value:
        assert rate == 0


@given(st.floats(1, 1e6), st.floats(0, 1), st.integers(1, 200))
def test_waiting_never_lowers_the_daily_rate(value, share, days):
    assume(days > 1)
    today = date(2026, 3, 1)
    end = today + timedelta(days=days)
    now = calendar.daily_run_rate(value, value * share, today, end)
    later = calendar.daily_run_rate(
        value, value * share, today + timedelta(days=1), end
    )
    assert later >= now


def test_no_day_left_has_no_rate():
    assert calendar.daily_run_rate(9, 1, date(2026, 2, 2), date(2026, 2, 1)) is None


@given(st.floats(0.01, 1e6), st.floats(0, 2), st.integers(-40, 90))
def test_shares_of_days_lie_between_none_and_all(value, share, offset):
    start, end = date(2026, 6, 1), date(2026, 6, 30)
    today = start + timedelta(days=offset)
    reached, passed = targets.track(value, value * share, start, today, end)
    assert 0 <= passed <= 1
    assert math.isclose(reached, share, abs_tol=1e-9)
