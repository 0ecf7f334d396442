"""The Gantt in a real browser: look, fold, zoom, drag, keyboard, phone."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .plan_common import PlanCase
from .test_my_work_browser import TOOLS

ADDRESS = "/odoo/linkstar-board?view_type=linkstar_gantt"

MORE_TOOLS = (
    TOOLS
    + """
const all = (selector) => [...document.querySelectorAll(selector)];
const row = (key) => find(`.o_lsg_row[data-key='${key}']`);
const bar = (key) => find(`.o_lsg_bar[data-key='${key}']`);
function must(what, truth) {
    if (!truth) {
        throw new Error(`not so: ${what}`);
    }
}
function point(target, type, x, kind = "mouse") {
    target.dispatchEvent(new PointerEvent(type, {
        bubbles: true, button: 0, clientX: x, clientY: 5, pointerType: kind,
    }));
}
/** Drag a bar, or one of its edges, by pixels; the hand pauses on the way. */
async function drag(target, pixels, kind) {
    const x = target.getBoundingClientRect().left + 3;
    point(target, "pointerdown", x, kind);
    point(window, "pointermove", x + pixels / 2, kind);
    point(window, "pointermove", x + pixels, kind);
    await until("drawn", () => true);
    point(window, "pointerup", x + pixels, kind);
}
const grid = () => find(".o_lsg_scroll");
function press(key, options = {}) {
    grid().dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, ...options })
    );
}
/** After the frame that draws what was just changed. */
const drawn = () =>
    new Promise((done) => setTimeout(() => requestAnimationFrame(done)));
