"""Openings in a real browser: from the wizard to an open shop, and what stops them."""

import base64

from odoo.fields import Date
from odoo.tests import HttpCase, tagged

from .opening_common import OpeningCase
from .papers_common import PapersMixin, pdf, picture
from .test_linkage_browser import TOOLS

STEPS = """
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (selector) => all(selector).find((node) => node.offsetParent);
const press = async (name) =>
    (await until(name, () => shown(`button[name='${name}']:not([disabled])`))).click();
const agree = async () => {
    const button = ".modal footer .btn-primary:not([disabled])";
    (await until("the question", () => shown(button))).click();
    await until("the answer", () => !find(".modal"));
};
const says = (text) => until(text, () => document.body.innerText.includes(text));
const at = (step) => until(`the step ${step}`, () => {
    const field = find(".o_field_widget[name='application_step']");
    return field && field.innerText.trim() === step;
});
const type = (node, text) => {
    node.focus();
    node.value = text;
    node.dispatchEvent(new Event("input", { bubbles: true }));
    node.dispatchEvent(new Event("change", { bubbles: true }));
};
const fill = async (name, text) => {
    const input = `.modal .o_field_widget[name='${name}'] :is(input, textarea)`;
    type(await until(name, () => shown(input)), text);
};
const choose = async (name, text) => {
    const input = await until(name, () =>
        shown(`.modal .o_field_widget[name='${name}'] input`));
    input.focus();
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    const item = await until(`${name}: ${text}`, () =>
        all(".o-autocomplete--dropdown-item").find((li) =>
            li.innerText.includes(text)));
    item.querySelector("a").click();
    await until(`${name} chosen`, () => !find(".o-autocomplete--dropdown-menu"));
};
const closed = () => until("the dialog closed", () => !find(".modal"));
"""
START = """
    await choose("marketplace_ids", "%s");
    await choose("entity_id", "Ningbo Nova Trading");
    await choose("user_id", "oc_operator");
    await fill("shop_name", "Nova Story");
    await fill("code_suffix", "%s");
    await press("action_check");
    await until("the preview", () =>
        shown(".modal .o_field_widget[name='line_ids'] .o_data_row"));
    await press("action_start");
    await at("Preparing papers");
    await says("Nova Story");
"""
THROUGH = """
    await at("Preparing papers");
    await press("action_ready");
    await at("Ready to submit");
    await press("action_submit_round");
    await agree();
    await at("Submitted");
    await press("action_in_review");
    await at("In review");
    await press("action_approve");
    await agree();
    await at("Approved");
    (await until("the marks", () => shown(".nav-link[name='completion']"))).click();
    await until("marks listed", () => shown("button[name='action_done']"));
    for (;;) {
        const rows = all("button[name='action_done']").length;
        if (!rows) break;
        shown("button[name='action_done']").click();
        await until("one mark less", () =>
            all("button[name='action_done']").length < rows);
    }
    await press("action_activate");
    await at("Shop open");
"""
REFUSE = """
    await press("action_in_review");
    await at("In review");
    (await until("Rejected", () => all(".o_statusbar_buttons button").find((b) =>
        b.innerText.trim() === "Rejected"))).click();
    await choose("reason_ids", "Linked to another account");
    await fill("notice", "We linked your account to another one.");
    const bytes = Uint8Array.from(atob("%s"), (c) => c.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "notice.jpg", { type: "image/jpeg" }));
    const input = find(".modal .o_ls_paper_input");
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await until("the screenshot", () => find(".modal .list-group-item"));
    await press("action_refuse");
    await closed();
    await says("Suggested next step: Appeal");
    await at("Rejected");
    await press("action_take_suggested");
    await at("Appeal");
"""
EXPIRED = """
    const row = await until("the statement", () => all(".o_data_row").find((r) =>
        r.innerText.includes("Good until")));
    if (!row.innerText.includes("Expired for this use")) {
        throw new Error(row.innerText);
    }
    await press("action_ready");
    await until("the refusal", () => shown(".modal .o_error_dialog, .modal"));
    await says("Papers are not ready yet");
    await agree();
    await closed();
    await at("Preparing papers");
"""
STOPPED = """
    await press("action_ready");
    await says("shares something critical");
    await agree();
    await closed();
    await at("Preparing papers");
"""
DECIDE = """
    (await until("Decide", () => all(".o_statusbar_buttons button").find((b) =>
        b.innerText.includes("Decide")))).click();
    await fill("reason", "The platform allows it in writing.");
    (await until("Allow", () => shown(".modal input[type='radio'][data-value='allow']")
    )).click();
    await press("action_decide");
    await closed();
    await says("The platform allows it in writing.");
"""
READY = """
    await press("action_ready");
    await at("Ready to submit");
"""
EXPORT = """
    await press("action_collect_papers");
    (await until("the button", () => find(".o_ls_package"))).click();
    type(await until("the dialog", () => find("#o_ls_recipient")), "Bank of Ningbo");
    type(find("#o_ls_purpose"), "credit line");
    find(".o_ls_export").click();
    await says("1 papers packed");
"""


