"""Scores worked out by hand, one row each; the engine has to agree."""

import doctest

import pytest

from odoo.addons.linkstar_kpi.engine import (
    attribution,
    bonus,
    ladder,
    outcomes,
    period,
    proration,
    scoring,
    spans,
)
from odoo.addons.linkstar_kpi.engine.outcomes import (
    Faulty,
    Late,
    Measured,
    NotApplicable,
)
from odoo.addons.linkstar_kpi.engine.scoring import Rule, score_card, score_line

SALES = Rule(floor=80, target=100, stretch=120)
ACOS = Rule(floor=30, target=20, stretch=15)
PROFIT = Rule(floor=-5000, target=0, stretch=10000)
OVERDUE = Rule(floor=8, target=0)
GROWTH = Rule(floor=-10, target=-2, stretch=5)
GRADED = Rule(floor=60, target=85, stretch=100, points_floor=60)
STEPS = Rule("steps", bands=((None, 0), (90, 60), (95, 100), (99, 110)))
DEFECTS = Rule("steps", bands=((None, 100), (0.5, 60), (1, 0)))
COVER = Rule("range", outer_low=10, range_low=30, range_high=60, outer_high=90)
HARD = Rule("range", range_low=95, range_high=105)
DONE = Rule("binary", target=95)
CLEAN = Rule("binary", target=0, lower_is_better=True)
FINES = Rule("deduction", points_each=20)
ALLOWED = Rule("deduction", points_each=10, target=2)
LEAD = Rule("bonus_item", points_each=2, cap=5)
LIFT = Rule("bonus_item", points_each=1, cap=10, target=5)

# rule, value, points
POINTS = [
    # Higher is better: floor 80 → 0, target 100 → 100, stretch 120 → 120.
    (SALES, 0, 0),
    (SALES, 79.99, 0),
    (SALES, 80, 0),
    (SALES, 85, 25),
    (SALES, 90, 50),
    (SALES, 99, 95),
    (SALES, 100, 100),
    (SALES, 101, 101),
    (SALES, 110, 110),
    (SALES, 120, 120),
    (SALES, 1000, 120),
    (SALES, -50, 0),
    # Lower is better: floor 30 → 0, target 20 → 100, stretch 15 → 120.
    (ACOS, 45, 0),
    (ACOS, 30, 0),
    (ACOS, 27.5, 25),
    (ACOS, 25, 50),
    (ACOS, 20, 100),
    (ACOS, 18, 108),
    (ACOS, 15, 120),
    (ACOS, 0, 120),
    # A target of zero, losses below it.
    (PROFIT, -9000, 0),
    (PROFIT, -5000, 0),
    (PROFIT, -2500, 50),
    (PROFIT, 0, 100),
    (PROFIT, 5000, 110),
    (PROFIT, 10000, 120),
    # Lower is better down to zero, no stretch.
    (OVERDUE, 8, 0),
    (OVERDUE, 4, 50),
    (OVERDUE, 0, 100),
    # A negative target.
    (GROWTH, -10, 0),
    (GROWTH, -6, 50),
    (GROWTH, -2, 100),
    (GROWTH, 1.5, 110),
    # 60 points at the floor.
    (GRADED, 50, 60),
    (GRADED, 72.5, 80),
    (GRADED, 100, 120),
    # Half-open steps: the bound belongs to the upper band.
    (STEPS, 89.99, 0),
    (STEPS, 90, 60),
    (STEPS, 94.99, 60),
    (STEPS, 95, 100),
    (STEPS, 99, 110),
    (DEFECTS, 0.2, 100),
    (DEFECTS, 0.5, 60),
    (DEFECTS, 1, 0),
    # In range, falling to nothing on both sides.
    (COVER, 10, 0),
    (COVER, 20, 50),
    (COVER, 30, 100),
    (COVER, 60, 100),
    (COVER, 75, 50),
    (COVER, 120, 0),
    (HARD, 94.9, 0),
    (HARD, 95, 100),
    (HARD, 105.1, 0),
    # Met or not.
    (DONE, 94.99, 0),
    (DONE, 95, 100),
    (CLEAN, 0, 100),
    (CLEAN, 1, 0),
    # Deductions.
    (FINES, 0, 100),
    (FINES, 3, 40),
    (FINES, 7, 0),
    (ALLOWED, 2, 100),
    (ALLOWED, 5, 70),
    # Bonus items.
    (LEAD, 2, 4),
    (LEAD, 9, 5),
    (LIFT, 4, 0),
    (LIFT, 8, 3),
    (LIFT, 40, 10),
    # A cap below the stretch.
    (Rule(floor=0, target=100, stretch=200, cap=110), 180, 110),
]


@pytest.mark.parametrize(("rule", "value", "points"), POINTS)
def test_points_of_a_value(rule, value, points):
    assert score_line(rule, Measured(value)).points == pytest.approx(points)


