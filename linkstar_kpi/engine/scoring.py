"""From an outcome to points, and from points to the score of a card.

Methods (``facts``: the field's usual seven):

- piecewise: straight lines through floor, target and stretch; flat outside.
  ``floor > target`` means lower is better; zero and negative targets are fine
- steps: half-open bands ``[lower, next lower)`` with points
- range: full points inside an inner range, falling to 0 at the outer limits
- binary: 100 or 0
- deduction: 100 minus points for each event, never below 0
- bonus_item: extra points on top of the card, capped in total
- veto: never scores; a breach is proposed and a person confirms it
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from .outcomes import Faulty, Late, Measured, NotApplicable

FULL = 100.0
METHODS = ("piecewise", "steps", "range", "binary", "deduction", "bonus_item", "veto")
# Methods that share out the weights of the card.
WEIGHTED = frozenset(METHODS) - {"bonus_item", "veto"}
# What becomes of a line whose denominator is too small to mean anything.
SMALL_SAMPLES = ("neutral", "drop")


@dataclass(frozen=True)
class Rule:
    """How one line of a scheme turns a value into points.

    ``bands`` are ``(lower, points)`` in ascending order, the first lower bound
    ``None`` for minus infinity. ``points_each`` serves deduction and bonus
    items: points for each unit of the value beyond ``target`` (default 0).
    ``cap`` limits the points of the line.
    """

    method: str = "piecewise"
    weight: float = 0.0
    floor: float | None = None
    target: float | None = None
    stretch: float | None = None
    points_floor: float = 0.0
    points_target: float = FULL
    points_stretch: float = 120.0
    bands: tuple = ()
    outer_low: float | None = None
    range_low: float | None = None
    range_high: float | None = None
    outer_high: float | None = None
    lower_is_better: bool = False
    points_each: float = 0.0
    cap: float | None = None
    min_denominator: float = 0.0
    small_sample: str = "neutral"


@dataclass(frozen=True)
class LineScore:
    """Points of a line and what they add to the card.

    ``state`` is scored, neutral (too small a sample: full points), late,
    not_applicable, error, bonus, veto_proposed or veto_clear. ``points`` is
    None when nothing was scored. ``weight`` is the effective weight after
    redistribution; ``contribution`` is rounded to two decimals, so that the
    shown lines sum to the shown score.
    """

    state: str
    points: float | None = None
    attainment: float | None = None
    weight: float = 0.0
    contribution: float = 0.0


@dataclass(frozen=True)
class CardScore:
    """Score of a card; ``final`` is False while a line is late or in error."""

    score: float | None
    lines: dict = field(default_factory=dict)
    final: bool = True
    vetoes: tuple = ()
    vetoed: bool = False


def half_up(value, digits=2):
    """Round half away from zero, as people do on paper.

    >>> half_up(2.675), half_up(-0.125), half_up(1e16)
    (2.68, -0.13, 1e+16)
    """
    step = Decimal(1).scaleb(-digits)
    number = Decimal(repr(float(value)))
    if number.adjusted() > 20:
        return float(value)
    return float(number.quantize(step, rounding=ROUND_HALF_UP))


def _between(value, left, right):
    """Points on the straight line between two knots ``(x, points)``."""
    (x0, p0), (x1, p1) = left, right
    part = (value - x0) / (x1 - x0)
    points = p0 + (p1 - p0) * part
    low, high = min(p0, p1), max(p0, p1)
    return min(max(points, low), high)


def _through(value, knots):
    """Piecewise linear through knots with different x, flat outside."""
    knots = sorted(knots)
    places = [x for x, _points in knots]
    index = bisect_right(places, value)
    if index == 0:
        return knots[0][1]
    if index == len(knots) or places[index - 1] == value:
        return knots[index - 1][1]
    return _between(value, knots[index - 1], knots[index])


def piecewise(value, rule):
    """Points on the line through floor, target and stretch.

    >>> rule = Rule(floor=80, target=100, stretch=120)
    >>> [piecewise(v, rule) for v in (70, 90, 100, 110, 500)]
    [0.0, 50.0, 100.0, 110.0, 120.0]
    >>> acos = Rule(floor=30, target=20, stretch=15)
    >>> [piecewise(v, acos) for v in (35, 25, 20, 15)]
    [0.0, 50.0, 100.0, 120.0]
    """
    knots = {}
    for x, points in (
        (rule.floor, rule.points_floor),
        (rule.stretch, rule.points_stretch),
        (rule.target, rule.points_target),
    ):
        if x is not None:
            knots[x] = points
    return _through(value, knots.items())


def steps(value, rule):
    """Points of the half-open band that holds the value.

    >>> steps(95, Rule(bands=((None, 0), (90, 60), (95, 100))))
    100
    """
    points = 0.0
    for lower, band_points in rule.bands:
        if lower is None or value >= lower:
            points = band_points
    return points


def in_range(value, rule):
    """Full points inside the range, falling to nothing at the outer limits.

    >>> rule = Rule(outer_low=10, range_low=30, range_high=60, outer_high=90)
    >>> [in_range(v, rule) for v in (5, 20, 30, 45, 60, 75, 100)]
    [0.0, 50.0, 100.0, 100.0, 100.0, 50.0, 0.0]
    """
    low, high = rule.range_low, rule.range_high
    if low <= value <= high:
        return FULL
    if value < low:
        outer, inner = rule.outer_low, low
    else:
        outer, inner = rule.outer_high, high
    if outer is None or outer == inner:
        return 0.0
    return _through(value, ((outer, 0.0), (inner, FULL)))


def meets(value, rule):
    """Whether a value reaches the target, in the direction of the rule."""
    return value <= rule.target if rule.lower_is_better else value >= rule.target


def binary(value, rule):
    """100 if the target is met, else 0."""
    return FULL if meets(value, rule) else 0.0


def deduction(value, rule):
    """100 less ``points_each`` for each event beyond the allowed number.

    >>> [deduction(v, Rule(points_each=20)) for v in (0, 2, 9)]
    [100.0, 60.0, 0.0]
    """
    events = max(value - (rule.target or 0.0), 0.0)
    return max(FULL - rule.points_each * events, 0.0)


def bonus_points(value, rule):
    """Extra points: ``points_each`` for each unit beyond the target.

    >>> bonus_points(3, Rule("bonus_item", points_each=2, cap=5))
    5.0
    """
    points = max(value - (rule.target or 0.0), 0.0) * rule.points_each
    return points if rule.cap is None else min(points, float(rule.cap))


_POINTS = {
    "piecewise": piecewise,
    "steps": steps,
    "range": in_range,
    "binary": binary,
    "deduction": deduction,
    "bonus_item": bonus_points,
}


def points_of(value, rule):
    """Points of a value by the rule's method, within the rule's cap."""
    points = float(_POINTS[rule.method](value, rule))
    if rule.cap is not None:
        points = min(points, rule.cap)
    return points


def attainment(value, rule):
    """Share of the target reached, or None where a ratio says nothing.

    Only positive targets on a ratio scale have an attainment; for lower is
    better it is target over actual.

    >>> attainment(90, Rule(floor=0, target=120))
    0.75
    >>> attainment(25, Rule(floor=30, target=20))
    0.8
    >>> attainment(5, Rule(target=0)) is None
    True
    """
    target = rule.target
    if target is None or target <= 0 or value < 0:
        return None
    lower = rule.lower_is_better
    if rule.floor is not None and rule.method == "piecewise":
        lower = rule.floor > target
    if not lower:
        return value / target
    return target / value if value else None


def score_line(rule, outcome):
    """Points of one line before weights; see :class:`LineScore`."""
    if isinstance(outcome, Late):
        return LineScore("late")
    if isinstance(outcome, NotApplicable):
        return LineScore("not_applicable")
    if isinstance(outcome, Faulty):
        return LineScore("error")
    assert isinstance(outcome, Measured)
    value = outcome.value
    reached = attainment(value, rule)
    if rule.method == "veto":
        state = "veto_clear" if meets(value, rule) else "veto_proposed"
        return LineScore(state, attainment=reached)
    if _too_small(rule, outcome):
        if rule.small_sample == "drop" or rule.method == "bonus_item":
            return LineScore("not_applicable", attainment=reached)
        return LineScore("neutral", FULL, reached)
    state = "bonus" if rule.method == "bonus_item" else "scored"
    return LineScore(state, points_of(value, rule), reached)


def _too_small(rule, outcome):
    return (
        outcome.denominator is not None
        and rule.min_denominator
        and outcome.denominator < rule.min_denominator
    )


def effective_weights(weights):
    """Scale the weights that count so that they sum to 100 again.

    >>> effective_weights({"a": 50.0, "b": 25.0})
    {'a': 66.66666666666667, 'b': 33.333333333333336}
    >>> effective_weights({"a": 0.0})
    {'a': 0.0}
    """
    total = sum(weights.values())
    if total <= 0:
        return dict.fromkeys(weights, 0.0)
    return {key: weight * FULL / total for key, weight in weights.items()}


def score_card(lines, bonus_cap=10.0, confirmed_vetoes=(), veto_limit=0.0):
    """Score of a card from its lines.

    :param lines: dict of key → ``(Rule, Outcome)``
    :param bonus_cap: most that all bonus items together may add
    :param confirmed_vetoes: keys of veto lines that a person confirmed
    :param veto_limit: the score may not exceed this after a confirmed veto
    :return: :class:`CardScore`; its score is None if no line could be scored.
        While a line is late the score stands on the others, and ``final`` is
        False
    """
    scored = {key: score_line(rule, outcome) for key, (rule, outcome) in lines.items()}
    counting = {
        key: lines[key][0].weight
        for key, line in scored.items()
        if line.state in ("scored", "neutral")
    }
    result, total = dict(scored), 0.0
    for key, weight in effective_weights(counting).items():
        line = scored[key]
        share = half_up(line.points * weight / FULL)
        # Not replace(): it takes as long as all the rest of a line.
        result[key] = LineScore(line.state, line.points, line.attainment, weight, share)
        total += share
    total += _add_bonus(result, bonus_cap)
    vetoes = tuple(key for key, line in scored.items() if line.state == "veto_proposed")
    vetoed = any(key in confirmed_vetoes for key in vetoes)
    score = half_up(total) if sum(counting.values()) > 0 else None
    if vetoed and score is not None:
        score = min(score, veto_limit)
    final = not any(line.state in ("late", "error") for line in scored.values())
    return CardScore(score, result, final, vetoes, vetoed)


def _add_bonus(result, cap):
    """Give bonus lines their contribution in turn until the cap is used up."""
    left = cap
    for key, line in result.items():
        if line.state == "bonus":
            share = half_up(min(line.points, left))
            result[key] = replace(line, contribution=share)
            left = max(left - share, 0.0)
    return cap - left


def problems(rule):
    """Codes of what is wrong with a rule, empty if it can score.

    Codes: ``needs_target``, ``floor_equals_target``, ``stretch_wrong_side``,
    ``needs_bands``, ``bands_order``, ``needs_range``, ``range_order``,
    ``needs_points``, ``needs_cap``, ``weight_range``.
    """
    check = {
        "piecewise": _piecewise_problems,
        "steps": _steps_problems,
        "range": _range_problems,
        "deduction": lambda r: [] if r.points_each > 0 else ["needs_points"],
        "bonus_item": _bonus_problems,
    }.get(rule.method, lambda r: [] if r.target is not None else ["needs_target"])
    found = check(rule)
    if not 0 <= rule.weight <= FULL:
        found.append("weight_range")
    return found


def _piecewise_problems(rule):
    if rule.target is None or rule.floor is None:
        return ["needs_target"]
    if rule.floor == rule.target:
        return ["floor_equals_target"]
    if rule.stretch is not None and rule.stretch != rule.target:
        if (rule.stretch > rule.target) != (rule.target > rule.floor):
            return ["stretch_wrong_side"]
    return []


def _steps_problems(rule):
    if not rule.bands:
        return ["needs_bands"]
    bounds = [lower for lower, _points in rule.bands]
    if bounds[0] is not None or None in bounds[1:]:
        return ["bands_order"]
    ascending = all(a < b for a, b in zip(bounds[1:], bounds[2:], strict=False))
    return [] if ascending else ["bands_order"]


def _range_problems(rule):
    if rule.range_low is None or rule.range_high is None:
        return ["needs_range"]
    edges = [
        edge
        for edge in (rule.outer_low, rule.range_low, rule.range_high, rule.outer_high)
        if edge is not None
    ]
    return [] if edges == sorted(edges) else ["range_order"]


def _bonus_problems(rule):
    if rule.points_each <= 0:
        return ["needs_points"]
    return [] if rule.cap is not None and rule.cap > 0 else ["needs_cap"]
