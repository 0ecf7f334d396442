"""A month closes: the story's last step, through methods that people use."""

import base64
import io
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from openpyxl import load_workbook
from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged

from .kpi_common import JULY, MAY, KpiCase


@tagged("post_install", "-at_install")
class TestMonthClose(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(JULY))
        cls._assign(cls.employee_anna)
        cls._facts(cls.us, "gmv", 1500.0)
        for day in range(1, 11):
            done = f"2026-05-{day:02d} 10:00:00" if day <= 8 else None
            late = f"2026-05-{day + 2:02d} 10:00:00"
            cls._task(
                cls.anna, f"2026-05-{day:02d} 12:00:00", late if day == 8 else done
            )

    def _calculate(self):
        return self.period.with_user(self.manager).calculate()

    def test_card_shows_gmv_on_time_and_completion_with_their_origin(self):
        self.assertEqual(self._calculate(), 1)
        card = self._card()
        gmv = self._line("gmv")
        self.assertEqual(gmv.value, 46500.0)
        self.assertEqual(gmv.points, 110.0)
        on_time = self._line("task_on_time")
        self.assertEqual((on_time.numerator, on_time.denominator), (7.0, 10.0))
        self.assertEqual(on_time.value, 70.0)
        self.assertEqual(self._line("task_completion").value, 80.0)
        self.assertEqual(card.state, "calculated")
        self.assertEqual(card.score, sum(card.line_ids.mapped("contribution")))
        rows = {row["metric"]: row for row in card.with_user(self.anna).explain()}
        self.assertIn("US-KPI", rows["gmv"]["text"])
        self.assertEqual(rows["gmv"]["stores"][0]["value"], 46500.0)
        self.assertIn("10", rows["task_on_time"]["text"])

    def test_score_is_the_worked_example(self):
        # GMV 46,500: halfway from 31,000 to 62,000 → 110 × 40 % = 44.00
        # On time 70 %: halfway from 50 to 90 → 50 × 30 % = 15.00
        # Completion 80 %: three quarters → 75 × 30 % = 22.50
        self._calculate()
        self.assertEqual(self._card().score, 81.5)

    def test_only_launched_steps_count(self):
        for values in ({"node_uid": None}, {"store_id": None}, {"is_trial": True}):
            self._task(
                self.anna, "2026-05-20 12:00:00", "2026-05-19 12:00:00", **values
            )
        self._calculate()
        line = self._line("task_on_time")
        self.assertEqual((line.numerator, line.denominator), (7.0, 10.0))
        tasks = line.action_open_sources()
        self.assertEqual(self.env["project.task"].search_count(tasks["domain"]), 10)

    def test_a_later_version_does_not_judge_an_earlier_period(self):
        first = self.scheme.version_id
        first.sudo().published_at = "2026-02-01 08:00:00"
        self.scheme.with_user(self.manager).action_new_version()
        second = self.scheme.draft_version_id
        second.with_user(self.manager).action_publish()
        self._calculate()
        self.assertEqual(self._card().scheme_version_id, first)
        second.sudo().published_at = "2026-05-31 23:00:00"
        self._card().unlink()
        self._calculate()
        self.assertEqual(self._card().scheme_version_id, second)

    def test_a_worker_begins_anew_when_another_changed_its_rows(self):
        self.period.with_user(self.manager).action_calculate_later()
        periods = type(self.period)
        compute, tries = periods._calculate, []

        def collide_first(period, *args, **options):
            tries.append(period)
            if len(tries) == 1:
                raise SerializationFailure("could not serialize access")
            return compute(period, *args, **options)

        with (
            patch.object(periods, "_calculate", collide_first),
            patch.object(type(self.env["ir.cron"]), "_commit_progress") as commit,
            patch.object(self.env.cr, "rollback") as rollback,
        ):
            commit.return_value = 60
            self.env["linkstar.kpi.period"]._cron_calculate()
        self.assertEqual((len(tries), rollback.call_count), (2, 1))
        self.assertFalse(self.period.calculation_due)
        self.assertTrue(self._card())

    def test_a_rollup_without_news_writes_no_shared_row(self):
        rollup = self.env["linkstar.kpi.rollup"]
        where = "SELECT token, ctid::text FROM linkstar_kpi_rollup_token"
        self.assertTrue(rollup._refresh())
        self.env.cr.execute(where)
        before = self.env.cr.fetchall()
        self.assertEqual(rollup._refresh(), 0)
        self.env.cr.execute(where)
        self.assertEqual(self.env.cr.fetchall(), before)
        self.assertFalse(
            self.env["ir.config_parameter"].search([("key", "=like", "linkstar_kpi.%")])
        )

    def test_the_rollup_forgets_what_was_deleted(self):
        store = self._store("CA-KPI", "CA")
        self._facts(store, "gmv", 1.0)
        rollup = self.env["linkstar.kpi.rollup"]
        rollup._refresh()
        self.assertEqual(rollup.search_count([("store_id", "=", store.id)]), 31)
        self.env["linkstar.fact"].search([("store_id", "=", store.id)]).unlink()
        store.unlink()
        rollup._cron_refresh()
        self.assertFalse(rollup.search_count([("store_id", "=", store.id)]))

    def test_calculating_again_changes_nothing(self):
        self._calculate()
        stamps = self._card().line_ids.mapped("write_date")
        calculated = self._card().calculated_at
        with freeze_time("2026-07-02"):
            self._calculate()
        self.assertEqual(self._card().line_ids.mapped("write_date"), stamps)
        self.assertEqual(self._card().calculated_at, calculated)
        self.assertEqual(len(self.period.scorecard_ids), 1)

    def test_publishing_waits_for_the_acknowledged_scheme(self):
        self._calculate()
        period = self.period.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "kpi_anna"):
            period.action_publish()
        self._card().with_user(self.anna).action_acknowledge()
        period.action_publish()
        self.assertEqual(self._card().state, "published")
        self.assertEqual(self._card().appeal_until, date(2026, 7, 6))

    def test_locked_card_never_changes(self):
        self._close()
        card = self._card()
        before = (card.score, card.checksum, card.line_ids.mapped("value"))
        self._facts(self.us, "gmv", 9.0)
        with self.assertRaises(UserError):
            self._calculate()
        self.assertEqual(
            (card.score, card._checksum(), card.line_ids.mapped("value")), before
        )

    def test_workbook_shows_the_numbers_of_the_cards(self):
        self._close()
        card = self._card()
        book = card.with_user(self.anna).export_xlsx()
        content = base64.b64decode(book["content"])
        sheets = load_workbook(io.BytesIO(content)).worksheets
        scores = list(sheets[0].values)
        self.assertEqual(scores[1][5], card.score)
        self.assertEqual(scores[1][8], card.final_score)
        rows = {row[2]: row for row in list(sheets[1].values)[1:]}
        for line in card.line_ids:
            row = rows[line.metric_id.code]
            self.assertEqual(row[5], line.value)
            self.assertEqual(row[10], line.points)
            self.assertEqual(row[12], line.contribution)
        self.assertAlmostEqual(sum(row[12] for row in rows.values()), card.score)

    def _close(self):
        self._calculate()
        self._card().with_user(self.anna).action_acknowledge()
        period = self.period.with_user(self.manager)
        period.action_review()
        period.action_publish()
        with freeze_time("2026-07-10"):
            period.action_lock()
        self.assertEqual(self._card().state, "locked")

    def test_figures_still_to_come_hold_up_the_close(self):
        self.env["linkstar.fact"].flush_model()
        self.env.cr.execute("DELETE FROM linkstar_fact WHERE date > '2026-05-20'")
        self.env.cr.execute("UPDATE linkstar_kpi_rollup_token SET token = -1")
        with freeze_time("2026-06-02"):
            self._calculate()
            self.assertEqual(self._line("gmv").outcome, "late")
            self.assertEqual(self.period.state, "settling")
            self.assertIn("US-KPI", self._card().waiting_for)
            self._card().with_user(self.anna).action_acknowledge()
            with self.assertRaises(UserError):
                self.period.with_user(self.manager).action_publish()
            self.period.is_estimate = True
            self._calculate()
            self.assertEqual(self._line("gmv").outcome, "measured")
            self.period.with_user(self.manager).action_publish()

    def test_facts_of_the_period_sum_to_the_shown_figure(self):
        self._calculate()
        line = self._line("gmv")
        action = line.with_user(self.anna).action_open_sources()
        facts = self.env["linkstar.fact"].search(action["domain"])
        self.assertEqual(sum(facts.mapped("value")), line.value)
        self.assertEqual(facts[-1:].date, MAY[0])
        tasks = self._line("task_on_time").action_open_sources()
        self.assertEqual(self.env["project.task"].search_count(tasks["domain"]), 10)
