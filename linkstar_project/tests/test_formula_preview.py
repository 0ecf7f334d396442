"""A formula while it is typed: its fault, or its values for one's own stores."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .trust_common import TrustCase

TYPE = """
(async () => {
    const until = async (check) => {
        const end = Date.now() + 30000;
        for (;;) {
            const found = check();
            if (found) return found;
            if (Date.now() > end) {
                throw new Error(document.body.innerText.slice(0, 500));
            }
            await new Promise((done) => setTimeout(done, 50));
        }
    };
    const find = (selector) => document.querySelector(selector);
    const input = await until(() => find(".o_ls_formula input"));
    const type = (text) => {
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    await until(() => find(".o_ls_formula_values"));
    type("gmv / (orders +)");
    const fault = await until(() => find(".o_ls_formula_fault"));
    if (fault.innerText !== ")") throw new Error(`marked ${fault.innerText}`);
    type("gmv / 2");
    await until(() => {
        const shown = find(".o_ls_formula_values");
        return shown && shown.innerText.includes("T-ONE: 50");
    });
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


class PreviewCase(TrustCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["linkstar.store"].search(
            [("id", "not in", (cls.store | cls.other_store).ids)]
        ).write({"state": "closed"})
        day = fields.Date.today() - timedelta(days=3)
        row = {"store_id": cls.store.id, "date": day, "source": "api"}
        cls.env["linkstar.fact"]._upsert(
            [
                {**row, "metric": "gmv", "value": 100},
                {**row, "metric": "orders", "value": 4},
            ]
        )

    def preview(self, formula, user=None, code=""):
        metrics = self.env["linkstar.metric"].with_user(user or self.admin)
        return metrics.preview_formula(formula, code)


@tagged("post_install", "-at_install")
class TestFormulaPreview(PreviewCase):
    def test_a_sound_formula_shows_its_value_per_store(self):
        answer = self.preview("gmv / orders")
        self.assertTrue(answer["ok"])
        self.assertEqual(
            {row["store"]: row["value"] for row in answer["values"]},
            {"T-ONE": 25.0, "T-TWO": None},
        )

    def test_a_fault_comes_with_its_sentence_and_place(self):
        for formula, position, word in (
            ("gmv / (orders +)", 16, "incomplete"),
            ("gmv / nothing", 7, "nothing"),
            ("", None, "empty"),
            ("gmv ** 9 ** 9", None, ""),
            ("__import__('os')", None, ""),
        ):
            answer = self.preview(formula)
            self.assertFalse(answer["ok"], formula)
            self.assertIn(word, answer["message"])
            if position:
                self.assertEqual(answer["position"], position, formula)

    def test_a_formula_that_needs_itself_is_told(self):
        metric = self.env["linkstar.metric"].create(
            {"code": "t_own", "name": "x", "kind": "formula", "formula": "gmv"}
        )
        self.assertIn("itself", self.preview("t_own + 1", code=metric.code)["message"])

    def test_hostile_texts_are_answered_at_once(self):
        for formula in ("-" * 5_000 + "1", "(" * 3_000, "1e400", "x" * 100_000):
            self.assertFalse(self.preview(formula)["ok"])
        with self.assertRaises(UserError):
            self.preview(["gmv"])

    def test_only_those_who_define_metrics_try_formulas(self):
        for user in (self.operator, self.lead, self.auditor):
            with self.assertRaises(AccessError):
                self.preview("gmv", user)

    def test_a_preview_writes_nothing(self):
        before = self.env["linkstar.metric"].search_count([])
        with self.assertQueryCount(30):
            self.preview("gmv / orders")
        self.assertEqual(self.env["linkstar.metric"].search_count([]), before)


@tagged("post_install", "-at_install")
class TestFormulaField(PreviewCase, HttpCase):
    def test_the_form_judges_while_one_types(self):
        metric = self.env["linkstar.metric"].create(
            {"code": "t_own", "name": "x", "kind": "formula", "formula": "gmv"}
        )
        self.admin.write({"password": "trust_admin_password", "tour_enabled": False})
        self.browser_js(
            f"/odoo/linkstar-metrics/{metric.id}",
            TYPE,
            "document.readyState === 'complete'",
            login=self.admin.login,
        )
