"""One story through all four addons.

Two Amazon accounts are connected; low stock starts one replenishment; a closed
shipment starts a product launch, whose advertising waits for its ad group; the
operator works on her phone; the month closes with a scorecard and its workbook.

Amazon is the stand-in server behind the real clients, the screens are a real Chromium.
"""

import base64
import io
import json
from datetime import date, datetime, time, timedelta, timezone

from openpyxl import load_workbook

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_open

from tests.amazon_connector.common import AmazonCase

from .browser import pictured, script

DESKTOP, PHONE = "1440x900", "375x667"


@tagged("post_install", "-at_install")
class TestStory(AmazonCase, HttpCase):
    """The steps of the story in their order."""

    settings = {"history_days": 40, "scale": 0.5, "replenish": False}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"name": "Nova Trading"})
        cls.account_eu = cls.make_account(cls.world.accounts[1])
        cls.us = cls._store_of(cls.account, "US")
        cls.de = cls._store_of(cls.account_eu, "DE")
        cls._hire()

    @classmethod
    def registry_enter_test_mode_cls(cls):
        """Browser tests and Amazon's tests both ask for it; once is enough."""
        if not cls._registry_patched:
            super().registry_enter_test_mode_cls()

    @classmethod
    def _store_of(cls, account, code):
        return account.store_ids.filtered(lambda s: s.marketplace_id.code == code)

    @classmethod
    def _hire(cls):
        """Wei runs the US store, Qiang buys for all stores, Min leads them."""
        group = "linkstar_project.group_"
        cls.wei = new_test_user(cls.env, "story_wei", f"{group}operator", name="Wei")
        cls.qiang = new_test_user(cls.env, "story_qiang", f"{group}operator")
        cls.ads = new_test_user(cls.env, "story_ads", f"{group}operator")
        cls.min = new_test_user(cls.env, "story_min", f"{group}lead")
        cls.scorer = new_test_user(
            cls.env, "story_scorer", "linkstar_kpi.group_kpi_manager"
        )
        users = cls.wei | cls.qiang | cls.ads | cls.min
        users.write({"tour_enabled": False, "tz": "UTC"})
        for user in users:
            user.email = f"{user.login}@example.com"
            cls.env["hr.employee"].create({"name": user.name, "user_id": user.id})
        stores = cls.us | cls.de
        purchasing = cls.env["linkstar.store.group"].create(
            {"name": "Purchasing", "store_ids": stores.ids}
        )
        cls._member("buyer", cls.qiang, group_id=purchasing.id)
        cls._member("ads", cls.ads, group_id=purchasing.id)
        for store in stores:
            cls._member("manager", cls.min, store_id=store.id, is_lead=True)
        cls._member("operator", cls.min, store_id=cls.de.id)

    @classmethod
    def _member(cls, role, user, **scope):
        cls.env["linkstar.store.member"].create(
            {
                "role_id": cls.env.ref(f"linkstar_project.role_{role}").id,
                "user_id": user.id,
                "date_from": "2020-01-01",
                **scope,
            }
        )

    def _switch_on(self, trigger):
        """What is old news stays without effect; from now on it launches."""
        self._process()
        self.env.ref(f"linkstar_project.trigger_{trigger}").write(
            {
                "active": True,
                "mode": "automatic",
                "owner_id": self.min.id,
                "lifecycle_filter": "all",
            }
        )

    def _today(self):
        """The simulated day (UTC)."""
        return datetime.fromtimestamp(self.amazon.now(), timezone.utc).date()

    def _process(self):
        self.env["linkstar.event"]._process()

    def _live(self, template):
        return self.env["project.project"].search(
            [
                ("version_id.project_id", "=", self._template(template).id),
                ("is_live", "=", True),
                ("store_id", "in", (self.us | self.de).ids),
            ]
        )

    def _template(self, code):
        return self.env.ref(f"linkstar_project.template_{code}")

    def _task(self, project, code):
        """The task of a built-in step, whatever language it was launched in."""
        source = json.loads(self._builtin_text(project))
        names = next(step["name"] for step in source["tasks"] if step["uid"] == code)
        found = project.sudo().task_ids.filtered(lambda t: t.name in names.values())
        self.assertEqual(len(found), 1, f"one step {code}")
        return found

    def _builtin_text(self, project):
        code = project.sudo().version_id.project_id.template_code
        with file_open(f"linkstar_project/data/templates/{code}.json") as handle:
            return handle.read()

    # ------------------------------------------------------------------ the story

    def test_the_story(self):
        """Each step rests on the one before it."""
        self._step_1_figures_arrive()
        replenishment = self._step_2_low_stock_starts_one_replenishment()
        launch = self._step_3_a_closed_shipment_launches_the_product()
        self._step_4_the_operator_works_on_screens(replenishment, launch)
        self._step_5_the_month_closes()

    def _step_1_figures_arrive(self):
        for account, store in ((self.account, self.us), (self.account_eu, self.de)):
            for code in ("orders", "inventory", "inbound"):
                self.run_stream(code, account)
            day = self._today() - timedelta(days=3)
            first = day.isoformat()
            truth = self.amazon.truth(
                "days", account=account.region, first=first, last=first
            )[store.marketplace_id.code][0]
            self.assertEqual(self.fact(store, "orders", first), truth["orders"])
            self.assertAlmostEqual(
                self.fact(store, "gmv", first), float(truth["gmv"]), places=2
            )
            facts = self.env["linkstar.fact"]
            stock = facts.search_count(
                [
                    ("store_id", "=", store.stock_pool_store_id.id),
                    ("metric_id.code", "=", "stock_available"),
                ]
            )
            self.assertTrue(stock, "FBA stock arrived")
            self._shipment_tells_its_way(account, store)

    def _shipment_tells_its_way(self, account, store):
        listing = store.listing_ids[:1] or self.env["linkstar.listing"].search(
            [("store_id", "=", store.stock_pool_store_id.id)], limit=1
        )
        site = store.marketplace_id.code
        shipment = self.amazon.create_shipment(
            site, {listing.sku: 10}, account=account.region
        )
        self._sync_shipments(account)
        self.advance(hours=1)
        self.amazon.advance_shipment(shipment, "IN_TRANSIT")
        self._sync_shipments(account)
        told = self.events("shipment_status", account).filtered(
            lambda event: shipment in event.key
        )
        self.assertTrue(told, "the shipment's way arrives as events")

    def _sync_shipments(self, account):
        """Twice: the first call after a jump of the clock learns Amazon's time."""
        for code in ("inbound", "inbound", "inbound_items"):
            self.run_stream(code, account)

    def _step_2_low_stock_starts_one_replenishment(self):
        listing = self._best_seller()
        self._member("operator", self.wei, store_id=self.us.id, listing_id=listing.id)
        self._switch_on("stock_low")
        before = self._low_events(listing)
        self.amazon.set_stock("US", listing.sku, 10_000)
        self.run_stream("inventory")
        self.advance(hours=1)
        self.amazon.set_stock("US", listing.sku, 1)
        for _day in range(4):
            self.run_stream("inventory")
            self._process()
            self.advance(days=1)
            self.amazon.set_stock("US", listing.sku, 1)
        events = self._low_events(listing) - before
        self.assertEqual(len(events), 1, "one event, on however many days")
        project = self._live("emergency_replenishment").filtered(
            lambda p: p.subject_listing_id == listing
        )
        self.assertEqual(len(project), 1, "one project, however often the sync repeats")
        self.assertEqual(self._task(project, "verify").user_ids, self.wei)
        self.assertEqual(self._task(project, "sources").user_ids, self.qiang)
        self._key_task_reminds_twice(self._task(project, "verify"))
        return project

    def _best_seller(self):
        """The listing of the US store that sells the most units."""
        sold = self.env["linkstar.fact"]._read_group(
            [
                ("store_id", "=", self.us.id),
                ("metric_id.code", "=", "units_ordered"),
                ("listing_id", "!=", False),
            ],
            ["listing_id"],
            ["value:sum"],
        )
        return max(sold, key=lambda row: row[1])[0]

    def _low_events(self, listing):
        return self.events("stock_low").filtered(
            lambda event: event.payload.get("sku") == listing.sku
        )

    def _key_task_reminds_twice(self, task):
        """On the evening before, whatever hour it is while the test runs."""
        evening = datetime.combine(fields.Date.today(), time(18, 30))
        task.sudo().date_deadline = evening + timedelta(hours=20)
        self.env["linkstar.notification"]._queue_due(evening)
        told = self.env["linkstar.notification"].search(
            [
                ("res_model", "=", "project.task"),
                ("res_id", "=", task.id),
                ("user_id", "=", self.wei.id),
            ]
        )
        self.assertGreaterEqual(len(told.channel_id), 2, "two channels for a key task")

    def _step_3_a_closed_shipment_launches_the_product(self):
        self._member("operator", self.wei, store_id=self.us.id)
        self._switch_on("shipment_closed")
        listing = self.env["linkstar.listing"].search(
            [("store_id", "=", self.us.id)], limit=1
        )
        shipment = self.amazon.create_shipment("US", {listing.sku: 40})
        self._sync_shipments(self.account)
        self.advance(hours=1)
        self.amazon.advance_shipment(shipment, "CLOSED")
        self._sync_shipments(self.account)
        self._process()
        launch = self._live("new_product")
        self.assertEqual(len(launch), 1)
        self.assertEqual(launch.store_id, self.us)
        start_ads = self._task(launch, "start_ads")
        for code in ("campaigns", "price"):
            self._finish_with_predecessors(self._task(launch, code))
        self.assertEqual(start_ads.state, "04_waiting_normal")
        self.assertTrue(start_ads.blocked_reason, "it says why")
        self._lead_lets_the_stock_pass(start_ads)
        self.run_stream("ad_groups")
        self.assertEqual(start_ads.state, "04_waiting_normal", "nothing new yet")
        self.amazon.create_ad_group("US", [listing.sku], name="Launch")
        self.run_stream("ad_groups")
        start_ads.invalidate_recordset()
        self.assertEqual(start_ads.state, "01_in_progress", "the ad group opened it")
        self.assertFalse(start_ads.blocked_reason)
        return launch

    def _lead_lets_the_stock_pass(self, task):
        """Amazon's days run ahead of the server's here, so its stock is no news."""
        gate = task.sudo().gate_ids.filtered(lambda g: g.kind == "metric")
        evidence = self.env["ir.attachment"].create(
            {
                "name": "count.txt",
                "raw": b"40 pieces on the shelf",
                "res_model": "project.task",
                "res_id": task.id,
            }
        )
        gate.with_user(self.min).override("Forty pieces arrived today.", evidence.ids)

    def _finish_with_predecessors(self, task):
        for before in task.sudo().depend_on_ids:
            self._finish_with_predecessors(before)
        if task.state == "1_done":
            return
        if task.evidence_required:
            self.env["ir.attachment"].create(
                {
                    "name": "evidence.txt",
                    "raw": b"seen",
                    "res_model": "project.task",
                    "res_id": task.id,
                }
            )
        task.sudo().state = "1_done"

    def _step_4_the_operator_works_on_screens(self, replenishment, launch):
        task = self._task(replenishment, "verify")
        self.env["res.lang"]._activate_lang("zh_CN")
        self._sees_her_tasks(task)
        task.sudo().evidence_required = True
        self._photographs_and_finishes(task)
        task.invalidate_recordset()
        self.assertEqual(task.state, "1_done")
        self.assertTrue(task.done_date)
        self._lead_sees_both_stores(launch)

    def _sees_her_tasks(self, task):
        for size, name in ((DESKTOP, "my_work_desktop"), (PHONE, "my_work_phone")):
            for lang in ("en_US", "zh_CN"):
                self.wei.lang = lang
                self._screen(
                    "/odoo/action-linkstar_project.my_work_action",
                    f"""
                    await see(".o_ls_card[data-task-id='{task.id}']");
                    noSidewaysScroll();
                    """,
                    "story_wei",
                    size,
                    f"{name}_{lang}",
                )
        self.wei.lang = "en_US"

    def _photographs_and_finishes(self, task):
        self._screen(
            "/odoo/action-linkstar_project.my_work_action",
            f"""
            await press(".o_ls_card[data-task-id='{task.id}']");
            await press(".o_ls_start");
            await until("started", () => !$(".o_ls_start"));
            const canvas = Object.assign(document.createElement("canvas"),
                                         {{ width: 40, height: 30 }});
            canvas.getContext("2d").fillRect(0, 0, 40, 30);
            const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
            const files = new DataTransfer();
            files.items.add(new File([blob], "shelf.png", {{ type: "image/png" }}));
            const camera = await see(".o_ls_camera");
            camera.files = files.files;
            camera.dispatchEvent(new Event("change", {{ bubbles: true }}));
            await see(".o_ls_photos img");
            noSidewaysScroll();
            await until("finish enabled", () => $(".o_ls_finish:not([disabled])"));
            await press(".o_ls_finish");
            await see(".o_ls_done");
            """,
            "story_wei",
            PHONE,
            "finished_phone",
        )

    def _lead_sees_both_stores(self, launch):
        launched = self._template("new_product").version_ids[:1]
        launched.with_user(self.min).launch(self.de.ids)
        self._screen(
            "/odoo/action-linkstar_project.board_action",
            f"""
            await withText(".o_kanban_view, .o_list_view", "{self.us.code}");
            await withText(".o_kanban_view, .o_list_view", "{self.de.code}");
            """,
            "story_min",
            DESKTOP,
            "board_lead",
        )

    def _screen(self, path, body, login, size, name):
        """Open a page, run its steps, keep a picture."""
        self.browser_size = size
        self.touch_enabled = size == PHONE
        with pictured(name):
            self.browser_js(
                path, script(body), "odoo.isReady === true", login=login, timeout=90
            )

    def _step_5_the_month_closes(self):
        month = self._today().replace(day=1) - timedelta(days=1)
        self.env["linkstar.store.member"].search([("user_id", "=", self.wei.id)]).write(
            {"share": 100}
        )
        employee = self.wei.employee_id
        scheme = self._scheme()
        self.env["linkstar.kpi.assignment"].create(
            {
                "employee_id": employee.id,
                "scheme_id": scheme.id,
                "date_from": "2020-01-01",
            }
        )
        period = self.env["linkstar.kpi.period"].create(
            {"kind": "month", "day": month, "is_estimate": True}
        )
        self._tasks_of(month)
        period.with_user(self.scorer).calculate()
        card = period.scorecard_ids.filtered(lambda c: c.employee_id == employee)
        lines = {line.metric_id.code: line for line in card.line_ids}
        facts = self.env["linkstar.fact"].search(
            [
                ("store_id", "=", self.us.id),
                ("metric_id.code", "=", "gmv"),
                ("listing_id", "=", False),
                ("date", ">=", period.date_from),
                ("date", "<=", period.date_to),
            ]
        )
        self.assertAlmostEqual(lines["gmv"].value, sum(facts.mapped("value")), places=2)
        self.assertEqual(lines["task_on_time"].value, 50.0)
        self.assertEqual(lines["task_completion"].value, 100.0)
        texts = {
            row["metric"]: row["text"] for row in card.with_user(self.wei).explain()
        }
        self.assertIn(self.us.code, texts["gmv"], "each number says its origin")
        self._workbook_has_the_same_numbers(card)

    def _scheme(self):
        scheme = self.env["linkstar.kpi.scheme"].create(
            {
                "name": "Operator",
                "code": "story_operator",
                "role_id": self.env.ref("linkstar_project.role_operator").id,
            }
        )
        version = self.env["linkstar.kpi.scheme.version"].create(
            {"scheme_id": scheme.id, "currency_id": self.us.currency_id.id}
        )
        for code, weight, target in (
            ("gmv", 40, 1000.0),
            ("task_on_time", 30, 90.0),
            ("task_completion", 30, 90.0),
        ):
            self.env["linkstar.kpi.scheme.line"].create(
                {
                    "version_id": version.id,
                    "metric_id": self.env["linkstar.metric"]
                    .search([("code", "=", code)])
                    .id,
                    "weight": weight,
                    "floor": 0,
                    "target": target,
                    "stretch": target * 1.1,
                }
            )
        version.action_publish()
        return scheme

    def _tasks_of(self, month: date):
        """Two finished tasks of that month, one of them late; all others later.

        The shop's clock runs some days ahead of ours: near the end of a month
        today's work would be work of the month that closes.
        """
        project = self._live("new_product").filtered(lambda p: p.store_id == self.us)
        tasks = project.sudo().task_ids
        tasks.write({"date_deadline": False})
        day = fields.Datetime.to_datetime(month.replace(day=10))
        counted = tasks.filtered("done_date")[:2]
        others = self.env["project.task"].sudo().search([("id", "not in", counted.ids)])
        others.filtered(lambda task: task.user_ids & self.wei).write(
            {"first_deadline": day + timedelta(days=60), "date_deadline": False}
        )
        for number, task in enumerate(counted):
            task.sudo().write(
                {
                    "user_ids": [(6, 0, self.wei.ids)],
                    "first_deadline": day,
                    "date_deadline": day,
                    "done_date": day + timedelta(days=2 * number - 1),
                }
            )

    def _workbook_has_the_same_numbers(self, card):
        book = card.with_user(self.wei).export_xlsx()
        content = io.BytesIO(base64.b64decode(book["content"]))
        detail = load_workbook(content).worksheets[1]
        rows = {row[2]: row for row in list(detail.values)[1:]}
        for line in card.line_ids:
            self.assertAlmostEqual(rows[line.metric_id.code][5], line.value, places=2)
            self.assertAlmostEqual(rows[line.metric_id.code][10], line.points, places=2)
