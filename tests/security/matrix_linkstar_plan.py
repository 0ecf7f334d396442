"""Rows of the rights matrix: schedules, versions into projects, review."""

from .matrix_linkstar_project import registry_read, version
from .table import Row, Wizard


def propagation(world, store):
    """A version offered to a running project of the store."""
    env = world.env
    template = world.template()
    step = env["project.task"].create({"name": "Step", "project_id": template.id})
    first = template.publish_version()
    project = world.project(store, version_id=first.id, launch_key=world.word())
    env["project.task"].create(
        {"name": "Step", "project_id": project.id, "node_uid": step.node_uid}
    )
    step.allocated_hours = 7
    second = template.publish_version()
    found = env["linkstar.propagation"]._open(second, project)
    found._compare()
    return found


def review(world, store):
    task = world.task(store, node_uid=world.word())
    world.env.flush_all()
    return world.env["linkstar.task.review"].search([("task_id", "=", task.id)])


ROWS = [
    Row(
        "linkstar.workday",
        own=registry_read() + " internal=r kpi_manager=r payroll=r",
        shared=True,
        values=lambda w, s: {
            "calendar_id": w.env.company.resource_calendar_id.id,
            "date": f"{2100 + w.number() % 7000}-01-02",
        },
        change={"name": "x"},
    ),
    Row(
        "linkstar.delay.cause",
        own=registry_read() + " internal=r kpi_manager=r payroll=r",
        shared=True,
        values=lambda w, s: {"name": w.word()},
        change={"name": "x"},
    ),
    Row(
        "linkstar.propagation",
        own="lead=r admin=r auditor=r",
        other="admin=r auditor=r",
        make=propagation,
        values=lambda w, s: {"version_id": version(w, s).id},
        change={"applied_at": "2026-01-01 00:00:00"},
    ),
    Row(
        "linkstar.propagation.line",
        own="lead=r admin=r auditor=r",
        other="admin=r auditor=r",
        make=lambda w, s: propagation(w, s).line_ids,
        values=lambda w, s: {
            "propagation_id": propagation(w, s).id,
            "project_id": w.project(s).id,
        },
        change={"error": "x"},
    ),
    Row(
        "linkstar.propagation.change",
        own="lead=rw admin=rw auditor=r",
        other="admin=rw auditor=r",
        make=lambda w, s: propagation(w, s).change_ids,
        values=lambda w, s: {"line_id": propagation(w, s).line_ids.id, "kind": "add"},
        change={"choice": "keep"},
    ),
    Row(
        "linkstar.task.review",
        own="lead=r admin=r auditor=r",
        other="admin=r auditor=r",
        make=review,
    ),
    Wizard(
        "linkstar.reschedule",
        may="lead admin",
        values=lambda w, s: {"project_ids": [(6, 0, w.project(s).ids)]},
    ),
    Wizard("linkstar.holidays", may="admin", values=lambda w, s: {"year": 2026}),
    Wizard(
        "linkstar.task.grade",
        may="lead admin",
        values=lambda w, s: {"task_ids": [(6, 0, w.task(s).ids)], "grade": "3"},
    ),
    Wizard(
        "linkstar.task.delay",
        may="operator lead project_manager admin",
        values=lambda w, s: {
            "task_ids": [(6, 0, w.task(s).ids)],
            "cause_id": w.ref("linkstar_project.delay_cause_other").id,
        },
    ),
]
