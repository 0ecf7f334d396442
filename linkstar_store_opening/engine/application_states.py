"""States of an application to open a shop, and the moves between them.

People look at four states (待提交, 审核中, 已通过, 被拒); finer steps stand below
each. Which moves exist is the seller's own process: a platform tells none of them
by API before approval, so a person makes every move.

>>> state_of("video_booked")
'in_review'
>>> can_move("preparing", "submitted")
False
>>> [step for step in next_steps("appeal")]
['in_review', 'approved', 'rejected', 'blocked', 'cancelled']
"""

TO_SUBMIT = "to_submit"
IN_REVIEW = "in_review"
APPROVED = "approved"
REJECTED = "rejected"

STATES = (TO_SUBMIT, IN_REVIEW, APPROVED, REJECTED)

STEP_STATES = {
    "requested": TO_SUBMIT,
    "preparing": TO_SUBMIT,
    "ready": TO_SUBMIT,
    "submitted": IN_REVIEW,
    "in_review": IN_REVIEW,
    "supplement": IN_REVIEW,
    "video_booked": IN_REVIEW,
    "appeal": REJECTED,
    "approved": APPROVED,
    "active": APPROVED,
    "suspended": APPROVED,
    "rejected": REJECTED,
    "waiting": REJECTED,
    "blocked": REJECTED,
    "cancelled": REJECTED,
}

_DECISIONS = ("approved", "rejected", "blocked", "cancelled")

MOVES = {
    "requested": ("preparing", "cancelled"),
    "preparing": ("ready", "cancelled"),
    "ready": ("preparing", "submitted", "cancelled"),
    "submitted": ("in_review", "supplement", "video_booked", *_DECISIONS),
    "in_review": ("supplement", "video_booked", *_DECISIONS),
    "supplement": ("in_review", *_DECISIONS),
    "video_booked": ("in_review", "supplement", *_DECISIONS),
    "rejected": ("preparing", "waiting", "appeal", "blocked", "cancelled"),
    "waiting": ("preparing", "blocked", "cancelled"),
    "appeal": ("in_review", *_DECISIONS),
    "approved": ("active", "suspended", "cancelled"),
    "active": ("suspended", "cancelled"),
    "suspended": ("active", "appeal", "blocked", "cancelled"),
    "blocked": (),
    "cancelled": (),
}

# What a refusal leads to, by the permanence of its gravest reason.
PERMANENCE_ORDER = ("fixable", "wait_then_retry", "appeal", "often_final", "final")
PERMANENCE_STEP = {
    "fixable": "preparing",
    "wait_then_retry": "waiting",
    "appeal": "appeal",
    "often_final": "appeal",
    "final": "blocked",
}


def state_of(step):
    """The state people look at for a finer step; KeyError for an unknown step."""
    return STEP_STATES[step]


def next_steps(step):
    """The steps that may follow ``step``, in the order to offer them."""
    return MOVES[step]


def can_move(step, to_step):
    """Whether an application may go from ``step`` to ``to_step``."""
    return to_step in MOVES[step]


def step_after_refusal(permanences):
    """The step a refusal suggests: the gravest of its reasons decides.

    :param permanences: iterable of permanence codes, empty when the platform gave
        no reason (then the papers are looked at again)
    """
    given = [PERMANENCE_ORDER.index(p) for p in permanences]
    if not given:
        return "preparing"
    return PERMANENCE_STEP[PERMANENCE_ORDER[max(given)]]
