"""Who looked, who agreed, what is kept how long, and what people may take along."""

import base64
import io
from datetime import date, datetime

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .kpi_common import JULY, KpiCase


@tagged("post_install", "-at_install")
class TestFairness(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.gmv = cls._scheme(
            [{"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}],
            code="gmv",
            retention_months=24,
        )
        for employee in cls.employee_anna + cls.employee_ben:
            cls._assign(employee, cls.gmv)
        for store in cls.us + cls.de:
            cls._facts(store, "gmv", 900.0)
        cls.period.with_user(cls.manager).calculate()
        cls.card = cls.period.scorecard_ids.filtered(
            lambda card: card.employee_id == cls.employee_anna
        )
        cls.cards = cls.env["linkstar.kpi.scorecard"]

    def _notice(self, **values):
        return (
            self.env["linkstar.kpi.privacy"]
            .with_user(self.manager)
            .create({"notice": "Your score is made of shop figures.", **values})
        )

    def _close(self):
        for card in self.period.scorecard_ids:
            card.with_user(card.employee_id.user_id).action_acknowledge()
        self.period.with_user(self.manager).action_publish()
        with freeze_time("2026-07-10"):
            self.period.with_user(self.manager).action_lock()

    # -- readers -----------------------------------------------------------------

    def _readers(self):
        log = self.env["linkstar.kpi.view.log"].search(
            [("scorecard_id", "=", self.card.id)]
        )
        return log.user_id

    def test_a_list_that_shows_scores_is_logged_for_each_card(self):
        cards = self.cards.with_user(self.lead)
        found = cards.web_search_read([], {"final_score": {}})
        self.assertEqual(found["length"], 2)
        log = self.env["linkstar.kpi.view.log"].search([("user_id", "=", self.lead.id)])
        self.assertEqual(log.scorecard_id, self.period.scorecard_ids)

    def test_every_way_of_reading_is_logged(self):
        card = self.card
        ways = {
            "read": lambda user: card.with_user(user).read(["score"]),
            "search_read": lambda user: self.cards.with_user(user).search_read(
                [("id", "=", card.id)], ["score"]
            ),
            "export_data": lambda user: card.with_user(user).export_data(["score"]),
            "lines": lambda user: card.line_ids.with_user(user).web_read(
                {"points": {}}
            ),
            "page": lambda user: self.cards.with_user(user).my_page(card.id),
            "workbook": lambda user: card.with_user(user).export_xlsx(),
        }
        for number, (way, look) in enumerate(ways.items()):
            groups = "linkstar_kpi.group_kpi_manager,base.group_allow_export"
            user = self._user(f"kpi_reader{number}", groups)
            look(user)
            self.assertIn(user, self._readers(), way)

    def test_names_alone_and_ones_own_card_are_not_logged(self):
        self.card.with_user(self.lead).web_read({"display_name": {}})
        self.card.with_user(self.anna).web_read({"score": {}})
        self.assertFalse(self._readers())

    # -- consent -----------------------------------------------------------------

    def test_consent_stands_apart_from_the_rules(self):
        self._notice()
        page = self.cards.with_user(self.anna).my_page()
        self.assertFalse(page["card"]["privacy"]["agreed"])
        self.env["linkstar.kpi.privacy"].with_user(self.anna).decide(True)
        page = self.cards.with_user(self.anna).my_page()
        self.assertTrue(page["card"]["privacy"]["agreed"])
        self.assertFalse(page["card"]["is_acknowledged"])
        self.card.with_user(self.anna).action_acknowledge()
        self._card(self.employee_ben).with_user(self.ben).action_acknowledge()
        # Ben did not consent: his score is published by rules that he knows.
        self.period.with_user(self.manager).action_publish()

    def test_consent_is_taken_back_and_kept_on_record(self):
        notice = self._notice()
        mine = self.env["linkstar.kpi.privacy"].with_user(self.anna)
        for agree in (True, True, False, False, True):
            mine.decide(agree)
        consents = self.env["linkstar.kpi.consent"].search([], order="id")
        self.assertEqual(consents.employee_id, self.employee_anna)
        self.assertEqual([bool(c.withdrawn_at) for c in consents], [True, False])
        self.assertEqual(consents[0].text, notice.notice)
        self.assertEqual(notice.consent_count, 1)

    def test_a_changed_notice_is_asked_anew(self):
        notice = self._notice()
        self.env["linkstar.kpi.privacy"].with_user(self.anna).decide(True)
        notice.notice = "Your score is made of shop figures and tasks."
        self.assertEqual((notice.number, notice.consent_count), (2, 0))
        page = self.cards.with_user(self.anna).my_page()
        self.assertFalse(page["card"]["privacy"]["agreed"])
        kept = self.env["linkstar.kpi.consent"].search([])
        self.assertEqual(kept.text, "Your score is made of shop figures.")
        notice.notice = "Your score is made of shop figures and tasks."
        self.assertEqual(notice.number, 2)

    def test_nobody_consents_for_somebody_else(self):
        self._notice()
        with self.assertRaises(UserError):
            self.env["linkstar.kpi.privacy"].with_user(self.payroll).decide(True)
        for user in (self.anna, self.manager):
            with self.assertRaises(AccessError):
                self.env["linkstar.kpi.consent"].with_user(user).create(
                    {"employee_id": self.employee_anna.id, "number": 1}
                )
        self.assertFalse(
            self.cards.with_user(self.lead).my_page(self.card.id)["card"]["privacy"]
        )

    # -- retention ---------------------------------------------------------------

    def test_locked_cards_go_when_their_time_is_over(self):
        self._close()
        self.card.sudo().appeal_ids.create(
            {"scorecard_id": self.card.id, "reason": "x", "state": "refused"}
        )
        both = self.period.scorecard_ids
        lines = both.line_ids
        before, after = datetime(2028, 7, 9), datetime(2028, 7, 11)
        self.assertEqual(self.cards._purge_due(before, 100), 0)
        self.assertEqual(self.cards._purge_due(after, 1), 1)
        self.assertEqual(len(both.exists()), 1)
        self.assertEqual(self.cards._purge_due(after, 100), 1)
        self.assertFalse(both.exists() or lines.exists())
        trail = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", "linkstar.kpi.scorecard"), ("action", "=", "purge")]
        )
        self.assertEqual(len(trail), 2)

    def test_a_locked_card_is_deleted_by_nothing_else(self):
        self._close()
        with self.assertRaises(UserError):
            self.card.unlink()

    def test_pay_stays_when_its_card_goes(self):
        self._close()
        plan = self.env["linkstar.kpi.bonus.plan"].create(
            {
                "name": "P",
                "scheme_ids": [(6, 0, self.gmv.ids)],
                "fixed_amount": 100,
                "currency_id": self.env.ref("base.USD").id,
            }
        )
        run = self.env["linkstar.kpi.bonus.run"].create(
            {"period_id": self.period.id, "plan_ids": [(6, 0, plan.ids)]}
        )
        run.with_user(self.payroll).action_compute()
        before = run.total_amount
        self.cards._purge_due(datetime(2029, 1, 1), 100)
        self.assertEqual(run.total_amount, before)
        self.assertFalse(run.line_ids.scorecard_id)

    # -- one person's data -------------------------------------------------------

    def _sheets(self, book):
        content = io.BytesIO(base64.b64decode(book["content"]))
        return {sheet.title: list(sheet.values) for sheet in load_workbook(content)}

    def test_people_take_everything_about_themselves_along(self):
        self._notice()
        self.env["linkstar.kpi.privacy"].with_user(self.anna).decide(True)
        self._close()
        self.card.with_user(self.lead).read(["score"])
        sheets = self._sheets(self.cards.with_user(self.anna).export_person())
        cells = {str(cell) for rows in sheets.values() for r in rows for cell in r}
        self.assertIn(self.lead.name, cells)
        self.assertNotIn(self.employee_ben.name, cells)
        self.assertIn("Your score is made of shop figures.", cells)
        self.assertEqual(len(sheets["Scores"]), 2)
        self.assertEqual(sheets["Lines"][1][5], 27900.0)
        self.assertIn("Bonus line", sheets)

    def test_only_a_kpi_manager_exports_somebody_else_without_pay(self):
        for user in (self.ben, self.lead, self.payroll):
            with self.assertRaises(AccessError):
                self.cards.with_user(user).export_person(self.employee_anna.id)
        sheets = self._sheets(
            self.cards.with_user(self.manager).export_person(self.employee_anna.id)
        )
        self.assertEqual(len(sheets.get("Bonus line", [()])), 1)
        self.assertIn(self.manager, self._readers())

    # -- decided by people -------------------------------------------------------

    def test_no_scheduled_action_publishes_a_score(self):
        self.card.with_user(self.anna).action_acknowledge()
        self._card(self.employee_ben).with_user(self.ben).action_acknowledge()
        with freeze_time("2026-09-01"):
            for cron in self.env["ir.cron"].search(
                [("model_id.model", "=like", "linkstar.kpi.%")]
            ):
                self.assertNotIn("publish", cron.code or "")
            self.env["linkstar.kpi.period"]._cron_queue_open()
        self.period.with_user(self.manager).calculate()
        self.assertEqual(self.card.state, "calculated")
        self.period.with_user(self.manager).action_publish()
        self.assertEqual(self.card.published_by, self.manager)

    def test_each_version_of_the_rules_is_acknowledged_before_publishing(self):
        for card in self.period.scorecard_ids:
            card.with_user(card.employee_id.user_id).action_acknowledge()
        self.gmv.with_user(self.manager).action_new_version()
        draft = self.gmv.draft_version_id
        draft.with_user(self.manager).action_publish()
        june = self.env["linkstar.kpi.period"].create({"day": date(2026, 7, 1)})
        june.is_estimate = True
        june.with_user(self.manager).calculate()
        self.assertEqual(june.scorecard_ids.scheme_version_id, draft)
        june.state = "calculated"
        with self.assertRaisesRegex(UserError, "kpi_anna"):
            june.with_user(self.manager).action_publish()
