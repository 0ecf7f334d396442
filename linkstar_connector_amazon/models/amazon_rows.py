"""Rows that a sync writes by key, many in one statement."""

from odoo.tools import SQL


def upsert(model, key, rows, quiet=("as_of",)):
    """Insert rows, update those that differ, leave the others alone.

    :param model: an empty recordset of a model without log columns and with a unique
        index over ``key``
    :param key: names of the key's columns; their values are never None
    :param rows: dicts of one shape, key included; of the same key the last one counts
    :param quiet: columns whose change alone is no change
    :return: list of ids inserted or changed
    """
    if not rows:
        return []
    rows = list({tuple(row[name] for name in key): row for row in rows}.values())
    names = list(rows[0])
    values = [name for name in names if name not in key]
    told = [name for name in values if name not in quiet]
    model.flush_model()
    found = model.env.execute_query(
        SQL(
            """
            INSERT INTO %(table)s AS t (%(columns)s)
            SELECT * FROM unnest(%(arrays)s)
                ON CONFLICT (%(key)s) DO UPDATE SET %(updates)s
             WHERE (%(ours)s) IS DISTINCT FROM (%(theirs)s)
         RETURNING id
            """,
            table=SQL.identifier(model._table),
            columns=_names(names),
            arrays=SQL(", ").join(_array(model, name, rows) for name in names),
            key=_names(key),
            updates=SQL(", ").join(
                SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                for name in values
            ),
            ours=SQL(", ").join(SQL("t.%s", SQL.identifier(name)) for name in told),
            theirs=SQL(", ").join(
                SQL("EXCLUDED.%s", SQL.identifier(name)) for name in told
            ),
        )
    )
    model.invalidate_model()
    return [row[0] for row in found]


def _names(names):
    return SQL(", ").join(SQL.identifier(name) for name in names)


def _array(model, name, rows):
    kind = model._fields[name].column_type[1]
    return SQL("%s::%s[]", [row[name] for row in rows], SQL(kind.split("(")[0]))
