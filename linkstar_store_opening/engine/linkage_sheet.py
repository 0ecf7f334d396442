"""The sheet of the linkage register: store × kind × label × value × dates.

Plain Python on top of the reader of spreadsheets that all imports share.
"""

from dataclasses import dataclass, field
from datetime import date

from odoo.addons.linkstar_project.engine import tabular

from . import linkage

COLUMNS = {
    "store": ("store code", "shop", "店铺", "店铺编码", "店铺代码"),
    "kind": ("type", "类型", "类别", "关联因素"),
    "name": ("label", "asset", "名称", "标签", "资产名称"),
    "value": ("number", "number or address", "号码", "值", "号码或地址", "内容"),
    "date_from": ("from", "used from", "start", "启用日期", "开始日期", "使用日期"),
    "date_to": ("to", "released", "released on", "end", "停用日期", "结束日期"),
}
REQUIRED = ("store", "kind", "name")
#: Words for a kind, beside its code and the labels of the screen.
KIND_WORDS = {
    "entity": ("company", "公司主体", "公司", "主体"),
    "tax_number": ("tax number", "vat", "税号"),
    "representative": ("legal representative", "法定代表人", "法人"),
    "id_number": ("identity document", "id", "passport", "证件号", "身份证", "护照"),
    "bank_account": ("payout account", "bank", "收款账户", "银行账户", "收款账号"),
    "card": ("charge card", "credit card", "信用卡", "扣款信用卡"),
    "phone": ("mobile", "手机", "手机号", "电话"),
    "email": ("e-mail", "mail", "邮箱", "电子邮箱"),
    "address": ("地址",),
    "device": ("computer", "设备", "电脑", "手机设备"),
    "browser_profile": ("browser profile", "browser", "浏览器环境", "浏览器", "指纹"),
    "line": ("internet line", "network", "网络线路", "宽带", "线路"),
    "ip": ("ip address", "公网ip", "ip地址"),
    "mac": ("mac address", "mac地址"),
    "vps": ("cloud computer", "云电脑", "云服务器"),
    "images": ("产品图片", "图片"),
    "sku_data": ("sku data", "sku数据", "文案"),
    "trademark": ("商标",),
    "login": ("shared login", "子账号", "共用登录"),
}
KINDS = {
    tabular.normalise(word): kind
    for kind, words in KIND_WORDS.items()
    for word in (kind, *words)
}


@dataclass(frozen=True)
class Entry:
    """One use; ``value`` is in its one form, "" when the cell is empty."""

    row: int
    store: str
    kind: str
    name: str
    value: str = field(repr=False)
    date_from: date | None
    date_to: date | None


@dataclass
class Sheet:
    """The uses of a sheet, and what is wrong in other rows."""

    entries: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    unknown: list = field(default_factory=list)


def read_sheet(table):
    """Read a table of uses.

    :param table: tabular.Table
    :return: Sheet; error codes: ``missing``, ``kind``, ``date``, ``dates``,
        ``twice``, and those of :func:`linkage.normalise` behind ``value_``. An
        error never carries the value itself
    :raise tabular.TableError: ``no_header`` when a required column is missing

    >>> table = tabular.Table(["店铺", "类型", "名称", "号码"],
    ...                       [(2, ["US-A", "手机号", "Phone 1", "138 1234 5678"])])
    >>> entry = read_sheet(table).entries[0]
    >>> entry.kind, entry.value
    ('phone', '8613812345678')
    """
    columns, unknown = table.mapped(COLUMNS)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise tabular.TableError("no_header", ", ".join(missing))
    sheet, seen = Sheet(unknown=unknown), set()
    for number, record in table.records(columns):
        entry = _entry(number, record, sheet.errors)
        if entry is None:
            continue
        key = (entry.store, entry.kind, entry.value or entry.name, entry.date_from)
        if key in seen:
            sheet.errors.append(tabular.RowError(number, "name", "twice", entry.name))
            continue
        seen.add(key)
        sheet.entries.append(entry)
    return sheet


def _entry(number, record, errors):
    faults = len(errors)
    texts = {name: tabular.as_text(record.get(name)) for name in REQUIRED}
    for name in REQUIRED:
        if not texts[name]:
            errors.append(tabular.RowError(number, name, "missing"))
    kind = KINDS.get(tabular.normalise(texts["kind"]))
    if texts["kind"] and not kind:
        errors.append(tabular.RowError(number, "kind", "kind", texts["kind"][:100]))
    value = _value(number, kind, tabular.as_text(record.get("value")), errors)
    days = {
        name: _day(number, name, record.get(name), errors)
        for name in ("date_from", "date_to")
    }
    if days["date_from"] and days["date_to"] and days["date_to"] < days["date_from"]:
        errors.append(tabular.RowError(number, "date_to", "dates"))
    if len(errors) > faults:
        return None
    return Entry(number, texts["store"], kind, texts["name"], value, **days)


def _value(number, kind, text, errors):
    if not text or not kind:
        return ""
    try:
        return linkage.normalise(kind, text)
    except ValueError as error:
        errors.append(tabular.RowError(number, "value", f"value_{error}"))
        return ""


def _day(number, column, cell, errors):
    if tabular.as_text(cell) == "":
        return None
    try:
        return tabular.as_date(cell)
    except ValueError:
        errors.append(tabular.RowError(number, column, "date", str(cell)[:100]))
        return None
