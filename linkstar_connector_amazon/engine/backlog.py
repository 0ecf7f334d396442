"""How much a stream still has to read, told from its cursor."""

from datetime import datetime, timedelta


def backlog(cursor):
    """What is left of the round, or of the past.

    :param cursor: dict of a stream, or None
    :return: ``(kind, number)``: ``days`` of the past, ``reports`` to be made,
        ``stores`` to visit, ``pages`` (1: a round is under way, nobody knows how
        long), or ``("", 0)``

    >>> backlog({"start": "2026-01-01T00:00:00", "reached": "2026-01-11T12:00:00"})
    ('days', 11)
    >>> backlog({"jobs": [{}, {}]}), backlog({"parts": [4]}), backlog({"since": "x"})
    (('reports', 2), ('stores', 1), ('pages', 1))
    >>> backlog(None), backlog({"until": "x"})
    (('', 0), ('', 0))
    """
    cursor = cursor or {}
    if cursor.get("reached"):
        past = datetime.fromisoformat(cursor["reached"]) - datetime.fromisoformat(
            cursor["start"]
        )
        return ("days", -(-past // timedelta(days=1))) if past else ("", 0)
    for name, kind in (("jobs", "reports"), ("parts", "stores")):
        if isinstance(cursor.get(name), list) and cursor[name]:
            return kind, len(cursor[name])
    return ("pages", 1) if cursor.get("since") else ("", 0)
