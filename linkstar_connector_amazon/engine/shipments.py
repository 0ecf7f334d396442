"""Inbound shipments: what a change of status means."""

from dataclasses import dataclass

# Amazon's order of an inbound shipment's life. CLOSED means receiving is complete.
ORDER = (
    "WORKING",
    "READY_TO_SHIP",
    "SHIPPED",
    "IN_TRANSIT",
    "DELIVERED",
    "CHECKED_IN",
    "RECEIVING",
    "CLOSED",
)
ENDED = ("CLOSED", "CANCELLED", "DELETED")
STATUSES = (*ORDER, "CANCELLED", "DELETED", "ERROR")


@dataclass(frozen=True)
class Seen:
    """What is known of a shipment: its status, and units sent and received."""

    status: str
    shipped: int = 0
    received: int = 0


def status_event(known, status, baseline):
    """Whether a status is news.

    :param known: the status we know, or None for a shipment never seen
    :param baseline: True while the first scan collects what was there before us:
        years of closed shipments are history, not news
    :return: True when an event is due

    >>> status_event("RECEIVING", "CLOSED", False)
    True
    >>> status_event("CLOSED", "CLOSED", False)
    False
    >>> status_event(None, "CLOSED", True)
    False
    """
    if baseline and known is None:
        return False
    return known != status


def is_late_word(known, status):
    """Whether a page tells an older status than the one we know.

    Pages may come out of order; a closed shipment does not go back to receiving.

    >>> is_late_word("CLOSED", "RECEIVING"), is_late_word("SHIPPED", "RECEIVING")
    (True, False)
    """
    if known not in ORDER or status not in ORDER:
        return known in ENDED and status in ORDER
    return known == "CLOSED" and status != "CLOSED"


def closed_short(shipped, received):
    """Units that were sent and not received when a shipment closed.

    >>> closed_short(100, 97), closed_short(100, 102)
    (3, 0)
    """
    return max(0, shipped - received)
