"""Product categories and sites: their steps come in at launch, and no others."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .plan_common import PlanCase


@tagged("post_install", "-at_install")
class TestVariant(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.battery = cls.env.ref("linkstar_project.variant_battery")
        cls.toys = cls.env.ref("linkstar_project.variant_children")
        cls.extra = cls._add_steps(
            cls.template,
            [
                {"name": "UN38.3", "variant_ids": cls.battery.ids},
                {"name": "CPC", "variant_ids": cls.toys.ids, "for_sites": "us, CA"},
                {"name": "EPR", "for_sites": "EU"},
            ],
        )
        # Goods are ordered when the papers of batteries are there.
        cls.steps[1].depend_on_ids |= cls.extra[0]
        cls.version = cls.template.publish_version("categories")

    def _names(self, project):
        return set(project.sudo().task_ids.mapped("name"))

    def test_without_a_category_its_steps_stay_out(self):
        project = self._launch()
        self.assertEqual(self._names(project), set(self.steps.mapped("name")))
        order = self._task(project, "Order goods")
        self.assertEqual(order.depend_on_ids.mapped("name"), ["Count stock"])
        self.assertFalse(project.variant_ids)

    def test_chosen_category_brings_its_steps_for_the_stores_site(self):
        project = self._launch(variants=["battery", "children"])
        extra = self._names(project) - set(self.steps.mapped("name"))
        self.assertEqual(extra, {"UN38.3", "CPC"})
        order = self._task(project, "Order goods")
        self.assertIn("UN38.3", order.depend_on_ids.mapped("name"))
        self.assertEqual(project.variant_ids, self.battery | self.toys)

    def test_steps_for_the_eu_come_in_for_a_german_store_only(self):
        site = self.env["linkstar.marketplace"].search(
            [("platform_id", "=", self.platform.id), ("code", "=", "DE")]
        )
        german = self._create_store("DE-PLAN", site)
        admin = self.env.ref("base.user_admin")
        here, there = self._launch(admin, stores=self.store | german)
        self.assertNotIn("EPR", self._names(here))
        self.assertIn("EPR", self._names(there))

    def test_a_launch_about_an_msku_takes_the_categories_of_the_msku(self):
        self.listing.variant_ids = self.battery
        self.assertIn("UN38.3", self._names(self._launch(subject="SKU-1")))
        named = self._launch(
            subject="SKU-1", variants=[], override_reason="the package without battery"
        )
        self.assertNotIn("UN38.3", self._names(named))

    def test_preview_shows_the_same_steps_as_the_launch(self):
        version = self.version.with_user(self.lead)
        (plan,) = version.preview(self.store.ids, variants=["battery"])
        project = self._launch(variants=["battery"])
        self.assertEqual({t["name"] for t in plan["tasks"]}, self._names(project))
        paper = next(task for task in plan["tasks"] if task["name"] == "UN38.3")
        self.assertEqual(paper["variants"], ["battery"])

    def test_unknown_category_names_the_known_ones(self):
        with self.assertRaisesRegex(UserError, "no category batery.*battery"):
            self._launch(variants=["batery"])
        with self.assertRaisesRegex(UserError, "list of their codes"):
            self._launch(variants="battery")

    def test_a_template_with_nothing_for_the_store_is_refused(self):
        (self.steps | self.extra).write({"for_sites": "JP"})
        self.version = self.template.publish_version("Japan")
        with self.assertRaisesRegex(UserError, "No step of Restock is for US-PLAN"):
            self._launch()

    def test_templates_without_categories_keep_their_checksum(self):
        snapshot = self.version.snapshot
        plain = next(t for t in snapshot["tasks"] if t["name"]["en_US"] == "Photograph")
        self.assertNotIn("variants", plain)
        self.assertNotIn("sites", plain)

    def test_export_carries_categories_to_a_database_without_them(self):
        own = self.env["linkstar.variant"].create({"name": "Knives", "code": "knives"})
        self.extra[0].variant_ids = own
        text = self.template.export_templates()
        for node_uid in (self.steps | self.extra).mapped("node_uid"):
            text = text.replace(node_uid, f"x{node_uid[1:]}")
        (self.steps | self.extra).write({"variant_ids": False})
        own.unlink()
        created = self.env["project.project"].import_templates(text)
        steps = self.env["project.task"].search([("project_id", "=", created.id)])
        paper = steps.filtered(lambda step: step.name == "UN38.3")
        self.assertEqual(paper.variant_ids.name, "Knives")

    def test_a_new_version_brings_no_steps_of_other_categories(self):
        project = self._launch(variants=["children"])
        self._add_steps(
            self.template,
            [
                {"name": "SDS", "variant_ids": self.battery.ids},
                {"name": "Tracking label", "variant_ids": self.toys.ids},
            ],
        )
        newer = self.template.publish_version("more papers")
        (report,) = newer.with_user(self.lead).propagate(project.ids)
        applied = {change["name"] for change in report["applied"]}
        self.assertEqual(applied, {"Tracking label"})

    def test_wizard_offers_the_categories_of_the_template(self):
        self.listing.variant_ids = self.battery
        wizard = Form(self.env["linkstar.launch"].with_user(self.lead))
        wizard.template_id = self.template
        wizard.store_ids.add(self.store)
        self.assertEqual(wizard.allowed_variant_ids[:], self.battery | self.toys)
        self.assertNotIn("UN38.3", wizard.preview)
        wizard.listing_id = self.listing
        self.assertEqual(wizard.variant_ids[:], self.battery)
        self.assertIn("UN38.3", wizard.preview)
        wizard.save().action_launch()
        project = self.version.launch_ids.filtered("subject")
        self.assertIn("UN38.3", self._names(project))

    def test_only_template_managers_change_categories(self):
        with self.assertRaises(AccessError):
            self.battery.with_user(self.lead).name = "x"
        self.battery.with_user(self.manager).name = "Cells"
        with self.assertRaises(ValidationError):
            self.battery.with_user(self.manager).code = "Bad code"

    def test_built_in_new_product_asks_batteries_for_their_papers(self):
        template = self.env["project.project"].search(
            [("template_code", "=", "new_product")]
        )
        version = template.last_version_id.with_user(self.lead)
        (plain,) = version.preview(self.store.ids)
        (cells,) = version.preview(self.store.ids, variants=["battery"])
        extra = {task["uid"] for task in cells["tasks"]}
        extra -= {task["uid"] for task in plain["tasks"]}
        self.assertEqual(len(extra), 2, "UN38.3 with SDS, and the review; EPR is EU's")


@tagged("post_install", "-at_install")
class TestTaskLanguage(PlanCase):
    """Tasks speak their owner's language, and tell others in theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        (cls.operator | cls.lead).lang = "en_US"
        cls.buyer.lang = "zh_CN"
        names = {"en_US": "Order goods", "zh_CN": "下单采购"}
        cls.steps[1].step_texts = {"lang": "en_US", "name": names, "description": {}}
        cls.version = cls.template.publish_version("two languages")
        cls.project = cls._launch(cls)
        tasks = cls.project.sudo().task_ids
        cls.order = tasks.filtered(lambda t: t.node_uid == cls.steps[1].node_uid)

    def test_a_task_speaks_the_language_of_who_does_it(self):
        self.assertEqual(self.order.user_ids, self.buyer)
        self.assertEqual(self.order.name, "下单采购")
        (plan,) = self.version.with_user(self.lead).preview(self.store.ids)
        self.assertIn("Order goods", [task["name"] for task in plan["tasks"]])

    def test_others_read_it_in_theirs_until_somebody_edits_it(self):
        english = self.order.with_context(lang="en_US")
        self.assertEqual(english.reader_name, "Order goods")
        self.assertFalse(self.order.with_context(lang="zh_CN").reader_name)
        self.order.name = "下单并付定金"
        self.assertFalse(english.reader_name)

    def test_a_new_version_still_knows_the_text_in_either_language(self):
        self.steps[1].step_texts = False
        self.steps[1].name = "Order and pay"
        newer = self.template.publish_version("pay")
        (report,) = newer.with_user(self.lead).propagate(self.project.ids)
        self.assertFalse([c for c in report["left"] if c["conflict"] == "edited"])
        self.assertEqual(self.order.name, "Order and pay")
