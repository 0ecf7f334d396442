"""Store rounds: opened for the right people, answered until midnight, counted."""

import base64
import io
from datetime import datetime, timedelta

from freezegun import freeze_time
from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCase
from .trust_common import new_test_user

# A Tuesday morning in Shanghai, still Monday evening in New York.
NOW = datetime(2026, 3, 3, 1, 0)


def picture():
    """Return a small photo as a client sends it."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


class RoundCase(PlanCase):
    """One daily checklist of two checks for operators, the second with a photo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rounds = cls.env["linkstar.round"]
        cls.env["linkstar.round.template"].search([]).active = False
        cls.operator.tz = "Asia/Shanghai"
        cls.buyer.tz = "America/New_York"
        cls.lead.tz = "UTC"
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Op", "user_id": cls.operator.id}
        )
        cls.checklist = cls.env["linkstar.round.template"].create(
            {
                "name": "Morning",
                "role_id": cls.role.id,
                "weekends": True,
                "store_ids": [(6, 0, (cls.store | cls.other_store).ids)],
                "line_ids": [
                    (0, 0, {"name": "Buy Box", "fault_role_id": cls.buyer_role.id}),
                    (0, 0, {"name": "Health", "photo_required": True}),
                ],
            }
        )

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        self.clock = clock.start()
        self.addCleanup(clock.stop)

    def open_rounds(self, now=NOW):
        self.rounds._open_due(now)
        return self.rounds.search([("template_id", "=", self.checklist.id)])

    def mine(self):
        """The operator's round of today, as the operator."""
        found = self.open_rounds().filtered(lambda r: r.user_id == self.operator)
        return found.with_user(self.operator)[:1]

    def leave(self, employee, start, end):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": employee.resource_id.id,
                "calendar_id": employee.resource_id.calendar_id.id,
                "date_from": start,
                "date_to": end,
            }
        )


@tagged("post_install", "-at_install")
class TestRoundOpening(RoundCase):
    def test_a_round_stands_for_the_members_of_the_role(self):
        found = self.open_rounds()
        self.assertEqual(found.user_id, self.operator)
        self.assertEqual((found.store_id, found.step_count), (self.store, 2))
        self.assertEqual(found.employee_id, self.employee)
        self.assertEqual(found.check_ids.mapped("name"), ["Buy Box", "Health"])

    def test_its_day_is_the_persons_own(self):
        self._add_member(self.store, self.buyer, self.role, share=0)
        self.checklist.who = "each"
        days = {r.user_id: r.date for r in self.open_rounds()}
        self.assertEqual(str(days[self.operator]), "2026-03-03")
        self.assertEqual(str(days[self.buyer]), "2026-03-02")

    def test_opening_again_changes_nothing(self):
        self.open_rounds()
        self.assertEqual(self.rounds._open_due(NOW), 0)
        self.assertEqual(self.rounds._open_due(NOW + timedelta(hours=3)), 0)
        self.assertEqual(self.rounds._open_due(NOW + timedelta(days=1)), 1)

    def test_a_weekly_round_waits_for_its_day(self):
        self.checklist.write({"cadence": "weekly", "weekday": "2"})
        self.assertFalse(self.open_rounds())
        self.assertTrue(self.open_rounds(NOW + timedelta(days=1)))

    def test_closed_and_opening_stores_are_not_walked(self):
        for state in ("closed", "opening"):
            self.store.state = state
            self.assertFalse(self.open_rounds(), state)
        self.store.state = "restricted"
        self.assertTrue(self.open_rounds())

    def test_whoever_is_on_leave_is_passed_over(self):
        self._add_member(self.store, self.buyer, self.role, share=1)
        self.leave(self.employee, NOW - timedelta(days=1), NOW + timedelta(days=1))
        self.assertEqual(self.open_rounds().user_id, self.buyer)

    def test_without_anybody_the_lead_walks(self):
        self.leave(self.employee, NOW - timedelta(days=1), NOW + timedelta(days=1))
        self.assertIn(self.open_rounds().user_id, self.lead | self.other_lead)

    def test_checks_keep_the_words_of_their_day(self):
        found = self.open_rounds()
        self.checklist.line_ids[0].name = "Something else"
        self.assertEqual(found.check_ids[0].name, "Buy Box")

    def test_two_hundred_stores_take_a_handful_of_queries(self):
        stores = self.env["linkstar.store"].create(
            [
                {
                    "name": f"R{n}",
                    "code": f"ROUND-{n}",
                    "marketplace_id": self.store.marketplace_id.id,
                }
                for n in range(200)
            ]
        )
        for store in stores:
            self._add_member(store, self.operator, self.role)
        self.checklist.store_ids = False
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertGreaterEqual(self.rounds._open_due(NOW), 201)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 40)


