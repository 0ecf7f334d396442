"""Rows of the rights matrix: the promotion calendar of linkstar_project."""

from .matrix_linkstar_project import launched, registry_read
from .table import Row, Wizard


def promotion(world):
    return {
        "name": world.word(),
        "platform_id": world.ref("linkstar_project.platform_amazon").id,
        "date_from": f"{1900 + world.number() % 1000}-01-01",
        "date_to": "2999-12-31",
    }


def launch(world):
    calendar = world.env["linkstar.promotion"]
    entry = calendar.create(promotion(world))
    return {
        "promotion_id": entry.id,
        "version_id": launched(world)["version_id"],
        "milestone": "date_from",
    }


ROWS = [
    Row(
        "linkstar.promotion",
        own=registry_read(),
        shared=True,
        values=lambda w, s: promotion(w),
        change={"lead_days": 5},
    ),
    Wizard(
        "linkstar.promotion.launch",
        may="lead admin",
        values=lambda w, s: launch(w),
    ),
    Wizard(
        "linkstar.promotion.move",
        may="lead admin",
        values=lambda w, s: {
            "promotion_id": w.env["linkstar.promotion"].create(promotion(w)).id
        },
    ),
    Wizard(
        "linkstar.promotion.roll",
        may="admin",
        values=lambda w, s: {"year": 2999},
    ),
    Wizard(
        "linkstar.trigger.decline",
        may="lead admin",
        values=lambda w, s: {"reason": "x", "log_ids": [(6, 0, [])]},
    ),
]
