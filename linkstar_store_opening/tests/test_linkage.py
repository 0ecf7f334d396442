"""The linkage register: what ties shops, who decides, what stays secret."""

from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import TransactionCase, new_test_user, tagged

NUMBER = "138 7777 5678"


@tagged("post_install", "-at_install")
class TestLinkage(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Questions are noted on a cursor of their own.
        cls.registry_enter_test_mode_cls()
        group = "linkstar_store_opening.group_compliance"
        cls.keeper = cls._user("link_keeper", group)
        cls.decider = cls._user("link_decider", group)
        cls.lead = cls._user("link_lead", "linkstar_project.group_lead")
        cls.site = cls.env.ref("linkstar_project.marketplace_amazon_us")
        cls.one = cls._store("L1", "Nova")
        cls.two = cls._store("L2", "Aurora")
        cls._join(cls.lead, cls.two, role="manager", is_lead=True)
        for store in cls.one | cls.two:
            cls._join(cls.keeper, store)
            cls._join(cls.decider, store)

    @classmethod
    def _join(cls, user, store, role="legal", **values):
        cls.env["linkstar.store.member"].create(
            {
                "store_id": store.id,
                "user_id": user.id,
                "role_id": cls.env.ref(f"linkstar_project.role_{role}").id,
                "share": 0,
                **values,
            }
        )

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env, login, groups=groups, email=f"{login}@example.com"
        )

    @classmethod
    def _store(cls, code, entity, site=None, seller=None):
        site = site or cls.site
        partner = cls.env["res.partner"].create({"name": entity, "is_company": True})
        seller = seller or cls.env["linkstar.seller"].create(
            {
                "name": entity,
                "platform_id": site.platform_id.id,
                "region": site.region,
                "entity_id": partner.id,
            }
        )
        return cls.env["linkstar.store"].create(
            {
                "name": entity,
                "code": f"US-{code}",
                "marketplace_id": site.id,
                "seller_id": seller.id,
            }
        )

    def _asset(self, kind="phone", value=NUMBER, name="Office phone"):
        return (
            self.env["linkstar.asset"]
            .with_user(self.keeper)
            .create({"name": name, "kind": kind, "value": value})
        )

    def _use(self, asset, store, **values):
        return (
            self.env["linkstar.asset.usage"]
            .with_user(self.keeper)
            .create({"asset_id": asset.id, "store_id": store.id, **values})
        )

    def _ties(self, asset):
        return self.env["linkstar.asset.conflict"].search([("asset_id", "=", asset.id)])

    # ------------------------------------------------------------------ finding

    def test_a_phone_of_two_accounts_ties_their_shops_at_once(self):
        asset = self._asset()
        self._use(asset, self.one)
        self.assertFalse(self._ties(asset))
        self._use(asset, self.two)
        tie = self._ties(asset)
        self.assertEqual(
            (tie.severity, tie.code, tie.state), ("high", "shared", "open")
        )
        self.assertEqual(tie.store_id | tie.other_store_id, self.one | self.two)
        self.assertEqual(self.one.linkage_score, 35)

    def test_comparing_again_changes_nothing(self):
        asset = self._asset()
        self._use(asset, self.one)
        self._use(asset, self.two)
        tie = self._ties(asset)
        conflicts = self.env["linkstar.asset.conflict"]
        self.assertFalse(conflicts._recheck())
        self.assertEqual(self._ties(asset), tie)

    def test_sites_of_one_account_are_no_tie(self):
        canada = self.env.ref("linkstar_project.marketplace_amazon_ca")
        sister = self._store("L3", "Nova CA", canada, self.one.seller_id)
        self._join(self.keeper, sister)
        asset = self._asset("bank_account", "6222 0212 3456 7890", "Payout")
        self._use(asset, self.one)
        self._use(asset, sister)
        self.assertFalse(self._ties(asset))

    def test_a_second_account_of_one_company_is_one_too_many_on_amazon(self):
        partner = self.one.seller_id.entity_id
        seller = self.one.seller_id.copy({"name": "Nova again"})
        twin = self._store("L4", "Nova again", seller=seller)
        asset = self.env["linkstar.asset"].search([("partner_id", "=", partner.id)])
        self.assertEqual(asset.usage_ids.store_id, self.one | twin)
        tie = self._ties(asset)
        self.assertEqual((tie.severity, tie.code), ("critical", "too_many"))

    def test_a_shop_in_trouble_makes_every_tie_critical(self):
        asset = self._asset("ip", "203.0.113.9", "Line 1")
        self._use(asset, self.one)
        self._use(asset, self.two)
        self.assertEqual(self._ties(asset).severity, "medium")
        self.one.state = "restricted"
        tie = self._ties(asset)
        self.assertEqual((tie.severity, tie.code), ("critical", "suspended"))

    def test_a_tie_that_is_no_more_is_resolved(self):
        asset = self._asset()
        self._use(asset, self.one)
        wrong = self._use(asset, self.two)
        wrong.sudo().unlink()
        self.assertEqual(self._ties(asset).state, "resolved")
        self.assertEqual(self.one.linkage_score, 0)

    def test_comparing_many_shops_takes_a_handful_of_queries(self):
        asset = self._asset("ip", "203.0.113.10", "Line 2")
        stores = [self._store(f"M{n}", f"Company {n}") for n in range(12)]
        self.env["linkstar.asset.usage"].create(
            [{"asset_id": asset.id, "store_id": store.id} for store in stores]
        )
        conflicts = self.env["linkstar.asset.conflict"]
        self.assertEqual(len(self._ties(asset)), 66)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            conflicts._recheck(asset)

    # ----------------------------------------------------------------- deciding

    def _tied(self, kind="id_number", value="G12345678"):
        asset = self._asset(kind, value, "Passport of the owner")
        self._use(asset, self.one)
        self._use(asset, self.two)
        return self._ties(asset)

    def test_who_entered_a_use_does_not_decide_on_it(self):
        tie = self._tied()
        with self.assertRaisesRegex(AccessError, "somebody else"):
            tie.with_user(self.keeper).decide(True, "Fine.")
        tie.with_user(self.decider).decide(True, "Platform's letter of 1 March.")
        self.assertEqual((tie.state, tie.decided_by_id), ("allowed", self.decider))

    def test_who_changed_a_use_or_has_another_login_does_not_decide_either(self):
        tie = self._tied()
        use = tie.asset_id.usage_ids[:1]
        use.with_user(self.decider).release_reason = "Handed over"
        self.env.flush_all()
        with self.assertRaisesRegex(AccessError, "somebody else"):
            tie.with_user(self.decider).decide(True, "Fine.")
        second = self._user("link_second", "linkstar_store_opening.group_compliance")
        second.email = self.keeper.email
        self._join(second, self.one)
        with self.assertRaisesRegex(AccessError, "somebody else"):
            tie.with_user(second).decide(True, "Fine.")

    def test_a_decision_needs_a_reason_and_the_compliance_role(self):
        tie = self._tied()
        with self.assertRaisesRegex(UserError, "Say why"):
            tie.with_user(self.decider).decide(True, "  ")
        with self.assertRaises(AccessError):
            tie.with_user(self.lead).decide(True, "Please.")
        for values in ({"state": "allowed"}, {"severity": "low"}, {"reason": "x"}):
            with self.assertRaises(AccessError):
                tie.with_user(self.decider).write(values)

    def test_a_permission_ends_on_its_day(self):
        tie = self._tied()
        today = Date.today()
        tie.with_user(self.decider).decide(True, "Letter.", Date.add(today, days=3))
        conflicts = self.env["linkstar.asset.conflict"]
        self.assertFalse(conflicts._recheck())
        tie.sudo().until_date = Date.subtract(today, days=1)
        self.assertEqual(conflicts._recheck(), tie)
        self.assertEqual(tie.state, "open")

    def test_a_critical_tie_stops_the_opening_until_compliance_allows_it(self):
        opening = self._opening()
        tie = self._tied()
        self.assertEqual(opening.linkage_level, "critical")
        self.assertNotIn("US-L1", opening.with_user(self.lead).linkage_note)
        with self.assertRaisesRegex(UserError, "Compliance decides"):
            opening.with_user(self.lead)._check_move("ready")
        tie.with_user(self.decider).decide(False, "Get another one.")
        with self.assertRaisesRegex(UserError, "Compliance decides"):
            opening.with_user(self.lead)._check_linkage()
        tie.with_user(self.decider).decide(True, "Letter of the platform.")
        opening.with_user(self.lead)._check_linkage()

    def _opening(self):
        project = self.env["project.project"].create(
            {
                "name": "Opening",
                "store_id": self.two.id,
                "linkstar_kind": "opening",
            }
        )
        project._enter_step("preparing")
        return project

    # ------------------------------------------------------------------- secrets

    def test_a_number_is_stored_encrypted_and_shown_masked(self):
        asset = self._asset()
        self.assertEqual(asset.value, "861••••5678")
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(a)::text FROM linkstar_asset a WHERE id = %s",
            [asset.id],
        )
        self.assertNotIn("7777", self.env.cr.fetchone()[0])
        self.env.cr.execute(
            "SELECT row_to_json(e)::text FROM linkstar_audit_entry e"
            " WHERE res_model = 'linkstar.asset' AND res_id = %s",
            [asset.id],
        )
        self.assertNotIn("7777", str(self.env.cr.fetchall()))

    def test_one_number_is_one_asset_however_it_is_written(self):
        self._asset()
        with self.assertRaisesRegex(ValidationError, "Office phone"):
            self._asset(value="+86-13877775678", name="Again")

    def test_full_card_numbers_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "last four digits"):
            self._asset("card", "4111 1111 1111 1111", "Card")

    def test_the_register_answers_a_limited_number_of_questions(self):
        module = "odoo.addons.linkstar_store_opening.models.linkage.linkstar_asset"
        with patch(f"{module}.VALUES_PER_HOUR", 2):
            self._asset("ip", "203.0.113.1", "A")
            self._asset("ip", "203.0.113.2", "B")
            with self.assertRaisesRegex(UserError, "within an hour"):
                self._asset("ip", "203.0.113.3", "C")

    def test_a_form_sent_to_fail_counts_as_a_question(self):
        module = "odoo.addons.linkstar_store_opening.models.linkage.linkstar_asset"
        assets = self.env["linkstar.asset"].with_user(self.keeper)
        guess = {"name": "A", "kind": "phone", "value": "13800000001"}
        bad = {"name": "B", "kind": "email", "value": "nobody"}
        with patch(f"{module}.VALUES_PER_HOUR", 2):
            # No assertRaises: its savepoint would take back what the note's own
            # cursor keeps outside of tests.
            with suppress(ValidationError):
                assets.create([guess, bad])
                self.fail("The second number is no address.")
            with self.assertRaisesRegex(UserError, "within an hour"):
                assets.create([guess])

    def test_members_see_a_severity_and_nothing_else(self):
        tie = self._tied()
        self.assertEqual(self.two.with_user(self.lead).linkage_level, "critical")
        for record in (tie, tie.asset_id, tie.asset_id.usage_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.lead).read([])
        with self.assertRaises(AccessError):
            self.two.with_user(self.lead).linkage_map()

    # ----------------------------------------------------------------- map, sheet

    def test_the_map_shows_what_is_shared_and_how_it_is_judged(self):
        tie = self._tied()
        data = self.two.with_user(self.decider).linkage_map()
        shared = [asset for asset in data["assets"] if asset["kind"] == "id_number"]
        self.assertEqual(shared[0]["others"][0]["conflict_id"], tie.id)
        self.assertEqual(shared[0]["others"][0]["severity"], "critical")
        self.assertNotIn("G12345678", str(data))

    def _import(self, text, apply, user=None):
        assets = self.env["linkstar.asset"].with_user(user or self.keeper)
        return assets._import_sheet(text.encode(), "links.csv", apply)

    def test_a_sheet_is_checked_then_entered_and_a_second_import_adds_nothing(self):
        text = (
            "店铺,类型,名称,号码,启用日期\n"
            "US-L1,手机号,Phone 1,138 1234 5678,2026-01-01\n"
            "US-L2,手机号,Phone one,+86 13812345678,2026-02-01\n"
            "US-L2,设备,PC 7,,2026-02-01\n"
        )
        plan = self._import(text, apply=False)
        self.assertEqual((plan["new_assets"], plan["new_uses"]), (2, 3))
        self.assertFalse(self.env["linkstar.asset"].search([("name", "=", "Phone 1")]))
        done = self._import(text, apply=True)
        self.assertEqual(done["conflicts"], 1)
        again = self._import(text, apply=True)
        self.assertEqual((again["new_uses"], again["same"]), (0, 3))

    def test_a_faulty_sheet_enters_nothing(self):
        text = "store,kind,name,number\nUS-L1,ip,Good,203.0.113.5\nUS-NO,ip,Bad,1\n"
        with self.assertRaisesRegex(UserError, "nothing was imported"):
            self._import(text, apply=True)
        self.assertFalse(self.env["linkstar.asset"].search([("name", "=", "Good")]))

    def test_only_compliance_imports(self):
        with self.assertRaises(AccessError):
            self._import("store,kind,name\n", apply=False, user=self.lead)
