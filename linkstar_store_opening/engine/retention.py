"""When a paper's file must go.

>>> from datetime import date
>>> destroy_on(180, [date(2026, 1, 1), date(2026, 3, 1)], in_use=False)
datetime.date(2026, 8, 28)
"""

from datetime import timedelta


def destroy_on(days, last_uses, in_use, withdrawn_on=None):
    """Day on which a file is destroyed, or None while it may stay.

    :param days: retention after the last use; 0 keeps without end
    :param last_uses: days on which the paper was last needed (upload, decisions)
    :param in_use: an opening under way, or an open shop, still needs it
    :param withdrawn_on: day on which the person withdrew consent: it goes at once

    A paper in use stays however old it is, unless consent was withdrawn.
    """
    if withdrawn_on:
        return withdrawn_on
    if in_use or not days or not last_uses:
        return None
    return max(last_uses) + timedelta(days=days)
