"""Reading spreadsheets that people hand in: caps first, then headers, then rows.

No ORM: the callers give the meaning of columns. Files are refused before they are
parsed when they are too big or would expand too far, because parsing is where a
hostile file does its harm.
"""

import csv
import io
import math
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Limits:
    """What one file may cost."""

    size: int = 10 * 1024 * 1024
    expanded: int = 100 * 1024 * 1024
    ratio: int = 200
    rows: int = 20_000
    columns: int = 100
    cell: int = 10_000


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row; ``row`` counts as the spreadsheet does (from 1)."""

    row: int
    column: str
    code: str
    value: str = ""


class TableError(ValueError):
    """The file as a whole cannot be read; ``code`` says why.

    Codes: ``empty``, ``too_big``, ``expands``, ``too_many_rows``,
    ``too_many_columns``, ``long_cell``, ``not_a_table``, ``encoding``,
    ``no_header``, ``double_header``.
    """

    def __init__(self, code, detail=""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass
class Table:
    """Headers as written, and rows as lists of plain values.

    ``rows`` holds ``(row number, values)``; values are str, int, float, bool,
    date, datetime or None.
    """

    headers: list
    rows: list = field(default_factory=list)

    def mapped(self, synonyms):
        """Return ``(columns, unknown)``: index by field, and headers not known.

        :param synonyms: ``{field: [header, …]}``; case, width, spaces and
            punctuation of headers do not matter
        :raise TableError: two headers mean the same field
        """
        known = {
            normalise(word): name
            for name, words in synonyms.items()
            for word in (name, *words)
        }
        columns, unknown = {}, []
        for index, header in enumerate(self.headers):
            name = known.get(normalise(header))
            if name is None:
                if header:
                    unknown.append(header)
            elif name in columns:
                raise TableError("double_header", header)
            else:
                columns[name] = index
        return columns, unknown

    def records(self, columns):
        """Yield ``(row number, {field: value})`` for rows that are not empty."""
        for number, values in self.rows:
            record = {
                name: values[index] if index < len(values) else None
                for name, index in columns.items()
            }
            if any(value not in (None, "") for value in values):
                yield number, record


def normalise(text):
    """Fold a header: case, width, spaces and punctuation do not matter.

    >>> normalise(" Start Date* ") == normalise("start_date")
    True
    >>> normalise("开始日期（必填）")
    '开始日期'
    """
    folded = unicodedata.normalize("NFKC", str(text or "")).casefold()
    folded = re.sub(r"\([^)]*\)", "", folded)
    return re.sub(r"[\W_]+", "", folded)


def read_table(data, filename="", limits=None):
    """Read the first sheet of an xlsx file, or a csv file.

    :param data: bytes of the file
    :param filename: only for telling csv from xlsx when the content does not
    :param limits: Limits
    :return: Table; the first row that is not empty holds the headers
    :raise TableError: with a code that the caller puts into words
    """
    limits = limits or Limits()
    if not data:
        raise TableError("empty")
    if len(data) > limits.size:
        raise TableError("too_big", str(limits.size))
    if data[:4] == b"PK\x03\x04":
        source = _xlsx_rows(data, limits)
    elif filename.lower().endswith((".xls", ".xlsx", ".ods")) or b"\x00" in data[:1000]:
        raise TableError("not_a_table")
    else:
        source = _csv_rows(data)
    return _build(source, limits)


def _build(source, limits):
    table = None
    for number, values in source:
        values = _trim(values)
        if len(values) > limits.columns:
            raise TableError("too_many_columns", str(limits.columns))
        if any(isinstance(v, str) and len(v) > limits.cell for v in values):
            raise TableError("long_cell", str(number))
        if table is None:
            if values:
                table = Table([str(v or "").strip() for v in values])
            continue
        if not values:
            continue
        if len(table.rows) >= limits.rows:
            raise TableError("too_many_rows", str(limits.rows))
        table.rows.append((number, values))
    if table is None:
        raise TableError("no_header")
    return table


def _trim(values):
    cleaned = [v.strip() if isinstance(v, str) else v for v in values]
    while cleaned and cleaned[-1] in (None, ""):
        cleaned.pop()
    return cleaned


def _csv_rows(data):
    text = _decode(data)
    sample = text[:10_000]
    try:
        dialect = csv.Sniffer().sniff(sample, delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        # The sniffer reads quotes wrongly at times: only its delimiter counts.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
        for values in reader:
            yield reader.line_num, values
    except csv.Error:
        raise TableError("not_a_table") from None


def _decode(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codecs = ("utf-16",)
    else:
        # Excel in China saves csv in GB 18030.
        codecs = ("utf-8-sig", "gb18030")
    for codec in codecs:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise TableError("encoding")


def _xlsx_rows(data, limits):
    _check_expansion(data, limits)
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        sheet = book.worksheets[0]
        # The sheet's own size may lie; the walk below is bounded instead.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True, max_col=limits.columns + 1)
        for number, values in enumerate(rows, 1):
            if number > limits.rows * 2 + 1000:
                raise TableError("too_many_rows", str(limits.rows))
            yield number, [_plain(value) for value in values]
    except TableError:
        raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        EOFError,
        OSError,
    ):
        # openpyxl lets whatever its parsers raise on a damaged file pass.
        raise TableError("not_a_table") from None


def _check_expansion(data, limits):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise TableError("not_a_table") from None
    total = sum(info.file_size for info in infos)
    if (
        len(infos) > 10_000
        or total > limits.expanded
        or total > limits.ratio * max(len(data), 50_000)
    ):
        raise TableError("expands")


def _plain(value):
    if value is None or isinstance(value, str | bool | int | date | datetime):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return str(value)


# -- one cell ----------------------------------------------------------------------


def as_text(value):
    """Return a cell as text: 1001.0 from a spreadsheet is the SKU ``1001``.

    >>> as_text(1001), as_text(" A-1 "), as_text(None)
    ('1001', 'A-1', '')
    """
    if value is None:
        return ""
    return str(value).strip()


def as_number(value):
    """Return a cell as a finite float; raises ValueError.

    >>> as_number("1,234.5"), as_number("35%"), as_number(" 7 ")
    (1234.5, 35.0, 7.0)
    """
    if isinstance(value, bool):
        raise ValueError("number")
    if isinstance(value, int | float):
        number = float(value)
    else:
        text = unicodedata.normalize("NFKC", str(value or "")).strip().rstrip("%")
        if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?", text.strip()):
            raise ValueError("number")
        number = float(text.replace(",", ""))
    if not math.isfinite(number):
        raise ValueError("number")
    return number


_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def as_date(value):
    """Return a cell as a date; year first in texts; raises ValueError.

    >>> as_date("2026/3/1"), as_date("2026年3月1日") == as_date("2026-03-01")
    (datetime.date(2026, 3, 1), True)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = unicodedata.normalize("NFKC", str(value or "")).strip()
    match = _DATE.fullmatch(text.split(" ")[0].split("T")[0])
    if not match:
        raise ValueError("date")
    return date(*(int(part) for part in match.groups()))


_TRUE = {"1", "y", "yes", "true", "x", "✓", "√", "是", "主管"}
_FALSE = {"", "0", "n", "no", "false", "否", "-"}


def as_bool(value):
    """Return a cell as a boolean; an empty one is False; raises ValueError.

    >>> as_bool("是"), as_bool(None), as_bool("No")
    (True, False, False)
    """
    text = as_text(value).casefold()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError("boolean")
