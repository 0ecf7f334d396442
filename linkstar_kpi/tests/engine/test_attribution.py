"""Shares: people and "unassigned" always sum to the shop."""

import math
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_kpi.engine.attribution import (
    GROUP,
    STORE,
    Exclusion,
    Holdings,
    Segment,
    narrow,
    on_days,
    parts_of,
    resolve,
    share_days,
)

MAY = date(2026, 5, 1), date(2026, 5, 31)
ROLE = 1


def day(number):
    """A day of May."""
    return date(2026, 5, number)


def held(employee, first=1, last=31, share=1.0, listing=None, rank=STORE):
    """Somebody's share of store 1."""
    return Segment(employee, ROLE, 1, listing, day(first), day(last), share, rank)


def figure(employee, segments, facts, exclusions=()):
    """Sum of weight × facts for one person; facts by (listing, day)."""
    holdings = Holdings(resolve(segments), exclusions)
    total = 0.0
    for part in parts_of(holdings.of(employee, ROLE, MAY), holdings):
        for (listing, when), value in facts.items():
            if listing == part.listing and part.date_from <= when <= part.date_to:
                total += part.weight * value
    return total


def every_day(value, listing=None):
    """The same figure on every day of May."""
    return {(listing, day(number)): value for number in range(1, 32)}


def test_share_changes_within_the_month():
    segments = [
        held(1, 1, 10, 0.6),
        held(2, 1, 10, 0.4),
        held(1, 11, 31, 0.5),
        held(2, 11, 31, 0.5),
    ]
    facts = every_day(100.0)
    assert math.isclose(figure(1, segments, facts), 600 + 1050)
    assert math.isclose(figure(2, segments, facts), 400 + 1050)


def test_the_listing_goes_to_its_own_holder():
    segments = [held(1), held(2, listing=7, first=11)]
    facts = every_day(100.0) | every_day(30.0, listing=7)
    assert figure(1, segments, facts) == 3100 - 21 * 30
    assert figure(2, segments, facts) == 21 * 30


def test_a_store_member_goes_before_the_group():
    segments = [held(1, rank=GROUP), held(2, 11, 20)]
    facts = every_day(100.0)
    assert figure(1, segments, facts) == 2100
    assert figure(2, segments, facts) == 1000


def test_groups_together_never_give_more_than_the_store():
    segments = [held(1, rank=GROUP), held(2, rank=GROUP)]
    facts = every_day(100.0)
    assert figure(1, segments, facts) == 1550


def test_excluded_days_leave_and_shrink_the_target_alike():
    segments = [held(1)]
    gone = [Exclusion(1, None, day(1), day(10))]
    assert figure(1, segments, every_day(100.0), gone) == 2100
    holdings = Holdings(resolve(segments), gone)
    total, counted = share_days(holdings.of(1, ROLE, MAY), holdings)
    assert counted / total == 21 / 31


def test_whoever_caused_it_is_not_spared():
    gone = [Exclusion(1, None, day(1), day(10), caused_by=1)]
    segments = [held(1, share=0.5), held(2, share=0.5)]
    facts = every_day(100.0)
    assert figure(1, segments, facts, gone) == 1550
    assert figure(2, segments, facts, gone) == 1050


def test_an_excluded_listing_leaves_the_stores_pot():
    gone = [Exclusion(1, 7, day(1), day(10))]
    facts = every_day(100.0) | every_day(30.0, listing=7)
    assert figure(1, [held(1, share=0.5)], facts, gone) == 0.5 * (3100 - 300)


@st.composite
def memberships(draw):
    """Some memberships whose shares are within 100 % by construction."""
    rows = []
    for employee in range(1, draw(st.integers(1, 4)) + 1):
        first = draw(st.integers(1, 31))
        rows.append(
            held(
                employee,
                first,
                draw(st.integers(first, 31)),
                draw(st.sampled_from([0.1, 0.2, 0.25])),
                draw(st.sampled_from([None, None, 7, 8])),
                draw(st.sampled_from([STORE, GROUP])),
            )
        )
    return rows


FACTS = st.lists(st.integers(-50, 500), min_size=31, max_size=31)


@given(memberships(), FACTS, FACTS)
def test_people_and_unassigned_sum_to_the_store(rows, store_days, listing_days):
    facts = {(None, day(n)): float(v) for n, v in enumerate(store_days, 1)}
    facts |= {(7, day(n)): float(v) for n, v in enumerate(listing_days, 1)}
    assigned = sum(figure(employee, rows, facts) for employee in range(1, 5))
    resolved = resolve(rows)
    unassigned = 0.0
    for when, value in ((d, v) for (listing, d), v in facts.items() if not listing):
        carved = 0.0
        for listing in (7, 8):
            shares = [
                s.share
                for s in resolved
                if s.listing == listing and s.date_from <= when <= s.date_to
            ]
            if shares:
                own = facts.get((listing, when), 0.0)
                carved += own
                unassigned += own * (1 - sum(shares))
        shares = [
            s.share
            for s in resolved
            if not s.listing and s.date_from <= when <= s.date_to
        ]
        unassigned += (value - carved) * (1 - sum(shares))
    assert math.isclose(assigned + unassigned, sum(store_days), abs_tol=1e-6)


@given(memberships())
def test_resolved_shares_stay_within_the_whole(rows):
    for number in range(31):
        when = MAY[0] + timedelta(days=number)
        for listing in (None, 7, 8):
            total = sum(
                s.share
                for s in resolve(rows)
                if s.listing == listing and s.date_from <= when <= s.date_to
            )
            assert total <= 1 + 1e-9


@given(
    st.lists(st.integers(0, 500), min_size=3, max_size=3),
    st.sets(st.sampled_from([7, 8, 9])),
    st.integers(1, 31),
)
def test_categories_that_cover_a_store_sum_to_it(values, chosen, first):
    """Two categories that share out all listings share out the store's figure."""
    holdings = Holdings(resolve([held(1, share=0.5), held(2, first=first, listing=8)]))
    facts = {}
    for listing, value in zip((7, 8, 9), values, strict=True):
        facts |= every_day(value, listing)

    def total(listings):
        own = narrow(holdings.of(1, ROLE, MAY), {1: listings}, holdings)
        return sum(
            part.weight * value
            for part in parts_of(own, holdings)
            for (listing, when), value in facts.items()
            if listing == part.listing and part.date_from <= when <= part.date_to
        )

    rest = {7, 8, 9} - chosen
    expected = 0.5 * (31 * (values[0] + values[2]) + (first - 1) * values[1])
    assert math.isclose(total(chosen) + total(rest), expected)


@given(st.sets(st.integers(1, 31)))
def test_shifts_share_out_the_days(days):
    spans_of = [(day(number), day(number)) for number in sorted(days)]
    rest = [(day(n), day(n)) for n in range(1, 32) if n not in days]
    cut = on_days([held(1)], spans_of) + on_days([held(1)], rest)
    assert sum((s.date_to - s.date_from).days + 1 for s in cut) == 31
