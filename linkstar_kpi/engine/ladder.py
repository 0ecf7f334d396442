"""What moves a score most, and what the next level asks for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ask:
    """One thing that a level asks for, and what a person has of it.

    ``kind`` is score, months or metric; ``have`` None means nothing is known yet,
    which never counts as met.
    """

    kind: str
    want: float
    have: float | None = None
    lower: bool = False
    name: str = ""

    @property
    def is_met(self):
        """Whether it is reached.

        >>> Ask("metric", 20, 18, lower=True).is_met, Ask("score", 85).is_met
        (True, False)
        """
        if self.have is None:
            return False
        return self.have <= self.want if self.lower else self.have >= self.want

    @property
    def missing(self):
        """How far off, as a number of at least 0; None if nothing is known.

        >>> Ask("months", 6, 4).missing
        2
        """
        if self.have is None:
            return None
        gap = self.have - self.want if self.lower else self.want - self.have
        return max(gap, 0)


def average(values, weights=None):
    """Mean of the values that are there; weighted if all weights are positive.

    >>> average([80, None, 90]), average([10, 30], [3, 1]), average([None])
    (85.0, 15.0, None)
    """
    weights = weights if weights and all(weights) else [1.0] * len(values)
    known = [(v, w) for v, w in zip(values, weights, strict=True) if v is not None]
    if not known:
        return None
    return sum(v * w for v, w in known) / sum(w for _v, w in known)


def standing(levels, current):
    """Index of the current level and of the next one, None where there is none.

    :param levels: keys of the levels, lowest first
    :param current: key of the level held, or None

    >>> standing(["a", "b"], "a"), standing(["a", "b"], "b"), standing(["a"], None)
    ((0, 1), (1, None), (None, 0))
    """
    if current not in levels:
        return None, 0 if levels else None
    index = levels.index(current)
    return index, index + 1 if index + 1 < len(levels) else None


def gains(lines):
    """Points the card would gain if each line reached its target.

    :param lines: dict of key → ``(contribution, points, weight)``; weight is the
        effective one
    :return: keys with their gain, largest first, only those that gain
    """
    result = []
    for key, (_contribution, points, weight) in lines.items():
        if points is not None and points < 100:
            result.append((key, round((100 - points) * weight / 100, 2)))
    return sorted(result, key=lambda item: -item[1])


def level_of(score, levels):
    """The level a score falls in, and the next one with what is missing.

    :param levels: ``(lower score, name)`` ascending
    :return: ``(name or None, next name or None, missing points)``

    >>> level_of(78, ((0, "C"), (70, "B"), (90, "A")))
    ('B', 'A', 12)
    """
    current, following, missing = None, None, 0
    for lower, name in levels:
        if score is not None and score >= lower:
            current = name
        elif following is None:
            following, missing = name, lower - (score or 0)
    return current, following, missing
