"""Many tasks in many stores for the benchmarks of boards, inserted by SQL."""

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

#: Columns that differ from task to task.
OWN = {
    "id",
    "name",
    "project_id",
    "store_id",
    "marketplace_id",
    "stage_id",
    "state",
    "priority",
    "planned_date_begin",
    "date_deadline",
    "node_uid",
    "access_token",
    "on_critical_path",
}


def make_stores(env, count):
    site = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
    return env["linkstar.store"].create(
        [
            {"name": f"Shop {n}", "code": f"BOARD-{n}", "marketplace_id": site.id}
            for n in range(count)
        ]
    )


def make_person(env, login, stores, is_lead=False, password=None):
    """A member of all these stores: their rules hide nothing and cost all the more."""
    return make_people(env, [login], lambda _n: stores, is_lead, password)


def make_people(env, logins, stores_of, is_lead=False, password=None):
    """Members of the stores that ``stores_of(position)`` gives.

    A password is slow to hash: only who signs in has one.
    """
    group = "lead" if is_lead else "operator"
    users = env["res.users"].create(
        [
            {
                "name": login,
                "login": login,
                "tz": "Asia/Shanghai",
                "group_ids": [
                    Command.link(env.ref(f"linkstar_project.group_{group}").id)
                ],
                **({"password": password} if password else {}),
            }
            for login in logins
        ]
    )
    users.tour_enabled = False
    env["linkstar.store.member"].create(
        [
            {
                "store_id": store.id,
                "user_id": user.id,
                "role_id": env.ref("linkstar_project.role_operator").id,
                "is_lead": is_lead,
                "share": 10,
                "date_from": "2020-01-01",
            }
            for position, user in enumerate(users)
            for store in stores_of(position)
        ]
    )
    return users


def make_projects(env, stores, each):
    return env["project.project"].create(
        [
            {
                "name": f"{store.code} / {n}",
                "linkstar_kind": "routine",
                "store_id": store.id,
                "launch_key": f"board/{store.code}/{n}",
                "allow_task_dependencies": True,
            }
            for store in stores
            for n in range(each)
        ]
    )


def make_tasks(env, projects, each, closed=True):
    """Insert ``each`` tasks a project, copies of one that the ORM made; return ids."""
    model = env["project.task"].create(
        {"name": "Model", "project_id": projects[0].id, "user_ids": False}
    )
    env.flush_all()
    columns = env["project.task"]._fields
    same = [
        name
        for name in sorted(columns)
        if columns[name].store and columns[name].column_type and name not in OWN
    ]
    stages = projects[0].type_ids or env["project.task.type"].search([], limit=4)
    rows = env.execute_query(
        SQL(
            """
            INSERT INTO project_task (
                name, project_id, store_id, marketplace_id, stage_id, state, priority,
                planned_date_begin, date_deadline, node_uid, on_critical_path, %(into)s)
            SELECT 'Task ' || n, p.id, p.store_id, s.marketplace_id,
                   (%(stages)s::int[])[1 + n %% %(stage_count)s],
                   CASE WHEN n %% 7 = 0 THEN '04_waiting_normal'
                        WHEN n %% 5 = 0 AND %(closed)s THEN '1_done'
                        ELSE '01_in_progress' END,
                   (n %% 4)::text,
                   %(now)s::timestamp + (n - 10) * interval '8 hours',
                   %(now)s::timestamp + (n - 8) * interval '8 hours',
                   md5(p.id || '/' || n), n %% 3 = 0, %(of)s
              FROM project_task t
              CROSS JOIN generate_series(1, %(count)s) n
              JOIN project_project p ON p.id = ANY(%(projects)s)
              JOIN linkstar_store s ON s.id = p.store_id
             WHERE t.id = %(model)s
             ORDER BY p.id, n
            RETURNING id
            """,
            into=SQL(", ").join(SQL.identifier(name) for name in same),
            of=SQL(", ").join(SQL.identifier("t", name) for name in same),
            stages=stages.ids,
            stage_count=len(stages),
            closed=closed,
            now=fields.Datetime.now(),
            count=each,
            projects=projects.ids,
            model=model.id,
        )
    )
    env.cr.execute("DELETE FROM project_task WHERE id = %s", [model.id])
    env.invalidate_all()
    return [row[0] for row in rows]


def assign(env, users, task_ids):
    """Give the tasks to these users in turn."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO project_task_user_rel (task_id, user_id)
            SELECT t.id, (%(users)s::int[])[1 + t.n %% %(count)s]
              FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS t(id, n)
            """,
            users=users.ids,
            count=len(users),
            ids=task_ids,
        )
    )


def chain(env, task_ids, each, extra=0):
    """Let each task wait for the one before it in its project; ``extra`` skip one."""
    pairs = [
        (task_ids[n - 1], task_ids[n]) for n in range(len(task_ids)) if n % each != 0
    ]
    pairs += [
        (task_ids[n - 2], task_ids[n]) for n in range(len(task_ids)) if n % each == 5
    ][:extra]
    env.cr.execute(
        SQL(
            """
            INSERT INTO task_dependencies_rel (depends_on_id, task_id)
            SELECT * FROM unnest(%s::int[], %s::int[])
            """,
            [before for before, _after in pairs],
            [after for _before, after in pairs],
        )
    )
    return len(pairs)
