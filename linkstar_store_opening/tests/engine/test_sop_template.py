"""Step lists become templates without losing order or steps."""

import json
from pathlib import Path

import pytest

from odoo.addons.linkstar_store_opening.engine import sop_template

DATA = Path(sop_template.__file__).parents[1] / "data" / "sops.json"
SOPS = json.loads(DATA.read_text(encoding="utf-8"))["sops"]
CATEGORIES = json.loads((DATA.parent / "category_steps.json").read_text("utf-8"))
NOTE = {"en": "Verify.", "zh": "请核实。"}


@pytest.mark.parametrize("sop", SOPS, ids=lambda sop: sop["code"])
def test_each_step_ends_after_the_steps_it_waits_for(sop):
    ends = sop_template.end_days(sop["steps"])
    for step in sop["steps"]:
        for code in step["depends_on"]:
            assert ends[code] <= ends[step["code"]] - step["typical_days"]


@pytest.mark.parametrize("sop", SOPS, ids=lambda sop: sop["code"])
def test_a_template_holds_every_step_once(sop):
    data = sop_template.template_data(sop, NOTE)
    assert len(data["tasks"]) == len({t["uid"] for t in data["tasks"]})
    assert len(data["tasks"]) == len(sop["steps"])


@pytest.mark.parametrize("sop", SOPS, ids=lambda sop: sop["code"])
def test_steps_of_categories_come_behind_the_platforms_own(sop):
    data = sop_template.template_data(sop, NOTE, None, CATEGORIES)
    tasks = {task["uid"].split(".", 1)[1]: task for task in data["tasks"]}
    assert len(tasks) == len(sop["steps"]) + 3
    assert [u for u, t in tasks.items() if "variants" in t] == [
        s["code"].lower() for s in CATEGORIES["steps"]
    ]
    decides = tasks[sop_template.decision_step(sop["steps"]).lower()]
    assert tasks["cat_apply"]["offset_days"] >= decides["offset_days"]
    assert set(tasks["cat_check"]["variants"]) < set(tasks["cat_apply"]["variants"])


def test_weakly_sourced_steps_say_so():
    for sop in SOPS:
        tasks = {
            t["uid"].split(".", 1)[1]: t
            for t in sop_template.template_data(sop, NOTE)["tasks"]
        }
        for step in sop["steps"]:
            said = NOTE["zh"] in tasks[step["code"].lower()]["instructions"]["zh"]
            assert said == (step["evidence"] in ("C", "D"))


def test_steps_that_wait_for_each_other_are_named():
    steps = [
        {"code": "A", "depends_on": ["B"], "typical_days": 1},
        {"code": "B", "depends_on": ["A"], "typical_days": 1},
    ]
    with pytest.raises(sop_template.CyclicSop) as caught:
        sop_template.in_order(steps)
    assert caught.value.codes == ["A", "B"]


GIVEN = frozenset({"PLATFORM_NOTICE", "POSTCARD_CODE", "VIDEO_APPT"})


@pytest.mark.parametrize("sop", SOPS, ids=lambda sop: sop["code"])
def test_papers_that_wait_are_none_that_a_first_gate_asks(sop):
    later, optional = sop_template.paper_times(sop, GIVEN)
    assert not later & optional
    assert later | optional <= set(sop["documents"]) | GIVEN
    first = [s for s in sop["steps"] if not s["depends_on"] and s["gate"]]
    for step in first:
        if not step["optional"]:
            assert set(step["required_documents"]) - GIVEN <= (
                set(sop["documents"]) - later - optional
            )


def test_the_bank_statement_is_needed_and_the_postcard_waits():
    amazon = next(sop for sop in SOPS if sop["code"] == "amazon_us")
    later, optional = sop_template.paper_times(amazon, GIVEN)
    assert later == {"PLATFORM_NOTICE", "POSTCARD_CODE", "VIDEO_APPT"}
    assert {"TRADEMARK", "LIAB_INSURANCE", "CATEGORY_CERT"} <= optional
    assert "BANK_STATEMENT" not in later | optional
