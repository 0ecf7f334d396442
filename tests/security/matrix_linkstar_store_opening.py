"""Rows of the rights matrix: linkstar_store_opening."""

from .table import BASED_ON, Row, Wizard

PERSONAS = {"compliance": ("linkstar_store_opening.group_compliance",)}
BASED_ON["compliance"] = "operator"

MEMBERS = ("operator", "lead", "project_manager")
OTHERS = "admin=rwcu auditor=r"


def members(rights, admin="rwcu"):
    """The same rights for all members of the store, the admin's beside."""
    people = " ".join(f"{name}={rights}" for name in MEMBERS)
    return f"{people} admin={admin} auditor=r"


CATALOGUE = "operator=r lead=r project_manager=r template_manager=r auditor=r"
CATALOGUE += " compliance=rwc admin=rwcu"


def opening(world, store):
    return world.project(store, linkstar_kind="opening")


def document_type(world):
    return world.env["linkstar.document.type"].create(coded(world))


def coded(world, store=None):
    return {"code": world.word(), "name": world.word()}


def document_values(world, store=None):
    entity = world.env["res.partner"].create({"name": world.word()})
    return {
        "name": world.word(),
        "type_id": document_type(world).id,
        "entity_id": entity.id,
    }


def document(world, store):
    """A paper that an opening of the store uses."""
    paper = world.env["linkstar.document"].create(document_values(world))
    world.env["linkstar.requirement"].create(
        {
            "project_id": opening(world, store).id,
            "type_id": paper.type_id.id,
            "entity_id": paper.entity_id.id,
            "document_id": paper.id,
        }
    )
    return paper


def document_file(world, store):
    """A version of a paper that an opening of the store uses."""
    return world.env["linkstar.document.file"].create(
        {
            "document_id": document(world, store).id,
            "size": 1,
            "number": 1,
            "state": "ready",
            "uploaded_by_id": world.stranger.id,
            "storage_key": world.word(),
        }
    )


def consent_values(world, store=None):
    person = world.env["res.partner"].create({"name": world.word()})
    return {"partner_id": person.id, "purpose": world.word()}


def identity_values(world, store=None):
    person = world.env["res.partner"].create({"name": world.word()})
    return {"partner_id": person.id, "kind": "passport"}


def destruction(world, store=None):
    return world.env["linkstar.destruction"].create(
        {
            "name": world.word(),
            "reason": "Retention is over.",
            "destroyed_at": "2026-01-01 00:00:00",
            "company_id": world.env.company.id,
        }
    )


def answer_values(world, store):
    field = world.env["linkstar.form.field"].create(coded(world))
    return {"project_id": opening(world, store).id, "field_id": field.id}


def standard_paper_values(world, store=None):
    return {"name": world.word(), "body": "<p>{{entity_name}}</p>"}


def requirement_values(world, store):
    return {
        "project_id": opening(world, store).id,
        "type_id": document_type(world).id,
    }


def submission(world, store):
    return world.env["linkstar.submission"].create(
        {"project_id": opening(world, store).id, "number": 1}
    )


def step(world, store):
    return world.env["linkstar.opening.step"].create(
        {
            "project_id": opening(world, store).id,
            "step": "preparing",
            "entered_at": "2026-01-01 00:00:00",
            "user_id": world.stranger.id,
        }
    )


def obligation_values(world, store):
    kind = world.env["linkstar.obligation.type"].create(coded(world))
    return {"store_id": store.id, "type_id": kind.id, "due_date": "2026-12-31"}


def asset_values(world, store=None):
    return {"name": world.word(), "kind": "phone"}


def usage_values(world, store):
    asset = world.env["linkstar.asset"].create(asset_values(world))
    return {"asset_id": asset.id, "store_id": store.id}


def conflict(world, store):
    """A tie of the store with another one."""
    asset = world.env["linkstar.asset"].create(asset_values(world))
    return world.env["linkstar.asset.conflict"].create(
        {
            "asset_id": asset.id,
            "store_id": store.id,
            "other_store_id": ((world.own | world.other) - store)[:1].id,
            "severity": "low",
            "code": "shared",
            "rank": 1,
        }
    )


def sop_values(world, store=None):
    platform = world.ref("linkstar_project.platform_amazon")
    return {**coded(world), "platform_id": platform.id}


def wizard_values(world, store):
    site = world.ref("linkstar_project.marketplace_amazon_us")
    return {
        "platform_id": site.platform_id.id,
        "marketplace_ids": [(6, 0, site.ids)],
        "entity_id": world.env["res.partner"].create({"name": world.word()}).id,
        "shop_name": "Shop",
        "code_suffix": world.word(),
    }


def appointment_values(world, store):
    return {
        "project_id": opening(world, store).id,
        "start": "2999-01-01 08:00:00",
        "tz": "UTC",
    }


def login_values(world, store):
    return {"store_id": store.id, "login": world.word()}


def mark(world, store):
    kind = world.env["linkstar.completion.mark"].create(coded(world))
    return world.env["linkstar.opening.mark"].create(
        {"project_id": opening(world, store).id, "mark_id": kind.id}
    )


def analysis(world, store):
    """The row of the analysis that a round of the store has."""
    round_ = submission(world, store)
    world.env.flush_all()
    return world.env["linkstar.opening.report"].search(
        [("project_id", "=", round_.project_id.id)]
    )


