"""Rows of the rights matrix: linkstar_project and the models of core it guards."""

from .table import Row, System, Wizard

ALL = "operator lead project_manager admin template_manager auditor"
READ = " ".join(f"{name}=r" for name in ALL.split())


def registry_read(admin="rwcu"):
    """Shared reference data: everybody with a role reads, administrators write."""
    return READ.replace("admin=r", f"admin={admin}")


def entry(world, store):
    env = world.env
    env["linkstar.audit.entry"]._append(
        "linkstar.store",
        [
            {
                "res_id": store.id,
                "res_name": "x",
                "store_id": store.id,
                "action": "other",
            }
        ],
    )
    return env["linkstar.audit.entry"].search([], limit=1)


def retention(world):
    kept = world.env["linkstar.retention"]
    return kept.search([("company_id", "=", world.env.company.id)])


def leaver(world):
    """Somebody new each time: one open handover a person and author."""
    login = world.word().lower()
    return world.env["res.users"].create({"name": login, "login": login})


def handover(world):
    return world.env["linkstar.handover"].create({"user_id": leaver(world).id})


def handover_line(world, store):
    return world.env["linkstar.handover.line"].create(
        {"handover_id": handover(world).id, "kind": "trigger"}
    )


def backup(world, store):
    """An older one, with a newer behind it: the newest is never deleted."""
    backups = world.env["linkstar.library.backup"]
    values = {
        "company_id": world.env.company.id,
        "content": "{}",
        "checksum": world.word(),
    }
    return backups.create([values, values])[0]


def secret(world, store):
    return world.env["linkstar.secret"].create(
        {
            "res_model": "linkstar.store",
            "res_id": world.number() + 10**6,
            "field": "token",
            "ciphertext": "v1.none.none",
        }
    )


def approval(world, store):
    return world.env["linkstar.approval"].create(
        {
            "res_model": "linkstar.store",
            "res_id": world.number() + 10**6,
            "res_name": "x",
            "store_id": store.id,
            "requester_id": world.stranger.id,
            "content_hash": "0",
            "step_ids": [(0, 0, {"name": "Lead", "state": "pending"})],
        }
    )


def policy(world):
    role = world.ref("linkstar_project.role_manager")
    return {
        "name": "Policy",
        "res_model": world.word(),
        "step_ids": [(0, 0, {"name": "Lead", "role_id": role.id})],
    }


def fact(world, store):
    metric = world.env["linkstar.metric"].search([("kind", "=", "measure")], limit=1)
    world.env["linkstar.fact"]._upsert(
        [
            {
                "store_id": store.id,
                "metric": metric.code,
                "date": "2026-01-01",
                "sku": world.listing(store).sku,
                "employee_id": False,
                "value": 1.0,
                "source": "api",
                "as_of": "2026-01-02 00:00:00",
            }
        ]
    )
    return world.env["linkstar.fact"].search(
        [("store_id", "=", store.id)], order="id desc", limit=1
    )


def event(world, store):
    sku = world.listing(store).sku
    return world.env["linkstar.event"].emit(
        store, "stock_low", world.word(), {"sku": sku}
    )


def version(world, store):
    template = world.template()
    world.env["project.task"].create({"name": "Step", "project_id": template.id})
    return template.publish_version()


def gate(world, store):
    return world.env["linkstar.gate"].create(
        {"task_id": world.task(store).id, "kind": "manual", "name": "Check"}
    )


def launched(world):
    """A launch of a published template: a wizard's values."""
    published = version(world, world.own)
    return {
        "template_id": published.project_id.id,
        "version_id": published.id,
        "anchor": "start",
    }


def trigger(world):
    return {
        "name": world.word(),
        "event_type_id": world.env["linkstar.event.type"].search([], limit=1).id,
        "template_id": world.template().id,
        "owner_id": world.stranger.id,
    }


def trigger_log(world, store):
    rule = world.env["linkstar.trigger"].create(trigger(world))
    return world.env["linkstar.trigger.log"].create(
        {"trigger_id": rule.id, "store_id": store.id, "label": "x", "state": "held"}
    )


def notification(world, store):
    return world.env["linkstar.notification"].create(
        {
            "res_model": "project.task",
            "res_id": world.task(store).id,
            "step": world.word(),
            "user_id": world.stranger.id,
            "channel_id": channel(world).id,
            "due_at": "2026-01-01 00:00:00",
            "send_at": "2026-01-01 00:00:00",
            "title": "x",
            "store_id": store.id,
        }
    )


def checklist(world):
    return world.env["linkstar.round.template"].create(
        {
            "name": world.word(),
            "role_id": world.ref("linkstar_project.role_operator").id,
            "line_ids": [(0, 0, {"name": "Look"})],
        }
    )


