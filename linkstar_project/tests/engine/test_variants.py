"""Steps for some categories and sites only: what is left waits for the right ones."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import snapshot, variants

CODES = ("battery", "toy")
SITES = ("US", "EU")


@st.composite
def templates(draw):
    """Templates without loops: a step waits for, or is part of, earlier ones only."""
    tasks = []
    for number in range(draw(st.integers(1, 9))):
        earlier = [task["uid"] for task in tasks]
        heads = [task["uid"] for task in tasks if not task["parent"]]
        some = (
            st.lists(st.sampled_from(earlier), max_size=3) if earlier else st.just([])
        )
        tasks.append(
            {
                "uid": f"s{number}",
                "name": {"en_US": f"Step {number}"},
                "depends_on": sorted(set(draw(some))),
                "parent": draw(st.none() | st.sampled_from(heads)) if heads else None,
                "milestone": draw(st.sampled_from([None, "m1", "m2"])),
                "variants": draw(st.lists(st.sampled_from(CODES), unique=True)),
                "sites": draw(st.lists(st.sampled_from(SITES), unique=True)),
            }
        )
    head = {"milestones": [{"uid": uid, "name": uid} for uid in ("m1", "m2")]}
    return snapshot.complete({"template": head, "tasks": tasks})


def before(tasks):
    """Everything a step waits for, however far away."""
    direct = {task["uid"]: set(task["depends_on"]) for task in tasks}
    found = {}
    for task in tasks:
        todo, seen = list(direct[task["uid"]]), set()
        while todo:
            uid = todo.pop()
            if uid not in seen:
                seen.add(uid)
                todo += direct[uid]
        found[task["uid"]] = seen
    return found


chosen = st.lists(st.sampled_from(CODES), unique=True)
places = st.lists(st.sampled_from(SITES), unique=True)


@given(templates(), chosen, places)
def test_exactly_the_applying_steps_stay_and_lose_no_wait(content, codes, sites):
    result = variants.select(content, codes, sites)
    kept = {task["uid"] for task in result["tasks"]}
    for task in content["tasks"]:
        line = variants._line(task["uid"], {t["uid"]: t for t in content["tasks"]})
        by_uid = {t["uid"]: t for t in content["tasks"]}
        fits = all(variants.applies(by_uid[uid], codes, sites) for uid in line)
        assert (task["uid"] in kept) == fits
    waits_before, waits_after = before(content["tasks"]), before(result["tasks"])
    for uid in kept:
        assert waits_after[uid] == waits_before[uid] & kept


@given(templates(), chosen, places)
def test_what_is_selected_is_whole(content, codes, sites):
    result = variants.select(content, codes, sites)
    uids = {task["uid"] for task in result["tasks"]}
    milestones = {m["uid"] for m in result["template"]["milestones"]}
    for task in result["tasks"]:
        assert set(task["depends_on"]) <= uids
        assert task["parent"] is None or task["parent"] in uids
        assert task["milestone"] is None or task["milestone"] in milestones


def test_a_template_without_categories_is_left_as_it_is():
    content = snapshot.complete({"tasks": [{"uid": "a", "name": {"en_US": "A"}}]})
    assert variants.select(content, ["battery"], ["US"]) is content
    assert variants.codes_of(content) == []
