"""The bonus sheet, read back cell by cell."""

import base64
import io

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .kpi_common import JULY, KpiCase

#: What spreadsheets take for a formula when it is no text.
NAMES = ("=Anna", "+Ben")
REASONS = ("@typo", "-1 day", "=SUM(A1:A9)", "+49 30 1234")
DETAIL = (
    "employee_id",
    "plan_id",
    "kind",
    "period",
    "base",
    "rate",
    "commission",
    "score",
    "team_score",
    "team_part",
    "coefficient",
    "share",
    "gross",
    "is_capped",
    "failed_gate",
    "amount",
    "held_back",
    "payable",
    "reason",
)


@tagged("post_install", "-at_install")
class TestBonusSheet(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.gmv = cls._scheme(
            [
                {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0},
            ],
            code="gmv",
        )
        for employee, name in zip(
            cls.employee_anna + cls.employee_ben, NAMES, strict=True
        ):
            employee.name = name
            cls._assign(employee, cls.gmv)
        cls._facts(cls.us, "gmv", 1000.01)
        cls._facts(cls.de, "gmv", 800.33)
        cls.period.with_user(cls.manager).calculate()
        for card in cls.period.scorecard_ids:
            card.with_user(cls.manager).action_delivered("Mail of 2 May.")
        cls.period.with_user(cls.manager).action_publish()
        cls.plan = (
            cls.env["linkstar.kpi.bonus.plan"]
            .with_user(cls.payroll)
            .create(
                {
                    "name": "-Operators",
                    "currency_id": cls.env.ref("base.USD").id,
                    "scheme_ids": [(6, 0, cls.gmv.ids)],
                    "base_metric_id": cls.env.ref("linkstar_project.metric_gmv").id,
                    "tier_ids": [(0, 0, {"lower": 0, "rate": 1.5})],
                    "holdback": 12.5,
                    "team_part": 20,
                    "team_by": "plan",
                }
            )
        )
        cls.run_ = (
            cls.env["linkstar.kpi.bonus.run"]
            .with_user(cls.payroll)
            .create({"period_id": cls.period.id, "plan_ids": [(6, 0, cls.plan.ids)]})
        )
        cls.run_.action_compute()
        for number, reason in enumerate(REASONS):
            cls.run_.add_line(cls.employee_anna.id, "correction", number + 0.37, reason)

    def _sheets(self, lang=None):
        book = self.run_.export_xlsx(lang)
        content = io.BytesIO(base64.b64decode(book["content"]))
        return load_workbook(content).worksheets

    def test_every_cell_of_the_detail_is_the_databases(self):
        rows = list(self._sheets()[1].values)[1:]
        self.assertEqual(len(rows), len(self.run_.line_ids))
        labels = dict(
            self.run_.line_ids._fields["kind"]._description_selection(self.env)
        )
        for row, line in zip(rows, self.run_.line_ids, strict=True):
            wanted = {
                **{name: line[name] for name in DETAIL if name in line._fields},
                "employee_id": line.employee_id.name,
                "plan_id": line.plan_id.name or None,
                "kind": labels[line.kind],
                "period": line.scorecard_id.period_id.name or None,
                "team_score": line.team_score if line.team_part else None,
                "team_part": line.team_part or None,
                "is_capped": "Yes" if line.is_capped else None,
                "failed_gate": line.failed_gate or None,
                "reason": line.reason or None,
            }
            for name, cell in zip(DETAIL, row, strict=True):
                cell = None if cell == "" else cell
                self.assertEqual(cell, wanted[name], f"{line.display_name}: {name}")

    def test_sums_of_the_sheets_are_those_of_the_database(self):
        summary, detail, _sources = self._sheets()
        rows = list(summary.values)
        people, total = rows[1:-1], rows[-1]
        self.assertEqual(len(people), 2)
        names = ("total_amount", "total_held_back", "total_payable")
        for column, name in enumerate(names, start=3):
            self.env.cr.execute(
                "SELECT sum(amount), sum(held_back), sum(payable)"
                " FROM linkstar_kpi_bonus_line WHERE run_id = %s",
                (self.run_.id,),
            )
            stored = self.env.cr.fetchone()[column - 3]
            self.assertAlmostEqual(total[column], float(stored), 2)
            self.assertAlmostEqual(total[column], self.run_[name], 2)
            self.assertAlmostEqual(sum(row[column] for row in people), total[column], 2)
        amounts = [row[DETAIL.index("amount")] for row in list(detail.values)[1:]]
        self.assertAlmostEqual(sum(amounts), total[3], 2)
        self.assertEqual(rows[0][-1], "Signature")
        self.assertFalse(any(row[6] for row in people))

    def test_text_that_looks_like_a_formula_stays_text(self):
        found = set()
        for sheet in self._sheets():
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.value[:1] in "=+-@":
                        self.assertEqual(cell.data_type, "s", cell.coordinate)
                        found.add(cell.value)
                    self.assertNotEqual(cell.data_type, "f", cell.coordinate)
        self.assertLessEqual({*NAMES, *REASONS, "-Operators"}, found)

    def test_headers_come_in_either_language(self):
        english, chinese = self._sheets("en_US"), self._sheets("zh_CN")
        for one, other in zip(english, chinese, strict=True):
            heads = [next(sheet.values) for sheet in (one, other)]
            self.assertEqual(len(heads[0]), len(heads[1]))
            self.assertEqual([h for h in heads[0] if not h.isascii()], [])
            same = [h for h in heads[1] if h.isascii()]
            self.assertEqual(same, [], "headers without Chinese")
        self.assertEqual(chinese[0]["A1"].value, "员工")
        self.assertEqual(chinese[0]["F2"].value, english[0]["F2"].value)
        # A language that is not installed falls back to the reader's.
        self.assertEqual(self._sheets("xx_XX")[0]["A1"].value, "Employee")

    def test_sources_explain_each_line_of_each_card(self):
        rows = list(self._sheets()[2].values)[1:]
        lines = self.run_.line_ids.scorecard_id.line_ids
        self.assertEqual(len(rows), len(lines))
        for row, line in zip(rows, lines, strict=True):
            self.assertEqual(row[:2], (line.employee_id.name, line.period_id.name))
            self.assertEqual(row[3:7], (line.value, line.target, line.points, 100.0))
            self.assertIn(line.metric_id.name, row[8])

    def test_only_payroll_exports_in_any_language(self):
        for user in (self.anna, self.lead, self.manager):
            with self.assertRaises(AccessError):
                self.run_.with_user(user).export_xlsx("zh_CN")
