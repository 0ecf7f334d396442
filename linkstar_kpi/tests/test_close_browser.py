"""A whole month's close in a real browser, on a desktop and on a phone."""

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .kpi_common import KpiCase
from .test_scorecard_browser import TOOLS

STEPS = (
    TOOLS
    + """
const shown = (node) => node && node.offsetParent !== null && !node.disabled;
const visible = (selector) => [...document.querySelectorAll(selector)].find(shown);
const says = (pattern, selector = "body") =>
    pattern.test(find(selector)?.innerText || "");
async function tapVisible(selector) {
    (await until(selector, () => visible(selector))).click();
}
/** Press a button of the form; on a phone it stands in a menu. */
async function press(name) {
    const selector = `button[name='${name}']`;
    const menu = ".o_statusbar_buttons :is(.o-dropdown, .dropdown-toggle)";
    await until(name, () => visible(selector) || visible(menu));
    if (!visible(selector)) {
        visible(menu).click();
    }
    await tapVisible(selector);
}
function fill(selector, value) {
    const input = find(selector);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
}
const inModal = (rest) => `.modal ${rest}`;
async function closed() {
    await until("the form closes", () => !find(".modal"));
}
/** Wait until the server has it: what the screen shows comes after that. */
async function stands(model, id, field, wanted) {
    const end = Date.now() + 20000;
    for (;;) {
        const answer = await fetch("/web/dataset/call_kw", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({
                jsonrpc: "2.0",
                method: "call",
                params: { model, method: "read", args: [[id], [field]], kwargs: {} },
            }),
        });
        const value = (await answer.json()).result?.[0]?.[field];
        if (value === wanted) {
            return;
        }
        if (Date.now() > end) {
            throw new Error(`${field} is ${value}: ${document.body.innerText}`);
        }
        await new Promise((next) => setTimeout(next, 100));
    }
}
const done = () => console.log("test successful");
"""
)
CALCULATE = (
    STEPS
    + """
(async () => {
    await press("calculate");
    await stands("linkstar.kpi.period", $ID, "state", "calculated");
    await press("action_review");
    await stands("linkstar.kpi.period", $ID, "state", "review");
    done();
})();
"""
)
ADJUST = (
    STEPS
    + """
(async () => {
    await press("action_decision");
    await until("form", () => find(inModal("[name='points'] input")));
    fill(inModal("[name='points'] input"), "3");
    fill(inModal("[name='reason'] textarea"), "Trained the newcomer.");
    await tap(inModal("button[name='action_decide']"));
    await closed();
    await until("adjusted", () => says(/Trained/));
    done();
})();
"""
)
PUBLISH = (
    STEPS
    + """
(async () => {
    await press("action_publish");
    await tap(".modal-footer .btn-primary");
    await stands("linkstar.kpi.period", $ID, "state", "published");
    done();
})();
"""
)
APPEAL = (
    STEPS
    + """
(async () => {
    await until("reason", () => says(/Trained the newcomer/, ".o_kpi_page"));
    noSidewaysScrolling();
    await tap(".o_kpi_appeal");
    await until("words", () => find(".o_kpi_page textarea"));
    fill(".o_kpi_page textarea", "The return of 3 May was not mine.");
    await tap(".o_kpi_send");
    await until("appeal", () => says(/3 May/, ".o_kpi_page"));
    noSidewaysScrolling();
    done();
})();
"""
)
ANSWER = (
    STEPS
    + """
(async () => {
    await tapVisible("button[name='action_answer']");
    await until("form", () => find(inModal("[name='decision'] input")));
    find(inModal("[name='decision'] input[data-value='uphold']")).click();
    await until("correction", () => find(inModal("[name='correction'] input")));
    fill(inModal("[name='correction'] input"), "2");
    fill(inModal("[name='answer'] textarea"), "Right: another shop's order.");
    await tap(inModal("button[name='action_answer']"));
    await closed();
    done();
})();
"""
)
COMPUTE = (
    STEPS
    + """
(async () => {
    await press("action_compute");
    await until("lines", () => says(/kpi_anna/, "[name='line_ids']"));
    done();
})();
"""
)
APPROVE = (
    STEPS
    + """
(async () => {
    await press("action_approve");
    await stands("linkstar.kpi.bonus.run", $ID, "state", "approved");
    await press("action_lock");
    await tap(".modal-footer .btn-primary");
    await stands("linkstar.kpi.bonus.run", $ID, "state", "locked");
    done();
})();
"""
)
BONUS = (
    STEPS
    + """
(async () => {
    await until("bonus", () => says(/357\\.50/));
    done();
})();
"""
)


