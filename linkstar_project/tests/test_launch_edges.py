"""Launches in shops as they are: people gone, roles gone, several hands."""

from freezegun import freeze_time

from odoo.tests import tagged

from .plan_common import PlanCase
from .trust_common import archive_without_handover


@tagged("post_install", "-at_install")
class TestLaunchEdges(PlanCase):
    def _owner(self, name="Count stock", **options):
        (plan,) = self.version.with_user(self.lead).preview(self.store.ids, **options)
        task = next(task for task in plan["tasks"] if task["name"] == name)
        return self.env["res.users"].browse(task["owner_id"]), plan

    def _copy(self, login):
        return self.buyer.copy({"login": login})

    def test_an_archived_user_gets_no_work(self):
        archive_without_handover(self.operator)
        owner, plan = self._owner()
        self.assertEqual(owner, self.lead)
        self.assertTrue(any("Nobody holds the role" in w for w in plan["warnings"]))

    def test_a_role_deleted_after_publishing_falls_to_the_lead(self):
        role = self.env["project.role"].create({"name": "Gone", "code": "gone"})
        self.steps[0].role_ids = role
        self.version = self.template.publish_version("gone")
        role.unlink()
        owner, plan = self._owner()
        self.assertEqual(owner, self.lead)
        self.assertTrue(any("the role gone" in w for w in plan["warnings"]))
        project = self._launch()
        self.assertFalse(self._task(project, "Count stock").role_ids)

    def test_load_is_weighed_within_one_scope_only(self):
        narrow, wide = self._copy("edge_narrow"), self._copy("edge_wide")
        self._add_member(self.store, narrow, self.role, listing_id=self.listing.id)
        group = self.env["linkstar.store.group"].create(
            {"name": "All", "store_ids": self.store.ids}
        )
        self.env["linkstar.store.member"].create(
            {
                "group_id": group.id,
                "user_id": wide.id,
                "role_id": self.role.id,
                "date_from": "2020-01-01",
            }
        )
        values = {"project_id": self._launch().id, "user_ids": narrow.ids}
        self.env["project.task"].create(
            [{"name": f"Busy {number}", **values} for number in range(3)]
        )
        self.assertEqual(self._owner(subject="SKU-1")[0], narrow, "however busy")
        self.assertEqual(self._owner(variants=[])[0], self.operator, "not the group's")

    def test_exactly_one_person_answers_for_each_task(self):
        for number in range(3):
            someone = self._copy(f"edge_{number}")
            self._add_member(self.store, someone, self.role, share=10)
        project = self._launch()
        counts = {len(task.user_ids) for task in project.sudo().task_ids}
        self.assertEqual(counts, {1})

    def test_membership_counts_on_the_day_of_the_launch(self):
        member = self.env["linkstar.store.member"].search(
            [("user_id", "=", self.operator.id)]
        )
        later = self._copy("edge_later")
        with freeze_time("2026-03-02 08:00:00"):
            member.date_to = "2026-03-31"
            self._add_member(self.store, later, self.role, date_from="2026-04-01")
            self.assertEqual(self._owner(anchor_date="2026-03-02")[0], self.operator)
            self.assertEqual(self._owner(anchor_date="2026-04-06")[0], later)

    def test_without_lead_and_member_the_plan_says_who_is_missing(self):
        admin = self.env.ref("base.user_admin")
        version = self.version.with_user(admin)
        (plan,) = version.preview(self.other_store.ids)
        self.assertTrue(any("has no lead" in text for text in plan["warnings"]))
        self.assertFalse(any(task["owner_id"] for task in plan["tasks"]))

    def test_stores_of_one_stock_pool_share_a_launch(self):
        self.template.launch_scope = "stock_pool"
        self.version = self.template.publish_version("pool")
        self.other_store.stock_store_id = self.store
        admin = self.env.ref("base.user_admin")
        first = self._launch(admin)
        version = self.version.with_user(admin)
        (plan,) = version.preview(self.other_store.ids)
        self.assertEqual(plan["running_id"], first.id)

    def test_an_archived_sub_task_is_left_out_with_its_links(self):
        parts = self._add_steps(
            self.template,
            [
                {"name": "Part one", "parent_id": self.steps[0].id},
                {"name": "Part two", "parent_id": self.steps[0].id, "after": [0]},
            ],
        )
        parts[0].active = False
        self.version = self.template.publish_version("archived part")
        project = self._launch()
        two = self._task(project, "Part two")
        self.assertFalse(self._task(project, "Part one"))
        self.assertFalse(two.depend_on_ids)
        self.assertEqual(two.parent_id, self._task(project, "Count stock"))
