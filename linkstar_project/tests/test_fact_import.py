"""Import of daily figures: preview, control totals, faults, twice the same."""

import base64
import io

from openpyxl import Workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestFactImport(PlanCase):
    def _wizard(self, content, user=None, **values):
        if isinstance(content, str):
            content = content.encode()
        wizard = self.env["linkstar.fact.import"].with_user(user or self.lead)
        data = base64.b64encode(content)
        return wizard.create({"data": data, "filename": "f.csv", **values})

    def _facts(self):
        return self.env["linkstar.fact"].search([("store_id", "=", self.store.id)])

    def test_preview_writes_nothing_import_writes_twice_the_same(self):
        text = "Date,Store,Sales,Orders\n2026-03-01,US-PLAN,10,2\n"
        wizard = self._wizard(text)
        wizard.action_preview()
        self.assertFalse(self._facts())
        self.assertEqual((wizard.figure_count, wizard.error_count), (2, 0))
        wizard.action_import()
        self.assertEqual(sorted(self._facts().mapped("value")), [2, 10])
        again = self._wizard(text)
        again.action_import()
        self.assertIn("0 figures written, 2 stood", again.report)

    def test_each_ready_mapping_knows_its_own_export(self):
        for mapping in self.env["linkstar.fact.mapping"].search([]):
            dates = {"ymd": "2026-03-01", "dmy": "01/03/2026", "mdy": "03/01/2026"}
            layout = mapping._layout()
            headers = [layout.fields["date"][0]]
            headers += [words[0] for words in layout.metrics.values()]
            values = [dates[mapping.day_order]] + ["1"] * len(layout.metrics)
            text = ",".join(headers) + "\n" + ",".join(values) + "\n"
            wizard = self._wizard(text, mapping_id=mapping.id, store_id=self.store.id)
            wizard.action_preview()
            self.assertEqual(wizard.figure_count, len(layout.metrics), mapping.name)
            self.assertFalse(wizard.error_count, mapping.name)

    def test_mapping_is_recognised_by_its_columns(self):
        wizard = self._wizard(
            "日期,支付金额,支付订单数,商品浏览量\n2026-03-01,10,2,5\n",
            store_id=self.store.id,
        )
        wizard.action_preview()
        mapping = self.env.ref("linkstar_project.fact_mapping_aliexpress")
        self.assertEqual(wizard.mapping_id, mapping)

    def test_figures_of_agents_belong_to_employees(self):
        agents = self.env["hr.employee"].create(
            [{"name": "Wang Fang"}, {"name": "Li Na", "work_email": "li@x.example"}]
        )
        self._wizard(
            "Date,Agent,Tickets closed\n2026-03-01,Wang Fang,7\n"
            "2026-03-01,li@x.example,9\n",
            store_id=self.store.id,
        ).action_import()
        self.assertEqual(self._facts().employee_id, agents)

    def test_faults_are_listed_and_nothing_half_imported(self):
        text = (
            "Date,Store,MSKU,Sales\n2026-03-01,US-PLAN,SKU-1,1\n"
            "2026-03-01,US-NONE,SKU-1,2\n2026-03-01,US-PLAN,NO-SKU,3\nbad,US-PLAN,,4\n"
        )
        mapping = self.env.ref("linkstar_project.fact_mapping_own")
        wizard = self._wizard(text, mapping_id=mapping.id)
        wizard.action_preview()
        self.assertEqual(wizard.error_count, 3)
        for word in ("Row 3", "US-NONE", "Row 4", "NO-SKU", "Row 5"):
            self.assertIn(word, wizard.report)
        with self.assertRaisesRegex(UserError, "3 rows"):
            wizard.action_import()
        self.assertFalse(self._facts())
        wizard.skip_errors = True
        wizard.action_import()
        self.assertEqual(self._facts().listing_id, self.listing)

    def test_cells_cannot_put_markup_into_the_report(self):
        wizard = self._wizard(
            "Date,Sales\n<script>alert(1)</script>,1\n2026-03-01,2\n",
            store_id=self.store.id,
        )
        wizard.action_preview()
        self.assertNotIn("<script", wizard.report)

    def test_ten_thousand_rows_with_errors_take_a_handful_of_queries(self):
        lines = ["Date,Store,MSKU,Sales,Orders"]
        for number in range(10_000):
            sku = "SKU-1" if number % 10 else f"NO-{number}"
            day = f"2{number // 365:03d}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            lines.append(f"{day},US-PLAN,{sku},{number},1")
        mapping = self.env.ref("linkstar_project.fact_mapping_own")
        wizard = self._wizard("\n".join(lines), mapping_id=mapping.id)
        with self.assertQueryCount(60):
            wizard.action_preview()
        self.assertGreater(wizard.error_count, 900)

    def test_excel_files_are_read(self):
        book = Workbook()
        book.active.append(["Date", "Sales"])
        book.active.append(["2026-03-01", 12.5])
        stream = io.BytesIO()
        book.save(stream)
        wizard = self._wizard(stream.getvalue(), store_id=self.store.id)
        wizard.filename = "f.xlsx"
        wizard.action_import()
        self.assertEqual(self._facts().value, 12.5)

    def test_files_that_are_none_are_refused_with_a_sentence(self):
        for content in (b"", b"\x00\x01\x02" * 50, b"PK\x03\x04 broken", b"a,b\n1,2\n"):
            with self.assertRaises(UserError):
                self._wizard(content, store_id=self.store.id).action_preview()

    def test_own_mapping_is_saved_by_leads_and_used_again(self):
        metric = self.env.ref("linkstar_project.metric_gmv")
        mapping = (
            self.env["linkstar.fact.mapping"]
            .with_user(self.lead)
            .create(
                {
                    "name": "Mine",
                    "date_headers": "Tag",
                    "line_ids": [
                        (0, 0, {"headers": "Umsatz in Cent", "metric_id": metric.id})
                    ],
                }
            )
        )
        mapping.line_ids.factor = 0.01
        wizard = self._wizard("Tag,Umsatz in Cent\n2026-03-01,1250\n")
        wizard.store_id = self.store
        wizard.action_import()
        self.assertEqual(self._facts().value, 12.5)

    def test_only_leads_of_the_store_import(self):
        with self.assertRaises(AccessError):
            self._wizard("x", self.operator)
        self._add_member(self.other_store, self.lead, self.role)
        text = "Date,Sales\n2026-03-01,1\n"
        wizard = self._wizard(text, store_id=self.other_store.id)
        with self.assertRaises(AccessError):
            wizard.action_import()
