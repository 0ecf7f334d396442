"""The dashboard: what each reader sees of it, and what it costs to open."""

import base64
import csv
import io
from datetime import date, timedelta

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.linkstar_kpi import uninstall_hook
from odoo.addons.linkstar_kpi.models.dashboard.kpi_bi import SCHEMA, VIEWS

from .kpi_common import JULY, KpiCase

MOST_QUERIES = 100


class DashboardCase(KpiCase):
    """Anna above her target, Ben far below his; May of 2026 is calculated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        scheme = cls._scheme(
            [
                {"metric": "gmv", "weight": 60, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0},
                {"metric": "orders", "weight": 40, "floor": 0, "target": 3100.0}
                | {"stretch": 6200.0},
            ],
            code="board",
        )
        cls.employee_anna.name, cls.employee_ben.name = "Anna", "Ben"
        cls._assign(cls.employee_anna, scheme)
        cls._assign(cls.employee_ben, scheme)
        cls._facts(cls.us, "gmv", 1500.0)
        cls._facts(cls.us, "orders", 100.0)
        cls._facts(cls.de, "gmv", 200.0)
        cls._facts(cls.de, "orders", 20.0)
        cls.period.with_user(cls.manager).calculate()
        cls.board = cls.env["linkstar.kpi.dashboard"]

    def _load(self, user, *args):
        return self.board.with_user(user).load(*args)

    def _names(self, page):
        return {row["name"] for row in page["rows"]}


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCase):
    def test_a_lead_sees_the_team_as_people_by_metrics(self):
        page = self._load(self.lead, "team", self.period.id)
        self.assertEqual([row["name"] for row in page["rows"]], ["Anna", "Ben"])
        gmv, orders = (metric["id"] for metric in page["metrics"])
        anna = page["cells"][self.employee_anna.id]
        # 46,500 lies halfway from 31,000 to 62,000; 3,100 orders are the target.
        self.assertEqual(anna[gmv]["points"], 110.0)
        self.assertEqual(anna[orders]["points"], 100.0)
        self.assertEqual(page["rows"][0]["score"], 106.0)
        self.assertEqual(page["rows"][0]["attainment"], 1.3)
        # 6,200 EUR at par are a fifth of 31,000, and so are 620 orders.
        self.assertEqual(page["rows"][1]["score"], 20.0)
        self.assertEqual(page["summary"]["average"], 63.0)
        self.assertEqual([x["name"] for x in page["leaders"]], ["Anna"])
        self.assertEqual({x["weak"] for x in page["bottlenecks"]}, {1})
        self.assertEqual([x["count"] for x in page["distribution"]], [1, 0, 0, 1, 0])

    def test_people_see_their_own_card_on_every_level(self):
        for level in ("person", "team", "department", None):
            with self.subTest(level=level):
                page = self._load(self.anna, level, self.period.id)
                self.assertEqual(page["level"], "person")
                self.assertEqual(self._names(page), {"Anna"})
                self.assertEqual([x["name"] for x in page["subjects"]], ["Anna"])
                self.assertEqual(page["trend"][-1]["value"], 106.0)

    def test_naming_a_colleague_opens_nothing(self):
        with self.assertRaises(AccessError):
            self._load(self.anna, "person", self.period.id, self.employee_ben.id)
        with self.assertRaises(AccessError):
            self.board.with_user(self.anna).export(
                "csv", "person", self.period.id, self.employee_ben.id
            )

    def test_managers_see_all_and_somebody_without_cards_is_told_why(self):
        page = self._load(self.manager, "team", self.period.id)
        self.assertEqual(len(page["rows"]), 2)
        stranger = self._user("kpi_stranger", "linkstar_project.group_operator")
        page = self._load(stranger, None, self.period.id)
        self.assertFalse(page["rows"])
        self.assertIn("None of the cards", page["reason"])

    def test_departments_are_means_of_the_people_one_may_see(self):
        sales = self.env["hr.department"].create({"name": "Sales"})
        self.period.scorecard_ids.department_id = sales
        page = self._load(self.manager, "department", self.period.id)
        self.assertEqual(page["rows"][0]["name"], "Sales")
        self.assertEqual(page["rows"][0]["score"], 63.0)
        self.assertEqual(page["rows"][0]["people"], 2)

    def test_a_team_is_the_people_under_its_lead(self):
        self.employee_anna.parent_id = self.employee_lead
        page = self._load(self.manager, "team", self.period.id, self.employee_lead.id)
        self.assertEqual(self._names(page), {"Anna"})

    def test_who_looked_at_whose_score_is_logged(self):
        self._load(self.lead, "team", self.period.id)
        log = self.env["linkstar.kpi.view.log"].search([("user_id", "=", self.lead.id)])
        self.assertEqual(log.employee_id, self.employee_anna + self.employee_ben)

    def test_stores_show_what_they_reached_of_their_targets(self):
        metric = self.env.ref("linkstar_project.metric_gmv")
        self.env["linkstar.kpi.target"].create(
            [
                {"period_id": self.period.id, "metric_id": metric.id}
                | {"store_id": store.id, "value": value}
                for store, value in ((self.us, 46500.0), (self.de, 12400.0))
            ]
        )
        page = self._load(self.lead, "store", self.period.id)
        self.assertEqual(
            [(row["name"], row["score"]) for row in page["rows"]],
            [("US-KPI", 100.0), ("DE-KPI", 50.0)],
        )
        own = self._load(self.anna, "store", self.period.id)
        self.assertEqual(self._names(own), {"US-KPI"})
        with self.assertRaises(AccessError):
            self._load(self.anna, "store", self.period.id, self.de.id)

    def test_cost_shows_points_to_operators_and_no_attainment(self):
        line = self._line("gmv")
        line.write({"is_hidden": True, "attainment": 0, "value": 0})
        line.cost_figures = {"value": 46500.0, "attainment": 1.5}
        gmv = line.metric_id.id
        cell = self._load(self.anna, None, self.period.id)["cells"]
        self.assertEqual(cell[self.employee_anna.id][gmv]["points"], 110.0)
        self.assertIsNone(cell[self.employee_anna.id][gmv]["attainment"])
        cell = self._load(self.lead, "team", self.period.id)["cells"]
        self.assertEqual(cell[self.employee_anna.id][gmv]["attainment"], 1.5)

    def test_freshness_names_the_source_and_the_stores_behind(self):
        newest = date(2026, 6, 30)
        self._facts(self.us, "gmv", 1500.0, (newest, newest))
        page = self._load(self.lead, "team", self.period.id)
        (row,) = [x for x in page["freshness"] if x["metric"] == "Sales (GMV)"] or [
            next(x for x in page["freshness"] if "DE-KPI" in x["behind"])
        ]
        self.assertEqual(row["source"], "Amazon")
        self.assertEqual(row["last_day"], "2026-06-30")
        self.assertEqual((row["behind"], row["state"]), (["DE-KPI"], "late"))

    def test_a_team_of_fifty_opens_within_a_hundred_queries(self):
        scheme = self.env["linkstar.kpi.scheme"].search([("code", "=", "board")])
        shared = self._store("CA-KPI", "CA")
        people = self.env["hr.employee"].create(
            [{"name": f"P{n}", "parent_id": self.employee_lead.id} for n in range(50)]
        )
        for person in people:
            self._member(shared, person, share=2)
            self._assign(person, scheme)
        self.period.with_user(self.manager).calculate()
        for user in (self.lead, self.manager):
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            before = self.env.cr.sql_log_count
            page = self._load(user, "team", self.period.id)
            self.assertEqual(len(page["rows"]), 52)
            self.assertLessEqual(self.env.cr.sql_log_count - before, MOST_QUERIES)

    def test_files_hold_what_the_page_shows(self):
        self.employee_ben.name = "=1+1"
        board = self.board.with_user(self.lead)
        file = board.export("xlsx", "team", self.period.id)
        book = load_workbook(io.BytesIO(base64.b64decode(file["content"])))
        rows = list(book.worksheets[0].values)
        self.assertEqual(rows[1][:3], ("Anna", 106, 130))
        self.assertEqual(rows[2][0], "=1+1")
        self.assertEqual(book.worksheets[0].cell(3, 1).data_type, "s")
        file = board.export("csv", "team", self.period.id)
        text = base64.b64decode(file["content"]).decode("utf-8-sig")
        table = list(csv.reader(io.StringIO(text)))
        self.assertEqual(table[2][0], "'=1+1")
        with self.assertRaises(UserError):
            board.export("pdf", "team", self.period.id)


@tagged("post_install", "-at_install")
class TestDashboardDownload(DashboardCase, HttpCase):
    def test_the_address_of_a_file_gives_nobody_more_than_the_page(self):
        self.anna.password = self.ben.password = "kpi-password"
        self.authenticate(self.anna.login, "kpi-password")
        address = f"/linkstar/kpi/dashboard.csv?level=person&period={self.period.id}"
        answer = self.url_open(address)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Anna", answer.content.decode("utf-8-sig"))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        with self.assertLogs("odoo.http", "WARNING"):
            answer = self.url_open(f"{address}&subject={self.employee_ben.id}")
        self.assertEqual(answer.status_code, 403)
        self.assertNotIn("Ben", answer.text)


@tagged("post_install", "-at_install")
class TestViewsForBi(DashboardCase):
    def _rows(self, query):
        self.env.flush_all()
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    def test_views_show_scores_without_pay_or_cost(self):
        line = self._line("gmv")
        line.write({"is_hidden": True})
        rows = self._rows(
            f"SELECT employee, period, final_score FROM {SCHEMA}.score"
            f" WHERE period_id = {self.period.id} ORDER BY final_score"
        )
        self.assertEqual(
            [(row["employee"], row["final_score"]) for row in rows],
            [("Ben", 20.0), ("Anna", 106.0)],
        )
        (row,) = self._rows(
            f"SELECT * FROM {SCHEMA}.score_line WHERE line_id={line.id}"
        )
        self.assertEqual((row["points"], row["value"]), (110.0, None))
        columns = self._rows(
            "SELECT column_name AS name FROM information_schema.columns"
            f" WHERE table_schema = '{SCHEMA}'"
        )
        names = {column["name"] for column in columns}
        for word in ("amount", "payable", "bonus", "secret", "cost", "reason"):
            self.assertFalse([name for name in names if word in name], word)

    def test_cost_measures_stay_out_of_the_daily_figures(self):
        metric = self.env.ref("linkstar_project.metric_gmv")
        day = date(2026, 5, 1) + timedelta(days=3)
        query = (
            f"SELECT value FROM {SCHEMA}.store_day WHERE store_id = {self.us.id}"
            f" AND metric_code = 'gmv' AND date = '{day}'"
        )
        self.assertEqual([row["value"] for row in self._rows(query)], [1500.0])
        metric.is_cost = True
        self.assertFalse(self._rows(query))

    def test_only_the_owner_may_use_the_schema(self):
        (row,) = self._rows(
            f"SELECT nspacl::text AS acl FROM pg_namespace WHERE nspname = '{SCHEMA}'"
        )
        self.assertFalse(row["acl"])

    def test_making_them_again_keeps_what_was_granted(self):
        self.env.cr.execute(f"GRANT SELECT ON {SCHEMA}.score TO PUBLIC")
        self.env["linkstar.kpi.bi"]._make_views()
        (row,) = self._rows(
            "SELECT relacl::text AS acl FROM pg_class"
            f" WHERE oid = '{SCHEMA}.score'::regclass"
        )
        self.assertIn("=r/", row["acl"])

    def test_uninstalling_drops_them(self):
        self.assertTrue(VIEWS)
        uninstall_hook(self.env)
        self.assertFalse(
            self._rows(f"SELECT 1 FROM pg_namespace WHERE nspname = '{SCHEMA}'")
        )
