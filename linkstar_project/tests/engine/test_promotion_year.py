"""Rolling the promotion calendar forward by a year."""

import doctest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import promotion_year
from odoo.addons.linkstar_project.engine.promotion_year import roll, thanksgiving

DAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))
MOVING = st.sampled_from(["prime_day", "prime_autumn", "spring_deal", "other"])
SAME_DAY = st.sampled_from(["double_9", "double_11", "christmas"])


@given(DAYS, MOVING)
def test_a_moving_promotion_keeps_its_weekday_and_is_a_guess(day, code):
    rolled, exact = roll(code, {"date_from": day}, day.year + 1)
    new = rolled["date_from"]
    assert not exact
    assert (new.year, new.weekday()) == (day.year + 1, day.weekday())
    assert abs((new - day).days - 364) <= 7


@given(DAYS, SAME_DAY)
def test_a_fixed_promotion_keeps_its_day_exactly(day, code):
    rolled, exact = roll(code, {"date_from": day}, day.year + 1)
    new = rolled["date_from"]
    assert exact
    assert (new.month, min(new.day, 28)) == (day.month, min(day.day, 28))
    assert new.year == day.year + 1


@given(
    st.integers(2020, 2090), st.sampled_from([("black_friday", 4), ("cyber_monday", 0)])
)
def test_the_days_after_thanksgiving_are_computed(year, kind):
    code, weekday = kind
    day = thanksgiving(year) + timedelta(1 if weekday else 4)
    rolled, exact = roll(code, {"date_from": day}, year + 1)
    assert exact
    assert rolled["date_from"].weekday() == weekday
    assert 0 < (rolled["date_from"] - thanksgiving(year + 1)).days < 5


def test_black_friday_and_cyber_monday_of_known_years():
    for code, day, expected in (
        ("black_friday", date(2027, 11, 26), date(2028, 11, 24)),
        ("cyber_monday", date(2027, 11, 29), date(2028, 11, 27)),
        ("cyber_monday", date(2026, 11, 30), date(2027, 11, 29)),
    ):
        rolled, _exact = roll(code, {"date_from": day}, day.year + 1)
        assert rolled["date_from"] == expected


@given(DAYS, st.one_of(MOVING, SAME_DAY), st.integers(1, 90), st.integers(0, 20))
def test_the_other_dates_keep_their_distance(day, code, before, length):
    dates = {
        "deal_deadline": day - timedelta(before),
        "date_from": day,
        "date_to": day + timedelta(length),
        "encore_date": None,
    }
    rolled, _exact = roll(code, dates, day.year + 1)
    assert rolled["encore_date"] is None
    assert (rolled["date_from"] - rolled["deal_deadline"]).days == before
    assert (rolled["date_to"] - rolled["date_from"]).days == length


def test_examples():
    assert doctest.testmod(promotion_year).failed == 0
