"""Why a day's sums differ from Amazon's: the reasons that can be known."""

from dataclasses import dataclass

from .daily import variance

# Codes of explanations, from the surest to the vaguest.
EQUAL = "equal"
NOT_READ = "not_read"
PENDING = "pending"
SHIFTED = "shifted"
LATE = "late"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: orders and sales of a store's day."""

    orders: int
    gmv: float


def within(ours, theirs, tolerance):
    """Whether both sides agree: orders and sales, within percent.

    >>> within(Side(100, 1000.0), Side(100, 1009.0), 1.0)
    True
    >>> within(Side(98, 1000.0), Side(100, 1000.0), 1.0)
    False
    """
    if abs(variance(ours.gmv, theirs.gmv)) > tolerance:
        return False
    return abs(variance(ours.orders, theirs.orders)) <= tolerance


def explain(ours, theirs, tolerance, pending=0, read_until_end=True, neighbours=()):
    """Name why a day differs, or that nobody knows.

    :param pending: orders of ours of that day without a price yet
    :param read_until_end: our orders are read beyond the end of the day
    :param neighbours: ``(ours, theirs)`` of the day before and after: orders at
        midnight that are booked on the other day, when both days together agree

    >>> explain(Side(10, 100.0), Side(10, 100.0), 1.0)
    'equal'
    >>> explain(Side(10, 80.0), Side(10, 100.0), 1.0, pending=2)
    'pending'
    >>> explain(Side(9, 90.0), Side(10, 100.0), 1.0,
    ...     neighbours=[(Side(11, 110.0), Side(10, 100.0))])
    'shifted'
    >>> explain(Side(9, 90.0), Side(10, 100.0), 1.0)
    'unknown'
    """
    if within(ours, theirs, tolerance):
        return EQUAL
    if not read_until_end:
        return NOT_READ
    if pending and ours.gmv < theirs.gmv and _orders_agree(ours, theirs, tolerance):
        return PENDING
    if any(_together(ours, theirs, *pair, tolerance) for pair in neighbours):
        return SHIFTED
    if theirs.orders == 0 and ours.orders:
        return LATE
    return UNKNOWN


def _orders_agree(ours, theirs, tolerance):
    return abs(variance(ours.orders, theirs.orders)) <= tolerance


def _together(ours, theirs, our_other, their_other, tolerance):
    """The other day differs the other way round, and the sum of both agrees."""
    gap, other = ours.gmv - theirs.gmv, our_other.gmv - their_other.gmv
    if not gap * other < 0:
        return False
    return within(
        Side(ours.orders + our_other.orders, ours.gmv + our_other.gmv),
        Side(theirs.orders + their_other.orders, theirs.gmv + their_other.gmv),
        tolerance,
    )
