"""Calibration describes groups; it ranks nobody and changes no score."""

import doctest
import random
from statistics import fmean, median

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_kpi.engine import calibration
from odoo.addons.linkstar_kpi.engine.calibration import Card, compare

POINTS = st.floats(0, 120).map(lambda x: round(x, 2))
CARDS = st.lists(
    st.builds(Card, st.integers(1, 4), POINTS, st.floats(-10, 10)),
    min_size=1,
    max_size=40,
)


def notes(cards):
    """Notes by group."""
    return {group.key: group.notes for group in compare(cards)[1]}


def test_a_lenient_reviewer_is_named_a_strict_one_too():
    cards = [Card("kind", 80, 5)] * 3 + [Card("hard", 80, -5)] * 3
    assert notes(cards) == {
        "kind": ("higher", "lenient", "narrow"),
        "hard": ("lower", "strict", "narrow"),
    }


def test_equal_groups_need_no_talk():
    cards = [Card(group, score) for group in "ab" for score in (70, 80, 90)]
    assert notes(cards) == {"a": (), "b": ()}


def test_a_group_of_two_shows_no_figures():
    (group,) = compare([Card("a", 10), Card("a", 90)])[1]
    assert (group.median, group.low, group.mean, group.notes) == (
        None,
        None,
        None,
        ("small",),
    )


@given(CARDS)
def test_groups_together_are_everybody(cards):
    whole, groups = compare(cards)
    assert sum(group.count for group in groups) == whole.count == len(cards)


@given(CARDS)
def test_figures_are_those_of_the_textbook(cards):
    whole, _groups = compare(cards)
    if len(cards) < calibration.LEAST_GROUP:
        assert whole.median is None
        return
    finals = [card.final for card in cards]
    assert abs(whole.median - median(finals)) < 1e-9
    assert abs(whole.mean - fmean(finals)) < 1e-9
    assert whole.low <= whole.median <= whole.high


@given(CARDS, st.randoms())
def test_order_does_not_matter(cards, chance: random.Random):
    mixed = list(cards)
    chance.shuffle(mixed)
    before, after = compare(cards), compare(mixed)
    assert [x.key for x in before[1]] == [x.key for x in after[1]]
    assert [x.count for x in before[1]] == [x.count for x in after[1]]


@given(st.lists(st.floats(-100, 200), min_size=1), st.floats(0, 1))
def test_a_quantile_lies_within(values, part):
    low, high = min(values), max(values)
    assert low - 1e-6 <= calibration.quantile(values, part) <= high + 1e-6


def test_examples_in_the_documentation_hold():
    failed, tried = doctest.testmod(calibration)
    assert tried and not failed
