"""Money: proceeds of Data Kiosk, settlements, costs and what is left over."""

from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.linkstar_connector_amazon.engine.economics import AMOUNTS, UNITS

from tests.amazon import figures
from tests.amazon.money import number
from tests.amazon.settlements import settlements

from .contract_common import ContractCase

METRICS = ("amazon_fees", "net_proceeds")


class MoneyCase(ContractCase):
    """Rows of proceeds, and users who see them."""

    def rows(self, store=None, **domain):
        """Rows of proceeds of a store."""
        return self.env["linkstar.amazon.economics"].search(
            [("store_id", "=", (store or self.store("US")).id)]
            + [(name, "=", value) for name, value in domain.items()]
        )

    def person(self, group):
        """A person of a group who is a member of the US store."""
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": group,
                    "login": f"{group}@money.test",
                    "group_ids": [
                        Command.set([self.env.ref(f"linkstar_project.{group}").id])
                    ],
                }
            )
        )
        self.env["linkstar.store.member"].create(
            {
                "store_id": self.store("US").id,
                "user_id": user.id,
                "role_id": self.env["project.role"].search([], limit=1).id,
                "is_lead": group == "group_lead",
                "date_from": "2020-01-01",
                "share": 10,
            }
        )
        return user


@tagged("post_install", "-at_install")
class TestEconomics(MoneyCase):
    """Data Kiosk's economics become rows and facts."""

    def test_proceeds_equal_what_was_really_sold_charged_and_advertised(self):
        self.run_stream("orders")
        self.run_stream("economics")
        self.assertIn("createQuery", self.contract.checked)
        site = self.seller_account.marketplaces[0]
        rows = self.rows()
        # The last two weeks: refunds and ads of these days are still moving.
        day = max(rows.mapped("day")) - timedelta(days=16)
        truth = self.amazon.truth(
            "days", first=day.isoformat(), last=max(rows.mapped("day")).isoformat()
        )["US"]
        shop = self.world.shops[self.seller_account.seller_id]
        products = shop.by_sku
        for told in truth:
            own = rows.filtered(lambda row, told=told: str(row.day) == told["date"])
            self.assertAlmostEqual(
                sum(own.mapped("ordered_sales")), float(told["gmv"]), places=2
            )
            self.assertEqual(sum(own.mapped("units_ordered")), told["units"])
            self.assertAlmostEqual(
                sum(own.mapped("refunded_sales")),
                float(told["refund_amount"]),
                places=2,
            )
            for row in own.filtered("units_ordered"):
                fee = figures.fulfilment_fee(products[row.sku], site)
                expected = number(fee * row.units_ordered, site)
                self.assertAlmostEqual(row.fba_fee, expected, places=2)
        for row in rows:
            self.assertAlmostEqual(row.net_proceeds, row.amazon_net, places=2)
            self.assertAlmostEqual(
                row.net_proceeds, row.net_sales - row.fees - row.ad_spend, places=2
            )

    def test_ads_of_a_day_are_shared_out_to_products_without_loss(self):
        self.run_stream("economics")
        days = sorted(set(self.rows().mapped("day")))[:3]
        truth = self.amazon.truth(
            "ads",
            marketplace="US",
            first=days[0].isoformat(),
            last=days[-1].isoformat(),
        )
        for day in days:
            spent = sum(float(k["cost"]) for k in truth["US"][day.isoformat()].values())
            self.assertAlmostEqual(
                sum(self.rows(day=day).mapped("ad_spend")), spent, places=2
            )

    def test_facts_of_the_store_are_the_sum_of_its_products(self):
        self.run_stream("economics")
        rows = self.rows()
        day = max(rows.mapped("day")) - timedelta(days=3)
        own = rows.filtered(lambda row: row.day == day)
        columns = dict(zip(METRICS, ("fees", "net_proceeds"), strict=True))
        for metric, column in columns.items():
            self.assertAlmostEqual(
                self.fact(self.store(), metric, day), sum(own.mapped(column)), places=2
            )
            row = own.filtered("units_ordered")[0]
            self.assertAlmostEqual(
                self.fact(self.store(), metric, day, row.sku), row[column], places=2
            )
        self.assertIsNone(self.fact(self.store(), "cogs", day))

    def test_a_second_round_changes_nothing_and_a_restatement_updates(self):
        self.run_stream("economics")
        self.assertEqual(self.run_stream("economics")["rows"], 0)
        row = self.rows().filtered("units_ordered")[0]
        true_value, as_of = row.net_sales, row.as_of
        self.env.cr.execute(
            "UPDATE linkstar_amazon_economics SET net_sales = 1, net_proceeds = 1"
            " WHERE id = %s",
            [row.id],
        )
        row.invalidate_recordset()
        self.advance(minutes=5)
        self.assertEqual(self.run_stream("economics")["rows"], 1)
        self.assertEqual(row.net_sales, true_value)
        self.assertGreater(row.as_of, as_of)
        self.assertAlmostEqual(
            self.fact(self.store(), "net_proceeds", row.day, row.sku),
            row.net_proceeds,
            places=2,
        )

    def test_a_product_that_is_told_no_more_leaves_no_money_behind(self):
        self.run_stream("economics")
        row = self.rows().filtered("units_ordered")[0]
        day = row.day
        self.env.cr.execute(
            "UPDATE linkstar_amazon_economics SET sku = 'GONE' WHERE id = %s", [row.id]
        )
        self.env.invalidate_all()
        self.env["linkstar.listing"].create(
            {"store_id": self.store().id, "sku": "GONE"}
        )
        self.run_stream("economics")
        self.assertFalse(self.rows(sku="GONE"))
        self.assertEqual(self.fact(self.store(), "net_proceeds", day, "GONE"), 0)

    def test_old_days_are_settled_and_new_ones_are_not(self):
        self.run_stream("economics")
        rows = self.rows()
        self.assertFalse(max(rows, key=lambda row: row.day).is_settled)
        self.assertTrue(min(rows, key=lambda row: row.day).is_settled)
        self.assertTrue(all(rows.mapped("as_of")))

    def test_the_window_is_read_in_parts_and_each_part_is_kept(self):
        stream = self.stream("economics")
        parts = []
        while self.account.run_stream("economics")["state"] != "done":
            self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
            self.advance(minutes=1)
            parts.append(len((stream.cursor or {}).get("jobs") or ()))
            self.assertLessEqual(len(parts), 60)
        self.assertEqual(sorted(set(parts), reverse=True), [5, 4, 3, 2, 1])

    def test_an_answer_over_several_documents_equals_one_in_a_single(self):
        self.run_stream("economics")
        single = {(row.day, row.sku): row.net_proceeds for row in self.rows()}
        self.assertGreater(len(single), 20)
        # What stands no more goes, also when the answer comes in parts.
        gone = self.rows()[0]
        self.env["linkstar.listing"].create(
            {"store_id": self.store().id, "sku": "GONE"}
        )
        self.env.cr.execute(
            "UPDATE linkstar_amazon_economics SET sku = 'GONE' WHERE id = %s",
            [gone.id],
        )
        self.env.cr.execute(
            "UPDATE linkstar_amazon_economics SET net_proceeds = 1 WHERE store_id = %s",
            [self.store().id],
        )
        self.env.invalidate_all()
        self.world.settings.kiosk_rows = 40
        self.addCleanup(setattr, self.world.settings, "kiosk_rows", 0)
        self.amazon.control("DELETE", "calls")
        self.run_stream("economics")
        calls = self.amazon.calls(operation="createQuery")
        self.assertGreater(len(calls), 5)
        self.assertEqual(
            {(row.day, row.sku): row.net_proceeds for row in self.rows()}, single
        )

    def test_the_past_brings_proceeds_from_before_the_recent_weeks(self):
        self.run_stream("economics")
        before = min(self.rows().mapped("day"))
        self.account.start_backfill(60)
        self.run_past("economics_backfill")
        today = self.stream("economics")._amazon_now().date()
        first = min(self.rows().mapped("day"))
        self.assertLess(first, before)
        self.assertEqual(first, today - timedelta(days=60))

    def test_a_product_told_in_two_documents_adds_up(self):
        self.run_stream("economics")
        row = self.rows().filtered("units_ordered")[0]
        day, store, now = (
            str(row.day),
            self.store(),
            self.stream("orders")._amazon_now(),
        )
        names = (*UNITS, *AMOUNTS, "amazon_net")
        part = {"day": day, "sku": row.sku, "asin": row.asin, "currency": "USD"}
        part.update({name: row[name] for name in names})
        before = {name: row[name] for name in names}
        self.env["linkstar.amazon.economics"]._keep(
            self.account,
            store,
            [part],
            row.day,
            row.day,
            now,
            complete=False,
            earlier={(day, row.sku)},
        )
        for name in names:
            self.assertAlmostEqual(row[name], 2 * before[name], places=2, msg=name)

    def test_a_query_that_fails_is_explained_and_the_others_go_on(self):
        for kind in ("report_cancelled", "report_fatal"):
            self.stream("economics").sudo().cursor = False
            self.amazon.fault(kind, "createQuery")
            self.assertEqual(self.fail_stream("economics"), kind)
            self.assertTrue(self.stream("economics").error)
            self.run_stream("economics")
        self.assertTrue(self.rows())

    def test_an_empty_answer_for_days_with_orders_is_late_and_asked_again(self):
        self.run_stream("orders")
        self.amazon.fault("empty_report", "createQuery")
        self.assertEqual(self.fail_stream("economics"), "report_late")
        jobs = self.stream("economics").cursor["jobs"]
        self.assertEqual(len(jobs), 5)
        self.run_stream("economics")
        self.assertTrue(self.rows())

    def test_days_that_amazon_no_longer_keeps_are_not_waited_for(self):
        self.run_stream("orders")
        self.env.cr.execute(
            "UPDATE linkstar_amazon_order SET day = day - 90 WHERE account_id = %s",
            [self.account.id],
        )
        self.env.invalidate_all()
        first = self.stream("orders")._amazon_now().date() - timedelta(days=130)
        days = [str(first), str(first + timedelta(days=69))]
        self.stream("economics").sudo().cursor = {"jobs": [days]}
        self.amazon.fault("empty_report", "createQuery")
        self.assertEqual(self.run_stream("economics")["rows"], 0)
        self.assertFalse(self.stream("economics").error_code)

    def test_a_role_that_is_missing_is_named(self):
        theirs = sorted(self.seller_account.roles)
        kept = [role for role in theirs if role != "Finance and Accounting"]
        self.amazon.post("account", account=0, roles=kept)
        self.addCleanup(self.amazon.post, "account", account=0, roles=theirs)
        self.assertEqual(self.fail_stream("economics"), "role_missing")
        self.assertIn("Finance and Accounting", self.stream("economics").error)


