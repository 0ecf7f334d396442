"""Months that are not like the others: moves, job changes, clocks, renamed metrics."""

import random
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .kpi_common import JULY, MAY, KpiCase


@tagged("post_install", "-at_install")
class TestHardEdges(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.gmv = cls._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}],
            code="gmv",
        )
        cls.project = cls.env["project.project"].create(
            {"name": "Routine", "linkstar_kind": "routine", "store_id": cls.us.id}
        )

    def _calculate(self, period=None):
        period = period or self.period
        period.with_user(self.manager).calculate()
        return period.scorecard_ids

    def _membership(self, store, employee):
        return store.member_ids.filtered(
            lambda m: m.employee_id == employee and m.role_id == self.role
        )

    def test_left_in_the_month(self):
        self._assign(self.employee_anna, self.gmv, date_to="2026-05-10")
        self._membership(self.us, self.employee_anna).date_to = "2026-05-10"
        self._facts(self.us, "gmv", 1000.0)
        line = self._calculate().line_ids
        self.assertEqual(line.value, 10000.0)
        self.assertAlmostEqual(line.target, 31000 * 10 / 31, places=3)
        self.assertEqual(line.points, 100.0)

    def test_moved_to_another_store_in_the_month(self):
        self._assign(self.employee_anna, self.gmv)
        self._membership(self.us, self.employee_anna).date_to = "2026-05-10"
        self._membership(self.de, self.employee_ben).date_to = "2026-05-10"
        self._member(self.de, self.employee_anna, date_from="2026-05-11")
        self._facts(self.us, "gmv", 1000.0)
        self._facts(self.de, "gmv", 500.0)
        line = self._calculate().line_ids
        self.assertEqual(line.value, 10 * 1000.0 + 21 * 500.0)
        stores = {row["code"]: row["value"] for row in line._figures()["stores"]}
        self.assertEqual(stores, {"US-KPI": 10000.0, "DE-KPI": 10500.0})
        self.assertEqual(line.target, 31000.0)

    def test_a_shop_that_is_not_open_yet_holds_up_no_score(self):
        self._assign(self.employee_anna, self.gmv)
        self._facts(self.us, "gmv", 1000.0)
        self._member(self.de, self.employee_anna, share=0)
        self.assertIn("DE-KPI", self._calculate().line_ids.explanation)
        self.de.state = "opening"
        line = self._calculate().line_ids
        self.assertEqual((line.outcome, line.value), ("measured", 31000.0))

    def test_a_gap_between_two_stores_shrinks_nothing_but_the_figure_it_is(self):
        """Days in the scheme without a store are days without sales, and are said."""
        self._assign(self.employee_anna, self.gmv)
        self._membership(self.us, self.employee_anna).date_to = "2026-05-10"
        self._facts(self.us, "gmv", 1000.0)
        line = self._calculate().line_ids
        self.assertEqual((line.value, line.target), (10000.0, 31000.0))

    def test_changed_job_in_the_month_gives_a_card_for_each_scheme(self):
        other = self._scheme(
            [{"metric": "orders", "weight": 100, "floor": 0, "target": 310.0}],
            code="orders",
        )
        self._assign(self.employee_anna, self.gmv, date_to="2026-05-15")
        self._assign(self.employee_anna, other, date_from="2026-05-16")
        self._facts(self.us, "gmv", 1000.0)
        self._facts(self.us, "orders", 10.0)
        cards = self._calculate()
        self.assertEqual(len(cards), 2)
        first, second = cards.sorted(lambda card: card.assignment_id.date_from)
        self.assertEqual((first.line_ids.value, first.score), (15000.0, 100.0))
        self.assertEqual((second.line_ids.value, second.score), (160.0, 100.0))

    def test_zero_negative_and_missing_targets(self):
        scheme = self._scheme(
            [
                {"metric": "gmv", "weight": 50, "floor": -100.0, "target": 0.0},
                {"metric": "orders", "weight": 50, "floor": -20.0, "target": -10.0},
            ],
            code="low",
        )
        self._assign(self.employee_anna, scheme)
        self._facts(self.us, "gmv", 0.0)
        self._facts(self.us, "orders", -0.5)
        card = self._calculate()
        self.assertEqual(self._line("gmv", card).points, 100.0)
        # −15.5 of −20 to −10: 45 points.
        self.assertEqual(self._line("orders", card).points, 45.0)
        self.assertEqual(self._line("gmv", card).attainment, 0.0)

    def test_a_renamed_or_retired_metric_keeps_its_figures_and_cards(self):
        self._assign(self.employee_anna, self.gmv)
        self._facts(self.us, "gmv", 1000.0)
        card = self._calculate()
        metric = card.line_ids.metric_id
        metric.name = "Sales by order date"
        self._calculate()
        self.assertEqual(card.line_ids.value, 31000.0)
        self.assertIn("Sales by order date", card.line_ids.explanation)
        metric.active = False
        self._calculate()
        self.assertEqual((card.line_ids.value, card.score), (31000.0, 100.0))
        self.assertIn("Sales by order date", card.line_ids.explanation)

    def test_week_53_is_a_period_of_seven_days(self):
        scheme = self._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 7000.0}],
            code="week",
        )
        scheme.period_kind = "week"
        self._assign(self.employee_anna, scheme)
        week = self.env["linkstar.kpi.period"].create(
            {"kind": "week", "day": "2027-01-02"}
        )
        self.assertEqual(week.name, "2026-W53")
        self.assertEqual((week.date_to - week.date_from).days, 6)
        self._facts(self.us, "gmv", 1000.0, span=(week.date_from, week.date_to))
        with freeze_time("2027-03-01"):
            self._calculate(week)
        self.assertEqual(week.scorecard_ids.line_ids.value, 7000.0)

    def test_february_of_a_leap_year_has_29_days(self):
        self._assign(self.employee_anna, self.gmv, date_to=False)
        february = self.env["linkstar.kpi.period"].create({"day": "2028-02-10"})
        self._facts(self.us, "gmv", 1000.0, span=(february.date_from, date(2028, 3, 1)))
        with freeze_time("2028-06-01"):
            self._calculate(february)
        self.assertEqual(february.scorecard_ids.line_ids.value, 29000.0)

    def test_tasks_belong_to_the_month_of_the_persons_own_clock(self):
        """In Berlin, May begins at 22:00 of 30 April UTC (summer time)."""
        self.employee_anna.tz = "Europe/Berlin"
        scheme = self._scheme(
            [{"metric": "task_completion", "weight": 100, "floor": 0, "target": 100}],
            code="tasks",
        )
        self._assign(self.employee_anna, scheme)
        for deadline in (
            "2026-04-30 21:30:00",  # still April in Berlin
            "2026-04-30 22:30:00",  # May
            "2026-05-31 21:30:00",  # May
            "2026-05-31 22:30:00",  # June
        ):
            self._task(self.anna, deadline, "2026-04-30 12:00:00")
        self.assertEqual(self._calculate().line_ids.denominator, 2.0)

    def test_the_hour_that_daylight_saving_takes_is_nobodys(self):
        """March 2026 in Berlin: from 28 February 23:00 to 31 March 22:00 UTC."""
        self.employee_anna.tz = "Europe/Berlin"
        scheme = self._scheme(
            [{"metric": "task_completion", "weight": 100, "floor": 0, "target": 100}],
            code="tasks",
        )
        self._assign(self.employee_anna, scheme)
        march = self.env["linkstar.kpi.period"].create({"day": "2026-03-15"})
        for deadline in (
            "2026-02-28 22:59:00",
            "2026-02-28 23:01:00",
            "2026-03-29 01:30:00",  # 03:30 in Berlin: 02:30 did not exist
            "2026-03-31 21:59:00",
            "2026-03-31 22:01:00",
        ):
            self._task(self.anna, deadline, "2026-02-20 12:00:00")
        self.assertEqual(self._calculate(march).line_ids.denominator, 3.0)

    def test_shares_and_currencies_at_random_sum_to_the_stores(self):
        """People and "unassigned" make the store, whatever the shares and rates."""
        chance = random.Random(20260507)
        people = self.employee_anna + self.employee_ben + self.employee_lead
        for store in self.us + self.de:
            store.member_ids.filtered(lambda m: m.role_id == self.role).unlink()
        shares = {}
        for person in people:
            self._assign(person, self.gmv)
            for store in self.us + self.de:
                first = MAY[0] + timedelta(days=chance.randrange(20))
                last = min(first + timedelta(days=chance.randrange(31)), MAY[1])
                share = chance.choice([10, 20, 25, 33])
                self._member(store, person, date_from=first, date_to=last, share=share)
                shares[person, store] = (first, last, share / 100)
        euro = self.de.currency_id
        days = {}
        for store in self.us + self.de:
            for number in range(31):
                day = MAY[0] + timedelta(days=number)
                value = round(chance.uniform(0, 900), 2)
                money = {"currency_id": euro.id} if store == self.de else {}
                self._facts(store, "gmv", value, span=(day, day), **money)
                days[store, day] = value
        for number in range(4):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": euro.id,
                    "name": MAY[0] + timedelta(days=8 * number),
                    "rate": round(chance.uniform(0.7, 1.2), 4),
                }
            )
        self._calculate()
        for person in people:
            line = self._line("gmv", self._card(person))
            wanted = 0.0
            for (store, day), value in days.items():
                first, last, share = shares[person, store]
                if first <= day <= last:
                    wanted += share * self._in_usd(store, day, value)
            self.assertAlmostEqual(line.value, wanted, 2, person.name)

    def test_the_parts_of_a_figure_sum_to_it(self):
        for employee in self.employee_anna + self.employee_ben:
            self._assign(employee, self.gmv)
        self._membership(self.us, self.employee_anna).write(
            {"share": 60, "date_to": "2026-05-10"}
        )
        self._member(self.us, self.employee_anna, share=50, date_from="2026-05-11")
        self._member(self.us, self.employee_ben, listing_id=self.sku.id)
        self._facts(self.us, "gmv", 100.0)
        self._facts(self.us, "gmv", 30.0, listing_id=self.sku.id)
        euro = self.de.currency_id
        self._facts(self.de, "gmv", 200.0, currency_id=euro.id)
        self._calculate()
        for employee, user in (
            (self.employee_anna, self.anna),
            (self.employee_ben, self.ben),
        ):
            line = self._line("gmv", self._card(employee))
            found = line.with_user(user).figure_parts()
            (total,) = found["sums"]
            self.assertAlmostEqual(total["value"], line.value, 4)
            parts = sum(row["value"] for row in found["rows"])
            self.assertAlmostEqual(parts, line.value, 4)
        shares = [row["share"] for row in found["rows"]]
        self.assertEqual(sorted(shares), [100.0, 100.0])
        own = self._line("gmv").with_user(self.anna).figure_parts()["rows"]
        self.assertEqual(
            [(row["share"], row["sku"]) for row in own],
            [(60.0, ""), (-60.0, "SKU-A"), (50.0, ""), (-50.0, "SKU-A")],
        )
        with self.assertRaises(AccessError):
            self._line("gmv").with_user(self.ben).figure_parts()

    def _in_usd(self, store, day, value):
        if store == self.us:
            return value
        usd = self.env.ref("base.USD")
        return self.de.currency_id._convert(
            value, usd, self.env.company, day, round=False
        )

    def test_rounds_count_by_checks_for_the_days_in_the_scheme(self):
        scheme = self._scheme(
            [{"metric": "round_execution", "weight": 100, "floor": 50, "target": 100}],
            code="rounds",
        )
        self._assign(self.employee_anna, scheme, date_from="2026-05-11")
        self._assign(self.employee_ben, scheme)
        template = self.env["linkstar.round.template"].create(
            {"name": "Morning", "role_id": self.role.id}
        )
        for day, done, state in (
            ("2026-05-10", 0, "missed"),  # before the scheme
            ("2026-05-11", 4, "done"),
            ("2026-05-12", 2, "missed"),
            ("2026-05-13", 0, "cancelled"),
        ):
            self._round(template, day, done, state)
        self._calculate()
        line = self._line("round_execution")
        self.assertEqual((line.numerator, line.denominator), (6.0, 8.0))
        self.assertEqual((line.value, line.points), (75.0, 50.0))
        self.assertIn("8", line.explanation)
        rounds = line.action_open_sources()
        found = self.env["linkstar.round"].search(rounds["domain"])
        self.assertEqual(len(found), 2)
        ben = self._line("round_execution", self._card(self.employee_ben))
        self.assertEqual(ben.outcome, "not_applicable")

    def _round(self, template, day, done, state):
        """A round as it ends, four checks long."""
        self.env.cr.execute(
            """
            INSERT INTO linkstar_round (template_id, store_id, user_id, employee_id,
                                        date, state, step_count, done_count,
                                        opens_at, closes_at)
            VALUES (%s, %s, %s, %s, %s, %s, 4, %s, %s, %s)
            """,
            (
                template.id,
                self.us.id,
                self.anna.id,
                self.employee_anna.id,
                day,
                state,
                done,
                f"{day} 00:00:00",
                f"{day} 23:00:00",
            ),
        )
