"""The board of all stores and My work among 100,000 tasks, against core's board.

Core's board is core's own kanban by stage of all open tasks, read by the same person
with our record rules switched off. The person is a member of all stores, so that both
boards show the same tasks and our rules are paid for in full.
"""

from statistics import median

from odoo.tools.safe_eval import safe_eval

from . import Measured, case, measure
from .board_data import (
    assign,
    make_people,
    make_person,
    make_projects,
    make_stores,
    make_tasks,
)

STORES, PROJECTS, TASKS = 200, 5, 100
PEOPLE = 250
#: Each is measured so often, in turns, and the middle one counts.
ROUNDS = 7
LIMIT = 1.3


def run(env):
    env = env(context={"tracking_disable": True})
    stores = make_stores(env, STORES)
    reader = make_person(env, "bench_board", stores)
    logins = [f"bench_board_{n}" for n in range(PEOPLE - 1)]
    users = reader | make_people(env, logins, lambda n: stores[n % STORES])
    projects = make_projects(env, stores, PROJECTS)
    ids = make_tasks(env, projects, TASKS)
    assign(env, users, ids)
    env.flush_all()
    for table in ("project_task", "project_task_user_rel", "project_project"):
        env.cr.execute(f"ANALYZE {table}")
    ours = Board(env, reader, "linkstar_project.board_task_view_kanban", _domain(env))
    core = Board(
        env,
        reader,
        "project.view_task_kanban",
        [("has_template_ancestor", "=", False), ("is_closed", "=", False)],
    )
    rules = _rules(env)
    own = env["project.task"].with_user(reader)
    found = {"ours": [], "core": [], "work": []}
    for _round in range(ROUNDS):
        rules.active = True
        found["ours"].append(_cold(env, ours.load))
        found["work"].append(_cold(env, own.linkstar_my_work))
        rules.active = False
        found["core"].append(_cold(env, core.load))
    rules.active = True
    ours.check(core)
    ours_time, core_time, work_time = (
        _middle(found[name]) for name in ("ours", "core", "work")
    )
    size = f"{len(ids):,} tasks"
    return [
        case(f"core's task board, {size}", core_time),
        case(f"all-stores board, {size}", ours_time, core_time, LIMIT),
        case(f"My work, {size}", work_time, core_time, LIMIT),
    ]


def _domain(env):
    action = env.ref("linkstar_project.board_action")
    return [
        *safe_eval(action.domain),
        ("state", "not in", ("1_done", "1_canceled")),
    ]


def _rules(env):
    """Our record rules, whatever model they are on."""
    data = env["ir.model.data"].search(
        [("model", "=", "ir.rule"), ("module", "=like", "linkstar_%")]
    )
    return env["ir.rule"].browse(data.mapped("res_id"))


def _cold(env, call):
    """Measure with an empty cache, as each request of a client begins."""
    env.flush_all()
    env.invalidate_all()
    return measure(env, call)


def _middle(found):
    return Measured(
        median(one.seconds for one in found), max(one.queries for one in found)
    )


class Board:
    """What the web client asks for when it opens a kanban grouped by stage."""

    def __init__(self, env, user, xmlid, domain):
        self.tasks = env["project.task"].with_user(user)
        self.domain = domain
        arch = self.tasks.get_view(env.ref(xmlid).id, "kanban")["models"]
        self.names = [n for n in arch["project.task"] if n in self.tasks._fields]
        self.order = env["ir.ui.view"].browse(env.ref(xmlid).id).arch_db
        self.order = self.order.split(' default_order="')[1].split('"')[0]

    def specification(self):
        fields = self.tasks._fields
        return {
            name: {"fields": {"display_name": {}}} if fields[name].relational else {}
            for name in self.names
        }

    def load(self):
        """Columns with their first cards, and the bars above them."""
        board = self.tasks.web_read_group(
            self.domain,
            ["stage_id"],
            [],
            auto_unfold=True,
            unfold_read_specification=self.specification(),
            unfold_read_default_limit=40,
            order=self.order,
        )
        self.tasks.read_progress_bar(
            self.domain,
            "stage_id",
            {"field": "state", "colors": {"01_in_progress": "200"}},
        )
        self.counts = [group["__count"] for group in board["groups"]]
        return board

    def check(self, other):
        """Both boards count the same tasks, or the comparison means nothing."""
        mine, theirs = sum(self.counts), sum(other.counts)
        if not 0 <= theirs - mine <= theirs / 100:
            raise AssertionError(f"{mine} tasks on ours, {theirs} on core's board")
