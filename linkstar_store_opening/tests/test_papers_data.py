"""Numbers of companies and persons, field sheets, standard papers."""

import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.linkstar_project.exceptions import MissingKey

from .papers_common import pdf
from .test_papers import PapersCase

NUMBER = "110101199003078515"


@tagged("post_install", "-at_install")
class TestIdentity(PapersCase):
    def keep(self, kind="id_number", value=NUMBER, **values):
        return (
            self.env["linkstar.identity"]
            .with_user(self.keeper)
            .create(
                {
                    "partner_id": self.entity.id,
                    "kind": kind,
                    "value": value,
                    **values,
                }
            )
        )

    def test_a_number_is_masked_and_shown_with_a_reason(self):
        identity = self.keep()
        self.assertEqual(identity.value, "1••••••••15")
        shown = identity.action_reveal_value("tax office asks")
        self.assertEqual(shown, NUMBER)
        entry = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", "linkstar.identity"), ("action", "=", "reveal")],
            limit=1,
        )
        self.assertEqual(
            (entry.user_id, entry.reason), (self.keeper, "tax office asks")
        )
        with self.assertRaisesRegex(UserError, "why"):
            identity.action_reveal_value("")
        for user in (self.auditor, self.bringer):
            with self.assertRaises(AccessError):
                identity.with_user(user).action_reveal_value("curious")

    def test_a_masked_value_written_back_changes_nothing(self):
        identity = self.keep()
        identity.value = identity.value
        self.assertEqual(identity.action_reveal_value("check"), NUMBER)

    def test_card_numbers_and_codes_are_refused_in_words(self):
        for value, word in (
            ("4111 1111 1111 1111", "full card number"),
            ("1234 09/29 LI CVV 123", "verification code"),
        ):
            with self.assertRaisesRegex(ValidationError, word):
                self.keep("card", value)
        card = self.keep("card", "1234, 09/2029, LI WEI")
        self.assertEqual(card.value, "•••• 1234 09/29")
        with self.assertRaises(ValidationError):
            self.keep("bank_account", "62220000", label="Visa CVV 123")

    def test_nothing_is_kept_without_a_key(self):
        with patch.dict(os.environ, {"LINKSTAR_SECRET_KEY": ""}):
            with self.assertRaises(MissingKey), self.cr.savepoint():
                self.keep()
        self.assertFalse(self.env["linkstar.identity"].search([]).filtered("masked"))

    def test_deleting_forgets_the_value(self):
        identity = self.keep()
        found = identity.id
        identity.unlink()
        self.assertFalse(
            self.env["linkstar.secret"].search(
                [("res_model", "=", "linkstar.identity"), ("res_id", "=", found)]
            )
        )


@tagged("post_install", "-at_install")
class TestSheet(PapersCase):
    def sheet(self):
        self.project.with_user(self.bringer).action_field_sheet()
        return {line.field_id.code: line for line in self.project.form_answer_ids}

    def test_the_sheet_is_filled_from_the_company_with_masked_numbers(self):
        person = self.env["res.partner"].create({"name": "Li Wei"})
        self.entity.linkstar_representative_id = person
        self.env["linkstar.identity"].create(
            {"partner_id": person.id, "kind": "id_number", "value": NUMBER}
        )
        sheet = self.sheet()
        self.assertEqual(sheet["company_name"].answer, "Paper Trading")
        self.assertEqual(sheet["representative"].answer, "Li Wei")
        self.assertEqual(sheet["representative_id"].answer, "1••••••••15")
        self.assertEqual(sheet["business_type"].problem, "Missing")
        self.assertNotIn("paypal", sheet, "another platform's form")
        self.assertEqual(len(self.sheet()), len(sheet), "asked twice, made once")

    def test_an_address_is_one_line_and_a_country_alone_is_none(self):
        layout = "%(country_name)s, %(state_name)s, %(city)s\n%(street2)s\n%(street)s"
        country = self.env.ref("base.cn")
        country.address_format = layout
        self.entity.country_id = country
        line = self.sheet()["company_address"]
        self.assertEqual((line.answer, line.problem), ("", "Missing"))
        self.entity.write({"city": "Ningbo", "street": "1 Harbour Road"})
        line.invalidate_recordset()
        self.assertEqual(line.answer, f"{country.name}, Ningbo, 1 Harbour Road")

    def test_typed_answers_win_and_too_long_ones_are_told(self):
        line = self.sheet()["amazon_store_name"]
        line.with_user(self.bringer).typed = "N" * 51
        self.assertEqual(line.answer, "N" * 51)
        self.assertIn("50", line.problem)
        with self.assertRaises(ValidationError):
            line.with_user(self.bringer).typed = NUMBER

    def test_a_round_freezes_sheet_and_files(self):
        document = self.document_of(self.license)
        self.upload(document, pdf())
        self.sheet()
        self.project._new_round()
        sent = self.project.submission_ids
        self.entity.name = "Other"
        self.upload(document, pdf(1, "newer"))
        answers = {line["code"]: line["answer"] for line in sent.field_sheet}
        self.assertEqual(answers["company_name"], "Paper Trading")
        self.assertEqual([f["version"] for f in sent.files], [1])
        self.assertTrue(sent.files[0]["hash"])
        with self.assertRaises(AccessError):
            sent.with_user(self.bringer).field_sheet = []


@tagged("post_install", "-at_install")
class TestStandardPapers(PapersCase):
    def test_a_standard_paper_is_filled_and_says_what_is_blank(self):
        paper = self.env.ref("linkstar_store_opening.standard_paper_loa")
        fill = (
            self.env["linkstar.standard.paper.fill"]
            .with_user(self.bringer)
            .create({"project_id": self.project.id, "paper_id": paper.id})
        )
        self.assertIn("Paper Trading", fill.body)
        self.assertNotIn("{{", fill.body)
        self.assertIn("representative_name", fill.blanks)
        self.assertEqual(fill.action_print()["report_type"], "qweb-html")

    def test_a_name_cannot_bring_markup_into_a_paper(self):
        self.entity.name = "<script>x</script>"
        paper = self.env.ref("linkstar_store_opening.standard_paper_loa")
        body, _blanks = paper._filled(self.project)
        self.assertNotIn("<script>", body)

    def test_a_paper_past_its_review_is_told(self):
        paper = self.env.ref("linkstar_store_opening.standard_paper_loa")
        paper.review_date = "2020-01-01"
        self.assertIn(
            paper, self.env["linkstar.standard.paper"].search([("is_stale", "=", True)])
        )
        fresh = [("is_stale", "=", False)]
        self.assertNotIn(paper, self.env["linkstar.standard.paper"].search(fresh))
