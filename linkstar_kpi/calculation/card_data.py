"""What goes into the calculation of a card, and what comes out for each line."""

from dataclasses import dataclass, field
from datetime import date, datetime

from ..engine import scoring
from .scopes import scope_of


@dataclass(frozen=True, slots=True)
class PlainMetric:
    """What the calculation asks of a line's metric."""

    id: int
    code: str
    additivity: str
    settled_after_d: int


@dataclass(frozen=True, slots=True, eq=False)
class PlainLine:
    """A scheme line, read once: thousands of cards ask it the same questions."""

    record: object
    id: int
    scope: str
    where: object
    category: int
    metric_id: PlainMetric
    rule: scoring.Rule
    platforms: frozenset
    sites: frozenset
    groups: tuple


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """A scheme version, read once."""

    lines: tuple
    role: int
    ramp: tuple
    bonus_cap: float
    veto_limit: float


@dataclass(frozen=True, slots=True)
class PlainStore:
    """What the calculation asks of a store."""

    code: str
    platform: int
    site: int
    opening: bool


def terms_of(version):
    """A scheme version as :class:`Terms`."""
    return Terms(
        lines=tuple(map(_plain_line, version.line_ids)),
        role=version.scheme_id.role_id.id,
        ramp=version._ramp_factors(),
        bonus_cap=version.bonus_cap,
        veto_limit=version.veto_limit,
    )


def _plain_line(line):
    metric = line.metric_id
    return PlainLine(
        record=line,
        id=line.id,
        scope=line.scope,
        where=scope_of(line),
        category=line.category_id.id or 0,
        metric_id=PlainMetric(
            metric.id, metric.code, metric.additivity, metric.settled_after_d
        ),
        rule=line._rule(),
        platforms=frozenset(line.platform_ids.ids),
        sites=frozenset(line.marketplace_ids.ids),
        groups=tuple(line.group_ids.ids),
    )


def plain_stores(env):
    """All stores by id, archived ones too."""
    stores = env["linkstar.store"].with_context(active_test=False).search([])
    return {
        store.id: PlainStore(
            store.code,
            store.platform_id.id,
            store.marketplace_id.id,
            store.state == "opening",
        )
        for store in stores
    }


@dataclass
class CardInput:
    """What a card is computed from; ``span`` are its eligible days."""

    key: int
    employee: object
    version: object
    period: tuple
    span: tuple
    joined_on: date | None = None
    estimate: bool = False
    targets: dict = field(default_factory=dict)
    store_targets: dict = field(default_factory=dict)
    waived: frozenset = frozenset()


@dataclass
class LineResult:
    """One computed line: what the record stores."""

    line: object
    rule: scoring.Rule
    outcome: object
    score: scoring.LineScore = None
    numerator: float | None = None
    stores: list = field(default_factory=list)
    as_of: datetime | None = None
    fraction: float = 1.0
    ramp: float = 1.0
    tasks: int | None = None
    excluded: list = field(default_factory=list)
