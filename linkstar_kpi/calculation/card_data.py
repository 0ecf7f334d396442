"""What goes into the calculation of a card, and what comes out for each line."""

from dataclasses import dataclass, field
from datetime import date, datetime

from ..engine import scoring


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
