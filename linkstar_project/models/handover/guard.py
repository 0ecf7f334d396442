"""Nobody leaves while they hold something: the refusal, in words, with a button.

Plain functions: models call them from ``write`` and ``unlink``.
"""

from collections import Counter

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError

from .holdings import Holdings

SHOWN_NAMES = 5


def refuse_leaving(env, users, employees, name, user=None, employee=None):
    """Raise while the person holds memberships, work or decisions.

    :param env: of the caller; the check reads as superuser
    :param name: of the person, for the message
    :param user: offered to the handover's form
    :param employee: offered to the handover's form
    """
    handovers = env["linkstar.handover"]
    holdings = Holdings(
        env, users, employees, fields.Date.today(), handovers._kinds()
    ).by_place()
    if not holdings:
        return
    words = handovers._kind_words()
    counts = Counter()
    for place, records in holdings.items():
        counts[place.kind] += len(records)
    lines = [f"{words.get(kind, kind)}: {count}" for kind, count in counts.items()]
    author = env.user
    may_open = author.has_group("linkstar_project.group_lead") or author.has_group(
        "linkstar_project.group_admin"
    )
    if may_open:
        lines += _names(env, holdings)
    message = env._(
        "%(name)s cannot be archived or deleted while something is in their hands:\n"
        "%(lines)s\nPass it on first.",
        name=name,
        lines="\n".join(f"- {line}" for line in lines),
    )
    if not may_open:
        raise UserError(
            message + "\n" + env._("Ask a lead or an administrator for the handover.")
        )
    raise RedirectWarning(
        message,
        env.ref("linkstar_project.linkstar_handover_new_action").id,
        env._("Hand over"),
        {
            "default_user_id": user.id if user else False,
            "default_employee_id": employee.id if employee else False,
        },
    )


def _names(env, holdings):
    """Names of the first things that the caller may read, tasks before the rest."""
    order = sorted(holdings.items(), key=lambda item: item[0].kind != "task")
    shown = []
    for _place, records in order:
        readable = records.with_env(env(su=False))._filtered_access("read").sudo()
        shown += [record.display_name for record in readable if record.display_name]
        if len(shown) >= SHOWN_NAMES:
            break
    return [f"“{name}”" for name in shown[:SHOWN_NAMES]]
