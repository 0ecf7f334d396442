"""Calendar periods with their odd ones, and pay worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_kpi.engine import bonus, period
from odoo.addons.linkstar_kpi.engine.bonus import Gate, Plan, compute

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
KINDS = st.sampled_from(period.KINDS)


@given(KINDS, DAYS)
def test_periods_tile_the_calendar(kind, day):
    first, last = period.bounds(kind, day)
    assert first <= day <= last
    assert period.bounds(kind, last + timedelta(days=1))[0] == last + timedelta(days=1)
    assert period.shifted(kind, day, 1) == last + timedelta(days=1)
    assert period.code(kind, first) == period.code(kind, last)


def test_week_53_and_february_of_a_leap_year():
    assert period.code("week", date(2027, 1, 3)) == "2026-W53"
    assert period.code("week", date(2027, 1, 4)) == "2027-W01"
    assert period.bounds("month", date(2028, 2, 1))[1] == date(2028, 2, 29)
    assert period.settles_on(date(2026, 5, 31), [7, 45]) == date(2026, 7, 16)


TIERS = ((D(0), D("0.015")), (D(10000), D("0.02")), (D(30000), D("0.025")))

# base, mode, score, expected amount
PAY = [
    (0, "marginal", 100, "0.00"),
    (-500, "marginal", 100, "0.00"),
    (10000, "marginal", 100, "150.00"),
    (20000, "marginal", 100, "350.00"),
    (40000, "marginal", 100, "800.00"),
    (10000, "whole", 100, "200.00"),
    (9999.99, "whole", 100, "150.00"),
    (40000, "whole", 100, "1000.00"),
    (40000, "marginal", 80, "640.00"),
    (40000, "marginal", None, "0"),
]


@pytest.mark.parametrize(("base", "mode", "score", "amount"), PAY)
def test_commission_by_tiers_and_score(base, mode, score, amount):
    result = compute(Plan(tiers=TIERS, mode=mode), base, score)
    assert result.amount == D(amount)


def test_bands_gate_cap_and_holdback():
    plan = Plan(
        tiers=TIERS,
        coefficients=((D(0), D(0)), (D(60), D("0.8")), (D(90), D("1.2"))),
        cap=D(700),
        holdback=D("0.1"),
    )
    assert compute(plan, 40000, 59).amount == 0
    assert compute(plan, 40000, 60).amount == D("640.00")
    capped = compute(plan, 40000, 95)
    assert (capped.gross, capped.amount, capped.capped) == (D("960.00"), D(700), True)
    assert (capped.held_back, capped.payable) == (D("70.00"), D("630.00"))
    refused = compute(plan, 40000, 95, gates=[Gate("margin", False)])
    assert (refused.amount, refused.failed_gates) == (D(0), ("margin",))


@given(
    st.decimals(0, 10**7, places=2),
    st.decimals(0, 10**5, places=2),
    st.sampled_from(["marginal", "whole"]),
)
def test_more_sales_never_earn_less(base, more, mode):
    before = bonus.commission(base, TIERS, mode)
    assert bonus.commission(base + more, TIERS, mode) >= before


@given(
    st.decimals(0, 10**7, places=2), st.integers(0, 120), st.decimals(0, 1, places=3)
)
def test_payable_and_held_back_are_the_amount(base, score, holdback):
    result = compute(Plan(tiers=TIERS, holdback=holdback), base, score)
    assert result.payable + result.held_back == result.amount


def test_settled_figures_owe_the_difference():
    assert bonus.difference(D("640.00"), 800.0) == D("-160.00")


PLAN_PROBLEMS = [
    (Plan(tiers=((D(5), D("0.1")),)), "tiers_start"),
    (Plan(tiers=((D(0), D("0.1")), (D(0), D("0.2")))), "tiers_order"),
    (Plan(tiers=((D(0), D(2)),)), "tier_rate"),
    (Plan(fixed=D(1), coefficients=((D(1), D(1)), (D(1), D(2)))), "coefficient_order"),
    (Plan(fixed=D(1), holdback=D(2)), "holdback_range"),
    (Plan(fixed=D(1), cap=D(0)), "cap_range"),
    (Plan(), "nothing_to_pay"),
]


@pytest.mark.parametrize(("plan", "problem"), PLAN_PROBLEMS)
def test_plans_that_cannot_pay_say_why(plan, problem):
    assert bonus.problems(plan) == [problem]
