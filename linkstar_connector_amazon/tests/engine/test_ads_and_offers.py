"""Advertising rows, offers, promotions, trends and reconciliation."""

import json
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_connector_amazon.engine import (
    ads,
    offers,
    promotions,
    reconcile,
    trends,
)
from odoo.addons.linkstar_connector_amazon.engine.reconcile import Side

COUNTS = st.integers(0, 1000)


@st.composite
def report_rows(draw):
    """Rows of a report of one kind, keys repeated now and then."""
    kind = draw(st.sampled_from(sorted(ads.KINDS)))
    known = ads.KINDS[kind]
    return known, [
        {
            "date": f"2026-03-0{draw(st.integers(1, 3))}",
            "campaignId": draw(st.sampled_from([1, 2])),
            "adGroupId": draw(st.sampled_from([7, 8])),
            "searchTerm": draw(st.sampled_from(["mug", "cup"])),
            known.sku or "unused": draw(st.sampled_from(["X", "Y"])),
            "impressions": draw(COUNTS),
            "clicks": draw(COUNTS),
            "cost": draw(COUNTS) / 100,
            known.sales: draw(COUNTS) / 100,
            known.orders: draw(COUNTS),
        }
        for _row in range(draw(st.integers(0, 25)))
    ]


@given(report_rows())
def test_rows_have_one_key_each_and_lose_nothing(case):
    known, entries = case
    rows = ads.figure_rows(entries, known)
    keys = [tuple(row[name] for name in ads.KEY) for row in rows]
    assert len(set(keys)) == len(keys)
    columns = {"cost": "cost", "sales": known.sales, "orders": known.orders}
    for ours, theirs in columns.items():
        assert sum(row[ours] for row in rows) == pytest.approx(
            sum(entry[theirs] for entry in entries)
        )


@given(report_rows())
def test_money_spent_in_vain_is_a_part_of_all_money_spent(case):
    known, entries = case
    rows = ads.figure_rows(entries, known)
    spent = defaultdict(float)
    for row in rows:
        spent[row["day"]] += row["cost"]
    for day, value in ads.wasted(rows).items():
        assert 0 <= value <= spent[day] + 1e-9


def test_every_kind_asks_for_the_columns_its_rows_are_made_of():
    for kind in ads.KINDS.values():
        assert {"date", "cost", kind.sales, kind.orders} <= set(kind.columns)
        assert len(set(kind.columns)) == len(kind.columns)
        assert (kind.grain == ads.PRODUCT) == bool(kind.sku)


@given(
    st.lists(st.sampled_from(["CAMPAIGN_OUT_OF_BUDGET", "CAMPAIGN_PAUSED"])),
    st.one_of(st.none(), st.floats(0, 1e6)),
)
def test_a_campaign_has_run_dry_when_amazon_says_so(reasons, budget):
    entry = {"campaignId": 5, "status": {"deliveryReasons": reasons}}
    if budget is not None:
        money = {"monetaryBudget": {"value": budget}}
        entry["budgets"] = [
            {
                "recurrenceTimePeriod": "DAILY",
                "budgetValue": {"monetaryBudgetValue": money},
            }
        ]
    row = ads.campaign_row(entry)
    assert row["is_out_of_budget"] == ("CAMPAIGN_OUT_OF_BUDGET" in reasons)
    assert row["budget"] == (budget or 0)


@given(
    st.lists(st.tuples(COUNTS, COUNTS), max_size=15),
    st.floats(1, 100),
    st.integers(1, 7),
)
def test_acos_stays_over_its_target_only_if_each_day_is_over_it(days, target, needed):
    holds, recovered = trends.over_for_days(days, target, needed)
    assert not (holds and recovered)
    told = [trends.acos(*day) for day in days]
    told = [value for value in told if value is not None]
    if holds:
        assert all(value > target for value in told[-needed:])
    if recovered:
        assert told[-1] <= target


