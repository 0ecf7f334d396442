"""Rows of the rights matrix: linkstar_kpi.

"Own" is what concerns the operator's score (and that of the lead's team),
"other" what concerns somebody of the other store.
"""

from datetime import date

from . import matrix_linkstar_project
from .table import Row, System, Wizard

PERSONAS = {
    "kpi_manager": ("linkstar_kpi.group_kpi_manager",),
    "payroll": ("linkstar_kpi.group_payroll",),
}
SEEN = "operator=r lead=r project_manager=r admin=r auditor=r payroll=r"
SHARED = f"{SEEN} kpi_manager=rwcu"
# Scores: one's own, the lead's team, KPI managers, payroll, auditors.
SCORE = "operator=r lead=r auditor=r kpi_manager=r payroll=r"
SCORE_OTHER = "auditor=r kpi_manager=r payroll=r"
SET = "operator=r lead=r auditor=r kpi_manager=rwcu payroll=r"
SET_OTHER = "auditor=r kpi_manager=rwcu payroll=r"
PAY = "payroll=rwcu"
#: What KPI managers and payroll read of the registry and its figures.
EXTENDED = {
    "project.role": " kpi_manager=r payroll=r",
    "linkstar.metric": " kpi_manager=rwc payroll=r",
    "linkstar.metric.threshold": " kpi_manager=rwcu payroll=r",
    "linkstar.platform": " kpi_manager=r",
    "linkstar.marketplace": " kpi_manager=r",
    "linkstar.store": " kpi_manager=r",
    "linkstar.store.group": " kpi_manager=r",
    "linkstar.listing": " kpi_manager=r",
    "linkstar.store.member": " kpi_manager=r",
    "linkstar.fact": " kpi_manager=r",
}


def prepare(world):
    """Employees for the operator and the stranger; readers of the registry."""
    for row in matrix_linkstar_project.ROWS:
        more = EXTENDED.get(getattr(row, "model", ""), "")
        if more and more not in row.own:
            row.own += more
            row.other += more
    for user, store in (
        (world.users["operator"], world.own),
        (world.stranger, world.other),
    ):
        employee = world.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id}
        )
        members = world.env["linkstar.store.member"].search(
            [("user_id", "=", user.id), ("store_id", "=", store.id)]
        )
        members.employee_id = employee


def person(world, store):
    is_own = store == world.own
    user = world.users["operator"] if is_own else world.stranger
    return world.env["hr.employee"].search([("user_id", "=", user.id)], limit=1)


def scheme(world):
    return world.env["linkstar.kpi.scheme"].create(scheme_values(world))


def scheme_values(world, store=None):
    role = world.ref("linkstar_project.role_operator")
    return {"name": "S", "code": world.word(), "role_id": role.id}


def version(world, store=None):
    return world.env["linkstar.kpi.scheme.version"].create(
        {"scheme_id": scheme(world).id}
    )


def line(world, store=None):
    return world.env["linkstar.kpi.scheme.line"].create(line_values(world, version))


def line_values(world, of_version):
    return {
        "version_id": of_version(world).id,
        "metric_id": world.ref("linkstar_project.metric_gmv").id,
        "weight": 10,
    }


def period(world):
    """A week of its own, counted back from 2020."""
    return world.env["linkstar.kpi.period"].create(period_values(world))


def period_values(world, store=None):
    day = date.fromordinal(date(2020, 1, 1).toordinal() - 7 * world.number())
    return {"kind": "week", "day": day.isoformat()}


def coming_period(world):
    """A week of its own that has not begun: its targets may still be set."""
    day = date.fromordinal(date(2040, 1, 2).toordinal() + 7 * world.number())
    return world.env["linkstar.kpi.period"].create({"kind": "week", "day": day})


def assignment_values(world, store):
    day = date.fromordinal(date(2030, 1, 1).toordinal() + 2 * world.number())
    return {
        "employee_id": person(world, store).id,
        "scheme_id": scheme(world).id,
        "date_from": day.isoformat(),
        "date_to": day.isoformat(),
    }


