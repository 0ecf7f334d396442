"""Figures that people enter: what a metric asks for, and what it comes to."""

import math
from dataclasses import dataclass

from odoo.addons.linkstar_project.engine import formula


@dataclass(frozen=True)
class Asked:
    """What is entered for a metric.

    ``value`` is the code of the measure, ``base`` that of the measure it is divided
    by (None: the value stands alone), ``factor`` what their quotient is multiplied
    by: 100 for a percentage.
    """

    value: str
    base: str | None = None
    factor: float = 1.0


def asked(code, tree):
    """What to enter for a metric, or None if no two numbers give it.

    :param code: code of the metric
    :param tree: its expanded formula, None for a measure

    >>> asked("reply_rate", formula.parse("100 * in_time / due"))
    Asked(value='in_time', base='due', factor=100.0)
    >>> asked("rating", None)
    Asked(value='rating', base=None, factor=1.0)
    >>> asked("profit", formula.parse("gmv - cost"))
    """
    if tree is None:
        return Asked(code)
    if not isinstance(tree, formula.Arithmetic) or tree.op != "/":
        return None
    factor, top = 1.0, tree.left
    if isinstance(top, formula.Arithmetic) and top.op == "*":
        if isinstance(top.left, formula.Number):
            factor, top = float(top.left.value), top.right
        elif isinstance(top.right, formula.Number):
            factor, top = float(top.right.value), top.left
    if isinstance(top, formula.Name) and isinstance(tree.right, formula.Name):
        return Asked(top.name, tree.right.name, factor)
    return None


def result(what, value, base=None):
    """The metric's value from what was entered, or None where nothing follows.

    >>> result(Asked("in_time", "due", 100.0), 45, 50)
    90.0
    >>> result(Asked("in_time", "due", 100.0), 0, 0)
    """
    if what.base is None:
        return float(value)
    if not base or not math.isfinite(value / base):
        return None
    return what.factor * value / base


def faults(what, value, base, unit):
    """Codes of what is wrong with an entry; an empty list if nothing is.

    :param unit: unit of the metric; points lie between 0 and 100

    >>> faults(Asked("in_time", "due", 100.0), 60, 50, "percent")
    ['above_base']
    >>> faults(Asked("rating"), 120, None, "points")
    ['points']
    >>> faults(Asked("calls"), 120, None, "count")
    []
    """
    found = []
    if not math.isfinite(value) or (base is not None and not math.isfinite(base)):
        return ["not_finite"]
    if unit == "points" and what.base is None and not 0 <= value <= 100:
        found.append("points")
    if what.base is not None:
        if (base or 0) < 0 or value < 0:
            found.append("negative")
        elif unit == "percent" and value > (base or 0):
            found.append("above_base")
    return found
