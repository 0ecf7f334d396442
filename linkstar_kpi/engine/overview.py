"""What a dashboard says about many scores: spread, bottlenecks, who leads."""

from statistics import fmean

#: Upper bounds of the bands that scores are counted in; the last one is open.
BANDS = (60, 80, 100, 120)
#: Points from which a line or score counts as on target, and below which as weak.
GOOD, WEAK = 100.0, 60.0
SHOWN = 5


def distribution(scores):
    """Count scores in bands; a bound belongs to the band above it.

    :param scores: numbers, those not scored left out by the caller
    :return: list of ``(lower, upper or None, count)``

    >>> distribution([59.9, 60, 100, 130])
    [(0, 60, 1), (60, 80, 1), (80, 100, 0), (100, 120, 1), (120, None, 1)]
    """
    lowers = (0, *BANDS)
    counts = [0] * len(lowers)
    for score in scores:
        band = sum(score >= bound for bound in BANDS)
        counts[band] += 1
    uppers = (*BANDS, None)
    return list(zip(lowers, uppers, counts, strict=True))


def bottlenecks(cells):
    """Metrics that hold most people back, worst first.

    A metric counts by how many are below :data:`WEAK`, then by its mean.

    :param cells: iterable of ``(row key, column key, points)``, scored ones only
    :return: list of dicts ``key``, ``weak``, ``count``, ``mean``

    >>> bottlenecks([("a", 1, 20.0), ("b", 1, 50.0), ("a", 2, 90.0)])
    [{'key': 1, 'weak': 2, 'count': 2, 'mean': 35.0}]
    """
    columns = {}
    for _row, column, points in cells:
        columns.setdefault(column, []).append(points)
    found = [
        {
            "key": column,
            "weak": sum(p < WEAK for p in points),
            "count": len(points),
            "mean": round(fmean(points), 2),
        }
        for column, points in columns.items()
    ]
    found = [item for item in found if item["weak"]]
    found.sort(key=lambda item: (-item["weak"] / item["count"], item["mean"]))
    return found[:SHOWN]


def leaders(scores):
    """Keys of those on target, best first.

    >>> leaders({"a": 99.0, "b": 101.0, "c": 120.0})
    ['c', 'b']
    """
    good = [(score, key) for key, score in scores.items() if score >= GOOD]
    good.sort(key=lambda pair: (-pair[0], str(pair[1])))
    return [key for _score, key in good[:SHOWN]]


def mean(values):
    """Mean of what is there, None of nothing.

    >>> mean([1.0, None, 2.0])
    1.5
    """
    known = [value for value in values if value is not None]
    return round(fmean(known), 2) if known else None


def weighted(pairs):
    """Mean of values by weight; without any weight the plain mean.

    :param pairs: ``(value, weight)``; values that are None do not count

    >>> weighted([(1.0, 30.0), (0.5, 10.0), (None, 60.0)])
    0.875
    """
    known = [(value, weight) for value, weight in pairs if value is not None]
    total = sum(weight for _value, weight in known)
    if not total:
        return mean(value for value, _weight in known)
    return round(sum(value * weight for value, weight in known) / total, 4)


def same_order(pairs):
    """Share of pairs of people whom two scorings put in the same order, in per cent.

    Ties in either do not count; None with fewer than two people to compare.

    >>> same_order([(1, 10), (2, 20), (3, 15)])
    66.67
    """
    known = list(pairs)
    same = other = 0
    for index, (old, new) in enumerate(known):
        for old2, new2 in known[index + 1 :]:
            product = (old - old2) * (new - new2)
            same += product > 0
            other += product < 0
    return round(100 * same / (same + other), 2) if same + other else None