@tagged("post_install", "-at_install")
class TestManyProducts(MoneyCase):
    """Thousands of rows are a handful of statements."""

    def test_a_week_of_many_products_takes_few_queries(self):
        store, now = self.store(), self.stream("economics")._amazon_now()
        days = [(now - timedelta(days=back)).date() for back in range(1, 8)]
        names = (*UNITS, *AMOUNTS, "amazon_net")
        rows = [
            {
                "day": str(day),
                "sku": f"MANY-{number_:03d}",
                "asin": "",
                "currency": "USD",
                **dict.fromkeys(names, 1),
            }
            for day in days
            for number_ in range(300)
        ]
        economics = self.env["linkstar.amazon.economics"]
        window = (self.account, store, rows, days[-1], days[0], now)
        economics._keep(*window)
        rows = [{**row, "net_proceeds": 2} for row in rows]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        kept = economics._keep(*window[:2], rows, *window[3:])
        self.env.flush_all()
        self.assertEqual(kept, len(rows))
        self.assertLess(self.env.cr.sql_log_count - before, 30)


@tagged("post_install", "-at_install")
class TestEuropeanEconomics(MoneyCase):
    """One query for all shops of an account."""

    number = 1

    def test_every_store_gets_its_own_rows_in_its_currency(self):
        self.run_stream("economics")
        for store in self.account.store_ids:
            rows = self.rows(store)
            self.assertTrue(rows, store.code)
            self.assertEqual(rows.currency_id, store.currency_id)


