"""My work in a real browser, on a desktop and on a phone of 375 pixels."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from .tell_common import TellCase

# What every walk needs: wait for a state, tap what is there, count the taps.
TOOLS = """
let taps = 0;
const find = (selector) => document.querySelector(selector);
async function until(what, check) {
    const end = Date.now() + 45000;
    for (;;) {
        const found = check();
        if (found) {
            return found;
        }
        if (Date.now() > end) {
            throw new Error(`${what}: ${document.body.innerText.slice(0, 800)}`);
        }
        await new Promise((done) => setTimeout(done, 50));
    }
}
async function tap(selector) {
    const target = await until(selector, () => {
        const found = find(selector);
        return found && !found.disabled ? found : null;
    });
    taps += 1;
    target.click();
}
function noSidewaysScrolling() {
    const wide = document.documentElement.scrollWidth;
    if (wide > window.innerWidth) {
        throw new Error(`sideways scrolling: ${wide} > ${window.innerWidth}`);
    }
    for (const node of document.querySelectorAll(".o_ls_my_work *")) {
        const box = node.getBoundingClientRect();
        if (box.width && box.right > window.innerWidth + 1) {
            throw new Error(`${node.className} ends at ${box.right}`);
        }
    }
}
function photo() {
    return new Promise((done) => {
        const canvas = document.createElement("canvas");
        canvas.width = 2400;
        canvas.height = 1600;
        canvas.toBlob((blob) => {
            done(new File([blob], "shelf.png", { type: "image/png" }));
        });
    });
}
"""

WALK = (
    TOOLS
    + """
(async () => {
    const card = ".o_ls_card[data-task-id='%(task)d']";
    await until("the list", () => find(card));
    noSidewaysScrolling();
    %(open_first)s
    await tap(card);
    await tap(".o_ls_confirm");
    await until("receipt", () => !find(".o_ls_confirm"));
    await tap(".o_ls_start");
    await until("started", () => !find(".o_ls_start"));
    noSidewaysScrolling();
    if (taps > 3) {
        throw new Error(`${taps} taps to confirm and start`);
    }
    if (!find(".o_ls_finish").disabled) {
        throw new Error("it can be finished without its photo");
    }
    const camera = find(".o_ls_camera");
    if (camera.getAttribute("capture") !== "environment") {
        throw new Error("the camera does not open");
    }
    const files = new DataTransfer();
    files.items.add(await photo());
    camera.files = files.files;
    camera.dispatchEvent(new Event("change"));
    await until("photo", () => find(".o_ls_photos img"));
    const input = find(".o_ls_comment_input");
    input.value = "240 pieces, all fine";
    input.dispatchEvent(new Event("input"));
    await tap(".o_ls_comment_send");
    await until("comment", () =>
        find(".o_ls_comments").innerText.includes("240 pieces, all fine")
    );
    noSidewaysScrolling();
    await tap(".o_ls_finish");
    await until("done", () => find(".o_ls_done"));
    await tap(".o_ls_back");
    await until("gone from the list", () => !find(card));
    noSidewaysScrolling();
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
)

MENUS = (
    TOOLS
    + """
(async () => {
    const menus = () =>
        [...document.querySelectorAll(".o_menu_sections [data-menu-xmlid]")].map(
            (node) => node.dataset.menuXmlid.split(".")[1]
        );
    await until("the menu", () => menus().length);
    const missing = %(wanted)s.filter((name) => !menus().includes(name));
    const extra = menus().filter((name) => %(hidden)s.includes(name));
    if (missing.length || extra.length) {
        throw new Error(`missing ${missing}, extra ${extra}, found ${menus()}`);
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
)


@tagged("post_install", "-at_install")
class TestMyWorkBrowser(TellCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.operator.write({"password": "plan_operator_pw", "tour_enabled": False})
        self.task.write({"evidence_required": True})
        self.due_in(hours=1)
        self.queue_one(self.odoo_channel, needs_ack=True)

    def walk(self):
        code = WALK % {"task": self.task.id, "open_first": ""}
        self.browser_js(
            "/odoo/linkstar-my-work",
            code,
            ready="Boolean(document.querySelector('.o_ls_my_work'))",
            login="plan_operator",
            timeout=180,
        )
        self.task.invalidate_recordset()
        self.assertEqual(self.task.state, "1_done")
        photos = self.env["ir.attachment"].search(
            [("res_model", "=", "project.task"), ("res_id", "=", self.task.id)]
        )
        self.assertEqual(photos.mapped("mimetype"), ["image/jpeg"])
        self.assertLess(photos.file_size, 1_000_000)

    def test_a_day_on_the_desktop(self):
        self.browser_size = "1440x900"
        self.walk()

    def test_a_day_on_the_phone(self):
        self.browser_size = "375x667"
        self.touch_enabled = True
        self.walk()

    def test_the_empty_list_teaches(self):
        self.project.task_ids.state = "1_canceled"
        self.browser_js(
            "/odoo/linkstar-my-work",
            TOOLS
            + """
            until("help", () => find(".o_ls_empty")?.innerText.includes("what is due"))
                .then(() => console.log("test successful"))
                .catch((error) => console.error(error.message));
            """,
            ready="Boolean(document.querySelector('.o_ls_my_work'))",
            login="plan_operator",
        )

    def check_menus(self, user, wanted, hidden):
        user.write({"password": f"{user.login}_pw_1", "tour_enabled": False})
        self.browser_js(
            "/odoo/action-linkstar_project.linkstar_store_action",
            MENUS % {"wanted": wanted, "hidden": hidden},
            ready="Boolean(document.querySelector('.o_menu_sections'))",
            login=user.login,
        )

    def test_an_operator_sees_the_daily_menus(self):
        self.check_menus(
            self.operator,
            ["menu_my_work", "menu_board"],
            ["menu_health", "menu_settings"],
        )

    def test_a_lead_sees_health_and_settings(self):
        self.check_menus(self.lead, ["menu_my_work", "menu_health"], [])

    def test_an_auditor_sees_no_list_of_own_work(self):
        self.operator.group_ids = [
            Command.set([self.env.ref("linkstar_project.group_auditor").id])
        ]
        self.check_menus(self.operator, ["menu_health"], ["menu_my_work"])
