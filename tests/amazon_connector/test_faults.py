"""Every fault alone: it is explained, nothing is lost, the next run recovers."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.linkstar_connector_amazon import client
from odoo.addons.linkstar_connector_amazon.messages import SENTENCES

from .common import AmazonCase

# Fault → code of the explanation.
ANSWERS = {
    "error_500": "server_error",
    "error_503": "unavailable",
    "error_429": "throttled",
    "html_503": "unavailable",
    "html_200": "not_json",
    "bare_403": "blank_refusal",
    "cut_json": "not_json",
    "wrong_length": "not_json",
    "reset": "connection",
    "error_403": "role_missing",
}
# Faults of a page that must not be noticed at all.
PAGES = (
    "repeated_page",
    "reordered_page",
    "shuffled_page",
    "duplicated_item",
    "empty_page",
)


@tagged("post_install", "-at_install")
class TestFaults(AmazonCase):
    """Orders under each fault."""

    def orders(self):
        """What we have of each order."""
        orders = self.env["linkstar.amazon.order"].search(
            [("account_id", "=", self.account.id)]
        )
        return {(o.reference, o.status, len(o.line_ids)) for o in orders}

    def setUp(self):
        super().setUp()
        self.amazon.clear_faults()
        # Other tests have moved the server's clock.
        self.account.action_read_marketplaces()

    def test_each_refusal_is_explained_and_the_next_run_recovers(self):
        self.run_stream("orders")
        before = self.orders()
        stream = self.stream("orders")
        for kind, code in ANSWERS.items():
            with self.subTest(kind):
                cursor = stream.cursor
                self.amazon.fault(kind, "searchOrders")
                result = self.account.run_stream("orders")
                self.assertEqual(result["state"], "failed", kind)
                self.assertEqual(stream.error_code, code, kind)
                self.assertEqual(stream.cursor, cursor)
                self.assertTrue(result["error"] and result["next_step"])
                self.assertGreater(stream.next_run, stream.last_run)
                self.env["linkstar.amazon.bucket"].search([]).unlink()
                self.run_stream("orders")
                self.assertFalse(stream.error_code)
        self.assertEqual(self.orders(), before)

    def test_a_hanging_socket_ends_by_time_out(self):
        with patch.object(client, "TIMEOUT", 0.3):
            self.amazon.fault("hang", "searchOrders", seconds=2)
            self.account.run_stream("orders")
        self.assertEqual(self.stream("orders").error_code, "timeout")

    def test_an_answer_beyond_the_bound_is_not_read(self):
        with patch.object(client, "MAX_ANSWER", 200_000):
            self.amazon.fault("huge", "searchOrders", bytes=400_000)
            self.account.run_stream("orders")
        self.assertEqual(self.stream("orders").error_code, "too_large")

    def test_an_answer_nested_without_end_is_refused(self):
        self.amazon.fault("deep_json", "searchOrders", depth=100_000)
        self.account.run_stream("orders")
        self.assertEqual(self.stream("orders").error_code, "not_json")

    @mute_logger("odoo.addons.linkstar_connector_amazon.models.amazon_stream")
    def test_an_answer_without_the_promised_fields_is_an_error_of_the_answer(self):
        with patch.object(client.Amazon, "selling_partner") as call:
            call.return_value.payload = {"unexpected": True}
            call.return_value.headers = {}
            self.account.run_stream("orders")
        self.assertEqual(self.stream("orders").error_code, "unexpected_answer")

    def test_disturbed_pages_lose_and_double_nothing(self):
        self.run_stream("orders")
        truth = self.orders()
        self.assertGreater(len(truth), 250)
        for kind in PAGES:
            with self.subTest(kind):
                self.env["linkstar.amazon.order"].search([]).unlink()
                self.stream("orders").sudo().cursor = False
                self.amazon.fault(kind, "searchOrders")
                self.run_stream("orders")
                self.assertEqual(self.orders(), truth)

    def test_a_failure_in_the_middle_goes_on_from_the_same_page(self):
        self.run_stream("orders")
        truth = self.orders()
        self.env["linkstar.amazon.order"].search([]).unlink()
        stream = self.stream("orders")
        stream.sudo().cursor = False
        self.amazon.fault("error_500", "searchOrders", after=2)
        self.assertEqual(self.account.run_stream("orders")["state"], "failed")
        self.assertEqual(len(self.orders()), 200)
        self.assertEqual(stream.cursor["pages"], 2)
        self.run_stream("orders")
        self.assertEqual(self.orders(), truth)

    def test_a_page_that_expired_is_read_anew(self):
        self.stream("orders").sudo().cursor = False
        self.account.stream_ids.filtered(lambda s: s.code == "orders")._run_unit()
        self.assertTrue(self.stream("orders").cursor["page"])
        self.advance(hours=30)
        self.assertEqual(self.account.run_stream("orders")["state"], "failed")
        self.assertEqual(self.stream("orders").error_code, "page_expired")
        self.run_stream("orders")

    def test_a_withdrawn_authorisation_needs_attention_and_is_told(self):
        self.amazon.post("account", account=0, revoked=True)
        client.forget_tokens()
        self.account.run_stream("orders")
        self.assertEqual(self.stream("orders").error_code, "authorisation_revoked")
        self.assertEqual(self.account.state, "attention")
        self.account.run_stream("orders")
        self.assertEqual(
            len(self.events("authorisation_failing")), len(self.account.store_ids)
        )
        self.amazon.post("account", account=0, revoked=False)
        client.forget_tokens()
        self.run_stream("orders")
        self.assertEqual(self.account.state, "connected")

    def test_a_throttled_call_waits_as_long_as_amazon_says(self):
        self.amazon.fault("error_429", "searchOrders")
        self.account.run_stream("orders")
        self.assertEqual(self.account.run_stream("orders")["state"], "waiting")

    def test_no_personal_data_is_kept(self):
        self.amazon.fault("buyer_data", "searchOrders", count=None)
        self.run_stream("orders")
        self.env.cr.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN"
            " ('text', 'character varying', 'jsonb', 'json')"
            " AND table_name LIKE ANY (%s)",
            [["linkstar%", "mail_message", "ir_logging", "ir_attachment"]],
        )
        found = []
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(
                f'SELECT 1 FROM "{table}" WHERE "{column}"::text LIKE %s LIMIT 1',
                ["%PII-MARKER%"],
            )
            if self.env.cr.fetchone():
                found.append((table, column))
        self.assertEqual(found, [])
        self.assertGreater(len(self.orders()), 100)

    def test_every_code_has_a_sentence_and_a_step(self):
        for code, (sentence, step) in SENTENCES.items():
            self.assertTrue(str(sentence) and str(step), code)
