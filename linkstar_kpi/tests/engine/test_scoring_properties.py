"""What holds for every rule, value and card."""

import math

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.linkstar_kpi.engine import proration, scoring
from odoo.addons.linkstar_kpi.engine.outcomes import Late, Measured, NotApplicable
from odoo.addons.linkstar_kpi.engine.scoring import Rule, score_card

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))
GAPS = st.floats(0.01, 1e5).map(lambda x: round(x, 2))


@st.composite
def piecewise_rules(draw):
    """A rule in either direction, with or without a stretch."""
    target, below, above = draw(NUMBERS), draw(GAPS), draw(GAPS)
    sign = draw(st.sampled_from([1, -1]))
    stretch = draw(st.sampled_from([None, target + sign * above]))
    return Rule(
        weight=draw(st.integers(1, 100)),
        floor=target - sign * below,
        target=target,
        stretch=stretch,
    )


def better(rule, value, amount):
    """The value moved in the good direction."""
    return value + amount if rule.target > rule.floor else value - amount


@given(piecewise_rules(), NUMBERS, GAPS)
def test_doing_better_never_scores_less(rule, value, amount):
    worse = scoring.piecewise(value, rule)
    assert scoring.piecewise(better(rule, value, amount), rule) >= worse - 1e-9


@given(piecewise_rules(), NUMBERS)
def test_points_stay_between_floor_and_stretch(rule, value):
    points = scoring.piecewise(value, rule)
    top = rule.points_target if rule.stretch is None else rule.points_stretch
    assert rule.points_floor <= points <= top


@given(piecewise_rules())
def test_the_knots_give_their_points_exactly(rule):
    assert scoring.piecewise(rule.floor, rule) == rule.points_floor
    assert scoring.piecewise(rule.target, rule) == rule.points_target
    if rule.stretch is not None:
        assert scoring.piecewise(rule.stretch, rule) == rule.points_stretch


OUTCOMES = st.one_of(NUMBERS.map(Measured), st.just(Late()), st.just(NotApplicable()))
CARDS = st.dictionaries(
    st.integers(0, 20), st.tuples(piecewise_rules(), OUTCOMES), min_size=1, max_size=8
)


@given(CARDS)
def test_weights_that_count_sum_to_100(lines):
    card = score_card(lines)
    weights = [line.weight for line in card.lines.values() if line.state == "scored"]
    assert not weights or math.isclose(sum(weights), 100.0)


@given(CARDS)
def test_score_lies_within_the_lines_points(lines):
    card = score_card(lines)
    points = [line.points for line in card.lines.values() if line.state == "scored"]
    assume(points)
    slack = 0.005 * len(points) + 1e-9
    assert min(points) - slack <= card.score <= max(points) + slack


@given(CARDS)
def test_lines_sum_to_the_score(lines):
    card = score_card(lines)
    assume(card.score is not None)
    shown = sum(line.contribution for line in card.lines.values())
    assert math.isclose(shown, card.score, abs_tol=1e-6)


@given(CARDS)
def test_a_line_not_applicable_changes_nothing_for_the_others(lines):
    assume(all(isinstance(o, Measured) for _rule, o in lines.values()))
    more = lines | {99: (Rule(weight=50, floor=0, target=1), NotApplicable())}
    assert score_card(more).score == score_card(lines).score


@given(CARDS)
def test_only_late_figures_and_errors_hold_up_a_card(lines):
    late = any(isinstance(outcome, Late) for _rule, outcome in lines.values())
    assert score_card(lines).final is not late


@given(piecewise_rules(), st.floats(0.05, 1.0), st.floats(0, 1e6))
def test_prorating_target_and_figure_alike_keeps_the_points(rule, fraction, value):
    assume(abs(rule.target - rule.floor) * fraction > 1e-3)
    shrunk = proration.shrink(rule, fraction)
    before = scoring.piecewise(value, rule)
    assert math.isclose(
        scoring.piecewise(value * fraction, shrunk), before, abs_tol=0.01
    )


@given(st.floats(-1e9, 1e9))
def test_rounding_moves_by_half_a_cent_at_most(value):
    assert abs(scoring.half_up(value) - value) <= 0.005 + abs(value) * 1e-12
