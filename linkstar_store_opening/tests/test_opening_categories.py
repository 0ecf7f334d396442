"""Categories bring steps and papers; accounts in use have their cases."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .opening_common import OpeningCase


@tagged("post_install", "-at_install")
class TestOpeningCategories(OpeningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        variants = cls.env["linkstar.variant"].search([])
        cls.by_code = {variant.code: variant for variant in variants}

    def _codes(self, opening):
        return set(opening.sudo().requirement_ids.type_id.mapped("code"))

    def _open(self, *codes, site=None):
        variants = [self.by_code[code].id for code in codes]
        return self._start(sites=site or self.us, variant_ids=[(6, 0, variants)])

    def test_an_opening_without_categories_has_none_of_their_steps(self):
        opening = self._open()
        names = " ".join(opening.sudo().task_ids.mapped("name"))
        self.assertNotIn("categories", names)
        self.assertFalse({c for c in self._codes(opening) if c.startswith("CAT_")})

    def test_a_category_brings_its_steps_behind_the_platforms_decision(self):
        opening = self._open("battery").sudo()
        tasks = {task.name: task for task in opening.task_ids}
        apply = tasks["Apply for the approval of the categories"]
        before = set(apply.depend_on_ids.mapped("name"))
        self.assertIn("Check goods of high regulation", before)
        self.assertEqual(len(before), 2, "the check, and the platform's decision")
        self.assertEqual(opening.variant_ids.mapped("code"), ["battery"])

    def test_goods_of_low_regulation_need_no_legal_check(self):
        opening = self._open("appliance").sudo()
        names = opening.task_ids.mapped("name")
        self.assertIn("Apply for the approval of the categories", names)
        self.assertNotIn("Check goods of high regulation", names)

    def test_papers_follow_category_and_site_and_do_not_hold_the_submission(self):
        codes = self._codes(self._open("children"))
        self.assertIn("CAT_CPC", codes)
        self.assertNotIn("CAT_TOY_CE", codes)
        german = self._open("children", site=self._site("amazon", "DE"))
        self.assertIn("CAT_TOY_CE", self._codes(german))
        papers = german.sudo().requirement_ids
        toys = papers.filtered(lambda r: r.type_id.code == "CAT_TOY_CE")
        self.assertTrue(toys.is_later)
        self.assertFalse(toys._is_blocking())

    def test_a_platform_that_asks_for_certificates_first_gets_them_first(self):
        opening = self._open("children", site=self._site("shein", "US"))
        papers = opening.sudo().requirement_ids
        toys = papers.filtered(lambda r: r.type_id.code == "CAT_CPC")
        self.assertTrue(toys._is_blocking())

    def test_the_preview_warns_of_high_regulation_and_lists_the_papers(self):
        wizard = self._wizard(variant_ids=[(6, 0, self.by_code["medical"].ids)])
        wizard.action_check()
        line = wizard.line_ids
        self.assertEqual(line.verdict, "warning")
        self.assertIn("High regulation: Medical devices", line.explanation)
        self.assertIn("Medical device registration", line.papers)


@tagged("post_install", "-at_install")
class TestAccountCases(OpeningCase):
    def _case(self, store, case, user=None):
        store = store.with_user(user or self.lead)
        return store.with_context(linkstar_case=case).action_account_case()

    def test_a_suspension_restricts_the_store_and_plans_its_steps(self):
        opening = self._approved()
        opening.mark_ids.action_done()
        opening.action_activate()
        action = self._case(opening.store_id, "suspension")
        self.assertEqual(opening.store_id.state, "restricted")
        self.assertEqual(opening.application_step, "suspended")
        template = self.env["project.project"].browse(
            action["context"]["default_template_id"]
        )
        self.assertEqual(template.template_code, "case_suspension")
        self.assertEqual(
            action["context"]["default_store_ids"], [(6, 0, opening.store_id.ids)]
        )

    def test_each_case_has_a_template_that_launches(self):
        opening = self._approved()
        for case in ("reinstatement", "closing", "handover"):
            action = self._case(opening.store_id, case)
            template = self.env["project.project"].browse(
                action["context"]["default_template_id"]
            )
            version = template.sudo().version_ids[:1].with_user(self.lead)
            projects = version.launch(opening.store_id.ids)
            self.assertTrue(projects.task_ids, case)

    def test_an_unknown_case_says_so(self):
        opening = self._approved()
        for case in (None, "deletion"):
            with self.assertRaisesRegex(UserError, "no template"):
                self._case(opening.store_id, case)