@given(*[st.tuples(COUNTS, COUNTS)] * 2, st.floats(1.1, 10))
def test_a_spike_of_returns_is_never_also_over(recent, base, factor):
    holds, recovered = trends.return_spike(recent, base, factor)
    assert not (holds and recovered)
    if holds:
        assert recent[0] >= trends.FEWEST_RETURNS
        # More sold with as many returns is no worse.
        more = (recent[0], recent[1] * 100)
        assert not trends.return_spike(more, base, factor)[0] or recent[0] > recent[1]


@given(st.booleans(), st.booleans(), st.booleans(), st.one_of(st.none(), st.booleans()))
def test_a_buy_box_is_lost_only_by_what_had_it_and_can_sell(had, stock, open_, owned):
    lost, back = offers.buy_box(owned, had, stock, open_)
    assert not (lost and back)
    assert back == bool(owned)
    if lost:
        assert had and stock and open_ and not owned


def test_products_that_amazon_does_not_know_are_left_out():
    found = offers.featured_offers(
        [
            {"status": "ClientError", "SellerSKU": "X"},
            {"status": "Success", "SellerSKU": "Y", "Product": {}},
        ]
    )
    assert [(one.sku, one.owned) for one in found] == [("Y", None)]


@given(st.integers(-30, 30), st.integers(0, 30), st.sampled_from(["", "CANCELED"]))
def test_a_promotion_starts_soon_once_it_is_near_and_not_cancelled(
    days, notice, status
):
    now = datetime(2026, 3, 2, 12)
    soon = promotions.is_starting(now + timedelta(days=days), status, now, notice)
    assert soon == (0 < days <= notice and not status)


def test_promotions_and_coupons_of_one_id_are_kept_once():
    coupon = {
        "couponId": "1",
        "marketplaceId": "A",
        "startDateTime": "2026-03-02T00:00:00Z",
        "endDateTime": "2026-03-09T00:00:00Z",
        "redemptions": 3,
        "asins": [{"asin": "B2"}, {"asin": "B1"}, {"asin": "B2"}],
    }
    found = promotions.coupon_rows(json.dumps({"coupons": [coupon, coupon]}))
    (row,) = found["A"]
    assert (row["units_sold"], row["asins"]) == (3, "B1 B2")


SIDES = st.builds(
    Side, st.integers(0, 300), st.integers(0, 10**6).map(lambda n: n / 100)
)


@given(SIDES, SIDES, st.floats(0, 20), st.integers(0, 5), st.booleans())
def test_only_what_agrees_is_called_equal(ours, theirs, tolerance, pending, read):
    code = reconcile.explain(ours, theirs, tolerance, pending, read)
    assert (code == reconcile.EQUAL) == reconcile.within(ours, theirs, tolerance)
    if code == reconcile.PENDING:
        assert pending and ours.gmv < theirs.gmv
    if code == reconcile.NOT_READ:
        assert not read


@given(SIDES, st.integers(1, 50))
def test_orders_moved_to_the_next_day_explain_both_days(side, moved):
    price = 10.0
    theirs = Side(side.orders + moved, side.gmv + moved * price)
    before = Side(theirs.orders - moved, theirs.gmv - moved * price)
    after = Side(theirs.orders + moved, theirs.gmv + moved * price)
    for one, other in ((before, after), (after, before)):
        if reconcile.within(one, theirs, 1.0):
            continue
        code = reconcile.explain(one, theirs, 1.0, neighbours=[(other, theirs)])
        assert code == reconcile.SHIFTED


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    st.integers(1, 400),
    st.integers(1, 400),
    st.sampled_from(sorted(ads.KEEPS)),
)
def test_reports_cover_what_amazon_keeps_in_stretches_it_allows(
    today, back, length, product
):
    first = today - timedelta(days=back)
    last = min(first + timedelta(days=length), today - timedelta(days=1))
    found = ads.report_windows(first, last, product, today)
    covered = [
        one + timedelta(days=n)
        for one, other in found
        for n in range((other - one).days + 1)
    ]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    kept = [day for day in days if (today - day).days <= ads.KEEPS[product]]
    assert sorted(covered) == kept
    assert all((other - one).days < 31 for one, other in found)
    assert found == sorted(found, reverse=True)
