"""Task measures per person, from the tasks themselves.

Deadlines are first deadlines, moved only by the hours for which the task's
clock stood still because of others: moving one's own deadline gains nothing.
Only launched steps of stores count: what somebody notes down for themselves would
lift their own rate. Trials and templates are no work; cancelled tasks are nobody's
fault.
"""

from dataclasses import dataclass

from odoo.tools import SQL

MEASURES = (
    "due",
    "done",
    "on_time",
    "key_due",
    "key_on_time",
    "routine_due",
    "routine_on_time",
    "closed",
    "reworked",
    "first_pass",
    "planned_hours",
    "off_hours",
    "spent_hours",
    "overdue",
    "graded",
    "grades",
)

#: Metric code → (numerator, denominator or None, factor). All of one person.
TASK_METRICS = {
    "task_completion": ("done", "due", 100.0),
    "task_on_time": ("on_time", "due", 100.0),
    "tasks_overdue": ("overdue", None, 1.0),
    "task_rework": ("reworked", "closed", 100.0),
    "estimate_error": ("off_hours", "planned_hours", 100.0),
    "task_hours_to_plan": ("spent_hours", "planned_hours", 100.0),
    "task_grade": ("grades", "graded", 1.0),
    "task_key_on_time": ("key_on_time", "key_due", 100.0),
    "sop_completion": ("routine_on_time", "routine_due", 100.0),
    "listing_on_time": ("on_time", "due", 100.0),
    "asset_on_time": ("on_time", "due", 100.0),
    "listing_first_pass": ("first_pass", "closed", 100.0),
    "asset_first_pass": ("first_pass", "closed", 100.0),
    "round_execution": ("round_done", "round_due", 100.0),
}
ROUND_METRIC = "round_execution"


@dataclass(slots=True)
class TaskRequest:
    """Tasks of one user between two instants (UTC, end excluded).

    ``cut_off``: what is done later does not count; the present for a running
    period, in which tasks still ahead are not due yet.
    """

    user_id: int
    start: object
    end: object
    cut_off: object


def read_task_sums(env, requests):
    """Count tasks for any number of requests in one statement.

    :param requests: list of :class:`TaskRequest`
    :return: list like the requests of dicts measure → float
    """
    results = [dict.fromkeys(MEASURES, 0.0) for _request in requests]
    if not requests:
        return results
    env["project.task"].flush_model()
    env["linkstar.audit.entry"].flush_model()
    for number, *values in env.execute_query(_query(requests)):
        for name, value in zip(MEASURES, values, strict=True):
            results[number][name] = float(value or 0.0)
    return results


def read_round_sums(env, people):
    """Checks of store rounds due and done, a statement for each different span.

    :param people: dict of key → (employee id, first day, last day)
    :return: dict of key → ``{"round_due", "round_done"}``
    """
    by_span = {}
    for key, (employee, first, last) in people.items():
        by_span.setdefault((first, last), {})[key] = employee
    rounds, sums = env["linkstar.round"].sudo(), {}
    for (first, last), wanted in by_span.items():
        rates = rounds._execution_rate(sorted(set(wanted.values())), first, last)
        for key, employee in wanted.items():
            rate = rates[employee]
            sums[key] = {
                "round_due": float(rate["due"]),
                "round_done": float(rate["done"]),
            }
    return sums


#: Measure → SQL condition on the tasks that it counts.
_COUNTED = {
    "due": "due",
    "key_due": "due AND is_key",
    "routine_due": "due AND routine",
    "closed": "closed",
    "planned_hours": "closed AND planned > 0",
    "overdue": "overdue",
    "graded": "closed AND grade IS NOT NULL",
}


def read_task_ids(env, request, measure):
    """Ids of the tasks behind a figure: those that its denominator counts.

    :param request: :class:`TaskRequest`
    :param measure: a key of ``_COUNTED``
    """
    env["project.task"].flush_model()
    query = SQL(
        "WITH asked AS (%s), task AS (%s) SELECT task_id FROM task WHERE %s",
        _asked([request]),
        _tasks(),
        SQL(_COUNTED[measure]),
    )
    return sorted({row[0] for row in env.execute_query(query)})


