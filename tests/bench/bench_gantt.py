"""The Gantt of 2,000 tasks with 2,000 dependencies in Chromium.

Times are the browser's own. Opening runs by the clock between two marks of its
performance timeline. Of scrolling the trace says how long each task of the page's main
thread took twice: by the clock, which other programs on the machine lengthen, and in
the thread's own time. The limit is on the latter; the former, and the machine's load,
stand beside it.
"""

import os

from . import Measured, case, measure
from .board_data import (
    assign,
    chain,
    make_person,
    make_projects,
    make_stores,
    make_tasks,
)
from .page import Page, main_thread_tasks, web_server

STORES, PROJECTS, TASKS = 20, 2, 50
EXTRA = 40
LOGIN = "bench_gantt"
ROUNDS = 3
OPEN_LIMIT = 2
LONG_LIMIT = 0.1

# To the cards first, which rest before anything is measured.
BACK = """
document.querySelector(".o_switch_view.o_kanban").click();
while (!document.querySelector(".o_kanban_view")) {
    await new Promise(requestAnimationFrame);
}
await new Promise((done) => setTimeout(done, 1500));
"""
# From the click on the view's button to the first painted frame with rows.
OPEN = """
const frame = () => new Promise(requestAnimationFrame);
const rows = () => document.querySelectorAll(".o_lsg_bar_task").length;
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
const frame = () => new Promise(requestAnimationFrame);
const el = document.querySelector(".o_lsg_scroll");
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
return { frames };
"""


def run(env):
    env = env(context={"tracking_disable": True})
    stores = make_stores(env, STORES)
    lead = make_person(env, LOGIN, stores, is_lead=True, password=LOGIN)
    projects = make_projects(env, stores, PROJECTS)
    ids = make_tasks(env, projects, TASKS, closed=False)
    assign(env, lead, ids)
    edges = chain(env, ids, TASKS, EXTRA)
    rows = env["project.task"].with_user(lead)
    server = _from_the_server(env, rows, [("project_id", "in", projects.ids)])
    if len(server.value["edges"]) != edges or len(server.value["tasks"]) != len(ids):
        raise AssertionError("the Gantt does not show all tasks and dependencies")
    # The server reads what is committed; the database is thrown away afterwards.
    env.cr.commit()
    opened, scrolled = _in_the_browser(len(ids))
    size = f"{len(ids):,} tasks, {edges:,} dependencies"
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    frames = f"of {scrolled['frames']} frames"
    return [
        case(f"Gantt rows from the server, {size}", server, limit=1),
        case(
            f"Gantt opens, {size}, {load}", _seconds(opened["open"]), limit=OPEN_LIMIT
        ),
        case(f"… of it the page's own time: {_shares(opened)}", opened["spent"]),
        case(
            f"Gantt scrolls, its longest task {frames}, the page's own time",
            scrolled["own"],
            limit=LONG_LIMIT,
        ),
        case(f"… by the clock, {load}", scrolled["clock"]),
        case(f"… all frames: {_shares(scrolled)}", scrolled["spent"]),
    ]


def _from_the_server(env, rows, domain):
    """The middle of some calls, each with an empty cache as a request has it."""
    found = []
    for _round in range(ROUNDS):
        env.invalidate_all()
        found.append(measure(env, lambda: rows.linkstar_gantt(domain)))
    return sorted(found, key=lambda one: one.seconds)[ROUNDS // 2]


def _seconds(milliseconds):
    return Measured(milliseconds / 1000, None)


def _shares(found):
    return ", ".join(f"{name} {value:.2f} s" for name, value in found["shares"].items())


def _watched(page, script):
    """Run a script; its answer, with what the page's main thread spent on it."""
    before = page.spent()
    answer = page.run(script)
    after = page.spent()
    took = {name: after[name] - before[name] for name in before}
    return {
        **answer,
        "spent": Measured(took["TaskDuration"], None),
        "shares": {
            "script": took["ScriptDuration"],
            "style": took["RecalcStyleDuration"],
            "layout": took["LayoutDuration"],
        },
    }


def _scroll(page):
    """Scroll through everything; with the longest task of the page's main thread."""
    with page.traced() as events:
        found = _watched(page, SCROLL)
    tasks = main_thread_tasks(events)
    if len(tasks) < found["frames"]:
        raise AssertionError("the trace holds fewer tasks than frames")
    found["own"] = _seconds(max(task["tdur"] for task in tasks) / 1000)
    found["clock"] = _seconds(max(task["dur"] for task in tasks) / 1000)
    return found


def _in_the_browser(tasks):
    """The middle opening by its time, and the scroll with the longest task."""
    with web_server() as address:
        page = Page(address)
        try:
            page.sign_in(LOGIN, LOGIN)
            page.go("/odoo/linkstar-board", "document.querySelector('.o_kanban_view')")
            opened, scrolled = [], []
            for _round in range(ROUNDS):
                page.run(BACK)
                found = _watched(page, OPEN)
                if found["rows"] < tasks:
                    raise AssertionError(f"only {found['rows']} rows are there")
                opened.append(found)
                scrolled.append(_scroll(page))
        finally:
            page.close()
    opened.sort(key=lambda one: one["open"])
    worst = max(scrolled, key=lambda one: one["own"].seconds)
    return opened[ROUNDS // 2], worst
