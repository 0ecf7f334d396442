"""First steps: the guide's progress, and one tour per role in a real browser."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from .tell_common import TellCase
from .trust_common import TrustCase

ALL = (
    "linkstar_project.group_admin",
    "linkstar_project.group_template_manager",
)


@tagged("post_install", "-at_install")
class TestGuide(TellCase):
    def guide(self, user):
        return self.env["linkstar.guide"].with_user(user).progress()

    def test_each_role_is_offered_its_tours(self):
        self.assertEqual(self.guide(self.operator)["tours"], ["linkstar_operator"])
        self.assertEqual(
            self.guide(self.lead)["tours"], ["linkstar_lead", "linkstar_operator"]
        )
        self.assertEqual(self.guide(self.operator)["steps"], [])

    def test_steps_follow_what_is_there(self):
        self.env["project.project"].search([("version_id", "!=", False)]).unlink()
        keys = {s["key"]: s["done"] for s in self.guide(self.lead)["steps"]}
        self.assertEqual(list(keys), ["store", "member", "template", "trial", "launch"])
        self.assertFalse(keys["trial"] or keys["launch"])
        self.version.with_user(self.lead).launch(self.store.ids, trial=True)
        keys = {s["key"]: s["done"] for s in self.guide(self.lead)["steps"]}
        self.assertTrue(keys["trial"])
        self.assertFalse(self.guide(self.lead)["launched"])
        self.version.with_user(self.lead).launch(self.store.ids)
        self.assertTrue(self.guide(self.lead)["launched"])

    def test_a_finished_tour_starts_none_of_cores(self):
        self.lead.tour_enabled = True
        tours = self.env["web_tour.tour"].with_user(self.lead)
        self.assertFalse(tours.consume("linkstar_lead"))
        self.assertFalse(self.lead.tour_enabled)


@tagged("post_install", "-at_install")
class TestNewcomer(TrustCase, HttpCase):
    """An administrator on an app without stores launches a first project."""

    def setUp(self):
        super().setUp()
        stores = self.env["linkstar.store"].search([])
        self.env["linkstar.store.member"].search([]).unlink()
        stores.write({"active": False})
        self.newcomer = self.env["res.users"].create(
            {
                "name": "Ada Newcomer",
                "login": "newcomer",
                "password": "newcomer_long_password",
                "email": "newcomer@example.com",
                "group_ids": [Command.set([self.env.ref(name).id for name in ALL])],
            }
        )

    def test_from_the_empty_app_to_the_first_project(self):
        for tour, url in (
            ("linkstar_admin", "/odoo/linkstar-stores"),
            ("linkstar_template_manager", "/odoo/linkstar-templates"),
            ("linkstar_lead", "/odoo/linkstar-templates"),
        ):
            self.start_tour(url, tour, login="newcomer")
        store = self.env["linkstar.store"].search([("code", "=", "US-FIRST")])
        self.assertTrue(store.member_ids.is_lead)
        template = self.env["project.project"].search([("name", "=", "Weekly check")])
        self.assertTrue(template.last_version_id)
        project = self.env["project.project"].search([("store_id", "=", store.id)])
        self.assertTrue(project.is_live)


@tagged("post_install", "-at_install")
class TestOperatorTour(TellCase, HttpCase):
    def test_an_operator_finds_begins_and_tells(self):
        task = self.task.sudo()
        task.user_ids = [Command.set(self.operator.ids)]
        self.operator.password = "plan_operator_pw"
        self.start_tour(
            "/odoo/linkstar-my-work", "linkstar_operator", login="plan_operator"
        )
        self.assertIn("On it", "".join(task.message_ids.mapped("body")))

    def test_the_guide_fits_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.lead.write({"password": "plan_lead_pw_long", "tour_enabled": False})
        self.browser_js(
            "/odoo/linkstar-first-steps",
            """
(async () => {
    const end = Date.now() + 30000;
    while (document.querySelectorAll("[data-tour]").length !== 2) {
        if (Date.now() > end) {
            throw new Error(document.body.innerText.slice(0, 300));
        }
        await new Promise((done) => setTimeout(done, 50));
    }
    for (const node of document.querySelectorAll(".o_ls_guide *")) {
        const box = node.getBoundingClientRect();
        if (box.width && box.right > window.innerWidth + 1) {
            throw new Error(`${node.className} ends at ${box.right}`);
        }
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
""",
            "document.readyState === 'complete'",
            login=self.lead.login,
        )
