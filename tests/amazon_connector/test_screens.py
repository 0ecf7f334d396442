"""The screens of Amazon's data in a real browser, on a desktop and on a phone."""

import json

from odoo.tests import HttpCase, tagged

from odoo.addons.linkstar_connector_amazon.models.amazon_rows import upsert

# Open a menu's action, wait until it is drawn, and look for errors and rows.
WALK = """
(async () => {
    const wanted = %s;
    async function until(what, check) {
        const end = Date.now() + 45000;
        for (;;) {
            const found = check();
            if (found) {
                return found;
            }
            if (document.querySelector(".o_error_dialog") || Date.now() > end) {
                throw new Error(`${what}: ${document.body.innerText.slice(0, 600)}`);
            }
            await new Promise((done) => setTimeout(done, 50));
        }
    }
    for (const [action, texts, view] of wanted) {
        await odoo.__WOWL_DEBUG__.root.env.services.action.doAction(action, {
            clearBreadcrumbs: true,
            viewType: view || undefined,
        });
        for (const text of texts) {
            await until(`${action} shows ${text}`, () =>
                document.querySelector(".o_content").innerText.includes(text)
            );
        }
        if (document.documentElement.scrollWidth > window.innerWidth) {
            throw new Error(`${action} scrolls sideways`);
        }
    }
    console.log("test successful");
})();
"""
MODULE = "linkstar_connector_amazon."
EMPTY = [
    ("amazon_economics_action", "No proceeds yet"),
    ("amazon_settlement_action", "No settlements yet"),
    ("amazon_cost_action", "No costs entered"),
    ("amazon_offer_action", "No prices yet"),
    ("amazon_promotion_action", "No promotions yet"),
    ("amazon_campaign_action", "No campaigns yet"),
    ("amazon_ad_figure_action_campaign", "No campaign figures yet"),
    ("amazon_ad_figure_action_product", "No product figures yet"),
    ("amazon_ad_figure_action_term", "No search terms yet"),
    ("amazon_day_action", "Nothing to compare yet"),
]


