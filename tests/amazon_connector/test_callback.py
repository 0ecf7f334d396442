"""The address Amazon sends people back to, and what the log keeps of it."""

import logging
from unittest.mock import patch
from urllib.parse import quote

from werkzeug import serving

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.linkstar_connector_amazon.controllers.callback import HideQuery

from .common import AmazonCase

CALLBACK = "/linkstar/amazon/callback"


@tagged("post_install", "-at_install")
class TestCallback(AmazonCase, HttpCase):
    """A browser's way through the consent."""

    @classmethod
    def registry_enter_test_mode_cls(cls):
        """Both parents ask for it; once is enough."""
        if not cls._registry_patched:
            super().registry_enter_test_mode_cls()

    def setUp(self):
        super().setUp()
        new_test_user(
            self.env, "c_admin", groups="linkstar_project.group_admin", password="c_pw"
        )
        self.authenticate("c_admin", "c_pw")

    def press(self, button):
        """Press a button of the account in the browser; return where it leads."""
        body = {
            "params": {
                "model": self.account._name,
                "method": button,
                "args": [self.account.ids],
                "kwargs": {},
            }
        }
        answer = self.url_open("/web/dataset/call_button", json=body).json()
        return answer["result"]["url"]

    def authorise(self):
        """Press Authorise in the browser.

        :return: state and code that Amazon would bring back
        """
        state = self.press("action_authorise").rpartition("state=")[2]
        code = self.world.lwa.issue_code(
            "sp", self.world.applications[0], self.seller_account
        )
        return state, code

    def come_back(self, state, code, ads=False):
        """Amazon's redirect; follow it to the page the user sees."""
        path = (
            f"{CALLBACK}?state={quote(state)}&spapi_oauth_code={quote(code)}"
            f"&selling_partner_id={self.seller_account.seller_id}"
        )
        if ads:
            path = f"{CALLBACK}/ads?state={quote(state)}&code={quote(code)}"
        answer = self.url_open(path, allow_redirects=False)
        self.assertIn(answer.status_code, (302, 303))
        place = answer.headers["Location"]
        self.assertNotIn("?", place)
        return place

    def test_consent_connects_and_leads_back_to_the_account(self):
        self.account.action_disconnect()
        place = self.come_back(*self.authorise())
        self.account.invalidate_recordset()
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.account.selling_partner, self.seller_account.seller_id)
        self.assertTrue(place.endswith(f"amazon_account_action/{self.account.id}"))

    def test_the_consent_for_advertising_brings_the_profiles(self):
        self.account.profile_ids.unlink()
        self.env["linkstar.secret"].sudo()._store(
            self.account._name, self.account.id, "ads_refresh_token", ""
        )
        url = self.press("action_authorise_ads")
        self.assertIn("advertising%3A%3Acampaign_management", url)
        state = url.rpartition("state=")[2]
        code = self.world.lwa.issue_code(
            "ads", self.world.applications[0], self.seller_account
        )
        # A state of one kind does not open the door of the other.
        refused = self.url_open(self.come_back(self.authorise()[0], code, ads=True))
        self.assertIn("was not started here", refused.text)
        self.come_back(state, code, ads=True)
        self.account.invalidate_recordset()
        self.assertTrue(self.account.has_ads_token)
        self.assertEqual(
            len(self.account.profile_ids), len(self.seller_account.marketplaces)
        )

    def test_a_wrong_state_connects_nothing_and_says_so_once(self):
        self.account.action_disconnect()
        _state, code = self.authorise()
        place = self.come_back("guessed", code)
        page = self.url_open(place)
        self.assertIn("was not started here", page.text)
        self.assertIn("amazon_account_action", page.text)
        self.account.invalidate_recordset()
        self.assertEqual(self.account.state, "disconnected")
        again = self.url_open(place, allow_redirects=False)
        self.assertIn(again.status_code, (302, 303))

    def test_a_code_amazon_refuses_uses_up_the_state_and_is_explained(self):
        state, code = self.authorise()
        page = self.url_open(self.come_back(state, "no-such-code"))
        self.assertIn("The account was not connected", page.text)
        page = self.url_open(self.come_back(state, code))
        self.assertIn("was used already", page.text)

    def test_the_access_log_keeps_neither_state_nor_code(self):
        logger = logging.getLogger("werkzeug")

        def loud(_level, message, *values):
            # Odoo's test client raises the logger's level with each request.
            logger.error(message.rstrip(), *values)

        with patch.object(serving, "_log", loud), self.assertLogs(logger) as log:
            self.come_back("SECRETSTATE", "SECRETCODE")
            self.logout()
            self.url_open(f"{CALLBACK}?state=SECRETSTATE&spapi_oauth_code=SECRETCODE")
        text = "\n".join(log.output)
        self.assertIn(CALLBACK, text)
        self.assertNotIn("SECRET", text)

    def test_the_filter_shortens_only_lines_of_the_callback(self):
        def kept(line):
            record = logging.LogRecord("w", 20, "", 1, '"%s" %s', (line, 200), None)
            self.assertTrue(HideQuery().filter(record))
            return record.getMessage()

        for path in (
            f"{CALLBACK}?state=S&spapi_oauth_code=C",
            f"{CALLBACK}/?state=S",
            f"{CALLBACK}?x=%C3 state=S HTTP/1.1 code=C",
            f"/web/login?redirect={quote(CALLBACK + '?state=S', safe='')}",
        ):
            self.assertNotRegex(kept(f"GET {path} HTTP/1.1"), r"=[SC]|%3D[SC]\b")
            self.assertIn("HTTP/1.1", kept(f"GET {path} HTTP/1.1"))
        self.assertIn("?a=b HTTP", kept("GET /web?a=b HTTP/1.1"))