def _asked(requests):
    return SQL(
        """
        SELECT * FROM unnest(%(numbers)s::int[], %(users)s::int[],
            %(starts)s::timestamp[], %(ends)s::timestamp[],
            %(cut_offs)s::timestamp[])
            AS a(number, user_id, d1, d2, cut_off)
        """,
        numbers=list(range(len(requests))),
        users=[request.user_id for request in requests],
        starts=[request.start for request in requests],
        ends=[request.end for request in requests],
        cut_offs=[request.cut_off for request in requests],
    )


def _query(requests):
    return SQL(
        """
        WITH asked AS (
            %(asked)s
        ), task AS (
            %(tasks)s
        )
        SELECT number,
               count(*) FILTER (WHERE due),
               count(*) FILTER (WHERE due AND done),
               count(*) FILTER (WHERE due AND on_time),
               count(*) FILTER (WHERE due AND is_key),
               count(*) FILTER (WHERE due AND is_key AND on_time),
               count(*) FILTER (WHERE due AND routine),
               count(*) FILTER (WHERE due AND routine AND on_time),
               count(*) FILTER (WHERE closed),
               count(*) FILTER (WHERE closed AND reworked),
               count(*) FILTER (WHERE closed AND NOT reworked),
               sum(planned) FILTER (WHERE closed AND planned > 0),
               sum(abs(spent - planned)) FILTER (WHERE closed AND planned > 0),
               sum(spent) FILTER (WHERE closed AND planned > 0),
               count(*) FILTER (WHERE overdue),
               count(*) FILTER (WHERE closed AND grade IS NOT NULL),
               sum(grade) FILTER (WHERE closed)
          FROM task
         GROUP BY number
        """,
        asked=_asked(requests),
        tasks=_tasks(),
    )


def _tasks():
    """SQL: tasks of the asked people with what they count as."""
    return SQL(
        """
        SELECT a.number, t.id AS task_id, t.is_key,
               t.linkstar_kind = 'routine' AS routine,
               t.allocated_hours AS planned, t.effective_hours AS spent,
               t.acceptance_grade::float AS grade,
               d.deadline >= a.d1 AND d.deadline < a.d2
                   AND (d.deadline < a.cut_off OR d.done_at < a.cut_off) AS due,
               d.done_at < a.cut_off AS done,
               d.done_at < a.cut_off AND d.done_at <= d.deadline AS on_time,
               d.done_at >= a.d1 AND d.done_at < LEAST(a.d2, a.cut_off) AS closed,
               d.deadline < a.cut_off AND d.deadline < a.d2
                   AND (d.done_at IS NULL OR d.done_at >= a.cut_off) AS overdue,
               EXISTS (SELECT FROM linkstar_audit_entry e
                        WHERE e.res_model = 'project.task' AND e.res_id = t.id
                          AND e.field_name = 'state'
                          AND (e.new_value = '02_changes_requested'
                               OR e.old_value = '1_done')) AS reworked
          FROM asked a
          JOIN project_task_user_rel rel ON rel.user_id = a.user_id
          JOIN project_task t ON t.id = rel.task_id
          JOIN project_project p ON p.id = t.project_id
         CROSS JOIN LATERAL (
            SELECT t.first_deadline
                   + COALESCE(t.clock_paused_hours, 0) * interval '1 hour' AS deadline,
                   CASE WHEN t.state = '1_done' THEN t.done_date END AS done_at
         ) d
         WHERE t.active
           AND t.state <> '1_canceled'
           AND t.node_uid IS NOT NULL
           AND t.store_id IS NOT NULL
           AND t.first_deadline IS NOT NULL
           AND t.first_deadline < a.d2
           AND t.is_trial IS NOT TRUE
           AND t.is_template IS NOT TRUE
           AND t.has_template_ancestor IS NOT TRUE
           AND p.is_template IS NOT TRUE
        """
    )
