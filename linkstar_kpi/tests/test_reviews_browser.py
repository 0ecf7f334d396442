"""Periods, reviews and pilots in a real browser."""

from odoo.tests import HttpCase, tagged

from .kpi_common import KpiCase
from .test_periods import ApprovalCase
from .test_reviews import PilotCase
from .test_scorecard_browser import TOOLS

TYPE = (
    TOOLS
    + """
function put(selector, text) {
    const input = find(selector);
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
}
"""
)
APPROVE = (
    TOOLS
    + """
(async () => {
    await tap("button[name='action_request_approval']");
    await until("waits", () => /kpi_manager2/.test(
        find(".o_form_view").innerText));
    if (find("button[name='action_publish']")) {
        throw new Error("publishing is open before the approval");
    }
    await until("waiting list", () => find("[name='wait_ids'] .o_data_row"));
    await tap("button[name='action_open_waits']");
    await until("calendar", () => find(".o_calendar_view"));
    console.log("test successful");
})();
"""
)
HOLD = (
    TYPE
    + """
(async () => {
    await until("form", () => find("[name='notes'] textarea"));
    put("[name='notes'] textarea", "Photos first.");
    await tap("button[name='action_hold']");
    await until("held", () => find(".o_arrow_button_current[data-value='held']"));
    console.log("test successful");
})();
"""
)
ANSWER = (
    TYPE
    + """
(async () => {
    await until("report", () => /100/.test(find(".o_kpi_pilot")?.innerText || ""));
    const box = find(".o_kpi_pilot").getBoundingClientRect();
    if (box.right > 375) {
        throw new Error(`the report ends at ${box.right}`);
    }
    await tap("button[name='action_answer']");
    for (const name of ["fairness", "clarity", "motivation"]) {
        await tap(`.modal [name='${name}'] input`);
        const items = () => [...document.querySelectorAll(".o_select_menu_item")];
        const grade = () => items().find((item) => /^4/.test(item.innerText));
        (await until("grades", grade)).click();
        await until("chosen", () => !items().length);
    }
    await tap(".o_form_button_save, .modal-footer .btn-primary");
    await until("saved", () => !find(".modal"));
    console.log("test successful");
})();
"""
)


def _ready(*users):
    for user in users:
        user.tour_enabled = False
        user.password = user.login


@tagged("post_install", "-at_install")
class TestApprovalBrowser(HttpCase, ApprovalCase):
    def test_levels_of_approval_and_what_the_period_waits_for(self):
        _ready(self.manager)
        self.browser_js(
            f"/odoo/linkstar-kpi-periods/{self.period.id}",
            APPROVE,
            "odoo.isReady === true",
            login=self.manager.login,
            timeout=120,
        )
        self.assertEqual(self.period.approval_state, "pending")


@tagged("post_install", "-at_install")
class TestReviewBrowser(HttpCase, KpiCase):
    def test_a_lead_writes_a_meeting_down(self):
        _ready(self.lead)
        review = self.env["linkstar.kpi.review"].create(
            {
                "employee_id": self.employee_anna.id,
                "lead_id": self.lead.id,
                "action_ids": [(0, 0, {"name": "New photos"})],
            }
        )
        self.browser_js(
            f"/odoo/linkstar-kpi-reviews/{review.id}",
            HOLD,
            "odoo.isReady === true",
            login=self.lead.login,
            timeout=120,
        )
        self.assertEqual(review.notes, "Photos first.")
        self.assertEqual(review.action_ids.task_id.user_ids, self.anna)


@tagged("post_install", "-at_install")
class TestPilotPhone(HttpCase, PilotCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_a_survey_is_answered_on_a_phone(self):
        _ready(self.anna)
        self.browser_js(
            f"/odoo/linkstar-kpi-pilots/{self.pilot.id}",
            ANSWER,
            "odoo.isReady === true",
            login=self.anna.login,
            timeout=120,
        )
        self.assertEqual(self.pilot.answer_count, 1)
