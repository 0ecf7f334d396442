"""Chinese public holidays: what is built in, and what people enter."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine.holidays import (
    ANNOUNCED,
    STATUTORY,
    BadLine,
    built_in,
    like_weekday,
    parse,
)


@pytest.mark.parametrize("year", [*ANNOUNCED, *STATUTORY])
def test_worked_days_are_weekends_next_to_their_holiday(year):
    holidays, workdays = parse(built_in(year)[0])
    by_name = {holiday.name: holiday for holiday in holidays}
    assert len(holidays) == 7 == len(by_name)
    for workday in workdays:
        assert workday.day.weekday() >= 5
        holiday = by_name[workday.name]
        assert (
            timedelta(0)
            < max(holiday.first - workday.day, workday.day - holiday.last)
            < timedelta(days=15)
        )


def test_2026_as_announced():
    holidays, workdays = parse(built_in(2026)[0])
    off = {day for holiday in holidays for day in holiday.days}
    assert len(off) == 33
    assert date(2026, 2, 23) in off and date(2026, 10, 8) not in off
    assert [w.day for w in workdays] == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("2026-01-01 元旦\nspring", 2, "date"),
        ("2026-02-30 春节", 1, "date"),
        ("2026-05-05 2026-05-01 劳动节", 1, "order"),
        ("2026-01-01 2026-12-31 all year", 1, "long"),
        ("2026-05-01 2026-05-05 off\n2026-05-04 work off", 2, "both"),
    ],
)
def test_a_useless_line_is_named(text, number, code):
    with pytest.raises(BadLine) as caught:
        parse(text)
    assert (caught.value.number, caught.value.code) == (number, code)


def test_forms_people_paste():
    holidays, workdays = parse(
        "2028/1/1 2028.1.3 New Year # three days\n\n2028年1月8日 上班 New Year"
    )
    assert [(h.first.day, h.last.day) for h in holidays] == [(1, 3)]
    assert workdays[0].day == date(2028, 1, 8)


@given(st.dates(), st.frozensets(st.integers(0, 6), min_size=1))
def test_a_worked_day_has_the_hours_of_a_working_weekday(day, workweek):
    assert like_weekday(day, workweek) in workweek


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        parse(text)
    except BadLine as error:
        assert error.number >= 1