def assignment(world, store):
    return world.env["linkstar.kpi.assignment"].create(assignment_values(world, store))


def card(world, store):
    held = assignment(world, store)
    return world.env["linkstar.kpi.scorecard"].create(
        {
            "period_id": period(world).id,
            "assignment_id": held.id,
            "employee_id": held.employee_id.id,
            "scheme_version_id": version(world).id,
        }
    )


def card_line(world, store):
    of_card = card(world, store)
    scheme_line = line(world)
    return world.env["linkstar.kpi.scorecard.line"].create(
        {
            "scorecard_id": of_card.id,
            "scheme_line_id": scheme_line.id,
            "outcome": "measured",
        }
    )


def appeal(world, store):
    return world.env["linkstar.kpi.appeal"].create(
        {"scorecard_id": card(world, store).id, "reason": "x"}
    )


def action(world, store):
    return world.env["linkstar.kpi.action"].create(
        {"line_id": card_line(world, store).id}
    )


def acknowledgement(world, store):
    return world.env["linkstar.kpi.acknowledgement"].create(
        {
            "employee_id": person(world, store).id,
            "version_id": version(world).id,
            "kind": "acknowledged",
            "user_id": world.stranger.id,
            "acknowledged_at": "2026-01-01",
        }
    )


def view_log(world, store):
    of_card = card(world, store)
    return world.env["linkstar.kpi.view.log"].create(
        {
            "scorecard_id": of_card.id,
            "employee_id": of_card.employee_id.id,
            "user_id": world.stranger.id,
            "day": "2026-01-01",
        }
    )


def privacy(world, store=None):
    return world.env["linkstar.kpi.privacy"].create({"notice": "x"})


def consent(world, store):
    return world.env["linkstar.kpi.consent"].create(
        {
            "privacy_id": privacy(world).id,
            "employee_id": person(world, store).id,
            "user_id": world.stranger.id,
            "number": world.number(),
            "given_at": "2026-01-01",
        }
    )


def target(world, store):
    return world.env["linkstar.kpi.target"].create(target_values(world, store))


def target_values(world, store):
    return {
        "period_id": coming_period(world).id,
        "metric_id": world.ref("linkstar_project.metric_gmv").id,
        "employee_id": person(world, store).id,
        "value": 1.0,
    }


def proposal(world):
    wizards = world.env["linkstar.kpi.target.proposal"]
    return wizards.with_user(world.users["kpi_manager"]).create(
        {
            "period_id": coming_period(world).id,
            "metric_id": world.ref("linkstar_project.metric_gmv").id,
        }
    )


def grade_values(world, store=None):
    role = world.ref("linkstar_project.role_operator")
    return {"name": world.word(), "role_id": role.id}


def grade(world):
    return world.env["linkstar.kpi.grade"].create(grade_values(world))


def grade_step_values(world, store):
    day = date.fromordinal(date(2015, 1, 1).toordinal() + world.number())
    return {
        "employee_id": person(world, store).id,
        "grade_id": grade(world).id,
        "date_from": day.isoformat(),
        "reason": "x",
    }


def entry_values(world, store=None):
    return {
        "period_id": coming_period(world).id,
        "metric_id": world.ref("linkstar_project.metric_manager_rating").id,
    }


def entry(world, store):
    """Figures of the lead, or of somebody else."""
    user = world.users["lead"] if store == world.own else world.stranger
    made = world.env["linkstar.kpi.entry"].create(entry_values(world))
    made.entered_by = user
    return made


def entry_line_values(world, store):
    return {"entry_id": entry(world, store).id, "store_id": store.id, "value": 1}


def exclusion_values(world, store):
    return {
        "store_id": store.id,
        "date_from": "2026-01-01",
        "date_to": "2026-01-02",
        "cause": "platform",
        "reason": "x",
    }


def rollup(world, store):
    metric = world.ref("linkstar_project.metric_gmv")
    day = date.fromordinal(date(2010, 1, 1).toordinal() + world.number())
    return world.env["linkstar.kpi.rollup"].create(
        {"store_id": store.id, "metric_id": metric.id, "date": day, "value": 1}
    )


