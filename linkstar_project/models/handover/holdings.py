"""What a person holds: memberships, open work, decisions that wait for them.

Plain classes, because nothing here may be called by RPC. Everything is read as
superuser: the caller decides what it shows to whom.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from ..core.guarding import is_on_ours

CLOSED = ("1_done", "1_canceled")


@dataclass(frozen=True)
class Kind:
    """One kind of thing that a person holds.

    ``field`` names the user (or users) on ``model``; ``store`` is the path to the
    store, empty for what belongs to none and which administrators pass on.
    """

    model: str
    field: str
    domain: list = field(default_factory=list)
    store: str = "store_id"


#: Order is the order of the preview: who sees a store comes before what is done there.
KINDS = {
    "task": Kind(
        "project.task",
        "user_ids",
        [
            ("linkstar_kind", "!=", False),
            ("state", "not in", CLOSED),
            ("project_id.is_template", "=", False),
            ("project_id.outcome", "=", False),
        ],
    ),
    "project": Kind(
        "project.project",
        "user_id",
        [
            ("linkstar_kind", "!=", False),
            ("is_template", "=", False),
            ("outcome", "=", False),
            ("finished_at", "=", False),
        ],
    ),
    "approval": Kind(
        "linkstar.approval.step",
        "approver_ids",
        [
            ("state", "in", ("waiting", "pending")),
            ("approval_id.state", "=", "pending"),
        ],
        "approval_id.store_id",
    ),
    "policy": Kind("linkstar.approval.policy", "fallback_user_id", [], ""),
    "policy_step": Kind("linkstar.approval.policy.step", "user_id", [], ""),
    "trigger": Kind("linkstar.trigger", "owner_id", [], ""),
    "activity": Kind("mail.activity", "user_id", [], ""),
}


@dataclass(frozen=True)
class Place:
    """Where things lie that go to one successor: one line of a handover."""

    kind: str
    store_id: int = 0
    group_id: int = 0
    role_id: int = 0
    member_id: int = 0


class Holdings:
    """Everything that users and employees hold from a day on.

    :param env: any environment; reads as superuser
    :param users: ``res.users``, archived ones included
    :param employees: ``hr.employee``
    :param day: date; memberships that end before it do not count
    :param kinds: ``{kind: Kind}``, see ``linkstar.handover._kinds``
    """

    def __init__(self, env, users, employees, day, kinds):
        self.env = env(su=True)
        self.users = users
        self.employees = employees
        self.day = day
        self.kinds = kinds

    def by_place(self):
        """Return ``{Place: records}``, memberships first, each non-empty."""
        found = {}
        for member in self.members():
            place = Place(
                "member",
                member.store_id.id or 0,
                member.group_id.id or 0,
                member.role_id.id,
                member.id,
            )
            found[place] = member
        for name, kind in self.kinds.items():
            found.update(self._grouped(name, kind))
        return found

    def members(self):
        """Memberships that run on the day or begin later."""
        if not (self.users or self.employees):
            return self.env["linkstar.store.member"]
        return self.env["linkstar.store.member"].search(
            [
                "|",
                ("user_id", "in", self.users.ids),
                ("employee_id", "in", self.employees.ids),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.day),
            ]
        )

    def _grouped(self, name, kind):
        groups = defaultdict(lambda: self.env[kind.model])
        for record in self._records(name, kind):
            store = record.mapped(kind.store)[:1] if kind.store else None
            if name == "activity":
                store = self._store_of_activity(record)
            role = record.role_ids[:1] if name == "task" else None
            place = Place(
                name, store.id or 0 if store else 0, 0, role.id if role else 0
            )
            groups[place] |= record
        return groups

    def _records(self, name, kind):
        if not self.users or kind.model not in self.env:
            return []
        domain = [(kind.field, "in", self.users.ids), *kind.domain]
        records = self.env[kind.model].search(domain)
        if name != "activity":
            return records
        return records.filtered(
            lambda item: is_on_ours(self.env, item.res_model, item.res_id)
        )

    def _store_of_activity(self, activity):
        record = self.env[activity.res_model].browse(activity.res_id)
        if record._name == "linkstar.store":
            return record
        if "store_id" in record._fields:
            return record.store_id
        return self.env["linkstar.store"]


def pass_on(records, kind, users, successor):
    """Put a successor in the place of users, on records that name them.

    :param records: of ``kind.model``, in the environment that may write them
    """
    fields = records._fields[kind.field]
    if fields.type == "many2many":
        commands = [(3, user.id) for user in users]
        records.write({kind.field: [*commands, (4, successor.id)]})
    else:
        records.write({kind.field: successor.id})
