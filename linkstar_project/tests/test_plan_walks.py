"""Screens of templates, launches, versions and review, on a desktop and a phone.

One page a person and size: a walk goes from screen to screen as their menus do.
"""

import copy
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from .plan_common import PlanCase
from .test_library_browser import FIT, SIZES
from .test_my_work_browser import TOOLS

STEPS = (
    TOOLS
    + FIT
    + """
const shown = (selector) =>
    [...document.querySelectorAll(selector)].find((node) => node.offsetParent);
const press = async (selector) =>
    (await until(selector, () => {
        const node = shown(selector);
        return node && !node.disabled ? node : null;
    })).click();
const says = (words) => until(words, () => text().includes(words));
const gone = (words) => until(`no ${words}`, () => !text().includes(words));
async function open(action, options = {}) {
    const { services } = odoo.__WOWL_DEBUG__.root.env;
    await services.action.doAction(action, { clearBreadcrumbs: true, ...options });
}
const record = (model, id) =>
    open({ type: "ir.actions.act_window", res_model: model, res_id: id,
           views: [[false, "form"]] });
async function attach(name, content) {
    const input = await until("file", () =>
        find(".o_field_widget[name='data'] input[type='file']")
    );
    const files = new DataTransfer();
    files.items.add(new File([content], name, { type: "text/csv" }));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    const inputs = () => [...document.querySelectorAll("input")];
    await until("chosen", () => inputs().some((node) => node.value === name));
}
(async () => {
    await until("the client", () => odoo.__WOWL_DEBUG__?.root.env.services.action);
    const ids = %(ids)s;
    const prefix = "linkstar_project.";
"""
)
END = """
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""

# A lead: the dry run from the store, a trial and its end, running work from a sheet,
# a newer version met with choices, and the review of what was done.
LEAD = """
    await record("linkstar.store", ids.store);
    await press("a[name='templates']");
    await says("Restock");
    fits();
    const row = [...document.querySelectorAll("tr")].find((node) =>
        node.innerText.includes("Restock")
    );
    row.querySelector("button[name='action_open_launch']").click();
    await until("dry run", () => find(".modal .o_linkstar_dry_run"));
    for (const words of ["Count stock", "plan_operator", "plan_buyer"]) {
        await says(words);
    }
    fits();
    await press(".modal .o_form_button_cancel, .modal [special='cancel']");

    await open(prefix + "linkstar_launch_action", { additionalContext: {
        default_template_id: ids.template,
        default_store_ids: [[6, 0, [ids.store]]],
        default_listing_id: ids.listing,
    } });
    await until("dry run", () => find(".modal .o_linkstar_dry_run"));
    await until("step of the category", () =>
        find(".o_linkstar_dry_run").innerText.includes("UN38.3")
    );
    await press(".modal .o_field_widget[name='trial'] input");
    await until("trial", () =>
        [...document.querySelectorAll(".modal button[name='action_launch']")]
            .find((node) => node.innerText.includes("Start the trial"))
    ).then((node) => node.click());
    await until("launched", () => !find(".modal") && text().includes("UN38.3"));
    fits();

    await open(prefix + "project_trial_action");
    await press("button[name='action_discard_trial']");
    await says("No trial runs");

    await open(prefix + "linkstar_work_import_action");
    await attach("表格.csv", "任务,负责人,店铺,截止日期,状态\\n拍视频,nobody here," +
        "US-PLAN,2030-12-01,进行中\\n");
    await button("action_preview");
    await says("nobody here");
    fits();
    await attach("表格2.csv", "任务,负责人,店铺,截止日期,状态\\n拍视频,plan_buyer," +
        "US-PLAN,2030-12-01,进行中\\n");
    await button("action_preview");
    await says("1 new task");
    fits();
    await button("action_import");
    await button("action_open");
    await until("imported", () => !find(".modal"));

    await record("project.project", ids.project);
    await button("action_compare_newer");
    await says("Changed by the team");
    await says("Count stock well");
    fits();
    await button("action_take_all");
    await gone("Keep the project");
    await button("action_apply");
    await press(".modal .btn-primary");
    await until("applied", () => !find(".modal"));
    await until("undo", () => find("button[name='action_undo']") ||
        !find("button[name='action_apply']"));

    await open(prefix + "linkstar_task_review_action");
    await says("Photograph");
    fits();
    await open(prefix + "task_judge_action");
    await says("Photograph");
    fits();