@tagged("post_install", "-at_install")
class TestOpeningStory(OpeningCase, PapersMixin, HttpCase):
    @classmethod
    def registry_enter_test_mode_cls(cls):
        """Both parents ask for it; once is enough."""
        if not cls._registry_patched:
            super().registry_enter_test_mode_cls()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_keys()
        cls.keeper = cls._person("oc_keeper", "operator")
        cls.keeper.group_ids = cls.env.ref("linkstar_store_opening.group_compliance")
        cls.browser_size = "1440x900"
        people = cls.lead | cls.operator | cls.finance | cls.keeper
        people.tour_enabled = False

    def walk(self, path, steps, user):
        """Walk a screen as this person; what they saw is in the database then."""
        self.browser_js(
            path,
            STEPS + TOOLS % steps,
            "odoo.isReady === true",
            login=user.login,
            timeout=120,
        )
        self.env.invalidate_all()

    def walk_opening(self, opening, steps, user=None):
        self.walk(f"/odoo/linkstar-openings/{opening.id}", steps, user or self.operator)

    def open_a_shop(self, site, suffix):
        """The wizard as the lead, the papers, and the way to an open shop."""
        action = "linkstar_store_opening.linkstar_opening_wizard_action"
        self.walk(f"/odoo/action-{action}", START % (site, suffix), self.lead)
        opening = self.env["project.project"].search(
            [("store_id.code", "=", f"US-{suffix}"), ("linkstar_kind", "=", "opening")]
        )
        self.assertEqual(opening.store_id.state, "opening")
        self.assertEqual(opening.user_id, self.operator)
        self._bring_papers(opening)
        self.walk_opening(opening, THROUGH)
        self.assertEqual(opening.store_id.state, "active")
        self.assertEqual(opening.submission_ids.decision, "approved")
        self.assertTrue(opening.obligation_ids)

    def test_a_shop_on_amazon_us_opens(self):
        self.open_a_shop("Amazon United States", "STORYA")

    def test_a_shop_on_tiktok_shop_opens(self):
        self.open_a_shop("TikTok Shop United States", "STORYT")

    def test_a_refusal_leads_to_an_appeal_with_notice_and_screenshot(self):
        opening = self._submitted()
        data = base64.b64encode(picture()).decode()
        self.walk_opening(opening, REFUSE % data)
        self.assertEqual(opening.application_step, "appeal")
        round_ = opening.submission_ids
        self.storage_keys |= set(
            round_.sudo().evidence_ids.file_ids.mapped("storage_key")
        )
        self.assertEqual(round_.notice, "We linked your account to another one.")
        self.assertEqual(len(round_.evidence_list()), 1)

    def test_a_statement_too_old_on_the_planned_day_stops_the_submission(self):
        opening = self._start()
        self._bring_papers(opening)
        statement = opening.sudo().requirement_ids.filtered(
            lambda r: r.type_id.code == "BANK_STATEMENT"
        )
        document = statement.document_id
        document.issue_date = Date.subtract(self.today, days=80)
        self.assertNotEqual(document._judge(self.today).state, "expired")
        self.walk_opening(opening, EXPIRED)

    def test_a_critical_tie_stops_until_compliance_decides(self):
        opening = self._start()
        self._bring_papers(opening)
        other = self._start(
            code_suffix="oc8",
            entity_id=self._entity("Aurora Trading").id,
        )
        for one in (opening, other):
            self._join(one.store_id, self.keeper, "legal")
        account = self.env["linkstar.asset"].create(
            {"name": "Account", "kind": "bank_account", "value": "6222021234567890123"}
        )
        self.env["linkstar.asset.usage"].create(
            [
                {"asset_id": account.id, "store_id": one.store_id.id}
                for one in (opening, other)
            ]
        )
        tie = self.env["linkstar.asset.conflict"].search(
            [("asset_id", "=", account.id)]
        )
        self.walk_opening(opening, STOPPED)
        self.walk(f"/odoo/linkstar.asset.conflict/{tie.id}", DECIDE, self.keeper)
        self.assertEqual((tie.state, tie.decided_by_id), ("allowed", self.keeper))
        self.walk_opening(opening, READY)
        self.assertEqual(opening.application_step, "ready")

    def test_the_package_is_exported_from_the_opening(self):
        opening = self._start()
        licence = opening.sudo().requirement_ids.filtered(
            lambda r: r.type_id.code == "BIZ_LICENSE_CN"
        )
        document = self.document_of(licence, self.operator)
        self.upload(document, pdf(), user=self.operator)
        self.walk_opening(opening, EXPORT, self.lead)
        entry = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", "project.project"), ("res_id", "=", opening.id)],
            order="id desc",
            limit=1,
        )
        self.assertEqual((entry.action, entry.reason), ("export", "credit line"))
