"""Sheets of SOPs and of running work, and taking steps over: property tests."""

import string

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import (
    merge,
    sample_sheets,
    snapshot,
    sop_sheet,
    tabular,
    takeover,
    work_sheet,
)

NAMES = st.text(string.ascii_letters + "拍图上架 <>=&", min_size=1, max_size=12)


@st.composite
def steps(draw):
    """Rows with unique numbers that wait only for earlier rows."""
    names = draw(st.lists(NAMES.filter(str.strip), min_size=1, max_size=8))
    rows = []
    for number, name in enumerate(names, 1):
        earlier = [str(n) for n in range(1, number)]
        after = draw(st.lists(st.sampled_from(earlier), max_size=2)) if earlier else []
        rows.append(
            (
                number + 1,
                [
                    str(number),
                    name,
                    draw(st.floats(0, 500).map(lambda x: round(x, 2))),
                    draw(st.integers(-60, 60)),
                    "、".join(after),
                    draw(st.sampled_from(["", "是", "no"])),
                ],
            )
        )
    headers = ["编号", "任务", "工时", "偏移天数", "前置任务", "凭证"]
    return tabular.Table(headers, rows)


def blank():
    return snapshot.complete({"template": {"name": {"en_US": "T"}}, "tasks": []})


def put(base, table):
    sheet = sop_sheet.read_sheet(table)
    assert not sheet.errors
    return sop_sheet.merge(base, sheet.steps, "u{}".format, str, "en_US")


@given(steps())
def test_a_sheet_put_in_twice_is_put_in_once(table):
    once = put(blank(), table)
    assert not snapshot.faults(once)
    assert len(once["tasks"]) == len(table.rows)
    assert not merge.diff(once, put(once, table))


@given(steps(), steps())
def test_steps_that_a_second_sheet_does_not_name_stay(first, second):
    once = put(blank(), first)
    twice = put(once, second)
    assert {t["uid"] for t in once["tasks"]} <= {t["uid"] for t in twice["tasks"]}
    sequences = [task["sequence"] for task in twice["tasks"]]
    assert sequences == sorted(set(sequences))


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=6)))
def test_any_rows_give_steps_or_errors_never_a_crash(rows):
    headers = ["no", "task", "parent", "hours", "offset", "predecessor"]
    table = tabular.Table(headers, list(enumerate(rows, 2)))
    sheet = sop_sheet.read_sheet(table)
    named = {error.row for error in sheet.errors}
    if not named:
        assert not {"cycle", "duplicate", "parent_cycle"} & {
            code
            for code, _args in snapshot.faults(
                sop_sheet.merge(blank(), sheet.steps, str, str, "en_US")
            )
        }
    headers = ["task", "owner", "store", "due", "state", "note"]
    work_sheet.read_sheet(tabular.Table(headers, list(enumerate(rows, 2))))


@given(st.lists(st.sampled_from(["A", "a ", "B"]), max_size=12))
def test_works_of_one_store_have_keys_of_their_own(names):
    rows = [(n, [name, "Li", "2030-01-01"]) for n, name in enumerate(names, 2)]
    table = tabular.Table(["task", "owner", "due"], rows)
    first, again = work_sheet.read_sheet(table), work_sheet.read_sheet(table)
    keys = [work.key for work in first.works]
    assert len(set(keys)) == len(names)
    assert keys == [work.key for work in again.works]


@given(steps(), steps(), st.data())
def test_what_is_taken_over_differs_no_more_and_the_rest_stays(mine, other, data):
    current, incoming = put(blank(), mine), put(blank(), other)
    incoming = takeover.align(current, incoming)
    changes = merge.diff(current, incoming)
    uids = [change.uid for change in changes]
    everything = takeover.take(current, incoming, uids)
    assert not merge.diff(everything, incoming)
    assert not merge.diff(takeover.take(current, incoming, []), current)
    if uids:
        chosen = data.draw(st.sets(st.sampled_from(uids)))
        result = takeover.take(current, incoming, chosen)
        here = {task["uid"] for task in result["tasks"]}
        for task in result["tasks"]:
            assert set(task["depends_on"]) <= here
            assert task["parent"] is None or task["parent"] in here


def test_milestones_of_one_name_are_one():
    def template(uid, name):
        task = {"uid": "a", "name": {"en_US": "A"}, "milestone": uid}
        head = {"name": {}, "milestones": [{"uid": uid, "name": name}]}
        return snapshot.complete({"template": head, "tasks": [task]})

    current = template("m7", "到仓")
    incoming = template("stock", {"en_US": "In stock", "zh_CN": "到仓"})
    assert not merge.diff(current, takeover.align(current, incoming))


def test_every_sample_can_be_read_back():
    for name, languages in sample_sheets.SAMPLES.items():
        for lang in languages:
            table = tabular.read_table(sample_sheets.workbook(name, lang))
            reader = {"sop": sop_sheet, "work": work_sheet}.get(name)
            if reader:
                sheet = reader.read_sheet(table)
                assert not sheet.errors and not sheet.unknown, (name, lang)
