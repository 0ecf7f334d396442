"""Who has no role of LinkStar keeps core's projects as they were."""

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestCoreUsers(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "core_manager", "base.group_user,project.group_project_manager"
        )
        cls.colleague = new_test_user(
            cls.env, "core_user", "base.group_user,project.group_project_user"
        )
        cls.customer = new_test_user(cls.env, "core_customer", "base.group_portal")
        cls.fair = cls.env["project.project"].create(
            {
                "name": "Trade fair",
                "privacy_visibility": "portal",
                "task_ids": [Command.create({"name": "Rent a booth"})],
                "collaborator_ids": [
                    Command.create({"partner_id": cls.customer.partner_id.id})
                ],
            }
        )
        cls.fair.message_subscribe(cls.customer.partner_id.ids)
        cls.fair.task_ids.message_subscribe(cls.customer.partner_id.ids)

    def test_a_manager_copies_a_project_with_its_tasks(self):
        copy = self.fair.with_user(self.manager).copy()
        self.assertEqual(copy.task_ids.mapped("name"), ["Rent a booth"])

    def test_a_colleague_marks_a_favourite_and_changes_nothing_else(self):
        fair = self.fair.with_user(self.colleague)
        fair.write({"is_favorite": True})
        self.assertTrue(fair.is_favorite)
        with self.assertRaises(AccessError):
            fair.write({"is_favorite": False, "name": "Mine"})

    def test_a_colleague_creates_no_task_in_a_project_they_may_not_read(self):
        self.fair.privacy_visibility = "followers"
        tasks = self.env["project.task"].with_user(self.colleague)
        with self.assertRaises(AccessError):
            tasks.create({"name": "Look inside", "project_id": self.fair.id})

    def test_core_screens_show_nothing_of_ours_without_a_role(self):
        ours = {"gate_ids", "linkstar_kind", "blocked_reason", "variant_ids"}
        for user in (self.colleague, self.manager):
            self.assertFalse(self._form_fields(user) & ours, user.name)
        self.assertLessEqual(ours, self._form_fields(self.operator))

    def _form_fields(self, user):
        arch = self.env["project.task"].with_user(user).get_view(view_type="form")
        return set(etree.fromstring(arch["arch"]).xpath("//field/@name"))

    def test_a_customer_works_on_a_shared_board(self):
        action = self.env.ref("project.project_sharing_project_task_action")
        tasks = (
            self.env["project.task"]
            .with_user(self.customer)
            .with_context(default_project_id=self.fair.id)
        )
        views = tasks.get_views([(v.view_id.id, v.view_mode) for v in action.view_ids])
        fields = views["models"]["project.task"]["fields"]
        for kind, view in views["views"].items():
            used = etree.fromstring(view["arch"]).xpath(
                "//field[not(ancestor::field)]/@name"
            )
            self.assertLessEqual(set(used), set(fields), kind)
        domain = [
            ("project_id", "=", self.fair.id),
            ("has_template_ancestor", "=", False),
        ]
        found = tasks.web_read_group(domain, ["stage_id"], ["__count"])
        self.assertEqual(sum(group["__count"] for group in found["groups"]), 1)
        created = tasks.create({"name": "More chairs"})
        created.write({"name": "Ten chairs"})

    def test_a_manager_who_sees_no_store_leaves_the_features_on(self):
        """Core switches dependencies off for all when a user sees none in use."""
        group = self.env.ref("project.group_project_task_dependencies")
        everybody = self.env.ref("base.group_user")
        self.assertIn(group, everybody.all_implied_ids)
        self.fair.allow_task_dependencies = False
        projects = self.env["project.project"].with_user(self.manager)
        projects.create({"name": "Office move", "allow_task_dependencies": False})
        self.assertIn(group, everybody.all_implied_ids)

    def test_typing_a_description_calls_nobody(self):
        """Core's editor restores a version at once; a call would come in between."""
        arch = (
            self.env["project.task"]
            .with_user(self.operator)
            .get_view(view_type="form")["arch"]
        )
        node = etree.fromstring(arch).xpath("//field[@name='description']")[0]
        self.assertFalse(node.get("on_change"))

    def test_a_launch_is_no_flood_of_mail(self):
        """Core ignores a sender when many tasks were created a short while ago."""
        before = self._tasks_taken_for_mail()
        self.version.with_user(self.lead).launch(self.store.ids)
        self.assertEqual(self._tasks_taken_for_mail(), before)

    def _tasks_taken_for_mail(self):
        tasks = self.env["project.task"]
        return tasks.search_count(tasks._detect_loop_sender_domain(False))

    def test_no_form_sends_what_only_the_system_writes(self):
        """A client sends every field of a form that is not read-only."""
        for model in self.env.values():
            system = getattr(model, "_system_fields", frozenset())
            if not system or model._abstract or model._transient:
                continue
            views = self.env["ir.ui.view"].search(
                [
                    ("model", "=", model._name),
                    ("type", "in", ("form", "list")),
                    ("mode", "=", "primary"),
                ]
            )
            for view in views:
                arch = etree.fromstring(model.get_view(view.id)["arch"])
                if arch.get("create") in ("0", "false", "False"):
                    continue
                if arch.tag == "list" and not arch.get("editable"):
                    continue
                sent = [
                    node.get("name")
                    for node in arch.xpath("//field[not(ancestor::field)]")
                    if node.get("name") in system
                    and not node.get("readonly")
                    and not model._fields[node.get("name")].readonly
                ]
                with self.subTest(model=model._name, view=view.xml_id):
                    self.assertFalse(sent)
