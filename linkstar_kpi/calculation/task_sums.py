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
    "overdue",
)

#: Metric code → (numerator, denominator or None, factor). All of one person.
TASK_METRICS = {
    "task_completion": ("done", "due", 100.0),
    "task_on_time": ("on_time", "due", 100.0),
    "tasks_overdue": ("overdue", None, 1.0),
    "task_rework": ("reworked", "closed", 100.0),
    "estimate_error": ("off_hours", "planned_hours", 100.0),
    "task_key_on_time": ("key_on_time", "key_due", 100.0),
    "sop_completion": ("routine_on_time", "routine_due", 100.0),
    "listing_on_time": ("on_time", "due", 100.0),
    "asset_on_time": ("on_time", "due", 100.0),
    "listing_first_pass": ("first_pass", "closed", 100.0),
    "asset_first_pass": ("first_pass", "closed", 100.0),
}


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


def _query(requests):
    return SQL(
        """
        WITH asked AS (
            SELECT * FROM unnest(%(numbers)s::int[], %(users)s::int[],
                %(starts)s::timestamp[], %(ends)s::timestamp[],
                %(cut_offs)s::timestamp[])
                AS a(number, user_id, d1, d2, cut_off)
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
               count(*) FILTER (WHERE overdue)
          FROM task
         GROUP BY number
        """,
        numbers=list(range(len(requests))),
        users=[request.user_id for request in requests],
        starts=[request.start for request in requests],
        ends=[request.end for request in requests],
        cut_offs=[request.cut_off for request in requests],
        tasks=_tasks(),
    )


def _tasks():
    """SQL: tasks of the asked people with what they count as."""
    return SQL(
        """
        SELECT a.number, t.is_key, t.linkstar_kind = 'routine' AS routine,
               t.allocated_hours AS planned, t.effective_hours AS spent,
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
