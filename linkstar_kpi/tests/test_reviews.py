"""Review meetings, past scores and pilot reports."""

import base64
import io
from datetime import date, datetime

from freezegun import freeze_time
from openpyxl import Workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .kpi_common import JULY, KpiCase


def sheet(*rows):
    """An uploaded workbook with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return base64.b64encode(out.getvalue())


class ReviewCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls.reviews = cls.env["linkstar.kpi.review"]

    def _review(self, user=None, **values):
        return self.reviews.with_user(user or self.lead).create(
            {
                "employee_id": self.employee_anna.id,
                "date": "2026-07-10",
                "lead_id": (user or self.lead).id,
                **values,
            }
        )

    def _reminders(self, review):
        return self.env["linkstar.notification"].search(
            [("res_model", "=", review._name), ("res_id", "=", review.id)]
        )


@tagged("post_install", "-at_install")
class TestReviews(ReviewCase):
    def test_agreed_actions_become_tasks_and_the_next_meeting_is_planned(self):
        review = self._review(
            notes="Returns rose; we agreed on photos.",
            next_date="2026-08-10",
            action_ids=[(0, 0, {"name": "New photos", "due_date": "2026-07-20"})],
        )
        review.action_hold()
        task = review.action_ids.task_id.sudo()
        self.assertEqual((task.name, task.user_ids), ("New photos", self.anna))
        self.assertEqual(task.date_deadline.date(), date(2026, 7, 20))
        self.assertEqual(review.open_count, 1)
        task.state = "1_done"
        self.assertEqual(review.open_count, 0)
        self.assertEqual(review.next_id.date, date(2026, 8, 10))
        self.assertEqual(review.next_id.state, "planned")
        with self.assertRaises(UserError):
            review.action_hold()

    def test_a_meeting_without_notes_is_not_closed(self):
        with self.assertRaisesRegex(UserError, "Write down"):
            self._review().action_hold()

    def test_notes_stay_as_they_were_agreed(self):
        review = self._review(notes="Agreed.")
        review.action_hold()
        with self.assertRaises(UserError):
            review.notes = "Something else"
        with self.assertRaises(UserError):
            review.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            self.env["linkstar.kpi.review.action"].with_user(self.lead).create(
                {"review_id": review.id, "name": "Later"}
            )

    def test_both_people_are_reminded_and_a_moved_meeting_once_more(self):
        review = self._review()
        rows = self._reminders(review)
        self.assertEqual(rows.user_id, self.anna + self.lead)
        self.assertEqual(
            set(rows.mapped("send_at")),
            {datetime(2026, 7, 7, 1), datetime(2026, 7, 10, 1)},
        )
        review.date = "2026-07-20"
        fresh = self._reminders(review) - rows
        self.assertEqual(len(fresh), 4)
        self.assertTrue(all(row._is_outdated() for row in rows))
        self.assertFalse(fresh[0]._is_outdated())
        review.action_cancel()
        self.assertTrue(fresh[0]._is_outdated())

    def test_nobody_leads_their_own_review(self):
        for user in (self.lead, self.manager):
            if not user.employee_ids:
                self._employee(user)
            with self.assertRaises(AccessError):
                self._review(user, employee_id=user.employee_ids.id)

    def test_people_read_theirs_and_add_their_own_words(self):
        review = self._review(notes="Fine.")
        own = review.with_user(self.anna)
        self.assertEqual(own.notes, "Fine.")
        own.say("The supplier was late.")
        self.assertEqual(review.employee_words, "The supplier was late.")
        with self.assertRaises(AccessError):
            own.write({"notes": "Great."})
        with self.assertRaises(AccessError):
            review.say("He says so.")
        with self.assertRaises(AccessError):
            review.with_user(self.ben).read(["notes"])

    def test_a_card_of_somebody_else_is_refused(self):
        self._assign(self.employee_ben)
        self.period.with_user(self.manager).calculate()
        card = self._card(self.employee_ben)
        with self.assertRaisesRegex(UserError, "is not a card of"):
            self._review(scorecard_id=card.id)


@tagged("post_install", "-at_install")
class TestPastScores(ReviewCase):
    def _import(self, *rows, user=None):
        return (
            self.env["linkstar.kpi.past.import"]
            .with_user(user or self.manager)
            .create({"filename": "old.xlsx", "data": sheet(*rows)})
        )

    def test_a_chinese_sheet_is_previewed_and_imported_once(self):
        rows = [
            ["员工", "考核周期", "得分", "备注"],
            ["kpi_anna", "2025年11月", 88.5, "旧方案"],
            ["kpi_ben", "2025-Q4", 70, None],
        ]
        wizard = self._import(*rows)
        wizard.action_preview()
        past = self.env["linkstar.kpi.past.score"]
        self.assertIn("2 new", wizard.report)
        self.assertTrue(wizard.can_import)
        self.assertFalse(past.search([]))
        wizard.action_import()
        found = past.search([("employee_id", "=", self.employee_anna.id)])
        self.assertEqual((found.name, found.score), ("2025-11", 88.5))
        again = self._import(*rows)
        again.action_preview()
        self.assertIn("2 as they stand", again.report)
        again.action_import()
        self.assertEqual(past.search_count([]), 2)

    def test_faulty_rows_are_named_and_nothing_is_written(self):
        wizard = self._import(
            ["Employee", "Period", "Score"],
            ["kpi_anna", "2025-13", 80],
            ["nobody", "2025-11", 80],
            ["kpi_ben", "2025-11", "many"],
            ["kpi_ben", "2025-12", -1],
        )
        wizard.action_preview()
        for words in ("Row 2", "2025-13", "Row 3", "nobody", "Row 4", "Row 5"):
            self.assertIn(words, wizard.report)
        self.assertFalse(wizard.can_import)
        with self.assertRaises(UserError):
            wizard.action_import()
        self.assertFalse(self.env["linkstar.kpi.past.score"].search([]))

    def test_leads_import_nothing(self):
        with self.assertRaises(AccessError):
            self._import(["Employee", "Period", "Score"], user=self.lead)

    def test_the_trend_begins_with_the_past(self):
        self._assign(self.employee_anna)
        self.period.with_user(self.manager).calculate()
        self._import(
            ["Employee", "Period", "Score"],
            ["kpi_anna", "2026-04", 75],
            ["kpi_anna", "2026-05", 10],
            ["kpi_ben", "2026-04", 5],
        ).action_import()
        page = (
            self.env["linkstar.kpi.dashboard"]
            .with_user(self.anna)
            .load("person", self.period.id)
        )
        trend = [(x["name"], x["value"], x["is_past"]) for x in page["trend"]]
        self.assertEqual(trend[0], ("2026-04", 75.0, True))
        self.assertEqual(len(trend), 1 + self._card().is_scored)


class PilotCase(ReviewCase):
    """Anna, Ben and the lead under the old scheme and a pilot beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        line = {"metric": "gmv", "weight": 100, "floor": 0, "target": 31000.0}
        old = cls._scheme([line | {"stretch": 62000.0}], code="old")
        new = cls._scheme([line | {"target": 15500.0}], code="new")
        new.is_pilot = True
        cls.people = cls.employee_anna + cls.employee_ben
        for employee in cls.people:
            cls._assign(employee, old)
            cls._assign(employee, new)
        cls._facts(cls.us, "gmv", 500.0)
        cls._facts(cls.de, "gmv", 250.0)
        cls.period.with_user(cls.manager).calculate()
        cls.pilot = cls.env["linkstar.kpi.pilot"].create(
            {"name": "Pilot", "scheme_id": new.id}
            | {"date_from": "2026-05-01", "date_to": "2026-05-31"}
        )

    def _answer(self, user, grade, comment=""):
        grades = dict.fromkeys(("fairness", "clarity", "motivation"), grade)
        return (
            self.env["linkstar.kpi.pilot.answer"]
            .with_user(user)
            .create({"pilot_id": self.pilot.id, "comment": comment, **grades})
        )


