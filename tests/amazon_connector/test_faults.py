"""Every fault alone: it is explained, nothing is lost, the next run recovers."""

from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.linkstar_connector_amazon import client
from odoo.addons.linkstar_connector_amazon.messages import SENTENCES
from odoo.addons.linkstar_connector_amazon.models import amazon_account_sync
from odoo.addons.linkstar_connector_amazon.streams import HANDLERS

from tests.amazon.faults import KINDS

from .common import AmazonCase
from .test_words import CODES

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
# Faults that strike reports, and the stream that meets them; others strike orders.
REPORT_FAULTS = {
    "empty_report": ("createReport", "traffic"),
    "late_report": ("createReport", "traffic"),
    "report_cancelled": ("createReport", "traffic"),
    "report_fatal": ("createReport", "traffic"),
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
        self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
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

    def test_every_fault_of_the_servers_list_gets_its_own_words(self):
        """Fault → stream → what stands on the page, in both languages."""
        self.env["res.lang"]._activate_lang("zh_CN")
        seen = {}
        for kind in KINDS:
            with self.subTest(kind):
                self.amazon.clear_faults()
                client.forget_tokens()
                self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
                code = self.stream_under(kind)
                self.assertEqual(code or None, CODES[kind])
                if code:
                    seen.setdefault(code, self.words_of(code))
        self.assertEqual(len({words[0] for words in seen.values()}), len(seen))
        self.assertEqual(set(seen), {code for code in CODES.values() if code})

    def stream_under(self, kind):
        """Run the stream that a fault strikes; return the code of its failure."""
        wanted = {"hang": {"seconds": 2}, "slow": {"seconds": 0.1}}
        wanted.update(huge={"bytes": 400_000}, deep_json={"depth": 100_000})
        operation, code = REPORT_FAULTS.get(kind, ("searchOrders", "orders"))
        stream = self.stream(code).sudo()
        stream.write({"cursor": False, "error_code": False, "failures": 0})
        lasting = kind in ("error_401",)
        self.amazon.fault(
            kind, operation, count=None if lasting else 1, **wanted.get(kind, {})
        )
        with (
            patch.object(client, "TIMEOUT", 0.5 if kind == "hang" else client.TIMEOUT),
            patch.object(
                client, "MAX_ANSWER", 200_000 if kind == "huge" else client.MAX_ANSWER
            ),
        ):
            for _call in range(60):
                state = self.account.run_stream(code)["state"]
                if state not in ("more", "waiting"):
                    break
                self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
                self.advance(minutes=1)
        return stream.error_code

    def words_of(self, code):
        """The sentence and next step as the stream shows them, English and Chinese."""
        stream = self.account.stream_ids.filtered(lambda one: one.error_code == code)[0]
        words = []
        for lang in ("en_US", "zh_CN"):
            own = stream.with_context(lang=lang)
            self.assertTrue(own.error and own.next_step, (code, lang))
            self.assertNotIn("%(", own.error + own.next_step)
            words += [own.error, own.next_step]
        self.assertEqual(len(set(words)), 4, "each language says it in its own words")
        for text in words[2:]:
            self.assertRegex(text, "[\u4e00-\u9fff]")
        return tuple(words)

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

    @mute_logger("odoo.addons.linkstar_connector_amazon.models.amazon_stream_unit")
    def test_an_answer_without_the_promised_fields_is_an_error_of_the_answer(self):
        with patch.object(client.Amazon, "selling_partner") as call:
            call.return_value.payload = {"unexpected": True}
            call.return_value.headers = {}
            self.account.run_stream("orders")
        self.assertEqual(self.stream("orders").error_code, "unexpected_answer")

    def test_disturbed_pages_lose_and_double_nothing(self):
        # A window that begins at a fixed moment: our clock goes on meanwhile.
        since = self.stream("orders")._amazon_now() - timedelta(days=34)
        start = {"since": since.isoformat(), "pages": 0}
        self.env["linkstar.amazon.order"].search([]).unlink()
        self.stream("orders").sudo().cursor = start
        self.run_stream("orders")
        truth = self.orders()
        self.assertGreater(len(truth), 250)
        for kind in PAGES:
            with self.subTest(kind):
                # With tokens to spare nothing waits, and the server's clock stands.
                self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
                self.env["linkstar.amazon.order"].search([]).unlink()
                self.stream("orders").sudo().cursor = start
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

    def test_an_unforeseen_error_keeps_the_pages_before_it(self):
        stream = self.stream("orders")
        stream.sudo().cursor = False
        self.env["linkstar.amazon.order"].search([]).unlink()
        absorb, pages = HANDLERS["orders"].absorb, []

        def break_at_the_third_page(handler, answer):
            step = absorb(handler, answer)
            pages.append(step)
            if len(pages) == 3:
                raise RuntimeError("nobody expected this")
            return step

        with (
            patch.object(HANDLERS["orders"], "absorb", break_at_the_third_page),
            mute_logger(
                "odoo.addons.linkstar_connector_amazon.models.amazon_stream_unit"
            ),
        ):
            result = self.account.run_stream("orders")
        self.assertEqual(set(result), {"state", "rows", "error", "next_step"})
        self.assertEqual(result["state"], "failed")
        self.assertIn("RuntimeError", result["error"])
        self.assertEqual(len(self.orders()), 200)
        self.assertEqual(stream.cursor["pages"], 2)
        self.run_stream("orders")
        self.assertFalse(stream.error_code)

    def test_a_request_of_its_own_commits_after_each_call(self):
        stream = self.stream("orders")
        stream.sudo().cursor = False
        cursors = []

        def commit(_cron, *_values, **_options):
            cursors.append(stream.cursor)

        request = SimpleNamespace(env=self.env)
        with (
            patch.object(amazon_account_sync, "request", request),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit),
        ):
            self.assertEqual(self.account.run_stream("orders")["state"], "done")
        self.assertGreater(len(cursors), 2)
        self.assertEqual([cursor["pages"] for cursor in cursors[:2]], [1, 2])

    def test_every_code_has_a_sentence_and_a_step(self):
        for code, (sentence, step) in SENTENCES.items():
            self.assertTrue(str(sentence) and str(step), code)


