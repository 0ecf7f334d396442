"""Batches: platforms, sites and entities, checked before anything is created."""

import polib

from odoo.exceptions import UserError
from odoo.fields import Date
from odoo.tests import tagged
from odoo.tools import file_path

from .opening_common import OpeningCase


@tagged("post_install", "-at_install")
class TestOpeningBatch(OpeningCase):
    def _stores(self):
        return self.env["linkstar.store"].search(
            [("seller_id.entity_id", "in", self.all)]
        )

    @property
    def all(self):
        return (self.entity | self.other).ids

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._entity("Hong Kong Nova", "HK_COMPANY")

    def _lines(self, wizard):
        wizard.action_check()
        return wizard.line_ids

    def test_platforms_sites_and_entities_open_in_one_go(self):
        sites = self.us | self._site("tiktok", "US")
        wizard = self._wizard(
            sites,
            more_entity_ids=self.other.ids,
            shop_name="{entity} {platform} {site}",
        )
        lines = self._lines(wizard)
        self.assertEqual(len(lines), 4)
        self.assertEqual(set(lines.mapped("verdict")), {"ok"})
        self.assertEqual(len(set(lines.mapped("code"))), 4)
        self.assertIn("Hong Kong Nova Amazon US", lines.mapped("name"))
        self.assertFalse(self._stores(), "a preview creates nothing")
        wizard.action_start()
        self.assertEqual(len(self._stores()), 4)

    def test_the_previews_words_are_no_penalty_and_no_open_task_in_chinese(self):
        places = {
            "selection__linkstar_opening_wizard_line__verdict__ok": "可以开店",
            "field_linkstar_opening_wizard_line__included": "开通",
        }
        terms = polib.pofile(file_path("linkstar_store_opening/i18n/zh_CN.po"))
        said = {
            place: entry.msgstr
            for entry in terms
            for occurrence, _line in entry.occurrences
            for place in places
            if occurrence.endswith(f".{place}")
        }
        self.assertEqual(said, places)

    def test_papers_of_the_preview_follow_the_kind_of_entity(self):
        lines = self._lines(self._wizard(more_entity_ids=self.other.ids))
        name = self.env.ref(
            "linkstar_store_opening.document_type_hk_ci_br", False
        ) or self.env["linkstar.document.type"].search([("code", "=", "HK_CI_BR")])
        mine, others = lines
        self.assertNotIn(name.name, mine.papers)
        self.assertIn(name.name, others.papers)

    def test_a_second_account_needs_the_platforms_permission(self):
        self._start()
        wizard = self._wizard(code_suffix="second")
        self.assertEqual(self._lines(wizard).verdict, "blocked")
        with self.assertRaisesRegex(UserError, "account"):
            wizard.action_start()
        wizard.limit_reason = "Written permission of May."
        wizard.line_ids.invalidate_recordset()
        wizard.action_start()
        self.assertEqual(len(self._stores()), 2)

    def test_a_batch_counts_its_own_accounts_against_the_limit(self):
        tiktok = self._site("tiktok", "US")
        tiktok.platform_id.accounts_per_entity = 1
        site = self.env["linkstar.marketplace"].search(
            [("platform_id", "=", tiktok.platform_id.id), ("id", "!=", tiktok.id)]
        )[:1]
        lines = self._lines(self._wizard(tiktok | site))
        verdicts = lines.sorted("sequence").mapped("verdict")
        self.assertEqual(verdicts[1], "blocked")
        self.assertNotEqual(verdicts[0], "blocked")

    def test_sites_of_one_region_are_one_account(self):
        lines = self._lines(self._wizard(self.us | self._site("amazon", "CA")))
        self.assertNotIn("blocked", lines.mapped("verdict"))

    def test_a_waiting_period_blocks_a_plan_before_its_end(self):
        opening = self._submitted()
        reason = self.env["linkstar.rejection.reason"].search(
            [("code", "=", "DOC_TOO_OLD")]
        )
        reason.wait_days = 40
        opening.refuse_round("Wait.", ["DOC_TOO_OLD"])
        early = self._wizard(code_suffix="again", limit_reason="x")
        self.assertIn("no new try", self._lines(early).explanation)
        late = self._wizard(
            code_suffix="again",
            limit_reason="x",
            planned_date=Date.add(self.today, days=41),
        )
        self.assertNotEqual(self._lines(late).verdict, "blocked")

    def test_one_blocked_opening_stops_all_until_it_is_left_out(self):
        self._start()
        wizard = self._wizard(self.us | self._site("amazon", "DE"), code_suffix="two")
        lines = self._lines(wizard)
        with self.assertRaises(UserError), self.cr.savepoint():
            wizard.action_start()
        lines.filtered(lambda line: line.verdict == "blocked").included = False
        wizard.action_start()
        self.assertEqual(len(self._stores()), 2)

    def test_equal_codes_of_a_batch_get_a_number(self):
        walmart = self._site("walmart", "US")
        codes = self._lines(self._wizard(self.us | walmart)).mapped("code")
        self.assertEqual(set(codes), {"US-OC9", "US-OC92"})

    def test_a_step_list_past_its_review_date_warns_in_the_preview(self):
        sop = self.env["linkstar.sop"]._for_marketplace(self.us, self.today)
        sop.review_date = Date.subtract(self.today, days=1)
        line = self._lines(self._wizard())
        self.assertEqual(line.verdict, "warning")
        self.assertIn("to be looked at again", line.explanation)

    def test_the_planned_day_decides_which_step_list_holds(self):
        old = self.env["linkstar.sop"]._for_marketplace(self.us, self.today)
        change = Date.add(self.today, days=15)
        old.effective_to = Date.subtract(change, days=1)
        new = old.copy({"code": "amazon_us_new", "effective_from": change})
        new.effective_to = False
        for days, sop in ((10, old), (20, new)):
            planned = Date.add(self.today, days=days)
            line = self._lines(self._wizard(planned_date=planned))
            self.assertEqual(line._sop(), sop, days)
