"""The sheet of running work: task, owner, store, due date, state → open tasks.

No ORM. Reads what teams keep in a spreadsheet or export from a Feishu table. A row
is known by its record number where there is one, else by its name within the store
(the second row of one name is its second task): a second import adds nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from . import tabular
from .sop_sheet import NAME_LENGTH, fold

COLUMNS = {
    "number": (
        "record id",
        "record no",
        "id",
        "no",
        "记录ID",
        "记录编号",
        "编号",
        "序号",
        "任务编号",
    ),
    "task": (
        "task name",
        "title",
        "name",
        "任务",
        "任务名称",
        "任务标题",
        "任务描述",
        "事项",
        "工作事项",
        "待办",
    ),
    "owner": (
        "assignee",
        "person",
        "responsible",
        "责任人",
        "负责人",
        "执行人",
        "任务执行人",
        "任务负责人",
        "经办人",
        "员工",
    ),
    "store": ("store code", "shop", "店铺", "店铺编码", "店铺名称", "店铺代码"),
    "due": (
        "due date",
        "deadline",
        "截止日期",
        "截止时间",
        "到期日",
        "预计完成日期",
        "计划完成日期",
        "完成时限",
        "结束日期",
    ),
    "state": ("status", "progress", "状态", "任务状态", "进展", "进度", "完成情况"),
    "priority": ("优先级", "重要程度", "重要紧急程度"),
    "note": (
        "notes",
        "description",
        "details",
        "remark",
        "备注",
        "说明",
        "任务详情",
        "详情",
        "最新进展记录",
    ),
}
REQUIRED = ("task", "owner", "due")

_TODO = {
    "",
    "to do",
    "todo",
    "new",
    "open",
    "not started",
    "pending",
    "backlog",
    "未开始",
    "待开始",
    "待办",
    "待处理",
    "未完成",
    "新建",
    "已延期",
    "延期",
    "逾期",
    "已逾期",
    "late",
    "overdue",
}
_DOING = {
    "in progress",
    "doing",
    "started",
    "ongoing",
    "in review",
    "进行中",
    "处理中",
    "执行中",
    "待审核",
    "审核中",
    "已停滞",
    "停滞",
    "暂停",
    "on hold",
}
_CLOSED = {
    "done",
    "completed",
    "complete",
    "finished",
    "closed",
    "cancelled",
    "canceled",
    "dropped",
    "已完成",
    "完成",
    "已结束",
    "已关闭",
    "已取消",
    "取消",
    "作废",
}
_HIGH = {"1", "high", "urgent", "高", "紧急", "重要紧急", "重要", "p0", "p1"}


@dataclass(frozen=True)
class Work:
    """One open task; ``store`` is empty where the sheet has no such column."""

    row: int
    key: str
    name: str
    owner: str
    store: str
    due: date
    is_started: bool
    is_urgent: bool
    note: str


@dataclass
class Sheet:
    """Open tasks, what is wrong in other rows, and how many rows are closed."""

    works: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    closed: int = 0


def read_sheet(table):
    """Read a table of running work.

    :param table: tabular.Table
    :return: Sheet; error codes: ``missing``, ``long``, ``date``, ``state``,
        ``several_owners``, ``twice`` (a record number)
    :raise tabular.TableError: ``no_header`` when a required column is missing

    >>> headers = ["任务描述", "任务执行人", "店铺", "截止日期", "进展"]
    >>> rows = [(2, ["补货", "Li", "US-A", "2026/3/1", "进行中"]),
    ...         (3, ["拍图", "Li", "US-A", "2026/3/1", "已完成"])]
    >>> sheet = read_sheet(tabular.Table(headers, rows))
    >>> [(work.name, work.is_started) for work in sheet.works], sheet.closed
    ([('补货', True)], 1)
    """
    columns, unknown = table.mapped(COLUMNS)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise tabular.TableError("no_header", ", ".join(missing))
    sheet = Sheet(unknown=unknown)
    # Closed rows count too: finishing one does not turn the next into a new task.
    seen = Counter()
    for number, record in table.records(columns):
        _read_row(sheet, seen, number, record)
    return sheet


def _read_row(sheet, seen, row, record):
    count = len(sheet.errors)

    def fault(column, code, value=""):
        sheet.errors.append(tabular.RowError(row, column, code, str(value)[:100]))

    text = {name: tabular.as_text(record.get(name)) for name in COLUMNS}
    state = fold(text["state"])
    if state not in _TODO | _DOING | _CLOSED:
        fault("state", "state", text["state"])
    key = _key(text, seen)
    if text["number"] and seen[fold(text["store"]), key] > 1:
        fault("number", "twice", text["number"])
    if state in _CLOSED:
        sheet.closed += 1
        return
    for name in ("task", "owner"):
        if not text[name]:
            fault(name, "missing")
    if len(text["task"]) > NAME_LENGTH:
        fault("task", "long", text["task"][:50])
    if any(mark in text["owner"] for mark in ",，、;；\n"):
        fault("owner", "several_owners", text["owner"])
    due = _due(text["due"], record.get("due"), fault)
    if len(sheet.errors) > count:
        return
    sheet.works.append(
        Work(
            row=row,
            key=key,
            name=text["task"],
            owner=text["owner"],
            store=text["store"],
            due=due,
            is_started=state in _DOING,
            is_urgent=fold(text["priority"]) in _HIGH,
            note=text["note"],
        )
    )


def _key(text, seen):
    """What makes a row the same task of its store in the next export."""
    store = fold(text["store"])
    if text["number"]:
        key = f"#{fold(text['number'])}"
        seen[store, key] += 1
        return key
    name = fold(text["task"])
    seen[store, name] += 1
    return f"{name}|{seen[store, name]}"


def _due(text, value, fault):
    if not text:
        return fault("due", "missing")
    try:
        return tabular.as_date(value)
    except ValueError:
        return fault("due", "date", text)
