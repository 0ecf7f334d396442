"""The sheet of past scores: person × period × score, read to rows."""

import re
from dataclasses import dataclass, field
from datetime import date

from odoo.addons.linkstar_project.engine import sample_sheets, tabular

COLUMNS = {
    "person": ("employee", "name", "login", "员工", "姓名", "责任人", "人员"),
    "period": ("month", "quarter", "week", "考核周期", "周期", "月份", "季度"),
    "score": ("final score", "points", "得分", "分数", "绩效分", "最终得分"),
    "note": ("source", "remark", "备注", "来源", "说明"),
}
REQUIRED = ("person", "period", "score")
PERIOD = re.compile(
    r"(\d{4})\s*[-/.年]?\s*(?:(W|Q|第)?\s*(\d{1,2}))\s*([月周季]|季度)?"
)
HIGHEST = 1000.0
SAMPLE = "past_scores"
sample_sheets.SAMPLES[SAMPLE] = {
    "en": (
        "Past scores",
        ["Employee", "Period", "Score", "Note"],
        [
            ["li.wei@example.com", "2025-11", 87.5, "Spreadsheet of the old scheme"],
            ["li.wei@example.com", "2025-12", 91, ""],
            ["jonas@example.com", "2025-Q4", 78, ""],
        ],
    ),
    "zh": (
        "历史得分",
        ["员工", "考核周期", "得分", "备注"],
        [
            ["li.wei@example.com", "2025年11月", 87.5, "旧方案的表格"],
            ["li.wei@example.com", "2025-12", 91, ""],
            ["jonas@example.com", "2025-Q4", 78, ""],
        ],
    ),
}


@dataclass(frozen=True)
class Entry:
    """One row: a person's score of a period that began on ``day``."""

    row: int
    person: str
    kind: str
    day: date
    score: float
    note: str


@dataclass
class Sheet:
    """The entries of a sheet, and what is wrong in other rows."""

    entries: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    unknown: list = field(default_factory=list)


def parse_period(value):
    """Kind and first day of a period as people write it.

    :param value: text, or the date that a spreadsheet made of "2025-11"
    :raise ValueError: for anything else

    >>> parse_period("2025-11"), parse_period("2025年1月")
    (('month', datetime.date(2025, 11, 1)), ('month', datetime.date(2025, 1, 1)))
    >>> parse_period("2026-W53"), parse_period("2025Q4")
    (('week', datetime.date(2026, 12, 28)), ('quarter', datetime.date(2025, 10, 1)))
    """
    if isinstance(value, date):
        return "month", date(value.year, value.month, 1)
    match = PERIOD.fullmatch(tabular.as_text(value).upper())
    if not match:
        raise ValueError(value)
    year, number = int(match[1]), int(match[3])
    if match[2] == "W" or match[4] == "周":
        return "week", date.fromisocalendar(year, number, 1)
    if match[2] == "Q" or (match[4] or "").startswith("季"):
        if not 1 <= number <= 4:
            raise ValueError(value)
        return "quarter", date(year, number * 3 - 2, 1)
    return "month", date(year, number, 1)


def read_sheet(table):
    """Read a table of past scores.

    :param table: tabular.Table
    :return: Sheet; error codes: ``missing``, ``period``, ``number``, ``score`` (below
        0 or above 1,000), ``twice``
    :raise tabular.TableError: ``no_header`` when a required column is missing

    >>> table = tabular.Table(["员工", "周期", "得分"], [(2, ["Li", "2025-11", 88])])
    >>> entry = read_sheet(table).entries[0]
    >>> entry.person, entry.kind, entry.score
    ('Li', 'month', 88.0)
    """
    columns, unknown = table.mapped(COLUMNS)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise tabular.TableError("no_header", ", ".join(missing))
    sheet = Sheet(unknown=unknown)
    seen = set()
    for number, record in table.records(columns):
        entry = _entry(number, record, sheet.errors)
        if entry is None:
            continue
        key = (entry.person.casefold(), entry.kind, entry.day)
        if key in seen:
            sheet.errors.append(
                tabular.RowError(number, "period", "twice", entry.person)
            )
            continue
        seen.add(key)
        sheet.entries.append(entry)
    return sheet


def _entry(number, record, errors):
    faults = len(errors)

    def fault(column, code, value=""):
        errors.append(tabular.RowError(number, column, code, str(value)[:100]))

    person = tabular.as_text(record.get("person"))
    for name in REQUIRED:
        if tabular.as_text(record.get(name)) == "":
            fault(name, "missing")
    if len(errors) > faults:
        return None
    kind = day = None
    try:
        kind, day = parse_period(record["period"])
    except ValueError:
        fault("period", "period", record["period"])
    try:
        score = tabular.as_number(record["score"])
    except ValueError:
        fault("score", "number", record["score"])
    else:
        if not 0 <= score <= HIGHEST:
            fault("score", "score", score)
    if len(errors) > faults:
        return None
    note = tabular.as_text(record.get("note"))
    return Entry(number, person, kind, day, round(score, 2), note)