@tagged("post_install", "-at_install")
class TestCosts(MoneyCase):
    """The cost of the goods, and the gross profit."""

    def setUp(self):
        super().setUp()
        self.run_stream("economics")
        self.row = self.rows().filtered(lambda row: row.net_units > 1)[0]
        self.listing = self.env["linkstar.listing"].search(
            [("store_id", "=", self.store().id), ("sku", "=", self.row.sku)]
        )

    def enter(self, cost, day, **more):
        """Enter a cost in the store's currency."""
        return self.env["linkstar.amazon.cost"].create(
            {
                "listing_id": self.listing.id,
                "date_from": day,
                "unit_cost": cost,
                "currency_id": self.store().currency_id.id,
                **more,
            }
        )

    def test_without_a_cost_there_is_no_gross_profit(self):
        self.assertFalse(self.row.has_cost)
        self.assertFalse(self.row.gross_profit)
        self.assertIsNone(self.fact(self.store(), "cogs", self.row.day, self.row.sku))

    def test_an_entered_cost_holds_from_its_day_on(self):
        self.enter(4.0, self.row.day)
        self.assertEqual(self.row.cogs, 4.0 * self.row.net_units)
        self.assertAlmostEqual(
            self.row.gross_profit, self.row.net_proceeds - self.row.cogs, places=2
        )
        before = self.rows(sku=self.row.sku).filtered(
            lambda row: row.day < self.row.day
        )
        self.assertTrue(before)
        self.assertFalse(any(before.mapped("has_cost")))
        self.assertEqual(
            self.fact(self.store(), "cogs", self.row.day, self.row.sku), self.row.cogs
        )
        self.enter(5.0, self.row.day + timedelta(days=1))
        self.assertEqual(self.row.unit_cost, 4.0)

    def test_the_profit_formula_takes_fees_ads_and_cost_off_the_proceeds(self):
        self.enter(4.0, self.row.day)
        values = self.env["linkstar.metric"].evaluate(
            ["profit_after_ads"],
            [self.store().id],
            self.row.day,
            self.row.day,
            sku=self.row.sku,
        )
        self.assertAlmostEqual(
            values["profit_after_ads"], self.row.gross_profit, places=2
        )

    def test_the_linked_products_cost_goes_first_in_the_stores_currency(self):
        self.enter(4.0, self.row.day - timedelta(days=30))
        company = self.store().company_id
        currency = self.env["res.currency"].create(
            {"name": "QQQ", "symbol": "Q", "rounding": 0.01}
        )
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.store().currency_id.id,
                "company_id": company.id,
                "name": "2020-01-01",
                "rate": 0.5,
            }
        )
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": company.id,
                "name": "2020-01-01",
                "rate": 1.0,
            }
        )
        rate = self.env["res.currency"]._get_conversion_rate(
            company.currency_id, self.store().currency_id, company, self.row.day
        )
        product = self.env["product.product"].create({"name": "Mug"})
        product.with_company(company).standard_price = 6.0
        self.listing.product_id = product
        self.run_stream("economics")
        self.assertAlmostEqual(self.row.unit_cost, 6.0 * rate, places=2)

    def test_a_changed_or_deleted_cost_is_applied_to_the_days_it_held(self):
        cost = self.enter(4.0, self.row.day)
        cost.unit_cost = 3.0
        self.assertEqual(self.row.cogs, 3.0 * self.row.net_units)
        cost.unlink()
        self.assertFalse(self.row.has_cost)

    def test_a_cost_is_not_negative_and_stays_with_its_listing(self):
        cost = self.enter(4.0, self.row.day)
        other = self.env["linkstar.listing"].create(
            {"store_id": self.store().id, "sku": "OTHER"}
        )
        with self.assertRaises(UserError):
            cost.listing_id = other
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            cost.unit_cost = -1
            self.env.flush_all()

    def test_operators_see_proceeds_and_no_cost(self):
        self.enter(4.0, self.row.day)
        operator, lead = self.person("group_operator"), self.person("group_lead")
        row = self.row.with_user(operator)
        self.assertEqual(row.net_proceeds, self.row.net_proceeds)
        for name in ("unit_cost", "cogs", "gross_profit"):
            self.assertNotIn(name, row.fields_get())
            with self.assertRaises(AccessError):
                row.read([name])
            with self.assertRaises(AccessError):
                row.search([(name, ">", 0)])
            with self.assertRaises(AccessError):
                row._read_group([], [], [f"{name}:sum"])
        with self.assertRaises(AccessError):
            self.env["linkstar.amazon.cost"].with_user(operator).search([]).read()
        self.assertEqual(self.row.with_user(lead).cogs, self.row.cogs)

    def test_a_lead_enters_costs_of_own_stores_only(self):
        lead = self.person("group_lead")
        costs = self.env["linkstar.amazon.cost"].with_user(lead)
        values = {"date_from": date(2026, 1, 1), "unit_cost": 2.0}
        costs.create({**values, "listing_id": self.listing.id})
        foreign = self.env["linkstar.listing"].create(
            {"store_id": self.store("CA").id, "sku": "FOREIGN"}
        )
        with self.assertRaises(AccessError):
            costs.create({**values, "listing_id": foreign.id})


