"""Handover: nobody leaves with something in their hands, and nothing gets lost."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tests import tagged

from .plan_common import PlanCase
from .trust_common import new_test_user


@tagged("post_install", "-at_install")
class TestHandover(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "plan_admin", "linkstar_project.group_admin,base.group_system"
        )
        cls.heir = new_test_user(
            cls.env, "plan_heir", "linkstar_project.group_operator"
        )
        cls.today = fields.Date.today()

    def handover(self, user=None, **values):
        values.setdefault("user_id", self.operator.id)
        values.setdefault("successor_id", self.heir.id)
        return self.env["linkstar.handover"].with_user(user or self.lead).create(values)

    def open_tasks(self, user):
        return self.env["project.task"].search(
            [("user_ids", "in", user.ids), ("linkstar_kind", "!=", False)]
        )

    def line(self, handover, kind):
        return handover.sudo().line_ids.filtered(lambda line: line.kind == kind)

    def test_leaving_tells_nothing_to_those_who_may_not_archive_anybody(self):
        self._launch()
        employee = self.env["hr.employee"].create(
            {"name": "Op", "user_id": self.operator.id}
        )
        stranger = new_test_user(self.env, "leave_user", "base.group_user")
        for person in (self.operator, employee):
            for user in (self.lead, stranger):
                with self.assertRaises(AccessError):
                    person.with_user(user).write({"active": False})
                with self.assertRaises(AccessError):
                    person.with_user(user).unlink()

    def test_leaving_names_only_what_its_reader_may_see(self):
        self._launch()
        outsider = new_test_user(
            self.env,
            "leave_outsider",
            "linkstar_project.group_lead,base.group_erp_manager",
        )
        self._add_member(self.other_store, outsider, self.role, is_lead=True)
        with self.assertRaises(RedirectWarning) as caught:
            self.operator.with_user(outsider).active = False
        self.assertIn("Open tasks", caught.exception.args[0])
        self.assertNotIn("Count stock", caught.exception.args[0])

    def test_everything_moves_and_then_the_person_can_be_archived(self):
        project = self._launch()
        mine = self.open_tasks(self.operator)
        self.assertTrue(mine)
        with self.assertRaises(RedirectWarning) as caught:
            self.operator.with_user(self.admin).active = False
        message, _action, button, context = caught.exception.args
        self.assertIn(f"Open tasks: {len(mine)}", message)
        self.assertIn("Store access and share: 1", message)
        self.assertIn("Count stock", message)
        self.assertEqual(button, "Hand over")
        self.assertEqual(context["default_user_id"], self.operator.id)

        handover = self.handover(reason="leaves")
        handover.action_preview()
        self.assertEqual(self.line(handover, "task").count, len(mine))
        self.assertEqual(self.open_tasks(self.operator), mine, "only shown so far")
        handover.action_hand_over()
        self.assertEqual(handover.state, "done")
        self.assertFalse(self.open_tasks(self.operator))
        self.assertEqual(mine.user_ids, self.heir)
        member = self.env["linkstar.store.member"].search(
            [("user_id", "=", self.heir.id)]
        )
        self.assertEqual((member.share, member.role_id), (50, self.role))
        self.assertEqual(member.date_from, self.today)
        self.assertIn(self.store.id, self.heir._linkstar_store_ids())
        self.assertNotIn(self.store.id, self.operator._linkstar_store_ids())
        entries = self.env["linkstar.audit.entry"].search(
            [("res_model", "=", "project.task"), ("res_id", "in", mine.ids)]
        )
        self.assertIn("user_ids", entries.mapped("field_name"))
        self.operator.with_user(self.admin).active = False
        self.assertFalse(self.operator.active)
        self.assertTrue(project.sudo().is_live)

    def test_past_attribution_stays_with_who_left(self):
        self.handover().action_hand_over()
        before = self.today - timedelta(days=10)
        rows = self.env["linkstar.store.member"]._segments(before, self.today)
        rows = [row for row in rows if row["role_id"] == self.role.id]
        held = {row["user_id"]: (row["date_from"], row["date_to"]) for row in rows}
        yesterday = self.today - timedelta(days=1)
        self.assertEqual(held[self.operator.id], (before, yesterday))
        self.assertEqual(held[self.heir.id], (self.today, self.today))

    def test_a_later_day_moves_work_on_that_day_only(self):
        self._launch()
        mine = self.open_tasks(self.operator)
        day = self.today + timedelta(days=5)
        handover = self.handover(date=day)
        handover.action_hand_over()
        self.assertEqual(handover.state, "scheduled")
        self.assertEqual(self.open_tasks(self.operator), mine)
        self.assertIn(self.store.id, self.operator._linkstar_store_ids())
        cron = self.env["linkstar.handover"]
        jobs = type(self.env["ir.cron"])
        self.startPatcher(patch.object(jobs, "_commit_progress", lambda *a, **k: 1))
        cron._cron_apply_due()
        self.assertEqual(handover.state, "scheduled", "the day has not come")
        with patch.object(fields.Date, "today", staticmethod(lambda *a: day)):
            self.env.registry.clear_cache()
            cron._cron_apply_due()
        self.env.registry.clear_cache()
        self.assertEqual((handover.state, handover.error), ("done", False))
        self.assertEqual(mine.user_ids, self.heir)

    def test_what_came_in_meanwhile_moves_too(self):
        self._launch()
        handover = self.handover()
        handover.action_preview()
        late = self.env["project.task"].create(
            {
                "name": "Came in later",
                "project_id": self.open_tasks(self.operator)[0].project_id.id,
                "user_ids": [(6, 0, self.operator.ids)],
            }
        )
        handover.action_hand_over()
        self.assertEqual(late.user_ids, self.heir)

    def test_nobody_hands_over_to_the_archived_or_themselves(self):
        gone = new_test_user(self.env, "gone", "linkstar_project.group_operator")
        gone.active = False
        for successor in (gone, self.operator):
            with self.subTest(successor=successor.login):
                with self.assertRaises(ValidationError):
                    self.handover(successor_id=successor.id)
        handover = self.handover()
        handover.action_preview()
        with self.assertRaises(ValidationError):
            handover.line_ids[0].successor_id = gone
        self.heir.active = False
        with self.assertRaises(ValidationError):
            handover.action_hand_over()
        self.assertEqual(handover.state, "draft")

    def test_shares_need_a_second_person(self):
        with self.assertRaises(AccessError):
            self.handover(self.lead, user_id=self.lead.id)
        handover = self.handover(self.lead, successor_id=self.lead.id)
        with self.assertRaises(AccessError):
            handover.action_hand_over()
        handover = self.handover(self.other_lead, successor_id=self.lead.id)
        handover.action_hand_over()
        self.assertEqual(handover.state, "done")

    def test_a_lead_moves_only_what_lies_in_their_stores(self):
        self._add_member(self.other_store, self.operator, self.role)
        handover = self.handover()
        handover.action_preview()
        self.assertNotIn(self.other_store, handover.sudo().line_ids.store_id)
        self.assertEqual(handover.outside_count, 1)
        handover.action_hand_over()
        with self.assertRaises(RedirectWarning):
            self.operator.active = False
        rest = self.handover(self.admin)
        rest.action_hand_over()
        self.operator.active = False

    def test_a_successor_without_access_is_refused(self):
        self._launch()
        handover = self.handover()
        handover.action_preview()
        self.line(handover, "member").successor_id = self.buyer
        with self.assertRaisesRegex(UserError, "no member of"):
            handover.action_hand_over()

    def test_approvals_and_activities_wait_for_the_successor(self):
        project = self._launch()
        task = self.open_tasks(self.operator)[0]
        approval = (
            self.env["linkstar.approval"]
            .sudo()
            .create(
                {
                    "res_model": "project.task",
                    "res_id": task.id,
                    "res_name": task.name,
                    "store_id": self.store.id,
                    "requester_id": self.buyer.id,
                    "content_hash": "x",
                    "step_ids": [
                        (
                            0,
                            0,
                            {
                                "name": "Check",
                                "state": "pending",
                                "approver_ids": [(6, 0, self.operator.ids)],
                            },
                        )
                    ],
                }
            )
        )
        activity = task.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.operator.id
        )
        handover = self.handover(successor_id=self.buyer.id)
        handover.action_preview()
        with self.assertRaises(UserError) as caught:
            handover.action_hand_over()
        self.assertIn("cannot decide it", str(caught.exception))
        self.line(handover, "approval").successor_id = self.heir
        self.line(handover, "member").successor_id = self.heir
        handover.action_hand_over()
        self.assertEqual(approval.step_ids.approver_ids, self.heir)
        self.assertEqual(activity.user_id, self.buyer)
        self.assertTrue(project)

    def test_no_route_archives_or_deletes_who_holds_something(self):
        employee = self.env["hr.employee"].create(
            {"name": "Plan employee", "user_id": self.operator.id}
        )
        for leave in (
            lambda: self.operator.with_user(self.admin).action_archive(),
            lambda: self.operator.sudo().write({"active": False}),
            lambda: self.operator.with_context(active_test=False).unlink(),
            lambda: employee.action_archive(),
            lambda: employee.sudo()
            .with_context(no_check=True)
            .write({"active": False}),
            lambda: employee.unlink(),
        ):
            with self.subTest(), self.assertRaises(RedirectWarning):
                leave()
        self.assertTrue(self.operator.active and employee.active)

    def test_who_may_hand_nothing_over_is_told_whom_to_ask(self):
        officer = new_test_user(self.env, "hr_boss", "hr.group_hr_manager")
        employee = self.env["hr.employee"].create(
            {"name": "Plan employee", "user_id": self.operator.id}
        )
        with self.assertRaisesRegex(UserError, "Ask a lead or an administrator"):
            employee.with_user(officer).active = False

    def test_employees_without_a_login_are_handed_over(self):
        employee = self.env["hr.employee"].create({"name": "Packer"})
        member = self.env["linkstar.store.member"].create(
            {
                "store_id": self.store.id,
                "employee_id": employee.id,
                "role_id": self.buyer_role.id,
                "date_from": self.today,
                "share": 20,
            }
        )
        with self.assertRaises(RedirectWarning):
            employee.active = False
        handover = self.handover(user_id=False, employee_id=employee.id)
        handover.action_hand_over()
        self.assertFalse(member.active, "it began today: it never ran")
        employee.active = False
        mine = self.env["linkstar.store.member"].search(
            [("user_id", "=", self.heir.id)]
        )
        self.assertEqual((mine.share, mine.date_from), (20, self.today))

    def test_a_successor_with_the_same_role_adds_the_share(self):
        self._add_member(
            self.store, self.heir, self.role, share=30, date_from=self.today
        )
        self.handover().action_hand_over()
        mine = self.env["linkstar.store.member"].search(
            [("user_id", "=", self.heir.id)]
        )
        self.assertEqual(mine.mapped("share"), [80])

    def test_only_its_author_and_administrators_see_a_handover(self):
        handover = self.handover()
        handover.action_preview()
        other = handover.with_user(self.other_lead)
        with self.assertRaises(AccessError):
            other.action_hand_over()
        with self.assertRaises(AccessError):
            other.line_ids.read(["detail"])
        self.assertTrue(handover.with_user(self.admin).line_ids.read(["detail"]))

    def test_a_confirmed_handover_stays_as_it_is(self):
        handover = self.handover()
        handover.action_hand_over()
        for change in (
            lambda: handover.write({"reason": "other"}),
            lambda: handover.line_ids[0].write({"successor_id": self.buyer.id}),
            lambda: handover.action_hand_over(),
            lambda: handover.unlink(),
        ):
            with self.subTest(), self.assertRaises(UserError):
                change()
        for vals in ({"state": "draft"}, {"confirmed_by_id": self.heir.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                handover.write(vals)

    def test_moving_hundreds_of_tasks_is_a_handful_of_queries(self):
        project = self._launch().sudo()
        self.env["project.task"].create(
            [
                {
                    "name": f"Task {number}",
                    "project_id": project.id,
                    "user_ids": [(6, 0, self.operator.ids)],
                }
                for number in range(200)
            ]
        )
        handover = self.handover()
        handover.action_preview()
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        handover.action_hand_over()
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - start, 400)
        sent = self.env["mail.message"].search_count(
            [("partner_ids", "in", self.heir.partner_id.ids)]
        )
        self.assertEqual(sent, 1, "one message, not one for each task")