@tagged("post_install", "-at_install")
class TestRoundAnswering(RoundCase):
    def test_a_full_round_is_done(self):
        mine = self.mine()
        first, second = mine.check_ids
        first.linkstar_answer("ok")
        self.assertEqual((mine.state, mine.done_count), ("open", 1))
        second.linkstar_attach_photo("health.png", picture())
        card = second.linkstar_answer("ok")
        self.assertEqual((mine.state, mine.rate), ("done", 100.0))
        self.assertEqual((card["done"], card["state"]), (2, "done"))

    def test_a_check_with_photo_wants_one(self):
        check = self.mine().check_ids[1]
        with self.assertRaisesRegex(UserError, "take one first"):
            check.linkstar_answer("ok")
        check.linkstar_answer("na")
        with self.assertRaisesRegex(UserError, "no picture"):
            check.linkstar_attach_photo("x.png", base64.b64encode(b"hello").decode())

    def test_it_is_gone_at_midnight_and_stays_as_it_is(self):
        mine = self.mine()
        mine.check_ids[0].linkstar_answer("ok")
        today = self.rounds.with_user(self.operator)
        self.assertEqual([r["id"] for r in today.linkstar_my_rounds()], mine.ids)
        self.clock.move_to(mine.closes_at - timedelta(seconds=1))
        self.assertTrue(today.linkstar_my_rounds())
        self.clock.move_to(mine.closes_at)
        self.assertFalse(today.linkstar_my_rounds())
        for call in (
            lambda c: c.linkstar_answer("na"),
            lambda c: c.linkstar_make_task("late"),
            lambda c: c.linkstar_attach_photo("x.png", picture()),
        ):
            with self.assertRaisesRegex(UserError, "This round is over"):
                call(mine.check_ids[1])
        self.rounds._close_overdue(mine.closes_at)
        self.assertEqual((mine.state, mine.done_count, mine.rate), ("missed", 1, 50))

    def test_each_person_answers_their_own(self):
        mine = self.mine()
        with self.assertRaisesRegex(AccessError, "round of"):
            mine.with_user(self.lead).check_ids[0].linkstar_answer("ok")
        stranger = new_test_user(
            self.env, "round_stranger", "linkstar_project.group_operator"
        )
        self._add_member(self.other_store, stranger, self.role)
        with self.assertRaises(AccessError):
            mine.with_user(stranger).linkstar_card()

    def test_nobody_writes_rounds_or_checks(self):
        mine = self.mine()
        admin = self.env.ref("base.user_admin")
        for user in (self.operator, self.lead, admin):
            with self.assertRaises(AccessError):
                mine.with_user(user).write({"state": "done"})
            with self.assertRaises(AccessError):
                mine.check_ids.with_user(user).write({"result": "ok"})

    def test_its_photos_cannot_be_taken_away(self):
        check = self.mine().check_ids[1]
        check.linkstar_attach_photo("health.png", picture())
        photo = self.env["ir.attachment"].search(
            [("res_model", "=", check._name), ("res_id", "=", check.id)]
        )
        with self.assertRaises(AccessError):
            photo.with_user(self.operator).unlink()

    def test_a_store_closed_midway_counts_for_nobody(self):
        mine = self.mine()
        self.store.state = "closed"
        self.rounds._cancel_outdated(NOW)
        self.assertEqual(mine.sudo().state, "cancelled")

    def test_whoever_left_the_store_is_not_counted(self):
        mine = self.mine()
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.operator.id)]
        ).unlink()
        self.rounds._cancel_outdated(NOW)
        self.assertEqual(mine.sudo().state, "cancelled")