async function walkTo(key) {
    press("Home");
    await drawn();
    for (let steps = 0; row(key).ariaSelected !== "true"; steps++) {
        must("reached", steps < 50);
        press("ArrowDown");
        await drawn();
    }
}
function release(key) {
    window.dispatchEvent(new KeyboardEvent("keyup", { key, bubbles: true }));
}
"""
)


def script(body):
    return (
        MORE_TOOLS
        + "(async () => {"
        + body
        + """
        console.log("test successful");
        })().catch((error) => console.error(error.message));
        """
    )


@tagged("post_install", "-at_install")
class TestGanttBrowser(PlanCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.browser_size = "1440x900"
        for user in (self.lead, self.operator):
            user.write({"password": f"{user.login}_pw_1", "tour_enabled": False})
            user.tz = "UTC"
        self.project = self._launch().sudo()
        names = {task.name: task for task in self.project.task_ids}
        self.count, self.order = names["Count stock"], names["Order goods"]
        self.base = fields.Datetime.now().replace(microsecond=0, second=0, minute=0)
        # A plan that lies ahead whatever day it is, with no hour to spare.
        begin = self.base + timedelta(days=1)
        for name, hours in (("Count stock", 48), ("Order goods", 24)):
            end = begin + timedelta(hours=hours)
            names[name].write({"planned_date_begin": begin, "date_deadline": end})
            begin = end
        names["Sea freight"].write(
            {
                "planned_date_begin": begin,
                "date_deadline": begin + timedelta(days=30),
            }
        )
        self.keys = {
            "project": f"p{self.project.id}",
            "store": f"s{self.store.id}",
            "count": f"t{self.count.id}",
            "order": f"t{self.order.id}",
        }

    def walk(self, body, user=None, ready=".o_lsg_row"):
        user = user or self.lead
        for name, key in self.keys.items():
            body = body.replace(f"${name}", f"'{key}'")
        self.browser_js(
            ADDRESS,
            script(body),
            ready=f"Boolean(document.querySelector('{ready}'))",
            login=user.login,
            timeout=180,
        )
        self.project.task_ids.invalidate_recordset()

    def begins(self):
        return self.count.planned_date_begin, self.order.planned_date_begin

    def test_it_shows_folds_and_zooms(self):
        self.walk(
            """
            must("groups", row($store) && row($project) && row($count));
            must("its words", row($count).ariaLabel.includes("Count stock"));
            must("blocked is said", row($order).ariaLabel.includes("blocked"));
            must("blocked is drawn", bar($order).matches(".o_lsg_blocked"));
            must("arrows", find(".o_lsg_arrows").dataset.count === "2");
            const strong = () => find(".o_lsg_lines.o_lsg_strong").getAttribute("d");
            must("critical arrows", strong().startsWith("M"));
            must("today", find(".o_lsg_now"));
            must("shade", find(".o_lsg_shade"));
            await tap(".o_lsg_critical_button");
            await until("plain arrows", () => !strong());
            row($project).querySelector(".o_lsg_name").click();
            await until("folded", () => !row($count) && row($project));
            must("says so", row($project).ariaExpanded === "false");
            await tap(".o_lsg_fold_all");
            await until("opened", () => row($count));
            const narrow = () => bar($count).getBoundingClientRect().width;
            const before = narrow();
            await tap(".o_lsg_zoom_day");
            await until("wider", () => narrow() > before * 5);
            await tap(".o_lsg_zoom_quarter");
            await until("narrower", () => narrow() < before / 5);
            """
        )

    def test_a_drag_tells_what_shifts_and_cancel_changes_nothing(self):
        before = self.begins()
        self.walk(
            """
            await tap(".o_lsg_zoom_month");
            await until("month", () => find(".o_lsg_zoom_month.active"));
            await drag(bar($count), 72);
            const list = await until("preview", () => find(".o_lsg_move tbody"));
            must("two tasks follow", list.innerText.includes("Order goods"));
            must("first of all itself", list.rows[0].innerText.includes("Count stock"));
            must("by two days", list.rows[0].innerText.includes("+2"));
            await tap(".o_lsg_move_cancel");
            await until("closed", () => !find(".o_lsg_move"));
            await until("back in place", () => !find(".o_lsg_ghost"));
            """
        )
        self.assertEqual(self.begins(), before)

    def test_a_drag_applied_moves_the_task_and_what_waits_for_it(self):
        count, order = self.begins()
        first = self.count.first_deadline
        self.walk(
            """
            await tap(".o_lsg_zoom_month");
            await until("month", () => find(".o_lsg_zoom_month.active"));
            const left = () => Math.round(bar($count).getBoundingClientRect().left);
            const before = left();
            await drag(bar($count), 72);
            await tap(".o_lsg_move_apply");
            await until("closed", () => !find(".o_lsg_move"));
            await until("redrawn", () => left() !== before);
            must(`moved by 72 pixels: ${left() - before}`,
                Math.abs(left() - before - 72) < 2);
            """
        )
        self.assertEqual(self.count.planned_date_begin, count + timedelta(days=2))
        self.assertEqual(self.count.first_deadline, first)
        self.assertGreaterEqual(self.order.planned_date_begin, order)
        self.assertGreaterEqual(self.order.planned_date_begin, self.count.date_deadline)

    def test_an_edge_resizes(self):
        begin, end = self.count.planned_date_begin, self.count.date_deadline
        self.walk(
            """
            await tap(".o_lsg_zoom_month");
            await until("month", () => find(".o_lsg_zoom_month.active"));
            await drag(bar($count).querySelector("[data-edge=end]"), 36);
            await tap(".o_lsg_move_apply");
            await until("closed", () => !find(".o_lsg_move"));
            """
        )
        self.assertEqual(self.count.planned_date_begin, begin)
        self.assertEqual(self.count.date_deadline, end + timedelta(days=1))

    def test_all_of_it_works_without_a_mouse(self):
        begin = self.count.planned_date_begin
        self.walk(
            """
            grid().focus();
            const focus = (key) =>
                until(`focus on ${key}`, () => row(key)?.ariaSelected === "true");
            press("ArrowDown");
            await focus($store);
            press("ArrowDown");
            await focus($project);
            press("ArrowLeft");
            await until("folded", () => !row($count));
            press("ArrowRight");
            await until("opened", () => row($count));
            await walkTo($count);
            must("told to readers", grid().getAttribute("aria-activedescendant") ===
                row($count).id);
            press("-");
            await until("wider", () => find(".o_lsg_zoom_month.active"));
            press("+");
            await until("closer", () => find(".o_lsg_zoom_week.active"));
            press("ArrowRight", { shiftKey: true });
            press("ArrowRight", { shiftKey: true });
            press("ArrowLeft", { shiftKey: true });
            await until("ghost", () => find(".o_lsg_ghost"));
            must("nothing asked yet", !find(".o_lsg_move"));
            release("Shift");
            await tap(".o_lsg_move_apply");
            await until("closed", () => !find(".o_lsg_move"));
            press("Enter");
            await until("the task", () => find(".o_form_view"));
            must("its name", document.body.innerText.includes("Count stock"));
            find(".o_back_button a, .breadcrumb-item.o_back_button a").click();
            await until("back on the Gantt", () => row($count));
            must("where one was", row($count).ariaSelected === "true");
            """
        )
        self.assertEqual(self.count.planned_date_begin, begin + timedelta(days=1))

    def test_who_does_not_lead_the_store_moves_nothing(self):
        before = self.begins()
        self.walk(
            """
            must("no edge to pull", !find(".o_lsg_edge"));
            await drag(bar($count), 150);
            grid().focus();
            await walkTo($count);
            press("ArrowRight", { shiftKey: true });
            release("Shift");
            await until("why", () =>
                find(".o_notification")?.innerText.includes("Only a lead"));
            must("no preview", !find(".o_lsg_move"));
            """,
            self.operator,
        )
        self.assertEqual(self.begins(), before)

    def test_the_phone_reads_and_does_not_drag(self):
        self.browser_size = "375x667"
        self.touch_enabled = True
        before = self.begins()
        self.walk(
            """
            // Core opens lists and cards first on a phone; the switch is there.
            await tap(".o_cp_switch_buttons button");
            const item = await until("the switch", () =>
                all(".dropdown-item").find((el) => el.innerText.includes("Gantt")));
            item.click();
            await until("the Gantt", () => row($count));
            const page = document.documentElement;
            must("no sideways scrolling", page.scrollWidth <= window.innerWidth);
            const name = row($count).querySelector(".o_lsg_name");
            must("room for bars", name.getBoundingClientRect().width < 150);
            must("no edges", !find(".o_lsg_edge"));
            await drag(bar($count), 60, "touch");
            row($order).querySelector(".o_lsg_name").click();
            const card = await until("card", () => find(".o_lsg_popover"));
            await until("why it waits", () => card.innerText.includes("Count stock"));
            const box = card.getBoundingClientRect();
            must("card on the screen", box.left >= 0 && box.right <= 375);
            await tap(".o_lsg_open");
            await until("the task", () => find(".o_form_view"));
            """,
            ready=".o_kanban_view",
        )
        self.assertEqual(self.begins(), before)

    def test_the_empty_picture_teaches(self):
        self.project.task_ids.state = "1_canceled"
        self.walk(
            """
            const help = find(".o_nocontent_help").innerText;
            must("how to begin", help.includes("Launch"));
            """,
            ready=".o_nocontent_help",
        )

    def test_the_arithmetic(self):
        """Rows, axis, shading and arrows: the unit tests of ``static/tests``."""
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={self._hoot_id('@linkstar_project')}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    @staticmethod
    def _hoot_id(suite):
        """Hoot's own hash of a suite's name, with which it is chosen."""
        value = 0
        for letter in suite:
            value = ((value << 5) - value + ord(letter)) & 0xFFFFFFFF
        return f"{value:08x}"