def line(weight, value, **rule):
    """A line from 0 to 100 points over 0 to 100, with a weight."""
    outcome = value if not isinstance(value, int | float) else Measured(value)
    return Rule(weight=weight, floor=0, target=100, **rule), outcome


# lines, expected score, final
CARDS = [
    ({"a": line(100, 80)}, 80.0, True),
    ({"a": line(60, 80), "b": line(40, 50)}, 68.0, True),
    ({"a": line(33.33, 100), "b": line(33.33, 100), "c": line(33.34, 100)}, 100, True),
    # Not applicable: 60 and 20 become 75 and 25 per cent.
    ({"a": line(60, 80), "b": line(20, 40), "c": line(20, NotApplicable())}, 70, True),
    # A true zero counts.
    ({"a": line(50, 80), "b": line(50, 0)}, 40.0, True),
    # Late: provisional on the rest, never as zero.
    ({"a": line(50, 80), "b": line(50, Late())}, 80.0, False),
    ({"a": line(50, 80), "b": line(50, Faulty())}, 80.0, False),
    ({"a": line(50, NotApplicable()), "b": line(50, NotApplicable())}, None, True),
    ({"a": line(100, Late())}, None, False),
    # Too small a sample: full points, or shared out.
    (
        {
            "a": line(50, 40),
            "b": line(50, Measured(0, denominator=3), min_denominator=5),
        },
        70.0,
        True,
    ),
    (
        {
            "a": line(50, 40),
            "b": line(
                50,
                Measured(0, denominator=3),
                min_denominator=5,
                small_sample="drop",
            ),
        },
        40.0,
        True,
    ),
    # Bonus items on top, capped together at 10.
    ({"a": line(100, 80), "x": (LEAD, Measured(9))}, 85.0, True),
    (
        {"a": line(100, 80), "x": (LEAD, Measured(9)), "y": (LIFT, Measured(40))},
        90.0,
        True,
    ),
    ({"a": line(100, 80), "x": (LEAD, NotApplicable())}, 80.0, True),
]


@pytest.mark.parametrize(("lines", "score", "final"), CARDS)
def test_score_of_a_card(lines, score, final):
    card = score_card(lines)
    assert card.score == score
    assert card.final is final


def test_shown_lines_sum_to_the_shown_score():
    weights = (33.33, 33.33, 33.34)
    lines = {number: line(weight, 77.7) for number, weight in enumerate(weights)}
    card = score_card(lines)
    shown = sum(entry.contribution for entry in card.lines.values())
    assert round(shown, 2) == card.score


def test_veto_waits_for_a_person_then_limits_the_score():
    veto = Rule("veto", target=50)
    lines = {"a": line(100, 95), "v": (veto, Measured(0))}
    proposed = score_card(lines)
    assert (proposed.score, proposed.vetoes, proposed.vetoed) == (95.0, ("v",), False)
    confirmed = score_card(lines, confirmed_vetoes=("v",), veto_limit=40)
    assert confirmed.score == 40.0
    lines["v"] = (veto, Measured(100))
    assert score_card(lines, confirmed_vetoes=("v",)).score == 95.0


PROBLEMS = [
    (Rule(floor=1, target=1), "floor_equals_target"),
    (Rule(floor=80, target=100, stretch=90), "stretch_wrong_side"),
    (Rule(floor=30, target=20, stretch=25), "stretch_wrong_side"),
    (Rule(target=5), "needs_target"),
    (Rule("steps"), "needs_bands"),
    (Rule("steps", bands=((0, 1), (5, 2))), "bands_order"),
    (Rule("steps", bands=((None, 1), (5, 2), (5, 3))), "bands_order"),
    (Rule("range"), "needs_range"),
    (Rule("range", outer_low=5, range_low=1, range_high=9), "range_order"),
    (Rule("deduction"), "needs_points"),
    (Rule("bonus_item", points_each=1), "needs_cap"),
    (Rule("binary"), "needs_target"),
    (Rule(floor=0, target=1, weight=101), "weight_range"),
]


@pytest.mark.parametrize(("rule", "problem"), PROBLEMS)
def test_rules_that_cannot_score_say_why(rule, problem):
    assert scoring.problems(rule) == [problem]


@pytest.mark.parametrize("rule", [SALES, ACOS, PROFIT, STEPS, COVER, DONE, FINES, LEAD])
def test_sound_rules_have_no_problem(rule):
    assert scoring.problems(rule) == []


@pytest.mark.parametrize(
    "module",
    [attribution, bonus, ladder, outcomes, period, proration, scoring, spans],
)
def test_examples_in_the_documentation_hold(module):
    failed, tried = doctest.testmod(module)
    assert not failed
    assert tried or module is attribution
