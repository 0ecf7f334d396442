"""The dashboard in a real browser: a lead at a desk and on a phone."""

from odoo.tests import HttpCase, tagged

from .test_dashboard import DashboardCase
from .test_scorecard_browser import TOOLS

READ = (
    TOOLS.replace(".o_kpi_page *", ".o_kpi_board *")
    + """
const all = (selector) => [...document.querySelectorAll(selector)];
function drawn(canvas) {
    const pen = canvas.getContext("2d");
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value);
}
(async () => {
    await until("rows", () => all(".o_board_heat tbody tr").length === 2);
    const text = find(".o_board_heat").innerText;
    if (!/Anna/.test(text) || !/110/.test(text) || !/20/.test(text)) {
        throw new Error(text);
    }
    const tones = all(".o_board_cell").map((x) => x.className);
    if (!tones[0].includes("o_heat_4") || !tones[2].includes("o_heat_1")) {
        throw new Error(tones.join());
    }
    await until("charts", () => {
        const charts = all(".o_board_canvas canvas");
        return charts.length === 3 && charts.every(drawn);
    });
    const save = HTMLAnchorElement.prototype.click;
    let picture = "";
    HTMLAnchorElement.prototype.click = function () {
        picture = `${this.download} ${this.href.slice(0, 15)} ${this.href.length}`;
    };
    await tap(".o_board_picture");
    HTMLAnchorElement.prototype.click = save;
    const [name, kind, size] = picture.split(" ");
    if (!name.endsWith("2026-05.png") || kind !== "data:image/png;" || size < 9000) {
        throw new Error(picture);
    }
    await tap("[data-level='person']");
    await until("person", () => all(".o_board_heat tbody tr").length === 1);
    await tap(".o_board_open");
    await until("card", () => /106/.test(find(".o_kpi_number")?.innerText || ""));
    console.log("test successful");
})();
"""
)
EMPTY = (
    TOOLS
    + """
(async () => {
    await until("reason", () => /A KPI manager/.test(
        find(".o_board_empty")?.innerText || ""));
    console.log("test successful");
})();
"""
)
PHONE = (
    TOOLS
    + """
(async () => {
    await until("board", () => find(".o_board_heat tbody tr"));
    const board = find(".o_kpi_board");
    for (const box of board.querySelectorAll(".o_board_head > *, .o_board_box")) {
        const { right } = box.getBoundingClientRect();
        if (right > 375) {
            throw new Error(`${box.className} ends at ${right}`);
        }
    }
    for (const button of board.querySelectorAll("header .btn")) {
        if (button.getBoundingClientRect().height < 40) {
            throw new Error(`${button.innerText} is too small to touch`);
        }
    }
    console.log("test successful");
})();
"""
)


class DashboardBrowserCase(DashboardCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.lead + cls.anna:
            user.tour_enabled = False
            user.password = user.login

    def _walk(self, script, user):
        self.browser_js(
            "/odoo/linkstar-kpi-dashboard",
            script,
            "odoo.isReady === true",
            login=user.login,
            timeout=120,
        )


@tagged("post_install", "-at_install")
class TestDashboardDesktop(DashboardBrowserCase):
    def test_a_lead_reads_the_board_saves_a_picture_and_opens_a_card(self):
        self._walk(READ, self.lead)

    def test_an_empty_board_says_why(self):
        self.env["linkstar.kpi.scorecard"].search([]).unlink()
        self._walk(EMPTY, self.anna)


@tagged("post_install", "-at_install")
class TestDashboardPhone(DashboardBrowserCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_the_board_fits_a_phone(self):
        self._walk(PHONE, self.lead)
