"""The rollup: one row per store, metric and day, kept up with the facts.

Ten million facts per listing become a few hundred thousand rows. Where a
source gives the whole store, that row counts; else the listings' rows of the
day are summed (never for figures of the platform, which do not add up).
"""

from odoo.tools import SQL

#: Rows written at once from which the table's statistics are renewed.
MANY = 10_000


def refresh(env):
    """Bring the rollup up to date with the facts written since the last time.

    One transaction at a time: the token's row is the lock, held until the end of
    the transaction. Whoever waited for it and sees the rollup as it was before gets
    a serialization failure and begins anew, instead of writing the same rows twice.

    :return: number of rows inserted, changed or removed
    """
    env["linkstar.kpi.rollup.token"].flush_model()
    rows = env.execute_query(
        SQL("SELECT token FROM linkstar_kpi_rollup_token LIMIT 1 FOR UPDATE")
    )
    known = rows[0][0] if rows else None
    if _is_empty(env):
        token = env["linkstar.fact"].sudo()._change_token()
        written = _build(env)
        env["linkstar.kpi.rollup"].invalidate_model()
        if written:
            _keep_token(env, token, is_new=not rows)
        return written
    token, changed = env["linkstar.fact"].sudo()._changed_since(known)
    if not changed:
        return 0
    written = _rebuild(env, changed)
    env["linkstar.kpi.rollup"].invalidate_model()
    if written or token != known:
        _keep_token(env, token, is_new=not rows)
    return written


def _keep_token(env, token, is_new):
    tokens = env["linkstar.kpi.rollup.token"].sudo()
    if is_new:
        tokens.create({"token": token})
        tokens.flush_model()
        return
    # Past the ORM: an unchanged token is written as well, for those who wait.
    env.cr.execute(SQL("UPDATE linkstar_kpi_rollup_token SET token = %s", token))
    tokens.invalidate_model()


def _is_empty(env):
    env["linkstar.kpi.rollup"].flush_model()
    return not env.execute_query(SQL("SELECT FROM linkstar_kpi_rollup LIMIT 1"))


def _build(env):
    """Fill an empty rollup straight from the facts, without asking what stands."""
    env["linkstar.fact"].flush_model()
    env.cr.execute(
        SQL(
            """
            INSERT INTO linkstar_kpi_rollup
                   (store_id, metric_id, date, value, currency_id, as_of)
            %s
            """,
            _cells(env, SQL("linkstar_fact f WHERE TRUE")),
        )
    )
    return _renewed(env, env.cr.rowcount)


def _renewed(env, written):
    """Renew the statistics after a large write; returns what was written."""
    if written > MANY:
        # Whatever reads the rollup next must not take it for the small table it was.
        env.cr.execute(SQL("ANALYZE linkstar_kpi_rollup"))
    return written


def _cells(env, source):
    """SQL: cells of the rollup from facts ``f``.

    :param source: SQL of what follows FROM, with its WHERE
    """
    metrics = env["linkstar.metric"].sudo()._specs().values()
    snapshots = [spec.id for spec in metrics if spec.over_time == "snapshot"]
    return SQL(
        """
        SELECT f.store_id, f.metric_id, f.date,
               COALESCE(max(f.value) FILTER (WHERE f.listing_id IS NULL),
                        sum(f.value)) AS value,
               max(f.currency_id) AS currency_id, max(f.as_of) AS as_of
          FROM %s
           AND f.employee_id IS NULL
           AND (f.listing_id IS NULL OR f.metric_id <> ALL(%s))
         GROUP BY 1, 2, 3
        """,
        source,
        snapshots or [0],
    )


def _rebuild(env, changed):
    """Recompute the cells of some (store, metric, first day, last day)."""
    scope = SQL(
        "unnest(%s::int[], %s::int[], %s::date[], %s::date[])"
        " AS g(store_id, metric_id, d1, d2)",
        *(list(column) for column in zip(*changed, strict=True)),
    )
    env.cr.execute(
        SQL(
            """
            CREATE TEMP TABLE kpi_rollup_new ON COMMIT DROP AS
            SELECT n.*, r.id AS known,
                   (r.value, r.currency_id, r.as_of)
                   IS DISTINCT FROM (n.value, n.currency_id, n.as_of) AS differs
              FROM (%(cells)s) n
              LEFT JOIN linkstar_kpi_rollup r ON r.store_id = n.store_id
               AND r.metric_id = n.metric_id AND r.date = n.date
            """,
            cells=_cells(
                env,
                SQL(
                    "%s JOIN linkstar_fact f ON f.store_id = g.store_id"
                    " AND f.metric_id = g.metric_id"
                    " WHERE f.date BETWEEN g.d1 AND g.d2",
                    scope,
                ),
            ),
        )
    )
    # Without statistics the planner compares a million rows one by one.
    env.cr.execute(SQL("ANALYZE kpi_rollup_new"))
    # Deleting comes before inserting: it looks at the rows that stood before.
    written = 0
    for statement in (_update(), _delete(scope), _insert()):
        env.cr.execute(statement)
        written += env.cr.rowcount
    env.cr.execute(SQL("DROP TABLE kpi_rollup_new"))
    return _renewed(env, written)


def _update():
    return SQL(
        """
        UPDATE linkstar_kpi_rollup r
           SET value = n.value, currency_id = n.currency_id, as_of = n.as_of
          FROM kpi_rollup_new n
         WHERE r.id = n.known AND n.differs
        """
    )


def _insert():
    """Rows that stand nowhere yet.

    Which these are was found while the new rows were computed: an INSERT that looks
    for them itself may scan the rows that it has just inserted, over and over.
    """
    return SQL(
        """
        INSERT INTO linkstar_kpi_rollup
               (store_id, metric_id, date, value, currency_id, as_of)
        SELECT store_id, metric_id, date, value, currency_id, as_of
          FROM kpi_rollup_new
         WHERE known IS NULL
        """
    )


def _delete(scope):
    return SQL(
        """
        DELETE FROM linkstar_kpi_rollup r
         USING %s
         WHERE r.store_id = g.store_id AND r.metric_id = g.metric_id
           AND r.date BETWEEN g.d1 AND g.d2
           AND NOT EXISTS (SELECT FROM kpi_rollup_new n WHERE n.known = r.id)
        """,
        scope,
    )
