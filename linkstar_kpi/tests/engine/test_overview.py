"""Properties of what dashboards, calendars and old sheets are read by."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_kpi.engine import freshness, overview, past_sheet
from odoo.addons.linkstar_kpi.engine import period as calendar

SCORES = st.lists(st.floats(0, 200, allow_nan=False), max_size=60)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(SCORES)
def test_every_score_is_in_one_band(scores):
    bands = overview.distribution(scores)
    assert sum(count for _lower, _upper, count in bands) == len(scores)
    for lower, upper, count in bands:
        inside = [s for s in scores if s >= lower and (upper is None or s < upper)]
        assert len(inside) == count


@given(SCORES)
def test_leaders_are_on_target_and_best_first(scores):
    by_key = dict(enumerate(scores))
    found = [by_key[key] for key in overview.leaders(by_key)]
    assert found == sorted(found, reverse=True)
    assert all(score >= overview.GOOD for score in found)
    good = sum(score >= overview.GOOD for score in scores)
    assert len(found) == min(good, overview.SHOWN)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6), st.floats(0, 120))))
def test_a_bottleneck_holds_somebody_back(cells):
    for item in overview.bottlenecks(cells):
        points = [p for _row, column, p in cells if column == item["key"]]
        assert item["count"] == len(points)
        assert 0 < item["weak"] == sum(p < overview.WEAK for p in points)


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 100))))
def test_a_weighted_mean_lies_between_its_values(pairs):
    result = overview.weighted(pairs)
    values = [value for value, _weight in pairs]
    if not values:
        assert result is None
    else:
        assert min(values) - 0.01 <= result <= max(values) + 0.01


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=20))
def test_the_same_scores_have_the_same_order(pairs):
    same = overview.same_order((old, old) for old, _new in pairs)
    assert same in (None, 100.0)
    turned = overview.same_order((old, -old) for old, _new in pairs)
    assert turned in (None, 0.0)


@given(DAYS, st.integers(0, 800), st.integers(0, 60))
def test_figures_settle_after_the_period_and_are_expected_before_today(
    day, hours, settled
):
    assert freshness.settled_day(day, settled) > day
    assert freshness.expected_day(day, hours) < day
    if hours:
        assert freshness.expected_day(day, hours) < freshness.expected_day(day, 0)


@given(DAYS, st.sampled_from(calendar.KINDS))
def test_a_period_reads_back_from_its_own_name(day, kind):
    first, last = calendar.bounds(kind, day)
    assert past_sheet.parse_period(calendar.code(kind, day)) == (kind, first)
    assert first <= day <= last


@given(DAYS)
def test_periods_of_a_kind_follow_each_other_without_gaps(day):
    for kind in calendar.KINDS:
        last = calendar.bounds(kind, day)[1]
        assert calendar.bounds(kind, last + timedelta(days=1))[0] > last


@pytest.mark.parametrize("text", ["2025-13", "2025-W54", "2025-Q5", "", "soon", "25-1"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError):
        past_sheet.parse_period(text)
