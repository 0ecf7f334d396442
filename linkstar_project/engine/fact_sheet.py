"""Daily figures out of a spreadsheet, through a mapping of its headers. Pure."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from .tabular import RowError, Table, TableError, as_text, normalise

#: Exports often begin with a title and filters: the header is searched in them.
HEADER_SEARCH = 20
TOTAL_WORDS = {"total", "totals", "sum", "summary", "合计", "总计", "汇总"}
NO_VALUE = {"", "-", "--", "n/a", "na", "null", "none", "/", "—"}
DATE_PARTS = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTH_NAME = re.compile(r"(?:(\d{1,2})\W+)?([a-z]{3})[a-z]*\W+(?:(\d{1,2})\W+)?(\d{4})")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)\Z")


@dataclass(frozen=True)
class Layout:
    """How to read one kind of export.

    ``fields``: ``{"date" | "store" | "sku" | "agent" | "currency": [header, …]}``;
    ``metrics``: ``{code: [header, …]}``; ``factors``: ``{code: number}`` a value is
    multiplied with; ``day_order``: ``ymd``, ``dmy`` or ``mdy`` where a date does not
    say itself; ``decimal``: ``.`` or ``,``.
    """

    fields: dict
    metrics: dict
    factors: dict = field(default_factory=dict)
    day_order: str = "ymd"
    decimal: str = "."

    def synonyms(self):
        """Headers by field and metric, as ``Table.mapped`` takes them."""
        return {name: words for name, words in self.fields.items() if words} | {
            f"metric:{code}": words for code, words in self.metrics.items()
        }


@dataclass(frozen=True)
class Figure:
    """One figure of the sheet; ``row`` counts as the spreadsheet does."""

    row: int
    day: date
    store: str
    sku: str
    agent: str
    currency: str
    metric: str
    value: float

    @property
    def key(self):
        """What makes it the same figure."""
        return self.day, self.store, self.sku, self.agent, self.metric


@dataclass
class Sheet:
    """What was read: figures, faults by row, and what was left out."""

    figures: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    unknown_headers: list = field(default_factory=list)
    skipped_rows: int = 0

    def totals(self):
        """Control totals: ``{code: (number of figures, sum)}``."""
        totals = defaultdict(lambda: [0, 0.0])
        for figure in self.figures:
            totals[figure.metric][0] += 1
            totals[figure.metric][1] += figure.value
        return {code: tuple(pair) for code, pair in sorted(totals.items())}

    def days(self):
        """First and last day, or None."""
        days = [figure.day for figure in self.figures]
        return (min(days), max(days)) if days else None


def fit(table, layout):
    """How many headers of the sheet a layout knows; 0 without date or figures.

    >>> layout = Layout({"date": ["Date"]}, {"gmv": ["Sales"]})
    >>> fit(Table(["Date", "Sales (SGD)", "Other"]), layout)
    2
    """
    try:
        columns, _unknown = locate(table, layout)[0].mapped(layout.synonyms())
    except TableError:
        return 0
    return len(columns)


def locate(table, layout):
    """The table that begins at its real header, and how many rows came before.

    :raise TableError: ``no_header`` if no row has a date and a known figure
    """
    candidates = [(0, table.headers)]
    candidates += [
        (index + 1, [as_text(value) for value in values])
        for index, (_number, values) in enumerate(table.rows[:HEADER_SEARCH])
    ]
    for skip, headers in candidates:
        try:
            columns, _unknown = Table(headers).mapped(layout.synonyms())
        except TableError:
            continue
        if "date" in columns and any(name.startswith("metric:") for name in columns):
            return Table(headers, table.rows[skip:]), skip
    # A doubled header deserves its own message.
    table.mapped(layout.synonyms())
    raise TableError("no_header", ", ".join(filter(None, table.headers))[:200])


def read_sheet(table, layout):
    """Read every figure; faulty rows are listed, not raised.

    :return: Sheet
    :raise TableError: if the sheet as a whole does not fit the layout
    """
    table, _skip = locate(table, layout)
    columns, unknown = table.mapped(layout.synonyms())
    sheet, seen = Sheet(unknown_headers=unknown), {}
    for number, record in table.records(columns):
        if normalise(as_text(record["date"])) in TOTAL_WORDS:
            sheet.skipped_rows += 1
            continue
        try:
            day = read_date(record["date"], layout.day_order)
        except ValueError:
            text = as_text(record["date"])
            sheet.errors.append(RowError(number, "date", "date", text[:50]))
            continue
        _read_figures(sheet, seen, number, day, record, layout)
    return sheet


def _read_figures(sheet, seen, number, day, record, layout):
    where = [as_text(record.get(name)) for name in ("store", "sku", "agent")]
    currency = as_text(record.get("currency")).upper()
    for code in layout.metrics:
        cell = record.get(f"metric:{code}")
        if as_text(cell).casefold() in NO_VALUE:
            continue
        try:
            value = read_number(cell, layout.decimal) * layout.factors.get(code, 1.0)
        except ValueError:
            error = RowError(number, code, "number", as_text(cell)[:50])
            sheet.errors.append(error)
            continue
        figure = Figure(number, day, *where, currency, code, value)
        before = seen.setdefault(figure.key, figure)
        if before is figure:
            sheet.figures.append(figure)
        elif before.value != value:
            sheet.errors.append(RowError(number, code, "double", str(before.row)))


def read_number(cell, decimal="."):
    """A cell as a number, with thousands signs, currency signs and percent.

    >>> read_number("S$1,234.50"), read_number("Rp1.234.567", ",")
    (1234.5, 1234567.0)
    >>> read_number("12,5 %", ","), read_number("(3.5)"), read_number("1.2万")
    (12.5, -3.5, 12000.0)
    """
    if isinstance(cell, bool):
        raise ValueError("number")
    if isinstance(cell, int | float):
        return float(cell)
    text = re.sub(r"\s", "", as_text(cell))
    factor = 1.0
    if text.startswith("(") and text.endswith(")"):
        text, factor = text[1:-1], -1.0
    if text.endswith(("万", "萬")):
        text, factor = text[:-1], factor * 10_000
    # Signs of currencies and units stand before or after, never inside.
    text = re.sub(r"^(-?)[^\d.,+-]+", r"\1", text)
    text = re.sub(r"[^\d.,]+$", "", text)
    thousands = "," if decimal == "." else "."
    groups = re.fullmatch(
        rf"[+-]?\d{{1,3}}(?:\{thousands}\d{{2,3}})*(?:\{decimal}\d*)?", text
    )
    if thousands in text and not groups:
        raise ValueError("number")
    text = text.replace(thousands, "").replace(decimal, ".")
    if not NUMBER.match(text) or len(text) > 40:
        raise ValueError("number")
    return float(text) * factor


def read_date(cell, order="ymd"):
    """A cell as a day.

    >>> read_date("2026/3/1"), read_date("20260301") == read_date("2026年3月1日")
    (datetime.date(2026, 3, 1), True)
    >>> read_date("01-03-2026", "dmy") == read_date("Mar 1, 2026")
    True
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = as_text(cell).casefold()
    if re.fullmatch(r"20\d{6}", text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    named = MONTH_NAME.fullmatch(text)
    if named and named[2] in MONTHS and (named[1] or named[3]):
        return date(
            int(named[4]), MONTHS.index(named[2]) + 1, int(named[1] or named[3])
        )
    text = re.split(r"[ t](?=\d{1,2}:)", text)[0].rstrip("日")
    parts = DATE_PARTS.fullmatch(text)
    if not parts:
        raise ValueError("date")
    first, second, third = (int(part) for part in parts.groups())
    if first > 31 or order == "ymd":
        return date(first, second, third)
    if order == "dmy":
        return date(third, second, first)
    return date(third, first, second)