@tagged("post_install", "-at_install")
class TestRoundFaults(RoundCase):
    def test_a_fault_becomes_one_task_of_the_right_person(self):
        check = self.mine().check_ids[0]
        card = check.linkstar_make_task("Another seller since 8:00")
        task = check.sudo().task_id
        self.assertEqual(card["checks"][0]["task"], task.id)
        self.assertEqual(task.user_ids, self.buyer, "the role that mends it")
        self.assertEqual((task.store_id, check.result), (self.store, "fault"))
        self.assertIn("Another seller", task.description)
        self.assertEqual(task.date_deadline, NOW + timedelta(hours=24))
        self.assertTrue(task.project_id.is_live, "its reminders go out")
        check.linkstar_make_task("again")
        self.assertEqual(check.sudo().task_id, task)

    def test_a_clients_context_hangs_nothing_on_the_task(self):
        admin = self.env.ref("base.user_admin")
        foreign = self._launch(admin, self.other_store).sudo()
        inner = {"name": "Smuggled", "project_id": foreign.id}
        checks = self.mine().check_ids
        checks[1].linkstar_attach_photo("h.png", picture())
        checks[0].with_context(
            default_child_ids=[(0, 0, inner)],
            default_task_ids=[(0, 0, inner)],
        ).linkstar_make_task("Another seller")
        checks[1].with_context(
            default_depend_on_ids=[(6, 0, foreign.task_ids[:1].ids)],
            default_parent_id=foreign.task_ids[:1].id,
        ).linkstar_make_task("Warning")
        tasks = checks.sudo().task_id
        self.assertEqual(tasks.project_id.task_ids, tasks)
        self.assertFalse(tasks.depend_on_ids or tasks.parent_id)
        named = [("name", "=", "Smuggled")]
        self.assertFalse(self.env["project.task"].search(named))

    def test_faults_of_a_store_share_a_project_that_other_stores_do_not_see(self):
        mine = self.mine()
        mine.check_ids[0].linkstar_make_task()
        mine.check_ids[1].linkstar_attach_photo("h.png", picture())
        mine.check_ids[1].linkstar_make_task()
        tasks = mine.check_ids.sudo().task_id
        self.assertEqual(len(tasks), 2)
        self.assertEqual(len(tasks.project_id), 1)
        stranger = new_test_user(
            self.env, "round_outside", "linkstar_project.group_operator"
        )
        self._add_member(self.other_store, stranger, self.role)
        self.assertFalse(tasks.with_user(stranger)._filtered_access("read"))
        self.assertEqual(tasks.with_user(self.operator)._filtered_access("read"), tasks)

    def test_the_project_lives_again_with_the_next_fault(self):
        mine = self.mine()
        mine.check_ids[0].linkstar_make_task()
        task = mine.check_ids[0].sudo().task_id
        task.state = "1_done"
        self.assertFalse(task.project_id.is_live)
        mine.check_ids[1].linkstar_attach_photo("h.png", picture())
        mine.check_ids[1].linkstar_make_task()
        self.assertEqual(mine.check_ids[1].sudo().task_id.project_id, task.project_id)
        self.assertTrue(task.project_id.is_live)

    def test_photos_go_along(self):
        check = self.mine().check_ids[1]
        check.linkstar_attach_photo("health.png", picture())
        check.linkstar_make_task()
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "project.task"),
                ("res_id", "=", check.sudo().task_id.id),
            ]
        )
        self.assertEqual(files.mapped("name"), ["health.png"])

    def test_a_task_made_of_it_cannot_be_called_fine_again(self):
        check = self.mine().check_ids[0]
        check.linkstar_make_task()
        with self.assertRaisesRegex(UserError, "become a task"):
            check.linkstar_answer("ok")

    def test_a_walked_store_is_a_store_looked_at(self):
        self.env["linkstar.watch"].search([]).active = False
        watch = self.env["linkstar.watch"].create(
            {
                "name": "Attendance",
                "kind": "attendance",
                "days": 3,
                "store_ids": [(6, 0, self.store.ids)],
                "event_type_id": self.env.ref(
                    "linkstar_project.event_type_store_unattended"
                ).id,
            }
        )
        # Younger than anything else that ever happened in this store.
        future = datetime(2030, 3, 5, 1, 0)
        self.clock.move_to(future)
        mine = self.open_rounds(future).with_user(self.operator)
        mine.check_ids[0].linkstar_answer("ok")
        ((_id, _code, last, _today, _payload),) = watch._unattended_stores(
            future.date()
        )
        self.assertEqual(last, future.date())


@tagged("post_install", "-at_install")
class TestExecutionRate(RoundCase):
    def test_only_days_that_are_over_count(self):
        mine = self.mine()
        mine.check_ids[0].linkstar_answer("ok")
        day, other = mine.date, self.env["hr.employee"].create({"name": "Nobody"})
        people = (self.employee | other).ids
        rate = self.rounds._execution_rate(people, day, day)
        self.assertEqual(rate[self.employee.id]["rate"], None)
        self.clock.move_to(mine.closes_at)
        rate = self.rounds._execution_rate(people, day, day)
        self.assertEqual(
            rate[self.employee.id], {"due": 2, "done": 1, "rounds": 1, "rate": 50.0}
        )
        self.assertEqual(rate[other.id]["rate"], None)

    def test_the_catalogues_figures_follow_once(self):
        mine = self.mine()
        mine.check_ids[0].linkstar_answer("ok")
        self.clock.move_to(mine.closes_at + timedelta(minutes=5))
        self.rounds._cron_rounds()
        self.rounds._cron_rounds()
        facts = self.env["linkstar.fact"].search(
            [("store_id", "=", self.store.id), ("employee_id", "=", self.employee.id)]
        )
        self.assertEqual(
            {f.metric_id.code: f.value for f in facts},
            {"sop_steps_due": 2, "sop_steps_done": 1},
        )
        metrics = self.env["linkstar.metric"]
        value = metrics.evaluate(
            ["sop_completion"], self.store.ids, mine.date, mine.date
        )
        self.assertEqual(value, {"sop_completion": 50.0})

    def test_cancelled_rounds_do_not_count(self):
        mine = self.mine()
        self.store.state = "closed"
        self.rounds._cancel_outdated(NOW)
        self.clock.move_to(mine.closes_at)
        rate = self.rounds._execution_rate(self.employee.ids, mine.date, mine.date)
        self.assertEqual(rate[self.employee.id]["due"], 0)
