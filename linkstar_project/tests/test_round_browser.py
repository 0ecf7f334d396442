"""Store rounds in a real browser: two minutes on a phone of 375 pixels."""

from odoo import fields
from odoo.tests import HttpCase, tagged

from .plan_common import PlanCase
from .test_my_work_browser import TOOLS

WALK = (
    TOOLS
    + """
(async () => {
    const card = ".o_ls_round_card[data-round-id='%(round)d']";
    const check = (id, button) => `[data-check-id='${id}'] ${button}`;
    const bigEnough = () => {
        const buttons = ".o_ls_check .btn:not(.btn-link)";
        for (const node of document.querySelectorAll(buttons)) {
            if (node.getBoundingClientRect().height < 44) {
                throw new Error(`${node.className} is too small to tap`);
            }
        }
    };
    await until("the list", () => find(card));
    noSidewaysScrolling();
    await tap(card);
    await until("the round", () => find(check(%(first)d, ".o_ls_ok")));
    noSidewaysScrolling();
    bigEnough();
    await tap(check(%(first)d, ".o_ls_ok"));
    await until("counted", () => find(".o_ls_check_ok[data-check-id='%(first)d']"));
    if (taps > 2) {
        throw new Error(`${taps} taps to answer a check`);
    }
    taps = 0;
    await tap(check(%(second)d, ".o_ls_fault"));
    const note = await until("note", () => find(".o_ls_fault_note"));
    note.value = "Another seller has it";
    note.dispatchEvent(new Event("input"));
    noSidewaysScrolling();
    bigEnough();
    await tap(".o_ls_make_task");
    await until("task", () => find(check(%(second)d, ".o_ls_round_task")));
    if (taps > 2) {
        throw new Error(`${taps} taps to make a task of a fault`);
    }
    // The camera opens by the answer itself; a test chooses its file.
    const camera = find(".o_ls_camera");
    if (camera.getAttribute("capture") !== "environment") {
        throw new Error("the camera does not open");
    }
    camera.click = () => {};
    await tap(check(%(third)d, ".o_ls_ok"));
    const files = new DataTransfer();
    files.items.add(await photo());
    camera.files = files.files;
    camera.dispatchEvent(new Event("change"));
    await until("photo", () => find(check(%(third)d, ".o_ls_photos img")));
    await until("done", () => find(".o_ls_round_finished"));
    noSidewaysScrolling();
    await tap(check(%(second)d, ".o_ls_round_task"));
    await until("its task", () =>
        find(".o_ls_panel h2")?.innerText.includes("Fault: Buy Box is ours")
    );
    noSidewaysScrolling();
    await tap(".o_ls_back");
    await until("the list again", () => find(card + ".o_ls_round_done"));
    noSidewaysScrolling();
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
)


@tagged("post_install", "-at_install")
class TestRoundBrowser(PlanCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.env["linkstar.round.template"].search([]).active = False
        self.env["linkstar.round.template"].create(
            {
                "name": "Morning round",
                "role_id": self.role.id,
                "weekends": True,
                "line_ids": [
                    (0, 0, {"name": "No listing suppressed or stranded"}),
                    (0, 0, {"name": "Buy Box is ours on the best sellers"}),
                    (0, 0, {"name": "Account health", "photo_required": True}),
                ],
            }
        )
        self.operator.write({"password": "plan_operator_pw", "tour_enabled": False})
        self.env["linkstar.round"]._open_due(fields.Datetime.now())
        self.round = self.env["linkstar.round"].search(
            [("user_id", "=", self.operator.id)]
        )

    def walk(self):
        first, second, third = self.round.check_ids.ids
        self.browser_js(
            "/odoo/linkstar-my-work",
            WALK
            % {
                "round": self.round.id,
                "first": first,
                "second": second,
                "third": third,
            },
            ready="Boolean(document.querySelector('.o_ls_my_work'))",
            login="plan_operator",
            timeout=180,
        )
        self.round.invalidate_recordset()
        self.assertEqual((self.round.state, self.round.fault_count), ("done", 1))

    def test_a_round_on_the_phone(self):
        self.browser_size = "375x667"
        self.touch_enabled = True
        self.walk()

    def test_a_round_on_the_desktop(self):
        self.browser_size = "1440x900"
        self.walk()
