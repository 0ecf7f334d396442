"""The Gantt of 2,000 tasks with 2,000 dependencies in Chromium.

Times are the browser's own: marks of its performance timeline around opening, its
``longtask`` entries while everything is scrolled through.
"""

from . import Measured, case, measure
from .board_data import (
    assign,
    chain,
    make_person,
    make_projects,
    make_stores,
    make_tasks,
)
from .page import Page, web_server

STORES, PROJECTS, TASKS = 20, 2, 50
EXTRA = 40
LOGIN = "bench_gantt"
ROUNDS = 3
OPEN_LIMIT = 2
LONG_LIMIT = 0.1

# From the click on the view's button to the first painted frame with rows.
OPEN = """
const frame = () => new Promise(requestAnimationFrame);
const rows = () => document.querySelectorAll(".o_lsg_bar_task").length;
document.querySelector(".o_switch_view.o_kanban").click();
while (!document.querySelector(".o_kanban_view")) await frame();
await new Promise((done) => setTimeout(done, 1500));
performance.clearMarks();
performance.mark("asked");
document.querySelector(".o_switch_view.o_linkstar_gantt").click();
while (!rows()) await frame();
await frame();
await new Promise((done) => setTimeout(done));
performance.mark("shown");
const open = performance.measure("open", "asked", "shown").duration;
return { open, rows: Number(
    document.querySelector(".o_lsg_scroll").getAttribute("aria-rowcount")
) };
"""
# Down and up through all rows and across the whole axis, some rows a frame.
SCROLL = """
const long = [];
const observer = new PerformanceObserver((list) =>
    long.push(...list.getEntries().map((entry) => entry.duration)));
observer.observe({ type: "longtask" });
const frame = () => new Promise(requestAnimationFrame);
const el = document.querySelector(".o_lsg_scroll");
performance.mark("begin");
let frames = 0;
for (let top = 0; top < el.scrollHeight - el.clientHeight; top += 240) {
    el.scrollTop = top;
    frames += 1;
    await frame();
}
for (let left = 0; left < el.scrollWidth - el.clientWidth; left += 240) {
    el.scrollLeft = left;
    frames += 1;
    await frame();
}
for (; el.scrollTop > 0; frames += 1) {
    el.scrollTop -= 1200;
    await frame();
}
performance.mark("end");
await new Promise((done) => setTimeout(done, 300));
observer.disconnect();
const whole = performance.measure("scroll", "begin", "end").duration;
return { longest: Math.max(0, ...long), count: long.length, whole, frames };
"""


def run(env):
    env = env(context={"tracking_disable": True})
    stores = make_stores(env, STORES)
    lead = make_person(env, LOGIN, stores, is_lead=True)
    projects = make_projects(env, stores, PROJECTS)
    ids = make_tasks(env, projects, TASKS, closed=False)
    assign(env, lead, ids)
    edges = chain(env, ids, TASKS, EXTRA)
    rows = env["project.task"].with_user(lead)
    server = measure(
        env, lambda: rows.linkstar_gantt([("project_id", "in", projects.ids)])
    )
    if len(server.value["edges"]) != edges or len(server.value["tasks"]) != len(ids):
        raise AssertionError("the Gantt does not show all tasks and dependencies")
    # The server reads what is committed; the database is thrown away afterwards.
    env.cr.commit()
    opened, scrolled = _in_the_browser(len(ids))
    size = f"{len(ids):,} tasks, {edges:,} dependencies"
    return [
        case(f"Gantt rows from the server, {size}", server, limit=1),
        case(f"Gantt opens, {size}", Measured(opened / 1000, None), limit=OPEN_LIMIT),
        case(
            f"Gantt scrolls, its longest task ({scrolled['frames']} frames)",
            Measured(scrolled["longest"] / 1000, None),
            limit=LONG_LIMIT,
        ),
    ]


def _in_the_browser(tasks):
    """The middle time of opening, and the worst scroll of all rounds."""
    with web_server() as address:
        page = Page(address)
        try:
            page.sign_in(LOGIN, LOGIN)
            page.go("/odoo/linkstar-board", "document.querySelector('.o_kanban_view')")
            opened, scrolled = [], []
            for _round in range(ROUNDS):
                found = page.run(OPEN)
                if found["rows"] < tasks:
                    raise AssertionError(f"only {found['rows']} rows are there")
                opened.append(found["open"])
                scrolled.append(page.run(SCROLL))
        finally:
            page.close()
    return sorted(opened)[ROUNDS // 2], max(scrolled, key=lambda s: s["longest"])
