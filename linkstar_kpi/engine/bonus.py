"""From money earned and a score to a bonus, in exact decimals.

``base × tier rate × score coefficient × eligible share``, capped; gates that
must hold first; a part held back. Every step is kept, so that the person
paid can follow it.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True)
class Plan:
    """Terms of a bonus plan.

    :param tiers: ``(lower bound of the base, rate)`` ascending, from 0
    :param mode: ``marginal`` (each part at its own rate) or ``whole`` (the
        whole base at the rate of the tier it falls in)
    :param coefficients: ``(lower bound of the score, coefficient)`` ascending
    :param cap: most that may be paid, None for no limit
    :param holdback: part paid later, 0 to 1
    :param fixed: amount at coefficient 1 that does not depend on the base
    :param team_part: part of the coefficient that the team's score decides, 0 to 1
    :param prorate: what shrinks with the eligible share of the period: ``fixed``
        (a base of own figures has shrunk by itself), ``all`` or ``nothing``
    """

    tiers: tuple = ()
    mode: str = "marginal"
    coefficients: tuple = ()
    cap: Decimal | None = None
    holdback: Decimal = ZERO
    fixed: Decimal = ZERO
    digits: int = 2
    team_part: Decimal = ZERO
    prorate: str = "fixed"


@dataclass(frozen=True)
class Gate:
    """A condition on the whole bonus, e.g. a margin of at least 25 %."""

    code: str
    holds: bool


@dataclass(frozen=True)
class Result:
    """A bonus and the steps that led to it; amounts are rounded money."""

    commission: Decimal
    rate: Decimal
    coefficient: Decimal
    share: Decimal
    gross: Decimal
    capped: bool
    amount: Decimal
    held_back: Decimal
    payable: Decimal
    failed_gates: tuple = ()
    own: Decimal = ZERO
    team: Decimal | None = None


def money(value, digits=2):
    """Round to a currency's digits, half away from zero."""
    step = ONE.scaleb(-digits)
    return Decimal(value).quantize(step, rounding=ROUND_HALF_UP)


def exact(value):
    """A Decimal from whatever the database gave, without binary dust.

    >>> exact(0.1)
    Decimal('0.1')
    """
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def commission(base, tiers, mode="marginal"):
    """Commission on a base before any coefficient.

    A base of zero or below earns nothing.

    >>> tiers = ((ZERO, Decimal("0.015")), (Decimal(10000), Decimal("0.02")))
    >>> commission(Decimal(12000), tiers)
    Decimal('190.000')
    >>> commission(Decimal(12000), tiers, "whole")
    Decimal('240.00')
    """
    if base <= 0 or not tiers:
        return ZERO
    if mode == "whole":
        return base * rate_at(base, tiers)
    total = ZERO
    uppers = [lower for lower, _rate in tiers[1:]] + [None]
    for (lower, rate), upper in zip(tiers, uppers, strict=True):
        top = base if upper is None else min(base, upper)
        total += max(top - lower, ZERO) * rate
    return total


def rate_at(base, tiers):
    """Rate of the tier that a base falls in (a bound belongs to its upper)."""
    rate = ZERO
    for lower, tier_rate in tiers:
        if base >= lower:
            rate = tier_rate
    return rate


def coefficient(score, bands):
    """Coefficient for a score; without bands it is score over 100.

    No score, no bonus: whoever could not be scored is settled by a person.

    >>> bands = ((ZERO, ZERO), (Decimal(60), Decimal("0.8")), (Decimal(90), ONE))
    >>> [str(coefficient(Decimal(s), bands)) for s in (59, 60, 95)]
    ['0', '0.8', '1']
    """
    if score is None:
        return ZERO
    if not bands:
        return exact(score) / 100
    result = ZERO
    for lower, factor in bands:
        if exact(score) >= lower:
            result = factor
    return result