ROWS = [
    Row(
        "linkstar.appointment",
        own=members("rwc"),
        other=OTHERS,
        values=appointment_values,
        change={"place": "Other"},
    ),
    Row(
        "linkstar.account.login",
        own=members("rwc"),
        other=OTHERS,
        values=login_values,
        change={"note": "Other"},
    ),
    Row(
        "linkstar.opening.mark",
        own=members("rw", admin="rw"),
        other="admin=rw auditor=r",
        make=mark,
        change={"note": "Other"},
    ),
    Row(
        "linkstar.opening.report",
        own=members("r", admin="r"),
        other="admin=r auditor=r",
        make=analysis,
    ),
    Wizard(
        "linkstar.opening.wizard.line",
        may="",  # a line goes into one's own wizard only, and this one is not
        values=lambda world, store: {
            "wizard_id": world.env["linkstar.opening.wizard"]
            .create(wizard_values(world, store))
            .id,
            "marketplace_id": world.ref("linkstar_project.marketplace_amazon_us").id,
            "entity_id": world.env["res.partner"].create({"name": world.word()}).id,
            "name": "Shop",
            "code": "US-X",
        },
    ),
    Wizard(
        "linkstar.mark.waiver",
        may="lead admin",
        values=lambda world, store: {"mark_id": mark(world, store).id, "reason": "x"},
    ),
    *(
        Row(
            model,
            own=CATALOGUE,
            shared=True,
            values=coded,
            change={"name": "Other"},
        )
        for model in (
            "linkstar.document.type",
            "linkstar.rejection.reason",
            "linkstar.completion.mark",
            "linkstar.obligation.type",
        )
    ),
    Row(
        "linkstar.sop",
        own=CATALOGUE.replace("template_manager=r", "template_manager=rwc"),
        shared=True,
        values=sop_values,
        change={"name": "Other"},
    ),
    Row(
        "linkstar.document",
        own=members("rwc") + " compliance=rwc",
        # Anybody may enter a paper; nobody sees others' papers of other stores.
        other="operator=c lead=c project_manager=c compliance=rwc " + OTHERS,
        make=document,
        values=document_values,
        change={"name": "Other"},
    ),
    Row(
        "linkstar.requirement",
        own=members("rwc"),
        other=OTHERS,
        values=requirement_values,
        change={"due_date": "2026-12-01"},
    ),
    Row(
        "linkstar.submission",
        own=members("rw", admin="rw"),
        other="admin=rw auditor=r",
        make=submission,
        change={"reference": "Case 1"},
    ),
    Row(
        "linkstar.opening.step",
        own=members("r", admin="r"),
        other="admin=r auditor=r",
        make=step,
        change={"note": "Other"},
    ),
    Row(
        "linkstar.obligation",
        own=members("rwc"),
        other=OTHERS,
        values=obligation_values,
        change={"note": "Other"},
    ),
    Row(
        "linkstar.asset",
        own="compliance=rwc " + OTHERS,
        shared=True,
        values=asset_values,
        change={"name": "Other"},
    ),
    Row(
        "linkstar.asset.usage",
        own=OTHERS,
        other=OTHERS,
        values=usage_values,
        change={"date_to": "2999-12-31"},
    ),
    Row(
        "linkstar.asset.conflict",
        own="admin=r auditor=r",
        other="admin=r auditor=r",
        make=conflict,
        change={"reason": "Other"},
    ),
    Row(
        "linkstar.document.file",
        own=members("r", admin="r") + " compliance=r",
        other="admin=r auditor=r compliance=r",
        make=document_file,
        change={"kind": "pdf"},
    ),
    Row(
        "linkstar.consent",
        own="compliance=rwc admin=rwc auditor=r",
        shared=True,
        values=consent_values,
        change={"purpose": "Other"},
    ),
    Row(
        "linkstar.identity",
        own="compliance=rwcu admin=rwcu auditor=r",
        shared=True,
        values=identity_values,
        change={"label": "Other"},
    ),
    Row(
        "linkstar.destruction",
        own="compliance=r admin=r auditor=r",
        shared=True,
        make=destruction,
        change={"reason": "Other"},
    ),
    Row(
        "linkstar.form.field",
        own=CATALOGUE,
        shared=True,
        values=coded,
        change={"name": "Other"},
    ),
    Row(
        "linkstar.form.answer",
        own=members("rwc"),
        other=OTHERS,
        values=answer_values,
        change={"typed": "Other"},
    ),
    Row(
        "linkstar.standard.paper",
        own=CATALOGUE,
        shared=True,
        values=standard_paper_values,
        change={"name": "Other"},
    ),
    Wizard(
        "linkstar.standard.paper.fill",
        # Compliance, too, fills papers of openings that it may read.
        may=" ".join(MEMBERS) + " admin",
        values=lambda world, store: {
            "project_id": opening(world, store).id,
            "paper_id": world.env["linkstar.standard.paper"]
            .create(standard_paper_values(world))
            .id,
        },
    ),
    Wizard(
        "linkstar.destroy.wizard",
        may="compliance admin",
        values=lambda world, store: {"reason": "No need."},
    ),
    Wizard(
        "linkstar.linkage.decision",
        may="compliance admin",
        values=lambda world, store: {"reason": "Letter."},
    ),
    Wizard("linkstar.opening.wizard", may="lead admin", values=wizard_values),
    Wizard(
        "linkstar.refusal.wizard",
        may=" ".join(MEMBERS) + " admin",
        values=lambda world, store: {
            "project_id": opening(world, store).id,
            "notice": "No.",
        },
    ),
]
