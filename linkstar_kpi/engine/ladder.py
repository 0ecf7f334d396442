"""What moves a score most, and what the next level asks for."""


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
