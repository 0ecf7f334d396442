"""Workbooks written row by row: constant memory, text always text."""

import io
import re
from dataclasses import dataclass, field

import xlsxwriter

WIDEST = 60
#: Spreadsheets hold no longer text in a cell; more would leave the cell empty.
LONGEST = 32_767
#: Characters that XML, and so a spreadsheet, cannot hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass
class Sheet:
    """A sheet: headers, rows (any iterable of lists) and footing rows."""

    name: str
    headers: list
    rows: object
    footer: list = field(default_factory=list)


def workbook_bytes(sheets):
    """Write sheets to one XLSX file.

    Strings go in as strings whatever they begin with, so that no cell becomes
    a formula or a link.

    :param sheets: list of :class:`Sheet`
    :return: the file as bytes
    """
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        total = book.add_format({"bold": True, "top": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            _write_sheet(book, sheet, bold, total, day)
    return buffer.getvalue()


def _write_sheet(book, sheet, bold, total, day):
    page = book.add_worksheet(sheet_name(sheet.name))
    for column, header in enumerate(sheet.headers):
        page.set_column(column, column, min(max(len(header) * 2, 10), WIDEST))
    page.freeze_panes(1, 0)
    _write_row(page, 0, sheet.headers, bold, day)
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        _write_row(page, number, row, None, day)
    for offset, row in enumerate(sheet.footer, start=1):
        _write_row(page, number + offset, row, total, day)


def _write_row(page, number, row, style, day):
    for column, value in enumerate(row):
        if isinstance(value, bool) or value is None:
            page.write_string(number, column, "" if value is None else str(value))
        elif isinstance(value, int | float):
            page.write_number(number, column, value, style)
        elif hasattr(value, "isoformat"):
            page.write_datetime(number, column, value, day)
        elif hasattr(value, "as_tuple"):
            page.write_number(number, column, float(value), style)
        else:
            page.write_string(number, column, clean(value), style)


def clean(text):
    """Text as a cell can hold it.

    >>> clean("=A1" + chr(7)), len(clean("x" * 40_000))
    ('=A1', 32767)
    """
    return CONTROL.sub("", text)[:LONGEST]


def sheet_name(name):
    """A name that spreadsheets accept.

    >>> sheet_name("2026/02: [lines]")
    '2026 02   lines '
    """
    return "".join(" " if c in "[]:*?/\\" else c for c in name)[:31] or "Sheet"
