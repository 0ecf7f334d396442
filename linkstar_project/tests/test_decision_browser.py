"""Trail, retention, moved promotions and declined proposals on both sizes."""

from datetime import date, timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_my_work_browser import TOOLS
from .test_trigger import TriggerCase

SIZES = ("1440x900", "375x667")
# Buttons of a form hide behind a menu on a phone.
PRESS = (
    TOOLS
    + """
const visible = (selector) =>
    [...document.querySelectorAll(selector)].find((node) => node.offsetParent);
async function press(name) {
    const button = `button[name='${name}']`;
    let opened = 0;
    const target = await until(name, () => {
        if (!visible(button) && visible(MORE) && Date.now() - opened > 1500) {
            opened = Date.now();
            visible(MORE).click();
        }
        return visible(button);
    });
    target.click();
}
const MORE = [".o_statusbar_buttons .o-dropdown", ".o_button_more"]
    .map((menu) => `${menu}:not(.show)`)
    .join(", ");
const inText = (selector, text) => () =>
    [...document.querySelectorAll(selector)].find((node) =>
        node.innerText.includes(text)
    );
function type(node, text) {
    node.focus();
    node.value = text;
    node.dispatchEvent(new Event("input", { bubbles: true }));
    node.dispatchEvent(new Event("change", { bubbles: true }));
}
(async () => {
    %s
    noSidewaysScrolling();
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
)


@tagged("post_install", "-at_install")
class TestDecisionBrowser(TriggerCase, HttpCase):
    @classmethod
    def registry_enter_test_mode_cls(cls):
        """Both parents ask for it; once is enough."""
        if not cls._registry_patched:
            super().registry_enter_test_mode_cls()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead.write({"password": "plan_lead_pw_1", "tour_enabled": False})

    def walk(self, size, url, body):
        """Walk a screen as the lead and leave nothing unsaved."""
        self.browser_size = size
        self.touch_enabled = size == SIZES[1]
        self.browser_js(
            url,
            PRESS % body,
            "odoo.isReady === true",
            login="plan_lead",
            timeout=120,
        )
        self.env.invalidate_all()

    def action_id(self, name):
        """The name of a button that opens an action."""
        return str(self.env.ref(f"linkstar_project.{name}").id)

    def test_a_proposal_is_declined_with_its_reason(self):
        self.trigger.write({"mode": "ask", "cooldown_days": 0})
        for size in SIZES:
            log = self._happen(size).log_ids
            self.walk(
                size,
                f"/odoo/linkstar-proposals/{log.id}",
                """
                await press("ACTION");
                const reason = await until("reason", () =>
                    find(".modal [name='reason'] textarea"));
                noSidewaysScrolling();
                type(reason, "600 pieces arrive on Friday");
                await press("action_decline");
                await until("why", inText(".o_form_view", "600 pieces arrive"));
                """.replace(
                    "ACTION", self.action_id("linkstar_trigger_decline_action")
                ),
            )
            self.assertEqual((log.state, log.decided_by_id), ("dismissed", self.lead))

    def test_a_proposal_is_launched_from_its_card_on_a_phone(self):
        self.trigger.mode = "ask"
        log = self._happen("card").log_ids
        self.walk(
            SIZES[1],
            "/odoo/linkstar-proposals",
            """
            const card = await until("card",
                inText(".o_kanban_record", "Low stock restocks"));
            noSidewaysScrolling();
            const launch = card.querySelector("[name='action_launch']");
            const box = launch.getBoundingClientRect();
            if (box.right > window.innerWidth) {
                throw new Error("the button is off the screen");
            }
            launch.click();
            await until("its project", () => find(".o_form_view"));
            """,
        )
        self.assertEqual((log.state, log.decided_by_id), ("fired", self.lead))

    def test_projects_move_with_their_promotion_after_a_look(self):
        promotion = self.env["linkstar.promotion"].create(
            {
                "name": "Big Day",
                "platform_id": self.platform.id,
                "stock_deadline": date.today() + timedelta(80),
                "date_from": date.today() + timedelta(100),
                "date_to": date.today() + timedelta(101),
            }
        )
        self.template.anchor = "target"
        version = self.template.publish_version("target")
        project = promotion.with_user(self.lead).launch(
            version.id, self.store.ids, "stock_deadline"
        )
        for size in SIZES:
            promotion.stock_deadline += timedelta(7)
            self.walk(
                size,
                f"/odoo/linkstar-promotions/{promotion.id}",
                """
                await until("warning", inText(".alert-warning", "1"));
                await press("action_move_projects");
                await until("moves", inText(".modal", "Count stock"));
                noSidewaysScrolling();
                await press("action_move");
                await until("moved", () => !find(".modal"));
                await until("no warning", () => !visible(".alert-warning"));
                """,
            )
            self.assertEqual(project.anchor_date, promotion.stock_deadline)

    def test_the_trail_is_read_and_exported(self):
        for size in SIZES:
            name = f"Renamed on {size}"
            self.store.with_user(self.lead).sudo().name = name
            self.env.flush_all()
            self.walk(
                size,
                "/odoo/linkstar-trail",
                """
                await until("entry", inText(".o_content", "NAME"));
                noSidewaysScrolling();
                await press("ACTION");
                const count = await until("count", () =>
                    find(".modal [name='entry_count']"));
                if (!parseInt(count.innerText)) {
                    throw new Error(`nothing to export: ${count.innerText}`);
                }
                await until("download", () => visible("[name='action_export']"));
                """.replace("NAME", name).replace(
                    "ACTION", self.action_id("linkstar_trail_export_action")
                ),
            )

    def test_retention_is_changed_and_an_archived_project_restored(self):
        self.lead.group_ids += self.env.ref("linkstar_project.group_admin")
        retention = self.env["linkstar.retention"].search(
            [("company_id", "=", self.store.company_id.id)]
        )
        for size, days in zip(SIZES, (40, 50), strict=True):
            project = self._launch(subject={"key": size, "label": size})
            project.sudo().write(
                {
                    "outcome": "success",
                    "finished_at": fields.Datetime.now() - timedelta(days=90),
                }
            )
            retention._archive_closed(fields.Datetime.now())
            self.assertFalse(project.active)
            self.walk(
                size,
                f"/odoo/linkstar-retention/{retention.id}",
                """
                const days = await until("days", () =>
                    find("[name='archive_days'] input"));
                type(days, "DAYS");
                noSidewaysScrolling();
                // The button saves what was typed, once the form knows of it.
                await until("changed", () =>
                    find(".o_form_status_indicator_buttons:not(.invisible)"));
                await press("action_open_archived");
                const archived = inText(".o_data_row, .o_kanban_record", "SUBJECT");
                const row = await until("project", archived);
                row.querySelector("[name='action_restore']").click();
                await until("gone", () => !archived());
                """.replace("DAYS", str(days)).replace("SUBJECT", size),
            )
            self.assertEqual(retention.archive_days, days)
            self.assertTrue(project.active)
