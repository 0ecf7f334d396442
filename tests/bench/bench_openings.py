"""500 openings with 30 papers each: their board against core's, and the nightly run.

Core's board is core's own kanban of the same 500 projects, read by the same person
with our record rules switched off.
"""

from odoo import fields
from odoo.tools import SQL

from . import case
from .bench_board import _cold, _middle, _rules
from .board_data import make_person, make_stores

OPENINGS, PAPERS = 500, 30
ROUNDS = 7
BOARD_LIMIT, NIGHT_SECONDS, NIGHT_QUERIES = 1.3, 5, 50
STEPS = {"preparing": "to_submit", "in_review": "in_review", "rejected": "rejected"}


def run(env):
    env = env(context={"tracking_disable": True})
    stores = make_stores(env, OPENINGS)
    reader = make_person(env, "bench_openings", stores)
    openings = _openings(env, stores, reader)
    _papers(env, openings)
    env.flush_all()
    for table in ("project_project", "linkstar_requirement", "linkstar_document"):
        env.cr.execute(f"ANALYZE {table}")
    domain = [("id", "in", openings.ids)]
    ours = Board(
        env,
        reader,
        "linkstar_store_opening.project_project_view_kanban_opening",
        domain,
        "application_state",
    )
    core = Board(
        env, reader, "project.view_project_kanban", domain, "last_update_status"
    )
    rules = _rules(env)
    found = {"ours": [], "core": []}
    for _round in range(ROUNDS):
        rules.active = True
        found["ours"].append(_cold(env, ours.load))
        rules.active = False
        found["core"].append(_cold(env, core.load))
    rules.active = True
    night = _cold(env, env["project.project"]._judge_papers)
    again = _cold(env, env["project.project"]._judge_papers)
    if max(night.queries, again.queries) > NIGHT_QUERIES:
        raise AssertionError(f"the nightly run took {night.queries} queries")
    size = f"{OPENINGS} openings"
    core_time = _middle(found["core"])
    return [
        case(f"core's project board, {size}", core_time),
        case(
            f"board of openings, {size}", _middle(found["ours"]), core_time, BOARD_LIMIT
        ),
        case(
            f"nightly judging of {OPENINGS * PAPERS:,} papers, first",
            night,
            limit=NIGHT_SECONDS,
        ),
        case(
            f"nightly judging of {OPENINGS * PAPERS:,} papers, unchanged",
            again,
            limit=NIGHT_SECONDS,
        ),
    ]


def _openings(env, stores, owner):
    entity = env["res.partner"].create({"name": "Bench", "is_company": True})
    steps = list(STEPS)
    now = fields.Datetime.now()
    return env["project.project"].create(
        [
            {
                "name": f"Opening {n}",
                "linkstar_kind": "opening",
                "store_id": store.id,
                "entity_id": entity.id,
                "user_id": owner.id,
                "planned_submission_date": fields.Date.add(fields.Date.today(), days=9),
                "application_step": steps[n % len(steps)],
                "application_state": STEPS[steps[n % len(steps)]],
                "step_entered_at": now,
                "typical_days": 5,
            }
            for n, store in enumerate(stores)
        ]
    )


def _papers(env, openings):
    """Papers of the entity and what each opening asks, inserted by SQL."""
    env.flush_all()
    types = env["linkstar.document.type"].search([], limit=PAPERS)
    while len(types) < PAPERS:
        types |= types.create({"code": f"BENCH{len(types)}", "name": "Bench"})
    today = fields.Date.today()
    papers = env["linkstar.document"].create(
        [
            {
                "name": kind.name,
                "type_id": kind.id,
                "entity_id": openings.entity_id.id,
                "issue_date": fields.Date.subtract(today, days=5 * number),
                "expiry_date": fields.Date.add(today, days=20 * number),
            }
            for number, kind in enumerate(types)
        ]
    )
    env["linkstar.document.file"].create(
        [
            {
                "document_id": paper.id,
                "number": 1,
                "state": "ready",
                "kind": "pdf",
                "size": 1,
                "uploaded_by_id": openings.user_id.id,
                "storage_key": f"bench{paper.id}",
            }
            for paper in papers
        ]
    )
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO linkstar_requirement
                   (project_id, store_id, type_id, entity_id, document_id, user_id,
                    is_optional, is_later)
            SELECT p.id, p.store_id, d.type_id, d.entity_id,
                   CASE WHEN (p.id + d.id) %% 7 > 0 THEN d.id END, p.user_id,
                   FALSE, FALSE
              FROM project_project p CROSS JOIN linkstar_document d
             WHERE p.id IN %s AND d.id IN %s
            """,
            tuple(openings.ids),
            tuple(papers.ids),
        )
    )
    env.invalidate_all()


class Board:
    """What the web client asks for when it opens a kanban of projects."""

    def __init__(self, env, user, xmlid, domain, groupby):
        self.projects = env["project.project"].with_user(user)
        self.domain, self.groupby = domain, groupby
        arch = self.projects.get_view(env.ref(xmlid).id, "kanban")["models"]
        names = arch["project.project"]
        self.names = [n for n in names if n in self.projects._fields]

    def load(self):
        """Columns with their first cards."""
        of = self.projects._fields
        specification = {
            name: {"fields": {"display_name": {}}} if of[name].relational else {}
            for name in self.names
        }
        return self.projects.web_read_group(
            self.domain,
            [self.groupby],
            [],
            auto_unfold=True,
            unfold_read_specification=specification,
            unfold_read_default_limit=80,
            order=None,
        )
