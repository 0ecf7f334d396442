"""Reading daily figures: headers, dates, numbers, faults."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import fact_sheet, tabular

LAYOUT = fact_sheet.Layout(
    fields={"date": ["Date", "日期"], "store": ["Store"], "agent": ["Agent"]},
    metrics={"gmv": ["Sales", "销售额"], "orders": ["Orders"]},
    factors={"orders": 2.0},
)


def _read(text, layout=LAYOUT):
    return fact_sheet.read_sheet(tabular.read_table(text.encode(), "x.csv"), layout)


def test_figures_days_and_control_totals():
    sheet = _read("Date,Sales (SGD),Orders\n2026-03-01,10.5,1\n2026-03-02,2,\n")
    assert sheet.totals() == {"gmv": (2, 12.5), "orders": (1, 2.0)}
    assert sheet.days() == (date(2026, 3, 1), date(2026, 3, 2))
    assert not sheet.errors


def test_title_rows_before_the_header_are_passed_over():
    sheet = _read("Shop report\nPeriod,2026-03\n\n日期,销售额\n2026/3/1,5\n")
    assert [(f.row, f.value) for f in sheet.figures] == [(5, 5.0)]


def test_empty_cells_are_missing_and_totals_are_left_out():
    sheet = _read("Date,Sales\n2026-03-01,-\n2026-03-02,0\nTotal,99\n")
    assert [f.value for f in sheet.figures] == [0.0]
    assert sheet.skipped_rows == 1


def test_faults_name_row_and_cell_and_leave_the_rest():
    sheet = _read("Date,Sales\n2026-13-01,1\n2026-03-01,abc\n2026-03-02,3\n")
    assert [(e.row, e.code, e.value) for e in sheet.errors] == [
        (2, "date", "2026-13-01"),
        (3, "number", "abc"),
    ]
    assert len(sheet.figures) == 1


def test_two_values_for_one_figure_are_a_fault_the_same_value_is_not():
    sheet = _read("Date,Sales\n2026-03-01,1\n2026-03-01,2\n2026-03-01,1\n")
    assert [(e.row, e.code, e.value) for e in sheet.errors] == [(3, "double", "2")]
    assert len(sheet.figures) == 1


def test_sheet_without_known_columns_is_refused_with_its_headers():
    with pytest.raises(tabular.TableError) as caught:
        _read("A,B\n1,2\n")
    assert (caught.value.code, caught.value.detail) == ("no_header", "A, B")


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1,234,567.8", ".", 1234567.8),
        ("1.234.567,8", ",", 1234567.8),
        ("US$12", ".", 12.0),
        ("-¥3.5", ".", -3.5),
        ("3.5元", ".", 3.5),
        ("12%", ".", 12.0),
        ("1,23,456", ".", 123456.0),
    ],
)
def test_numbers_of_many_countries(text, decimal, value):
    assert fact_sheet.read_number(text, decimal) == value


@pytest.mark.parametrize("text", ["", "1.2.3", "1,2", "abc", "1e5x3", "--5", "nan"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        fact_sheet.read_number(text)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-03-01", "dmy", date(2026, 3, 1)),
        ("01/03/2026", "dmy", date(2026, 3, 1)),
        ("03/01/2026", "mdy", date(2026, 3, 1)),
        ("1 Mar 2026", "ymd", date(2026, 3, 1)),
        ("March 1, 2026", "ymd", date(2026, 3, 1)),
        ("2026-03-01 10:00:00", "ymd", date(2026, 3, 1)),
        ("2026年3月1日", "mdy", date(2026, 3, 1)),
    ],
)
def test_dates_of_many_countries(text, order, expected):
    assert fact_sheet.read_date(text, order) == expected


@given(st.text(max_size=40), st.sampled_from([".", ","]))
def test_any_cell_is_read_or_refused(text, decimal):
    for read in (
        lambda: fact_sheet.read_number(text, decimal),
        lambda: fact_sheet.read_date(text, "dmy"),
    ):
        with suppress(ValueError):
            read()
