"""What differs between versions of a template, and how it meets running work."""

from dataclasses import dataclass, field

from .snapshot import complete

#: What a version says of a step, in the order in which people read it.
COMPARED = (
    "name",
    "description",
    "parent",
    "role",
    "hours",
    "offset_days",
    "duration_kind",
    "duration_days",
    "depends_on",
    "milestone",
    "is_key",
    "is_review",
    "evidence_required",
    "grade_wanted",
    "priority",
    "tags",
    "variants",
    "sites",
    "gates",
)


@dataclass(frozen=True)
class Change:
    """One step that was added, dropped or changed.

    ``fields`` maps a changed field to ``(before, after)``. In a three-way merge
    ``conflict`` says why a person must decide: ``started`` (work began) or
    ``edited`` (someone changed the same field of the running task).
    """

    kind: str
    uid: str
    before: dict | None
    after: dict | None
    fields: dict = field(default_factory=dict)
    conflict: str = ""


def by_uid(snapshot):
    """Steps of a snapshot by their identity, every key filled in."""
    return {task["uid"]: task for task in complete(snapshot)["tasks"]}


def _comparable(task, name):
    value = task.get(name)
    if name in ("depends_on", "tags", "variants", "sites"):
        return sorted(value or [])
    if name == "gates":
        return sorted(value or [], key=lambda gate: gate.get("uid") or "")
    return value


def changed_fields(before, after, names=COMPARED):
    """Return ``{name: (before, after)}`` of what differs between two steps.

    >>> changed_fields({"hours": 1, "tags": []}, {"hours": 2}, ("hours", "tags"))
    {'hours': (1, 2)}
    """
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if _comparable(before, name) != _comparable(after, name)
    }


def diff(old, new):
    """Return the changes from one snapshot to another, in the new one's order."""
    old, new = by_uid(old), by_uid(new)
    changes = []
    for uid, after in new.items():
        before = old.get(uid)
        if before is None:
            changes.append(Change("add", uid, None, after))
            continue
        fields = changed_fields(before, after)
        if fields:
            changes.append(Change("change", uid, before, after, fields))
    changes += [
        Change("drop", uid, before, None)
        for uid, before in old.items()
        if uid not in new
    ]
    return changes


class Merge:
    """From one version to another, met with any number of running projects.

    What differs between the versions is found once.

    :param base: snapshot the projects were launched from
    :param new: snapshot of the new version
    """

    def __init__(self, base, new, names=COMPARED):
        self.names = names
        self.base = base
        self.new = new
        self.changes = diff(base, new)

    def meet(self, today):
        """Return what the new version means for a running project.

        :param today: ``{uid: step}`` of the project as it is, each with ``started``
            (bool: work began, or it is closed); steps the team removed are missing
        :return: changes to propose. What the team already did itself (added fields
            of the same value, steps dropped by both) is no change. Nothing of a
            field is proposed where the version did not change it.
        """
        met = (self._meet(change, today.get(change.uid)) for change in self.changes)
        return [change for change in met if change]

    def _meet(self, change, current):
        if change.kind == "add":
            return None if current else change
        if current is None:
            # The team dropped the step; a changed step does not bring it back.
            return None
        if change.kind == "drop":
            edited = changed_fields(change.before, current, self.names)
            conflict = _conflict(current, bool(edited))
            return Change("drop", change.uid, current, None, {}, conflict)
        return _merge_step(change, current, self.names)


def three_way(base, new, today, names=COMPARED):
    """Return what a new version means for one project; see :class:`Merge`."""
    return Merge(base, new, names).meet(today)


def _merge_step(change, current, names):
    fields, edited = {}, False
    for name, (before, after) in change.fields.items():
        if name not in names:
            continue
        now = _comparable(current, name)
        if now == _comparable({name: after}, name):
            continue
        edited = edited or now != _comparable({name: before}, name)
        fields[name] = (current.get(name), after)
    if not fields:
        return None
    conflict = _conflict(current, edited)
    return Change("change", change.uid, current, change.after, fields, conflict)


def _conflict(current, edited):
    if current.get("started"):
        return "started"
    return "edited" if edited else ""