"""

# A template manager: categories, a step with its gate, versions side by side, and a
# newer built-in version beside ours.
MANAGER = """
    await open(prefix + "linkstar_variant_action");
    await says("Batteries");
    fits();

    await record("project.task", ids.step);
    await press("a[name='linkstar_gates']");
    await says("Studio is free");
    fits();

    await open({ type: "ir.actions.act_window", res_model: "linkstar.template.compare",
        views: [[false, "form"]], target: "new" }, { additionalContext: {
            default_template_id: ids.template, default_left_id: ids.version } });
    await says("Count stock well");
    await says("Changed");
    fits();
    await press(".modal [special='cancel'], .modal .o_form_button_cancel");

    await open(prefix + "project_template_action", {
        viewType: "form", props: { resId: ids.template },
    });
    await until("steps", () => find(".o_field_widget[name='tasks']"));
    await says("Count stock well");
    fits();

    await open(ids.builtin);
    await says("Brand new step");
    fits();
    await button("action_keep");
    await until("kept", () => !text().includes("Brand new step"));
"""


@tagged("post_install", "-at_install")
class TestPlanWalks(PlanCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.lead, cls.manager):
            user.write({"password": f"{user.login}_pw", "tour_enabled": False})
        battery = cls.env.ref("linkstar_project.variant_battery")
        cls.listing.variant_ids = battery
        cls._add_steps(cls.template, [{"name": "UN38.3", "variant_ids": battery.ids}])
        cls.env["linkstar.gate"].create(
            {"task_id": cls.steps[3].id, "kind": "manual", "name": "Studio is free"}
        )
        cls.version = cls.template.publish_version("categories")

    def setUp(self):
        super().setUp()
        self.project = self._launch()
        photo = self._task(self.project, "Photograph")
        photo.gate_ids.with_user(self.lead).action_confirm()
        self._make_late(photo)
        self._task(self.project, "Count stock").name = "Count all"
        self.steps[0].name = "Count stock well"
        self.newer = self.template.publish_version("well")
        self.builtin = self.env.ref("linkstar_project.template_new_product")

    def _make_late(self, task):
        """Finished days after its first deadline, whatever today is."""
        task.state = "1_done"
        past = fields.Datetime.now() - timedelta(days=30)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE project_task SET first_deadline = %s WHERE id = %s",
            [past, task.id],
        )
        self.env.invalidate_all()

    def _newer_builtin(self):
        """A release that brings one more step of new product."""
        entries = copy.deepcopy(self.builtin._builtin_entries())
        name = {"en": "Brand new step", "zh": "全新步骤"}
        step = {"uid": "brand_new", "name": name, "role": "operator"}
        entries["new_product"]["tasks"].append(step)
        where = type(self.builtin)
        self.startPatcher(patch.object(where, "_builtin_entries", lambda _s: entries))
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)
        return self.builtin.with_user(self.manager).action_compare_builtin()

    def _walk(self, user, steps, **ids):
        self.browser_js(
            "/odoo/linkstar-templates",
            STEPS % {"ids": json.dumps(ids)} + steps + END,
            ready="Boolean(document.querySelector('.o_action_manager > *'))",
            login=user.login,
            timeout=240,
        )

    def _lead(self):
        self._walk(
            self.lead,
            LEAD,
            store=self.store.id,
            template=self.template.id,
            listing=self.listing.id,
            project=self.project.id,
        )
        self.env.invalidate_all()
        self.assertEqual(self.project.version_id, self.newer)
        names = self.project.sudo().task_ids.mapped("name")
        self.assertIn("Count stock well", names)
        projects = self.env["project.project"]
        domain = [("is_trial", "=", True), ("store_id", "=", self.store.id)]
        self.assertFalse(projects.search(domain))
        task = self.env["project.task"].search([("name", "=", "拍视频")])
        self.assertEqual(task.user_ids, self.buyer)

    def _manager(self):
        action = self._newer_builtin()
        action.pop("context", None)
        self._walk(
            self.manager,
            MANAGER,
            template=self.template.id,
            version=self.version.id,
            step=self.steps[3].id,
            builtin=action,
        )
        self.builtin.invalidate_recordset()
        self.assertFalse(self.builtin.has_builtin_update)

    def test_a_lead_tries_imports_updates_and_reviews_on_a_desktop(self):
        _size, self.browser_size, self.touch_enabled = SIZES[0]
        self._lead()

    def test_a_lead_tries_imports_updates_and_reviews_on_a_phone(self):
        _size, self.browser_size, self.touch_enabled = SIZES[1]
        self._lead()

    def test_a_manager_compares_and_gates_on_a_desktop(self):
        _size, self.browser_size, self.touch_enabled = SIZES[0]
        self._manager()

    def test_a_manager_compares_and_gates_on_a_phone(self):
        _size, self.browser_size, self.touch_enabled = SIZES[1]
        self._manager()
