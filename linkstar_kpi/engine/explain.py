"""Why a line of a scorecard is what it is, as codes with arguments.

The model turns each code into a sentence of the reader's language; kept as
codes, an explanation stored with a locked card can be read in any language.
"""

from .outcomes import Faulty, Late, NotApplicable


def line_notes(*, outcome, score, rule, facts):
    """Ordered ``(code, args)`` notes about one line.

    :param outcome: the line's outcome
    :param score: the line's :class:`~.scoring.LineScore`
    :param rule: the rule as applied, after proration
    :param facts: dict of what the calculation knows: ``stores`` (number),
        ``tasks`` (number of due tasks), ``excluded_days``, ``exclusions`` (list
        of reasons with what they concern), ``fraction`` (part of the target),
        ``ramp``, ``as_of``, ``currency``, ``rate_rule``, ``small`` …
    """
    notes = [_value_note(outcome, facts)]
    notes += _scope_notes(facts)
    if facts.get("fraction", 1.0) != 1.0:
        notes.append(("prorated", {"percent": round(facts["fraction"] * 100, 1)}))
    if facts.get("ramp", 1.0) != 1.0:
        notes.append(("ramp", {"percent": round(facts["ramp"] * 100, 1)}))
    notes.append(_points_note(score, rule))
    if facts.get("as_of"):
        notes.append(("as_of", {"as_of": facts["as_of"]}))
    return notes


def _value_note(outcome, facts):
    if isinstance(outcome, Late):
        return "late", {"reason": outcome.reason}
    if isinstance(outcome, NotApplicable):
        return "not_applicable", {"reason": outcome.reason}
    if isinstance(outcome, Faulty):
        return "error", {"reason": outcome.reason}
    args = {"value": outcome.value, "currency": facts.get("currency", "")}
    if facts.get("numerator") is not None and outcome.denominator is not None:
        args["numerator"] = facts["numerator"]
        args["denominator"] = outcome.denominator
        return "ratio", args
    return "value", args


def _scope_notes(facts):
    notes = []
    if facts.get("stores"):
        notes.append(("stores", {"count": facts["stores"]}))
    if facts.get("tasks") is not None:
        notes.append(("tasks", {"count": facts["tasks"]}))
    if facts.get("rate_rule"):
        notes.append(("rate_rule", {"rule": facts["rate_rule"]}))
    for exclusion in facts.get("exclusions", ()):
        notes.append(("excluded", exclusion))
    return notes


def _points_note(score, rule):
    args = {
        "weight": round(score.weight, 2),
        "contribution": score.contribution,
        "target": rule.target,
    }
    if score.state == "scored":
        return "points", dict(args, points=score.points, method=rule.method)
    if score.state == "bonus":
        return "bonus", args
    if score.state == "neutral":
        return "small_sample", dict(args, minimum=rule.min_denominator)
    if score.state == "veto_proposed":
        return "veto_proposed", args
    if score.state == "veto_clear":
        return "veto_clear", args
    return "weight_moved", {"weight": rule.weight}
