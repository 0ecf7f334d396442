"""The linkage register in a real browser: a sheet checked and entered, and the map."""

from odoo.tests import HttpCase, new_test_user, tagged

SHEET = (
    "store,kind,name,number\\n"
    "US-LB1,phone,Desk phone,+1 206 555 0101\\n"
    "US-LB2,phone,Desk phone again,+12065550101\\n"
)
TOOLS = """
const find = (selector) => document.querySelector(selector);
async function until(what, check) {
    const end = Date.now() + 45000;
    for (;;) {
        const found = check();
        if (found) {
            return found;
        }
        if (Date.now() > end) {
            const seen = find(".modal") || document.body;
            throw new Error(`${what}: ${seen.innerText.slice(0, 800)}`);
        }
        await new Promise((done) => setTimeout(done, 50));
    }
}
function noSidewaysScrolling() {
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("sideways scrolling");
    }
}
(async () => {
    %s
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
IMPORT = f"""
    const input = await until("the file", () => find(".o_ls_linkage_import input"));
    noSidewaysScrolling();
    const files = new DataTransfer();
    files.items.add(new File(["{SHEET}"], "links.csv", {{ type: "text/csv" }}));
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
    const go = await until("checked", () => find(".o_ls_import:not([disabled])"));
    go.click();
    await until("entered", () => find(".o_ls_plan .alert-success"));
    noSidewaysScrolling();
"""
MAP = """
    const button = await until("the button", () =>
        find("button[name='action_open_linkage_map']"));
    button.click();
    const text = await until("the map", () => {
        const map = find(".o_ls_linkage");
        return map && map.innerText.includes("Desk phone") ? map.innerText : null;
    });
    if (text.includes("2065550101")) {
        throw new Error("the number shows in clear");
    }
    await until("the tie", () => find(".o_ls_linkage .list-group .btn-warning"));
"""


@tagged("post_install", "-at_install")
class TestLinkageBrowser(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(
            cls.env,
            "link_browser",
            groups="linkstar_store_opening.group_compliance",
            email="link_browser@example.com",
        )
        cls.keeper.tour_enabled = False
        site = cls.env.ref("linkstar_project.marketplace_amazon_us")
        cls.stores = cls.env["linkstar.store"]
        for number in (1, 2):
            seller = cls.env["linkstar.seller"].create(
                {
                    "name": f"LB{number}",
                    "platform_id": site.platform_id.id,
                    "region": site.region,
                }
            )
            cls.stores |= cls.env["linkstar.store"].create(
                {
                    "name": f"Shop {number}",
                    "code": f"US-LB{number}",
                    "marketplace_id": site.id,
                    "seller_id": seller.id,
                }
            )
            cls.env["linkstar.store.member"].create(
                {
                    "store_id": cls.stores[-1].id,
                    "user_id": cls.keeper.id,
                    "role_id": cls.env.ref("linkstar_project.role_legal").id,
                }
            )

    def _walk(self, path, steps):
        self.browser_js(
            path,
            TOOLS % steps,
            "odoo.isReady === true",
            login="link_browser",
            timeout=90,
        )

    def test_a_sheet_becomes_uses_on_a_desktop_and_on_a_phone(self):
        path = "/odoo/action-linkstar_store_opening.linkage_import_action"
        for size, touch in (("1440x900", False), ("375x667", True)):
            with self.subTest(size=size):
                self.browser_size, self.touch_enabled = size, touch
                self._walk(path, IMPORT)
        usages = self.env["linkstar.asset.usage"].search(
            [("store_id", "in", self.stores.ids), ("kind", "=", "phone")]
        )
        self.assertEqual(len(usages), 2, "the second import added nothing")
        self.browser_size, self.touch_enabled = "1440x900", False
        self._walk(f"/odoo/linkstar.store/{self.stores[0].id}", MAP)
