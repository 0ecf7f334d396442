"""The right people are reminded once, before and after a deadline."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .tell_common import TellCase
from .trust_common import archive_without_handover


@tagged("post_install", "-at_install")
class TestReminder(TellCase):
    def setUp(self):
        super().setUp()
        policies = self.env["linkstar.reminder.policy"].search([])
        policies.write({"quiet_from": 0, "quiet_to": 0})

    def test_a_key_node_is_told_through_two_channels(self):
        self.due_in(minutes=-1)
        self.outbox._queue_due()
        rows = self.rows(user_id=self.operator.id)
        self.assertEqual(
            set(rows.channel_id.mapped("kind")), {"odoo", "email"}, rows.mapped("step")
        )
        self.assertTrue(all(rows.mapped("needs_ack")))

    def test_a_step_says_when_and_whom_in_words(self):
        step = self.env["linkstar.reminder.step"]
        for values, words in (
            ({"offset_hours": -24, "has_hour": True}, "1 d before, 18:00 · Assignee"),
            ({"offset_hours": 48, "has_hour": True}, "2 d after, 18:00 · Assignee"),
            ({"offset_hours": 0, "has_hour": True}, "That day, 18:00 · Assignee"),
            ({"offset_hours": 4, "audience": "lead"}, "4 h after · Lead"),
            ({"offset_hours": -1.5}, "1.5 h before · Assignee"),
            ({"offset_hours": 0}, "At the deadline · Assignee"),
        ):
            self.assertEqual(step.new(values).display_name, words)

    def test_queueing_again_adds_nothing(self):
        self.due_in(minutes=-1)
        self.assertGreater(self.outbox._queue_due(), 0)
        self.assertEqual(self.outbox._queue_due(), 0)

    def test_a_moved_deadline_is_told_anew(self):
        self.due_in(minutes=-1)
        self.outbox._queue_due()
        before = len(self.rows())
        self.due_in(seconds=-5)
        self.outbox._queue_due()
        self.assertEqual(len(self.rows()), 2 * before)

    def test_the_lead_hears_of_a_late_key_node(self):
        deadline = self.due_in(hours=-5)
        self.outbox._queue_due()
        rows = self.rows(user_id=self.lead.id)
        self.assertTrue(rows)
        self.assertEqual(set(rows.mapped("send_at")), {deadline + timedelta(hours=4)})
        self.assertFalse(any(rows.mapped("needs_ack")))

    def test_then_the_manager_of_the_assignee(self):
        boss = self.env["hr.employee"].create(
            {"name": "Boss", "user_id": self.buyer.id}
        )
        self.env["hr.employee"].create(
            {"name": "Op", "user_id": self.operator.id, "parent_id": boss.id}
        )
        self.due_in(hours=-25)
        self.outbox._queue_due()
        self.assertTrue(self.rows(user_id=self.buyer.id))

    def test_without_a_reader_the_lead_is_told(self):
        archive_without_handover(self.operator)
        self.due_in(minutes=-1)
        self.outbox._queue_due()
        self.assertFalse(self.rows(user_id=self.operator.id))
        self.assertTrue(self.rows(user_id=self.lead.id))

    def test_finished_trial_and_closed_work_is_not_told(self):
        self.due_in(minutes=-1)
        self.task.state = "1_done"
        self.assertEqual(self.outbox._queue_due(), 0)
        trial = self._launch(trial=True).sudo()
        trial.task_ids.date_deadline = fields.Datetime.now()
        self.assertEqual(self.outbox._queue_due(), 0)

    def test_a_scheduler_that_slept_for_days_does_not_flood(self):
        """Of a deadline four days back, only steps of the last 36 hours are told."""
        self.due_in(days=-4)
        self.assertEqual(self.outbox._queue_due(), 0)

    def test_channels_of_another_team_stay_silent(self):
        self.email_channel.store_ids = self.other_store
        self.due_in(minutes=-1)
        self.outbox._queue_due()
        self.assertEqual(self.rows().channel_id, self.odoo_channel)

    def test_a_policy_for_key_nodes_needs_two_kinds_of_channel(self):
        step = self.env.ref("linkstar_project.policy_key_due")
        with self.assertRaisesRegex(ValidationError, "two kinds"):
            step.channel_ids = self.odoo_channel
        push = self.env["linkstar.channel"].create({"name": "Push", "kind": "webpush"})
        with self.assertRaisesRegex(ValidationError, "browser push does not count"):
            step.channel_ids = self.odoo_channel | push

    def test_five_hundred_tasks_take_a_handful_of_queries(self):
        due = fields.Datetime.now() - timedelta(minutes=1)
        self.env["project.task"].create(
            [
                {
                    "name": f"Ad hoc {number}",
                    "project_id": self.project.id,
                    "user_ids": [(6, 0, [self.operator.id, self.buyer.id])],
                    "is_key": True,
                    "date_deadline": due,
                }
                for number in range(500)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self.outbox._queue_due(), 2000)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 40)

    def test_whoever_is_on_leave_is_not_the_only_one_told(self):
        employee = self.env["hr.employee"].create(
            {"name": "Away", "user_id": self.operator.id}
        )
        now = fields.Datetime.now()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": employee.resource_id.id,
                "calendar_id": employee.resource_id.calendar_id.id,
                "date_from": now - timedelta(days=1),
                "date_to": now + timedelta(days=1),
            }
        )
        self.due_in(minutes=-1)
        self.outbox._queue_due()
        self.assertFalse(self.rows(user_id=self.operator.id))
        self.assertTrue(self.rows(user_id=self.lead.id))
