"""Targets, figures by hand and levels in a real browser, on desktop and phone."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .kpi_common import KpiCase
from .test_scorecard_browser import TOOLS

FIELD = """
async function type(selector, text) {
    const input = await until(selector, () => find(selector));
    input.focus();
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.blur();
}
function noSideways(root) {
    for (const node of document.querySelectorAll(`${root} *`)) {
        const box = node.getBoundingClientRect();
        if (box.width && box.right > window.innerWidth + 1) {
            throw new Error(`${node.className} ends at ${box.right}`);
        }
    }
}
"""
COUNTER = (
    TOOLS
    + FIELD
    + """
(async () => {
    await until("buttons", () => find(".o_statusbar_buttons button"));
    if (!find("button[name='action_ask']")) {
        await tap(".o_statusbar_buttons button[title='More']");
    }
    await tap("button[name='action_ask']");
    await type(".modal .o_field_widget[name='value'] input", "80");
    await type(".modal .o_field_widget[name='reason'] input", "Stock comes late.");
    await tap(".modal footer button[name='action_ask']");
    await until("asked", () => /Stock comes late/.test(
        find(".o_form_view .alert:not(.o_invisible_modifier)")?.innerText || ""));
    console.log("test successful");
})();
"""
)
ACCEPT = (
    TOOLS
    + """
(async () => {
    await until("asks", () => /80/.test(find(".o_form_view .alert")?.innerText || ""));
    await tap("button[name='action_agree']");
    await until("agreed",
        () => find(".o_arrow_button_current[data-value='agreed']"));
    console.log("test successful");
})();
"""
)
PROPOSE = (
    TOOLS
    + """
(async () => {
    await tap("button[name='action_work_out']");
    const row = await until("line",
        () => find(".modal .o_field_widget[name='line_ids'] .o_data_row"));
    if (!/310/.test(row.innerText)) throw new Error(row.innerText);
    await tap(".modal footer button[name='action_create']");
    await until("made", () => /Proposed/.test(
        find(".o_list_view .o_data_row")?.innerText || ""));
    console.log("test successful");
})();
"""
)
REVIEW = (
    TOOLS
    + """
(async () => {
    await until("figures", () => /90/.test(
        find(".o_field_widget[name='line_ids'] .o_data_row")?.innerText || ""));
    await tap("button[name='action_approve']");
    await until("approved",
        () => find(".o_arrow_button_current[data-value='approved']"));
    console.log("test successful");
})();
"""
)
LADDER = (
    TOOLS
    + FIELD
    + """
(async () => {
    const asks = await until("asks", () => {
        const found = document.querySelectorAll(".o_kpi_ask");
        return found.length === 2 ? found : null;
    });
    if (!/85/.test(asks[0].innerText)) throw new Error(asks[0].innerText);
    if (!/to go/.test(asks[1].innerText)) throw new Error(asks[1].innerText);
    noSideways(".o_kpi_ladder");
    console.log("test successful");
})();
"""
)


class SettingBrowserCase(KpiCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.anna + cls.manager + cls.lead:
            user.tour_enabled = False
            user.password = user.login
        today = fields.Date.today()
        cls.next_month = cls.env["linkstar.kpi.period"].create(
            {"kind": "month", "day": today + relativedelta(months=1, day=1)}
        )
        cls.metric = cls.env.ref("linkstar_project.metric_gmv")

    def walk(self, path, script, user):
        self.browser_js(
            path, script, "odoo.isReady === true", login=user.login, timeout=120
        )

    def target(self):
        return (
            self.env["linkstar.kpi.target"]
            .with_user(self.manager)
            .create(
                {
                    "period_id": self.next_month.id,
                    "metric_id": self.metric.id,
                    "employee_id": self.employee_anna.id,
                    "value": 100,
                }
            )
        )

    def ladder(self):
        self.env["linkstar.kpi.grade"].search([]).active = False
        grades = self.env["linkstar.kpi.grade"].create(
            [
                {"name": "Junior", "role_id": self.role.id, "sequence": 1},
                {"name": "Senior", "role_id": self.role.id, "sequence": 2}
                | {"score_from": 85, "months_from": 600},
            ]
        )
        self.env["linkstar.kpi.grade.step"].create(
            {
                "employee_id": self.employee_anna.id,
                "grade_id": grades[0].id,
                "date_from": "2026-01-01",
                "reason": "Probation.",
            }
        )


@tagged("post_install", "-at_install")
class TestSettingDesktop(SettingBrowserCase):
    def test_both_sides_agree_on_a_target(self):
        target = self.target()
        self.walk(f"/odoo/linkstar-kpi-targets/{target.id}", COUNTER, self.anna)
        self.assertEqual((target.state, target.counter_value), ("countered", 80))
        self.walk(f"/odoo/linkstar-kpi-targets/{target.id}", ACCEPT, self.manager)
        self.assertEqual((target.state, target.value), ("agreed", 80))

    def test_targets_are_proposed_from_history(self):
        last = fields.Date.today() - relativedelta(months=1, day=1)
        self._facts(self.us, "gmv", 310.0, span=(last, last))
        wizard = (
            self.env["linkstar.kpi.target.proposal"]
            .with_user(self.manager)
            .create(
                {
                    "period_id": self.next_month.id,
                    "metric_id": self.metric.id,
                    "subject": "store",
                    "store_ids": [(6, 0, self.us.ids)],
                }
            )
        )
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Propose",
                "res_model": wizard._name,
                "res_id": wizard.id,
                "view_mode": "form",
                "target": "new",
            }
        )
        self.walk(f"/odoo/action-{action.id}", PROPOSE, self.manager)
        made = self.env["linkstar.kpi.target"].search(
            [("store_id", "=", self.us.id), ("period_id", "=", self.next_month.id)]
        )
        self.assertEqual(made.value, 310)

    def test_a_reviewer_approves_figures(self):
        sheet = (
            self.env["linkstar.kpi.entry"]
            .with_user(self.lead)
            .create(
                {
                    "period_id": self.period.id,
                    "metric_id": self.env.ref(
                        "linkstar_project.metric_msg_24h_rate"
                    ).id,
                    "reviewer_id": self.manager.id,
                    "line_ids": [
                        (
                            0,
                            0,
                            {"employee_id": self.employee_anna.id}
                            | {"value": 45, "base": 50},
                        )
                    ],
                }
            )
        )
        sheet.action_submit()
        self.walk(f"/odoo/linkstar-kpi-entries/{sheet.id}", REVIEW, self.manager)
        self.assertEqual(sheet.decided_by, self.manager)


@tagged("post_install", "-at_install")
class TestSettingPhone(SettingBrowserCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_the_next_level_is_read_on_a_phone(self):
        self.ladder()
        self.walk("/odoo/linkstar-my-level", LADDER, self.anna)

    def test_a_target_is_answered_on_a_phone(self):
        target = self.target()
        self.walk(f"/odoo/linkstar-kpi-targets/{target.id}", COUNTER, self.anna)
        self.assertEqual(target.counter_reason, "Stock comes late.")
