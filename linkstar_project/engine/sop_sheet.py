"""The sheet of an SOP: task, parent, role, hours, offset, predecessor, note → steps.

No ORM. A step is known by its number where the sheet has such a column, else by its
name: the same sheet read twice names the same steps, an edited one changes them.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from . import tabular
from .graph import CycleError, topological_order
from .snapshot import TASK_DEFAULTS

COLUMNS = {
    "number": ("no", "id", "step no", "wbs", "编号", "序号", "步骤编号", "任务编号"),
    "task": (
        "task name",
        "step",
        "step name",
        "name",
        "title",
        "任务",
        "任务名称",
        "步骤",
        "步骤名称",
        "工作事项",
        "事项",
    ),
    "parent": (
        "parent task",
        "part of",
        "父任务",
        "上级任务",
        "所属任务",
        "所属步骤",
        "父步骤",
    ),
    "role": ("岗位", "责任岗位", "负责岗位", "执行岗位", "角色", "职位"),
    "hours": ("planned hours", "effort", "工时", "计划工时", "预计工时", "标准工时"),
    "offset": (
        "offset days",
        "day",
        "day offset",
        "start day",
        "偏移",
        "偏移天数",
        "第几天",
        "相对天数",
        "开始天数",
        "启动天数",
    ),
    "predecessor": (
        "predecessors",
        "after",
        "depends on",
        "前置任务",
        "前置步骤",
        "紧前任务",
        "依赖",
        "依赖任务",
    ),
    "note": (
        "notes",
        "instructions",
        "description",
        "remark",
        "remarks",
        "说明",
        "备注",
        "操作说明",
        "任务说明",
        "作业指导",
    ),
    "days": ("elapsed days", "duration days", "历时天数", "持续天数", "自然日"),
    "milestone": ("里程碑", "阶段"),
    "tags": ("tag", "标签"),
    "is_key": ("key node", "关键节点"),
    "is_review": ("review point", "评审点"),
    "evidence": ("evidence required", "凭证", "需要凭证"),
    "approval": ("approve", "审批", "审批事项"),
    "check": ("gate", "manual check", "前置条件", "检查项"),
}
REQUIRED = ("task",)
NAME_LENGTH = 300
MAX_HOURS = 10_000
MAX_DAYS = 3_650
_SEPARATORS = re.compile(r"[,;，；、\n]+")


@dataclass(frozen=True)
class Step:
    """One row. What the sheet has no column for is None and stays as it is."""

    row: int
    key: str
    name: str
    parent: str | None = None
    role: str | None = None
    hours: float | None = None
    offset: int | None = None
    after: tuple | None = None
    note: str | None = None
    days: float | None = None
    milestone: str | None = None
    tags: tuple | None = None
    is_key: bool | None = None
    is_review: bool | None = None
    evidence: bool | None = None
    approval: str | None = None
    check: str | None = None


@dataclass
class Sheet:
    """The steps of a sheet in its order, and what is wrong in other rows."""

    steps: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    unknown: list = field(default_factory=list)


def fold(text):
    """Names are the same whatever their case, width and spaces.

    >>> fold(" Ｐhoto  Shoot ") == fold("photo shoot")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", str(text)).casefold().split())


def as_offset(value):
    """Return a cell as whole days; raises ValueError.

    >>> as_offset("D+3"), as_offset("-7天"), as_offset(2.0), as_offset("第5天")
    (3, -7, 2, 5)
    """
    text = unicodedata.normalize("NFKC", tabular.as_text(value)).casefold()
    text = re.sub(r"^(d|t|day|第)\s*(?=[+-]?\d)|\s*(days?|d|天|日)$", "", text.strip())
    number = tabular.as_number(text)
    if number != int(number):
        raise ValueError("number")
    return int(number)


def as_hours(value):
    """Return a cell as hours; raises ValueError.

    >>> as_hours("2.5h"), as_hours("3小时"), as_hours(4)
    (2.5, 3.0, 4.0)
    """
    text = unicodedata.normalize("NFKC", tabular.as_text(value)).casefold()
    return tabular.as_number(re.sub(r"\s*(hours?|hrs?|h|小时|个小时)$", "", text))


