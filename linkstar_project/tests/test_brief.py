"""The daily brief: once a day and team, equal to the facts, with owner and link."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .tell_common import TellCase, receiver

# 09:05 on a Tuesday in Shanghai; yesterday is March 2 in every store's calendar.
NOW = datetime(2026, 3, 3, 1, 5)


class BriefCase(TellCase):
    """One team with a Feishu group in Shanghai and figures of yesterday."""

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        self.clock = clock.start()
        self.addCleanup(clock.stop)
        self.server = self.enterContext(receiver())
        self.allow(self.server)
        self.env["linkstar.brief"].search([]).active = False
        self.outbox.search([]).unlink()
        self.bot_channel = self.bot("feishu", self.server)
        self.group = self.env["linkstar.store.group"].create(
            {"name": "US team", "store_ids": [(6, 0, self.store.ids)]}
        )
        self.brief = self.env["linkstar.brief"].create(
            {
                "name": "US team",
                "group_id": self.group.id,
                "tz": "Asia/Shanghai",
                "channel_ids": [(6, 0, self.bot_channel.ids)],
            }
        )

    def fact(self, code, value, day="2026-03-01", sku="", store=None):
        self.env["linkstar.fact"]._upsert(
            [
                {
                    "store_id": (store or self.store).id,
                    "metric": code,
                    "date": day,
                    "sku": sku,
                    "value": value,
                    "as_of": "2026-03-02 22:30:00",
                    "source": "api",
                }
            ]
        )

    def queue(self, now=NOW):
        return self.env["linkstar.brief"]._queue_due(now)

    def told(self):
        self.queue()
        self.outbox._send()
        return self.server.texts()


@tagged("post_install", "-at_install")
class TestBriefQueue(BriefCase):
    def test_it_goes_out_once_a_day_and_team(self):
        self.assertEqual(self.queue(NOW - timedelta(minutes=10)), 0, "08:55 there")
        self.assertEqual(self.queue(), 1)
        self.assertEqual(self.queue(), 0)
        self.assertEqual(self.queue(NOW + timedelta(hours=2)), 0)
        self.assertEqual(self.queue(NOW + timedelta(days=1)), 1)

    def test_a_changed_hour_or_zone_tells_nothing_twice(self):
        self.assertEqual(self.queue(), 1)
        self.brief.write({"hour": 8, "tz": "Asia/Tokyo"})
        self.assertEqual(self.queue(), 0)

    def test_nine_is_nine_on_the_teams_clock(self):
        self.brief.tz = "America/New_York"
        self.assertEqual(self.queue(), 0, "20:05 of the evening before there")
        self.assertEqual(self.queue(datetime(2026, 3, 3, 14, 0)), 1)
        # Daylight saving begins on March 8: nine comes an hour earlier in UTC.
        self.assertEqual(self.queue(datetime(2026, 3, 9, 12, 59)), 0)
        self.assertEqual(self.queue(datetime(2026, 3, 9, 13, 0)), 1)

    def test_a_scheduler_that_slept_all_day_tells_tomorrow(self):
        self.assertEqual(self.queue(NOW + timedelta(hours=9)), 0)

    def test_leads_read_by_mail_and_the_group_by_its_bot(self):
        self.brief.channel_ids = self.bot_channel | self.email_channel
        self.assertEqual(self.queue(), 2)
        rows = self.outbox.search([("res_model", "=", "linkstar.brief")])
        by_kind = {row.channel_id.kind: row.user_id for row in rows}
        self.assertEqual(by_kind["email"], self.lead)
        self.assertEqual(by_kind["feishu"], self.env.ref("base.user_root"))

    def test_a_new_lead_does_not_make_the_group_hear_twice(self):
        self.queue()
        self.other_lead.active = True
        self.assertEqual(self.queue(), 0)

    def test_a_closed_store_is_not_told_of(self):
        self.queue()
        self.store.state = "closed"
        self.outbox._send()
        self.assertFalse(self.server.got)
        row = self.outbox.search([("res_model", "=", "linkstar.brief")])
        self.assertEqual(row.state, "cancelled")

    def test_yesterdays_undelivered_brief_is_no_news(self):
        self.queue()
        self.clock.move_to(NOW + timedelta(hours=21))
        self.outbox._send()
        self.assertFalse(self.server.got)

    def test_a_reminder_of_the_same_minute_is_a_message_of_its_own(self):
        self.queue()
        self.task.date_deadline = NOW
        self.queue_one(self.bot_channel)
        self.outbox._send()
        self.assertEqual(len(self.server.got), 2)

    def test_a_watchdog_reads_no_briefs(self):
        watchdog = self.env["linkstar.channel"].create(
            {"name": "Watch", "kind": "heartbeat"}
        )
        with self.assertRaisesRegex(ValidationError, "watchdog"):
            self.brief.channel_ids = watchdog


@tagged("post_install", "-at_install")
class TestBriefFigures(BriefCase):
    def test_figures_equal_the_facts(self):
        # Yesterday in New York when it is Tuesday 09:05 in Shanghai: March 1.
        self.fact("gmv", 1234.5)
        self.fact("ad_spend", 200)
        (text,) = self.told()
        value = self.env["linkstar.metric"].evaluate(
            ["gmv", "ad_spend"], self.store.ids, "2026-03-01", "2026-03-01"
        )
        self.assertIn(f"Sales USD {value['gmv']:,.2f};", text)
        self.assertIn(f"Ad spend USD {value['ad_spend']:,.2f};", text)
        self.assertIn("data as of 03-03 06:30", text)

    def test_nothing_reported_is_never_zero(self):
        (text,) = self.told()
        self.assertIn("Sales: no data", text)
        self.assertIn("Out of stock –", text)
        self.assertNotIn("USD 0", text)

    def test_old_figures_say_their_age(self):
        self.fact("gmv", 10, day="2026-02-27")
        (text,) = self.told()
        self.assertIn("of 2026-02-27, 2 days old", text)

    def test_a_real_zero_is_told(self):
        self.fact("gmv", 0)
        self.assertIn("Sales USD 0.00;", self.told()[0])

    def test_stock_outs_and_suppressed_listings_have_owner_and_link(self):
        self.fact("stock_available", 0, sku="SKU-1")
        self.fact("suppressed_sku_days", 1, sku="SKU-1")
        (text,) = self.told()
        self.assertIn("Out of stock 1; Suppressed 1", text)
        link = f"/odoo/linkstar.listing/{self.listing.id}"
        # The buyer answers for stock, the operator for the listing.
        self.assertIn("US-PLAN Out of stock · SKU-1 · plan_buyer", text)
        self.assertIn("US-PLAN Suppressed · SKU-1 · plan_operator", text)
        self.assertEqual(text.count(link), 2)

    def test_stock_that_is_there_is_no_finding(self):
        self.fact("stock_available", 0, day="2026-02-28", sku="SKU-1")
        self.fact("stock_available", 5, sku="SKU-1")
        self.assertIn("Out of stock 0;", self.told()[0])

    def test_late_and_blocked_tasks_have_owner_and_link(self):
        self.task.date_deadline = NOW - timedelta(hours=3)
        (text,) = self.told()
        self.assertIn("Late 1; Blocked 2", text)
        self.assertIn("US-PLAN Late · Count stock · plan_operator", text)
        self.assertIn(f"linkstar-my-work?task={self.task.id}", text)
        self.assertIn("US-PLAN Blocked · Order goods · plan_buyer", text)

    def test_a_lead_reads_of_own_stores_only(self):
        self.group.store_ids = self.store | self.other_store
        self.brief.channel_ids = self.email_channel
        outsider = new_test_user(
            self.env,
            "brief_outsider",
            "linkstar_project.group_lead",
            email="out@example.com",
        )
        self._add_member(self.other_store, outsider, self.role, is_lead=True)
        self.queue()
        self.outbox._send()
        mails = self.env["mail.mail"].search([("email_to", "like", "example.com")])
        body = {mail.email_to: str(mail.body_html) for mail in mails}
        theirs = next(text for to, text in body.items() if "out@" in to)
        self.assertIn("US-OTHER", theirs)
        self.assertNotIn("US-PLAN", theirs)

    def test_its_page_shows_own_stores_only(self):
        self.group.store_ids = self.store | self.other_store
        page = str(self.brief.with_user(self.lead).preview)
        self.assertIn("US-PLAN", page)
        self.assertNotIn("US-OTHER", page)

    def test_fifty_stores_take_a_handful_of_queries(self):
        stores = self.env["linkstar.store"].create(
            [
                {
                    "name": f"B{n}",
                    "code": f"BRIEF-{n}",
                    "marketplace_id": self.store.marketplace_id.id,
                }
                for n in range(50)
            ]
        )
        self.group.store_ids = stores
        for store in stores:
            self.fact("gmv", 5, store=store)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = self.brief._read(stores, NOW)
        self.assertEqual({row["figures"]["gmv"]["value"] for row in found}, {5})
        self.assertLessEqual(self.env.cr.sql_log_count - before, 30)
