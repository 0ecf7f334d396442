"""The sheet of targets: period × metric × whom × figure, read to rows."""

import re
from dataclasses import dataclass, field
from datetime import date

from odoo.addons.linkstar_project.engine import tabular

COLUMNS = {
    "period": ("考核周期", "周期", "月份", "期间"),
    "metric": ("metric code", "kpi", "指标", "指标代码", "指标名称"),
    "person": ("employee", "owner", "user", "login", "员工", "责任人", "姓名", "人员"),
    "store": ("store code", "shop", "店铺", "店铺编码", "店铺代码"),
    "department": ("team", "部门"),
    "category": ("品类", "类目", "商品分类"),
    "value": ("target", "goal", "目标", "目标值"),
    "floor": ("minimum", "门槛", "门槛值"),
    "stretch": ("challenge", "挑战", "挑战值"),
    "note": ("remark", "备注", "说明"),
}
REQUIRED = ("period", "metric", "value")
WEEK = re.compile(r"(\d{4})\D{0,2}[wW周]\s*(\d{1,2})周?\Z")
QUARTER = re.compile(r"(\d{4})\D{0,2}[qQ]\s*([1-4])\Z")
MONTH = re.compile(r"(\d{4})[-/.年]\s*(\d{1,2})月?\Z")


@dataclass(frozen=True)
class Entry:
    """One row; ``kind`` and ``day`` say the period, empty names are ""."""

    row: int
    kind: str
    day: date
    metric: str
    person: str
    store: str
    department: str
    category: str
    note: str
    value: float
    floor: float | None
    stretch: float | None


@dataclass
class Sheet:
    """The entries of a sheet, and what is wrong in other rows."""

    entries: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    unknown: list = field(default_factory=list)


def read_period(value):
    """A period as people write it: its kind and one of its days.

    :raise ValueError: for anything else

    >>> read_period("2026-05")
    ('month', datetime.date(2026, 5, 1))
    >>> read_period("2026年5月")[1], read_period("2026Q2")
    (datetime.date(2026, 5, 1), ('quarter', datetime.date(2026, 4, 1)))
    >>> read_period("2026-W53")
    ('week', datetime.date(2026, 12, 28))
    >>> read_period(date(2026, 5, 9))
    ('month', datetime.date(2026, 5, 9))
    """
    if hasattr(value, "year"):
        return "month", date(value.year, value.month, value.day)
    text = str(value or "").strip()
    if found := WEEK.match(text):
        return "week", date.fromisocalendar(int(found[1]), int(found[2]), 1)
    if found := QUARTER.match(text):
        return "quarter", date(int(found[1]), 3 * int(found[2]) - 2, 1)
    if found := MONTH.match(text):
        return "month", date(int(found[1]), int(found[2]), 1)
    raise ValueError(f"no period: {text!r}")


def read_sheet(table):
    """Read a table of targets.

    :param table: tabular.Table
    :return: Sheet; error codes: ``missing``, ``period``, ``number``, ``subject``
        (more than one of person, store and department), ``limits`` (only one of
        floor and stretch), ``twice``
    :raise tabular.TableError: ``no_header`` when a required column is missing

    >>> table = tabular.Table(["月份", "指标", "店铺", "目标"],
    ...     [(2, ["2026-05", "gmv", "US-1", "1,000"])])
    >>> read_sheet(table).entries[0].value
    1000.0
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
        whom = (entry.person, entry.store, entry.department, entry.category)
        key = (entry.kind, entry.day, entry.metric.casefold())
        key += tuple(name.casefold() for name in whom)
        if key in seen:
            sheet.errors.append(
                tabular.RowError(number, "metric", "twice", entry.metric)
            )
            continue
        seen.add(key)
        sheet.entries.append(entry)
    return sheet


def _entry(number, record, errors):
    faults = len(errors)

    def fault(column, code, value=""):
        errors.append(tabular.RowError(number, column, code, str(value)[:100]))

    def cell(name, convert, code):
        value = record.get(name)
        if tabular.as_text(value) == "":
            return None
        try:
            return convert(value)
        except ValueError:
            fault(name, code, value)
            return None

    names = ("metric", "person", "store", "department", "category", "note")
    texts = {name: tabular.as_text(record.get(name)) for name in names}
    for name in REQUIRED:
        if tabular.as_text(record.get(name)) == "":
            fault(name, "missing")
    period = cell("period", read_period, "period")
    value = cell("value", tabular.as_number, "number")
    floor = cell("floor", tabular.as_number, "number")
    stretch = cell("stretch", tabular.as_number, "number")
    if sum(bool(texts[name]) for name in ("person", "store", "department")) > 1:
        fault("person", "subject")
    if (floor is None) != (stretch is None):
        fault("floor", "limits")
    if len(errors) > faults:
        return None
    return Entry(number, *period, value=value, floor=floor, stretch=stretch, **texts)
