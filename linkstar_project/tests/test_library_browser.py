"""Handover, import and taking over in a real browser, on a desktop and a phone."""

from odoo.tests import HttpCase, tagged

from .plan_common import PlanCase
from .test_my_work_browser import TOOLS
from .trust_common import new_test_user

SIZES = (("desktop", "1440x900", False), ("phone", "375x667", True))

FIT = """
function fits() {
    const wide = document.documentElement.scrollWidth;
    if (wide > window.innerWidth) {
        throw new Error(`sideways scrolling: ${wide} > ${window.innerWidth}`);
    }
}
async function button(name) {
    const direct = () => {
        const found = [...document.querySelectorAll(`button[name="${name}"]`)];
        return found.find((node) => node.offsetParent && !node.disabled);
    };
    const more = ".o_cp_action_menus button, .o_statusbar_buttons .dropdown-toggle";
    if (!direct() && window.innerWidth < 768) {
        await until("form", () => find(".o_form_view"));
        const toggles = [...document.querySelectorAll(more)];
        for (const toggle of toggles) {
            if (!direct()) {
                toggle.click();
                await new Promise((done) => setTimeout(done, 300));
            }
        }
    }
    (await until(name, direct)).click();
}
const text = () => document.body.innerText;
"""

HANDOVER = (
    TOOLS
    + FIT
    + """
(async () => {
    await button("action_preview");
    await until("lines", () => text().includes("Count stock"));
    fits();
    await button("action_hand_over");
    await tap(".modal-footer .btn-primary");
    await until("done", () =>
        find(".o_field_widget[name='confirmed_by_id']") && !text().includes("Refresh")
    );
    fits();
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
)

IMPORT = (
    TOOLS
    + FIT
    + """
(async () => {
    const input = await until("file", () =>
        find(".o_field_widget[name='data'] input[type='file']")
    );
    const files = new DataTransfer();
    const head = "任务,岗位,工时,前置任务";
    const rows = [head, "选品,operator,4,", "上架,operator,2,选品"];
    const sheet = rows.join("\\n");
    files.items.add(new File([sheet], "新品.csv", { type: "text/csv" }));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    const inputs = () => [...document.querySelectorAll("input")];
    await until("chosen", () => inputs().some((node) => node.value === "新品.csv"));
    await button("action_preview");
    await until("preview", () => text().includes("2 new steps"));
    fits();
    await button("action_import");
    await button("action_open");
    await until("template", () => find(".o_field_widget[name='last_version_id']"));
    await until("steps", () => text().includes("选品"));
    fits();
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
)

TAKEOVER = (
    TOOLS
    + FIT
    + """
(async () => {
    await until("ours", () => text().includes("Count stock twice"));
    fits();
    await button("action_apply");
    await tap(".modal-footer .btn-primary");
    await until("template", () => find(".o_field_widget[name='last_version_id']"));
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
)


@tagged("post_install", "-at_install")
class TestLibraryBrowser(PlanCase, HttpCase):
    def setUp(self):
        super().setUp()
        for user in (self.lead, self.manager):
            user.write({"password": f"{user.login}_pw", "tour_enabled": False})

    def browse(self, address, code, user):
        self.browser_js(
            address,
            code,
            ready="Boolean(document.querySelector('.o_form_view'))",
            login=user.login,
            timeout=180,
        )

    def test_work_is_handed_over_on_both_sizes(self):
        self._add_member(
            self.other_store, self.lead, self.buyer_role, is_lead=True, share=0
        )
        for size, self.browser_size, self.touch_enabled in SIZES:
            leaver = new_test_user(
                self.env, f"leaver{size}", "linkstar_project.group_operator"
            )
            heir = new_test_user(
                self.env, f"heir{size}", "linkstar_project.group_operator"
            )
            self._add_member(self.other_store, leaver, self.role)
            project = self._launch(
                stores=self.other_store, override_reason="another start for the phone"
            )
            handover = (
                self.env["linkstar.handover"]
                .with_user(self.lead)
                .create({"user_id": leaver.id, "successor_id": heir.id})
            )
            address = "/odoo/action-linkstar_project.linkstar_handover_action/"
            self.browse(f"{address}{handover.id}", HANDOVER, self.lead)
            handover.invalidate_recordset()
            self.assertEqual(handover.state, "done")
            tasks = project.sudo().task_ids
            self.assertIn(heir, tasks.user_ids)
            self.assertNotIn(leaver, tasks.user_ids)

    def test_a_sheet_becomes_a_template_on_both_sizes(self):
        for _size, self.browser_size, self.touch_enabled in SIZES:
            address = "/odoo/action-linkstar_project.linkstar_sop_import_action"
            self.browse(address, IMPORT, self.manager)
            template = self.env["project.project"].search([("name", "=", "新品")])
            self.assertEqual(len(template), 1)
            template.unlink()

    def test_an_older_version_is_taken_over_on_both_sizes(self):
        for _size, self.browser_size, self.touch_enabled in SIZES:
            self.steps[0].name = "Count stock twice"
            takeovers = self.env["linkstar.template.takeover"].with_user(self.manager)
            action = takeovers._open(
                self.template.with_user(self.manager),
                self.version._read_snapshot(),
                "v1",
            )
            address = f"/odoo/linkstar.template.takeover/{action['res_id']}"
            self.browse(address, TAKEOVER, self.manager)
            self.steps.invalidate_recordset()
            self.assertEqual(self.steps[0].name, "Count stock")
