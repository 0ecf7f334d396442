"""Running work from a spreadsheet becomes open tasks: whole, and only once."""

import time
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .plan_common import PlanCase
from .sheet_common import upload, xlsx

FEISHU = ["任务描述", "任务执行人", "店铺", "截止日期", "进展", "重要紧急程度"]
ROWS = [
    ["补货SKU-1", "plan_buyer", "US-PLAN", "2030/12/01", "进行中", "重要紧急"],
    ["更换主图", "plan_operator", "US-PLAN", "2030-12-05 18:30", "未开始", ""],
    ["旧活动", "plan_operator", "US-PLAN", "2030/01/01", "已完成", ""],
]


@tagged("post_install", "-at_install")
class TestWorkImport(PlanCase):
    def wizard(self, content, filename="feishu.xlsx", user=None, **values):
        wizards = self.env["linkstar.work.import"].with_user(user or self.lead)
        return upload(wizards, content, filename, **values)

    def run_import(self, content, **values):
        wizard = self.wizard(content, **values)
        wizard.action_preview()
        wizard.action_import()
        return wizard

    def imported(self):
        return self.env["project.task"].search(
            [("store_id", "=", self.store.id), ("import_key", "!=", False)],
            order="id",
        )

    def test_a_feishu_export_becomes_open_tasks_of_a_live_project(self):
        wizard = self.wizard(xlsx(FEISHU, ROWS))
        wizard.action_preview()
        self.assertTrue(wizard.can_import, wizard.report)
        self.assertIn("2 new tasks, 0 imported before, 1 finished", wizard.report)
        self.assertFalse(self.imported())
        wizard.action_import()
        first, second = self.imported()
        self.assertEqual(first.name, "补货SKU-1")
        self.assertEqual((first.user_ids, second.user_ids), (self.buyer, self.operator))
        self.assertEqual(str(first.date_deadline), "2030-12-01 18:00:00")
        self.assertEqual(first.first_deadline, first.date_deadline)
        self.assertEqual((first.priority, second.priority), ("1", "0"))
        self.assertEqual(first.stage_id.sequence > second.stage_id.sequence, True)
        self.assertEqual(first.state, "01_in_progress")
        project = first.project_id
        self.assertTrue(project.is_live)
        self.assertEqual(project.store_id, self.store)
        self.assertEqual(project.user_id, self.lead)
        self.assertIn(self.buyer.partner_id, first.message_partner_ids)
        first.with_user(self.buyer).state = "1_done"
        self.assertTrue(first.done_date)

    def test_a_second_import_adds_nothing_even_when_work_is_finished(self):
        self.run_import(xlsx(FEISHU, ROWS))
        tasks = self.imported()
        tasks.state = "1_done"
        self.assertFalse(tasks.project_id.is_live)
        moved = [list(row) for row in ROWS]
        moved[1][3] = "2031/01/01"
        again = self.run_import(xlsx(FEISHU, moved))
        self.assertIn("0 new tasks, 2 imported before", again.report)
        self.assertEqual(self.imported(), tasks)
        added = self.run_import(
            xlsx(FEISHU, [*moved, ["新任务", "plan_buyer", "US-PLAN", "2031/1/2"]])
        )
        self.assertIn("1 new tasks", added.report)
        self.assertEqual(len(self.imported()), 3)

    def test_record_numbers_and_repeated_names_tell_rows_apart(self):
        headers = ["Record ID", "Task", "Owner", "Due date"]
        rows = [["r1", "Check", "plan_buyer", "2030-01-01"]]
        rows.append(["r2", "Check", "plan_buyer", "2030-02-01"])
        self.run_import(xlsx(headers, rows), store_id=self.store.id)
        rows[0][1] = "Check renamed"
        self.run_import(xlsx(headers, rows), store_id=self.store.id)
        self.assertEqual(len(self.imported()), 2)
        weekly = [row[1:] for row in rows[1:] * 3]
        for _time in range(2):
            self.run_import(xlsx(headers[1:], weekly), store_id=self.store.id)
        self.assertEqual(len(self.imported()), 5)

    def test_every_faulty_row_is_named_and_nothing_is_imported(self):
        rows = [
            ["A", "plan_buyer", "US-NOWHERE", "2030/12/01", ""],
            ["B", "nobody", "US-PLAN", "2030/12/01", ""],
            ["C", "plan_manager", "US-PLAN", "2030/12/01", ""],
            ["D", "plan_buyer", "US-PLAN", "tomorrow", ""],
            ["E", "plan_buyer", "US-PLAN", "2030/12/01", "mañana"],
            ["", "plan_buyer", "US-PLAN", "2030/12/01", ""],
            ["G", "plan_buyer, plan_operator", "US-PLAN", "2030/12/01", ""],
            ["H", "plan_buyer", "", "2030/12/01", ""],
            ["I", "plan_buyer", "US-PLAN", "", ""],
            ["J", "plan_buyer", "US-PLAN", "2030/12/01", ""],
        ]
        wizard = self.wizard(xlsx(FEISHU[:5], rows))
        wizard.action_preview()
        self.assertFalse(wizard.can_import)
        for row in range(2, 11):
            self.assertIn(f"Row {row}:", wizard.report)
        self.assertNotIn("Row 11:", wizard.report)
        with self.assertRaises(UserError):
            wizard.action_import()
        self.assertFalse(self.imported())

    def test_archived_people_get_no_work(self):
        gone = self.env["res.users"].create({"name": "Gone", "login": "gone_person"})
        gone.active = False
        wizard = self.wizard(
            xlsx(FEISHU, [["A", "gone_person", "US-PLAN", "2030/1/1"]])
        )
        wizard.action_preview()
        self.assertIn("nobody is called gone_person", wizard.report)

    def test_only_leads_import_and_only_into_their_stores(self):
        content = xlsx(FEISHU, [["A", "plan_buyer", "US-OTHER", "2030/12/01"]])
        with self.assertRaises(AccessError):
            self.wizard(content, user=self.operator)
        wizard = self.wizard(content)
        wizard.action_preview()
        self.assertIn("no store US-OTHER that you lead", wizard.report)
        with self.assertRaises(AccessError):
            self.wizard(content, store_id=self.other_store.id).action_preview()
        self.run_import(xlsx(FEISHU, ROWS))
        with self.assertRaises(AccessError):
            self.imported()[0].with_user(self.lead).import_key = "mine"

    def test_the_database_refuses_a_row_twice(self):
        self.run_import(xlsx(FEISHU, ROWS))
        first, second = self.imported()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE project_task SET import_key = %s WHERE id = %s",
                [first.import_key, second.id],
            )

    def test_markup_stays_text(self):
        name = "<b onclick=alert(1)>Buy</b>"
        wizard = self.run_import(
            xlsx(
                [*FEISHU[:4], "备注"],
                [[name, "plan_buyer", "US-PLAN", "2030/1/1", "<script>x</script>"]],
            )
        )
        task = self.imported()
        self.assertEqual(task.name, name)
        self.assertNotIn("<script", str(task.description))
        self.assertNotIn("<b onclick", wizard.report)

    def test_thousands_of_rows_are_a_handful_of_queries(self):
        day = fields.Date.today() + timedelta(days=30)
        lines = "".join(f"Task {n},plan_buyer,US-PLAN,{day}\n" for n in range(3_000))
        wizard = self.wizard(f"Task,Owner,Store,Due\n{lines}".encode(), "big.csv")
        start, before = time.monotonic(), self.env.cr.sql_log_count
        wizard.action_import()
        self.env.flush_all()
        queries = self.env.cr.sql_log_count - before
        self.assertEqual(len(self.imported()), 3_000)
        self.assertLess(queries, 500)
        self.assertLess(time.monotonic() - start, 120)
