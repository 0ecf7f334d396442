"""Under review and after: appointments, looks, refusals, marks, duties, learning."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date, Datetime
from odoo.tests import tagged

from .opening_common import OpeningCase


@tagged("post_install", "-at_install")
class TestOpeningReview(OpeningCase):
    def _appointment(self, opening, days=10, **values):
        return self.env["linkstar.appointment"].create(
            {
                "project_id": opening.id,
                "start": Datetime.now() + timedelta(days=days),
                "tz": "America/Los_Angeles",
                "participant_ids": self.legal.ids,
                **values,
            }
        )

    def _reminders(self, appointment):
        return self.env["linkstar.notification"].search(
            [
                ("res_model", "=", "linkstar.appointment"),
                ("res_id", "=", appointment.id),
            ]
        )

    def test_participants_are_reminded_three_days_and_one_day_before(self):
        appointment = self._appointment(self._submitted())
        found = self._reminders(appointment)
        self.assertEqual(found.user_id, self.legal | self.operator)
        before = {appointment.start - row.send_at for row in found}
        self.assertEqual(before, {timedelta(days=3), timedelta(days=1)})

    def test_a_moved_appointment_reminds_of_its_new_time_only(self):
        appointment = self._appointment(self._submitted())
        old = self._reminders(appointment)
        appointment.start += timedelta(days=2)
        new = self._reminders(appointment) - old
        self.assertEqual(len(new), len(old))
        self.assertTrue(all(row._is_outdated() for row in old))
        self.assertFalse(any(row._is_outdated() for row in new))

    def test_the_platforms_own_time_is_shown(self):
        appointment = self._appointment(self._submitted())
        self.assertIn("America/Los_Angeles", appointment.platform_time)

    def test_a_video_call_is_booked_with_its_date(self):
        opening = self._submitted()
        with self.assertRaisesRegex(UserError, "Enter the appointment"):
            opening.action_video_booked()
        self._appointment(opening)
        opening.action_video_booked()
        self.assertEqual(opening.application_step, "video_booked")

    def _look_tasks(self, opening):
        return self.env["project.task"].search(
            [("project_id", "=", opening.id), ("opening_key", "=like", "look:%")]
        )

    def test_somebody_looks_at_the_platform_now_and_then(self):
        opening = self._submitted()
        run = self.env["project.project"]._make_look_tasks
        run()
        self.assertFalse(self._look_tasks(opening))
        opening.sudo().step_entered_at = Datetime.now() - timedelta(days=3)
        run()
        run()
        task = self._look_tasks(opening)
        self.assertEqual(len(task), 1)
        self.assertEqual(task.user_ids, self.operator)

    def test_a_refusal_leads_to_an_appeal_with_its_deadline(self):
        opening = self._submitted()
        reason = self.env["linkstar.rejection.reason"].search(
            [("permanence", "=", "appeal")], limit=1
        )
        reason.appeal_days = 10
        self.assertEqual(opening.refuse_round("No.", [reason.code]), "appeal")
        deadline = Date.add(Date.context_today(opening), days=10)
        self.assertEqual(opening.appeal_deadline, deadline)
        opening.action_take_suggested()
        self.assertEqual(opening.application_step, "appeal")
        task = self.env["project.task"].search(
            [("opening_key", "=like", f"appeal:{opening.id}:%")]
        )
        self.assertEqual(task.project_id.id, opening.id)

    def test_no_appeal_after_its_deadline(self):
        opening = self._submitted()
        opening.refuse_round("No.", ["DOC_TOO_OLD"])
        opening.sudo().appeal_deadline = Date.subtract(self.today, days=2)
        with self.assertRaisesRegex(UserError, "possible until"):
            opening.action_appeal()

    def test_dates_of_the_notice_beat_the_reasons_usual_ones(self):
        opening = self._submitted()
        day = Date.add(self.today, days=33)
        wizard = self.env["linkstar.refusal.wizard"].with_user(self.operator)
        kind = opening.sudo().requirement_ids[0].type_id
        wizard.create(
            {
                "project_id": opening.id,
                "notice": "Not before that day.",
                "reason_ids": self.env["linkstar.rejection.reason"]
                .search([("code", "=", "DOC_TOO_OLD")])
                .ids,
                "retry_after_date": day,
                "document_type_id": kind.id,
            }
        ).action_refuse()
        self.assertEqual(opening.retry_after_date, day)
        self.assertEqual(opening.sudo().submission_ids.refused_type_id, kind)

    def test_a_mark_is_not_needed_only_with_a_leads_reason(self):
        opening = self._approved()
        mark = opening.mark_ids[0]
        with self.assertRaises(AccessError):
            mark.with_user(self.operator).action_not_needed("No brand.")
        with self.assertRaises(UserError):
            mark.with_user(self.lead).action_not_needed(" ")
        mark.with_user(self.lead).action_not_needed("No brand.")
        (opening.mark_ids - mark).with_user(self.operator).action_done()
        opening.action_activate()
        self.assertEqual(opening.sudo().store_id.state, "active")

    def test_a_client_sets_no_mark(self):
        mark = self._approved().mark_ids[0]
        with self.assertRaises(AccessError):
            mark.with_user(self.operator).write({"state": "done"})

    def test_the_connect_button_is_the_connectors(self):
        opening = self._approved()
        store = self.registry["linkstar.store"]
        with patch.object(store, "_get_connect_action", lambda _self: False):
            opening.invalidate_recordset()
            self.assertFalse(opening.can_connect)
        action = {"type": "ir.actions.act_url", "url": "/x"}
        with patch.object(store, "_get_connect_action", lambda _self: action):
            opening.invalidate_recordset()
            self.assertTrue(opening.can_connect)
            self.assertEqual(opening.action_connect(), action)

    def test_an_operator_sees_an_approved_opening_whatever_the_connector_asks(self):
        opening = self._approved()
        self.assertEqual(opening.env.user, self.operator)
        self.assertFalse(opening.can_connect, "leads connect accounts")

    def _active(self):
        opening = self._approved()
        opening.mark_ids.action_done()
        opening.action_activate()
        return opening

    def _duty(self, opening, code):
        return opening.sudo().store_id.obligation_ids.filtered(
            lambda duty: duty.type_id.code == code
        )

    def test_duties_begin_when_the_shop_opens(self):
        opening = self._active()
        duty = self._duty(opening, "LWA_ROTATE")
        today = Date.context_today(opening)
        self.assertEqual(duty.due_date, Date.add(today, days=180))
        self.assertFalse(self._duty(opening, "CARD_EXPIRY").due_date)
        self.assertEqual(self._duty(opening, "CARD_EXPIRY").state, "undated")
        opening.sudo()._create_obligations()
        self.assertEqual(len(self._duty(opening, "LWA_ROTATE")), 1)

    def test_a_duty_becomes_a_task_in_time_and_comes_back_when_it_is_done(self):
        opening = self._active()
        duty = self._duty(opening, "LWA_ROTATE")
        duties = self.env["linkstar.obligation"]
        duties._make_tasks()
        key = f"obligation:{duty.id}"
        task = self.env["project.task"].search([("opening_key", "=", key)])
        self.assertFalse(task, "half a year ahead is too early")
        duty.due_date = Date.add(self.today, days=20)
        duties._make_tasks()
        duties._make_tasks()
        task = self.env["project.task"].search([("opening_key", "=", key)])
        self.assertEqual(len(task), 1)
        task.state = "1_done"
        self.assertTrue(duty.done_date)
        following = self._duty(opening, "LWA_ROTATE") - duty
        self.assertEqual(following.due_date, Date.add(duty.done_date, days=180))

    def test_a_duty_done_twice_comes_back_once(self):
        opening = self._active()
        duty = self._duty(opening, "INFORM_US").with_user(self.operator)
        duty.action_done()
        with self.assertRaises(UserError):
            duty.action_done()
        self.assertEqual(len(self._duty(opening, "INFORM_US")), 2)

    def test_the_night_counts_papers_that_expired_by_themselves(self):
        opening = self._start()
        self._bring_papers(opening)
        self.assertFalse(opening.missing_count)
        opening.sudo().missing_count = 7
        self.env.flush_all()
        self.assertGreaterEqual(self.env["project.project"]._judge_papers(), 1)
        self.assertEqual(opening.missing_count, 0)

    def test_owners_are_told_once_of_a_paper_that_expires(self):
        opening = self._start()
        self._bring_papers(opening)
        paper = opening.sudo().requirement_ids.filtered(
            lambda r: r.type_id.code == "ADDR_PROOF_COMPANY"
        )
        paper.document_id.issue_date = Date.subtract(self.today, days=80)
        run = self.env["project.project"]._judge_papers
        run()
        run()
        told = self.env["linkstar.notification"].search(
            [("res_model", "=", "linkstar.requirement"), ("res_id", "=", paper.id)]
        )
        self.assertEqual(len(told), 1)
        self.assertEqual(told.user_id, self.operator)

    def test_the_board_tells_who_waits_longer_than_usual(self):
        opening = self._submitted()
        self.assertEqual(opening.typical_days, opening.sudo().sop_id.review_days)
        self.assertFalse(opening.is_slow)
        days = opening.typical_days + 2
        opening.sudo().step_entered_at = Datetime.now() - timedelta(days=days)
        opening.invalidate_recordset()
        self.assertTrue(opening.is_slow)
        found = self.env["project.project"].search([("is_slow", "=", True)])
        self.assertIn(opening.sudo(), found)

    def test_rounds_count_once_and_first_pass_is_of_first_rounds(self):
        opening = self._submitted()
        codes = ["DOC_TOO_OLD", "ADDRESS_MISMATCH"]
        opening.refuse_round("Two reasons.", codes)
        self.env.flush_all()
        rows = self.env["linkstar.opening.report"].search(
            [("project_id", "=", opening.id)]
        )
        self.assertEqual(set(rows.reason_id.mapped("code")), set(codes))
        self.assertAlmostEqual(sum(rows.mapped("rounds")), 1)
        self.assertEqual(set(rows.mapped("first_pass")), {0.0})

    def test_lessons_reach_the_step_list_until_they_are_taken(self):
        opening = self._submitted()
        sop = opening.sudo().sop_id
        with self.assertRaisesRegex(UserError, "under review"):
            opening.with_user(self.lead).close("success")
        opening.action_approve()
        opening.with_user(self.lead).close("success", "Book the call at once.")
        sop.invalidate_recordset()
        self.assertIn(opening.sudo(), sop.lesson_ids)
        with self.assertRaises(UserError):
            opening.action_lesson_taken()
        opening.sudo().action_lesson_taken()
        sop.invalidate_recordset()
        self.assertNotIn(opening.sudo(), sop.lesson_ids)

    def test_the_printable_page_shows_rates_and_reasons(self):
        opening = self._submitted()
        opening.refuse_round("Old.", ["DOC_TOO_OLD"])
        self.env.flush_all()
        html, kind = self.env["ir.actions.report"]._render_qweb_html(
            "linkstar_store_opening.learning_page", opening.sudo().sop_id.ids
        )
        reason = opening.sudo().submission_ids.reason_ids.name
        self.assertEqual(kind, "html")
        self.assertIn(reason, html.decode())

    def test_checklists_are_bilingual_and_show_their_grade(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        entries = self.env["project.project"]._builtin_entries()
        tasks = entries["opening_amazon_us"]["tasks"]
        notes = {task["uid"]: task["instructions"] for task in tasks}
        note = notes["amazon_us.precheck"]
        self.assertIn("营业执照在公示系统中为存续状态", note["zh"])
        self.assertIn("Source grade C", note["en"])
        self.assertFalse(
            [
                line
                for n in notes.values()
                for line in n["zh"].splitlines()
                if line.isascii()
            ]
        )

    def test_accounts_in_trouble_have_their_templates(self):
        for code in ("suspension", "reinstatement", "closing", "handover"):
            template = self.env["project.project"].search(
                [("template_code", "=", f"case_{code}"), ("is_template", "=", True)]
            )
            self.assertTrue(template.version_ids, code)

    def test_a_step_list_past_its_review_date_is_a_finding(self):
        sop = self.env["linkstar.sop"].search([], limit=1)
        sop.review_date = Date.subtract(self.today, days=1)
        found = self.env["linkstar.opening.health"]._health_checks(Datetime.now())
        self.assertIn(sop.id, [row["res_id"] for row in found])
        self.assertTrue(sop.is_outdated)
