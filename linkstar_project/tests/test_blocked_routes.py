"""A blocked task stays blocked, whichever way somebody tries."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase

WAITING = "04_waiting_normal"


@tagged("post_install", "-at_install")
class TestBlockedRoutes(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_steps(
            cls.template,
            [
                {"name": "Pack", "parent_id": cls.steps[1].id, "role_ids": cls.role},
                {"name": "Free", "role_ids": cls.role},
            ],
        )
        cls.version = cls.template.publish_version("parts")
        cls.project = cls.version.with_user(cls.lead).launch(cls.store.ids)
        cls.count, cls.order, cls.pack, cls.free = (
            cls.project.sudo().task_ids.filtered(lambda t, n=name: t.name == n)
            for name in ("Count stock", "Order goods", "Pack", "Free")
        )

    def test_parts_wait_with_the_task_they_belong_to(self):
        self.assertEqual(self.pack.state, WAITING)
        self.assertIn("part of “Order goods”", self.pack.blocked_reason)
        with self.assertRaisesRegex(UserError, "cannot go on yet"):
            self.pack.with_user(self.operator).state = "1_done"
        self.count.with_user(self.operator).state = "1_done"
        self.assertEqual(self.order.state, "01_in_progress")
        self.assertEqual(self.pack.state, "01_in_progress")
        self.count.with_user(self.lead).state = "01_in_progress"
        self.assertEqual(self.pack.state, WAITING)

    def test_a_part_is_not_taken_out_to_start_it(self):
        with self.assertRaises(UserError):
            self.pack.with_user(self.operator).parent_id = False

    def test_every_route_to_a_started_state_is_closed(self):
        task = self.order.with_user(self.buyer)
        stages = self.project.sudo().type_ids.sorted("sequence")
        routes = [
            {"state": state}
            for state in ("01_in_progress", "02_changes_requested", "03_approved")
        ]
        routes += [{"state": "1_done"}, {"stage_id": stages[-1].id}]
        for values in routes:
            with self.subTest(values=values), self.assertRaises(UserError):
                task.write(values)
            with self.subTest(context=values), self.assertRaises(UserError):
                task.with_context(
                    linkstar_launch=True,
                    install_mode=True,
                    tracking_disable=True,
                    mail_notrack=True,
                    default_state="1_done",
                ).write(values)

    def test_one_blocked_task_in_a_batch_refuses_the_batch(self):
        both = (self.free | self.order).with_user(self.lead)
        with self.assertRaises(UserError):
            both.write({"state": "1_done"})
        self.assertEqual(self.free.state, "01_in_progress")

    def test_no_task_is_created_done_behind_what_holds_it(self):
        tasks = self.env["project.task"].with_user(self.lead)
        values = {
            "name": "Short cut",
            "project_id": self.project.id,
            "depend_on_ids": [(6, 0, self.count.ids)],
        }
        for state in ("1_done", "03_approved", "02_changes_requested"):
            with self.subTest(state=state), self.assertRaises(UserError):
                tasks.create({**values, "state": state})
        task = tasks.create({**values, "state": "01_in_progress"})
        self.assertEqual(task.state, WAITING)
        part = tasks.create(
            {"name": "Part", "parent_id": self.order.id, "state": "01_in_progress"}
        )
        self.assertEqual(part.state, WAITING)

    def test_whatever_holds_a_task_stays(self):
        order = self.order.with_user(self.buyer)
        with self.assertRaises(AccessError):
            order.depend_on_ids = False
        with self.assertRaises(UserError):
            self.count.with_user(self.operator).unlink()
        with self.assertRaises(AccessError):
            self.count.with_user(self.operator).active = False
        with self.assertRaises(AccessError):
            self.count.with_user(self.operator).state = "1_canceled"

    def test_a_long_chain_of_tasks_with_parts_is_computed_without_recursion(self):
        template = self.env["project.project"].create(
            {"name": "Chain", "is_template": True, "linkstar_kind": "routine"}
        )
        heads = self._add_steps(template, [{"name": f"Link {n}"} for n in range(120)])
        parts = self._add_steps(
            template,
            [{"name": f"Part of {h.name}", "parent_id": h.id} for h in heads],
        )
        self.assertEqual(set((heads | parts).mapped("state")), {"01_in_progress"})
        for before, after in zip(heads, heads[1:], strict=False):
            after.depend_on_ids = before
        self.env.flush_all()
        self.assertEqual(parts[0].state, "01_in_progress")
        self.assertEqual(set(parts[1:].mapped("state")), {WAITING})
        project = template.publish_version().launch(self.store.ids)
        tasks = {task.name: task for task in project.task_ids}
        self.assertEqual(tasks["Part of Link 119"].state, WAITING)
        tasks["Link 0"].state = "1_done"
        self.env.flush_all()
        self.assertEqual(tasks["Part of Link 1"].state, "01_in_progress")
        self.assertEqual(tasks["Part of Link 2"].state, WAITING)

    def test_ordinary_projects_keep_cores_behaviour(self):
        project = self.env["project.project"].create(
            {"name": "Plain", "allow_task_dependencies": True}
        )
        tasks = self.env["project.task"]
        first, parent = tasks.create(
            [{"name": n, "project_id": project.id} for n in ("First", "Parent")]
        )
        parent.depend_on_ids = first
        part = tasks.create({"name": "Part", "parent_id": parent.id})
        self.assertEqual(parent.state, WAITING)
        part.state = "03_approved"
        first.state = "1_done"
        self.assertEqual(part.state, "03_approved")
