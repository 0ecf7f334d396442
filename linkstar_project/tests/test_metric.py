"""Metrics: the catalogue, formulas in SQL and Python, evaluating."""

from hypothesis import HealthCheck, given, settings

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..engine import formula
from ..models.measure.formula_sql import compile_sql
from .formula_strategy import formulas, measures
from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestMetric(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.metric = cls.env["linkstar.metric"]
        cls.fact = cls.env["linkstar.fact"]
        cls.german = cls._create_store(
            "DE-PLAN",
            cls.env["linkstar.marketplace"].search(
                [("platform_id", "=", cls.platform.id), ("code", "=", "DE")]
            ),
        )

    def _facts(self, code, values, store=None, **other):
        """Figures of the first days of March 2026."""
        self.fact._upsert(
            {
                "store_id": (store or self.store).id,
                "metric": code,
                "date": f"2026-03-{day:02d}",
                "value": value,
                **other,
            }
            for day, value in enumerate(values, 1)
        )

    def _value(self, code, stores=None, last=31, **options):
        stores = stores or self.store
        values = self.metric.evaluate(
            [code], stores.ids, "2026-03-01", f"2026-03-{last:02d}", **options
        )
        return values[code]

    # -- catalogue --

    def test_whole_catalogue_computes_in_one_query(self):
        codes = list(self.metric._specs())
        self.assertGreaterEqual(len(codes), 84)
        self.metric.evaluate(codes, self.store.ids, "2026-03-01", "2026-03-31")
        with self.assertQueryCount(4):
            values = self.metric.evaluate(
                codes, self.store.ids, "2026-03-01", "2026-03-31"
            )
        self.assertEqual(set(values), set(codes))

    def test_each_ratio_of_the_catalogue_divides_sums(self):
        # Other addons measure ratios of their own from tasks, not from figures.
        catalogue = self.env["ir.model.data"].search(
            [("module", "=", "linkstar_project"), ("model", "=", "linkstar.metric")]
        )
        ratios = self.metric.search(
            [("additivity", "=", "ratio"), ("id", "in", catalogue.mapped("res_id"))]
        )
        self.assertTrue(ratios)
        self.assertFalse(ratios.filtered(lambda metric: metric.kind != "formula"))

    def test_unknown_code_is_named(self):
        with self.assertRaisesRegex(ValueError, "no_such"):
            self._value("no_such")

    # -- both compilers --

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(formulas(), measures())
    def test_sql_and_python_give_the_same_value(self, text, values):
        tree = formula.parse(text)
        columns = {name: SQL("%s::float8", value) for name, value in values.items()}
        query = SQL("SELECT %s", compile_sql(tree, columns))
        ((found,),) = self.env.execute_query(query)
        self.assertEqual(found, formula.evaluate(tree, values), text)

    # -- putting together --

    def test_ratio_is_a_sum_over_a_sum(self):
        self._facts("ad_spend", [90, 10])
        self._facts("ad_sales", [100, 900])
        self.assertEqual(self._value("acos"), 10.0)

    def test_nothing_reported_is_none_not_zero(self):
        self._facts("gmv", [100])
        self.assertIsNone(self._value("net_sales"))
        self._facts("refund_amount", [0])
        self.assertEqual(self._value("net_sales"), 100)

    def test_stock_is_the_last_day_of_each_listing(self):
        self.env["linkstar.listing"].create({"store_id": self.store.id, "sku": "SKU-2"})
        self._facts("stock_available", [10, 8, 6], sku="SKU-1")
        self._facts("stock_available", [5, 4], sku="SKU-2")
        self.assertEqual(self._value("stock_available"), 10)
        self.assertEqual(self._value("stock_available", sku="SKU-1"), 6)
        self.assertEqual(self._value("stock_available", last=1), 15)

    def test_whole_store_rows_are_not_counted_with_their_listings(self):
        self._facts("gmv", [100, 100])
        self._facts("gmv", [60, 60], sku="SKU-1")
        self.assertEqual(self._value("gmv"), 200)
        self.assertEqual(self._value("gmv", sku="SKU-1"), 120)

    def _day(self, code, day, value, **other):
        row = {"store_id": self.store.id, "metric": code, "date": f"2026-03-{day:02d}"}
        self.fact._upsert([row | {"value": value, **other}])

    def test_listings_stand_in_on_days_without_a_whole_store_figure(self):
        self.env["linkstar.listing"].create({"store_id": self.store.id, "sku": "SKU-2"})
        for day in range(1, 8):
            self._day("orders", day, 10, sku="SKU-1")
            self._day("orders", day, 1, sku="SKU-2")
        self.assertEqual(self._value("orders"), 77)
        for day, expected in ((4, 166), (1, 255), (7, 344), (3, 433)):
            self._day("orders", day, 100)
            self.assertEqual(self._value("orders"), expected, day)

    def test_people_stand_in_only_on_days_without_listings(self):
        person = self.env["hr.employee"].create({"name": "A"})
        self._day("orders", 1, 5, employee_id=person.id)
        self._day("orders", 1, 7, sku="SKU-1")
        self._day("orders", 2, 3, employee_id=person.id)
        self.assertEqual(self._value("orders"), 10)

    def test_state_is_that_of_its_last_day_whatever_the_grain(self):
        self._day("stock_available", 1, 50, sku="SKU-1")
        self._day("stock_available", 2, 80)
        self.assertEqual(self._value("stock_available"), 80)
        self._day("stock_available", 3, 60, sku="SKU-1")
        self.assertEqual(self._value("stock_available"), 60)

    def test_platform_figure_of_the_store_is_not_mixed_with_listings(self):
        self._day("odr", 1, 0.4)
        self._day("odr", 2, 0.9, sku="SKU-1")
        self.assertEqual(self._value("odr"), 0.4)

    def test_figures_of_people_make_the_store_where_nothing_else_does(self):
        people = self.env["hr.employee"].create([{"name": "A"}, {"name": "B"}])
        for person in people:
            self._facts("messages_due", [10], employee_id=person.id)
            self._facts("messages_in_24h", [9], employee_id=person.id)
        self.assertEqual(self._value("messages_due"), 20)
        self.assertEqual(self._value("msg_24h_rate"), 90)

    def test_platform_figure_is_never_added_over_stores(self):
        self._facts("odr", [0.4, 0.5])
        self.assertEqual(self._value("odr"), 0.5)
        self._facts("odr", [0.1], store=self.other_store)
        self.assertIsNone(self._value("odr", self.store | self.other_store))

    def test_reported_ratio_stands_where_its_parts_are_unknown(self):
        self._facts("unit_session_pct", [12.0])
        self.assertEqual(self._value("unit_session_pct"), 12.0)
        self._facts("units_ordered", [30])
        self._facts("sessions", [200])
        self.assertEqual(self._value("unit_session_pct"), 15.0)

    def test_average_state_is_the_mean_of_days_of_the_sum(self):
        self._facts("inventory_value", [100, 200], sku="SKU-1")
        self.assertEqual(self._value("inventory_value", last=2), 150)
        self._facts("cogs", [30])
        self.assertEqual(self._value("inventory_turnover", last=2), 30 / 150 * 365 / 2)

    def test_groups_add_up_to_the_whole(self):
        self._facts("gmv", [1, 2, 3])
        self._facts("gmv", [10, 20], store=self.other_store)
        stores = self.store | self.other_store
        query = self.metric._sql(
            ["gmv", "orders_per_day"], ["store_id", "date"], stores.ids
        )
        rows = self.env.execute_query(query)
        self.assertEqual(len(rows), 5)
        self.assertEqual(sum(row[2] for row in rows), self._value("gmv", stores))

    # -- currency --

    def _rate(self, currency, rate, day):
        currency = self.env.ref(f"base.{currency}")
        currency.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": rate, "name": day}
        )

    def test_amounts_are_converted_at_the_rate_of_their_day(self):
        self.company.currency_id = self.env.ref("base.USD")
        self.env["res.currency.rate"].search([]).unlink()
        self._rate("EUR", 0.5, "2026-01-01")
        self._rate("EUR", 0.8, "2026-03-02")
        self._facts("gmv", [10, 10], store=self.german)
        self.assertEqual(self._value("gmv", self.german), 20)
        self.assertEqual(self._value("gmv", self.german, currency="USD"), 32.5)
        self._facts("gmv", [1])
        both = self.german | self.store
        self.assertEqual(self._value("gmv", both), 33.5)
        self.assertEqual(self._value("gmv", both, currency="EUR"), 20.5)

    def test_missing_rate_makes_the_sum_unknown_not_wrong(self):
        self.env["res.currency.rate"].search([]).unlink()
        self.company.currency_id = self.env.ref("base.USD")
        self._facts("gmv", [10], store=self.german)
        self._facts("gmv", [1])
        self.assertIsNone(self._value("gmv", self.german | self.store))

    def test_unknown_currency_is_named(self):
        with self.assertRaisesRegex(ValidationError, "XXQ"):
            self._value("gmv", currency="XXQ")

    # -- rights --

    def test_member_evaluates_own_stores_only(self):
        self._facts("gmv", [5])
        metric = self.metric.with_user(self.operator)
        days = ("2026-03-01", "2026-03-31")
        self.assertEqual(metric.evaluate(["gmv"], self.store.ids, *days), {"gmv": 5})
        with self.assertRaises(AccessError):
            metric.evaluate(["gmv"], self.other_store.ids, *days)

    def test_stores_must_be_named(self):
        self._facts("gmv", [5], store=self.other_store)
        metric = self.metric.with_user(self.operator)
        own = self.store.id
        for stores in (None, [], (), False, own, str(own), [str(own)], [own, None]):
            with self.subTest(stores=stores), self.assertRaises(UserError):
                metric.evaluate(["gmv"], stores, "2026-03-01", "2026-03-31")

    def test_operator_never_sees_cost_nor_what_reveals_it(self):
        self._facts("cogs", [5])
        days = ("2026-03-01", "2026-03-31")
        for code in ("cogs", "gross_profit", "net_margin"):
            with self.assertRaises(AccessError):
                self.metric.with_user(self.operator).evaluate(
                    [code], self.store.ids, *days
                )
        self.metric.with_user(self.lead).evaluate(["cogs"], self.store.ids, *days)
        domain = [("metric_id.code", "=", "cogs")]
        self.assertFalse(self.fact.with_user(self.operator).search(domain))
        self.assertTrue(self.fact.with_user(self.lead).search(domain))

    # -- own metrics --

    def test_own_formula_joins_the_catalogue(self):
        self.metric.create(
            {
                "code": "spend_share",
                "name": "x",
                "kind": "formula",
                "formula": "if(gmv > 0, round(100 * ad_spend / gmv, 1), 0)",
            }
        )
        self._facts("gmv", [300])
        self._facts("ad_spend", [100])
        self.assertEqual(self._value("spend_share"), 33.3)

    def test_faulty_formula_is_refused_with_its_position(self):
        with self.assertRaisesRegex(ValidationError, "Character 7.*nobody"):
            self.metric.create(
                {
                    "code": "x1",
                    "name": "x",
                    "kind": "formula",
                    "formula": "gmv / nobody",
                }
            )

    def test_formula_may_not_need_itself(self):
        first = self.metric.create(
            {"code": "x1", "name": "x", "kind": "formula", "formula": "gmv + 1"}
        )
        self.metric.create(
            {"code": "x2", "name": "x", "kind": "formula", "formula": "x1 + 1"}
        )
        with self.assertRaisesRegex(ValidationError, "x1 → x2 → x1"):
            first.formula = "x2 + 1"

    def test_metric_with_figures_keeps_its_code(self):
        self._facts("gmv", [1])
        with self.assertRaisesRegex(ValidationError, "gmv"):
            self.env.ref("linkstar_project.metric_gmv").code = "other"

    def test_metric_that_a_formula_needs_stays(self):
        with self.assertRaisesRegex(ValidationError, "ad_sales"):
            self.env.ref("linkstar_project.metric_ad_sales").unlink()
