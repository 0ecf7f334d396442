"""Launching: gather what the plan needs, then write it in a few statements."""

from datetime import datetime, time, timezone
from uuid import uuid4
from zoneinfo import ZoneInfo

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine import launch_plan
from ...engine.graph import CycleError
from ...engine.schedule import NoWorkingTime, WorkClock
from ...engine.snapshot import localise
from ...exceptions import AlreadyLaunched
from .launch_people import LaunchPeople
from .launch_words import LaunchWords
from .launch_writer import LaunchWriter

#: Nothing of a launch is mailed, tracked or followed record by record.
QUIET = {
    "linkstar_launch": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
}


class Launch:
    """One launch of a version for some stores: plan, preview, write.

    Rights are checked by the caller; from here on the work runs as superuser on
    behalf of the user, with a context of its own: none of the client's keys.
    """

    def __init__(
        self,
        version,
        stores,
        anchor_date=None,
        anchor=None,
        subject=None,
        trial=False,
        override_reason=None,
        variants=None,
        template=None,
    ):
        """
        :param version: the version launched; none: a trial of the working copy
        :param template: the template whose working copy is tried
        """
        self.env = version.env
        self.version = version.sudo()
        self.template = self.version.project_id or template.sudo()
        self.stores = stores
        self.trial = bool(trial)
        self.override_reason = self._checked_reason(override_reason)
        self.snapshot = self._snapshot()
        self.anchor = self._checked_anchor(anchor)
        self.now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        self.anchor_date = self._checked_date(anchor_date)
        self.subject = subject
        self.variants = self._checked_variants(variants)
        self.words = LaunchWords(self.env)
        self._check_bound()

    # -- arguments ---------------------------------------------------------------

    def _snapshot(self):
        if self.version:
            return self.version._read_snapshot()
        return self.template._working_snapshot()

    @property
    def source_name(self):
        """What is launched, in words: a version, or the working copy."""
        if self.version:
            return self.version.display_name
        return self.env._(
            "%(template)s (working copy, not published)", template=self.template.name
        )

    def _checked_reason(self, reason):
        reason = (reason or "").strip()
        if reason and len(reason) < 10:
            raise UserError(
                self.env._(
                    "Say in at least ten characters why it is launched a second "
                    "time; it stays on record."
                )
            )
        return reason

    def _checked_anchor(self, anchor):
        anchor = anchor or self.snapshot["template"]["anchor"]
        if anchor not in ("start", "target"):
            raise UserError(
                self.env._("A launch counts from a start date or a target date.")
            )
        return anchor

    def _checked_date(self, anchor_date):
        if anchor_date:
            try:
                return fields.Date.to_date(anchor_date)
            except ValueError:
                raise UserError(
                    self.env._(
                        "%(date)s is no date. Write it as year-month-day.",
                        date=anchor_date,
                    )
                ) from None
        if self.anchor == "target":
            raise UserError(
                self.env._(
                    "%(template)s counts back from a target date: choose that date.",
                    template=self.template.name,
                )
            )
        return fields.Date.to_date(self.now.date())

    def _checked_variants(self, codes):
        """Ids by code of the categories named; None: those of the listing."""
        if codes is None:
            return None
        if not isinstance(codes, list | tuple):
            raise UserError(self.env._("Name the categories as a list of their codes."))
        variants = self.env["linkstar.variant"].sudo()
        found = {v.code: v for v in variants.search([("code", "in", list(codes))])}
        unknown = [str(code) for code in codes if code not in found]
        if unknown:
            raise UserError(
                self.env._(
                    "There is no category %(codes)s. Known ones: %(known)s.",
                    codes=", ".join(unknown),
                    known=", ".join(variants.search([]).mapped("code")),
                )
            )
        return variants.browse([found[code].id for code in dict.fromkeys(codes)])

    def _variants_of(self, listing):
        """The categories of one store's launch."""
        return listing.variant_ids if self.variants is None else self.variants

    def _check_bound(self):
        """Refuse stores that the template is not meant for."""
        outside = self.stores.sudo() - self.template._linkstar_bound(self.stores)
        if outside:
            raise UserError(
                self.env._(
                    "%(template)s is meant for certain stores, and %(stores)s is none "
                    "of them. A template manager adds the store, or its group, to the "
                    "template.",
                    template=self.template.name,
                    stores=", ".join(outside.mapped("code")),
                )
            )

    # -- subjects and keys ---------------------------------------------------------

    def _subjects(self):
        """Return ``{store_id: (key, label, listing)}``."""
        none = self.env["linkstar.listing"]
        subject = self.subject
        if isinstance(subject, str):
            subject = {"sku": subject} if subject else None
        if not subject:
            return {store.id: ("", "", none) for store in self.stores}
        if not isinstance(subject, dict) or not (
            subject.get("sku") or subject.get("key")
        ):
            raise UserError(
                self.env._("The subject of a launch is a SKU, or a key with a label.")
            )
        if subject.get("sku"):
            return self._listing_subjects(str(subject["sku"]))
        key, label = str(subject["key"]), str(subject.get("label") or subject["key"])
        return {store.id: (key, label, none) for store in self.stores}

    def _listing_subjects(self, sku):
        pools = self.stores.sudo().stock_pool_store_id
        listings = (
            self.env["linkstar.listing"]
            .sudo()
            .search([("store_id", "in", (self.stores | pools).ids), ("sku", "=", sku)])
        )
        by_store = {listing.store_id.id: listing for listing in listings}
        found = {}
        for store in self.stores.sudo():
            listing = by_store.get(store.id) or by_store.get(
                store.stock_pool_store_id.id
            )
            if not listing:
                raise UserError(
                    self.env._(
                        "Store %(store)s has no listing with SKU %(sku)s. Add it "
                        "under Stores, Listings, or choose another SKU.",
                        store=store.code,
                        sku=sku,
                    )
                )
            found[store.id] = (f"sku={sku}", sku, listing)
        return found

    def _launch_key(self, store, subject_key):
        """Template × store (or stock pool) × subject; never the day."""
        where = f"store{store.id}"
        if self.snapshot["template"]["scope"] == "stock_pool":
            where = f"pool{store.sudo().stock_pool_store_id.id}"
        key = f"{self.template.id}/{where}/{subject_key}"
        if self.override_reason:
            key += f"#{uuid4().hex[:12]}"
        return key

    # -- planning ----------------------------------------------------------------

    def plans(self):
        """Return ``[(store, subject, plan)]`` in the order of the stores."""
        people = LaunchPeople(self)
        load = launch_plan.Load(people.open_tasks())
        subjects = self._subjects()
        sites = self.stores._site_codes()
        found = {}
        for company, stores in self.stores.sudo().grouped("company_id").items():
            clock, anchor = self._calendar(company)
            targets = [
                launch_plan.Target(
                    store_id=store.id,
                    anchor=anchor,
                    lang=people.lang(store),
                    langs=people.langs,
                    candidates=people.roles[store.id],
                    leads=tuple(people.leads[store.id]),
                    variants=self._codes_of(subjects[store.id][2]),
                    sites=sites[store.id],
                )
                for store in stores
            ]
            for plan in self._build(targets, clock, load, company):
                found[plan.target.store_id] = plan
        return [(store, subjects[store.id], found[store.id]) for store in self.stores]

    def _codes_of(self, listing):
        return tuple(sorted(self._variants_of(listing).mapped("code")))

    def _build(self, targets, clock, load, company):
        try:
            return launch_plan.build(
                self.snapshot, targets, self.anchor, clock, self.now, load
            )
        except NoWorkingTime:
            raise UserError(
                self.env._(
                    "The working calendar of %(company)s has no working hours in the "
                    "years of this plan. Give it hours under Settings, Working "
                    "Schedules.",
                    company=company.name,
                )
            ) from None
        except launch_plan.NothingApplies as error:
            store = self.stores.browse(error.store_id).sudo()
            raise UserError(
                self.env._(
                    "No step of %(template)s is for %(store)s and the categories "
                    "chosen. Choose another category, or another template.",
                    template=self.template.name,
                    store=store.code,
                )
            ) from None
        except CycleError as error:
            raise UserError(
                self.env._(
                    "Steps of %(template)s wait for each other (%(count)s of them). "
                    "Remove one of the dependencies and publish again.",
                    template=self.template.name,
                    count=len(error.cycle) - 1,
                )
            ) from None

    def _calendar(self, company):
        """Return the company's work clock and the moment day 0 begins there."""
        calendar = company.resource_calendar_id
        zone = ZoneInfo(calendar.tz or company.partner_id.tz or "UTC")
        anchor = datetime.combine(self.anchor_date, time.min, zone).astimezone(
            timezone.utc
        )

        def intervals(start, stop):
            spans = calendar._work_intervals_batch(start, stop)[False]
            return [
                (a.astimezone(timezone.utc), b.astimezone(timezone.utc))
                for a, b, _meta in spans
            ]

        if self.anchor == "start":
            # A launch at noon plans nothing for the morning that has passed.
            anchor = max(anchor, self.now.replace(second=0, microsecond=0))
        return WorkClock(intervals, anchor), anchor

    # -- preview -----------------------------------------------------------------

    def describe(self):
        """Return the plans as plain values, for screens and API."""
        planned = self.plans()
        keys = {
            store.id: self._launch_key(store, subject[0])
            for store, subject, _plan in planned
        }
        running = {} if self.trial else self._running(keys.values())
        users = {t.owner_id for _s, _u, plan in planned for t in plan.tasks}
        names = {
            user.id: user.name
            for user in self.env["res.users"].sudo().browse(users - {None})
        }
        roles = self.words.role_names()
        return [
            {
                "store_id": store.id,
                "store": store.sudo().code,
                "name": self.words.project_name(
                    self.snapshot, store, subject[1], self.env.lang
                ),
                "start": fields.Datetime.to_string(plan.start.replace(tzinfo=None)),
                "end": fields.Datetime.to_string(plan.end.replace(tzinfo=None)),
                "running_id": running.get(keys[store.id], False),
                "warnings": self.words.warnings(plan, store, roles),
                "variants": list(plan.target.variants),
                "tasks": [self._describe_task(t, names, roles) for t in plan.tasks],
            }
            for store, subject, plan in planned
        ]

    def _describe_task(self, task, names, roles):
        return {
            "uid": task.uid,
            # In the words of who looks at it; the task itself speaks its owner's.
            "name": localise(task.source["name"], self.env.lang),
            "parent": task.source["parent"] or False,
            "start": fields.Datetime.to_string(task.start.replace(tzinfo=None)),
            "end": fields.Datetime.to_string(task.end.replace(tzinfo=None)),
            "hours": task.source["hours"],
            "owner_id": task.owner_id or False,
            "owner": names.get(task.owner_id, ""),
            "role": roles.get(task.role, task.role or ""),
            "is_fallback": task.is_fallback,
            "is_critical": task.is_critical,
            "is_key": task.source["is_key"],
            "is_review": task.source["is_review"],
            "evidence_required": task.source["evidence_required"],
            "gates": len(task.source["gates"]),
            "variants": list(task.source["variants"]),
        }

    # -- writing -----------------------------------------------------------------

    def write(self):
        """Write everything of this launch, or nothing.

        :return: ``project.project`` records with the caller's environment
        """
        planned = self.plans()
        keys = [self._launch_key(store, subject[0]) for store, subject, _p in planned]
        if not self.trial:
            running = self._running(keys)
            if running:
                self._refuse(next(iter(running.values())))
        people = self._people_ids(planned)
        writer = LaunchWriter(self, self._quiet_env(), people)
        try:
            with self.env.cr.savepoint():
                projects = writer.create_projects(planned, keys)
                projects.flush_recordset()
        except UniqueViolation:
            # Somebody else was faster. Their row is not in our snapshot of the
            # database, so it is looked up on a cursor of its own.
            with self.env.registry.cursor() as cr:
                cr.execute(
                    SQL(
                        "SELECT id FROM project_project"
                        " WHERE is_live AND launch_key = ANY(%s) LIMIT 1",
                        keys,
                    )
                )
                row = cr.fetchone()
            self._refuse(row[0] if row else False)
        writer.fill(projects, planned)
        return projects.with_env(self.env)

    def _quiet_env(self):
        context = {
            **QUIET,
            "lang": self.env.lang or "en_US",
            "tz": self.env.context.get("tz") or self.env.user.tz,
            "allowed_company_ids": self.stores.sudo().company_id.ids,
        }
        return self.env(context=context, su=True)

    def _people_ids(self, planned):
        leads = {store.id: plan.target.leads for store, _subject, plan in planned}
        roles = self.env["project.role"].sudo().with_context(active_test=False)
        codes = {role.code: role.id for role in roles.search([("code", "!=", False)])}
        return {"leads": leads, "role_ids": codes}

    def _running(self, keys):
        """Return ``{launch_key: project id}`` of live launches."""
        projects = (
            self.env["project.project"]
            .sudo()
            .search([("launch_key", "in", list(keys)), ("is_live", "=", True)])
        )
        return {project.launch_key: project.id for project in projects}

    def _refuse(self, project_id):
        project = self.env["project.project"].sudo().browse(project_id or []).exists()
        raise AlreadyLaunched(
            self.env._(
                "%(template)s is already running for this store and subject: "
                "%(project)s. Continue there, close it first, or let a lead launch a "
                "second one with a reason.",
                template=localise(self.snapshot["template"]["name"], self.env.lang),
                project=project.name or self.env._("started a moment ago"),
            ),
            project_id,
        )