def blend(plan, score, team_score=None):
    """Coefficient from the person's own score and the team's.

    Without a team score the own one decides alone; without an own score nothing is
    paid, whatever the team reached.

    :return: ``(coefficient, own coefficient, team coefficient or None)``

    >>> plan = Plan(team_part=Decimal("0.3"))
    >>> [str(part) for part in blend(plan, 100, 90)]
    ['0.97', '1', '0.9']
    >>> blend(plan, None, 90)[0]
    Decimal('0')
    """
    own = coefficient(score, plan.coefficients)
    if score is None or not plan.team_part or team_score is None:
        return own, own, None
    team = coefficient(team_score, plan.coefficients)
    return own * (ONE - plan.team_part) + team * plan.team_part, own, team


def earned(plan, base, share):
    """What is earned at coefficient 1, for an eligible share of the period.

    >>> plan = Plan(tiers=((ZERO, Decimal("0.01")),), fixed=Decimal(100))
    >>> str(earned(plan, Decimal(1000), Decimal("0.5")))
    '60.00'
    """
    by_figure = commission(base, plan.tiers, plan.mode)
    if plan.prorate == "all":
        return (by_figure + plan.fixed) * share
    if plan.prorate == "fixed":
        return by_figure + plan.fixed * share
    return by_figure + plan.fixed


def compute(plan, base, score, share=ONE, gates=(), team_score=None):
    """The bonus of one person under one plan.

    :param base: what the commission is taken on, in the plan's currency
    :param score: final score of the card, or None
    :param share: eligible part of the period, 0 to 1
    :param gates: :class:`Gate` conditions; one that fails pays nothing
    :param team_score: average score of the team, or None
    """
    base, share = exact(base), exact(share)
    sum_earned = earned(plan, base, share)
    factor, own, team = blend(plan, score, team_score)
    gross = money(sum_earned * factor, plan.digits)
    failed = tuple(gate.code for gate in gates if not gate.holds)
    amount = ZERO if failed else gross
    capped = plan.cap is not None and amount > plan.cap
    if capped:
        amount = money(plan.cap, plan.digits)
    held = money(amount * plan.holdback, plan.digits)
    return Result(
        commission=money(sum_earned, plan.digits),
        rate=rate_at(base, plan.tiers) if base > 0 else ZERO,
        coefficient=factor,
        share=share,
        gross=gross,
        capped=capped,
        amount=amount,
        held_back=held,
        payable=amount - held,
        failed_gates=failed,
        own=own,
        team=team,
    )


def releases(held, released):
    """What may still be released of each amount held back, oldest first.

    :param held: amounts held back, in the order in which they are released
    :param released: what was released already, whichever amount it came from
    :return: list like ``held``, what is left of each

    >>> releases([Decimal(50), Decimal(30)], Decimal(60))
    [Decimal('0'), Decimal('20')]
    """
    left, spent = [], exact(released)
    for amount in held:
        part = min(exact(amount), max(spent, ZERO))
        left.append(exact(amount) - part)
        spent -= part
    return left


def difference(new_amount, paid_before):
    """What a settled amount still owes, or (negative) what was paid too much."""
    return exact(new_amount) - exact(paid_before)


def problems(plan):
    """Codes of what is wrong with a plan, empty if it can pay.

    Codes: ``tiers_start``, ``tiers_order``, ``tier_rate``, ``coefficient_order``,
    ``holdback_range``, ``cap_range``, ``team_range``, ``nothing_to_pay``.
    """
    found = []
    lowers = [lower for lower, _rate in plan.tiers]
    if plan.tiers and lowers[0] != 0:
        found.append("tiers_start")
    if any(a >= b for a, b in zip(lowers, lowers[1:], strict=False)):
        found.append("tiers_order")
    if any(not 0 <= rate <= 1 for _lower, rate in plan.tiers):
        found.append("tier_rate")
    scores = [lower for lower, _factor in plan.coefficients]
    if any(a >= b for a, b in zip(scores, scores[1:], strict=False)):
        found.append("coefficient_order")
    if not 0 <= plan.holdback <= 1:
        found.append("holdback_range")
    if plan.cap is not None and plan.cap <= 0:
        found.append("cap_range")
    if not 0 <= plan.team_part <= 1:
        found.append("team_range")
    if not plan.tiers and not plan.fixed:
        found.append("nothing_to_pay")
    return found
