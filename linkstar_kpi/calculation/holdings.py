"""Memberships and exclusions of the database as the engine's holdings."""

from datetime import date

from odoo.tools import SQL

from ..engine.attribution import (
    GROUP,
    LISTING,
    STORE,
    Exclusion,
    Holdings,
    Segment,
    resolve,
)

PERCENT = 100.0


def read_holdings(env, date_from, date_to):
    """Everybody's resolved shares and the approved exclusions of some days.

    :param env: environment; read in full, callers check access
    :return: :class:`~..engine.attribution.Holdings`
    """
    segments = resolve(_segments(env, date_from, date_to))
    return Holdings(segments, _exclusions(env, date_from, date_to))


def _segments(env, date_from, date_to):
    for model in ("linkstar.store.member", "linkstar.store.group"):
        env[model].flush_model()
    rows = env.execute_query(
        SQL(
            """
            SELECT m.employee_id, m.role_id, COALESCE(m.store_id, rel.store_id),
                   m.listing_id, GREATEST(m.date_from, %(start)s),
                   LEAST(COALESCE(m.date_to, %(forever)s), %(end)s), m.share,
                   m.group_id IS NOT NULL
              FROM linkstar_store_member m
              LEFT JOIN linkstar_store_group g ON g.id = m.group_id AND g.active
              LEFT JOIN linkstar_store_group_rel rel ON rel.group_id = g.id
             WHERE m.active
               AND m.employee_id IS NOT NULL
               AND COALESCE(m.store_id, rel.store_id) IS NOT NULL
               AND m.date_from <= %(end)s
               AND COALESCE(m.date_to, %(forever)s) >= %(start)s
             ORDER BY m.id
            """,
            start=date_from,
            end=date_to,
            forever=date.max,
        )
    )
    for employee, role, store, listing, first, last, share, by_group in rows:
        rank = LISTING if listing else GROUP if by_group else STORE
        yield Segment(
            employee, role, store, listing, first, last, share / PERCENT, rank
        )


def _exclusions(env, date_from, date_to):
    found = (
        env["linkstar.kpi.exclusion"]
        .sudo()
        .search(
            [
                ("state", "=", "approved"),
                ("date_from", "<=", date_to),
                ("date_to", ">=", date_from),
            ]
        )
    )
    return [
        Exclusion(
            item.store_id.id,
            item.listing_id.id or None,
            item.date_from,
            item.date_to,
            item.id,
            item.responsible_id.id or None,
        )
        for item in found
    ]


def led_segments(env, employee_ids, date_from, date_to):
    """Stores that people lead, in full: for the scope "team".

    :return: dict of employee id → list of segments with share 1
    """
    for model in ("linkstar.store.member", "linkstar.store.group"):
        env[model].flush_model()
    rows = env.execute_query(
        SQL(
            """
            SELECT DISTINCT m.employee_id, COALESCE(m.store_id, rel.store_id),
                   GREATEST(m.date_from, %(start)s),
                   LEAST(COALESCE(m.date_to, %(end)s), %(end)s)
              FROM linkstar_store_member m
              LEFT JOIN linkstar_store_group g ON g.id = m.group_id AND g.active
              LEFT JOIN linkstar_store_group_rel rel ON rel.group_id = g.id
             WHERE m.active AND m.is_lead
               AND m.employee_id = ANY(%(employees)s)
               AND COALESCE(m.store_id, rel.store_id) IS NOT NULL
               AND m.date_from <= %(end)s
               AND COALESCE(m.date_to, %(end)s) >= %(start)s
            """,
            employees=list(employee_ids),
            start=date_from,
            end=date_to,
        )
    )
    led = {}
    for employee, store, first, last in rows:
        led.setdefault((employee, store), []).append(
            Segment(employee, 0, store, None, first, last, 1.0)
        )
    result = {}
    for (employee, _store), segments in led.items():
        result.setdefault(employee, []).extend(resolve(segments))
    return result