class CloseBrowserCase(KpiCase, HttpCase):
    """May 2026 of Anna, from the calculation to her bonus."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scheme = cls._scheme(
            [
                {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}
                | {"stretch": 62000.0},
            ],
            code="close",
            appeal_days=3650,
        )
        cls._assign(cls.employee_anna, scheme)
        cls._facts(cls.us, "gmv", 1000.0)
        users = cls.anna + cls.lead + cls.manager + cls.manager2
        for user in users + cls.payroll + cls.payroll2:
            user.tour_enabled = False
            user.password = user.login
        plan = cls.env["linkstar.kpi.bonus.plan"].create(
            {
                "name": "Operators",
                "currency_id": cls.env.ref("base.USD").id,
                "scheme_ids": [(6, 0, scheme.ids)],
                "base_metric_id": cls.env.ref("linkstar_project.metric_gmv").id,
                "tier_ids": [(0, 0, {"lower": 0, "rate": 1})],
                "fixed_amount": 30.4762,
            }
        )
        cls.run_ = cls.env["linkstar.kpi.bonus.run"].create(
            {"period_id": cls.period.id, "plan_ids": [(6, 0, plan.ids)]}
        )

    def _walk(self, path, script, user):
        script = script.replace("$ID", path.rpartition("/")[2])
        self.browser_js(
            path, script, "odoo.isReady === true", login=user.login, timeout=120
        )
        self.env.invalidate_all()

    def _close_the_month(self):
        with freeze_time("2026-06-20"):
            self.period.with_user(self.manager).calculate()
        card = self._card()
        card.with_user(self.anna).action_acknowledge()
        period = f"/odoo/linkstar-kpi-periods/{self.period.id}"
        self._walk(period, CALCULATE, self.manager)
        self.assertEqual((self.period.state, card.score), ("review", 100.0))
        self._walk(f"/odoo/linkstar-kpi-team/{card.id}", ADJUST, self.lead)
        self.assertEqual(card.final_score, 103.0)
        self._walk(period, PUBLISH, self.manager)
        self.assertEqual(card.state, "published")
        self._walk("/odoo/linkstar-my-scorecard", APPEAL, self.anna)
        self.assertEqual(card.state, "appeal")
        self._walk("/odoo/linkstar-kpi-appeals", ANSWER, self.manager2)
        self.assertEqual((card.final_score, card.state), (105.0, "published"))
        run = f"/odoo/linkstar-kpi-bonus-runs/{self.run_.id}"
        self._walk(run, COMPUTE, self.payroll)
        # (310.00 + 30.4762) × 1.05
        self.assertEqual(self.run_.line_ids.amount, 357.5)
        self._walk(run, APPROVE, self.payroll2)
        self.assertEqual(self.run_.state, "locked")
        self._walk("/odoo/linkstar-my-bonus", BONUS, self.anna)


@tagged("post_install", "-at_install")
class TestCloseDesktop(CloseBrowserCase):
    browser_size = "1440x900"

    def test_a_month_is_closed_from_calculation_to_bonus(self):
        self._close_the_month()


@tagged("post_install", "-at_install")
class TestClosePhone(CloseBrowserCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_a_month_is_closed_on_a_phone(self):
        self._close_the_month()
