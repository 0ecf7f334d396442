"""Snapshots, launch plans and merges."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import launch_plan, merge, snapshot
from odoo.addons.linkstar_project.engine.schedule import WorkClock

NOW = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)


def always(start, stop):
    return [(start, stop)]


def step(uid, **values):
    return {
        "uid": uid,
        "name": {"en_US": f"Step {uid}", "zh_CN": f"步骤{uid}"},
        **values,
    }


def version(*tasks, **template):
    return {
        "format": 1,
        "template": {"name": {"en_US": "T"}, **template},
        "tasks": list(tasks),
    }


def plan(content, direction="start", **target):
    target = launch_plan.Target(store_id=1, anchor=NOW, **target)
    clock = WorkClock(always, NOW)
    (result,) = launch_plan.build(content, [target], direction, clock, NOW)
    return result


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=5))
def test_checksum_does_not_depend_on_the_order_of_keys(content):
    turned = dict(reversed(list(content.items())))
    assert snapshot.checksum(content) == snapshot.checksum(turned)


def test_faults_name_the_steps():
    looping = version(step("a", depends_on=["b"]), step("b", depends_on=["a"]))
    assert snapshot.faults(looping) == [("cycle", {"path": "Step a → Step b → Step a"})]
    assert snapshot.faults(version()) == [("empty", {})]
    lost = version(step("a", depends_on=["x"]))
    assert snapshot.faults(lost)[0][0] == "unknown_predecessor"


def test_loop_through_a_sub_task_is_a_fault():
    content = version(
        step("head"),
        step("part", parent="head", depends_on=["other"]),
        step("other", depends_on=["head"]),
    )
    assert launch_plan.all_faults(content)[0][0] == "cycle"


def test_parent_frames_its_parts():
    content = version(
        step("head", offset_days=2),
        step("one", parent="head", hours=3),
        step("two", parent="head", hours=2, depends_on=["one"]),
        step("next", depends_on=["head"], hours=1),
    )
    tasks = {task.uid: task for task in plan(content).tasks}
    assert tasks["head"].start == NOW + timedelta(days=2)
    assert tasks["head"].end == tasks["two"].end
    assert tasks["next"].start == tasks["head"].end


def test_owner_is_the_least_loaded_and_keeps_the_role():
    content = version(
        step("a", role="ops"), step("b", role="ops"), step("c", role="buy")
    )
    result = plan(content, candidates={"ops": (5, 6)}, leads=(9,))
    assert {task.owner_id for task in result.tasks if task.role == "ops"} == {5}
    fallback = result.tasks[2]
    assert (fallback.owner_id, fallback.is_fallback) == (9, True)
    assert ("no_owner", {"role": "buy", "count": 1}) in result.warnings


def test_names_come_in_the_language_of_the_team():
    content = version(step("a"))
    assert plan(content, lang="zh_CN").tasks[0].name == "步骤a"
    assert plan(content, lang="de_DE").tasks[0].name == "Step a"


def test_diff_lists_added_changed_and_dropped():
    old = version(step("a", hours=1), step("b"))
    new = version(step("a", hours=2), step("c"))
    kinds = {change.uid: change.kind for change in merge.diff(old, new)}
    assert kinds == {"a": "change", "c": "add", "b": "drop"}


def test_merge_keeps_out_of_what_people_edited():
    base = version(step("a", hours=1), step("b", hours=1), step("c", hours=1))
    new = version(step("a", hours=2), step("b", hours=2), step("c", hours=2))
    today = {
        "a": {**step("a", hours=5), "started": False},
        "b": {**step("b", hours=1), "started": True},
        "c": {**step("c", hours=2), "started": False},
    }
    changes = {c.uid: c.conflict for c in merge.three_way(base, new, today, ("hours",))}
    assert changes == {"a": "edited", "b": "started"}, "c has the new value already"


steps = st.lists(
    st.builds(
        lambda uid, hours, key: step(uid, hours=hours, is_key=key),
        st.sampled_from("abcdef"),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda task: task["uid"],
)


@given(steps, steps)
def test_merge_into_an_untouched_project_gives_the_new_version(old, new):
    base, target = version(*old), version(*new)
    today = {
        task["uid"]: {**task, "started": False}
        for task in snapshot.complete(base)["tasks"]
    }
    merged = {uid: dict(task) for uid, task in today.items()}
    for change in merge.three_way(base, target, today):
        assert not change.conflict
        if change.kind == "drop":
            del merged[change.uid]
        else:
            merged[change.uid] = change.after
    for task in merged.values():
        task.pop("started", None)
    assert merged == {t["uid"]: t for t in snapshot.complete(target)["tasks"]}
    assert not merge.diff(base, base)


@given(steps, steps)
def test_merge_of_what_is_already_there_proposes_nothing(old, new):
    today = {
        task["uid"]: {**task, "started": False}
        for task in snapshot.complete(version(*new))["tasks"]
    }
    changes = merge.three_way(version(*old), version(*new), today)
    assert not changes
