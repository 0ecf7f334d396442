"""Screens of schedule, versions and review in a real browser, on both sizes."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .plan_common import PlanCase
from .test_my_work_browser import TOOLS

PHONE = "375x667"

RESCHEDULE = """
(async () => {
    await tap("button[name='action_open_reschedule']");
    const preview = await until("preview", () => find(".modal [name='preview'] table"));
    if (!preview.innerText.includes("%(who)s")) {
        throw new Error(`who: ${preview.innerText}`);
    }
    await tap(".modal button[name='action_apply']");
    await until("applied", () => !find(".modal"));
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""

COMPARE = """
(async () => {
    await tap("button[name='action_compare_newer']");
    await until("comparison", () => find("button[name='action_apply']"));
    if (!document.body.innerText.includes("%(text)s")) {
        throw new Error(document.body.innerText.slice(0, 500));
    }
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("sideways scrolling");
    }
    await tap("button[name='action_apply']");
    await tap(".modal .btn-primary");
    await tap("button[name='action_undo']:not(.d-none)");
    await tap(".modal .btn-primary");
    await until("undone", () => !find("button[name='action_undo']"));
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""

SHOWS = """
(async () => {
    await until("%(text)s", () => document.body.innerText.includes("%(text)s"));
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("sideways scrolling");
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


class PlanBrowserCase(PlanCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead.write({"password": "plan_lead_pw", "tour_enabled": False})
        cls.project = cls.version.with_user(cls.lead).launch(cls.store.ids)
        cls.photo = cls.project.sudo().task_ids.filtered(
            lambda task: task.name == "Photograph"
        )

    def _see(self, url, code, size=None):
        self.browser_size = size or "1440x900"
        self.touch_enabled = bool(size)
        self.browser_js(
            url,
            TOOLS + code,
            ready="Boolean(document.querySelector('.o_action_manager > *'))",
            login=self.lead.login,
            timeout=180,
        )

    def _make_late(self, task):
        """Finished two days after its first deadline, whatever today is."""
        task.state = "1_done"
        past = fields.Datetime.now() - timedelta(days=3)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE project_task SET first_deadline = %s, clock_paused_hours = 0"
            " WHERE id = %s",
            [past, task.id],
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestScheduleScreens(PlanBrowserCase):
    def test_reschedule_shows_who_and_applies(self):
        count = self.project.sudo().task_ids.filtered(
            lambda task: task.name == "Count stock"
        )
        count.allocated_hours = 40
        url = f"/odoo/project.project/{self.project.id}"
        self._see(url, RESCHEDULE % {"who": self.operator.name})
        self.assertFalse(self.project.with_user(self.lead).reschedule())


@tagged("post_install", "-at_install")
class TestVersionScreens(PlanBrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steps[0].allocated_hours = 9
        cls.template.publish_version("second")

    def _walk(self, size=None):
        url = f"/odoo/project.project/{self.project.id}"
        self._see(url, COMPARE % {"text": "Count stock"}, size)
        record = self.env["linkstar.propagation"].search([], limit=1)
        self.assertEqual(record.state, "undone")
        self.assertEqual(self.project.version_id, self.version)

    def test_compare_apply_undo_on_a_desktop(self):
        self._walk()

    def test_compare_apply_undo_on_a_phone(self):
        self._walk(PHONE)


@tagged("post_install", "-at_install")
class TestReviewScreens(PlanBrowserCase):
    def test_review_page_on_both_sizes(self):
        self._make_late(self.photo)
        for size in (None, PHONE):
            self._see("/odoo/linkstar-review", SHOWS % {"text": "Photograph"}, size)

    def test_causes_wait_for_the_lead(self):
        self._make_late(self.photo)
        cause = self.env.ref("linkstar_project.delay_cause_supplier")
        self.photo.with_user(self.operator).explain_delay(cause.id, "samples late")
        for size in (None, PHONE):
            self._see("/odoo/linkstar-judge", SHOWS % {"text": "Photograph"}, size)