@tagged("post_install", "-at_install")
class TestOneBadAccount(AmazonCase):
    """What is wrong with one account stays there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bad = cls.make_account(cls.world.accounts[1])
        streams = cls.env["linkstar.amazon.stream"].sudo().search([])
        streams.filtered(lambda s: s.code != "orders").active = False
        others = streams.account_id - cls.account - cls.bad
        others.active = False

    def work(self):
        """What a scheduled action does; the bad account's stream comes first."""
        due = fields.Datetime.now() - timedelta(minutes=1)
        self.stream("orders").sudo().next_run = due
        self.stream("orders", self.bad).sudo().next_run = due - timedelta(hours=1)
        self.env.flush_all()
        with self.registry.cursor() as cr:
            self.env(cr=cr)["linkstar.amazon.stream"]._cron_worker()
        self.env.invalidate_all()

    def check_only_the_bad_one_failed(self, code):
        bad, good = self.stream("orders", self.bad), self.stream("orders")
        self.assertEqual((bad.error_code, bad.failures), (code, 1))
        self.assertTrue(bad.error and bad.next_step)
        self.assertNotIn("%(", bad.error + bad.next_step)
        self.assertGreater(bad.next_run, fields.Datetime.now())
        self.assertFalse(good.error_code)
        self.assertGreater(good.rows_total, 0)

    def test_a_damaged_token_stops_only_its_own_account(self):
        secret = (
            self.env["linkstar.secret"]
            .sudo()
            ._find(self.bad._name, self.bad.id, "refresh_token")
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE linkstar_secret SET ciphertext = left(ciphertext, -6) || 'AAAAAA'"
            " WHERE id = %s",
            [secret.id],
        )
        self.env.invalidate_all()
        self.work()
        self.check_only_the_bad_one_failed("secret_unreadable")

    @mute_logger("odoo.addons.linkstar_connector_amazon.models.amazon_stream_unit")
    def test_an_unforeseen_error_stops_only_its_own_account(self):
        request, bad = HANDLERS["orders"].request, self.bad.id

        def broken(handler):
            if handler.account.id == bad:
                raise RuntimeError("nobody expected this")
            return request(handler)

        with patch.object(HANDLERS["orders"], "request", broken):
            self.work()
        self.check_only_the_bad_one_failed("internal")
        self.assertIn("RuntimeError", self.stream("orders", self.bad).error)
