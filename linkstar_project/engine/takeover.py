"""Taking over steps of another snapshot into the working copy, wholly or singly.

The other snapshot is a newer built-in version, a backup, a file or an older
published version. No ORM.
"""

from .merge import diff
from .snapshot import complete, localise


def align(current, incoming):
    """Return ``incoming`` with the milestones of ``current`` where names are equal.

    Milestones carry no lasting identity: their names tell them apart, in whatever
    language; a milestone of the same name is no difference.
    """
    current, incoming = complete(current), complete(incoming)
    known = {
        name: milestone["uid"]
        for milestone in current["template"]["milestones"]
        for name in _names(milestone)
    }
    uids = {}
    for milestone in incoming["template"]["milestones"]:
        same = [known[name] for name in _names(milestone) if name in known]
        uids[milestone["uid"]] = same[0] if same else f"new:{milestone['uid']}"
    milestones = [
        {**milestone, "uid": uids[milestone["uid"]]}
        for milestone in incoming["template"]["milestones"]
    ]
    tasks = [
        {**task, "milestone": uids.get(task["milestone"])} for task in incoming["tasks"]
    ]
    template = {**incoming["template"], "milestones": milestones}
    return {**incoming, "template": template, "tasks": tasks}


def _names(milestone):
    name = milestone["name"]
    return [name] if isinstance(name, str) else list(name.values())


def take(current, incoming, uids):
    """Return the working copy with the chosen changes of ``incoming``.

    A step that is added brings its place; what it waits for or belongs to is kept
    where that step is there. Dropped steps leave nobody waiting for them.

    :param current: snapshot of the working copy
    :param incoming: result of ``align``
    :param uids: identities of the steps whose change is taken over
    """
    current = complete(current)
    chosen = {change.uid: change for change in diff(current, incoming)}
    chosen = {uid: change for uid, change in chosen.items() if uid in set(uids)}
    tasks = []
    for task in current["tasks"]:
        change = chosen.pop(task["uid"], None)
        if change is None:
            tasks.append(task)
        elif change.kind == "change":
            tasks.append(change.after)
    tasks += [change.after for change in chosen.values() if change.kind == "add"]
    tasks.sort(key=lambda task: task["sequence"])
    here = {task["uid"] for task in tasks}
    tasks = [
        {
            **task,
            "parent": task["parent"] if task["parent"] in here else None,
            "depends_on": [uid for uid in task["depends_on"] if uid in here],
        }
        for task in tasks
    ]
    template = {
        **current["template"],
        "milestones": _milestones(current, incoming, tasks),
    }
    variants = {
        variant["code"]: variant
        for snapshot in (incoming, current)
        for variant in snapshot["template"].get("variants") or ()
    }
    if variants:
        template["variants"] = list(variants.values())
    return {**current, "template": template, "tasks": tasks}


def _milestones(current, incoming, tasks):
    """Milestones of the working copy, and those that taken steps brought along."""
    found = {m["uid"]: m for m in current["template"]["milestones"]}
    used = {task["milestone"] for task in tasks}
    for milestone in incoming["template"]["milestones"]:
        if milestone["uid"] in used:
            found.setdefault(milestone["uid"], milestone)
    return list(found.values())


def milestone_names(snapshot, lang):
    """Return ``{uid: name}`` of a snapshot's milestones in a language."""
    return {
        milestone["uid"]: localise(milestone["name"], lang)
        for milestone in complete(snapshot)["template"]["milestones"]
    }
