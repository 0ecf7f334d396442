"""Episodes: a condition that lasts, told once from its beginning to its end.

A sync sees the same low stock every quarter of an hour. An episode begins when the
condition appears and ends when it has clearly gone (hysteresis); its number goes
into the event's key, so that however often the sync repeats there is one event, and
the next time the condition appears there is a new one.
"""

from dataclasses import dataclass

# Cover must rise this far above the threshold before an episode ends, so that stock
# that hovers at the threshold does not raise an event every day.
RECOVERY = 1.2


@dataclass(frozen=True)
class Episode:
    """``number`` counts the episodes of one subject; 0 before the first."""

    number: int = 0
    is_open: bool = False


def step(episode, holds, recovered):
    """One observation.

    :param holds: the condition is there
    :param recovered: the condition has clearly gone; neither of both leaves an
        episode as it is
    :return: ``(episode, begins)``: ``begins`` when this observation opened it

    >>> step(Episode(), True, False)
    (Episode(number=1, is_open=True), True)
    >>> step(Episode(1, True), True, False)
    (Episode(number=1, is_open=True), False)
    >>> step(Episode(1, True), False, True)
    (Episode(number=1, is_open=False), False)
    """
    if holds and not episode.is_open:
        return Episode(episode.number + 1, True), True
    if episode.is_open and recovered and not holds:
        return Episode(episode.number, False), False
    return episode, False


def stock_low(cover, threshold):
    """Whether cover is too low, and whether it has recovered.

    :param cover: days of cover, or None where nothing sells (never low)
    :return: ``(holds, recovered)``

    >>> stock_low(9.9, 10), stock_low(11, 10), stock_low(12, 10), stock_low(None, 10)
    ((True, False), (False, False), (False, True), (False, True))
    """
    if cover is None:
        return False, True
    return cover < threshold, cover >= threshold * RECOVERY


def stock_out(available, units_sold, was_known):
    """Whether an MSKU that people buy, or that had stock, has none left.

    >>> stock_out(0, 5, False), stock_out(0, 0, False), stock_out(3, 5, True)
    ((True, False), (False, False), (False, True))
    """
    sells = units_sold > 0 or was_known
    return available <= 0 and sells, available > 0


def above(value, threshold, recovery=0.9):
    """For rates that should stay low: over the threshold, and well below it again.

    >>> above(0.011, 0.01), above(0.0095, 0.01), above(0.008, 0.01)
    ((True, False), (False, False), (False, True))
    """
    if value is None:
        return False, False
    return value > threshold, value <= threshold * recovery


def event_key(subject, number):
    """The event's key: the same for every observation of an episode.

    >>> event_key("SKU-1", 2)
    'SKU-1#2'
    """
    return f"{subject}#{number}"
