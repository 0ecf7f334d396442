"""Encrypted values: bound to their place, shown to few, logged."""

import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.linkstar_project.exceptions import MissingKey
from odoo.addons.linkstar_project.models.trust import secret_access

from .trust_common import TrustCase

KEYS = {
    "LINKSTAR_SECRET_KEY": "a passphrase for tests",
    "LINKSTAR_HASH_KEY": "another passphrase for tests",
}
FIELDS = {
    "pin": {
        "kind": "bank",
        "groups": "linkstar_project.group_lead",
        "matchable": True,
    },
    "token": {"kind": "password"},
}


@tagged("post_install", "-at_install")
class TestSecret(TrustCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, KEYS))
        store = cls.env.registry["linkstar.store"]
        cls.startClassPatcher(
            patch.object(store, "_linkstar_secret_fields", FIELDS, create=True)
        )
        cls.registry_enter_test_mode_cls()

    def keep(self, value="6222021234567890", field="pin", store=None):
        store = store or self.store
        self.env["linkstar.secret"]._store(store._name, store.id, field, value)
        return self.env["linkstar.secret"].search(
            [("res_id", "=", store.id), ("field", "=", field)]
        )

    def read(self, store=None, field="pin", user=None):
        store = store or self.store
        env = self.env(user=user or self.env.uid)
        return secret_access.read_secret(env, store._name, store.id, field, "a test")

    def test_a_value_is_stored_encrypted_and_comes_back(self):
        secret = self.keep()
        self.assertNotIn("6222", secret.sudo().ciphertext)
        self.assertEqual(secret.masked, "•••• 7890")
        self.assertEqual(self.read(), "6222021234567890")

    def test_using_a_value_is_on_the_trail_once_a_day(self):
        self.keep()
        self.read()
        self.read()
        self.assertEqual(len(self.trail(self.store, action="use")), 1)

    def test_a_value_moved_to_another_record_does_not_open(self):
        secret = self.keep()
        self.env.cr.execute(
            "UPDATE linkstar_secret SET res_id = %s WHERE id = %s",
            [self.other_store.id, secret.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "moved here"):
            self.read(self.other_store)

    def test_a_missing_or_short_key_stops_and_touches_nothing(self):
        for text in ("", "short"):
            with patch.dict(os.environ, {"LINKSTAR_SECRET_KEY": text}):
                with self.assertRaisesRegex(MissingKey, "LINKSTAR_SECRET_KEY"):
                    self.keep("new")
                self.assertFalse(self.env["linkstar.secret"].search([]))

    def test_keys_rotate(self):
        self.keep()
        both = f"the newer passphrase,{KEYS['LINKSTAR_SECRET_KEY']}"
        with patch.dict(os.environ, {"LINKSTAR_SECRET_KEY": both}):
            self.assertEqual(self.read(), "6222021234567890")
            self.assertEqual(self.env["linkstar.secret"]._rotate(), 0)
        with patch.dict(os.environ, {"LINKSTAR_SECRET_KEY": "the newer passphrase"}):
            self.assertEqual(self.read(), "6222021234567890")
        with self.assertRaisesRegex(UserError, "another key"):
            self.read()

    def test_reveal_needs_the_right_the_record_and_a_reason(self):
        self.keep()
        self.keep(field="token", value="t0ken")
        secrets = self.env["linkstar.secret"]
        place = (self.store._name, self.store.id, "pin")
        shown = secrets.with_user(self.lead).reveal(*place, "bank asked")
        self.assertEqual(shown, "6222021234567890")
        entry = self.trail(self.store, action="reveal")
        self.assertEqual((entry.user_id, entry.reason), (self.lead, "bank asked"))
        with self.assertRaises(AccessError):
            secrets.with_user(self.operator).reveal(*place, "curious")
        with self.assertRaises(AccessError):
            secrets.with_user(self.operator).sudo().reveal(*place, "curious")
        with self.assertRaises(AccessError):
            secrets.with_user(self.stranger).reveal(*place, "not my store")
        with self.assertRaisesRegex(UserError, "why"):
            secrets.with_user(self.lead).reveal(*place, " ")
        with self.assertRaises(AccessError):
            secrets.with_user(self.admin).reveal(
                self.store._name, self.store.id, "token", "nobody may"
            )

    def test_equal_values_are_found_by_hash(self):
        self.keep()
        self.keep(store=self.other_store)
        found = self.env["linkstar.secret"]._match(
            self.store._name, "pin", "6222021234567890"
        )
        self.assertEqual(set(found), {self.store.id, self.other_store.id})
        self.assertFalse(self.env["linkstar.secret"]._match("x", "pin", "622"))

    def test_nobody_reads_the_model(self):
        self.keep()
        for user in (self.admin, self.auditor, self.lead):
            with self.assertRaises(AccessError):
                self.env["linkstar.secret"].with_user(user).search([])

    def test_an_empty_value_forgets(self):
        self.keep()
        self.keep("")
        self.assertIsNone(self.read())

    def test_values_of_deleted_records_are_collected(self):
        store = self.make_store("T-BRIEF")
        self.keep(store=store)
        store.unlink()
        self.env["linkstar.secret"]._gc_orphans()
        self.assertFalse(self.env["linkstar.secret"].search([]))