def round_values(world, store):
    return {
        "template_id": checklist(world).id,
        "store_id": store.id,
        "user_id": world.stranger.id,
        "date": "2026-01-01",
        "opens_at": "2026-01-01 00:00:00",
        "closes_at": "2026-01-02 00:00:00",
    }


def channel(world):
    return world.env["linkstar.channel"].create({"name": world.word(), "kind": "odoo"})


def reminder_policy(world):
    return world.env["linkstar.reminder.policy"].create({"name": world.word()})


def timesheet_values(world, store):
    task = world.task(store)
    employees = world.env["hr.employee"]
    person = [("user_id", "=", world.stranger.id)]
    employee = employees.search(person, limit=1) or employees.create(
        {"name": "Stranger", "user_id": world.stranger.id}
    )
    return {
        "name": "work",
        "project_id": task.project_id.id,
        "task_id": task.id,
        "employee_id": employee.id,
        "unit_amount": 1,
    }


def timesheet_report(world, store):
    line = world.env["account.analytic.line"].create(timesheet_values(world, store))
    world.env.flush_all()
    return world.env["timesheets.analysis.report"].browse(line.id)


MEMBERS = "operator=r lead={lead} project_manager=r admin={admin} auditor=r"


def members(lead="r", admin="r", more=""):
    return f"{MEMBERS.format(lead=lead, admin=admin)} {more}"


