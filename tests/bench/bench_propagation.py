"""A new version into many running projects, against one plain write of the rows."""

from odoo.fields import Command

from . import case, measure
from .bench_launch import _template

PROJECTS = 200
TASKS = 90
#: Above so many seconds nobody waits for a preview.
PREVIEW_SECONDS = 5.0


def run(env):
    env = env(context={"tracking_disable": True})
    stores = _stores(env)
    template = _template(env, size=TASKS, subtasks=0)
    projects = template.publish_version().launch(stores.ids)
    template.task_ids.write({"allocated_hours": 5, "priority": "1"})
    version = template.publish_version()
    preview = measure(env, lambda: version.propagate(projects.ids, preview=True))
    applied = measure(env, lambda: version.propagate(projects.ids))
    tasks = projects.task_ids
    plain = measure(env, lambda: tasks.write({"allocated_hours": 6, "priority": "0"}))
    record = env["linkstar.propagation"].search([], limit=1)
    tasks.write({"allocated_hours": 5, "priority": "1"})
    undone = measure(env, record.action_undo)
    rows = f"{PROJECTS} projects of {TASKS} tasks"
    return [
        case(f"preview of a version for {rows}", preview, limit=PREVIEW_SECONDS),
        case(f"a version into {rows} (one write of the rows)", applied, plain, 2.0),
        case(f"undoing it in {rows} (one write of the rows)", undone, plain),
    ]


def _stores(env):
    site = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
    stores = env["linkstar.store"].create(
        [
            {"name": f"Spread {n}", "code": f"SPREAD-{n}", "marketplace_id": site.id}
            for n in range(PROJECTS)
        ]
    )
    group = env.ref("linkstar_project.group_operator")
    user = env["res.users"].create(
        {
            "name": "Spread",
            "login": "bench_propagation",
            "group_ids": [Command.link(group.id)],
        }
    )
    env["linkstar.store.member"].create(
        [
            {
                "store_id": store.id,
                "user_id": user.id,
                "role_id": env.ref("linkstar_project.role_operator").id,
                "is_lead": True,
                "date_from": "2020-01-01",
            }
            for store in stores
        ]
    )
    return stores
