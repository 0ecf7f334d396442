"""An SOP in a spreadsheet becomes a template: previewed, whole, and only once."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import sample_sheets
from .plan_common import PlanCase
from .sheet_common import upload, xlsx

ZH = ["编号", "任务", "父任务", "岗位", "工时", "偏移天数", "前置任务", "说明"]


@tagged("post_install", "-at_install")
class TestSopImport(PlanCase):
    def wizard(self, content, filename="New SOP.xlsx", user=None, **values):
        wizards = self.env["linkstar.sop.import"].with_user(user or self.manager)
        return upload(wizards, content, filename, **values)

    def run_import(self, content, **values):
        wizard = self.wizard(content, **values)
        wizard.action_preview()
        wizard.action_import()
        return wizard, wizard.result_id

    def test_both_samples_become_templates(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang, names in (
            ("en", ["Choose the product", "Take photos", "Sea freight"]),
            ("zh", ["选品", "拍图", "海运头程"]),
        ):
            with self.subTest(lang=lang):
                content = sample_sheets.workbook("sop", lang)
                wizard = self.wizard(content, name=f"Sample {lang}")
                wizard.action_preview()
                self.assertTrue(wizard.can_import, wizard.report)
                wizard.action_import()
                template = wizard.result_id
                self.assertEqual(template.name, f"Sample {lang}")
                tasks = {task.name: task for task in template.task_ids}
                self.assertLessEqual(set(names), set(tasks))
                choose, photos, freight = (tasks[name] for name in names)
                self.assertEqual(choose.role_ids.code, "operator")
                self.assertEqual(choose.allocated_hours, 4)
                self.assertTrue(choose.milestone_id)
                self.assertTrue(photos.parent_id)
                self.assertTrue(photos.evidence_required)
                self.assertEqual(photos.offset_days, 3)
                self.assertEqual(freight.duration_kind, "elapsed")
                self.assertEqual(freight.duration_days, 30)
                order = freight.depend_on_ids
                self.assertEqual(order.gate_ids.kind, "approval")
                self.assertTrue(template.publish_version("from a sheet"))

    def test_the_preview_writes_nothing(self):
        before = self.env["project.task"].search_count([])
        wizard = self.wizard(
            xlsx(ZH, [["1", "选品"], ["2", "上架", "", "", 3, 2, "1"]])
        )
        wizard.action_preview()
        self.assertIn("2 new steps", wizard.report)
        self.assertIn("上架", wizard.report)
        self.assertEqual(self.env["project.task"].search_count([]), before)

    def test_a_second_import_adds_nothing_and_an_edited_one_changes(self):
        rows = [["1", "选品", "", "运营", 4], ["2", "上架", "", "", 3, 2, "1"]]
        self.env["res.lang"]._activate_lang("zh_CN")
        _first, template = self.run_import(xlsx(ZH, rows))
        again, same = self.run_import(xlsx(ZH, rows))
        self.assertEqual(same, template)
        self.assertIn("0 new steps, 0 changed, 2 as they stand", again.report)
        self.assertEqual(len(template.task_ids), 2)
        template.task_ids[0].tag_ids = self.env["project.tags"].create({"name": "T"})
        rows[1] = ["2", "上架新品", "", "", 5, 2, "1"]
        rows.append(["3", "复盘", "", "", 1, 30, "2"])
        changed, _same = self.run_import(xlsx(ZH, rows))
        self.assertIn("1 new steps, 1 changed, 1 as they stand", changed.report)
        self.assertEqual(
            template.task_ids.sorted("sequence").mapped("name"),
            ["选品", "上架新品", "复盘"],
        )
        self.assertEqual(template.task_ids[0].tag_ids.name, "T", "no column: it stays")

    def test_a_sheet_goes_into_a_template_by_the_names_of_its_steps(self):
        rows = [["Count stock", 9], ["Pack", 1]]
        _wizard, template = self.run_import(
            xlsx(["Task", "Hours"], rows), template_id=self.template.id
        )
        self.assertEqual(template, self.template)
        self.assertEqual(len(template.task_ids), 5)
        self.assertEqual(self.steps[0].allocated_hours, 9)
        self.assertEqual(self.steps[1].depend_on_ids, self.steps[0], "links stay")

    def test_every_faulty_row_is_named_and_nothing_is_imported(self):
        rows = [
            ["1", "A", "", "pilot"],
            ["2", "", "", ""],
            ["3", "C", "nobody"],
            ["4", "D", "", "", "many", "soon"],
            ["5", "E", "", "", 1, 0, "9"],
            ["6", "F", "", "", 1, 0, "6"],
            ["6", "G"],
            ["8", "H", "", "", -2, 99999],
        ]
        before = self.env["project.project"].search_count([])
        wizard = self.wizard(xlsx(ZH, rows))
        wizard.action_preview()
        self.assertFalse(wizard.can_import)
        for row in range(2, 10):
            self.assertIn(f"Row {row}:", wizard.report)
        with self.assertRaises(UserError):
            wizard.action_import()
        self.assertEqual(self.env["project.project"].search_count([]), before)

    def test_loops_are_named_by_their_steps(self):
        wizard = self.wizard(
            xlsx(["Task", "Predecessor"], [["A", "C"], ["B", "A"], ["C", "B"]])
        )
        wizard.action_preview()
        self.assertIn("wait for each other", wizard.report)
        self.assertIn("A → ", wizard.report)

    def test_markup_and_formulas_stay_text(self):
        name = '<img src=x onerror="alert(1)">'
        content = (
            f'Task,Note\n"{name.replace(chr(34), chr(34) * 2)}",'
            '"=HYPERLINK(""http://x"")\n<script>alert(2)</script>"\n'
        ).encode()
        wizard, template = self.run_import(content, filename="evil.csv")
        task = template.task_ids
        self.assertEqual(task.name, name)
        self.assertNotIn("<script", task.description)
        self.assertIn("=HYPERLINK", task.description)
        self.assertNotIn("<img", wizard.report)

    def test_ten_thousand_faulty_rows_end_in_a_short_list(self):
        rows = "".join(f"Step {n},pilot{n}\n" for n in range(9_990))
        wizard = self.wizard(f"Task,Role\n{rows}".encode(), filename="long.csv")
        wizard.action_preview()
        self.assertIn("and 9890 more", wizard.report)
        self.assertLess(len(wizard.report), 30_000)
        more = f"Task\n{'x' * 5}\n" + "".join(f"S{n}\n" for n in range(10_001))
        with self.assertRaisesRegex(UserError, "too many rows"):
            self.wizard(more.encode(), filename="longer.csv").action_preview()

    def test_files_that_are_no_sheet_are_refused(self):
        for content, filename in (
            (b"\x00\x01\x02" * 100, "x.xlsx"),
            (b"PK\x03\x04broken", "x.xlsx"),
            (b"Price,Stock\n1,2\n", "x.csv"),
        ):
            with self.subTest(content=content[:10]), self.assertRaises(UserError):
                self.wizard(content, filename).action_preview()

    def test_only_template_managers_import(self):
        with self.assertRaises(AccessError):
            self.wizard(xlsx(ZH, [["1", "A"]]), user=self.lead)
        wizard = self.wizard(xlsx(ZH, [["1", "A"]]))
        with self.assertRaises(AccessError):
            wizard.with_user(self.lead).action_import()
        with self.assertRaises(AccessError):
            self.template.with_user(self.manager).sheet_key = "sop:stolen"
