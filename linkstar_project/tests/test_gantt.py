"""What the Gantt gets from the server: rows, arrows, milestones, working time."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .plan_common import PlanCase
from .trust_common import new_test_user

START = "2026-03-02 08:00:00"


@tagged("post_install", "-at_install")
class TestGantt(PlanCase):
    def setUp(self):
        super().setUp()
        with freeze_time(START):
            self.project = self._launch().sudo()
        self.names = {task.name: task for task in self.project.task_ids}

    def gantt(self, user=None, domain=None, **options):
        domain = domain or [("project_id", "in", self.project.ids)]
        tasks = self.env["project.task"].with_user(user or self.operator)
        return tasks.linkstar_gantt(domain, **options)

    def row(self, data, name):
        return next(row for row in data["tasks"] if row["name"] == name)

    def test_a_row_says_when_who_and_what_holds_it(self):
        with freeze_time(START):
            data = self.gantt()
        count, order = self.row(data, "Count stock"), self.row(data, "Order goods")
        self.assertEqual((count["begin"], count["end"]), (START, "2026-03-02 12:00:00"))
        self.assertEqual(count["people"], self.operator.ids)
        self.assertEqual(data["people"][self.operator.id], self.operator.name)
        self.assertFalse(count["blocked"] or count["late"])
        self.assertTrue(order["blocked"])
        self.assertTrue(count["critical"], "goods are ordered after the count")
        self.assertFalse(self.row(data, "Photograph")["critical"])

    def test_late_follows_the_clock_and_ends_when_it_is_done(self):
        with freeze_time("2026-03-02 12:30:00"):
            self.assertTrue(self.row(self.gantt(), "Count stock")["late"])
            self.names["Count stock"].state = "1_done"
            row = self.row(self.gantt(), "Count stock")
        self.assertFalse(row["late"] or row["critical"])
        self.assertTrue(row["closed"])

    def test_dependencies_show_when_both_ends_do(self):
        ids = {name: task.id for name, task in self.names.items()}
        count, order = ids["Count stock"], ids["Order goods"]
        self.assertCountEqual(
            self.gantt()["edges"], [[count, order], [order, ids["Sea freight"]]]
        )
        one = self.gantt(domain=[("id", "in", [count, ids["Sea freight"]])])
        self.assertEqual(one["edges"], [])

    def test_only_own_stores_are_seen_even_when_asked_for(self):
        stranger = new_test_user(
            self.env, "gantt_stranger", "linkstar_project.group_operator"
        )
        self._add_member(self.other_store, stranger, self.role)
        data = self.gantt(stranger)
        self.assertEqual(data["tasks"], [])
        self.assertEqual(data["people"], {})
        self.assertEqual(data["projects"], [])

    def test_without_the_right_to_read_tasks_it_refuses(self):
        employee = new_test_user(self.env, "gantt_employee", "base.group_user")
        self.assertEqual(self.gantt(employee)["tasks"], [])
        with self.assertRaises(AccessError):
            self.gantt(self.env.ref("base.public_user"))

    def test_only_who_leads_the_store_may_move(self):
        def movable(user):
            return [project["movable"] for project in self.gantt(user)["projects"]]

        self.assertEqual(movable(self.operator), [False])
        self.assertEqual(movable(self.lead), [True])
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.lead.id)]
        ).is_lead = False
        self.assertEqual(movable(self.lead), [False])

    def test_a_window_shows_what_touches_it(self):
        data = self.gantt(window=["2026-03-10 00:00:00", "2026-03-11 00:00:00"])
        self.assertEqual([row["name"] for row in data["tasks"]], ["Sea freight"])
        self.assertEqual(data["window"], ["2026-03-10 00:00:00", "2026-03-11 00:00:00"])

    def test_a_window_of_centuries_is_cut(self):
        data = self.gantt(window=["1000-01-01 00:00:00", "9999-12-30 00:00:00"])
        self.assertEqual(data["window"], ["1000-01-01 00:00:00", "1002-03-12 00:00:00"])
        for window in (["2026-03-10 00:00:00"], [False, False], ["x", "y"]):
            self.assertTrue(self.gantt(window=window)["tasks"], "as without one")

    def test_working_time_is_that_of_the_company_with_its_holidays(self):
        calendar = self.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": "2026-03-05 00:00:00",
                "date_to": "2026-03-05 23:59:59",
            }
        )
        window = ["2026-03-04 00:00:00", "2026-03-08 12:00:00"]
        work = self.gantt(window=window)["work"][calendar.id]
        days = {begin[:10] for begin, _end in work}
        self.assertEqual(days, {"2026-03-04", "2026-03-06"})

    def test_milestones_are_those_of_the_projects_seen(self):
        self.project.allow_milestones = True
        other = self._launch(self.env.ref("base.user_admin"), self.other_store)
        for project in (self.project, other):
            self.env["project.milestone"].create(
                {
                    "name": project.store_id.code,
                    "project_id": project.id,
                    "deadline": "2026-03-20",
                }
            )
        domain = [("project_id", "in", [self.project.id, other.id])]
        found = self.gantt(domain=domain)["milestones"]
        self.assertEqual(
            [(stone["name"], stone["date"]) for stone in found],
            [("US-PLAN", "2026-03-20")],
        )

    def test_more_projects_cost_no_more_queries(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.gantt(self.lead, domain=[("store_id", "=", self.store.id)])
            return self.env.cr.sql_log_count - before

        queries()
        one = queries()
        for number in range(5):
            sku = f"GANTT-{number}"
            self._launch(subject={"key": sku})
        self.assertEqual(queries(), one)
        self.assertLessEqual(one, 25)

    def test_too_many_tasks_are_said_to_be_too_many(self):
        module = "odoo.addons.linkstar_project.models.tell.project_task_gantt"
        with patch(f"{module}.ROW_LIMIT", 2):
            data = self.gantt()
        self.assertTrue(data["more"])
        self.assertEqual(len(data["tasks"]), 2)
        self.assertFalse(self.gantt()["more"])

    def test_a_gantt_view_takes_known_attributes_only(self):
        def create(arch):
            return self.env["ir.ui.view"].create(
                {
                    "name": "gantt",
                    "model": "project.task",
                    "type": "linkstar_gantt",
                    "arch": arch,
                }
            )

        create('<linkstar_gantt zoom="month"/>')
        for arch in (
            '<linkstar_gantt zoom="year"/>',
            '<linkstar_gantt colour="red"/>',
            '<linkstar_gantt><field name="name"/></linkstar_gantt>',
        ):
            with self.assertRaises(ValidationError), mute_logger("odoo.addons.base"):
                create(arch)

    def test_the_board_and_each_projects_tasks_offer_it(self):
        for xmlid in (
            "linkstar_project.board_action",
            "project.act_project_project_2_project_task_all",
        ):
            modes = [mode for _view, mode in self.env.ref(xmlid).views]
            self.assertIn("linkstar_gantt", modes)
            self.assertNotIn("gantt", modes)
