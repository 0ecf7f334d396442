"""Opening the dashboard of a company of 500 people, as a lead and as a manager."""

import time
from datetime import date, timedelta

from odoo.addons.linkstar_kpi.engine import period as calendar

PEOPLE, TEAM, MONTHS, STORES = 500, 50, 12, 40
CODES = ("gmv", "orders", "units_ordered", "sessions", "ad_spend")
LAST = date(2025, 12, 31)
MOST_SECONDS = 1.0


def run(env):
    """Open each level once with cold caches; seconds and queries."""
    lead, manager, newest = _world(env)
    board = env["linkstar.kpi.dashboard"]
    cases = []
    for name, user, level in (
        (f"a lead's team of {TEAM}", lead, "team"),
        (f"a manager's {PEOPLE} people", manager, "team"),
        ("departments", manager, "department"),
        (f"{STORES} stores", manager, "store"),
    ):
        # The first reading of the day writes who looked at whose card: as in life.
        env.flush_all()
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.perf_counter()
        page = board.with_user(user).load(level, newest.id)
        seconds = time.perf_counter() - start
        cases.append(
            {
                "case": f"dashboard: {name} ({len(page['rows'])} rows)",
                "seconds": seconds,
                "baseline_seconds": None,
                "ratio": None,
                "limit": MOST_SECONDS,
                "queries": env.cr.sql_log_count - before,
            }
        )
    return cases


def _world(env):
    lead = _user(env, "bench_lead", "linkstar_project.group_lead")
    manager = _user(env, "bench_manager", "linkstar_kpi.group_kpi_manager")
    boss = env["hr.employee"].create({"name": "Bench lead", "user_id": lead.id})
    departments = env["hr.department"].create([{"name": f"D{n}"} for n in range(10)])
    people = env["hr.employee"].create(
        [
            {
                "name": f"P{n}",
                "parent_id": boss.id if n < TEAM else False,
                "department_id": departments[n % 10].id,
            }
            for n in range(PEOPLE)
        ]
    )
    role = env["project.role"].create({"name": "Board", "code": "bench_board"})
    metrics = env["linkstar.metric"].search([("code", "in", CODES)])
    version = _scheme(env, role, metrics)
    periods = env["linkstar.kpi.period"].create(
        [
            {"kind": "month", "day": calendar.shifted("month", LAST, -back)}
            for back in reversed(range(MONTHS))
        ]
    )
    _stores(env, metrics, periods)
    assignments = env["linkstar.kpi.assignment"].create(
        [
            {
                "employee_id": person.id,
                "scheme_id": version.scheme_id.id,
                "date_from": periods[0].date_from,
            }
            for person in people
        ]
    )
    _cards(env, version, periods, assignments)
    return lead, manager, periods[-1]


def _user(env, login, group):
    return env["res.users"].create(
        {
            "name": login,
            "login": login,
            "group_ids": [(4, env.ref(group).id), (4, env.ref("base.group_user").id)],
        }
    )


def _scheme(env, role, metrics):
    scheme = env["linkstar.kpi.scheme"].create(
        {"name": "Board", "code": "bench_board", "role_id": role.id}
    )
    line = {"weight": 20, "floor": 0, "target": 1000, "use_stretch": False}
    return env["linkstar.kpi.scheme.version"].create(
        {
            "scheme_id": scheme.id,
            "line_ids": [(0, 0, line | {"metric_id": m.id}) for m in metrics],
        }
    )


def _stores(env, metrics, periods):
    """Stores with figures of a year and a target for each metric and month."""
    site = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
    stores = env["linkstar.store"].create(
        [
            {"name": f"D{n}", "code": f"BOARD-{n}", "marketplace_id": site.id}
            | {"state": "active"}
            for n in range(STORES)
        ]
    )
    env["linkstar.kpi.target"].create(
        [
            {
                "period_id": period.id,
                "metric_id": metric.id,
                "store_id": store.id,
                "value": 300,
            }
            for period in periods[-6:]
            for metric in metrics
            for store in stores
        ]
    )
    env.flush_all()
    for table, extra in (("linkstar_fact", ", 'amazon', now()"), ("rollup", "")):
        columns = ", source, as_of" if extra else ""
        name = table if extra else "linkstar_kpi_rollup"
        env.cr.execute(
            f"""
            INSERT INTO {name} (store_id, metric_id, date, value{columns})
            SELECT s.id, m.id, d::date, 1 + (s.id + m.id) %% 17{extra}
              FROM generate_series(%s::timestamp, %s::timestamp, '1 day') d,
                   unnest(%s::int[]) s(id), unnest(%s::int[]) m(id)
            """,  # noqa: S608 - names of this file
            (LAST - timedelta(days=364), LAST, stores.ids, metrics.ids),
        )
        env.cr.execute(f"ANALYZE {name}")


def _cards(env, version, periods, assignments):
    """Calculated cards and lines, inserted as the calculation would leave them."""
    cards = env["linkstar.kpi.scorecard"].create(
        [
            env["linkstar.kpi.scorecard"]._values_for(period, assignment, version)
            | {"score": 40 + (assignment.id * 7 + period.id) % 80}
            | {"is_scored": True, "is_final": True, "state": "calculated"}
            for period in periods
            for assignment in assignments
        ]
    )
    newest = cards.filtered(lambda card: card.period_id == periods[-1])
    env["linkstar.kpi.scorecard.line"].create(
        [
            {
                "scorecard_id": card.id,
                "scheme_line_id": line.id,
                "outcome": "measured",
                "score_state": "scored",
                "points": 20 + (card.id + line.id * 13) % 100,
                "attainment": 0.8,
                "effective_weight": 20,
            }
            for card in newest
            for line in version.line_ids
        ]
    )
    env.flush_all()
    for table in ("linkstar_kpi_scorecard", "linkstar_kpi_scorecard_line"):
        env.cr.execute(f"ANALYZE {table}")
