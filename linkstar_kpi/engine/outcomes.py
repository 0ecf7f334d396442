"""What a metric can come to, with the three kinds of nothing kept apart.

A true zero is ``Measured(0.0)``. Data that has not arrived is ``Late`` and
blocks closing. A metric that does not concern this person is
``NotApplicable`` and gives its weight to the others. An error in the data is
``Faulty`` and is shown as an error. None of the last three is ever scored as
zero.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """A finite number, with the denominator it was divided by, if a ratio."""

    value: float
    denominator: float | None = None


@dataclass(frozen=True)
class Late:
    """Data that is still to come; ``reason`` is a code with its arguments."""

    reason: str = "no_data"


@dataclass(frozen=True)
class NotApplicable:
    """The metric does not concern this person in this period."""

    reason: str = "no_subject"


@dataclass(frozen=True)
class Faulty:
    """Data from which no value follows (division by zero, not finite)."""

    reason: str = "division_by_zero"


Outcome = Measured | Late | NotApplicable | Faulty


def ratio(numerator, denominator):
    """Sum of numerators over sum of denominators as an outcome.

    No rows at all is late; a denominator of zero means that nothing happened
    which could be measured.

    >>> ratio(30.0, 120.0)
    Measured(value=0.25, denominator=120.0)
    >>> ratio(None, None)
    Late(reason='no_data')
    >>> ratio(5.0, 0.0)
    Faulty(reason='division_by_zero')
    >>> ratio(0.0, 0.0)
    NotApplicable(reason='zero_denominator')
    """
    if denominator is None:
        return Late()
    numerator = numerator or 0.0
    if denominator == 0:
        if numerator:
            return Faulty()
        return NotApplicable("zero_denominator")
    return finite(numerator / denominator, denominator)


def finite(value, denominator=None):
    """A number as an outcome; infinities and NaN are errors in the data.

    >>> finite(0.0)
    Measured(value=0.0, denominator=None)
    >>> finite(float("inf"))
    Faulty(reason='not_finite')
    """
    if value is None:
        return Late()
    if not math.isfinite(value):
        return Faulty("not_finite")
    return Measured(value, denominator)
