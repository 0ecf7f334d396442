"""The trail: written whatever the client says, changed by nobody."""

import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .trust_common import TrustCase

SILENCING = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "no_audit": True,
}


@tagged("post_install", "-at_install")
class TestAudit(TrustCase):
    def test_a_change_is_on_the_trail_with_who_before_and_after(self):
        listing = self.listing(self.store, "A-1")
        silent = listing.with_user(self.lead).with_context(**SILENCING)
        silent.lifecycle = "clearance"
        entry = self.trail(listing, action="write")
        self.assertEqual(entry.user_id, self.lead)
        self.assertEqual(entry.field_name, "lifecycle")
        self.assertEqual((entry.old_value, entry.new_value), ("active", "clearance"))
        self.assertEqual(entry.store_id, self.store)

    def test_elevation_keeps_the_person_on_the_trail(self):
        self.store.with_user(self.lead).sudo().name = "Renamed"
        self.assertEqual(self.trail(self.store, action="write").user_id, self.lead)

    def test_a_write_without_effect_leaves_no_entry(self):
        self.store.name = self.store.name
        self.assertFalse(self.trail(self.store, action="write"))

    def test_deleting_leaves_what_was_there(self):
        listing = self.listing(self.store, "A-2")
        listing.unlink()
        entry = self.trail(listing, action="unlink")
        self.assertIn("A-2", entry.old_value)

    def test_nobody_writes_changes_or_deletes_entries(self):
        entry = self.trail(self.store)[0]
        for user in (self.admin, self.auditor, self.env.ref("base.user_root")):
            own = entry.with_user(user)
            for attempt in (
                lambda own=own: own.write({"reason": "x"}),
                lambda own=own: own.unlink(),
                lambda own=own: own.sudo().unlink(),
                lambda own=own: own.create({"res_model": "x", "action": "other"}),
            ):
                with self.assertRaises(AccessError):
                    attempt()

    def test_the_database_refuses_changes_too(self):
        for statement in (
            "UPDATE linkstar_audit_entry SET reason = 'x'",
            "UPDATE linkstar_audit_entry SET store_id = NULL, user_id = NULL",
            "DELETE FROM linkstar_audit_entry",
            "TRUNCATE linkstar_audit_entry",
        ):
            with (
                self.subTest(statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)

    def test_the_trail_outlives_its_store(self):
        store = self.make_store("T-GONE")
        store.unlink()
        entries = self.trail(store)
        self.assertEqual(set(entries.mapped("store_code")), {"T-GONE"})
        self.assertFalse(entries.store_id)

    def test_many_records_cost_one_insert(self):
        listings = self.env["linkstar.listing"]
        for number in range(30):
            listings |= self.listing(self.store, f"M-{number}")
        self.env.flush_all()
        listings.mapped("store_id.code")
        with self.assertQueryCount(12):
            listings.write({"lifecycle": "clearance"})
            self.env.flush_all()
        changed = self.env["linkstar.audit.entry"].search_count(
            [
                ("res_model", "=", "linkstar.listing"),
                ("res_id", "in", listings.ids),
                ("action", "=", "write"),
            ]
        )
        self.assertEqual(changed, 30)

    def test_leads_read_the_trail_of_their_stores_only(self):
        trail = self.env["linkstar.audit.entry"]
        stores = trail.with_user(self.lead).search([]).mapped("store_id")
        self.assertEqual(stores, self.store)
        with self.assertRaises(AccessError):
            trail.with_user(self.operator).search([])
        self.assertIn(
            self.other_store, trail.with_user(self.auditor).search([]).store_id
        )
