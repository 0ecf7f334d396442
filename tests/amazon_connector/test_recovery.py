"""A failure is told on the pages, in the reader's language, and ends by itself."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from tests.story.browser import pictured, script

from .common import AmazonCase

STREAMS = "/odoo/action-linkstar_connector_amazon.amazon_stream_action"
HEALTH = "/odoo/action-linkstar_project.health_action"
LANGUAGES = ("en_US", "zh_CN")


@tagged("post_install", "-at_install")
class TestRecovery(AmazonCase, HttpCase):
    """From the server's failure through the schedule to the reader, and back."""

    @classmethod
    def registry_enter_test_mode_cls(cls):
        """Both parents ask for it; once is enough."""
        if not cls._registry_patched:
            super().registry_enter_test_mode_cls()

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang in LANGUAGES:
            user = new_test_user(
                self.env,
                f"r_{lang}",
                groups="linkstar_project.group_admin",
                password=f"r_{lang}_password",
                lang=lang,
            )
            user.tour_enabled = False
        (self.env["linkstar.amazon.account"].search([]) - self.account).active = False
        self.run_stream("orders")
        self.orders = self.stream("orders").sudo()
        self.only_orders_are_due()

    def only_orders_are_due(self):
        """Let time pass until the next run of orders, and of nothing else."""
        now = fields.Datetime.now()
        (self.account.stream_ids - self.orders).sudo().next_run = now + timedelta(1)
        self.orders.next_run = now - timedelta(seconds=1)
        self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()

    def schedule(self):
        """What a scheduled action does, until nothing is due."""
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=1
        ):
            self.env["linkstar.amazon.stream"]._cron_worker()

    def words(self, lang):
        """What happened, and what to do, as the reader should see it."""
        stream = self.orders.with_context(lang=lang)
        return stream.error, stream.next_step

    def look(self, url, lang, size, name, body):
        self.browser_size, self.touch_enabled = size, size.startswith("375")
        with pictured(f"recovery-{name}-{lang}-{size}"):
            self.browser_js(
                url,
                script(body),
                "odoo.isReady === true",
                login=f"r_{lang}",
                timeout=90,
            )

    def look_at_streams(self, lang, expected, unexpected=""):
        """Open the account's streams, with what they say of orders."""
        self.look(
            STREAMS,
            lang,
            "1440x900",
            "streams",
            f"""
            const group = await see(".o_group_header");
            if (!$(".o_data_row")) group.click();
            await see(".o_data_row");
            for (const text of {expected!r}) await withText(".o_data_row", text);
            const unwanted = {unexpected!r};
            const text = $(".o_content").textContent;
            if (unwanted && text.includes(unwanted)) throw new Error("still: " + text);
            noSidewaysScroll();
            """,
        )

    def look_at_health(self, lang, size, sentence, step=""):
        """Open the health page; without a step the sentence must not be there."""
        self.look(
            HEALTH,
            lang,
            size,
            "health" if step else "healthy",
            f"""
            await see(".o_ls_health header");
            const page = () => $(".o_ls_health").textContent;
            if ({step!r}) {{
                await until("the sentence", () => page().includes({sentence!r}));
                await until("the next step", () => page().includes({step!r}));
            }} else if (page().includes({sentence!r})) {{
                throw new Error("still: " + page());
            }}
            noSidewaysScroll();
            """,
        )

    def test_a_failure_is_explained_in_both_languages_and_ends_by_itself(self):
        before = self.orders.last_success
        self.amazon.fault("html_503", "searchOrders", count=None)
        self.only_orders_are_due()
        self.schedule()
        self.assertEqual(self.orders.error_code, "unavailable")
        told = {lang: self.words(lang) for lang in LANGUAGES}
        self.assertNotEqual(told["en_US"], told["zh_CN"])
        for lang, (sentence, step) in told.items():
            self.look_at_streams(lang, [sentence, step])
        self.look_at_health("en_US", "1440x900", *told["en_US"])
        self.look_at_health("zh_CN", "375x667", *told["zh_CN"])

        self.amazon.clear_faults()
        self.schedule()
        self.assertTrue(self.orders.error_code, "it is tried when it is due")
        soon = fields.Datetime.now() + timedelta(hours=2)
        self.assertLess(self.orders.next_run, soon)
        self.only_orders_are_due()
        self.schedule()
        self.assertEqual((self.orders.error_code, self.orders.health), (False, "ok"))
        self.assertGreaterEqual(self.orders.last_success, before)
        for lang, (sentence, _step) in told.items():
            names = dict(
                self.orders.with_context(lang=lang)
                ._fields["code"]
                ._description_selection(self.env(context={"lang": lang}))
            )
            self.look_at_streams(lang, [names["orders"]], sentence)
        self.look_at_health("zh_CN", "1440x900", told["zh_CN"][0])
