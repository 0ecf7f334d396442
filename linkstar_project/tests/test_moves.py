"""Moves: shown with who and why before anything shifts, then applied."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase
from .trust_common import new_test_user

START = "2026-03-02 08:00:00"


@tagged("post_install", "-at_install")
class TestMoves(PlanCase):
    def setUp(self):
        super().setUp()
        with freeze_time(START):
            self.project = self._launch()
        tasks = {task.name: task for task in self.project.sudo().task_ids}
        self.count, self.order = tasks["Count stock"], tasks["Order goods"]
        self.freight, self.photo = tasks["Sea freight"], tasks["Photograph"]

    def _by_name(self, moves):
        return {move["name"]: move for move in moves}

    def test_a_moved_task_tells_what_follows_and_why(self):
        with freeze_time(START):
            begin = self.count.planned_date_begin + timedelta(days=7)
            task = self.count.with_user(self.operator)
            moves = task.preview_move(begin, begin + timedelta(hours=4))
        self.assertEqual(moves[0]["task_id"], self.count.id)
        found = self._by_name(moves)
        self.assertEqual(set(found), {"Count stock", "Order goods", "Sea freight"})
        self.assertEqual(found["Count stock"]["why"], "Moved by hand.")
        self.assertIn("Count stock", found["Order goods"]["why"])
        self.assertEqual(found["Order goods"]["who"], self.buyer.name)
        self.assertEqual(str(self.count.planned_date_begin), START, "a preview only")

    def test_applying_a_move_is_for_leads_and_keeps_first_deadlines(self):
        first = self.freight.first_deadline
        begin, end = "2026-03-09 08:00:00", "2026-03-09 12:00:00"
        with freeze_time(START):
            with self.assertRaises(AccessError):
                self.count.with_user(self.operator).apply_move(begin, end)
            self.count.with_user(self.lead).apply_move(begin, end)
        self.assertEqual(str(self.count.date_deadline), end)
        self.assertEqual(str(self.count.first_begin), START)
        self.assertGreater(self.freight.date_deadline, first)
        self.assertEqual(self.freight.first_deadline, first)
        entry = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", "project.task"), ("res_id", "=", self.freight.id)],
            limit=1,
        )
        self.assertEqual(entry.field_name, "date_deadline")

    def test_own_task_is_moved_by_somebody_else(self):
        self.count.user_ids = self.lead
        with self.assertRaisesRegex(UserError, "your own task"):
            self.count.with_user(self.lead).apply_move(START, "2026-03-09 12:00:00")

    def test_a_task_put_before_its_predecessor_warns(self):
        moves = self.order.preview_move("2026-03-01 08:00:00", "2026-03-01 09:00:00")
        self.assertIn("Count stock", moves[0]["warning"])

    def test_nonsense_moves_are_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "before it begins"):
            self.count.preview_move("2026-03-05 08:00:00", "2026-03-04 08:00:00")
        self.count.state = "1_done"
        with self.assertRaisesRegex(UserError, "closed"):
            self.count.preview_move(START, "2026-03-04 08:00:00")
        with self.assertRaises(AccessError):
            stranger = self.env["res.users"].create(
                {"name": "s", "login": "moves_stranger"}
            )
            self.photo.with_user(stranger).preview_move(START, START)

    def test_a_guest_of_one_task_sees_no_others_of_a_private_project(self):
        guest = new_test_user(self.env, "moves_guest", "project.group_project_user")
        project = self.env["project.project"].create(
            {
                "name": "Private",
                "privacy_visibility": "followers",
                "allow_task_dependencies": True,
            }
        )
        first = self.env["project.task"].create(
            {"name": "Shown", "project_id": project.id, "user_ids": guest.ids}
        )
        self.env["project.task"].create(
            {
                "name": "Hidden",
                "project_id": project.id,
                "user_ids": False,
                "depend_on_ids": first.ids,
            }
        )
        project.message_unsubscribe(guest.partner_id.ids)
        with self.assertRaises(AccessError):
            first.with_user(guest).preview_move(START, "2026-03-09 12:00:00")

    def test_parts_go_along_and_their_frame_follows(self):
        part = self.env["project.task"].create(
            {
                "name": "Count shelf",
                "project_id": self.project.id,
                "parent_id": self.count.id,
                "planned_date_begin": START,
                "date_deadline": "2026-03-02 10:00:00",
            }
        )
        with freeze_time(START):
            moves = self._by_name(
                self.count.preview_move("2026-03-03 08:00:00", "2026-03-03 12:00:00")
            )
        self.assertEqual(moves["Count shelf"]["new_start"], "2026-03-03 08:00:00")
        self.assertEqual(moves["Count stock"]["new_start"], "2026-03-03 08:00:00")
        self.assertEqual(part.planned_date_begin, datetime(2026, 3, 2, 8))

    def test_a_moved_milestone_takes_its_tasks_along(self):
        milestone = self.env["project.milestone"].create(
            {
                "name": "Photos",
                "project_id": self.project.id,
                "deadline": "2026-03-02",
            }
        )
        self.photo.milestone_id = milestone
        project = self.project.with_user(self.lead)
        options = {"milestone_id": milestone.id, "milestone_date": "2026-03-05"}
        with freeze_time(START):
            moves = project.reschedule(**options)
            self.assertEqual(list(self._by_name(moves)), ["Photograph"])
            self.assertEqual(moves[0]["why"], "Its milestone moves.")
            project.reschedule(preview=False, **options)
        self.assertEqual(str(milestone.deadline), "2026-03-05")
        self.assertEqual(self.photo.planned_date_begin, datetime(2026, 3, 5, 8))
        foreign = self.env["project.milestone"].create(
            {"name": "Other", "project_id": self.template.id}
        )
        with self.assertRaisesRegex(UserError, "milestone of"):
            project.reschedule(milestone_id=foreign.id, milestone_date="2026-03-05")

    def test_status_shows_slack_and_the_critical_path(self):
        with freeze_time(START):
            self.project.sudo()._linkstar_update_status(fields.Datetime.now())
        self.assertTrue(self.freight.on_critical_path)
        self.assertFalse(self.photo.on_critical_path)
        self.assertGreater(self.photo.slack_hours, 24 * 28)
        self.assertEqual(self.freight.slack_hours, 0)
        self.assertIn("within its plan", self.project.schedule_reason)

    def test_tasks_in_a_circle_are_named_and_break_no_forecast(self):
        self.env.cr.execute(
            "INSERT INTO task_dependencies_rel (task_id, depends_on_id)"
            " VALUES (%s, %s)",
            [self.count.id, self.freight.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Count stock"):
            self.project.with_user(self.lead).reschedule()
        self.project.sudo()._linkstar_update_status(fields.Datetime.now())
        self.assertEqual(self.project.schedule_status, "at_risk")
        self.assertIn("wait for each other", self.project.schedule_reason)

    def test_a_calendar_without_hours_is_a_clear_error(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        with freeze_time("2026-03-05 08:00:00"):
            with self.assertRaisesRegex(UserError, "no working hours"):
                self.project.with_user(self.lead).reschedule()
            self.project.sudo()._linkstar_update_status(fields.Datetime.now())
        self.assertIn("no hours", self.project.schedule_reason)

    def test_a_time_zone_change_moves_only_what_is_planned_afterwards(self):
        before = self.freight.planned_date_begin
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.env.invalidate_all()
        self.assertEqual(self.freight.planned_date_begin, before)
        with freeze_time(START):
            moves = self.project.with_user(self.lead).reschedule()
        self.assertEqual(moves[0]["why"], "Its working hours or holidays changed.")

    def test_the_wizard_previews_who_from_to_why_and_applies(self):
        with freeze_time("2026-03-09 10:00:00"):
            wizard = (
                self.env["linkstar.reschedule"]
                .with_user(self.lead)
                .create({"project_ids": [(6, 0, self.project.ids)]})
            )
            self.assertIn(self.buyer.name, wizard.preview)
            self.assertIn("It should have ended and has not.", wizard.preview)
            self.assertGreater(wizard.move_count, 2)
            wizard.action_apply()
            self.assertEqual(self.project.with_user(self.lead).reschedule(), [])

    def test_a_chain_of_300_is_moved_at_once(self):
        values = [
            {"name": f"Link {n}", "project_id": self.project.id} for n in range(300)
        ]
        with freeze_time(START):
            tasks = self.env["project.task"].create(
                [
                    {**v, "planned_date_begin": START, "allocated_hours": 1}
                    for v in values
                ]
            )
            self.env.cr.execute(
                "INSERT INTO task_dependencies_rel (task_id, depends_on_id)"
                " SELECT * FROM unnest(%s::int[], %s::int[])",
                [tasks.ids[1:], tasks.ids[:-1]],
            )
            self.env.invalidate_all()
            moves = tasks[0].preview_move("2026-03-09 08:00:00", "2026-03-09 09:00:00")
            self.assertEqual(len(moves), 300)
            ends = [move["new_deadline"] for move in moves]
            self.assertEqual(ends, sorted(ends))
            project = self.project.with_user(self.lead)
            project.reschedule()  # a server at work has its record rules at hand
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            project.reschedule(preview=False, anchor_date="2026-03-16")
            self.env.flush_all()
            self.assertLessEqual(self.env.cr.sql_log_count - before, 30)
        self.assertEqual(tasks[0].planned_date_begin, datetime(2026, 3, 16, 8))