def read_sheet(table):
    """Read a table of steps.

    :param table: tabular.Table
    :return: Sheet; error codes: ``missing``, ``long``, ``twice``, ``number``,
        ``range``, ``boolean``, ``parent`` and ``predecessor`` (not in the sheet),
        ``self``, ``parent_dependency``, ``cycle``, ``parent_cycle``
    :raise tabular.TableError: ``no_header`` without a column of tasks

    >>> rows = [(2, ["拍图"]), (3, ["上架", "拍图"])]
    >>> table = tabular.Table(["任务", "前置任务"], rows)
    >>> [(step.name, step.after) for step in read_sheet(table).steps]
    [('拍图', ()), ('上架', ('拍图',))]
    """
    columns, unknown = table.mapped(COLUMNS)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise tabular.TableError("no_header", ", ".join(missing))
    sheet = Sheet(unknown=unknown)
    rows, keys = [], {}
    for number, record in table.records(columns):
        name = tabular.as_text(record.get("task"))
        label = tabular.as_text(record.get("number"))
        if not name:
            _fault(sheet, number, "task", "missing")
            continue
        if len(name) > NAME_LENGTH:
            _fault(sheet, number, "task", "long", name[:50])
            continue
        key = fold(label) if label else fold(name)
        if key in keys:
            _fault(sheet, number, "task", "twice", label or name)
            continue
        keys[key] = number
        rows.append((number, key, name, record))
    finder = _Names(rows)
    for number, key, name, record in rows:
        step = _step(sheet, finder, number, key, name, record, columns)
        if step:
            sheet.steps.append(step)
    if not sheet.errors:
        _check_order(sheet)
    sheet.errors.sort(key=lambda error: error.row)
    return sheet


class _Names:
    """Finds the step that a cell names: by number, or by a name borne once."""

    def __init__(self, rows):
        self.keys = {key for _number, key, _name, _record in rows}
        self.by_name = {}
        for _number, key, name, _record in rows:
            folded = fold(name)
            self.by_name[folded] = None if folded in self.by_name else key

    def find(self, text):
        folded = fold(text)
        if folded in self.keys:
            return folded
        return self.by_name.get(folded)


def _fault(sheet, row, column, code, value=""):
    sheet.errors.append(tabular.RowError(row, column, code, str(value)[:100]))


def _step(sheet, finder, row, key, name, record, columns):
    count = len(sheet.errors)

    def text(column):
        if column not in columns:
            return None
        return tabular.as_text(record.get(column))

    def number(column, convert, low, high, default):
        value = text(column)
        if not value:
            return None if value is None else default
        try:
            found = convert(record.get(column))
        except ValueError:
            return _fault(sheet, row, column, "number", value)
        if not low <= found <= high:
            return _fault(sheet, row, column, "range", value)
        return found

    def flag(column):
        if column not in columns:
            return None
        try:
            return tabular.as_bool(record.get(column))
        except ValueError:
            return _fault(sheet, row, column, "boolean", record.get(column))

    step = Step(
        row=row,
        key=key,
        name=name,
        parent=_parent(sheet, finder, row, key, text("parent")),
        role=text("role"),
        hours=number("hours", as_hours, 0, MAX_HOURS, 0.0),
        offset=number("offset", as_offset, -MAX_DAYS, MAX_DAYS, 0),
        after=_after(sheet, finder, row, key, text("predecessor")),
        note=text("note"),
        days=number("days", tabular.as_number, 0, MAX_DAYS, 0.0),
        milestone=text("milestone"),
        tags=_words(text("tags")),
        is_key=flag("is_key"),
        is_review=flag("is_review"),
        evidence=flag("evidence"),
        approval=text("approval"),
        check=text("check"),
    )
    return step if len(sheet.errors) == count else None


def _words(text):
    if text is None:
        return None
    return tuple(dict.fromkeys(filter(None, map(str.strip, _SEPARATORS.split(text)))))


def _parent(sheet, finder, row, key, text):
    if not text:
        return text
    found = finder.find(text)
    if found is None:
        _fault(sheet, row, "parent", "parent", text)
    elif found == key:
        _fault(sheet, row, "parent", "self", text)
    return found


def _after(sheet, finder, row, key, text):
    if text is None:
        return None
    whole = finder.find(text) if text else None
    keys = []
    for word in [text] if whole else _words(text):
        found = finder.find(word)
        if found is None:
            _fault(sheet, row, "predecessor", "predecessor", word)
        elif found == key:
            _fault(sheet, row, "predecessor", "self", word)
        else:
            keys.append(found)
    return tuple(dict.fromkeys(keys))


