"""Stores, listings and who works for them."""

from datetime import date

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .trust_common import TrustCase, archive_without_handover

DAY = "2026-03-02"


@tagged("post_install", "-at_install")
class TestRegistryData(TrustCase):
    """What comes with the addon."""

    def test_ten_platforms_of_which_wish_is_deprecated(self):
        platforms = self.env["linkstar.platform"].search([])
        codes = set(platforms.mapped("code"))
        self.assertLessEqual(
            {
                "amazon",
                "ebay",
                "walmart",
                "shopee",
                "lazada",
                "tiktok",
                "aliexpress",
                "temu",
                "shein",
                "wish",
            },
            codes,
        )
        deprecated = platforms.filtered("is_deprecated")
        self.assertEqual(deprecated.mapped("code"), ["wish"])

    def test_amazon_marketplaces_carry_id_region_currency_and_zone(self):
        amazon = self.env.ref("linkstar_project.platform_amazon")
        sites = {site.code: site for site in amazon.marketplace_ids}
        self.assertEqual(len(sites), 23)
        self.assertTrue(all(s.external_id and s.region for s in sites.values()))
        germany = sites["DE"]
        self.assertEqual(germany.external_id, "A1PA6795UKMFR9")
        self.assertEqual(germany.region, "eu")
        self.assertEqual(germany.currency_id.name, "EUR")
        self.assertEqual(germany.tz, "Europe/Berlin")
        self.assertEqual(len({s.external_id for s in sites.values()}), 23)


