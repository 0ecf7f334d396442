"""Advertising: figures at three grains, budgets, ACoS over days, impressions."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.linkstar_connector_amazon.engine import ads
from odoo.addons.linkstar_connector_amazon.engine.ads import KINDS

from tests.amazon.clock import local_date

from .contract_common import ContractCase


class AdsCase(ContractCase):
    """Figures of the US store."""

    def figures(self, grain):
        """Rows of a grain."""
        return self.env["linkstar.amazon.ad.figure"].search(
            [("store_id", "=", self.store("US").id), ("grain", "=", grain)]
        )

    def today(self):
        """Today where the US store sells."""
        site = self.seller_account.marketplaces[0]
        return local_date(self.world.clock.now(), site.zone)


@tagged("post_install", "-at_install")
class TestFigures(AdsCase):
    """Reports by campaign, product and search term."""

    def test_campaign_figures_equal_what_was_really_spent(self):
        self.run_stream("ads")
        rows = self.figures("campaign")
        days = sorted(set(rows.mapped("day")))
        self.assertEqual(len(days), 28)
        truth = self.amazon.truth(
            "ads",
            marketplace="US",
            first=days[0].isoformat(),
            last=days[-1].isoformat(),
        )["US"]
        names = {"impressions": "impressions", "clicks": "clicks", "cost": "cost"}
        names.update(sales="sales", orders="purchases")
        for day in days:
            for product, told in truth[day.isoformat()].items():
                own = rows.filtered(
                    lambda row, day=day, product=product: (
                        row.day == day and row.ad_product == product
                    )
                )
                for column, name in names.items():
                    self.assertAlmostEqual(
                        sum(own.mapped(column)), float(told[name]), places=2
                    )

    def test_a_long_look_back_is_asked_for_in_stretches_that_amazon_allows(self):
        self.stream("ads").look_back_days = 90
        self.amazon.control("DELETE", "calls")
        self.run_stream("ads")
        asked = self.amazon.calls(operation="ads.createReport")
        self.assertEqual({call["status"] for call in asked}, {200})
        # 90 days are three reports of Products; Brands are kept for 60 days only.
        three = [kind for kind in KINDS.values() if kind.product == ads.SP]
        sites = len(self.account.profile_ids)
        self.assertEqual(
            len(asked),
            sites * (3 * len(three) + 2 * 2 + 3 * (len(KINDS) - len(three) - 2)),
        )
        days = sorted(set(self.figures("campaign").mapped("day")))
        self.assertEqual(len(days), (days[-1] - days[0]).days + 1)

    def test_product_figures_are_those_of_sp_and_sd_campaigns(self):
        self.run_stream("ads")
        products = self.figures("product")
        campaigns = self.figures("campaign")
        for kind in ("SPONSORED_PRODUCTS", "SPONSORED_DISPLAY"):
            own = products.filtered(lambda row, kind=kind: row.ad_product == kind)
            whole = campaigns.filtered(lambda row, kind=kind: row.ad_product == kind)
            self.assertTrue(own and all(own.mapped("sku")), kind)
            self.assertAlmostEqual(
                sum(own.mapped("cost")), sum(whole.mapped("cost")), places=2
            )
        self.assertFalse(
            products.filtered(lambda row: row.ad_product == "SPONSORED_BRANDS")
        )

    def test_facts_of_an_msku_add_up_products_and_display(self):
        self.run_stream("ads")
        products = self.figures("product")
        shown = products.filtered(lambda row: row.ad_product == "SPONSORED_DISPLAY")
        row = shown.filtered("cost")[0]
        same = products.filtered(
            lambda other: (other.sku, other.day) == (row.sku, row.day)
        )
        self.assertAlmostEqual(
            self.fact(self.store(), "ad_spend", row.day, row.sku),
            sum(same.mapped("cost")),
            places=2,
        )

    def test_search_terms_arrive_and_tell_what_was_spent_in_vain(self):
        self.run_stream("ads")
        terms = self.figures("term")
        self.assertTrue(terms and all(terms.mapped("term")))
        self.assertIn("SPONSORED_BRANDS", terms.mapped("ad_product"))
        self.assertTrue(all(terms.mapped("keyword")))
        day = max(terms.mapped("day"))
        vain = {}
        for row in terms.filtered(lambda row: row.day == day):
            key = (row.kind, row.term)
            cost, orders = vain.get(key, (0, 0))
            vain[key] = (cost + row.cost, orders + row.orders)
        self.assertAlmostEqual(
            self.fact(self.store(), "ad_spend_no_order", day),
            sum(cost for cost, orders in vain.values() if not orders),
            places=2,
        )

    def test_a_second_round_changes_nothing_and_late_sales_are_restated(self):
        self.run_stream("ads")
        self.assertEqual(self.run_stream("ads")["rows"], 0)
        rows = self.figures("campaign")
        newest = max(rows.mapped("day"))
        own = rows.filtered(lambda row: row.day == newest)
        before, count = sum(own.mapped("sales")), len(own)
        self.advance(days=10)
        self.run_stream("ads")
        own = self.figures("campaign").filtered(lambda row: row.day == newest)
        self.assertEqual(len(own), count)
        self.assertGreater(sum(own.mapped("sales")), before)

    def test_an_empty_report_takes_away_what_it_no_longer_tells(self):
        self.run_stream("ads")
        self.amazon.fault("empty_report", "ads.createReport")
        self.run_stream("ads")
        profile = self.account.profile_ids.filtered("store_id")[0]
        rows = self.env["linkstar.amazon.ad.figure"].search(
            [("store_id", "=", profile.store_id.id), ("kind", "=", "sp")]
        )
        self.assertFalse(rows)
        self.run_stream("ads")
        self.assertTrue(rows.search([("kind", "=", "sp")], limit=1))

    def test_a_report_that_fails_is_explained_and_the_others_go_on(self):
        self.amazon.fault("report_fatal", "ads.createReport")
        self.assertEqual(self.fail_stream("ads"), "report_fatal")
        jobs = self.stream("ads").cursor["jobs"]
        self.assertEqual(len(jobs), len(self.account.profile_ids) * len(KINDS) - 1)
        self.run_stream("ads")

    def test_the_look_back_of_the_stream_decides_how_many_days_are_read(self):
        self.stream("ads").look_back_days = 5
        self.run_stream("ads")
        self.assertEqual(len(set(self.figures("campaign").mapped("day"))), 5)


@tagged("post_install", "-at_install")
class TestAcos(AdsCase):
    """ACoS over the target for several days."""

    def test_acos_over_target_is_told_once_and_days_in_target_are_counted(self):
        self.account.acos_target = 0.1
        self.run_stream("ads")
        self.run_stream("ads")
        event = self.events("acos_high").filtered(
            lambda one: one.store_id == self.store("US")
        )
        self.assertEqual(len(event), 1)
        self.assertEqual(event.payload["days"], 3)
        rows = self.figures("campaign")
        last = sorted(set(rows.mapped("day")))[-3:]
        own = rows.filtered(lambda row: row.day in last)
        self.assertAlmostEqual(
            event.payload["spend"], sum(own.mapped("cost")), places=2
        )
        self.assertEqual(self.fact(self.store(), "acos_days", last[-1]), 1)
        self.assertEqual(self.fact(self.store(), "acos_days_in_target", last[-1]), 0)

    def test_a_campaign_over_target_is_told_once_with_its_own_figures(self):
        self.account.acos_target = 0.1
        self.run_stream("campaigns")
        campaigns = self.env["linkstar.amazon.campaign"].search(
            [("store_id", "=", self.store("US").id)]
        )
        # A few clicks in vain are no news: less than a daily budget in these days.
        quiet, loud = campaigns[0], campaigns[1:]
        self.env.cr.execute(
            "UPDATE linkstar_amazon_campaign SET budget = CASE WHEN id = %s"
            " THEN 1e9 ELSE 0.01 END WHERE store_id = %s",
            [quiet.id, self.store("US").id],
        )
        self.env.invalidate_all()
        self.run_stream("ads")
        self.run_stream("ads")
        events = self.events("campaign_acos_high").filtered(
            lambda one: one.store_id == self.store("US")
        )
        told = [event.payload["campaign"] for event in events]
        self.assertTrue(told)
        self.assertEqual(len(told), len(set(told)))
        self.assertLessEqual(set(told), set(loud.mapped("external_id")))
        rows = self.figures("campaign").filtered(lambda r: r.campaign_ref == told[0])
        last = rows.filtered("cost").sorted("day")[-3:]
        self.assertAlmostEqual(
            events[0].payload["spend"], sum(last.mapped("cost")), places=2
        )

    def test_acos_within_target_is_no_news(self):
        self.account.acos_target = 5000
        self.run_stream("ads")
        self.assertFalse(self.events("acos_high"))
        day = max(self.figures("campaign").mapped("day"))
        self.assertEqual(self.fact(self.store(), "acos_days_in_target", day), 1)

    def test_without_a_target_nobody_is_told(self):
        self.account.acos_target = 0
        self.run_stream("ads")
        self.assertFalse(self.events("acos_high"))


@tagged("post_install", "-at_install")
class TestCampaigns(AdsCase):
    """Campaigns and their budgets."""

    def campaign(self):
        """A running campaign of the US store."""
        return self.env["linkstar.amazon.campaign"].search(
            [("store_id", "=", self.store("US").id), ("state", "=", "ENABLED")],
            limit=1,
        )

    def test_campaigns_arrive_with_budgets_and_their_sum_is_a_fact(self):
        self.run_stream("campaigns")
        campaigns = self.env["linkstar.amazon.campaign"].search(
            [("store_id", "=", self.store("US").id)]
        )
        self.assertGreater(len(campaigns), 1)
        self.assertTrue(all(campaigns.mapped("budget")))
        self.assertAlmostEqual(
            self.fact(self.store(), "ad_budget", self.today()),
            sum(campaigns.filtered(lambda c: c.state == "ENABLED").mapped("budget")),
            places=2,
        )
        self.assertEqual(self.run_stream("campaigns")["rows"], 0)

    def test_a_campaign_out_of_budget_is_told_once_for_each_time(self):
        self.run_stream("campaigns")
        campaign = self.campaign()
        self.assertFalse(self.events("campaign_out_of_budget"))
        for number in (1, 2):
            self.amazon.post(
                "campaigns",
                account=0,
                marketplace="US",
                campaign_id=campaign.external_id,
                state="OUT_OF_BUDGET",
            )
            self.run_stream("campaigns")
            self.advance(hours=1)
            self.run_stream("campaigns")
            events = self.events("campaign_out_of_budget")
            self.assertEqual(len(events), number)
            self.assertEqual(events[0].payload["campaign"], campaign.external_id)
            self.assertTrue(campaign.is_out_of_budget and campaign.dry_since)
            self.amazon.post(
                "campaigns",
                account=0,
                marketplace="US",
                campaign_id=campaign.external_id,
                state="ENABLED",
            )
            self.run_stream("campaigns")
            self.assertFalse(campaign.is_out_of_budget or campaign.dry_since)

    def test_a_refused_call_is_explained(self):
        self.amazon.fault("error_500", "ads.queryCampaigns")
        self.assertEqual(self.fail_stream("campaigns"), "server_error")
        self.assertIn("campaigns", self.stream("campaigns").error)
        self.run_stream("campaigns")


@tagged("post_install", "-at_install")
class TestNoImpressions(AdsCase):
    """In stock, buyable, and nobody sees an ad."""

    def test_a_listing_that_cannot_be_bought_needs_no_impressions(self):
        watch = self.env.ref("linkstar_project.watch_no_ad_impressions")
        store = self.store("US")
        skus = ["QUIET", "CLOSED"]
        self.env["linkstar.listing"].create(
            [{"store_id": store.id, "sku": sku} for sku in skus]
        )
        today = self.today()
        rows = []
        for back in range(6):
            day = today - timedelta(days=back)
            rows.append(("ad_impressions", "", day, 500))
            for sku in skus:
                rows += [
                    ("stock_available", sku, day, 20),
                    ("ad_impressions", sku, day, 0),
                ]
        self.env["linkstar.fact"]._upsert(
            {
                "store_id": store.id,
                "metric": metric,
                "sku": sku,
                "date": day,
                "value": value,
                "source": "amazon",
            }
            for metric, sku, day, value in rows
        )
        self.env["linkstar.amazon.offer"]._keep_listed(
            store,
            [
                {"sku": "QUIET", "summaries": [{"status": ["BUYABLE"]}]},
                {"sku": "CLOSED", "summaries": [{"status": ["DISCOVERABLE"]}]},
            ],
            self.stream("listings")._amazon_now(),
        )
        with patch.object(type(watch), "_stores", lambda _self: store):
            watch._look(today)
        told = self.events("no_ad_impressions").mapped("sku")
        self.assertIn("QUIET", told)
        self.assertNotIn("CLOSED", told)