@tagged("post_install", "-at_install")
class TestPilot(PilotCase):
    def test_both_scores_of_the_same_month_stand_side_by_side(self):
        report = self.pilot.with_user(self.manager).report()
        rows = {(row["old"], row["new"], row["change"]) for row in report["rows"]}
        self.assertEqual(rows, {(50.0, 100.0, 50.0), (25.0, 50.0, 25.0)})
        summary = report["summary"]
        self.assertEqual((summary["old"], summary["new"]), (37.5, 75.0))
        self.assertEqual((summary["higher"], summary["order"]), (2, 100.0))

    def test_people_see_their_own_comparison_only(self):
        report = self.pilot.with_user(self.anna).report()
        self.assertEqual([row["new"] for row in report["rows"]], [100.0])

    def test_answers_show_together_from_three_on_without_names(self):
        extra = self._user("kpi_cara", "linkstar_project.group_operator")
        employee = self._employee(extra)
        self._assign(employee, self.pilot.scheme_id)
        self.period.with_user(self.manager).calculate()
        self._answer(self.anna, "5", "Clear.")
        self._answer(self.ben, "2", "Too hard.")
        survey = self.pilot.with_user(self.manager).report()["survey"]
        self.assertEqual((survey["count"], survey["means"]), (2, []))
        self.assertFalse(survey["words"])
        self._answer(extra, "2")
        survey = self.pilot.with_user(self.manager).report()["survey"]
        self.assertEqual({item["mean"] for item in survey["means"]}, {3.0})
        self.assertEqual(survey["words"], ["Clear.", "Too hard."])

    def test_nobody_reads_the_answer_of_another(self):
        answer = self._answer(self.anna, "4")
        self.assertEqual(answer.employee_id, self.employee_anna)
        for user in (self.ben, self.lead, self.manager):
            with self.assertRaises(AccessError):
                answer.with_user(user).read(["fairness"])

    def test_only_those_concerned_answer_once_and_while_it_is_open(self):
        with self.assertRaisesRegex(AccessError, "scored in the pilot"):
            self._answer(self.lead, "5")
        answer = self._answer(self.anna, "5")
        with self.assertRaises(AccessError):
            answer.write({"employee_id": self.employee_ben.id})
        self.pilot.is_open = False
        with self.assertRaisesRegex(UserError, "closed"):
            answer.write({"fairness": "1"})
        with self.assertRaisesRegex(UserError, "closed"):
            self._answer(self.ben, "1")
