"""From a snapshot and its targets to a plan: tasks, dates, owners, warnings.

Preview, trial and launch share this plan, so what the preview shows is what the
launch writes. Nothing here reads or writes a database: people, calendars and
``now`` arrive as arguments.
"""

from dataclasses import dataclass, field

from .critical_path import critical
from .graph import CycleError, topological_order
from .schedule import Step, backward, forward
from .snapshot import complete, faults, localise
from .variants import select


class NothingApplies(Exception):
    """No step of the template is for this store and these categories."""

    def __init__(self, store_id):
        super().__init__(store_id)
        self.store_id = store_id


@dataclass(frozen=True)
class Target:
    """One store (and subject) for which the template is launched.

    :param lang: language of what all read, and of work without an owner
    :param langs: ``{user id: language}``: a task speaks its owner's
    :param candidates: ``{role code: user ids of the narrowest scope}``
    :param leads: user ids of the store's leads, in order of preference
    :param anchor: aware datetime of day 0
    :param variants: codes of the product categories whose extra steps come in
    :param sites: codes the store's site answers to, such as ``DE`` and ``EU``
    """

    store_id: int
    anchor: object
    lang: str = "en_US"
    langs: dict = field(default_factory=dict)
    candidates: dict = field(default_factory=dict)
    leads: tuple = ()
    variants: tuple = ()
    sites: tuple = ()


@dataclass
class PlannedTask:
    """One task to be written."""

    uid: str
    name: str
    description: str
    start: object
    end: object
    owner_id: int | None
    role: str | None
    is_fallback: bool
    is_critical: bool
    lang: str
    source: dict


@dataclass
class Plan:
    """What a launch for one target will write.

    ``snapshot`` holds the steps that apply to the target, and no others.
    """

    target: Target
    snapshot: dict
    tasks: list
    warnings: list

    @property
    def end(self):
        """The latest end of its tasks."""
        return max(task.end for task in self.tasks)

    @property
    def start(self):
        """The earliest start of its tasks."""
        return min(task.start for task in self.tasks)


class Load:
    """Open tasks by person, counted on while a plan hands out work."""

    def __init__(self, open_tasks=None):
        self._open = dict(open_tasks or {})

    def take(self, candidates):
        """Return the candidate with the fewest open tasks, and count one more.

        >>> load = Load({7: 2, 8: 1})
        >>> [load.take([7, 8]) for _ in range(3)]
        [8, 7, 8]
        """
        chosen = min(candidates, key=lambda user: (self._open.get(user, 0), user))
        self._open[chosen] = self._open.get(chosen, 0) + 1
        return chosen


def steps_of(tasks):
    """Return the schedule's steps of snapshot tasks.

    A parent ends with its children: it is scheduled as a frame around them and
    lends them its own offset and predecessors.

    :return: ``(steps, {parent uid: [child uids]})``
    """
    parents = {task["uid"]: task["parent"] for task in tasks}
    by_uid = {task["uid"]: task for task in tasks}
    children = {}
    for task in tasks:
        if task["parent"]:
            children.setdefault(task["parent"], []).append(task["uid"])
    steps = []
    for task in tasks:
        if task["uid"] in children:
            continue
        waits = []
        offset = task["offset_days"]
        up = task["uid"]
        while up:
            waits += by_uid[up]["depends_on"]
            if up != task["uid"] and not offset:
                offset = by_uid[up]["offset_days"]
            up = parents[up]
        steps.append(
            Step(
                uid=task["uid"],
                hours=task["hours"],
                elapsed_days=task["duration_days"],
                is_elapsed=task["duration_kind"] == "elapsed",
                offset=offset,
                depends_on=tuple(
                    leaf for uid in waits for leaf in _leaves(uid, children)
                ),
            )
        )
    return steps, children


def all_faults(snapshot):
    """Return the faults of a snapshot, loops through sub-tasks included.

    :return: list of ``(code, args)``, see :func:`snapshot.faults`
    """
    found = faults(snapshot)
    if found:
        return found
    tasks = complete(snapshot)["tasks"]
    steps, _children = steps_of(tasks)
    try:
        topological_order({step.uid: step.depends_on for step in steps})
    except CycleError as error:
        names = {task["uid"]: localise(task["name"], "en_US") for task in tasks}
        return [("cycle", {"path": " → ".join(names[uid] for uid in error.cycle)})]
    return []


