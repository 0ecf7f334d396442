"""My work: what a person sees, and the five things they do from it."""

import base64
import io
from datetime import timedelta

from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .tell_common import TellCase


def picture(size=(8, 6), kind="JPEG"):
    """Return a picture, base64."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "#336699").save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


@tagged("post_install", "-at_install")
class TestMyWork(TellCase):
    def setUp(self):
        super().setUp()
        self.own = self.task.with_user(self.operator)
        self.order = self._task(self.project, "Order goods")

    def sections(self, user=None):
        data = (
            self.env["project.task"].with_user(user or self.operator).linkstar_my_work()
        )
        return {s["key"]: [t["name"] for t in s["tasks"]] for s in data["sections"]}

    def test_late_and_next_follow_the_deadline(self):
        self.due_in(hours=-1)
        self.photo_task.date_deadline = fields.Datetime.now() + timedelta(days=3)
        found = self.sections()
        self.assertEqual(found["late"], ["Count stock"])
        self.assertEqual(found["next"], ["Photograph"])

    def test_today_is_the_readers_day(self):
        now = fields.Datetime.now()
        tonight = self.env["project.task"].with_user(self.operator)
        self.task.date_deadline = tonight._linkstar_end_of_day(now)
        self.assertIn("Count stock", self.sections()["today"])
        self.task.date_deadline += timedelta(seconds=2)
        self.assertIn("Count stock", self.sections()["next"])

    def test_blocked_says_why(self):
        data = self.env["project.task"].with_user(self.buyer).linkstar_my_work()
        cards = {s["key"]: s["tasks"] for s in data["sections"]}
        card = cards["blocked"][0]
        self.assertEqual(card["name"], "Order goods")
        self.assertIn("Count stock", card["blocked_reason"])

    def test_waiting_for_me_names_the_colleagues_task(self):
        self.assertEqual(self.sections()["waiting"], ["Order goods"])

    def test_a_reminder_asks_to_confirm_until_it_is_confirmed(self):
        self.due_in(hours=1)
        self.queue_one(self.odoo_channel, needs_ack=True)
        self.assertEqual(self.sections()["confirm"], ["Count stock"])
        self.own.linkstar_acknowledge()
        self.assertEqual(self.sections()["confirm"], [])

    def test_each_task_stands_in_one_section(self):
        self.due_in(hours=-1)
        self.queue_one(self.odoo_channel, needs_ack=True)
        names = [name for tasks in self.sections().values() for name in tasks]
        self.assertEqual(len(names), len(set(names)))

    def test_trials_and_templates_are_not_work(self):
        self._launch(trial=True)
        names = [name for tasks in self.sections().values() for name in tasks]
        self.assertEqual(names.count("Count stock"), 1)

    def test_other_stores_stay_out_of_sight(self):
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.operator.id)]
        ).unlink()
        self.assertFalse(any(self.sections().values()))

    def test_starting_moves_the_task_into_progress(self):
        self.own.linkstar_start()
        self.assertEqual(
            self.task.stage_id, self.env.ref("linkstar_project.stage_doing")
        )
        self.assertTrue(self.own.linkstar_card()["started"])

    def test_a_blocked_task_does_not_start_and_says_why(self):
        with self.assertRaisesRegex(UserError, "Count stock"):
            self.order.with_user(self.buyer).linkstar_start()

    def test_finishing_closes_the_task_and_frees_the_next(self):
        self.own.linkstar_finish()
        self.assertEqual(self.task.state, "1_done")
        self.assertTrue(self.task.done_date)
        self.assertEqual(
            self.task.stage_id, self.env.ref("linkstar_project.stage_done")
        )
        self.assertEqual(self.order.state, "01_in_progress")

    def test_a_photo_is_the_evidence_that_finishing_needs(self):
        self.task.evidence_required = True
        with self.assertRaisesRegex(UserError, "needs evidence"):
            self.own.linkstar_finish()
        self.own.linkstar_attach_photo("../shelf.HEIC", picture())
        card = self.own.linkstar_card()
        self.assertEqual(card["files"], 1)
        self.assertEqual(card["photos"][0]["name"], "..shelf.jpg")
        self.own.linkstar_finish()
        self.assertEqual(self.task.state, "1_done")

    @mute_logger("PIL.Image")
    def test_what_is_no_picture_is_refused_and_leaves_nothing(self):
        script = base64.b64encode(b"<svg onload=alert(1)>").decode()
        for data, reason in (
            (script, "no picture"),
            ("not base64!", "no picture"),
            (picture((9000, 9000), "PNG"), "too large"),
            (False, "too large"),
        ):
            with self.subTest(reason=reason), self.assertRaisesRegex(UserError, reason):
                self.own.linkstar_attach_photo("x.jpg", data)
        self.assertEqual(self.own.linkstar_card()["files"], 0)

    def test_a_comment_is_plain_text(self):
        self.own.linkstar_comment("240 pcs <b>ok</b>\nsecond line")
        comment = self.own.linkstar_card()["comments"][0]
        self.assertIn("240 pcs <b>ok</b>", comment["text"])
        self.assertIn("second line", comment["text"])
        with self.assertRaisesRegex(UserError, "Write something"):
            self.own.linkstar_comment("  ")

    def test_strangers_do_nothing_with_it(self):
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.buyer.id)]
        ).unlink()
        task = self.task.with_user(self.buyer)
        for call in (
            task.linkstar_start,
            task.linkstar_finish,
            task.linkstar_acknowledge,
            task.linkstar_card,
            lambda: task.linkstar_comment("hi"),
            lambda: task.linkstar_attach_photo("x.jpg", picture()),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_the_empty_app_guides_a_lead_to_the_first_launch(self):
        projects = self.env["project.project"].search([("version_id", "!=", False)])
        projects.unlink()
        work = self.env["project.task"].with_user(self.lead)
        steps = {s["key"]: s["done"] for s in work.linkstar_my_work()["first_steps"]}
        self.assertEqual(
            steps,
            {
                "store": True,
                "member": True,
                "template": True,
                "trial": False,
                "launch": False,
            },
        )
        operator = self.env["project.task"].with_user(self.operator)
        self.assertEqual(operator.linkstar_my_work()["first_steps"], [])
        self._launch()
        self.assertEqual(work.linkstar_my_work()["first_steps"], [])
