"""The rollup: one row per store, metric and day, kept up with the facts.

Ten million facts per listing become a few hundred thousand rows. Where a
source gives the whole store, that row counts; else the listings' rows of the
day are summed (never for figures of the platform, which do not add up).
"""

from odoo.tools import SQL

TOKEN_KEY = "linkstar_kpi.rollup_token"


def refresh(env):
    """Bring the rollup up to date with the facts written since the last time.

    :return: number of rows inserted, changed or removed
    """
    parameters = env["ir.config_parameter"].sudo()
    known = parameters.get_param(TOKEN_KEY)
    token, changed = (
        env["linkstar.fact"].sudo()._changed_since(int(known) if known else None)
    )
    written = 0
    if changed:
        written = _rebuild(env, changed)
        env["linkstar.kpi.rollup"].invalidate_model()
    if known != str(token):
        parameters.set_param(TOKEN_KEY, str(token))
    return written


def _rebuild(env, changed):
    """Recompute the cells of some (store, metric, first day, last day)."""
    metrics = env["linkstar.metric"].sudo()._specs().values()
    snapshots = [spec.id for spec in metrics if spec.over_time == "snapshot"]
    scope = SQL(
        "unnest(%s::int[], %s::int[], %s::date[], %s::date[])"
        " AS g(store_id, metric_id, d1, d2)",
        *(list(column) for column in zip(*changed, strict=True)),
    )
    env.cr.execute(
        SQL(
            """
            CREATE TEMP TABLE kpi_rollup_new ON COMMIT DROP AS
            SELECT f.store_id, f.metric_id, f.date,
                   COALESCE(max(f.value) FILTER (WHERE f.listing_id IS NULL),
                            sum(f.value)) AS value,
                   max(f.currency_id) AS currency_id, max(f.as_of) AS as_of
              FROM %(scope)s
              JOIN linkstar_fact f ON f.store_id = g.store_id
               AND f.metric_id = g.metric_id AND f.date BETWEEN g.d1 AND g.d2
             WHERE f.employee_id IS NULL
               AND (f.listing_id IS NULL OR f.metric_id <> ALL(%(snapshots)s))
             GROUP BY 1, 2, 3
            """,
            scope=scope,
            snapshots=snapshots or [0],
        )
    )
    # Without statistics the planner compares a million rows one by one.
    env.cr.execute(SQL("ANALYZE kpi_rollup_new"))
    statements = (_update(), _insert(), _delete(scope))
    written = 0
    for statement in statements:
        env.cr.execute(statement)
        written += env.cr.rowcount
    env.cr.execute(SQL("DROP TABLE kpi_rollup_new"))
    return written


def _update():
    return SQL(
        """
        UPDATE linkstar_kpi_rollup r
           SET value = n.value, currency_id = n.currency_id, as_of = n.as_of
          FROM kpi_rollup_new n
         WHERE r.store_id = n.store_id AND r.metric_id = n.metric_id
           AND r.date = n.date
           AND (r.value, r.currency_id, r.as_of)
               IS DISTINCT FROM (n.value, n.currency_id, n.as_of)
        """
    )


def _insert():
    return SQL(
        """
        INSERT INTO linkstar_kpi_rollup
               (store_id, metric_id, date, value, currency_id, as_of)
        SELECT n.* FROM kpi_rollup_new n
         WHERE NOT EXISTS (
               SELECT FROM linkstar_kpi_rollup r
                WHERE r.store_id = n.store_id AND r.metric_id = n.metric_id
                  AND r.date = n.date)
        """
    )


def _delete(scope):
    return SQL(
        """
        DELETE FROM linkstar_kpi_rollup r
         USING %s
         WHERE r.store_id = g.store_id AND r.metric_id = g.metric_id
           AND r.date BETWEEN g.d1 AND g.d2
           AND NOT EXISTS (
               SELECT FROM kpi_rollup_new n
                WHERE n.store_id = r.store_id AND n.metric_id = r.metric_id
                  AND n.date = r.date)
        """,
        scope,
    )