@tagged("post_install", "-at_install")
class TestSettlements(MoneyCase):
    """Settlement files of North America."""

    def test_settlements_arrive_once_and_sum_up(self):
        self.run_stream("settlements")
        self.assertIn("getReports", self.contract.checked)
        theirs = settlements(self.world, self.seller_account, self.world.clock.now())
        found = self.env["linkstar.amazon.settlement"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(set(found.mapped("reference")), {one.id for one in theirs})
        self.assertTrue(theirs)
        self.assertEqual(set(found.mapped("difference")), {0.0})
        self.assertEqual(len(found.store_id), len(self.account.store_ids))
        lines = found.line_ids
        for kind in ("proceeds", "fees", "ads", "refunds"):
            self.assertTrue(lines.filtered(lambda line, kind=kind: line.kind == kind))
        fees = lines.filtered(lambda line: line.kind == "fees")
        self.assertTrue(all(fees.mapped("sku")))
        self.assertEqual(self.run_stream("settlements")["rows"], 0)
        self.advance(days=14)
        self.run_stream("settlements")
        more = self.env["linkstar.amazon.settlement"].search_count(
            [("account_id", "=", self.account.id)]
        )
        self.assertGreater(more, len(found))

    def test_the_payout_is_a_fact_of_the_day_of_its_deposit(self):
        self.run_stream("settlements")
        one = self.env["linkstar.amazon.settlement"].search(
            [("store_id", "=", self.store().id)], limit=1
        )
        day = fields.Datetime.context_timestamp(
            one.with_context(tz=self.store().tz), one.deposit_at
        ).date()
        self.assertAlmostEqual(
            self.fact(self.store(), "payout", day), one.total, places=2
        )

    def test_a_document_cut_short_is_explained_and_the_others_arrive(self):
        theirs = settlements(self.world, self.seller_account, self.world.clock.now())
        self.amazon.fault("error_500", "getReportDocument")
        self.assertEqual(self.fail_stream("settlements"), "server_error")
        self.run_stream("settlements")
        found = self.env["linkstar.amazon.settlement"].search_count(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(found, len(theirs))


@tagged("post_install", "-at_install")
class TestEuropeanSettlements(MoneyCase):
    """Settlement files with commas and points."""

    number = 1

    def test_amounts_and_dates_of_the_continent_are_read(self):
        self.run_stream("settlements")
        found = self.env["linkstar.amazon.settlement"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertGreater(len(found.store_id), 3)
        self.assertEqual(set(found.mapped("difference")), {0.0})
        self.assertTrue(all(one.end_at > one.start_at for one in found))
        self.assertTrue(all(one.total for one in found))


@tagged("post_install", "-at_install")
class TestLimits(MoneyCase):
    """Limits that make no sense are refused."""

    def test_limits_are_checked(self):
        for values in (
            {"acos_days": 0},
            {"return_factor": 1.0},
            {"variance_tolerance": -1},
            {"promotion_notice_days": 90},
        ):
            with self.assertRaises(ValidationError):
                self.account.write(values)
        with self.assertRaises(ValidationError):
            self.stream("economics").look_back_days = 400
