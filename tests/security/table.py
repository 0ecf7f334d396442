"""The form of the rights matrix: one row a model.

Each addon registers its rows in ``matrix_<addon>.py``::

    from .table import Row, Wizard

    ROWS = [
        Row(
            "linkstar.listing",
            values=lambda world, store: {"store_id": store.id, "sku": world.word()},
            change={"name": "Other"},
            own="operator=r lead=rwc admin=rwcu auditor=r",
            other="admin=rwcu auditor=r",
        ),
    ]

Personas: ``operator`` and ``lead`` (members of the own store, the lead leads it),
``project_manager`` (an operator who is core's project administrator), ``admin``,
``template_manager``, ``auditor``, ``internal`` (an employee without a role of
LinkStar), and those that addons add by ``PERSONAS``. Rights: r(ead) w(rite)
c(reate) u(nlink); a persona that is not named has none.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

RIGHTS = "rwcu"

#: persona -> groups (external ids)
PERSONAS = {
    "operator": (
        "linkstar_project.group_operator",
        "hr_timesheet.group_hr_timesheet_approver",
    ),
    "lead": (
        "linkstar_project.group_lead",
        "hr_timesheet.group_hr_timesheet_approver",
    ),
    "project_manager": (
        "linkstar_project.group_operator",
        "project.group_project_manager",
    ),
    "admin": ("linkstar_project.group_admin",),
    "template_manager": ("linkstar_project.group_template_manager",),
    "auditor": ("linkstar_project.group_auditor",),
    "internal": ("base.group_user",),
}


#: A persona of an addon -> the persona whose group its own implies. It is a member of
#: no store: where a row does not name it, it has what the other has elsewhere.
BASED_ON = {}


def parse(text):
    """Turn ``"operator=r lead=rw"`` into ``{"operator": {"r"}, …}``."""
    rights = {}
    for part in text.split():
        persona, _equals, letters = part.partition("=")
        if not set(letters) <= set(RIGHTS) or persona in rights:
            raise ValueError(f"not a right: {part}")
        rights[persona] = set(letters)
    return rights


@dataclass
class Row:
    """What each persona may do with a model's records of own and other stores.

    ``values(world, store)`` gives values for a new record of that store;
    ``make(world, store)`` makes a record where ``create`` does not do (records
    that only the system writes); ``shared`` models belong to no store: ``own``
    holds for all their records. ``change`` are harmless values to write.
    """

    model: str
    own: str
    other: str = ""
    values: Callable | None = None
    make: Callable | None = None
    change: dict = field(default_factory=dict)
    shared: bool = False
    #: Reports whose ids exceed 32 bits cannot be read by id, nor pass XML-RPC: they
    #: are searched and grouped by this domain of the made record instead.
    domain: Callable | None = None
    groupby: tuple = ()

    def rights(self, persona, is_own):
        rights = parse(self.own if is_own or self.shared else self.other)
        if persona in rights:
            return rights[persona]
        elsewhere = parse(self.own if self.shared else self.other)
        return elsewhere.get(BASED_ON.get(persona), set())

    def record(self, world, store):
        """Make a record of a store, as the system."""
        if self.make:
            return self.make(world, store)
        return world.env[self.model].create(self.values(world, store))


@dataclass
class Wizard:
    """A transient model: who may open it; its rows are private to their author."""

    model: str
    may: str
    values: Callable


@dataclass
class System:
    """A model that nobody reaches: not readable, not writable, by any persona."""

    model: str
    make: Callable
