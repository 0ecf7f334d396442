"""Turn a platform's step list into the data of a built-in template.

The step list says who does what after what and how many days it usually takes;
the template says when each task ends, counted from the start of the opening.
"""

ROLE_CODES = {"legal": "legal", "finance": "finance", "ops": "operator"}

# Texts below this grade rest on trade blogs or habit; the platform has the last word.
GRADES_TO_VERIFY = ("C", "D")

# Who does a step: what these do, the company waits for.
OUTSIDE = ("platform", "third_party", "mixed")


class CyclicSop(ValueError):
    """Steps wait for each other; ``codes`` names them."""

    def __init__(self, codes):
        super().__init__("steps wait for each other: " + ", ".join(codes))
        self.codes = codes


def in_order(steps):
    """Steps with every step after those it depends on; stable otherwise.

    :raises CyclicSop: some steps wait for each other
    """
    known = {step["code"] for step in steps}
    done, ordered, rest = set(), [], list(steps)
    while rest:
        ready = [s for s in rest if not (set(s["depends_on"]) & known) - done]
        if not ready:
            raise CyclicSop([s["code"] for s in rest])
        ordered += ready
        done |= {s["code"] for s in ready}
        rest = [s for s in rest if s["code"] not in done]
    return ordered


def end_days(steps):
    """``{code: day}`` on which each step ends, counted from the start (day 0)."""
    ends = {}
    for step in in_order(steps):
        start = max((ends[c] for c in step["depends_on"] if c in ends), default=0)
        ends[step["code"]] = start + step["typical_days"]
    return ends


def typical_days(steps):
    """``(days to prepare, days under review)`` that a step list usually takes.

    Preparing ends when the first step of the platform may start; the review is the
    longest chain of what the platform and third parties do.
    """
    outside = [s for s in steps if s["actor"] in OUTSIDE]
    ends = end_days(steps)
    starts = [ends[s["code"]] - s["typical_days"] for s in outside]
    review = max((ends[s["code"]] for s in outside if s["gate"]), default=0)
    first = min(starts, default=max(ends.values(), default=0))
    return first, max(review - first, 0)


def paper_times(sop, given):
    """``(later, optional)``: codes of papers that do not hold the first submission.

    Needed before the submission is what a gate asks before the platform, or somebody
    else outside, has done anything; what later steps ask can wait, and what only
    optional steps or no step ask is optional.

    :param given: codes of papers that the platform itself gives during the review
    """
    steps = {step["code"]: step for step in sop["steps"]}
    waits = {}
    for step in in_order(sop["steps"]):
        before = [steps[code] for code in step["depends_on"] if code in steps]
        waits[step["code"]] = any(
            s["actor"] in OUTSIDE or waits[s["code"]] for s in before
        )
    asked, needed = set(), set()
    for step in sop["steps"]:
        if step["optional"]:
            continue
        asked.update(step["required_documents"])
        if step["gate"] and not waits[step["code"]]:
            needed.update(step["required_documents"])
    needed -= set(given)
    return asked - needed, set(sop["documents"]) - asked


def needs_verification(step):
    """Whether the step rests on a source that is not the platform's own."""
    return step["evidence"] in GRADES_TO_VERIFY


def decision_step(steps):
    """Code of the step in which the platform decides: the last gate of somebody else.

    Without one (a further site of an account) it is the first step.
    """
    ends = end_days(steps)
    gates = [s["code"] for s in steps if s["actor"] in OUTSIDE and s["gate"]]
    return max(gates, key=ends.get, default=steps[0]["code"])


def category_steps(steps, categories):
    """Steps that come in for product categories, placed behind a platform's own.

    :param categories: content of ``data/category_steps.json``
    :return: steps in the manner of ``sops.json`` with ``variants``, each after the
        one before it; the application follows the platform's decision
    """
    found, before = [], [in_order(steps)[0]["code"]]
    for step in categories["steps"]:
        waits = [decision_step(steps)] if step["after_decision"] else []
        codes = categories["regulated" if step["regulated"] else "all"]
        found.append({**step, "depends_on": [*before, *waits], "variants": codes})
        before = [step["code"]]
    return found


def template_data(sop, verify_note, checklist_zh=None, categories=None):
    """Data for ``project.project._load_builtin``, one task a step.

    :param sop: one entry of ``data/sops.json``
    :param verify_note: ``{"en": …, "zh": …}`` shown on weakly sourced steps; a
        ``{grade}`` in it becomes the step's grade
    :param checklist_zh: ``{English line: Chinese line}``
    :param categories: see :func:`category_steps`; none: no extra steps
    """
    extra = category_steps(sop["steps"], categories) if categories else []
    steps = [*sop["steps"], *extra]
    ends = end_days(steps)
    tasks = []
    for step in in_order(steps):
        tasks.append(
            {
                "uid": f"{sop['code']}.{step['code']}".lower(),
                "name": step["name"],
                "role": ROLE_CODES[step["role"]],
                "hours": float(step["typical_days"]),
                "offset_days": ends[step["code"]],
                "duration_kind": "elapsed",
                "depends_on": [
                    f"{sop['code']}.{code}".lower() for code in step["depends_on"]
                ],
                "is_key": bool(step["gate"]),
                **({"variants": step["variants"]} if "variants" in step else {}),
                "instructions": _instructions(step, verify_note, checklist_zh),
            }
        )
    return {
        "code": f"opening_{sop['code']}",
        "kind": "opening",
        "name": {
            "en": f"Open a shop: {sop['name']['en']}",
            "zh": f"开店：{sop['name']['zh']}",
        },
        "tasks": tasks,
    }


def _line(line, lang, checklist_zh):
    """A line of a checklist in a language; the English one where none is known."""
    if lang == "zh" and line in checklist_zh:
        return checklist_zh[line]
    return line[:1].upper() + line[1:]


def _instructions(step, verify_note, checklist_zh=None):
    notes = {}
    for lang in ("en", "zh"):
        lines = [_line(line, lang, checklist_zh or {}) for line in step["checklist"]]
        if needs_verification(step):
            lines.append(verify_note[lang].format(grade=step["evidence"]))
        notes[lang] = "\n".join(lines)
    return notes
