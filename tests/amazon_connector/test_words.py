"""Every failure the stand-in knows has its own words, in both languages."""

import re

from odoo.tests import TransactionCase, tagged

from odoo.addons.linkstar_connector_amazon.messages import SENTENCES, explain

from tests.amazon.faults import KINDS

# Fault of the stand-in → code of its explanation; None: it must not be noticed.
CODES = {
    "error_500": "server_error",
    "error_503": "unavailable",
    "error_401": "token_rejected",
    "error_403": "role_missing",
    "error_429": "throttled",
    "html_503": "unavailable",
    "html_200": "not_json",
    "bare_403": "blank_refusal",
    "huge": "too_large",
    "deep_json": "not_json",
    "cut_json": "not_json",
    "wrong_length": "not_json",
    "hang": "timeout",
    "slow": None,
    "reset": "connection",
    "repeated_page": None,
    "reordered_page": None,
    "shuffled_page": None,
    "duplicated_item": None,
    "empty_page": None,
    "buyer_data": None,
    "empty_report": "report_late",
    "late_report": None,
    "report_cancelled": "report_cancelled",
    "report_fatal": "report_fatal",
}
VALUES = {
    "operation": "searchOrders",
    "role": "Pricing",
    "account": "Nova Home",
    "queue": "Europe",
    "kind": "KeyError",
}


@tagged("post_install", "-at_install")
class TestWords(TransactionCase):
    """What people read when something fails."""

    def test_every_fault_of_the_stand_in_is_in_the_list(self):
        self.assertEqual(set(CODES), set(KINDS))
        for kind, code in CODES.items():
            if code:
                self.assertIn(code, SENTENCES, kind)

    def test_every_failure_says_what_happened_and_what_to_do_in_both_languages(self):
        english, chinese = self.env, self.env(context={"lang": "zh_CN"})
        self.env["res.lang"]._activate_lang("zh_CN")
        seen = {}
        for code in SENTENCES:
            with self.subTest(code):
                words = explain(english(context={"lang": "en_US"}), code, VALUES)
                for text in words:
                    self.assertTrue(text)
                    self.assertNotIn("%(", text)
                self.assertNotIn(words[0], seen, "another failure says the same")
                seen[words[0]] = code
                for text in explain(chinese, code, VALUES):
                    self.assertTrue(re.search("[\u4e00-\u9fff]", text), text)
                    self.assertNotIn("%(", text)