@tagged("post_install", "-at_install")
class TestRegistryRules(TrustCase):
    """What the registry refuses."""

    def test_store_codes_are_unique(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            self.make_store("T-ONE")
        self.assertIn("linkstar_store_code_uniq", str(caught.exception))

    def test_seller_of_another_platform_is_refused(self):
        seller = self.env["linkstar.seller"].create(
            {
                "name": "eBay seller",
                "platform_id": self.env.ref("linkstar_project.platform_ebay").id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "eBay seller"):
            self.store.seller_id = seller

    def test_stock_pool_is_one_step_away(self):
        self.other_store.stock_store_id = self.store
        self.assertEqual(self.other_store.stock_pool_store_id, self.store)
        self.assertEqual(self.store.stock_pool_store_id, self.store)
        third = self.make_store("T-THREE")
        with self.assertRaises(ValidationError):
            third.stock_store_id = self.other_store
        with self.assertRaises(ValidationError):
            self.store.stock_store_id = third

    def test_listing_of_another_store_is_refused_for_a_member(self):
        listing = self.listing(self.other_store, "X")
        with self.assertRaisesRegex(ValidationError, "X"):
            self.join(self.operator, self.store, listing_id=listing.id, share=0)

    def test_shares_of_a_role_stay_within_the_whole(self):
        with self.assertRaisesRegex(ValidationError, "200"), self.env.cr.savepoint():
            self.join(self.stranger, self.store)
        first = self.env["linkstar.store.member"].search(
            [("store_id", "=", self.store.id), ("user_id", "=", self.operator.id)]
        )
        first.date_to = "2026-03-31"
        self.join(self.stranger, self.store, date_from="2026-04-01")

    def test_form_offers_a_store_its_members(self):
        form = Form(self.env["linkstar.store"].with_user(self.admin))
        form.name = "Shop"
        form.code = "T-FORM"
        form.marketplace_id = self.amazon_us
        self.assertEqual(form.save().display_name, "T-FORM Shop")


@tagged("post_install", "-at_install")
class TestResolve(TrustCase):
    """Who is found for a role, by scope and date."""

    def setUp(self):
        super().setUp()
        self.members = self.env["linkstar.store.member"]

    def resolve(self, store=None, sku=None, on=DAY, role=None):
        store, role = store or self.store, role or self.role
        found = self.members._resolve([role.id], [store.id], on, sku)
        return found[role.id, store.id]

    def test_the_listings_owner_goes_before_the_stores(self):
        listing = self.listing(self.store, "A-1")
        self.join(self.stranger, self.store, listing_id=listing.id)
        self.assertEqual(self.resolve(), self.operator)
        self.assertEqual(self.resolve(sku="A-1"), self.stranger)
        self.assertEqual(self.resolve(sku="A-2"), self.operator)

    def test_a_groups_people_serve_stores_without_their_own(self):
        group = self.env["linkstar.store.group"].create(
            {
                "name": "Service",
                "code": "SRV",
                "store_ids": [(6, 0, (self.store | self.other_store).ids)],
            }
        )
        self.join(self.employee, group)
        self.assertEqual(self.resolve(self.other_store), self.employee)
        self.assertEqual(self.resolve(self.store), self.operator)
        group.active = False
        self.assertFalse(self.resolve(self.other_store))

    def test_dates_count_inclusively(self):
        member = self.join(
            self.employee,
            self.other_store,
            date_from="2026-03-01",
            date_to="2026-03-02",
        )
        self.assertFalse(self.resolve(self.other_store, on="2026-02-28"))
        self.assertEqual(self.resolve(self.other_store), self.employee)
        self.assertFalse(self.resolve(self.other_store, on="2026-03-03"))
        member.date_to = False
        self.assertEqual(self.resolve(self.other_store, on="2030-01-01"), self.employee)

    def test_archived_users_are_not_found(self):
        archive_without_handover(self.operator)
        self.assertFalse(self.resolve())

    def test_every_pair_has_a_key(self):
        found = self.members._resolve(
            [self.role.id, self.manager_role.id],
            [self.store.id, self.other_store.id],
            DAY,
        )
        self.assertEqual(len(found), 4)
        self.assertFalse(found[self.role.id, self.other_store.id])

    def test_many_stores_cost_one_query(self):
        stores = self.store | self.other_store
        for number in range(20):
            stores |= self.make_store(f"T-Q{number}")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.members._resolve([self.role.id], stores.ids, DAY)

    def test_leads_of_stores(self):
        leads = self.members._leads([self.store.id, self.other_store.id], DAY)
        self.assertEqual(leads[self.store.id], self.lead)
        self.assertEqual(leads[self.other_store.id], self.stranger)

    def test_segments_clip_dates_and_spread_groups(self):
        group = self.env["linkstar.store.group"].create(
            {
                "name": "Design",
                "code": "DSG",
                "store_ids": [(6, 0, (self.store | self.other_store).ids)],
            }
        )
        role = self.env.ref("linkstar_project.role_design")
        self.join(self.employee, group, role, share=40, date_from="2026-03-10")
        mine = [
            s
            for s in self.members._segments("2026-03-01", "2026-03-31")
            if s["role_id"] == role.id
        ]
        self.assertEqual(
            {s["store_id"] for s in mine}, set((self.store | self.other_store).ids)
        )
        for segment in mine:
            self.assertEqual(segment["date_from"], date(2026, 3, 10))
            self.assertEqual(segment["date_to"], date(2026, 3, 31))
            self.assertEqual(segment["share"], 40)


@tagged("post_install", "-at_install")
class TestMembershipOpensStores(TrustCase):
    """A membership gives and takes access at once."""

    def visible(self, user):
        return self.env["linkstar.store"].with_user(user).search([])

    def test_joining_and_leaving_count_at_once(self):
        self.assertEqual(self.visible(self.operator), self.store)
        member = self.join(self.operator, self.other_store, share=0)
        self.assertEqual(self.visible(self.operator), self.store | self.other_store)
        member.unlink()
        self.assertEqual(self.visible(self.operator), self.store)

    def test_a_membership_ends_at_midnight_without_anybody_writing(self):
        day = "2026-05-10 12:00:00"
        with freeze_time(day):
            self.join(
                self.employee,
                self.other_store,
                date_from="2026-05-01",
                date_to="2026-05-10",
                share=0,
            )
            self.employee.group_ids += self.env.ref("linkstar_project.group_operator")
            self.assertEqual(self.visible(self.employee), self.other_store)
        with freeze_time("2026-05-11 00:00:01"):
            self.assertFalse(self.visible(self.employee))

    def test_the_callers_time_zone_does_not_move_the_day(self):
        with freeze_time("2026-05-10 23:30:00"):
            self.join(
                self.operator,
                self.other_store,
                date_from="2026-05-11",
                date_to="2026-05-12",
                share=0,
            )
            stores = self.env["linkstar.store"].with_user(self.operator)
            stores = stores.with_context(tz="Pacific/Kiritimati")
            self.assertEqual(stores.search([]), self.store)

    def test_a_groups_member_sees_its_stores(self):
        group = self.env["linkstar.store.group"].create({"name": "G", "code": "G1"})
        self.join(self.operator, group, share=0)
        self.assertEqual(self.visible(self.operator), self.store)
        group.store_ids = self.other_store
        self.assertEqual(self.visible(self.operator), self.store | self.other_store)

    def test_nobody_changes_their_own_share(self):
        own = self.env["linkstar.store.member"].search(
            [("user_id", "=", self.lead.id), ("store_id", "=", self.store.id)]
        )
        with self.assertRaisesRegex(AccessError, "own membership"):
            own.with_user(self.lead).share = 50
        others = self.env["linkstar.store.member"].search(
            [("user_id", "=", self.operator.id), ("store_id", "=", self.store.id)]
        )
        others.with_user(self.lead).share = 50
        with self.assertRaises(AccessError):
            others.with_user(self.lead).user_id = self.lead

    def test_a_lead_adds_nobody_to_another_store(self):
        with self.assertRaises(AccessError):
            self.join(self.operator, self.other_store, share=0).with_user(
                self.lead
            ).share = 1
        members = self.env["linkstar.store.member"].with_user(self.lead)
        with self.assertRaises(AccessError):
            members.create(
                {
                    "store_id": self.other_store.id,
                    "user_id": self.operator.id,
                    "role_id": self.role.id,
                    "share": 0,
                    "date_from": fields.Date.today(),
                }
            )

    def test_checks_for_methods_name_the_next_step(self):
        self.store.with_user(self.lead)._check_lead()
        self.store.with_user(self.admin)._check_lead()
        self.store.with_user(self.operator)._check_member()
        self.store.with_user(self.auditor)._check_member()
        with self.assertRaisesRegex(AccessError, "Ask the store's lead"):
            self.store.with_user(self.operator)._check_lead()
        with self.assertRaises(AccessError):
            self.store.with_user(self.auditor)._check_member("write")
        for check in ("_check_member", "_check_lead"):
            with self.assertRaisesRegex(AccessError, "not a member") as caught:
                getattr(self.store.with_user(self.stranger), check)()
            self.assertNotIn(self.store.code, str(caught.exception))

    def test_health_names_stores_without_a_lead(self):
        store = self.make_store("T-HEADLESS")
        now = fields.Datetime.now()
        health = self.env["linkstar.trust.health"].with_user(self.admin)
        found = {check["code"]: check for check in health._health_checks(now)}
        self.assertIn(store.id, found["store_without_lead"]["domain"][0][2])
        own = self.env["linkstar.trust.health"].with_user(self.lead)
        codes = {check["code"] for check in own._health_checks(now)}
        self.assertNotIn("store_without_lead", codes)


@tagged("post_install", "-at_install")
class TestHooks(TrustCase):
    """What other addons build on."""

    def test_a_store_without_a_connector_offers_no_connection(self):
        ebay = self.env.ref("linkstar_project.platform_ebay").id
        site = self.env["linkstar.marketplace"].search(
            [("platform_id", "=", ebay)], limit=1
        )
        store = self.make_store("T-EBAY", marketplace_id=site.id)
        self.assertIs(store._get_connect_action(), False)
