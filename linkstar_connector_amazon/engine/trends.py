"""Conditions that need several days: ACoS over target, returns that rise."""

# Fewer returns than this say nothing about a rate.
FEWEST_RETURNS = 3
# A product with hardly any returns is compared with this rate.
LEAST_RATE = 0.02
RECENT_DAYS, BASE_DAYS = 7, 28


def acos(spend, sales):
    """Percent of sales spent on advertising; endless without sales, None without spend.

    >>> acos(25, 100), acos(5, 0), acos(0, 0), acos(0, 10)
    (25.0, inf, None, 0.0)
    """
    if not sales:
        return float("inf") if spend > 0 else None
    return 100 * spend / sales


def over_for_days(days, target, needed):
    """Whether ACoS was over the target on each of the last days, and is over it.

    :param days: ``(spend, sales)`` of consecutive days, the newest last; days without
        advertising are skipped
    :return: ``(holds, recovered)``; recovered when the newest day is within target

    >>> over_for_days([(40, 100)] * 3, 30, 3), over_for_days([(40, 100)] * 2, 30, 3)
    ((True, False), (False, False))
    >>> over_for_days([(40, 100), (40, 100), (20, 100)], 30, 3)
    (False, True)
    """
    values = [acos(*day) for day in days]
    values = [value for value in values if value is not None]
    if not values:
        return False, False
    last = values[-needed:]
    holds = len(last) >= needed and all(value > target for value in last)
    return holds, values[-1] <= target


def return_spike(recent, base, factor):
    """Whether an MSKU comes back far more often than before.

    :param recent: ``(units returned, units sold)`` of the last days
    :param base: the same of the weeks before; without sales there is no comparison
    :return: ``(holds, recovered)``

    >>> return_spike((6, 40), (4, 160), 2.0), return_spike((1, 40), (4, 160), 2.0)
    ((True, False), (False, True))
    >>> return_spike((6, 40), (0, 0), 2.0)
    (False, False)
    """
    (returned, sold), (returned_before, sold_before) = recent, base
    if sold <= 0 or sold_before <= 0:
        return False, False
    usual = max(returned_before / sold_before, LEAST_RATE)
    rate = returned / sold
    holds = returned >= FEWEST_RETURNS and rate >= factor * usual
    return holds, not holds and rate <= factor * usual * 0.75
