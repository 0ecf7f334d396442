"""The board of all stores: priorities set in bulk, across stores."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestBoardPriorities(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        manager = cls.env.ref("linkstar_project.role_manager")
        cls.second = cls._create_store("US-SECOND", cls.store.marketplace_id)
        cls._add_member(cls.second, cls.lead, manager, is_lead=True)
        cls._add_member(cls.other_store, cls.other_lead, manager, is_lead=True)
        cls.here, cls.there = (
            cls.version.with_user(cls.lead).launch(store.ids).sudo().task_ids
            for store in (cls.store, cls.second)
        )
        cls.foreign = (
            cls.version.with_user(cls.other_lead)
            .launch(cls.other_store.ids)
            .sudo()
            .task_ids
        )

    def press(self, button, tasks, user=None):
        """What the buttons above the list do with the rows that are ticked."""
        tasks = tasks.with_user(user or self.lead)
        getattr(tasks, f"action_linkstar_priority_{button}")()
        self.env.flush_all()

    def test_one_press_sets_the_priority_in_all_stores(self):
        both = self.here | self.there
        self.assertEqual(len(both.store_id), 2)
        for button, priority in (("urgent", "3"), ("high", "2"), ("low", "0")):
            self.press(button, both)
            self.assertEqual(set(both.mapped("priority")), {priority})

    def test_a_task_of_a_foreign_store_among_them_refuses_all(self):
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                self.press("urgent", self.here | self.foreign)
        self.env.invalidate_all()
        self.assertNotIn("3", (self.here | self.foreign).mapped("priority"))

    def test_more_stores_cost_no_more_queries(self):
        def cost(tasks):
            self.press("low", tasks)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.press("urgent", tasks)
            return self.env.cr.sql_log_count - before

        one = cost(self.here)
        self.assertLessEqual(cost(self.here | self.there), one)

    def test_the_list_orders_by_priority_over_all_stores(self):
        first = self.there[-1]
        self.press("urgent", first)
        board = self.env.ref("linkstar_project.board_task_view_list")
        order = board.arch_db.split('default_order="')[1].split('"')[0]
        tasks = self.env["project.task"].with_user(self.lead)
        found = tasks.search([("id", "in", (self.here | self.there).ids)], order=order)
        self.assertEqual(found[0], first)