def _leaves(uid, children):
    """The tasks without children under (or at) a task, without recursion."""
    found, todo = [], [uid]
    while todo:
        uid = todo.pop()
        if uid in children:
            todo += children[uid]
        else:
            found.append(uid)
    return found


def frames(schedule, tasks, children):
    """Add to a schedule the slots of parents: from first start to last end."""
    slot_type = type(next(iter(schedule.slots.values())))
    for task in tasks:
        if task["uid"] in children:
            leaves = [schedule.slots[uid] for uid in _leaves(task["uid"], children)]
            schedule.slots[task["uid"]] = slot_type(
                min(slot.start for slot in leaves), max(slot.end for slot in leaves)
            )


def plan_dates(snapshot, anchor, direction, clock, now):
    """Return ``(schedule, critical uids)`` of a snapshot from one anchor.

    :param direction: ``start`` (forward) or ``target`` (backward)
    """
    tasks = snapshot["tasks"]
    steps, children = steps_of(tasks)
    if direction == "target":
        schedule = backward(steps, anchor, clock, now)
    else:
        # Days before a target mean nothing without it: from the anchor on, at once.
        counts_back = snapshot.get("template", {}).get("anchor") == "target"
        not_before = anchor if counts_back else None
        schedule = forward(steps, anchor, clock, not_before=not_before)
    edges = {step.uid: step.depends_on for step in steps}
    path = critical(schedule.slots, edges, clock)
    frames(schedule, tasks, children)
    return schedule, path


def build(snapshot, targets, direction, clock, now, load=None):
    """Return one :class:`Plan` for each target.

    Targets with the same anchor and steps share one computation of dates. Each task
    gets one accountable person: the one of the narrowest scope with the least open
    work; without any, the store's lead, and a warning says so.

    Warnings are ``(code, args)``; codes: ``no_owner`` (role, count), ``no_lead``,
    ``begins_in_past`` and ``target_missed`` (days).
    """
    snapshot = complete(snapshot)
    load = load or Load()
    chosen, dates, plans = {}, {}, []
    for target in targets:
        which = target.variants, target.sites
        if which not in chosen:
            chosen[which] = select(snapshot, *which)
        steps = tuple(task["uid"] for task in chosen[which]["tasks"])
        if not steps:
            raise NothingApplies(target.store_id)
        key = target.anchor, steps
        if key not in dates:
            dates[key] = plan_dates(chosen[which], target.anchor, direction, clock, now)
        schedule, path = dates[key]
        plans.append(_plan_for(chosen[which], target, schedule, path, load))
    return plans


def _plan_for(snapshot, target, schedule, path, load):
    tasks, missing = [], {}
    owners = {}
    for source in snapshot["tasks"]:
        role = source["role"]
        owner, is_fallback = _owner(role, target, owners, load)
        if role and is_fallback:
            missing[role] = missing.get(role, 0) + 1
        slot = schedule.slots[source["uid"]]
        lang = target.langs.get(owner) or target.lang
        tasks.append(
            PlannedTask(
                uid=source["uid"],
                name=localise(source["name"], lang),
                description=localise(source["description"], lang),
                start=slot.start,
                end=slot.end,
                owner_id=owner,
                role=role,
                is_fallback=is_fallback,
                is_critical=source["uid"] in path,
                lang=lang,
                source=source,
            )
        )
    warnings = list(schedule.warnings)
    warnings += [
        ("no_owner", {"role": role, "count": count})
        for role, count in sorted(missing.items())
    ]
    if any(task.owner_id is None for task in tasks):
        warnings.append(("no_lead", {}))
    return Plan(target, snapshot, tasks, warnings)


def _owner(role, target, owners, load):
    """One person a role within a launch: a role's work stays in one hand."""
    if role in owners:
        return owners[role]
    candidates = target.candidates.get(role) or ()
    if candidates:
        owners[role] = load.take(candidates), False
    elif target.leads:
        owners[role] = target.leads[0], bool(role)
    else:
        owners[role] = None, bool(role)
    return owners[role]
