"""Comparing how groups were scored, so that people can talk about it.

Nothing here ranks anybody or bends a score to a curve: it describes each group's
scores and adjustments beside everybody's, and names what is worth a talk.
"""

from dataclasses import dataclass

#: Groups smaller than this are not described: their figures are a person's.
LEAST_GROUP = 3
#: Points between a group and all from which the difference is worth a talk.
FAR = 5.0
#: Mean adjustment in points from which a reviewer is lenient or strict.
TILTED = 2.0


@dataclass(frozen=True)
class Card:
    """A card's part: its group, the measured score, what a person added."""

    group: object
    score: float
    adjustment: float = 0.0

    @property
    def final(self):
        """Score after the adjustment, never below 0."""
        return max(self.score + self.adjustment, 0.0)


@dataclass(frozen=True)
class Group:
    """How one group was scored; figures are None below :data:`LEAST_GROUP`.

    ``notes`` are codes: ``small``, ``higher``, ``lower`` (final scores against
    all), ``lenient``, ``strict`` (adjustments against all), ``narrow`` (everybody
    within a point, while others differ).
    """

    key: object
    count: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    adjusted: int | None = None
    mean_adjustment: float | None = None
    notes: tuple = ()


def quantile(values, part):
    """Value below which a part of the sorted values lies, between neighbours.

    >>> quantile([60, 80, 100], 0.5), quantile([60, 80], 0.25)
    (80.0, 65.0)
    """
    values = sorted(values)
    place = (len(values) - 1) * part
    lower = int(place)
    upper = min(lower + 1, len(values) - 1)
    return values[lower] + (values[upper] - values[lower]) * (place - lower)


def describe(key, cards):
    """Figures of one group, without notes."""
    if len(cards) < LEAST_GROUP:
        return Group(key, len(cards), notes=("small",))
    finals = [card.final for card in cards]
    changes = [card.adjustment for card in cards]
    return Group(
        key,
        len(cards),
        median=quantile(finals, 0.5),
        low=min(finals),
        high=max(finals),
        mean=sum(finals) / len(finals),
        adjusted=sum(1 for change in changes if change),
        mean_adjustment=sum(changes) / len(changes),
    )


def compare(cards):
    """All cards together, and each group beside them.

    :param cards: :class:`Card` of everybody scored in the period
    :return: ``(everybody, groups)``: a :class:`Group` with key None, and those of
        the groups, largest first

    >>> cards = [Card("a", 90), Card("a", 92), Card("a", 94)]
    >>> cards += [Card("b", 70), Card("b", 72), Card("b", 74)]
    >>> everybody, groups = compare(cards)
    >>> everybody.median, [(group.key, group.notes) for group in groups]
    (82.0, [('a', ('higher',)), ('b', ('lower',))])
    """
    whole = describe(None, cards)
    by_group = {}
    for card in cards:
        by_group.setdefault(card.group, []).append(card)
    groups = [
        _noted(describe(key, own), whole, own, len(by_group))
        for key, own in by_group.items()
    ]
    return whole, sorted(groups, key=lambda group: (-group.count, str(group.key)))


def _noted(group, whole, cards, number):
    if group.median is None or number < 2:
        return group
    notes = []
    if group.median - whole.median >= FAR:
        notes.append("higher")
    if whole.median - group.median >= FAR:
        notes.append("lower")
    if group.mean_adjustment - whole.mean_adjustment >= TILTED:
        notes.append("lenient")
    if whole.mean_adjustment - group.mean_adjustment >= TILTED:
        notes.append("strict")
    if group.high - group.low <= 1 and whole.high - whole.low > FAR:
        notes.append("narrow")
    return Group(**{**vars(group), "notes": tuple(notes)})