def period_wait(world, store):
    """The row of a view: it is there once a card has the line."""
    of_line = card_line(world, store)
    world.env.flush_all()
    waits = world.env["linkstar.kpi.period.wait"]
    return waits.search([("period_id", "=", of_line.period_id.id)])


def review_values(world, store):
    return {"employee_id": person(world, store).id, "date": "2026-01-01"}


def review(world, store):
    return world.env["linkstar.kpi.review"].create(review_values(world, store))


def past_values(world, store):
    day = date.fromordinal(date(2015, 1, 5).toordinal() + 7 * world.number())
    return {
        "employee_id": person(world, store).id,
        "kind": "week",
        "day": day.isoformat(),
        "score": 80,
    }


def pilot(world):
    return world.env["linkstar.kpi.pilot"].create(pilot_values(world))


def pilot_values(world, store=None):
    return {
        "name": "P",
        "scheme_id": scheme(world).id,
        "date_from": "2026-01-01",
        "date_to": "2026-01-31",
    }


def pilot_answer(world, store):
    grades = dict.fromkeys(("fairness", "clarity", "motivation"), "3")
    of = {"pilot_id": pilot(world).id, "employee_id": person(world, store).id}
    return world.env["linkstar.kpi.pilot.answer"].create(grades | of)


def rollup_token(world, store=None):
    return world.ref("linkstar_kpi.rollup_token")


def plan(world, store=None):
    return world.env["linkstar.kpi.bonus.plan"].create(plan_values(world))


def plan_values(world, store=None):
    return {
        "name": "P",
        "scheme_ids": [(6, 0, scheme(world).ids)],
        "fixed_amount": 10,
    }


def run_values(world, store=None):
    return {"period_id": period(world).id, "plan_ids": [(6, 0, plan(world).ids)]}


def run(world, store=None):
    return world.env["linkstar.kpi.bonus.run"].create(run_values(world))


def bonus_line(world, store):
    of_run = run(world)
    made = world.env["linkstar.kpi.bonus.line"].create(
        {
            "run_id": of_run.id,
            "employee_id": person(world, store).id,
            "currency_id": of_run.currency_id.id,
            "amount": 1,
        }
    )
    of_run.state = "locked"
    return made


