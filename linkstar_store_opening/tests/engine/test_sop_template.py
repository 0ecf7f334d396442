"""Step lists become templates without losing order or steps."""

import json
from pathlib import Path

import pytest

from odoo.addons.linkstar_store_opening.engine import sop_template

DATA = Path(sop_template.__file__).parents[1] / "data" / "sops.json"
SOPS = json.loads(DATA.read_text(encoding="utf-8"))["sops"]
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
