"""Trigger logs on their way into the table: thousands in one statement."""

import json

from odoo import fields
from odoo.tools import SQL

#: What a run knows of an occasion, in the types of the table.
COLUMNS = {
    "trigger_id": "int",
    "store_id": "int",
    "project_id": "int",
    "event_count": "int",
    "scope_key": "varchar",
    "subject_key": "varchar",
    "label": "varchar",
    "anchor_date": "date",
    "state": "varchar",
    "reason_code": "varchar",
    "reason_args": "jsonb",
}


def insert_logs(env, rows):
    """Insert logs past the ORM: a sync of a thousand events leaves as many.

    Ids are drawn beforehand, so that each row keeps its own whatever the order in
    which PostgreSQL writes them.

    :param rows: list of dicts with keys of ``COLUMNS``; missing and False are NULL
    :return: the logs, in the order of rows
    :raise psycopg2.Error: as the table's constraints do; then nothing was written
    """
    logs = env["linkstar.trigger.log"]
    logs.flush_model()
    ids = _draw_ids(env, len(rows))
    data = [
        {name: None if value is False else value for name, value in row.items()}
        | {"id": id_}
        for id_, row in zip(ids, rows, strict=True)
    ]
    names = SQL(", ").join(map(SQL.identifier, COLUMNS))
    types = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(type_))
        for name, type_ in COLUMNS.items()
    )
    env.cr.execute(
        SQL(
            "INSERT INTO linkstar_trigger_log (id, %(names)s,"
            " create_uid, create_date, write_uid, write_date)"
            " SELECT id, %(names)s, %(uid)s, %(now)s, %(uid)s, %(now)s"
            " FROM json_to_recordset(%(data)s::json) AS g(id int, %(types)s)",
            names=names,
            types=types,
            uid=env.uid,
            now=fields.Datetime.now(),
            data=json.dumps(data, default=str),
        )
    )
    return logs.browse(ids)


def _draw_ids(env, count):
    rows = env.execute_query(
        SQL(
            "SELECT nextval('linkstar_trigger_log_id_seq') FROM generate_series(1, %s)",
            count,
        )
    )
    return [row[0] for row in rows]
