"""A month's close in a real browser: manager on a desktop, operator on a phone."""

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .kpi_common import KpiCase

TOOLS = """
async function until(what, check) {
    const end = Date.now() + 20000;
    for (;;) {
        const found = check();
        if (found) {
            return found;
        }
        if (Date.now() > end) {
            throw new Error(`${what}: ${document.body.innerText.slice(0, 600)}`);
        }
        await new Promise((done) => setTimeout(done, 50));
    }
}
const find = (selector) => document.querySelector(selector);
async function tap(selector) {
    const ready = () => {
        const found = find(selector);
        return found && !found.disabled ? found : null;
    };
    (await until(selector, ready)).click();
}
function noSidewaysScrolling() {
    for (const node of document.querySelectorAll(".o_kpi_page *")) {
        const box = node.getBoundingClientRect();
        if (box.width && box.right > window.innerWidth + 1) {
            throw new Error(`${node.className} ends at ${box.right}`);
        }
    }
}
"""
CLOSE = (
    TOOLS
    + """
(async () => {
    const state = (name) =>
        find(`.o_arrow_button_current[data-value='${name}']`);
    await tap("button[name='calculate']");
    await until("calculated", () => state("calculated"));
    await tap("button[name='action_publish']");
    await tap(".modal-footer .btn-primary");
    await until("published", () => state("published"));
    console.log("test successful");
})();
"""
)
READ = (
    TOOLS
    + """
(async () => {
    await until("score", () => /110/.test(find(".o_kpi_number")?.innerText || ""));
    noSidewaysScrolling();
    await tap(".o_kpi_line_head");
    await until("why", () => /US-KPI/.test(find(".o_kpi_why")?.innerText || ""));
    await tap(".o_kpi_parts");
    await until("parts", () => /46,500/.test(find(".o_kpi_part")?.innerText || ""));
    noSidewaysScrolling();
    await tap(".o_kpi_acknowledge");
    await until("thanks", () => !find(".o_kpi_acknowledge"));
    console.log("test successful");
})();
"""
)
CALIBRATE = (
    TOOLS
    + """
(async () => {
    await until("groups", () => find(".o_kpi_group .o_kpi_people"));
    noSidewaysScrolling();
    await tap(".o_kpi_people");
    const person = () => find(".o_kpi_person")?.innerText || "";
    await until("people", () => /kpi_anna/.test(person()));
    noSidewaysScrolling();
    await tap(".o_kpi_adjust");
    await until("form", () => find(".modal [name='points'] input"));
    console.log("test successful");
})();
"""
)
APPEAL = (
    TOOLS
    + """
(async () => {
    await tap(".o_kpi_appeal");
    const input = await until("words", () => find(".o_kpi_page textarea"));
    input.value = "The return of 3 May was not mine.";
    input.dispatchEvent(new Event("input"));
    await tap(".o_kpi_send");
    await until("appeal", () => /3 May/.test(find(".o_kpi_page").innerText));
    noSidewaysScrolling();
    console.log("test successful");
})();
"""
)


class ScorecardBrowserCase(KpiCase, HttpCase):
    """Anna's card of May 2026, by which the browser's clock has long passed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scheme = cls._scheme(
            [
                {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0},
            ],
            code="browser",
        )
        cls._assign(cls.employee_anna, scheme)
        cls._facts(cls.us, "gmv", 1500.0)
        for user in cls.anna + cls.manager:
            user.tour_enabled = False
            user.password = user.login

    def _walk(self, path, script, user):
        self.browser_js(
            path, script, "odoo.isReady === true", login=user.login, timeout=120
        )

    def _calculate(self):
        with freeze_time("2026-07-01"):
            self.period.with_user(self.manager).calculate()


@tagged("post_install", "-at_install")
class TestScorecardDesktop(ScorecardBrowserCase):
    def test_a_month_is_read_closed_and_contested(self):
        self._calculate()
        self._walk("/odoo/linkstar-my-scorecard", READ, self.anna)
        period = f"/odoo/linkstar-kpi-periods/{self.period.id}"
        self._walk(period, CLOSE, self.manager)
        card = self.period.scorecard_ids
        self.assertEqual(card.state, "published")
        self._walk("/odoo/linkstar-my-scorecard", APPEAL, self.anna)
        self.assertEqual(card.state, "appeal")
        self.assertEqual(card.appeal_ids.reason, "The return of 3 May was not mine.")


@tagged("post_install", "-at_install")
class TestScorecardPhone(ScorecardBrowserCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_a_card_is_read_and_acknowledged_on_a_phone(self):
        self._calculate()
        self._walk("/odoo/linkstar-my-scorecard", READ, self.anna)
        self.assertTrue(self.period.scorecard_ids.is_acknowledged)

    def test_a_lead_compares_scores_on_a_phone(self):
        self._calculate()
        self.lead.password = self.lead.login
        self.lead.tour_enabled = False
        self._walk("/odoo/linkstar-kpi-calibration", CALIBRATE, self.lead)
