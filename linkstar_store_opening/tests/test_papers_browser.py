"""Papers in a real browser: collected on a phone, opened with a reason, packed."""

import base64

from odoo.tests import HttpCase, tagged

from .papers_common import PapersMixin, pdf, picture
from .test_linkage_browser import TOOLS

UPLOAD = """
    const card = await until("the paper", () =>
        [...document.querySelectorAll(".o_ls_collect .card")].find((c) =>
            c.innerText.includes("PT-LICENCE")));
    noSidewaysScrolling();
    const bytes = Uint8Array.from(atob("%s"), (c) => c.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "%s", {{ type: "%s" }}));
    const input = card.querySelector(".o_ls_paper_input");
    input.files = files.files;
    input.dispatchEvent(new Event("change", {{ bubbles: true }}));
    await until("%s", () => document.body.innerText.includes("%s"));
    noSidewaysScrolling();
""".replace("{{", "{").replace("}}", "}")
OPEN = """
    const open = await until("the version", () => find(".o_ls_open_file"));
    noSidewaysScrolling();
    open.click();
    const reason = await until("the reason", () => find(".modal .o_ls_reason"));
    reason.value = "clearer copy";
    reason.dispatchEvent(new Event("input"));
    (await until("open", () => find(".modal .o_ls_open:not([disabled])"))).click();
    await until("the picture", () => {
        const image = find(".modal .o_ls_picture");
        return image && image.complete && image.naturalWidth === 200;
    });
"""
PACK = """
    (await until("the button", () => find(".o_ls_package"))).click();
    const name = await until("the dialog", () => find("#o_ls_recipient"));
    name.value = "Bank of Ningbo";
    name.dispatchEvent(new Event("input"));
    const why = find("#o_ls_purpose");
    why.value = "credit line";
    why.dispatchEvent(new Event("input"));
    if (find("#o_ls_password").value.length < 12) {
        throw new Error("the password is short");
    }
    find(".o_ls_export").click();
    await until("packed", () => document.body.innerText.includes("1 papers packed"));
"""
CARDS = """
    const cards = ".o_field_widget[name=requirement_ids] .o_kanban_record";
    const card = await until("the paper's card", () =>
        [...document.querySelectorAll(cards)].find((c) =>
            c.innerText.includes("PT-LICENCE")));
    if (!card.innerText.includes("Missing")) {
        throw new Error("the card does not say how the paper stands");
    }
    noSidewaysScrolling();
    card.click();
    await until("the paper with its file", () => find(".o_ls_paper_input"));
    noSidewaysScrolling();
"""
MARKS = """
    (await until("the marks", () => find(".nav-link[name=completion]"))).click();
    const cards = ".o_field_widget[name=mark_ids] .o_kanban_record";
    const done = await until("the button", () =>
        find(`${cards} button[name=action_done]`));
    if (done.getBoundingClientRect().right > window.innerWidth) {
        throw new Error("the button is out of sight");
    }
    noSidewaysScrolling();
    done.click();
    await until("done", () => find(`${cards} button[name=action_reopen]`));
"""
REVEAL = """
    (await until("the button", () => find(".o_ls_reveal"))).click();
    const why = await until("the reason", () => find(".modal .o_ls_reason"));
    why.value = "tax office asks";
    why.dispatchEvent(new Event("input"));
    (await until("show", () => find(".modal .o_ls_go:not([disabled])"))).click();
    const clear = await until("the number", () => find(".modal .o_ls_clear"));
    if (clear.innerText !== "110101199003078515") {
        throw new Error(clear.innerText);
    }
"""


@tagged("post_install", "-at_install")
class TestPapersBrowser(PapersMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_papers()

    def _walk(self, path, steps, user):
        self.browser_js(
            path, TOOLS % steps, "odoo.isReady === true", login=user.login, timeout=90
        )

    def _collect(self, steps, user):
        action = self.env["ir.actions.client"].create(
            {
                "name": "Collect",
                "tag": "linkstar_store_opening.collect",
                "params": {"project_id": self.project.id},
            }
        )
        self._walk(f"/odoo/action-{action.id}", steps, user)

    def _upload_steps(self, data, name, mimetype, told):
        text = base64.b64encode(data).decode()
        return UPLOAD % (text, name, mimetype, told, told)

    def test_papers_are_collected_on_a_phone_and_at_a_desk(self):
        self.browser_size, self.touch_enabled = "375x667", True
        steps = self._upload_steps(picture(), "a.jpg", "image/jpeg", "In review")
        self._collect(steps, self.bringer)
        file = self.license.document_id.file_id
        self.storage_keys.add(file.sudo().storage_key)
        self.assertEqual((file.number, file.kind), (1, "jpg"))
        self.browser_size, self.touch_enabled = "1440x900", False
        steps = self._upload_steps(
            picture(kind="PNG"), "b.jpg", "image/jpeg", "its content is png"
        )
        self._collect(steps, self.bringer)
        self.assertEqual(self.license.document_id.file_id.number, 1)

    def test_an_openings_papers_are_cards_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self._walk(f"/odoo/linkstar-openings/{self.project.id}", CARDS, self.bringer)

    def test_completion_marks_are_ticked_on_a_phone(self):
        mark = self.env["linkstar.completion.mark"].search([], limit=1)
        self.env["linkstar.opening.mark"].create(
            {"project_id": self.project.id, "mark_id": mark.id}
        )
        self.project.write(
            {"application_step": "approved", "application_state": "approved"}
        )
        self.browser_size, self.touch_enabled = "375x667", True
        self._walk(f"/odoo/linkstar-openings/{self.project.id}", MARKS, self.bringer)
        self.assertEqual(self.project.mark_ids.state, "done")

    def test_a_sensitive_paper_opens_with_a_reason(self):
        document = self.document_of(self.identity_paper)
        self.upload(document, picture(), "id.jpg")
        for size, touch in (("1440x900", False), ("375x667", True)):
            with self.subTest(size=size):
                self.browser_size, self.touch_enabled = size, touch
                path = f"/odoo/linkstar.requirement/{self.identity_paper.id}"
                self._walk(path, OPEN, self.reviewer)

    def test_the_papers_are_packed(self):
        self.upload(self.document_of(self.license), pdf())
        self._collect(PACK, self.reviewer)

    def test_a_number_is_shown_with_a_reason(self):
        identity = self.env["linkstar.identity"].create(
            {
                "partner_id": self.entity.id,
                "kind": "id_number",
                "value": "110101199003078515",
            }
        )
        self._walk(f"/odoo/linkstar.identity/{identity.id}", REVEAL, self.keeper)
