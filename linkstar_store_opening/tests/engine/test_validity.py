"""A document is judged for the day of its use."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_store_opening.engine.validity import Rule, judge

DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


def test_statement_good_today_is_expired_on_the_planned_day():
    rule = Rule("max_age_from_issue", max_age_days=90)
    issued = date(2026, 1, 10)
    assert judge(rule, issued, None, date(2026, 2, 1)).state == "valid"
    assert judge(rule, issued, None, date(2026, 4, 11)).state == "expired"


def test_last_day_is_still_good():
    rule = Rule("max_age_from_issue", max_age_days=90)
    assert judge(rule, date(2026, 1, 10), None, date(2026, 4, 10)).state == "expiring"


def test_licence_needs_sixty_days_left():
    rule = Rule("min_remaining_validity", min_remaining_days=60)
    ends = date(2026, 12, 31)
    assert judge(rule, None, ends, date(2026, 11, 1)).state == "expiring"
    assert judge(rule, None, ends, date(2026, 11, 2)).state == "expired"


def test_tax_form_serves_until_the_end_of_the_third_year():
    rule = Rule("end_of_third_calendar_year")
    verdict = judge(rule, date(2026, 5, 5), None, date(2029, 12, 31))
    assert verdict.good_until == date(2029, 12, 31)
    assert verdict.state == "expiring"


def test_missing_issue_date_is_said_not_guessed():
    rule = Rule("max_age_from_issue", max_age_days=90)
    assert judge(rule, None, None, date(2026, 1, 1)).code == "issue_date_missing"


@given(DAYS, st.integers(1, 400), DAYS)
def test_waiting_longer_never_makes_a_document_better(issued, age, use_on):
    rule = Rule("max_age_from_issue", max_age_days=age)
    order = ["valid", "expiring", "expired"]
    today = judge(rule, issued, None, use_on).state
    later = judge(rule, issued, None, use_on + timedelta(days=1)).state
    assert order.index(later) >= order.index(today)
