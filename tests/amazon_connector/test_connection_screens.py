"""The page of streams and the queue in a real browser, on a desktop and a phone."""

from odoo.tests import HttpCase, new_test_user, tagged

from tests.story.browser import pictured, script

from .common import AmazonCase

STREAMS = "/odoo/action-linkstar_connector_amazon.amazon_stream_action"
QUEUES = "/odoo/action-linkstar_connector_amazon.amazon_queue_action"
DESKTOP, PHONE = "1440x900", "375x667"


@tagged("post_install", "-at_install")
class TestScreens(AmazonCase, HttpCase):
    """What an administrator sees when something fails, and what one taps."""

    @classmethod
    def registry_enter_test_mode_cls(cls):
        """Both parents ask for it; once is enough."""
        if not cls._registry_patched:
            super().registry_enter_test_mode_cls()

    def setUp(self):
        super().setUp()
        self.admin = new_test_user(
            self.env,
            "s_admin",
            groups="linkstar_project.group_admin",
            password="s_admin_pw",
        )
        self.admin.tour_enabled = False
        (self.env["linkstar.amazon.account"].search([]) - self.account).active = False
        self.amazon.fault("error_403", "searchOrders")
        self.account.run_stream("orders")
        self.run_stream("inventory")

    def walk(self, url, size, name, body):
        self.browser_size = size
        self.touch_enabled = size == PHONE
        with pictured(f"amazon-{name}"):
            self.browser_js(
                url, script(body), "odoo.isReady === true", login="s_admin", timeout=90
            )

    def test_a_failing_stream_says_why_and_is_run_from_its_line(self):
        before = self.stream("orders").next_run
        self.walk(
            STREAMS,
            DESKTOP,
            "streams",
            """
            const group = await see(".o_group_header");
            if (!$(".o_data_row")) group.click();
            const row = await withText(".o_data_row", "lacks the role");
            await withText(".o_data_row", "Inventory and Order Tracking");
            const before = row.querySelector("[name=next_run]").textContent;
            row.querySelector("button[name=action_run_now]").click();
            await until("another next run", () => {
                const now = $$(".o_data_row").find((el) =>
                    el.textContent.includes("lacks the role"));
                const cell = now && now.querySelector("[name=next_run]");
                return cell && cell.textContent !== before;
            });
            """,
        )
        self.env.invalidate_all()
        stream = self.stream("orders")
        self.assertLess(stream.next_run, before)

    def test_a_phone_shows_the_streams_as_cards_and_pauses_one(self):
        self.walk(
            STREAMS,
            PHONE,
            "streams-phone",
            """
            await see(".o_kanban_view");
            if (!$(".o_kanban_record:not(.o_kanban_ghost)")) {
                (await see(".o_kanban_group.o_column_folded, .o_kanban_group")).click();
            }
            const card = await withText(".o_kanban_record", "lacks the role");
            noSidewaysScroll();
            card.querySelector("button[name=action_pause]").click();
            await until("paused", () => $$(".o_kanban_record").some((el) =>
                el.querySelector("button[name=action_resume]")));
            """,
        )
        self.env.invalidate_all()
        self.assertFalse(
            self.env["linkstar.amazon.stream"].search(
                [("account_id", "=", self.account.id), ("code", "=", "orders")]
            )
        )

    def test_a_diagnosis_can_be_copied_from_the_form(self):
        self.walk(
            f"{STREAMS}/{self.stream('orders').id}",
            DESKTOP,
            "stream",
            """
            await withText(".alert", "lacks the role");
            await withText(".o_form_view", "role_missing");
            await see(".o_clipboard_button");
            """,
        )

    def test_an_empty_list_of_queues_teaches_and_a_form_shows_the_policy(self):
        self.walk(
            QUEUES,
            DESKTOP,
            "queues",
            """
            await withText(".o_view_nocontent", "Hear of changes within minutes");
            """,
        )
        queue = self.env["linkstar.amazon.queue"].create(
            {
                "name": "North America",
                "application_id": self.account.application_id.id,
                "region": "na",
                "url": "https://sqs.us-east-1.amazonaws.com/123456789012/linkstar",
            }
        )
        self.walk(
            f"{QUEUES}/{queue.id}",
            PHONE,
            "queue-phone",
            """
            await withText(".alert", "Make a queue in Amazon SQS");
            (await withText(".nav-link", "Access policy")).click();
            await withText(".o_form_view", "437568002678");
            noSidewaysScroll();
            """,
        )

    def test_the_guide_connects_an_account_for_those_who_may(self):
        """From “Connect” in the first steps to the form of a new account."""
        stores = self.env["linkstar.store"].search([])
        self.env["linkstar.store.member"].search([]).unlink()
        stores.active = False
        guide = self.env["linkstar.guide"]
        lead = new_test_user(self.env, "s_lead", groups="linkstar_project.group_lead")
        self.assertFalse(guide.with_user(lead).progress()["connect"])
        for size in (DESKTOP, PHONE):
            self.walk(
                "/odoo/action-linkstar_project.first_steps_action",
                size,
                f"connect-{size}",
                """
                const step = await see("[data-step=store]");
                noSidewaysScroll();
                [...step.querySelectorAll("button")]
                    .find((el) => el.textContent === "Connect").click();
                await see(".o_form_view [name=action_authorise]");
                await see(".o_field_widget[name=seller_id]");
                noSidewaysScroll();
                """,
            )