ROWS = [
    # -- registry
    Row(
        "linkstar.platform",
        own=registry_read(),
        shared=True,
        values=lambda w, s: {"name": "P", "code": w.word()},
        change={"color": 3},
    ),
    Row(
        "linkstar.marketplace",
        own=registry_read(),
        shared=True,
        values=lambda w, s: {
            "name": "M",
            "code": w.word(),
            "platform_id": w.ref("linkstar_project.platform_ebay").id,
            "currency_id": w.ref("base.USD").id,
            "tz": "UTC",
        },
        change={"sequence": 3},
    ),
    Row(
        "linkstar.seller",
        own=members(admin="rwcu"),
        other="admin=rwcu auditor=r",
        values=lambda w, s: {
            "name": w.word(),
            "platform_id": w.ref("linkstar_project.platform_amazon").id,
        },
        make=lambda w, s: w.store(s).seller_id,
        change={"external_id": False},
    ),
    Row(
        "linkstar.store",
        own=members(admin="rwcu"),
        other="admin=rwcu auditor=r",
        values=lambda w, s: {
            "name": w.word(),
            "code": w.word(),
            "marketplace_id": w.ref("linkstar_project.marketplace_ebay_us").id,
        },
        make=lambda w, s: w.store(s),
        change={"color": 2},
    ),
    Row(
        "linkstar.store.group",
        own=members(admin="rwcu"),
        other="admin=rwcu auditor=r",
        values=lambda w, s: {
            "name": w.word(),
            "code": w.word(),
            "store_ids": [(6, 0, s.ids)],
        },
        change={"name": "Group"},
    ),
    Row(
        "linkstar.listing",
        own=members(lead="rwc", admin="rwcu"),
        other="admin=rwcu auditor=r",
        values=lambda w, s: {"store_id": s.id, "sku": w.word()},
        change={"name": "Title"},
    ),
    Row(
        "linkstar.store.member",
        own=members(lead="rwc", admin="rwcu"),
        other="admin=rwcu auditor=r",
        values=lambda w, s: {
            "store_id": s.id,
            "user_id": w.stranger.id,
            "role_id": w.ref("linkstar_project.role_design").id,
            "share": 0,
            "date_from": f"20{w.number() % 90 + 10}-01-01",
            "date_to": False,
            "listing_id": w.listing(s).id,
        },
        change={"date_to": "2099-01-01"},
    ),
    Row(
        "project.role",
        own="operator=r lead=r project_manager=rwcu admin=rwcu template_manager=r "
        "auditor=r",
        shared=True,
        values=lambda w, s: {"name": w.word()},
        change={"color": 2},
    ),
    Wizard(
        "linkstar.member.import",
        may="lead admin",
        values=lambda w, s: {"filename": "x.csv"},
    ),
    Wizard(
        "linkstar.work.import",
        may="lead admin",
        values=lambda w, s: {"filename": "x.csv"},
    ),
    Wizard(
        "linkstar.sop.import",
        may="template_manager",
        values=lambda w, s: {"filename": "x.csv"},
    ),
    # -- handover: its author's, whatever the store
    Row(
        "linkstar.handover",
        own="lead=c admin=rwcu auditor=r",
        shared=True,
        values=lambda w, s: {"user_id": leaver(w).id},
        change={"reason": "x"},
    ),
    Row(
        "linkstar.handover.line",
        own="admin=rw auditor=r",
        shared=True,
        make=handover_line,
        values=lambda w, s: {"handover_id": handover(w).id, "kind": "trigger"},
        change={"successor_id": False},
    ),
    # -- trust
    Row(
        "linkstar.audit.entry",
        own="lead=r admin=r auditor=r",
        other="admin=r auditor=r",
        make=entry,
        values=lambda w, s: {"res_model": "x", "action": "other"},
        change={"reason": "x"},
    ),
    Row(
        "linkstar.retention",
        own="admin=rw auditor=r",
        shared=True,
        values=lambda w, s: {"archive_days": 30},
        make=lambda w, s: retention(w),
        change={"archive_days": 45},
    ),
    Wizard(
        "linkstar.trail.export",
        may="lead admin auditor",
        values=lambda w, s: {"date_from": "2026-01-01"},
    ),
    Row(
        "linkstar.approval",
        own=members(),
        other="admin=r auditor=r",
        make=approval,
        values=lambda w, s: {
            "res_model": "linkstar.store",
            "res_id": s.id,
            "requester_id": w.stranger.id,
            "content_hash": "0",
        },
        change={"state": "approved"},
    ),
    Row(
        "linkstar.approval.step",
        own=members(),
        other="admin=r auditor=r",
        make=lambda w, s: approval(w, s).step_ids,
        values=lambda w, s: {"approval_id": approval(w, s).id, "name": "x"},
        change={"state": "approved"},
    ),
    Row(
        "linkstar.approval.delegation",
        # Everybody delegates for themselves only; these are a stranger's.
        own="admin=rwcu auditor=r",
        shared=True,
        values=lambda w, s: {
            "user_id": w.stranger.id,
            "delegate_id": w.env.ref("base.user_admin").id,
            "date_from": "2026-01-01",
            "date_to": "2026-01-31",
        },
        change={"reason": "Other"},
    ),
    Row(
        "linkstar.approval.policy",
        own="lead=r admin=rwcu auditor=r",
        shared=True,
        values=lambda w, s: policy(w),
        change={"name": "Other"},
    ),
    Row(
        "linkstar.approval.policy.step",
        own="lead=r admin=rwcu auditor=r",
        shared=True,
        values=lambda w, s: {
            "policy_id": w.env["linkstar.approval.policy"].create(policy(w)).id,
            "name": "Second",
            "role_id": w.ref("linkstar_project.role_manager").id,
        },
        change={"name": "Other"},
    ),
    System("linkstar.secret", make=secret),
    Wizard(
        "linkstar.approval.reject",
        may="operator lead project_manager admin auditor",
        values=lambda w, s: {"reason": "x", "approval_id": approval(w, s).id},
    ),
    # -- measure
    Row(
        "linkstar.metric",
        own=registry_read(),
        shared=True,
        values=lambda w, s: {"name": "M", "code": w.word().lower(), "kind": "measure"},
        change={"description": "x"},
    ),
    Row(
        "linkstar.metric.threshold",
        own=registry_read(),
        shared=True,
        values=lambda w, s: {
            "metric_id": w.ref("linkstar_project.metric_odr").id,
            "value": 1,
        },
        change={"value": 2},
    ),
    Row(
        "linkstar.fact",
        own=members(),
        other="admin=r auditor=r",
        make=fact,
        values=lambda w, s: {
            "store_id": s.id,
            "metric_id": w.env["linkstar.metric"].search([], limit=1).id,
            "date": "2026-01-01",
            "value": 1,
        },
        change={"value": 2},
    ),
    Row(
        "linkstar.fact.mapping",
        own="operator=r lead=rwcu project_manager=r admin=rwcu auditor=r",
        shared=True,
        values=lambda w, s: {"name": w.word(), "date_headers": "Date"},
        change={"sequence": 3},
    ),
    Row(
        "linkstar.fact.mapping.line",
        own="operator=r lead=rwcu project_manager=r admin=rwcu auditor=r",
        shared=True,
        values=lambda w, s: {
            "mapping_id": w.env["linkstar.fact.mapping"]
            .create({"name": w.word(), "date_headers": "Date"})
            .id,
            "headers": w.word(),
            "metric_id": w.env["linkstar.metric"]
            .search([("kind", "=", "measure")], limit=1)
            .id,
        },
        change={"headers": "x"},
    ),
    Wizard(
        "linkstar.fact.import",
        may="lead admin",
        values=lambda w, s: {"filename": "x.csv"},
    ),
    # -- react
    Row(
        "linkstar.event.type",
        own=registry_read(),
        shared=True,
        values=lambda w, s: {"name": "E", "code": w.word().lower()},
        change={"description": "x"},
    ),
    Row(
        "linkstar.event",
        own=members(),
        other="admin=r auditor=r",
        make=event,
        values=lambda w, s: {
            "store_id": s.id,
            "type_id": w.env["linkstar.event.type"].search([], limit=1).id,
            "key": w.word(),
            "occurred_at": "2026-01-01 00:00:00",
        },
        change={"key": "x"},
    ),
    Row(
        "linkstar.watch",
        own=registry_read(),
        shared=True,
        values=lambda w, s: {
            "name": w.word(),
            "event_type_id": w.env["linkstar.event.type"].search([], limit=1).id,
            "metric_id": w.env["linkstar.metric"]
            .search([("kind", "=", "measure")], limit=1)
            .id,
        },
        change={"days": 4},
    ),
    Row(
        "linkstar.trigger",
        own=registry_read(),
        shared=True,
        values=lambda w, s: trigger(w),
        change={"cooldown_days": 3},
    ),
    Row(
        "linkstar.trigger.log",
        own=members(),
        other="admin=r auditor=r",
        make=trigger_log,
        values=lambda w, s: {"trigger_id": w.env["linkstar.trigger"].search([])[:1].id},
        change={"label": "x"},
    ),
    # -- plan
    Wizard(
        "linkstar.launch",
        may="lead admin template_manager",
        values=lambda w, s: launched(w),
    ),
    Wizard(
        "linkstar.gate.override",
        may="lead admin",
        values=lambda w, s: {"gate_id": gate(w, s).id, "reason": "x"},
    ),
    Wizard(
        "linkstar.project.close",
        may="lead admin",
        values=lambda w, s: {"project_id": w.project(s).id, "outcome": "reached"},
    ),
    Wizard(
        "linkstar.template.publish",
        may="template_manager",
        values=lambda w, s: {"template_id": w.template().id},
    ),
    Wizard(
        "linkstar.template.compare",
        may="operator lead project_manager admin template_manager",
        values=lambda w, s: {"template_id": w.template().id},
    ),
    Wizard(
        "linkstar.library.import",
        may="template_manager",
        values=lambda w, s: {"filename": "x.json"},
    ),
    Wizard("linkstar.library.setting", may="admin", values=lambda w, s: {"days": 30}),
    # Made by their wizard only, private to its author.
    Wizard("linkstar.library.import.line", may="", values=lambda w, s: {"name": "x"}),
    Wizard(
        "linkstar.template.takeover",
        may="",
        values=lambda w, s: {"template_id": w.template().id},
    ),
    Wizard(
        "linkstar.template.takeover.line", may="", values=lambda w, s: {"take": True}
    ),
    Row(
        "linkstar.library.backup",
        own="admin=rwu template_manager=rwu",
        shared=True,
        make=backup,
        values=lambda w, s: {"company_id": w.env.company.id, "content": "{}"},
        change={"note": "x"},
    ),
    Row(
        "linkstar.template.version",
        own=f"{READ.replace('template_manager=r', 'template_manager=rwu')}",
        shared=True,
        make=version,
        values=lambda w, s: {
            "project_id": w.template().id,
            "number": 1,
            "snapshot": {},
            "checksum": "x",
        },
        change={"note": "x"},
    ),
    Row(
        "linkstar.variant",
        own=READ.replace("template_manager=r", "template_manager=rwcu"),
        shared=True,
        values=lambda w, s: {"name": w.word(), "code": w.word().lower()},
        change={"papers": "x"},
    ),
    Row(
        "linkstar.gate",
        own=members(),
        other="admin=r auditor=r",
        values=lambda w, s: {
            "task_id": w.task(s).id,
            "kind": "manual",
            "name": "Check",
        },
        change={"name": "x"},
    ),
    # -- tell
    Row(
        "linkstar.channel",
        own=registry_read(),
        shared=True,
        make=lambda w, s: channel(w),
        values=lambda w, s: {"name": w.word(), "kind": "odoo"},
        change={"name": "x"},
    ),
    Row(
        "linkstar.reminder.policy",
        own=registry_read(),
        shared=True,
        make=lambda w, s: reminder_policy(w),
        values=lambda w, s: {"name": w.word()},
        change={"name": "x"},
    ),
    Row(
        "linkstar.reminder.step",
        own=registry_read(),
        shared=True,
        values=lambda w, s: {
            "policy_id": reminder_policy(w).id,
            "channel_ids": [(6, 0, channel(w).ids)],
        },
        change={"offset_hours": 5},
    ),
    Row(
        "linkstar.brief",
        own=registry_read(),
        shared=True,
        values=lambda w, s: {
            "name": w.word(),
            "tz": "UTC",
            "channel_ids": [(6, 0, channel(w).ids)],
        },
        change={"hour": 8},
    ),
    Row(
        "linkstar.notification",
        own=members(),
        other="admin=r auditor=r",
        make=notification,
        values=lambda w, s: {
            "res_model": "project.task",
            "res_id": 1,
            "step": w.word(),
            "user_id": w.stranger.id,
            "channel_id": channel(w).id,
            "due_at": "2026-01-01 00:00:00",
            "send_at": "2026-01-01 00:00:00",
            "title": "x",
        },
        change={"title": "x"},
    ),
    # -- rounds
    Row(
        "linkstar.round.template",
        own=registry_read().replace("template_manager=r", "template_manager=rwcu"),
        shared=True,
        values=lambda w, s: {
            "name": w.word(),
            "role_id": w.ref("linkstar_project.role_operator").id,
        },
        change={"minutes": 3},
    ),
    Row(
        "linkstar.round.template.line",
        own=registry_read().replace("template_manager=r", "template_manager=rwcu"),
        shared=True,
        values=lambda w, s: {"name": w.word(), "template_id": checklist(w).id},
        change={"sequence": 3},
    ),
    Row(
        "linkstar.round",
        own=members(),
        other="admin=r auditor=r",
        make=lambda w, s: w.env["linkstar.round"].create(round_values(w, s)),
        values=round_values,
        change={"fault_count": 1},
    ),
    Row(
        "linkstar.round.check",
        own=members(),
        other="admin=r auditor=r",
        make=lambda w, s: w.env["linkstar.round.check"].create(
            {
                "name": "Look",
                "round_id": w.env["linkstar.round"].create(round_values(w, s)).id,
            }
        ),
        values=lambda w, s: {
            "name": w.word(),
            "round_id": w.env["linkstar.round"].create(round_values(w, s)).id,
        },
        change={"note": "x"},
    ),
    # -- core's models
    Row(
        "project.project",
        own="operator=r lead=rw project_manager=ru admin=rw auditor=r",
        other="admin=rw auditor=r",
        make=lambda w, s: w.project(s),
        values=lambda w, s: {"name": w.word(), "store_id": s.id},
        change={"color": 2},
    ),
    Row(
        "project.task",
        own="operator=rwcu lead=rwcu project_manager=rwcu admin=rwcu auditor=r",
        other="admin=rwcu auditor=r",
        values=lambda w, s: {"name": w.word(), "project_id": w.project(s).id},
        change={"color": 2},
    ),
    Row(
        "project.milestone",
        own="operator=rwcu lead=rwcu project_manager=rwcu admin=rwcu auditor=r",
        other="admin=rwcu auditor=r",
        values=lambda w, s: {"name": w.word(), "project_id": w.project(s).id},
        change={"name": "x"},
    ),
    Row(
        "project.update",
        own="operator=rwc lead=rwcu project_manager=rwc admin=rwcu auditor=r",
        other="admin=rwcu auditor=r",
        values=lambda w, s: {
            "name": w.word(),
            "project_id": w.project(s).id,
            "status": "on_track",
        },
        change={"name": "x"},
    ),
    Row(
        "project.collaborator",
        own="operator=r lead=r project_manager=rwcu admin=r",
        other="admin=r",
        values=lambda w, s: {
            "project_id": w.project(s).id,
            "partner_id": w.env["res.partner"].create({"name": w.word()}).id,
        },
        change={"limited_access": True},
    ),
    Row(
        "project.task.burndown.chart.report",
        own="operator=r lead=r project_manager=r admin=r",
        other="admin=r",
        make=lambda w, s: w.task(s).project_id,
        domain=lambda project: [("project_id", "=", project.id)],
        groupby=("date:month", "stage_id"),
    ),
    Row(
        "report.project.task.user",
        own="operator=r lead=r project_manager=r admin=r",
        other="admin=r",
        make=lambda w, s: w.task(s).project_id,
        domain=lambda project: [("project_id", "=", project.id)],
    ),
    Row(
        "account.analytic.line",
        own="operator=rwcu lead=rwcu project_manager=rwcu",
        other="",
        values=timesheet_values,
        change={"name": "more work"},
    ),
    Row(
        "timesheets.analysis.report",
        own="operator=r lead=r project_manager=r",
        other="",
        make=timesheet_report,
    ),
]
