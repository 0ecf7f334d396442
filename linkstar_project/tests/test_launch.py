"""Launching a version: one set of records, for the right people, once."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..exceptions import AlreadyLaunched
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