class ScreensCase(HttpCase):
    """A store with a row of everything, and people who look at it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_store()
        cls.make_people()

    @classmethod
    def make_store(cls):
        """A store and an account that calls nobody."""
        env = cls.env
        cls.seller = env["linkstar.seller"].create(
            {
                "name": "Screens",
                "platform_id": env.ref("linkstar_project.platform_amazon").id,
                "region": "na",
            }
        )
        cls.store = env["linkstar.store"].create(
            {
                "name": "Screens",
                "code": "US-SCREENS",
                "seller_id": cls.seller.id,
                "marketplace_id": env.ref("linkstar_project.marketplace_amazon_us").id,
            }
        )
        application = env["linkstar.amazon.application"].create(
            {"name": "Screens", "client_id": "screens"}
        )
        cls.account = env["linkstar.amazon.account"].create(
            {
                "name": "Screens",
                "application_id": application.id,
                "seller_id": cls.seller.id,
                "region": "na",
            }
        )

    @classmethod
    def make_people(cls):
        """A lead and an operator of the store, with easy passwords."""
        role = cls.env["project.role"].search([], limit=1)
        for group in ("lead", "operator"):
            login = f"screens_{group}"
            user = (
                cls.env["res.users"]
                .with_context(no_reset_password=True)
                .create(
                    {
                        "name": login,
                        "login": login,
                        "password": login,
                        "group_ids": [
                            (4, cls.env.ref(f"linkstar_project.group_{group}").id)
                        ],
                    }
                )
            )
            user.tour_enabled = False
            cls.env["linkstar.store.member"].create(
                {
                    "store_id": cls.store.id,
                    "user_id": user.id,
                    "role_id": role.id,
                    "is_lead": group == "lead",
                    "date_from": "2020-01-01",
                    "share": 10,
                }
            )

    def fill(self):
        """A row of each kind, of today."""
        env, store = self.env, self.store
        today = self.env.cr.now().date()
        shared = {"store_id": store.id, "currency_id": store.currency_id.id}
        listing = env["linkstar.listing"].create(
            {"store_id": store.id, "sku": "SCREEN-1", "name": "Mug"}
        )
        own = {**shared, "account_id": self.account.id}
        upsert(
            env["linkstar.amazon.economics"],
            ("store_id", "day", "sku"),
            [
                {
                    **own,
                    "day": today,
                    "sku": "SCREEN-1",
                    "net_units": 2,
                    "net_sales": 50,
                    "net_proceeds": 41.5,
                }
            ],
        )
        env["linkstar.amazon.cost"].create(
            {"listing_id": listing.id, "date_from": today, "unit_cost": 7.25}
        )
        settlement = env["linkstar.amazon.settlement"].create(
            {**own, "reference": "SET-1", "report": "R1", "total": 99.5}
        )
        env["linkstar.amazon.settlement.line"].create(
            {
                **shared,
                "settlement_id": settlement.id,
                "day": today,
                "sku": "SCREEN-1",
                "kind": "fees",
                "description": "Commission",
                "amount": -5,
            }
        )
        env["linkstar.amazon.offer"].create(
            {
                **shared,
                "sku": "SCREEN-1",
                "price": 19.5,
                "featured_price": 18.5,
                "is_featured": True,
            }
        )
        env["linkstar.amazon.promotion"].create(
            {
                **shared,
                "reference": "P-1",
                "name": "Spring deal",
                "kind": "BEST_DEAL",
                "starts_at": today,
                "ends_at": today,
            }
        )
        env["linkstar.amazon.campaign"].create(
            {
                **shared,
                "external_id": "7",
                "name": "Hero campaign",
                "state": "ENABLED",
                "budget": 25,
            }
        )
        for grain in ("campaign", "product", "term"):
            env["linkstar.amazon.ad.figure"].create(
                {
                    **shared,
                    "kind": grain,
                    "grain": grain,
                    "day": today,
                    "campaign_name": "Hero campaign",
                    "sku": "SCREEN-1" if grain == "product" else "",
                    "term": "coffee mug" if grain == "term" else "",
                    "cost": 5,
                    "sales": 20,
                }
            )
        env["linkstar.amazon.day"].create(
            {
                "store_id": store.id,
                "day": today,
                "our_orders": 9,
                "amazon_orders": 10,
                "our_gmv": 90,
                "amazon_gmv": 100,
                "explanation": "unknown",
                "compared_at": self.env.cr.now(),
            }
        )

    def walk(self, screens, login):
        """Open the screens one after the other."""
        wanted = [
            [MODULE + action, list(texts), view] for action, texts, view in screens
        ]
        self.browser_js(
            "/odoo?debug=1",
            WALK % json.dumps(wanted),
            "odoo.isReady === true",
            login=login,
            timeout=170,
        )

    def check_filled(self, cards=False):
        """What was read is on the screens, and what it costs for those who may.

        :param cards: a phone opens cards, whatever view is asked for
        """
        self.fill()
        proceeds = "Net proceeds" if cards else "Net Proceeds"
        self.walk(
            [
                ("amazon_economics_action", ["SCREEN-1", "41.50", "14.50"], ""),
                ("amazon_economics_action", [proceeds], "pivot"),
                ("amazon_settlement_action", ["SET-1", "99.50"], ""),
                ("amazon_settlement_line_action", ["SCREEN-1", "Fees"], ""),
                ("amazon_cost_action", ["SCREEN-1", "7.25"], ""),
                ("amazon_offer_action", ["SCREEN-1", "18.50"], ""),
                ("amazon_promotion_action", ["Spring deal", "Best deal"], ""),
                ("amazon_promotion_action", ["Spring deal"], "calendar"),
                ("amazon_campaign_action", ["Hero campaign"], ""),
                ("amazon_ad_figure_action_campaign", ["Hero campaign"], ""),
                ("amazon_ad_figure_action_product", ["SCREEN-1"], ""),
                ("amazon_ad_figure_action_product", ["SCREEN-1", "Spend"], "pivot"),
                ("amazon_ad_figure_action_term", ["coffee mug"], ""),
                ("amazon_day_action", ["Unexplained", "-10"], ""),
            ],
            "screens_lead",
        )


@tagged("post_install", "-at_install")
class TestScreens(ScreensCase):
    """A desktop of 1440 pixels."""

    browser_size = "1440x900"

    def test_empty_screens_say_what_comes_and_when(self):
        self.walk([(action, [text], "") for action, text in EMPTY], "screens_lead")

    def test_every_screen_shows_its_rows(self):
        self.check_filled()

    def test_an_operator_sees_proceeds_without_cost(self):
        self.fill()
        self.walk(
            [("amazon_economics_action", ["SCREEN-1", "41.50"], "")],
            "screens_operator",
        )


@tagged("post_install", "-at_install")
class TestScreensOnAPhone(ScreensCase):
    """A phone of 375 pixels."""

    browser_size = "375x667"
    touch_enabled = True

    def test_every_screen_shows_its_rows(self):
        self.check_filled(cards=True)

    def test_an_operator_sees_cards_without_cost(self):
        self.fill()
        self.walk(
            [("amazon_economics_action", ["SCREEN-1", "41.50"], "")],
            "screens_operator",
        )
