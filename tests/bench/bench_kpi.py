"""Scores of 500 people over 36 months from a rollup of daily facts per listing.

``LINKSTAR_BENCH_LISTINGS`` listings a store decide the number of facts: the
default of 9 gives 200 stores × 1,096 days × 5 metrics × 9 = 9.9 million.
"""

import os
import tracemalloc
from datetime import date, timedelta

from odoo.addons.linkstar_kpi.calculation import rollup
from odoo.addons.linkstar_kpi.calculation.card_lines import CardCalculator, CardInput
from odoo.addons.linkstar_kpi.engine import period as calendar
from odoo.addons.linkstar_project.engine.workbook import Sheet, workbook_bytes

from . import case, measure

STORES, PEOPLE, MONTHS, CODES = (
    200,
    500,
    36,
    (
        "gmv",
        "orders",
        "units_ordered",
        "sessions",
        "ad_spend",
    ),
)
FIRST = date(2023, 1, 1)
LAST = date(2025, 12, 31)
MOST_MEMORY = 100 * 1024 * 1024
SCAN = """
SELECT store_id, metric_id, date, sum(value) FROM linkstar_fact GROUP BY 1, 2, 3
"""
#: What the calculation answers, written for this one case: each line's value, its
#: stores with their last day, its points between floor and target, the card's score.
HAND = """
WITH part AS (
    SELECT m.employee_id, date_trunc('month', r.date) AS month, r.metric_id, r.store_id,
           sum(r.value * m.share / 100) AS value, max(r.date) AS last_day,
           max(r.as_of) AS as_of
      FROM linkstar_kpi_rollup r
      JOIN linkstar_store_member m ON m.store_id = r.store_id AND m.role_id = %s
       AND r.date BETWEEN m.date_from AND COALESCE(m.date_to, 'infinity')
     GROUP BY 1, 2, 3, 4
), line AS (
    SELECT employee_id, month, metric_id, sum(value) AS value, max(as_of) AS as_of,
           json_agg(json_build_array(store_id, value, last_day)) AS stores
      FROM part GROUP BY 1, 2, 3
), scored AS (
    SELECT *, round((LEAST(GREATEST(value / 1000 * 100, 0), 100) * 0.2)::numeric, 2)
               AS contribution
      FROM line
)
SELECT *, sum(contribution) OVER (PARTITION BY employee_id, month) AS score FROM scored
"""


def run(env):
    """Build the rollup, recalculate everything, refresh a night, write a sheet."""
    listings = int(os.environ.get("LINKSTAR_BENCH_LISTINGS", "9"))
    role, metrics = _world(env, listings)
    facts = STORES * ((LAST - FIRST).days + 1) * len(CODES) * listings
    scan = measure(env, lambda: _rows(env, SCAN))
    built = measure(env, lambda: rollup.refresh(env))
    cases = [case(f"rollup of {facts:,} facts", built, scan, 2.5)]
    env.cr.execute("ANALYZE linkstar_kpi_rollup")
    cards = _cards(env, role, metrics)
    now = env.cr.now()
    hand = measure(env, lambda: _rows(env, HAND, role.id))
    worked = measure(env, lambda: CardCalculator(env, cards, now).compute())
    name = f"{len(cards):,} cards × {len(CODES)} metrics"
    cases.append(case(f"{name}, against SQL by hand", worked, hand, 1.5))
    cases.append(case(f"{name}, seconds", worked, None, 5.0))
    month = [card for card in cards if card.period[1] == LAST]
    worked = measure(env, lambda: CardCalculator(env, month, now).compute())
    cases.append(case("one month, 500 cards", worked, None, 2.0))
    _night(env)
    night = measure(env, lambda: rollup.refresh(env))
    cases.append(case("nightly increment of the rollup", night, None, 2.0))
    return cases + _sheet_cases(env)


def _sheet_cases(env):
    """Time of the sheet, then its memory beside the 100 MB that it may take."""
    written = measure(env, lambda: workbook_bytes([_sheet()]))
    tracemalloc.start()
    traced = measure(env, lambda: workbook_bytes([_sheet()]))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    name = "XLSX of 500 people × 60 columns"
    memory = case(f"{name}: memory, of 100 MB", traced, None, 1.0)
    return [case(name, written, None, 3.0), memory | {"ratio": peak / MOST_MEMORY}]


def _sheet():
    rows = ([f"person {n}"] + [n * 1.5] * 59 for n in range(PEOPLE))
    return Sheet("Bonus", [f"column {n}" for n in range(60)], rows)


def _rows(env, query, *params):
    env.cr.execute(query, params)
    return env.cr.fetchall()


def _world(env, listings):
    role = env["project.role"].create({"name": "Bench", "code": "bench"})
    site = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
    stores = env["linkstar.store"].create(
        [
            {"name": f"B{n}", "code": f"BENCH-{n}", "marketplace_id": site.id}
            for n in range(STORES)
        ]
    )
    people = env["hr.employee"].create([{"name": f"P{n}"} for n in range(PEOPLE)])
    env["linkstar.store.member"].create(
        [
            {
                "store_id": stores[(n * 7 + k) % STORES].id,
                "employee_id": person.id,
                "role_id": role.id,
                "share": 4,
                "date_from": FIRST + timedelta(days=90 * k),
                "date_to": FIRST + timedelta(days=90 * k + 89),
            }
            for n, person in enumerate(people)
            for k in range(12)
        ]
    )
    env["linkstar.listing"].create(
        [{"store_id": s.id, "sku": f"B-{n}"} for s in stores for n in range(listings)]
    )
    metrics = env["linkstar.metric"].search([("code", "in", CODES)])
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO linkstar_fact (store_id, metric_id, date, listing_id, value,
                                   source, as_of, change_xid)
        SELECT l.store_id, m.id, d::date, l.id, 1 + (l.id + m.id) %% 17, 'amazon',
               now(), 1
          FROM generate_series(%s::timestamp, %s::timestamp, '1 day') d,
               linkstar_listing l, linkstar_metric m
         WHERE l.store_id = ANY(%s) AND m.id = ANY(%s)
        """,
        (FIRST, LAST, stores.ids, metrics.ids),
    )
    env.cr.execute("ANALYZE linkstar_fact")
    return role, metrics


def _cards(env, role, metrics):
    scheme = env["linkstar.kpi.scheme"].create(
        {"name": "Bench", "code": "bench", "role_id": role.id}
    )
    version = env["linkstar.kpi.scheme.version"].create(
        {
            "scheme_id": scheme.id,
            "line_ids": [
                (
                    0,
                    0,
                    {"metric_id": m.id, "weight": 20, "floor": 0, "target": 1000}
                    | {"use_stretch": False},
                )
                for m in metrics
            ],
        }
    )
    people = env["linkstar.store.member"].search([("role_id", "=", role.id)])
    cards = []
    for person in people.employee_id:
        for month in range(MONTHS):
            span = calendar.bounds("month", calendar.add_months(FIRST, month))
            cards.append(CardInput(len(cards), person, version, span, span))
    return cards


def _night(env):
    """Sixty days of one store in ten change.

    All other facts bear the number of an older transaction: this one is the only
    transaction there is, and would else have to take everything for news.
    """
    env.cr.execute(
        "UPDATE linkstar_fact SET value = value + 1,"
        " change_xid = (txid_current() %% 2147483648)::int"
        " WHERE date > %s AND store_id IN (SELECT id FROM linkstar_store"
        " WHERE code LIKE 'BENCH-%%7')",
        (LAST - timedelta(days=60),),
    )