ROWS = [
    Row(
        "linkstar.kpi.scheme",
        own=SHARED,
        shared=True,
        values=scheme_values,
        change={"sequence": 3},
    ),
    Row(
        "linkstar.kpi.scheme.version",
        own=SHARED,
        shared=True,
        make=version,
        values=lambda w, s: {"scheme_id": scheme(w).id},
        change={"note": "x"},
    ),
    Row(
        "linkstar.kpi.scheme.line",
        own=SHARED,
        shared=True,
        values=lambda w, s: line_values(w, version),
        change={"weight": 20},
    ),
    Row(
        "linkstar.kpi.scheme.band",
        own=SHARED,
        shared=True,
        values=lambda w, s: {"line_id": line(w).id, "points": 1},
        change={"points": 2},
    ),
    Row(
        "linkstar.kpi.rate",
        own=SHARED,
        shared=True,
        values=lambda w, s: {
            "version_id": version(w).id,
            "currency_id": w.ref("base.EUR").id,
            "rate": 1.1,
        },
        change={"rate": 1.2},
    ),
    Row(
        "linkstar.kpi.level",
        own=SHARED,
        shared=True,
        values=lambda w, s: {"version_id": version(w).id, "lower": 1, "name": "A"},
        change={"name": "B"},
    ),
    Row(
        "linkstar.kpi.period",
        own=SHARED,
        shared=True,
        values=period_values,
        change={"is_estimate": True},
    ),
    Row(
        "linkstar.kpi.assignment",
        own=SET,
        other=SET_OTHER,
        values=assignment_values,
        change={"joined_on": "2026-01-01"},
    ),
    Row(
        "linkstar.kpi.target",
        own=SET,
        other=SET_OTHER,
        values=target_values,
        change={"note": "x"},
    ),
    Row(
        "linkstar.kpi.category",
        own=SHARED,
        shared=True,
        values=lambda w, s: {"name": w.word()},
        change={"name": "Other"},
    ),
    Wizard(
        "linkstar.kpi.target.ask",
        may="operator lead kpi_manager",
        values=lambda w, s: {"target_id": target(w, s).id, "value": 1, "reason": "x"},
    ),
    Wizard(
        "linkstar.kpi.target.proposal",
        may="kpi_manager",
        values=lambda w, s: {
            "period_id": coming_period(w).id,
            "metric_id": w.ref("linkstar_project.metric_gmv").id,
        },
    ),
    Wizard(
        "linkstar.kpi.target.proposal.line",
        may="kpi_manager",
        values=lambda w, s: {"proposal_id": proposal(w).id},
    ),
    Wizard(
        "linkstar.kpi.target.import",
        may="kpi_manager",
        values=lambda w, s: {"filename": "x.csv"},
    ),
    Row(
        # Whoever enters changes it; everybody else sends it back.
        "linkstar.kpi.entry",
        own="lead=rwcu admin=c auditor=r kpi_manager=rc",
        other="lead=c admin=c auditor=r kpi_manager=rc",
        make=entry,
        values=entry_values,
        change={"note": "x"},
    ),
    Row(
        "linkstar.kpi.entry.line",
        own="lead=rwcu auditor=r kpi_manager=r",
        other="auditor=r kpi_manager=r",
        values=entry_line_values,
        change={"value": 2},
    ),
    Wizard(
        "linkstar.kpi.entry.return",
        may="lead kpi_manager",
        values=lambda w, s: {"entry_id": entry(w, s).id, "note": "x"},
    ),
    Wizard(
        "linkstar.kpi.assign",
        may="kpi_manager",
        values=lambda w, s: {"scheme_id": scheme(w).id},
    ),
    Wizard(
        "linkstar.kpi.assign.line",
        may="kpi_manager",
        values=lambda w, s: {
            "assign_id": w.env["linkstar.kpi.assign"]
            .with_user(w.users["kpi_manager"])
            .create({"scheme_id": scheme(w).id})
            .id,
            "employee_id": person(w, s).id,
        },
    ),
    Row(
        "linkstar.kpi.grade",
        own=SHARED,
        shared=True,
        values=grade_values,
        change={"sequence": 3},
    ),
    Row(
        "linkstar.kpi.grade.need",
        own=SHARED,
        shared=True,
        values=lambda w, s: {
            "grade_id": grade(w).id,
            "metric_id": w.ref("linkstar_project.metric_gmv").id,
            "value": 1,
        },
        change={"value": 2},
    ),
    Row(
        "linkstar.kpi.grade.step",
        own=SET,
        other=SET_OTHER,
        values=grade_step_values,
        change={"reason": "y"},
    ),
    Row(
        "linkstar.kpi.acknowledgement",
        own=SCORE,
        other=SCORE_OTHER,
        make=acknowledgement,
    ),
    Row("linkstar.kpi.scorecard", own=SCORE, other=SCORE_OTHER, make=card),
    Row("linkstar.kpi.scorecard.line", own=SCORE, other=SCORE_OTHER, make=card_line),
    Row("linkstar.kpi.action", own=SCORE, other=SCORE_OTHER, make=action),
    Row("linkstar.kpi.appeal", own=SCORE, other=SCORE_OTHER, make=appeal),
    Row("linkstar.kpi.view.log", own=SCORE, other=SCORE_OTHER, make=view_log),
    Row(
        "linkstar.kpi.consent",
        own="operator=r lead=r auditor=r kpi_manager=r",
        other="auditor=r kpi_manager=r",
        make=consent,
    ),
    Row(
        # A notice that people agreed to stays.
        "linkstar.kpi.privacy",
        own="operator=r lead=r project_manager=r admin=r auditor=r kpi_manager=rwc",
        shared=True,
        values=lambda w, s: {"notice": "x"},
        change={"notice": "y"},
    ),
    Row(
        # Requests: anybody of the store makes them, only the author edits them.
        "linkstar.kpi.exclusion",
        own="operator=rc lead=rc project_manager=rc admin=rc auditor=r "
        "kpi_manager=rwcu",
        other="admin=rc auditor=r kpi_manager=rwcu",
        values=exclusion_values,
        change={"reason": "y"},
    ),
    Row(
        "linkstar.kpi.rollup",
        own="auditor=r kpi_manager=r",
        other="auditor=r kpi_manager=r",
        make=rollup,
    ),
    Row(
        # Whole periods, not people: KPI managers and auditors only.
        "linkstar.kpi.period.wait",
        own="auditor=r kpi_manager=r",
        other="auditor=r kpi_manager=r",
        make=period_wait,
    ),
    Wizard(
        "linkstar.kpi.card.decision",
        may="operator lead kpi_manager",
        values=lambda w, s: {
            "scorecard_id": card(w, w.own).id,
            "kind": "adjust",
            "reason": "x",
        },
    ),
    Wizard(
        "linkstar.kpi.appeal.answer",
        may="kpi_manager",
        values=lambda w, s: {
            "appeal_id": appeal(w, w.own).id,
            "decision": "refuse",
            "answer": "x",
        },
    ),
    Wizard(
        "linkstar.kpi.bonus.entry",
        may="payroll",
        values=lambda w, s: {
            "run_id": run(w).id,
            "employee_id": person(w, w.own).id,
            "kind": "correction",
            "amount": 1,
            "reason": "x",
        },
    ),
    Row(
        # Leads write the reviews of their team, nobody their own.
        "linkstar.kpi.review",
        own="operator=r lead=rwc auditor=r kpi_manager=rwcu",
        other="auditor=r kpi_manager=rwcu",
        values=review_values,
        change={"notes": "x"},
    ),
    Row(
        "linkstar.kpi.review.action",
        own="operator=r lead=rwcu auditor=r kpi_manager=rwcu",
        other="auditor=r kpi_manager=rwcu",
        values=lambda w, s: {"review_id": review(w, s).id, "name": "x"},
        change={"name": "y"},
    ),
    Row(
        "linkstar.kpi.past.score",
        own=SET,
        other=SET_OTHER,
        values=past_values,
        change={"score": 81},
    ),
    Wizard(
        "linkstar.kpi.past.import",
        may="kpi_manager",
        values=lambda w, s: {"filename": "x.csv"},
    ),
    Row(
        "linkstar.kpi.pilot",
        own="operator=r lead=r project_manager=r admin=r auditor=r kpi_manager=rwcu",
        shared=True,
        values=pilot_values,
        change={"name": "Q"},
    ),
    # Read by whoever answered, and nobody else.
    Row(
        "linkstar.kpi.pilot.answer",
        own="operator=rw",
        other="",
        make=pilot_answer,
        change={"clarity": "4"},
    ),
    System("linkstar.kpi.rollup.token", make=rollup_token),
    Row(
        "linkstar.kpi.bonus.plan",
        own=PAY,
        shared=True,
        values=plan_values,
        change={"name": "Q"},
    ),
    Row(
        "linkstar.kpi.bonus.tier",
        own=PAY,
        shared=True,
        values=lambda w, s: {"plan_id": plan(w).id, "lower": 0, "rate": 1},
        change={"rate": 2},
    ),
    Row(
        "linkstar.kpi.bonus.coefficient",
        own=PAY,
        shared=True,
        values=lambda w, s: {"plan_id": plan(w).id, "lower": 0, "coefficient": 1},
        change={"coefficient": 2},
    ),
    Row(
        "linkstar.kpi.bonus.run",
        own=PAY,
        shared=True,
        make=run,
        values=run_values,
        change={},
    ),
    # One's own bonus shows once its run is locked.
    Row(
        "linkstar.kpi.bonus.line",
        own="operator=r payroll=r",
        other="payroll=r",
        make=bonus_line,
    ),
]
