"""100,000 figures, new, unchanged and changed, against the same rows by raw SQL."""

import datetime

from psycopg2.extras import execute_values

from . import case, measure

ROWS = 100_000
LIMIT = 1.5
RAW = """
INSERT INTO linkstar_fact (store_id, metric_id, date, value, currency_id, source,
                           as_of, change_xid) VALUES %s
ON CONFLICT (store_id, metric_id, date, COALESCE(listing_id, 0),
             COALESCE(employee_id, 0))
DO UPDATE SET value = EXCLUDED.value, source = EXCLUDED.source
WHERE linkstar_fact.value IS DISTINCT FROM EXCLUDED.value
"""


def run(env):
    """Two stores, the same figures: one through ``_upsert``, one by raw SQL."""
    marketplace = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
    ours, raw = env["linkstar.store"].create(
        [
            {"name": code, "code": code, "marketplace_id": marketplace.id}
            for code in ("BENCH-OURS", "BENCH-RAW")
        ]
    )
    codes = env["linkstar.metric"]._ids_by_code()
    env.flush_all()
    cases = []
    for name, bump in (("new", 0), ("unchanged", 0), ("changed", 1)):
        baseline = measure(env, lambda b=bump: _raw(env, raw, codes, b))
        ours_took = measure(
            env, lambda b=bump: env["linkstar.fact"]._upsert(_rows(ours, codes, b))
        )
        cases.append(case(f"{ROWS:,} facts, {name}", ours_took, baseline, limit=LIMIT))
    return cases + [_evaluate(env, ours, codes)]


def _evaluate(env, store, codes):
    metrics = env["linkstar.metric"]
    took = measure(
        env,
        lambda: metrics.evaluate(list(codes), store.ids, "2016-01-01", "2016-12-31"),
    )
    return case(f"{len(codes)} metrics over one store and year", took, limit=5.0)


def _rows(store, codes, bump):
    names = sorted(codes)[:40]
    first = datetime.date(2015, 1, 1)
    days = [first + datetime.timedelta(day) for day in range(ROWS // len(names))]
    return [
        {
            "store_id": store.id,
            "metric": name,
            "date": day,
            "value": float(index + bump),
            "source": "amazon",
        }
        for name in names
        for index, day in enumerate(days)
    ]


def _raw(env, store, codes, bump):
    rows = [
        (r["store_id"], codes[r["metric"]], r["date"], r["value"], None, r["source"])
        for r in _rows(store, codes, bump)
    ]
    execute_values(
        env.cr._obj,
        RAW,
        rows,
        template="(%s, %s, %s, %s, %s, %s, now(), 1)",
        page_size=1000,
    )
