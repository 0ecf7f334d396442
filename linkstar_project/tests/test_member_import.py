"""Members from one sheet: preview, all or nothing, twice is once."""

import base64
import io

from openpyxl import Workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from .trust_common import TrustCase

HEADERS = ["店铺", "MSKU", "责任人", "岗位", "开始日期", "结束日期", "业绩占比", "主管"]


@tagged("post_install", "-at_install")
class TestMemberImport(TrustCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.listing(cls.store, "A-1")

    def wizard(self, rows, headers=(), user=None):
        book = Workbook()
        book.active.append(list(headers) or HEADERS)
        for row in rows:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return self.upload(stream.getvalue(), "members.xlsx", user)

    def upload(self, content, filename, user=None):
        wizards = self.env["linkstar.member.import"].with_user(user or self.lead)
        return wizards.create({"data": base64.b64encode(content), "filename": filename})

    def members(self):
        return self.env["linkstar.store.member"].search(
            [("store_id", "=", self.store.id)]
        )

    def test_a_chinese_sheet_adds_members_with_listing_dates_and_share(self):
        wizard = self.wizard(
            [
                ["T-ONE", "A-1", "trust_employee", "operator"]
                + ["2026-03-01", "2026-12-31", "60%", "否"],
            ]
        )
        wizard.action_preview()
        self.assertIn("1 new", wizard.report)
        self.assertTrue(wizard.can_import)
        self.assertEqual(len(self.members()), 2)
        wizard.action_import()
        member = self.members().filtered("listing_id")
        self.assertEqual(member.user_id, self.employee)
        self.assertEqual(member.listing_id.sku, "A-1")
        self.assertEqual(str(member.date_from), "2026-03-01")
        self.assertEqual(str(member.date_to), "2026-12-31")
        self.assertEqual(member.share, 60)

    def test_a_second_import_adds_nothing_and_an_edited_one_changes(self):
        row = ["T-ONE", "A-1", "trust_employee", "operator", "2026-03-01", None, 60, ""]
        self.wizard([row]).action_import()
        count = len(self.members())
        again = self.wizard([row])
        again.action_import()
        self.assertIn("0 new, 0 changed, 1 as they stand", again.report)
        row[6] = 40
        self.wizard([row]).action_import()
        self.assertEqual(len(self.members()), count)
        self.assertEqual(self.members().filtered("listing_id").share, 40)

    def test_one_faulty_row_stops_all_and_every_fault_is_told(self):
        rows = [
            ["T-ONE", "A-1", "trust_employee", "operator", "2026-03-01", None, 60, ""],
            ["T-NONE", "", "trust_employee", "operator", "", "", "", ""],
            ["T-ONE", "NOPE", "trust_employee", "operator", "", "", "", ""],
            ["T-ONE", "", "nobody here", "operator", "", "", "", ""],
            ["T-ONE", "", "trust_employee", "no role", "", "", "", ""],
            ["T-ONE", "", "trust_employee", "ads", "1.3.2026", "", "", ""],
            ["T-ONE", "", "trust_employee", "ads", "", "", "120", ""],
            ["T-TWO", "", "trust_employee", "ads", "", "", "", ""],
        ]
        wizard = self.wizard(rows)
        wizard.action_preview()
        self.assertFalse(wizard.can_import)
        for row in range(3, 10):
            self.assertIn(f"Row {row}:", wizard.report)
        with self.assertRaisesRegex(UserError, "7 rows"):
            wizard.action_import()
        self.assertEqual(len(self.members()), 2)

    def test_the_preview_finds_shares_above_the_whole_and_writes_nothing(self):
        wizard = self.wizard(
            [["T-ONE", "", "trust_employee", "operator", "2026-03-01", "", 50, ""]]
        )
        wizard.action_preview()
        self.assertFalse(wizard.can_import)
        self.assertIn("150", wizard.report)
        self.assertEqual(len(self.members()), 2)

    def test_roles_and_people_are_found_by_their_names(self):
        wizard = self.wizard(
            [["T-ONE", "A-1", self.employee.name, "Operator", "", "", "", ""]]
        )
        wizard.action_import()
        self.assertTrue(self.members().filtered("listing_id"))

    def test_hostile_text_is_shown_as_text(self):
        evil = "<img src=x onerror=alert(1)>"
        wizard = self.wizard([["T-ONE", "", evil, "operator", "", "", "", ""]])
        wizard.action_preview()
        self.assertNotIn("<img", wizard.report)
        self.assertIn("&lt;img", wizard.report)

    def test_a_file_that_is_no_table_gets_one_clear_line(self):
        for content, name in (
            (b"PK\x03\x04 broken", "x.xlsx"),
            (b"\x00\x01\x02", "x.xls"),
            (b"only,columns,that,mean,nothing\n1,2,3,4,5\n", "x.csv"),
        ):
            with self.subTest(name), self.assertRaises(UserError):
                self.upload(content, name).action_preview()

    def test_csv_saved_by_a_chinese_excel_is_read(self):
        text = "店铺,责任人,岗位,占比\nT-ONE,trust_employee,ads,50\n"
        self.upload(text.encode("gb18030"), "成员.csv").action_import()
        self.assertIn(self.employee, self.members().user_id)
