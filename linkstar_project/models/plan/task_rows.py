"""Writes the tasks of a launch as rows.

``create`` spends most of a launch on work that has one known answer for fresh
tasks: defaults asked task by task, followers, computed zeros. Rows keep what is
generic: defaults are asked once, and stored fields computed by other addons are
computed afterwards, in a batch. Where an automation rule listens to new tasks,
the ordinary ``create`` is used, so that the rule hears of them.
"""

from odoo import fields
from odoo.tools import SQL

#: Stored fields of core and hr_timesheet with one answer for a fresh task.
FRESH = {
    "active": True,
    "access_token": None,
    "date_end": None,
    "effective_hours": 0.0,
    "overtime": 0.0,
    "progress": 0.0,
    "rating_last_value": 0.0,
    "recurring_task": False,
    "subtask_effective_hours": 0.0,
    "total_hours_spent": 0.0,
    "working_days_close": 0.0,
    "working_days_open": 0.0,
    "working_hours_close": 0.0,
    "working_hours_open": 0.0,
}
BATCH = 1000


def has_automation(env):
    """Tell whether automation rules listen to new tasks."""
    if "base.automation" not in env:
        return False
    rules = env["base.automation"].sudo()
    return bool(
        rules.search_count(
            [
                ("model_id.model", "=", "project.task"),
                ("trigger", "not in", ("on_time", "on_webhook", "on_unlink")),
            ],
            limit=1,
        )
    )


class TaskRows:
    """Inserts tasks that share one set of fields."""

    def __init__(self, env):
        self.env = env
        self.model = env["project.task"]
        self._converted = {}

    def insert(self, rows):
        """Insert tasks and their links to people, roles and tags.

        :param rows: list of dicts with the same keys; to-many values are lists of
            ids; all values are valid by construction
        :return: the tasks, in the order of the rows
        """
        if not rows:
            return self.model
        now = fields.Datetime.now()
        links = [n for n in rows[0] if self.model._fields[n].type == "many2many"]
        common = {
            **self._defaults(rows[0]),
            **FRESH,
            "date_last_stage_update": now,
            "create_uid": self.env.uid,
            "create_date": self.env.cr.now(),
            "write_uid": self.env.uid,
            "write_date": self.env.cr.now(),
        }
        common = {n: v for n, v in common.items() if self._has_column(n)}
        names = [*common, *(n for n in rows[0] if n not in links and n not in common)]
        ids = []
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            ids += self._insert_batch(names, common, batch, now)
        tasks = self.model.browse(ids)
        for name in links:
            self._insert_links(name, ids, rows)
        self._settle(tasks, {*names, *links})
        return tasks

    def _has_column(self, name):
        field = self.model._fields.get(name)
        return bool(field and field.store and field.column_type)

    def _defaults(self, given):
        """Defaults of the other columns, asked once for all tasks."""
        missing = [
            name
            for name, field in self.model._fields.items()
            if self._has_column(name)
            and field.default
            and name not in given
            and name not in FRESH
        ]
        return self.model.default_get(missing)

    def _column(self, name, value):
        """One value as its column takes it; equal values are converted once."""
        key = (name, value)
        try:
            return self._converted[key]
        except KeyError:
            field = self.model._fields[name]
            result = field.convert_to_column_insert(value, self.model)
            self._converted[key] = result
            return result
        except TypeError:
            field = self.model._fields[name]
            return field.convert_to_column_insert(value, self.model)

    def _insert_batch(self, names, common, rows, now):
        values = []
        for row in rows:
            merged = {**common, **row}
            merged["date_assign"] = now if row.get("user_ids") else None
            values.append(tuple(self._column(name, merged[name]) for name in names))
        query = SQL(
            "INSERT INTO project_task (%s) VALUES %s RETURNING id",
            SQL(", ").join(SQL.identifier(name) for name in names),
            SQL(", ").join(values),
        )
        return [row[0] for row in self.env.execute_query(query)]

    def _insert_links(self, name, ids, rows):
        field = self.model._fields[name]
        pairs = [
            (task_id, other)
            for task_id, row in zip(ids, rows, strict=True)
            for other in row[name]
        ]
        if not pairs:
            return
        left, right = zip(*pairs, strict=True)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT * FROM unnest(%s::int[], %s::int[])"
                " ON CONFLICT DO NOTHING",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                list(left),
                list(right),
            )
        )

    def _settle(self, tasks, known):
        """Forget cached lists, compute what other addons store."""
        self.env.invalidate_all()
        for name, field in self.model._fields.items():
            if field.store and field.compute and name not in known:
                self.env.add_to_compute(field, tasks)
        if "user_ids" in known:
            tasks._populate_missing_personal_stages()
