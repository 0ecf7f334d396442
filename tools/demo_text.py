"""What ``make demo`` tells: who can log in, and what to try first."""

from __future__ import annotations

PASSWORD = "demo"

# Highest first: a person is shown with the first of these groups they are in.
ROLES = (
    ("linkstar_project.group_admin", "administrator"),
    ("linkstar_project.group_template_manager", "template manager"),
    ("linkstar_project.group_auditor", "auditor"),
    ("linkstar_kpi.group_payroll", "payroll"),
    ("linkstar_kpi.group_kpi_manager", "KPI manager"),
    ("linkstar_store_opening.group_compliance", "compliance"),
    ("linkstar_project.group_lead", "team lead"),
    ("linkstar_project.group_operator", "operator"),
)

FIVE_THINGS = (
    "As operator_us, open LinkStar > My work: today's tasks of your own stores.",
    "As lead, open LinkStar > Board: all stores of the team at once.",
    "As lead, open LinkStar > Templates and launch one for a store: look at the"
    " preview first.",
    "As admin, open LinkStar > Amazon > Orders: each minute brings new ones from the"
    " stand-in server. make demo-fault FAULT=503 lets it fail: Streams says why.",
    "As admin, open LinkStar > Health: everything that is wrong, and the next step.",
)


def logins(rows: list[tuple[str, str, str]]) -> list[str]:
    """One line per person: login and role, in the order of ``ROLES``.

    ``rows`` are (login, name, group's external id), several per person.

    >>> logins([("ann", "Ann", "linkstar_project.group_operator"),
    ...         ("ann", "Ann", "linkstar_project.group_lead")])
    ['ann                  team lead: Ann']
    """
    order = [group for group, _role in ROLES]
    best: dict[str, tuple[int, str]] = {}
    for login, name, group in rows:
        if group in order:
            rank = order.index(group)
            best[login] = min(best.get(login, (rank, name)), (rank, name))
    people = sorted(best.items(), key=lambda item: (item[1][0], item[0]))
    return [f"{login:<20} {ROLES[rank][1]}: {name}" for login, (rank, name) in people]
