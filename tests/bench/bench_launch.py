"""Launching and rescheduling, against core's own way of starting from a template."""

from odoo.fields import Command

from . import case, measure

PROJECTS = 50
TASKS = 30
SUBTASKS = 2


def run(env):
    env = env(context={"tracking_disable": True})
    stores = _stores(env)
    template = _template(env)
    version = template.publish_version()
    # Both as a person calls them in the web client, whose context tracks changes.
    env = env(context={"lang": "en_US", "tz": "UTC"})
    template, version = template.with_env(env), version.with_env(env)
    # Core's way is measured on a tenth: it takes minutes for all.
    baseline = measure(env, lambda: _core(env, template, PROJECTS // 10))
    baseline.seconds *= 10
    launched = measure(env, lambda: version.launch(stores.ids))
    tasks = TASKS * (1 + SUBTASKS)
    rows = [
        case(
            f"{PROJECTS} launches of {tasks} tasks (core: a tenth, times 10)",
            launched,
            baseline,
            limit=0.1,
        )
    ]
    rows += _reschedule(env, stores[0])
    return rows


def _stores(env):
    site = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
    stores = env["linkstar.store"].create(
        [
            {"name": f"Bench {n}", "code": f"BENCH-{n}", "marketplace_id": site.id}
            for n in range(PROJECTS)
        ]
    )
    role = env.ref("linkstar_project.role_operator")
    users = env["res.users"].create(
        [
            {
                "name": f"Bench {n}",
                "login": f"bench_launch_{n}",
                "group_ids": [
                    Command.link(env.ref("linkstar_project.group_operator").id)
                ],
            }
            for n in range(5)
        ]
    )
    env["linkstar.store.member"].create(
        [
            {
                "store_id": store.id,
                "user_id": users[number % 5].id,
                "role_id": role.id,
                "is_lead": True,
                "date_from": "2020-01-01",
            }
            for number, store in enumerate(stores)
        ]
    )
    return stores


def _template(env, size=TASKS, subtasks=SUBTASKS):
    role = env.ref("linkstar_project.role_operator")
    template = env["project.project"].create(
        {
            "name": "Bench",
            "is_template": True,
            "linkstar_kind": "routine",
            "allow_timesheets": False,
            "milestone_ids": [Command.create({"name": f"M{n}"}) for n in range(3)],
        }
    )
    milestones = template.milestone_ids
    heads = env["project.task"].create(
        [
            {
                "name": f"Step {n}",
                "project_id": template.id,
                "allocated_hours": 3,
                "role_ids": [Command.link(role.id)],
                "user_ids": False,
                "milestone_id": milestones[n % 3].id,
            }
            for n in range(size)
        ]
    )
    env["project.task"].create(
        [
            {
                "name": f"Part {n}.{part}",
                "project_id": template.id,
                "parent_id": head.id,
                "allocated_hours": 1,
                "role_ids": [Command.link(role.id)],
                "user_ids": False,
            }
            for n, head in enumerate(heads)
            for part in range(subtasks)
        ]
    )
    for before, after in zip(heads, heads[1:], strict=False):
        after.depend_on_ids = [Command.link(before.id)]
    return template


def _core(env, template, times):
    for number in range(times):
        template.action_create_from_template({"name": f"Core {number}"})


def _reschedule(env, store):
    template = _template(env, size=500, subtasks=0)
    project = template.publish_version().launch(store.ids)
    preview = measure(env, project.reschedule)
    write = measure(
        env, lambda: project.reschedule(preview=False, anchor_date="2030-01-07")
    )
    return [
        case("preview of moving 500 tasks", preview, limit=1.0),
        case("moving 500 tasks", write, limit=1.0),
    ]
