"""Forecasts: arithmetic of the pace, and moves that keep their promise."""

import doctest
import math
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.linkstar_kpi.engine import forecast
from odoo.addons.linkstar_kpi.engine.forecast import Course
from odoo.addons.linkstar_kpi.engine.outcomes import Late, Measured, NotApplicable
from odoo.addons.linkstar_kpi.engine.scoring import Rule, score_card

SALES = Rule(weight=60, floor=0, target=3000, stretch=6000)
ACOS = Rule(weight=40, floor=30, target=20, stretch=10)


@st.composite
def courses(draw):
    """A line of either kind, somewhere in a month."""
    total = draw(st.integers(1, 92))
    target = draw(st.floats(1, 1e6).map(lambda x: round(x, 2)))
    lower = draw(st.booleans())
    rule = Rule(
        weight=draw(st.integers(1, 100)),
        floor=target * 2 if lower else 0.0,
        target=target,
        stretch=target / 2 if lower else target * 2,
    )
    value = draw(st.floats(0, 2e6).map(lambda x: round(x, 2)))
    return Course(
        rule,
        draw(st.sampled_from([Measured(value), Late(), NotApplicable()])),
        draw(st.booleans()),
        draw(st.integers(0, total)),
        total,
    )


CARDS = st.dictionaries(st.integers(0, 9), courses(), min_size=1, max_size=6)


def test_a_third_of_the_month_at_target_pace_ends_on_target():
    course = Course(SALES, Measured(1000.0), True, 10, 30)
    assert forecast.expected(course).value == 3000.0
    assert forecast.points_expected(course) == 100.0


def test_a_ratio_stays_and_its_denominator_grows():
    rule = replace(ACOS, min_denominator=50)
    course = Course(rule, Measured(25.0, 20.0), False, 10, 30)
    then = forecast.expected(course)
    assert (then.value, then.denominator) == (25.0, 60.0)
    assert forecast.points_expected(course) == 50.0


def test_what_moves_it_most_comes_first_with_what_each_day_must_bring():
    lines = {
        "gmv": Course(SALES, Measured(500.0), True, 10, 30),
        "acos": Course(ACOS, Measured(25.0), False, 10, 30),
    }
    # GMV heads for 1,500 = 50 points × 60 % = 30; ACoS 25 = 50 × 40 % = 20.
    assert forecast.card(lines).score == 50.0
    first, second = forecast.moves(lines)
    assert (first.key, first.gain, first.missing) == ("gmv", 30.0, 1500.0)
    assert first.per_day == 2500 / 20
    assert (second.key, second.gain, second.per_day) == ("acos", 20.0, None)


def test_what_is_late_moves_nothing_and_is_no_zero():
    lines = {
        "gmv": Course(SALES, Measured(1000.0), True, 10, 30),
        "acos": Course(ACOS, Late(), False, 10, 30),
    }
    assert forecast.card(lines).score == 100.0
    assert forecast.moves(lines) == []


@given(courses())
def test_once_all_days_are_in_the_forecast_is_the_figure(course):
    over = replace(course, elapsed=course.total)
    assert forecast.expected(over) == over.outcome


@given(CARDS)
def test_the_forecast_of_a_finished_period_is_the_score(lines):
    over = {key: replace(item, elapsed=item.total) for key, item in lines.items()}
    plain = score_card({key: (item.rule, item.outcome) for key, item in over.items()})
    assert forecast.card(over) == plain


@given(courses(), st.floats(1.0, 1e6))
def test_more_so_far_never_forecasts_less(course, more):
    assume(isinstance(course.outcome, Measured))
    better = replace(course, outcome=Measured(course.outcome.value + more))
    assert forecast.expected(better).value > forecast.expected(course).value


@given(CARDS)
def test_every_move_gains_what_it_says(lines):
    before = forecast.card(lines).score
    gains = [move.gain for move in forecast.moves(lines)]
    assert gains == sorted(gains, reverse=True)
    for move in forecast.moves(lines):
        item = lines[move.key]
        done = {**lines, move.key: forecast._at_target(item)}
        after = forecast.card(done).score
        assert math.isclose(after - before, move.gain, abs_tol=0.011)
        assert 0 < move.gain <= 100


@given(courses())
def test_the_days_left_at_the_named_rate_reach_the_target(course):
    assume(isinstance(course.outcome, Measured))
    for move in forecast.moves({"a": course}):
        if move.per_day:
            left = course.total - course.elapsed
            end = course.outcome.value + move.per_day * left
            assert math.isclose(end, course.rule.target, rel_tol=1e-9)


def test_examples_in_the_documentation_hold():
    failed, tried = doctest.testmod(forecast)
    assert tried and not failed
