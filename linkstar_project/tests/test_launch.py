"""Launching a version: one set of records, for the right people, once."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..exceptions import AlreadyLaunched
from ..models.plan.task_rows import has_automation
from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestLaunch(PlanCase):
    def test_launch_creates_tasks_with_owner_dates_and_dependencies(self):
        with freeze_time("2026-03-02 08:00:00"):
            project = self._launch(subject="SKU-1")
        self.assertEqual(project.store_id, self.store)
        self.assertEqual(project.subject_listing_id, self.listing)
        self.assertTrue(project.is_live)
        count, order, freight = (
            self._task(project, name)
            for name in ("Count stock", "Order goods", "Sea freight")
        )
        self.assertEqual(count.user_ids, self.operator)
        self.assertEqual(order.user_ids, self.buyer)
        self.assertEqual(freight.user_ids, self.lead, "no role: the lead")
        self.assertEqual(order.depend_on_ids, count)
        self.assertEqual(str(count.planned_date_begin), "2026-03-02 08:00:00")
        self.assertEqual(str(count.date_deadline), "2026-03-02 12:00:00")
        self.assertEqual(count.first_deadline, count.date_deadline)
        self.assertEqual((freight.date_deadline - freight.planned_date_begin).days, 30)
        self.assertEqual(count.state, "01_in_progress")
        self.assertEqual(order.state, "04_waiting_normal")
        self.assertEqual(count.node_uid, self.steps[0].node_uid)
        self.assertTrue(count.on_critical_path)
        self.assertFalse(self._task(project, "Photograph").on_critical_path)

    def test_second_live_launch_is_refused_with_link_to_the_first(self):
        first = self._launch(subject="SKU-1")
        with self.assertRaises(AlreadyLaunched) as caught:
            self._launch(subject="SKU-1", anchor_date="2026-05-05")
        self.assertEqual(caught.exception.project_id, first.id)
        self.assertIn(first.name, str(caught.exception))

    def test_another_subject_or_store_is_another_launch(self):
        first = self._launch(subject="SKU-1")
        second = self._launch()
        self.assertNotEqual(first.launch_key, second.launch_key)

    def test_override_reason_allows_a_second_launch(self):
        self._launch(subject="SKU-1")
        second = self._launch(subject="SKU-1", override_reason="second container lost")
        self.assertEqual(second.override_reason, "second container lost")

    def test_finished_project_leaves_room_for_the_next(self):
        first = self._launch(subject="SKU-1")
        for task in first.sudo().task_ids.sorted("planned_date_begin"):
            task.state = "1_done"
        self.assertTrue(first.finished_at)
        self.assertFalse(first.is_live)
        self.assertTrue(self._launch(subject="SKU-1").is_live)

    def test_only_leads_of_the_store_launch(self):
        with self.assertRaises(AccessError):
            self._launch(self.operator)
        with self.assertRaises(AccessError):
            self._launch(self.lead, stores=self.other_store)

    def test_unknown_sku_names_store_and_next_step(self):
        with self.assertRaisesRegex(UserError, "US-PLAN has no listing with SKU NOPE"):
            self._launch(subject="NOPE")

    def test_launch_of_two_stores_is_all_or_nothing(self):
        admin = self.env.ref("base.user_admin")
        self._launch(stores=self.other_store, user=admin)
        before = self.env["project.project"].search_count([])
        with self.assertRaises(AlreadyLaunched):
            self._launch(stores=self.store | self.other_store, user=admin)
        self.assertEqual(self.env["project.project"].search_count([]), before)

    def test_missing_owner_goes_to_the_lead_and_is_announced(self):
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.buyer.id)]
        ).unlink()
        (plan,) = self.version.with_user(self.lead).preview(self.store.ids)
        self.assertTrue(any("Nobody holds the role" in w for w in plan["warnings"]))
        order = next(t for t in plan["tasks"] if t["name"] == "Order goods")
        self.assertEqual(order["owner_id"], self.lead.id)
        self.assertTrue(order["is_fallback"])

    def test_preview_writes_nothing_and_equals_the_launch(self):
        with freeze_time("2026-03-02 08:00:00"):
            (plan,) = self.version.with_user(self.lead).preview(self.store.ids)
            self.assertFalse(self.version.launch_ids)
            project = self._launch()
        planned = {
            t["uid"]: (t["start"], t["end"], t["owner_id"]) for t in plan["tasks"]
        }
        written = {
            task.node_uid: (
                str(task.planned_date_begin),
                str(task.date_deadline),
                task.user_ids.id,
            )
            for task in project.sudo().task_ids
        }
        self.assertEqual(planned, written)

    def test_listing_owner_comes_before_the_store_owner(self):
        owner = self.buyer.copy({"login": "sku_owner"})
        self._add_member(self.store, owner, self.role, listing_id=self.listing.id)
        project = self._launch(subject="SKU-1")
        self.assertEqual(self._task(project, "Count stock").user_ids, owner)

    def test_trial_is_not_live_and_vanishes(self):
        trial = self._launch(trial=True)
        self.assertTrue(trial.is_trial)
        self.assertFalse(trial.is_live)
        self.assertTrue(self._launch().is_live, "a trial never stands in the way")
        tasks = trial.sudo().task_ids
        trial.with_user(self.lead).action_discard_trial()
        self.assertFalse(trial.exists() or tasks.exists())

    def test_launched_project_cannot_be_deleted_or_moved(self):
        project = self._launch()
        task = self._task(project, "Count stock")
        other = self._launch(subject="SKU-1")
        with self.assertRaises(UserError):
            task.with_user(self.operator).unlink()
        with self.assertRaises(UserError):
            task.with_user(self.lead).project_id = other.id

    def test_more_stores_cost_hardly_more_queries(self):
        site = self.store.marketplace_id
        stores = self.env["linkstar.store"]
        for number in range(12):
            stores |= self._create_store(f"US-Q{number}", site)
        admin = self.env.ref("base.user_admin")
        self._launch(admin, stores=stores[0])
        counts = []
        for batch in (stores[1:2], stores[2:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._launch(admin, stores=batch)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        one, ten = counts
        self.assertLess(ten - one, 9 * 8, f"{one} queries for one, {ten} for ten")

    def test_automation_rules_hear_of_launched_tasks(self):
        if "base.automation" not in self.env:
            self.assertFalse(has_automation(self.env))
            return
        model = self.env["ir.model"]._get("project.task")
        rule = self.env["base.automation"].create(
            {"name": "Rule", "model_id": model.id, "trigger": "on_create_or_write"}
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": model.id,
                "base_automation_id": rule.id,
                "usage": "base_automation",
                "state": "object_write",
                "update_path": "color",
                "value": "7",
            }
        )
        rule.action_server_ids = action
        project = self._launch()
        self.assertEqual(set(project.sudo().task_ids.mapped("color")), {7})

    def test_injected_html_and_formulas_stay_text(self):
        evil = '=HYPERLINK("x") <script>alert(1)</script>'
        self.steps[0].write({"name": evil, "description": evil})
        self.version = self.template.publish_version("evil")
        wizard = (
            self.env["linkstar.launch"]
            .with_user(self.lead)
            .create(
                {"template_id": self.template.id, "store_ids": [(6, 0, self.store.ids)]}
            )
        )
        self.assertNotIn("<script>", wizard.preview)
        project = self._launch()
        task = project.sudo().task_ids.filtered(lambda t: t.name == evil)
        self.assertNotIn("<script>", task.description or "")

    def test_chain_of_three_hundred_launches_and_finishes(self):
        template = self.env["project.project"].create(
            {"name": "Chain", "is_template": True, "linkstar_kind": "routine"}
        )
        steps = self.env["project.task"].create(
            [
                {"name": f"Link {n}", "project_id": template.id, "allocated_hours": 1}
                for n in range(300)
            ]
        )
        steps.flush_recordset()
        self.env.cr.executemany(
            "INSERT INTO task_dependencies_rel (task_id, depends_on_id) VALUES (%s,%s)",
            list(zip(steps.ids[1:], steps.ids, strict=False)),
        )
        self.env.invalidate_all()
        project = template.publish_version().launch(self.store.ids)
        tasks = project.task_ids.sorted("planned_date_begin")
        self.assertEqual(tasks[1].state, "04_waiting_normal")
        tasks[0].state = "1_done"
        self.assertEqual(tasks[1].state, "01_in_progress")
        self.assertEqual(tasks[2].state, "04_waiting_normal")
        tasks[0].state = "01_in_progress"
        self.assertEqual(tasks[1].state, "04_waiting_normal")

    def test_archived_steps_are_not_launched(self):
        self.steps[3].active = False
        self.steps[0].active = False
        self.version = self.template.publish_version("fewer")
        project = self._launch()
        self.assertEqual(len(project.sudo().task_ids), 2)
        order = self._task(project, "Order goods")
        self.assertEqual(order.state, "01_in_progress", "nothing left to wait for")

    def test_calendar_without_hours_is_named(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        with self.assertRaisesRegex(UserError, "no working hours"):
            self._launch()

    def _builtin_versions(self, anchor):
        versions = self.env["linkstar.template.version"].search(
            [("project_id.template_code", "!=", False), ("state", "=", "published")]
        )
        found = versions.filtered(lambda v: v.snapshot["template"]["anchor"] == anchor)
        self.assertTrue(found)
        return found.with_user(self.lead)

    def test_built_in_templates_start_today_without_being_told(self):
        with freeze_time("2026-03-02 08:00:00"):
            for version in self._builtin_versions("start"):
                with self.subTest(version=version.display_name):
                    project = version.launch(self.store.ids, subject="SKU-1")
                    self.assertEqual(project.anchor, "start")
                    self.assertEqual(str(project.anchor_date), "2026-03-02")

    def test_target_templates_can_run_forward_from_a_start_date(self):
        with freeze_time("2026-03-02 08:00:00"):
            for version in self._builtin_versions("target"):
                with self.subTest(version=version.display_name):
                    project = version.launch(
                        self.store.ids, anchor="start", anchor_date="2026-05-04"
                    )
                    self.assertEqual(project.anchor, "start")
                    begins = project.sudo().task_ids.mapped("planned_date_begin")
                    self.assertEqual(str(min(begins))[:10], "2026-05-04")

    def test_target_date_plans_backward(self):
        self.template.anchor = "target"
        self.version = self.template.publish_version("target")
        with freeze_time("2026-03-02 08:00:00"):
            project = self._launch(anchor_date="2026-11-27")
        freight = self._task(project, "Sea freight")
        self.assertEqual(str(freight.date_deadline), "2026-11-27 00:00:00")
        with self.assertRaisesRegex(UserError, "choose that date"):
            self._launch()
