"""The machine itself: what a fixed piece of work takes, to compare other runs by."""

from . import case, measure


def run(env):
    partners = env["res.partner"].with_context(tracking_disable=True)
    rows = [{"name": f"Bench {number}"} for number in range(500)]
    batch = measure(env, lambda: partners.create(rows))
    single = measure(env, lambda: [partners.create([row]) for row in rows[:100]])
    return [
        case("create 100 partners one by one", single),
        case("create 500 partners in one call", batch),
    ]
