"""5,000 due reminders for 300 people, and the first screen of one of them."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from . import case, measure

PEOPLE = 300
REMINDERS = 5_000
STORES = 30
QUERIES = 100


def run(env):
    env = env(context={"tracking_disable": True})
    users = _people(env)
    tasks = _tasks(env, users)
    env.flush_all()
    env.invalidate_all()
    outbox = env["linkstar.notification"]
    queued = measure(env, outbox._queue_due)
    count = outbox.search_count([("res_id", "in", tasks.ids)])
    if count < REMINDERS:
        raise AssertionError(f"only {count} reminders were queued")
    if queued.queries > QUERIES:
        raise AssertionError(f"{queued.queries} queries, at most {QUERIES} are allowed")
    again = measure(env, outbox._queue_due)
    own = env["project.task"].with_user(users[0])
    env.invalidate_all()
    screen = measure(env, own.linkstar_my_work)
    return [
        case(f"{count} due reminders for {PEOPLE} people queued", queued, limit=5),
        case("the same again: nothing new", again, limit=5),
        case("My work of one of them", screen, limit=1),
    ]


def _people(env):
    users = env["res.users"].create(
        [
            {
                "name": f"Reader {n}",
                "login": f"bench_reader_{n}",
                "tz": ("Asia/Shanghai", "Europe/Berlin", "America/New_York")[n % 3],
                "group_ids": [
                    Command.link(env.ref("linkstar_project.group_operator").id)
                ],
            }
            for n in range(PEOPLE)
        ]
    )
    site = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
    stores = env["linkstar.store"].create(
        [
            {"name": f"Told {n}", "code": f"TOLD-{n}", "marketplace_id": site.id}
            for n in range(STORES)
        ]
    )
    role = env.ref("linkstar_project.role_operator")
    env["linkstar.store.member"].create(
        [
            {
                "store_id": stores[n % STORES].id,
                "user_id": user.id,
                "role_id": role.id,
                "share": 10,
                "date_from": "2020-01-01",
            }
            for n, user in enumerate(users)
        ]
    )
    return users


def _tasks(env, users):
    """2,500 key tasks due a minute ago: told through two channels each."""
    env["linkstar.reminder.policy"].search([]).write({"quiet_from": 0, "quiet_to": 0})
    stores = env["linkstar.store"].search([("code", "=like", "TOLD-%")], order="id")
    projects = env["project.project"].create(
        [
            {
                "name": f"Told {store.code}",
                "linkstar_kind": "routine",
                "store_id": store.id,
                "launch_key": f"bench/{store.code}",
            }
            for store in stores
        ]
    )
    due = fields.Datetime.now() - timedelta(minutes=1)
    return env["project.task"].create(
        [
            {
                "name": f"Told {n}",
                "project_id": projects[n % PEOPLE % STORES].id,
                "user_ids": [Command.set(users[n % PEOPLE].ids)],
                "is_key": True,
                "date_deadline": due,
            }
            for n in range(REMINDERS // 2)
        ]
    )
