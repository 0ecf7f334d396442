"""Whose figures count: shares, listings, currencies, exclusions, targets."""

import random
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.linkstar_kpi.calculation import rollup
from odoo.addons.linkstar_kpi.calculation.fact_sums import FactSums, Request
from odoo.addons.linkstar_kpi.calculation.holdings import led_segments
from odoo.addons.linkstar_kpi.engine import attribution

from .kpi_common import JULY, MAY, KpiCase


@tagged("post_install", "-at_install")
class TestAttribution(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.gmv = cls._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}],
            code="gmv",
        )

    def _gmv(self, employee=None):
        self.period.with_user(self.manager).calculate()
        return self._line("gmv", self._card(employee))

    def test_shared_store_60_40_then_50_50(self):
        self._assign(self.employee_anna, self.gmv)
        self._assign(self.employee_ben, self.gmv)
        member = self.us.member_ids.filtered(
            lambda m: m.employee_id == self.employee_anna
        )
        member.write({"share": 60, "date_to": "2026-05-10"})
        self._member(self.us, self.employee_ben, share=40, date_to="2026-05-10")
        for employee in (self.employee_anna, self.employee_ben):
            self._member(self.us, employee, share=50, date_from="2026-05-11")
        self._facts(self.us, "gmv", 100.0)
        self._facts(self.de, "gmv", 0.0)
        self.assertAlmostEqual(self._gmv().value, 600 + 1050)
        self.assertAlmostEqual(self._gmv(self.employee_ben).value, 400 + 1050)

    def test_a_listings_holder_takes_it_out_of_the_store(self):
        self._assign(self.employee_anna, self.gmv)
        self._assign(self.employee_ben, self.gmv)
        self._member(self.us, self.employee_ben, listing_id=self.sku.id)
        self._facts(self.us, "gmv", 100.0)
        self._facts(self.us, "gmv", 30.0, listing_id=self.sku.id)
        self._facts(self.de, "gmv", 0.0)
        self.assertEqual(self._gmv().value, 31 * 70.0)
        self.assertEqual(self._gmv(self.employee_ben).value, 31 * 30.0)

    def test_ratio_is_a_sum_over_a_sum_never_a_mean(self):
        scheme = self._scheme(
            [
                {"metric": "acos", "weight": 100, "floor": 40, "target": 20}
                | {"stretch": 10},
            ],
            code="acos",
        )
        self._assign(self.employee_anna, scheme)
        self._facts(self.us, "ad_spend", 10.0, span=(MAY[0], date(2026, 5, 15)))
        self._facts(self.us, "ad_sales", 10.0, span=(MAY[0], date(2026, 5, 15)))
        self._facts(self.us, "ad_spend", 10.0, span=(date(2026, 5, 16), MAY[1]))
        self._facts(self.us, "ad_sales", 100.0, span=(date(2026, 5, 16), MAY[1]))
        self.period.with_user(self.manager).calculate()
        line = self._line("acos")
        self.assertAlmostEqual(line.value, 100 * 310 / (150 + 1600), places=3)
        self.assertAlmostEqual(line.denominator, 1750)

    def test_two_currencies_by_budget_rate(self):
        scheme = self._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 1000}],
            code="fx",
            publish=False,
        )
        version = scheme.draft_version_id
        version.write(
            {
                "rate_rule": "budget",
                "rate_ids": [
                    (0, 0, {"currency_id": self.de.currency_id.id, "rate": 1.25})
                ],
            }
        )
        version.action_publish()
        self._member(self.de, self.employee_anna, share=0)
        self.de.member_ids.filtered(
            lambda m: m.employee_id == self.employee_ben
        ).date_to = "2026-04-30"
        self._member(self.de, self.employee_anna, share=100, date_from="2026-05-01")
        self._assign(self.employee_anna, scheme)
        self._facts(self.us, "gmv", 10.0)
        self._facts(self.de, "gmv", 10.0)
        self.assertAlmostEqual(self._gmv().value, 31 * 10 + 31 * 12.5)

    def test_rate_of_the_day(self):
        currency = self.de.currency_id
        self.env["res.currency.rate"].search(
            [("currency_id", "=", currency.id)]
        ).unlink()
        for day, rate in (("2026-01-01", 0.5), ("2026-05-11", 0.8)):
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": day, "rate": rate}
            )
        self._assign(self.employee_ben, self.gmv)
        self._facts(self.de, "gmv", 8.0)
        value = self._gmv(self.employee_ben).value
        self.assertAlmostEqual(value, 10 * 16.0 + 21 * 10.0)

    def test_missing_rate_is_an_error_not_a_zero(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.de.currency_id.id)]
        ).unlink()
        self._assign(self.employee_ben, self.gmv)
        self._facts(self.de, "gmv", 8.0)
        line = self._gmv(self.employee_ben)
        self.assertEqual((line.outcome, line.outcome_reason), ("error", "no_rate"))
        self.assertFalse(self._card(self.employee_ben).is_final)

    def test_joined_in_the_month_prorates_the_target(self):
        self._assign(self.employee_anna, self.gmv, date_from="2026-05-17")
        self._facts(self.us, "gmv", 1000.0)
        line = self._gmv()
        self.assertEqual(line.value, 15 * 1000.0)
        self.assertAlmostEqual(line.target, 31000 * 15 / 31, places=3)
        self.assertEqual(line.points, 100.0)

    def test_newcomers_climb_a_ramp(self):
        scheme = self._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 1000}],
            code="ramp",
            ramp="40, 60",
        )
        self._assign(self.employee_anna, scheme, joined_on="2026-04-01")
        self._facts(self.us, "gmv", 10.0)
        self.assertAlmostEqual(self._gmv().target, 600.0)

    def test_exclusion_leaves_figure_and_target_alike(self):
        self._assign(self.employee_anna, self.gmv)
        self._facts(self.us, "gmv", 1000.0)
        self._facts(self.us, "gmv", 0.0, span=(date(2026, 5, 1), date(2026, 5, 10)))
        self.assertLess(self._gmv().points, 70)
        item = (
            self.env["linkstar.kpi.exclusion"]
            .with_user(self.anna)
            .create(
                {
                    "store_id": self.us.id,
                    "date_from": "2026-05-01",
                    "date_to": "2026-05-10",
                    "cause": "suspension",
                    "reason": "Identity check of the platform.",
                }
            )
        )
        with self.assertRaises(AccessError):
            item.with_user(self.anna).decide(True)
        item.with_user(self.lead).decide(True)
        line = self._gmv()
        self.assertAlmostEqual(line.target, 31000 * 21 / 31, places=3)
        self.assertEqual(line.points, 100.0)
        self.assertIn("10", line.explanation)

    def test_causing_a_stock_out_never_pays(self):
        self._assign(self.employee_anna, self.gmv)
        self._facts(self.us, "gmv", 1000.0)
        item = self.env["linkstar.kpi.exclusion"].create(
            {
                "store_id": self.us.id,
                "date_from": "2026-05-01",
                "date_to": "2026-05-10",
                "cause": "out_of_stock",
                "reason": "No stock.",
            }
        )
        with self.assertRaises(UserError):
            item.with_user(self.manager).decide(True)
        item.responsible_id = self.employee_anna
        item.with_user(self.manager).decide(True)
        self.assertEqual(self._gmv().value, 31000.0)

    def test_store_targets_come_down_by_share_and_days(self):
        self._assign(self.employee_anna, self.gmv)
        self.us.member_ids.filtered(
            lambda m: m.employee_id == self.employee_anna
        ).share = 50
        self.env["linkstar.kpi.target"].create(
            {
                "period_id": self.period.id,
                "metric_id": self.env.ref("linkstar_project.metric_gmv").id,
                "store_id": self.us.id,
                "value": 62000,
            }
        )
        self._facts(self.us, "gmv", 1000.0)
        line = self._gmv()
        self.assertAlmostEqual(line.target, 31000)
        self.assertEqual(line.value, 15500)

    def test_nobody_without_a_store_is_scored_zero(self):
        self._assign(self.employee_lead, self.gmv)
        line = self._gmv(self.employee_lead)
        self.assertEqual(line.outcome, "not_applicable")
        self.assertFalse(self._card(self.employee_lead).is_scored)

    def test_an_archived_group_gives_its_lead_nothing(self):
        group = self.env["linkstar.store.group"].create(
            {"name": "Europe", "code": "EU-KPI", "store_ids": [(6, 0, self.de.ids)]}
        )
        boss = self._user("kpi_boss", "linkstar_project.group_lead")
        employee = self._employee(boss)
        values = {"store_id": False, "group_id": group.id, "is_lead": True}
        self._member(self.de, employee, **values)
        led = led_segments(self.env, employee.ids, *MAY)
        self.assertEqual(led[employee.id][0].store, self.de.id)
        self.assertIn(self.employee_ben.id, boss._linkstar_kpi_team_ids())
        group.active = False
        self.assertFalse(led_segments(self.env, employee.ids, *MAY))
        self.assertNotIn(self.employee_ben.id, boss._linkstar_kpi_team_ids())

    def test_a_day_on_is_a_true_zero(self):
        self._assign(self.employee_anna, self.gmv)
        self._facts(self.us, "gmv", 0.0)
        line = self._gmv()
        self.assertEqual((line.outcome, line.value), ("measured", 0.0))
        self.assertTrue(self._card().is_scored)

    def test_database_and_python_agree_on_random_figures(self):
        chance = random.Random(7)
        facts, segments = {}, []
        for number in range(31):
            day = MAY[0] + timedelta(days=number)
            for listing, row in (
                (None, {}),
                (self.sku.id, {"listing_id": self.sku.id}),
            ):
                value = round(chance.uniform(0, 900), 2)
                facts[listing, day] = value
                self._facts(self.us, "orders", value, span=(day, day), **row)
        for person in range(1, 5):
            first = MAY[0] + timedelta(days=chance.randrange(20))
            last = first + timedelta(days=chance.randrange(31))
            listing = chance.choice([None, self.sku.id])
            share = chance.choice([0.1, 0.2, 0.25])
            segments.append(
                attribution.Segment(
                    person, 1, self.us.id, listing, first, min(last, MAY[1]), share
                )
            )
        holdings = attribution.Holdings(attribution.resolve(segments))
        requests, expected = [], []
        for person in range(1, 5):
            parts = attribution.parts_of(holdings.of(person, 1, MAY), holdings)
            requests.append(Request(parts, MAY[1]))
            expected.append(
                sum(
                    part.weight * value
                    for part in parts
                    for (listing, day), value in facts.items()
                    if listing == part.listing and part.date_from <= day <= part.date_to
                )
            )
        rollup.refresh(self.env)
        spec = self.env["linkstar.metric"]._specs()["orders"]
        usd = self.env.ref("base.USD")
        sums = FactSums(self.env, [spec], usd, "day", {}, self.env.company)
        for answer, value in zip(sums.read(requests), expected, strict=True):
            cells = list(answer.values())
            self.assertAlmostEqual(sum(c.value for c in cells), value, places=6)

    def test_rollup_follows_corrections_and_listing_only_sources(self):
        self._facts(self.de, "orders", 5.0, span=(MAY[0], MAY[0]))
        listing = self.env["linkstar.listing"].create(
            {"store_id": self.us.id, "sku": "SKU-B"}
        )
        for item in (self.sku, listing):
            self._facts(
                self.us, "orders", 2.0, span=(MAY[0], MAY[0]), listing_id=item.id
            )
        rows = self.env["linkstar.kpi.rollup"]
        rows._refresh()
        found = rows.search([("store_id", "in", (self.us + self.de).ids)])
        self.assertEqual(sorted(found.mapped("value")), [4.0, 5.0])
        self._facts(self.de, "orders", 6.0, span=(MAY[0], MAY[0]))
        rows._refresh()
        self.assertEqual(sorted(found.mapped("value")), [4.0, 6.0])

    def test_many_cards_take_a_fixed_number_of_statements(self):
        self._facts(self.us, "gmv", 10.0)
        role = self.role
        for number in range(20):
            person = self.env["hr.employee"].create({"name": f"P{number}"})
            self.env["linkstar.store.member"].create(
                {
                    "store_id": self.de.id if number % 2 else self.us.id,
                    "employee_id": person.id,
                    "role_id": role.id,
                    "date_from": "2026-01-01",
                    "share": 0,
                }
            )
            self._assign(person, self.gmv)
        self.period.with_user(self.manager).calculate()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(70):
            self.period.with_user(self.manager).calculate()
            self.env.flush_all()
