"""Review and learning: the clock, causes, grades, plan and reality, past runs."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase

START = "2026-03-02 08:00:00"


class ReviewCase(PlanCase):
    def setUp(self):
        super().setUp()
        with freeze_time(START):
            self.project = self._launch()
        self.count = self._task(self.project, "Count stock")
        self.order = self._task(self.project, "Order goods")
        self.photo = self._task(self.project, "Photograph")
        self.cause = self.env.ref("linkstar_project.delay_cause_supplier")

    def _finish(self, task, moment):
        with freeze_time(moment):
            task.state = "1_done"


@tagged("post_install", "-at_install")
class TestClock(ReviewCase):
    def _leave(self, user, begin, end):
        employee = self.env["hr.employee"].search([("user_id", "=", user.id)])
        employee = employee or self.env["hr.employee"].create(
            {"name": user.name, "user_id": user.id}
        )
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": employee.resource_id.id,
                "calendar_id": employee.resource_calendar_id.id,
                "date_from": begin,
                "date_to": end,
            }
        )

    def test_the_clock_stops_on_approved_leave(self):
        self._leave(self.operator, "2026-03-02 12:00:00", "2026-03-04 12:00:00")
        self._finish(self.photo, "2026-03-04 15:00:00")
        self.assertEqual(self.photo.clock_paused_hours, 48)
        self.assertFalse(
            self.photo.done_date > self.photo.first_deadline + timedelta(hours=48 + 5)
        )

    def test_leave_of_one_of_two_stops_nothing(self):
        self.photo.user_ids = self.operator | self.buyer
        self._leave(self.operator, "2026-03-02 12:00:00", "2026-03-04 12:00:00")
        self._finish(self.photo, "2026-03-04 15:00:00")
        self.assertEqual(self.photo.clock_paused_hours, 0)

    def test_overlapping_pauses_count_once(self):
        self._leave(self.buyer, "2026-03-03 00:00:00", "2026-03-05 00:00:00")
        self._finish(self.count, "2026-03-04 12:00:00")
        self._finish(self.order, "2026-03-06 12:00:00")
        # From its start on Monday noon until Wednesday noon for the predecessor,
        # on leave until Thursday: together one pause.
        self.assertEqual(self.order.clock_paused_hours, 60)

    def test_a_gate_that_closes_again_stops_the_clock_again(self):
        with freeze_time(START):
            gate = (
                self.env["linkstar.gate"]
                .sudo()
                .create({"task_id": self.photo.id, "kind": "manual", "name": "Studio"})
            )
        for moment, is_open in (
            ("2026-03-02 10:00:00", True),
            ("2026-03-02 20:00:00", False),
            ("2026-03-03 08:00:00", True),
        ):
            with freeze_time(moment):
                gate.write(
                    {
                        "is_open": is_open,
                        "opened_at": fields.Datetime.now() if is_open else False,
                    }
                )
        self._finish(self.photo, "2026-03-03 10:00:00")
        self.assertEqual(self.photo.clock_paused_hours, 2 + 12)

    def test_an_open_task_that_waits_is_not_late(self):
        with freeze_time("2026-03-05 08:00:00"):
            self.project.sudo()._linkstar_update_status(fields.Datetime.now())
            self.assertGreater(self.order.clock_paused_hours, 60)
            self.assertFalse(self.order.delay_state)
            self.assertEqual(self.count.delay_state, "to_explain")

    def test_hours_taken_leave_out_nights_and_waiting(self):
        self._finish(self.count, "2026-03-03 10:00:00")
        self._finish(self.order, "2026-03-03 15:00:00")
        self.assertEqual(self.count.worked_hours, 8 + 2)
        self.assertEqual(str(self.order.real_begin), "2026-03-03 10:00:00")
        self.assertEqual(self.order.worked_hours, 4, "10 to 15 less the lunch hour")


@tagged("post_install", "-at_install")
class TestOutcome(ReviewCase):
    def test_a_late_task_asks_for_its_cause_and_the_lead_confirms(self):
        self._finish(self.photo, "2026-03-06 10:00:00")
        task = self.photo.with_user(self.operator)
        self.assertEqual(task.delay_state, "to_explain")
        task.explain_delay(self.cause.id, "samples came late")
        self.assertEqual(task.delay_state, "to_confirm")
        with self.assertRaises(AccessError):
            task.confirm_delay()
        self.photo.with_user(self.lead).confirm_delay()
        self.assertEqual(self.photo.delay_state, "confirmed")
        self.assertEqual(self.photo.delay_confirmed_by_id, self.lead)
        with self.assertRaises(AccessError):
            task.explain_delay(self.cause.id, "no, customs")

    def test_nobody_confirms_or_grades_their_own_work(self):
        self.photo.user_ids = self.lead
        self._finish(self.photo, "2026-03-06 10:00:00")
        own = self.photo.with_user(self.lead)
        own.explain_delay(self.cause.id)
        with self.assertRaisesRegex(AccessError, "your own task"):
            own.confirm_delay()
        with self.assertRaisesRegex(AccessError, "your own task"):
            own.grade("4")
        self.photo.with_user(self.other_lead).confirm_delay()
        self.photo.with_user(self.other_lead).grade("4")
        self.assertEqual(self.photo.acceptance_grade, "4")

    def test_on_time_work_needs_no_cause(self):
        self._finish(self.photo, "2026-03-02 09:00:00")
        self.assertFalse(self.photo.delay_state)
        with self.assertRaisesRegex(UserError, "not late"):
            self.photo.with_user(self.operator).explain_delay(self.cause.id)
        late = self.env["project.task"].search([("delay_state", "=", "to_explain")])
        self.assertNotIn(self.photo, late)

    def test_search_finds_what_the_form_shows(self):
        self._finish(self.photo, "2026-03-06 10:00:00")
        tasks = self.env["project.task"]
        self.assertIn(self.photo, tasks.search([("delay_state", "=", "to_explain")]))
        self.photo.with_user(self.operator).explain_delay(self.cause.id)
        self.assertIn(self.photo, tasks.search([("delay_state", "=", "to_confirm")]))
        self.assertNotIn(self.photo, tasks.search([("delay_state", "=", False)]))

    def test_a_grade_is_given_after_the_end_and_low_ones_say_why(self):
        lead = self.photo.with_user(self.lead)
        with self.assertRaisesRegex(UserError, "not done yet"):
            lead.grade("3")
        self._finish(self.photo, "2026-03-02 09:00:00")
        with self.assertRaisesRegex(UserError, "lacking"):
            lead.grade("1")
        with self.assertRaises(UserError):
            lead.grade("9")
        with self.assertRaises(AccessError):
            self.photo.with_user(self.operator).grade("4")
        lead.grade("2", "blurred pictures")
        entry = self.env["linkstar.audit.entry"].search(
            [
                ("res_model", "=", "project.task"),
                ("res_id", "=", self.photo.id),
                ("field_name", "=", "acceptance_grade"),
            ]
        )
        self.assertEqual(entry.new_value, "2")

    def test_closing_tells_what_the_review_lacks(self):
        self.photo.sudo().grade_wanted = True
        self._finish(self.photo, "2026-03-06 10:00:00")
        wizard = self.env["linkstar.project.close"].with_user(self.lead)
        notice = wizard.new({"project_id": self.project.id}).notice
        self.assertIn("1 finished tasks wait for a grade", notice)
        self.assertIn("name no cause", notice)

    def test_outcome_fields_refuse_plain_writes(self):
        for vals in (
            {"acceptance_grade": "4"},
            {"delay_cause_id": self.cause.id},
            {"delay_confirmed_by_id": self.lead.id},
            {"worked_hours": 1},
            {"first_begin": START},
        ):
            with self.assertRaises(AccessError):
                self.photo.with_user(self.lead).write(vals)

    def test_a_step_asks_for_a_grade_through_versions(self):
        self.steps[3].grade_wanted = True
        version = self.template.publish_version("graded")
        with freeze_time(START):
            self.project.with_user(self.lead).close("dropped")
            project = version.with_user(self.lead).launch(self.store.ids)
        self.assertTrue(self._task(project, "Photograph").grade_wanted)
        self.assertFalse(self._task(project, "Count stock").grade_wanted)


@tagged("post_install", "-at_install")
class TestReview(ReviewCase):
    def test_plan_and_reality_side_by_side(self):
        self._finish(self.photo, "2026-03-03 10:00:00")
        self.photo.with_user(self.operator).explain_delay(self.cause.id)
        self.photo.with_user(self.lead).grade("3")
        rows = self.env["linkstar.task.review"].with_user(self.lead)
        row = rows.search([("task_id", "=", self.photo.id)])
        self.assertEqual(row.planned_hours, 2)
        self.assertEqual(row.real_hours, 10)
        self.assertEqual(row.deviation_hours, 8)
        self.assertEqual(row.cause_id, self.cause)
        self.assertEqual((row.grade, row.on_time), (3, 0))
        self.assertAlmostEqual(row.delay_days, 1, places=1)
        self.assertEqual(row.step_id, self.steps[3])
        self.assertEqual(row.role_id, self.role)
        action = self.project.with_user(self.lead).action_open_review()
        self.assertIn(row, rows.search(action["domain"]))

    def test_deviations_by_role_and_step(self):
        self._finish(self.photo, "2026-03-03 10:00:00")
        groups = self.env["linkstar.task.review"]._read_group(
            [("project_id", "=", self.project.id), ("state", "=", "1_done")],
            ["role_id", "step_id"],
            ["deviation_hours:sum"],
        )
        self.assertEqual(groups, [(self.role, self.steps[3], 8)])

    def test_logged_time_counts_before_elapsed_time(self):
        self._finish(self.photo, "2026-03-03 10:00:00")
        self.env.cr.execute(
            "UPDATE project_task SET effective_hours = 3 WHERE id = %s", [self.photo.id]
        )
        self.env.invalidate_all()
        row = self.env["linkstar.task.review"].search([("task_id", "=", self.photo.id)])
        self.assertEqual(row.real_hours, 3)

    def test_operators_see_no_review_of_others(self):
        with self.assertRaises(AccessError):
            self.env["linkstar.task.review"].with_user(self.operator).search([])


@tagged("post_install", "-at_install")
class TestLearning(PlanCase):
    def _run(self, hours):
        """One launch whose photographs took so many working hours."""
        with freeze_time(START):
            project = self._launch(subject={"key": f"run{hours}"})
        task = self._task(project, "Photograph")
        done = datetime(2026, 3, 2, 8) + timedelta(hours=hours)
        if hours > 4:
            done += timedelta(hours=1)
        with freeze_time(done):
            task.state = "1_done"
        return task

    def test_past_runs_offer_median_and_80th_percentile(self):
        step = self.steps[3]
        self._run(1)
        self._run(2)
        self.assertEqual((step.past_runs, step.past_median), (2, 0), "too few runs")
        self._run(6)
        self.env.invalidate_all()
        self.assertEqual((step.past_runs, step.past_median), (3, 2))
        self.assertAlmostEqual(step.past_p80, 2 + 0.6 * 4)

    def test_one_click_plans_with_them(self):
        for hours in (3, 4, 6):
            self._run(hours)
        step = self.steps[3]
        with self.assertRaises(AccessError):
            step.with_user(self.lead).action_use_median()
        step.with_user(self.manager).action_use_median()
        self.assertEqual(step.allocated_hours, 4)
        with self.assertRaisesRegex(UserError, "nothing to learn"):
            self.steps[0].with_user(self.manager).action_use_p80()
        action = self.template.with_user(self.manager).action_open_learning()
        self.assertIn(step, self.env["project.task"].search(action["domain"]))

    def test_runs_of_older_versions_count(self):
        for hours in (3, 4, 6):
            self._run(hours)
        self.steps[0].allocated_hours = 8
        self.template.publish_version("other")
        self.env.invalidate_all()
        self.assertEqual(self.steps[3].past_runs, 3)
