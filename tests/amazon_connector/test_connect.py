"""Connecting: consent, secrets, rights, and copies that stay silent."""

import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import format_datetime

from odoo.addons.linkstar_connector_amazon import client
from odoo.addons.linkstar_connector_amazon.exceptions import CallFailed

from .common import AmazonCase


@tagged("post_install", "-at_install")
class TestConnect(AmazonCase):
    """Accounts and their authorisation."""

    def consent(self):
        """State, code and seller that Amazon would bring back."""
        action = self.account.action_authorise()
        state = action["url"].rpartition("state=")[2]
        grant = self.world.lwa.issue_code(
            "sp", self.world.applications[0], self.seller_account
        )
        return state, grant

    def test_marketplaces_become_stores_of_the_seller(self):
        codes = set(self.account.store_ids.marketplace_id.mapped("code"))
        self.assertEqual(codes, {"US", "CA", "MX"})
        before = len(self.account.store_ids)
        self.account.action_read_marketplaces()
        self.assertEqual(len(self.account.store_ids), before)
        self.assertEqual(len(self.account.profile_ids), before)

    def test_the_currencies_of_its_stores_are_shown_with_their_sign(self):
        euro = self.env.ref("base.EUR")
        euro.active = False
        european = self.make_account(self.world.accounts[1])
        self.assertIn(euro, european.store_ids.currency_id)
        self.assertTrue(euro.active)

    def test_a_consent_is_good_once(self):
        state, code = self.consent()
        account = self.env["linkstar.amazon.consent"]._consume(state)
        self.assertEqual(account, self.account)
        account._accept_consent(code, self.seller_account.seller_id)
        self.assertEqual(account.state, "connected")
        self.assertEqual(account.selling_partner, self.seller_account.seller_id)
        with self.assertRaises(UserError):
            self.env["linkstar.amazon.consent"]._consume(state)

    def test_a_consent_of_another_user_or_of_yesterday_is_refused(self):
        state, _code = self.consent()
        other = new_test_user(
            self.env, "c_other", groups="linkstar_project.group_admin"
        )
        with self.assertRaises(UserError):
            self.env["linkstar.amazon.consent"].with_user(other)._consume(state)
        state, _code = self.consent()
        self.env["linkstar.amazon.consent"].search([]).ends_at = (
            fields.Datetime.now() - timedelta(seconds=1)
        )
        with self.assertRaises(UserError):
            self.env["linkstar.amazon.consent"]._consume(state)

    def test_authorising_again_as_another_seller_is_refused(self):
        _state, code = self.consent()
        self.account.sudo().selling_partner = "A-OTHER"
        with self.assertRaisesRegex(UserError, "A-OTHER"):
            self.account._accept_consent(code, self.seller_account.seller_id)

    def test_secrets_never_come_back_and_are_not_in_the_database_in_clear(self):
        token = self.seller_account.refresh_token
        secret = self.world.applications[0].client_secret
        self.env.flush_all()
        values = self.account.read()[0]
        self.assertFalse(values["typed_token"])
        self.assertNotIn(token, str(values))
        for table in ("linkstar_secret", "linkstar_amazon_account", "mail_message"):
            self.env.cr.execute(f'SELECT t::text FROM "{table}" t')
            text = str(self.env.cr.fetchall())
            self.assertNotIn(token, text)
            self.assertNotIn(secret, text)

    def test_only_administrators_run_and_change_the_connection(self):
        lead = new_test_user(self.env, "c_lead", groups="linkstar_project.group_lead")
        self.env["linkstar.store.member"].create(
            {
                "store_id": self.store("US").id,
                "user_id": lead.id,
                "is_lead": True,
                "role_id": self.env.ref("linkstar_project.role_operator").id,
            }
        )
        account = self.account.with_user(lead)
        self.assertEqual(account.read(["name"])[0]["name"], self.account.name)
        for method in ("action_run_now", "action_disconnect", "action_authorise"):
            with self.assertRaises(AccessError):
                getattr(account, method)()
        with self.assertRaises(AccessError):
            account.run_stream("orders")
        with self.assertRaises(AccessError):
            account.stream_ids.action_run_now()
        with self.assertRaises(AccessError):
            account.write({"name": "Other"})

    def test_system_fields_refuse_even_administrators(self):
        admin = new_test_user(
            self.env, "c_admin", groups="linkstar_project.group_admin"
        )
        with self.assertRaises(AccessError):
            self.account.with_user(admin).write({"state": "connected"})
        with self.assertRaises(AccessError):
            self.stream("orders").with_user(admin).write({"cursor": {"since": "x"}})

    def test_a_copy_of_the_database_calls_nobody(self):
        self.amazon.control("DELETE", "calls")
        with patch.dict(os.environ, {"LINKSTAR_LIVE_DATABASES": "another"}):
            self.account.run_stream("orders")
            self.assertEqual(self.stream("orders").error_code, "not_live")
            with self.assertRaises(UserError):
                self.account.action_test_connection()
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        with self.assertRaises(UserError):
            self.account.action_test_connection()
        self.assertEqual(self.amazon.calls(), [])

    def test_only_amazons_hosts_are_called(self):
        with (
            patch.dict(os.environ, {"LINKSTAR_AMAZON_ENDPOINT": "http://10.0.0.1:80"}),
            self.assertRaises(CallFailed),
        ):
            client.test_endpoint()
        with patch.dict(os.environ, {"LINKSTAR_AMAZON_ENDPOINT": ""}):
            for url in ("https://example.org/x", "http://api.amazon.com/x"):
                with self.assertRaises(CallFailed):
                    client._check_address(url)

    def test_disconnecting_forgets_the_tokens_and_stops_everything(self):
        self.account.action_disconnect()
        self.assertFalse(self.account.has_token)
        self.amazon.control("DELETE", "calls")
        self.assertEqual(self.account.run_stream("orders")["state"], "off")
        self.assertFalse(self.env["linkstar.amazon.stream"]._take_next_due())
        self.assertEqual(self.amazon.calls(), [])

    def test_a_rotated_client_secret_is_used_at_once(self):
        application = self.world.applications[0]
        self.addCleanup(setattr, application, "secrets", dict(application.secrets))
        self.run_stream("orders")
        fresh = self.amazon.post("application", rotate=True, grace_seconds=0)
        self.assertTrue(fresh)
        client.forget_tokens()
        self.account.run_stream("orders")
        self.assertEqual(self.stream("orders").error_code, "client_refused")
        self.account.application_id.typed_secret = self.world.applications[
            0
        ].client_secret
        self.run_stream("orders")

    def test_late_data_is_told_in_the_readers_clock(self):
        self.run_stream("orders")
        self.env.user.tz = "Asia/Shanghai"
        stream = self.stream("orders")
        stream.last_success = fields.Datetime.now() - timedelta(days=2)
        found = self.env["linkstar.amazon.health"]._health_checks(fields.Datetime.now())
        title = next(f["title"] for f in found if f["res_id"] == stream.id)
        local = format_datetime(self.env, stream.last_success, dt_format="short")
        self.assertIn(local, title)
        self.assertNotIn(str(stream.last_success), title)

    def test_a_first_round_under_way_is_not_called_not_run_yet(self):
        stream = self.stream("traffic")
        self.assertEqual(stream.health, "new")
        self.account.run_stream("traffic")
        self.assertEqual(stream.health, "first", "its report is being made")

    def test_the_health_page_names_what_fails_and_its_next_step(self):
        self.amazon.fault("bare_403", "searchOrders")
        self.account.run_stream("orders")
        found = self.env["linkstar.amazon.health"]._health_checks(fields.Datetime.now())
        mine = [f for f in found if f["res_id"] == self.stream("orders").id]
        self.assertEqual(mine[0]["code"], "amazon_stream_blank_refusal")
        self.assertIn("without giving a reason", mine[0]["title"])
        self.assertTrue(mine[0]["next_step"])
        self.env["linkstar.amazon.bucket"].search([]).unlink()
        self.run_stream("orders")
        found = self.env["linkstar.amazon.health"]._health_checks(fields.Datetime.now())
        self.assertFalse(
            [
                f
                for f in found
                if f["res_model"] == "linkstar.amazon.stream"
                and f["res_id"] == self.stream("orders").id
            ]
        )

    def test_a_secret_that_ends_is_told_once_a_step(self):
        application = self.account.application_id
        admin = new_test_user(
            self.env, "c_renew", groups="linkstar_project.group_admin"
        )
        end = application.secret_expires_on

        def told():
            return self.env["linkstar.notification"].search(
                [("res_model", "=", application._name), ("user_id", "=", admin.id)]
            )

        remind = application._remind
        remind(end - timedelta(days=40))
        self.assertFalse(told())
        for _again in range(2):
            remind(end - timedelta(days=30))
            remind(end - timedelta(days=20))
        self.assertEqual(set(told().mapped("step")), {"renew-30"})
        remind(end - timedelta(days=2))
        self.assertEqual(set(told().mapped("step")), {"renew-30", "renew-3"})
        self.assertIn(application.name, told()[0].title)
        # A new secret starts anew.
        application.typed_secret = self.world.applications[0].client_secret
        self.assertGreater(application.secret_days_left, 170)

    def test_an_authorisation_of_a_public_application_is_told_too(self):
        self.account.application_id.kind = "public"
        end = self.account.authorised_until
        self.account.application_id._remind(end - timedelta(days=7))
        found = self.env["linkstar.notification"].search(
            [("res_model", "=", self.account._name)]
        )
        self.assertEqual(set(found.mapped("step")), {"renew-7"})

    def test_the_diagnosis_carries_no_secret(self):
        self.amazon.fault("error_500", "searchOrders")
        self.account.run_stream("orders")
        text = self.stream("orders").copy_diagnosis()
        self.assertIn("server_error", text)
        self.assertNotIn("Atz", text)

    def test_background_work_leaves_a_token_to_people(self):
        buckets = self.env["linkstar.amazon.bucket"]
        now = fields.Datetime.now()
        waits = [
            buckets._take(self.account.id, "getOrderMetrics", now, reserve=1)
            for _call in range(15)
        ]
        self.assertEqual(waits[:14], [0.0] * 14)
        self.assertGreater(waits[14], 0)
        self.assertEqual(buckets._take(self.account.id, "getOrderMetrics", now), 0.0)
