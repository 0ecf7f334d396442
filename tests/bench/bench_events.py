"""10,000 events against 50 triggers."""

import psutil

from . import case, measure

EVENTS, TRIGGERS = 10_000, 50


def run(env):
    """Half of the triggers have a condition on the payload; all of them answer."""
    marketplace = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
    store = env["linkstar.store"].create(
        {"name": "Bench", "code": "BENCH-E", "marketplace_id": marketplace.id}
    )
    env["linkstar.trigger"].search([]).write({"active": False})
    env["linkstar.listing"].create(
        [{"store_id": store.id, "sku": f"B{number}"} for number in range(500)]
    )
    _triggers(env)
    events = _events(store)
    emitted = measure(env, lambda: env["linkstar.event"]._emit_batch(events))
    peaks = []
    answered = measure(env, lambda: _process_all(env, peaks))
    return [
        case(f"{EVENTS:,} events told", emitted, limit=20.0),
        case(f"{EVENTS:,} events against {TRIGGERS} triggers", answered, limit=20.0),
        {
            "case": "memory after the last batch against the first",
            "seconds": 0.0,
            "baseline_seconds": None,
            "ratio": peaks[-1] / peaks[0],
            "limit": 1.2,
            "queries": None,
        },
    ]


def _process_all(env, peaks):
    memory = psutil.Process()
    while env["linkstar.event"]._process(1000):
        peaks.append(memory.memory_info().rss)


def _triggers(env):
    template = env["project.project"].create(
        {"name": "Bench", "is_template": True, "linkstar_kind": "routine"}
    )
    kind = env.ref("linkstar_project.event_type_stock_low")
    env["linkstar.trigger"].create(
        [
            {
                "name": f"Bench {number}",
                "event_type_id": kind.id,
                "template_id": template.id,
                "owner_id": env.ref("base.user_admin").id,
                "mode": "ask",
                "grouping": ("none", "store")[number % 2],
                "condition": f"payload.cover < {number % 25}" if number % 4 else "",
            }
            for number in range(TRIGGERS)
        ]
    )


def _events(store):
    return [
        {
            "store_id": store.id,
            "type": "stock_low",
            "key": f"B{number}",
            "payload": {"sku": f"B{number % 500}", "cover": number % 60},
        }
        for number in range(EVENTS)
    ]
