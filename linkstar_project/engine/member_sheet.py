"""The sheet of members: store × MSKU × owner × role × dates × share, read to rows."""

from dataclasses import dataclass, field
from datetime import date

from . import tabular

COLUMNS = {
    "store": ("store code", "店铺", "店铺编码", "店铺代码", "店铺名称"),
    "group": ("store group", "店铺组", "店铺组编码"),
    "sku": ("msku", "seller sku", "listing", "商品编码", "平台SKU"),
    "person": (
        "owner",
        "member",
        "user",
        "employee",
        "login",
        "责任人",
        "负责人",
        "成员",
        "员工",
        "姓名",
        "运营",
    ),
    "role": ("岗位", "角色", "职位"),
    "lead": ("is lead", "主管", "是否主管"),
    "date_from": ("from", "start", "start date", "开始日期", "生效日期", "起始日期"),
    "date_to": ("to", "end", "end date", "until", "结束日期", "失效日期", "截止日期"),
    "share": ("share %", "percent", "业绩占比", "占比", "分摊比例", "比例"),
}
REQUIRED = ("person", "role")


@dataclass(frozen=True)
class Entry:
    """One row: who does what where; dates are None where the cell is empty."""

    row: int
    store: str
    group: str
    sku: str
    person: str
    role: str
    lead: bool
    date_from: date | None
    date_to: date | None
    share: float | None


@dataclass
class Sheet:
    """The entries of a sheet, and what is wrong in other rows."""

    entries: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    unknown: list = field(default_factory=list)


def read_sheet(table):
    """Read a table of members.

    :param table: tabular.Table
    :return: Sheet; error codes: ``missing``, ``scope`` (neither or both of store
        and group), ``sku_needs_store``, ``date``, ``dates`` (end before start),
        ``number``, ``share`` (not 0 to 100), ``boolean``, ``twice``
    :raise tabular.TableError: ``no_header`` when a required column is missing

    >>> headers = ["店铺", "责任人", "岗位", "占比"]
    >>> table = tabular.Table(headers, [(2, ["A", "Li", "ads", "60%"])])
    >>> entry = read_sheet(table).entries[0]
    >>> entry.store, entry.person, entry.share
    ('A', 'Li', 60.0)
    """
    columns, unknown = table.mapped(COLUMNS)
    missing = [name for name in REQUIRED if name not in columns]
    if missing or not {"store", "group"} & columns.keys():
        raise tabular.TableError("no_header", ", ".join(missing or ["store"]))
    sheet = Sheet(unknown=unknown)
    seen = set()
    for number, record in table.records(columns):
        entry = _entry(number, record, sheet.errors)
        if entry is None:
            continue
        key = (
            entry.store,
            entry.group,
            entry.sku,
            entry.person.casefold(),
            entry.role.casefold(),
            entry.date_from,
        )
        if key in seen:
            sheet.errors.append(
                tabular.RowError(number, "person", "twice", entry.person)
            )
            continue
        seen.add(key)
        sheet.entries.append(entry)
    return sheet


def _entry(number, record, errors):
    faults = len(errors)

    def cell(name, convert, code):
        value = record.get(name)
        if tabular.as_text(value) == "":
            return None
        try:
            return convert(value)
        except ValueError:
            errors.append(tabular.RowError(number, name, code, str(value)[:100]))
            return None

    texts = {
        name: tabular.as_text(record.get(name))
        for name in ("store", "group", "sku", "person", "role")
    }
    for name in REQUIRED:
        if not texts[name]:
            errors.append(tabular.RowError(number, name, "missing"))
    if bool(texts["store"]) == bool(texts["group"]):
        errors.append(tabular.RowError(number, "store", "scope"))
    elif texts["sku"] and not texts["store"]:
        errors.append(tabular.RowError(number, "sku", "sku_needs_store", texts["sku"]))
    start = cell("date_from", tabular.as_date, "date")
    end = cell("date_to", tabular.as_date, "date")
    if start and end and end < start:
        errors.append(tabular.RowError(number, "date_to", "dates", end.isoformat()))
    share = cell("share", tabular.as_number, "number")
    if share is not None and not 0 <= share <= 100:
        errors.append(tabular.RowError(number, "share", "share", str(share)))
    lead = bool(cell("lead", tabular.as_bool, "boolean"))
    if len(errors) > faults:
        return None
    return Entry(number, lead=lead, date_from=start, date_to=end, share=share, **texts)
