"""Which steps of a template apply to a launch: its categories and its site.

A step may be for some product categories only (batteries need UN38.3) and for some
sites only (PSE concerns Japan). A launch leaves the others out; steps that waited
for one that is left out wait for what that one waited for.
"""


def parse_sites(text):
    """Return the site codes that people wrote, in capitals, each once.

    >>> parse_sites("us, EU，jp;us")
    ['US', 'EU', 'JP']
    >>> parse_sites(None)
    []
    """
    for separator in "，、;；\n":
        text = (text or "").replace(separator, ",")
    codes = (code.strip().upper() for code in text.split(","))
    return list(dict.fromkeys(code for code in codes if code))


def applies(task, variants=(), sites=()):
    """Tell whether a step is for one of these categories, on one of these sites.

    :param task: a step of a snapshot
    :param variants: codes of the categories of the launch
    :param sites: codes the store's site answers to (``DE``, ``EU``)

    >>> step = {"variants": ["battery", "toy"], "sites": ["EU"]}
    >>> applies(step, ["battery"], ["DE", "EU"])
    True
    >>> applies(step, ["battery"], ["US"]), applies(step, [], ["EU"])
    (False, False)
    >>> applies({"variants": [], "sites": []})
    True
    """
    wanted, places = task.get("variants"), task.get("sites")
    if wanted and not set(wanted) & set(variants):
        return False
    return not places or bool(set(places) & set(sites))


def select(snapshot, variants=(), sites=()):
    """Return a completed snapshot with only the steps that apply.

    Sub-tasks go with their parent, milestones with their last step. The given
    snapshot is not changed; where every step applies it is returned itself.
    """
    tasks = snapshot["tasks"]
    by_uid = {task["uid"]: task for task in tasks}
    kept = {uid for uid, task in by_uid.items() if applies(task, variants, sites)}
    kept = {uid for uid in kept if _line(uid, by_uid) <= kept}
    if len(kept) == len(by_uid):
        return snapshot
    chosen = [
        {**task, "depends_on": _bridged(task["depends_on"], by_uid, kept)}
        for task in tasks
        if task["uid"] in kept
    ]
    before = {task["milestone"] for task in tasks}
    after = {task["milestone"] for task in chosen}
    head = snapshot["template"]
    milestones = [
        milestone
        for milestone in head["milestones"]
        if milestone["uid"] in after or milestone["uid"] not in before
    ]
    head = {**head, "milestones": milestones}
    return {**snapshot, "template": head, "tasks": chosen}


def _line(uid, by_uid):
    """A step and everything it is part of."""
    line = set()
    while uid in by_uid and uid not in line:
        line.add(uid)
        uid = by_uid[uid]["parent"]
    return line


def _bridged(uids, by_uid, kept):
    """Predecessors; in the place of one that is left out, its own."""
    found, seen, todo = [], set(), list(reversed(uids))
    while todo:
        uid = todo.pop()
        if uid in seen:
            continue
        seen.add(uid)
        if uid in kept:
            found.append(uid)
        elif uid in by_uid:
            todo += reversed(by_uid[uid]["depends_on"])
    return found


def codes_of(snapshot):
    """Return the codes of all categories that steps of a snapshot name, sorted."""
    return sorted(
        {code for task in snapshot["tasks"] for code in task.get("variants") or ()}
    )
