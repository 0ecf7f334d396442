"""What stands against opening a shop, before anything is created.

Pure: facts in, findings out. A finding that blocks keeps the opening out, one that
warns is shown.

>>> facts = Facts(has_sop=True, accounts=1, limit=1, entity_kind="CN_COMPANY")
>>> [finding.code for finding in check(facts)]
['limit']
>>> worst(check(facts)), worst([])
('blocked', 'ok')
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

OK, WARNING, BLOCKED = "ok", "warning", "blocked"

# Kinds of legal entity that a platform takes only sometimes, or not at all
# (grades B and C: shown with "check with the platform").
DOUBTFUL_KINDS = {
    ("walmart", "CN_SOLE_TRADER"),
    ("lazada", "CN_SOLE_TRADER"),
    ("tiktok", "CN_SOLE_TRADER"),
    ("aliexpress", "CN_SOLE_TRADER"),
}


@dataclass(frozen=True)
class Facts:
    """What is known about one entity on one site.

    ``accounts`` are those the entity has in the platform's scope, those earlier in
    the same batch included; ``limit`` 0 means no limit; ``reason`` is a lead's for
    going beyond it.
    """

    is_closed: bool = False
    has_sop: bool = False
    platform: str = ""
    entity_kind: str = ""
    accounts: int = 0
    limit: int = 0
    reason: str = ""
    wait_until: date | None = None
    planned: date | None = None
    is_blocked: bool = False
    code_taken: bool = False
    review_overdue: bool = False
    is_regulated: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing to know; ``code`` names the sentence."""

    severity: str
    code: str


def check(facts):
    """Findings of one opening, those that block first."""
    return [*_blocking(facts), *_warnings(facts)]


def _blocking(facts):
    if facts.is_closed:
        yield Finding(BLOCKED, "closed")
    elif not facts.has_sop:
        yield Finding(BLOCKED, "no_sop")
    if facts.is_blocked:
        yield Finding(BLOCKED, "refused_for_good")
    if _waits(facts):
        yield Finding(BLOCKED, "waits")
    if facts.limit and facts.accounts >= facts.limit and not facts.reason.strip():
        yield Finding(BLOCKED, "limit")
    if facts.code_taken:
        yield Finding(BLOCKED, "code_taken")


def _waits(facts):
    if not facts.wait_until:
        return False
    return not facts.planned or facts.planned < facts.wait_until


def _warnings(facts):
    is_beyond = facts.limit and facts.accounts >= facts.limit
    if is_beyond and facts.reason.strip():
        yield Finding(WARNING, "beyond_limit")
    elif facts.accounts and not is_beyond:
        yield Finding(WARNING, "more_accounts")
    if not facts.entity_kind:
        yield Finding(WARNING, "kind_unknown")
    elif (facts.platform, facts.entity_kind) in DOUBTFUL_KINDS:
        yield Finding(WARNING, "kind_doubtful")
    if facts.is_regulated:
        yield Finding(WARNING, "regulated")
    if facts.review_overdue:
        yield Finding(WARNING, "review_overdue")


def worst(findings):
    """The gravest severity: ``blocked``, ``warning`` or ``ok``."""
    severities = {finding.severity for finding in findings}
    for severity in (BLOCKED, WARNING):
        if severity in severities:
            return severity
    return OK


def apply_rule(rule, **words):
    """A name by the company's rule; unknown ``{words}`` stay as they are.

    >>> apply_rule("{entity} {site} {x}", entity="Nova", site="US")
    'Nova US {x}'
    """
    for word, value in words.items():
        rule = rule.replace("{" + word + "}", value or "")
    return " ".join(rule.split())


def unique_codes(codes):
    """Codes of one batch made different: a second ``US-A`` becomes ``US-A2``.

    >>> unique_codes(["US-A", "US-A", "DE-A"])
    ['US-A', 'US-A2', 'DE-A']
    """
    given, seen, result = set(codes), Counter(), []
    for code in codes:
        seen[code] += 1
        own = code
        if seen[code] > 1:
            number = seen[code]
            while f"{code}{number}" in given:
                number += 1
            own = f"{code}{number}"
            given.add(own)
        result.append(own)
    return result