def _check_order(sheet):
    """Loops and steps that wait for what contains them."""
    steps = {step.key: step for step in sheet.steps}
    for step in sheet.steps:
        if step.parent and step.parent in (step.after or ()):
            name = steps[step.parent].name
            _fault(sheet, step.row, "predecessor", "parent_dependency", name)
    for code, edges in (
        ("parent_cycle", {k: [s.parent] if s.parent else [] for k, s in steps.items()}),
        ("cycle", {k: list(s.after or ()) for k, s in steps.items()}),
    ):
        try:
            topological_order(edges)
        except CycleError as error:
            path = " → ".join(steps[key].name for key in error.cycle)
            _fault(sheet, steps[error.cycle[0]].row, "predecessor", code, path)


# -- from steps to a snapshot --------------------------------------------------------


def merge(snapshot, steps, uid_of, note_html, lang):
    """Return a snapshot with the steps of a sheet put into it.

    Steps of the snapshot that the sheet does not name stay, behind the others; so
    does whatever of a step the sheet has no column for.

    :param snapshot: a completed snapshot (``engine.snapshot.complete``)
    :param steps: list of Step, with roles as codes
    :param uid_of: function from a step's key to its lasting identity
    :param note_html: function from a plain note to escaped HTML
    :param lang: language of the sheet's texts
    """
    known = {task["uid"]: task for task in snapshot["tasks"]}
    milestones = _milestones(snapshot, steps)
    tasks = [
        _task(
            known.get(uid_of(step.key), TASK_DEFAULTS),
            (step, number * 10),
            uid_of,
            note_html,
            milestones,
            lang,
        )
        for number, step in enumerate(steps, 1)
    ]
    named = {task["uid"] for task in tasks}
    rest = [
        {**task, "sequence": (len(steps) + number) * 10}
        for number, task in enumerate(
            (task for task in snapshot["tasks"] if task["uid"] not in named), 1
        )
    ]
    template = {
        **snapshot["template"],
        "milestones": [{"uid": uid, "name": name} for name, uid in milestones.items()],
    }
    return {**snapshot, "template": template, "tasks": tasks + rest}


def _milestones(snapshot, steps):
    """Return ``{name: uid}``: those of the snapshot, then new ones in order."""
    found = {}
    for milestone in snapshot["template"]["milestones"]:
        name = milestone["name"]
        found[name if isinstance(name, str) else next(iter(name.values()), "")] = (
            milestone["uid"]
        )
    for step in steps:
        if step.milestone and step.milestone not in found:
            found[step.milestone] = f"sheet:{step.milestone}"
    return found


def _task(base, numbered, uid_of, note_html, milestones, lang):
    step, sequence = numbered
    uid = uid_of(step.key)
    task = {**TASK_DEFAULTS, **base, "uid": uid, "sequence": sequence}
    task["name"] = _text(base.get("name"), step.name, lang)
    if step.note is not None:
        html = note_html(step.note) if step.note else ""
        task["description"] = _text(base.get("description"), html, lang)
    plain = {
        "hours": step.hours,
        "offset_days": step.offset,
        "is_key": step.is_key,
        "is_review": step.is_review,
        "evidence_required": step.evidence,
    }
    task.update({name: value for name, value in plain.items() if value is not None})
    if step.role is not None:
        task["role"] = step.role or None
    if step.parent is not None:
        task["parent"] = uid_of(step.parent) if step.parent else None
    if step.after is not None:
        task["depends_on"] = sorted(uid_of(key) for key in step.after)
    if step.days is not None:
        task["duration_days"] = step.days
        task["duration_kind"] = "elapsed" if step.days else "working"
    if step.milestone is not None:
        task["milestone"] = milestones.get(step.milestone)
    if step.tags is not None:
        task["tags"] = sorted(step.tags)
    task["gates"] = _gates(task["gates"], step, uid, lang)
    return task


def _text(known, text, lang):
    """Keep the other languages while the sheet's own text stays the same."""
    if isinstance(known, dict) and text in known.values():
        return known
    return {lang: text} if text else {}


def _gates(gates, step, uid, lang):
    """Replace the gates that a sheet once brought; those added by hand stay."""
    gates = list(gates)
    for kind, name in (("approval", step.approval), ("manual", step.check)):
        if name is None:
            continue
        gate_uid = f"{uid}-{kind}"
        found = next((gate for gate in gates if gate.get("uid") == gate_uid), None)
        gates = [gate for gate in gates if gate.get("uid") != gate_uid]
        if name:
            text = _text(found and found.get("name"), name, lang)
            fresh = {"uid": gate_uid, "kind": kind, "sequence": 10, "stays_open": True}
            gates.append({**(found or fresh), "name": text})
    return gates
