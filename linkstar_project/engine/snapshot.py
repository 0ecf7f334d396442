"""Snapshot of a template: one canonical JSON document, its checksum, its faults.

A snapshot is a dict of plain values::

    {"format": 1,
     "template": {"name": {"en_US": ..., "zh_CN": ...}, "code", "kind", "anchor",
                  "scope", "milestones": [{"uid", "name", "offset_days"}], ...},
     "tasks": [{"uid", "name": {lang: text}, "description", "parent", "sequence",
                "role", "hours", "offset_days", "duration_kind", "duration_days",
                "depends_on": [uid], "milestone", "is_key", "is_review",
                "evidence_required", "grade_wanted", "priority",
                "tags": [name], "variants": [code], "sites": [code],
                "gates": [{"uid", "kind", "name", ...}]}]}

Texts that people read are dicts by language code, so that one version serves
teams of several languages.
"""

import hashlib
import json

from .graph import CycleError, topological_order

FORMAT = 1
ANCHORS = ("start", "target")
DURATION_KINDS = ("working", "elapsed")

TASK_DEFAULTS = {
    "description": {},
    "parent": None,
    "sequence": 10,
    "role": None,
    "hours": 0.0,
    "offset_days": 0,
    "duration_kind": "working",
    "duration_days": 0.0,
    "depends_on": [],
    "milestone": None,
    "is_key": False,
    "is_review": False,
    "evidence_required": False,
    "grade_wanted": False,
    "priority": "0",
    "tags": [],
    "variants": [],
    "sites": [],
    "gates": [],
}


def canonical(snapshot):
    """Return the one text of a snapshot: sorted keys, no spaces, UTF-8 kept.

    >>> canonical({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """
    return json.dumps(
        snapshot,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )


def says_the_same(one, other):
    """Whether two snapshots say the same to who works by them.

    Names and papers of categories are carried for databases that lack them: a
    translation of them is no change of the template.

    >>> lamp = {"template": {"variants": [{"code": "battery", "name": {"en": "B"}}]}}
    >>> says_the_same(lamp, {"template": {}})
    True
    >>> says_the_same(lamp, {"template": {"anchor": "target"}})
    False
    """

    def content(snapshot):
        whole = complete(snapshot)
        template = {k: v for k, v in whole["template"].items() if k != "variants"}
        return canonical({**whole, "template": template})

    return content(one) == content(other)


def checksum(snapshot):
    """Return the SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(snapshot).encode()).hexdigest()


def localise(text, lang):
    """Return a text in a language, or in the nearest there is.

    >>> localise({"en_US": "Photos", "zh_CN": "拍图"}, "zh_TW")
    '拍图'
    >>> localise({"en_US": "Photos"}, "zh_CN")
    'Photos'
    >>> localise("plain", "zh_CN")
    'plain'
    """
    if not isinstance(text, dict):
        return text or ""
    if text.get(lang):
        return text[lang]
    family = (lang or "").split("_")[0]
    for code, value in sorted(text.items()):
        if value and code.split("_")[0] == family:
            return value
    return text.get("en_US") or next((v for _, v in sorted(text.items()) if v), "")


def complete(snapshot):
    """Return a copy in which each task carries every key.

    Older snapshots stay launchable when a later format adds a key.
    """
    tasks = [{**TASK_DEFAULTS, **task} for task in snapshot.get("tasks", [])]
    template = {
        "anchor": "start",
        "scope": "store",
        "milestones": [],
        **snapshot.get("template", {}),
    }
    return {**snapshot, "template": template, "tasks": tasks}


def faults(snapshot):
    """Return what makes a snapshot unfit for launching.

    :return: list of ``(code, args)``; codes: ``empty``, ``duplicate``,
        ``unknown_predecessor``, ``unknown_parent``, ``unknown_milestone``,
        ``cycle``, ``parent_cycle``, ``parent_dependency``, ``negative``
    """
    snapshot = complete(snapshot)
    tasks = snapshot["tasks"]
    names = {task["uid"]: localise(task.get("name"), "en_US") for task in tasks}
    found = [] if tasks else [("empty", {})]
    if len(names) < len(tasks):
        found.append(("duplicate", {}))
    milestones = {m["uid"] for m in snapshot["template"]["milestones"]}
    for task in tasks:
        found += _task_faults(task, names, milestones)
    for code, key in (("parent_cycle", "parent"), ("cycle", "depends_on")):
        edges = {
            task["uid"]: [task[key]] if key == "parent" else task[key] for task in tasks
        }
        try:
            topological_order(edges)
        except CycleError as error:
            path = " → ".join(names[uid] for uid in error.cycle)
            found.append((code, {"path": path}))
    return found


def _task_faults(task, names, milestones):
    name = names[task["uid"]]
    found = []
    if any(uid not in names for uid in task["depends_on"]):
        found.append(("unknown_predecessor", {"task": name}))
    if task["parent"] and task["parent"] not in names:
        found.append(("unknown_parent", {"task": name}))
    if task["parent"] and task["parent"] in task["depends_on"]:
        found.append(("parent_dependency", {"task": name}))
    if task["milestone"] and task["milestone"] not in milestones:
        found.append(("unknown_milestone", {"task": name}))
    if task["hours"] < 0 or task["duration_days"] < 0:
        found.append(("negative", {"task": name}))
    return found
