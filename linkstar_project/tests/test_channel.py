"""Messages leave once, and the outbox knows what became of each."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .tell_common import TellCase, receiver


@tagged("post_install", "-at_install")
class TestSending(TellCase):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(receiver())
        self.allow(self.server)
        self.due_in(minutes=-1)

    def test_each_platform_takes_a_signed_message(self):
        for kind in ("feishu", "dingtalk", "wecom", "webhook"):
            with self.subTest(kind=kind):
                row = self.queue_one(self.bot(kind, self.server))
                self.outbox._send()
                self.assertEqual((row.state, row.error), ("sent", False))
                path, headers, body = self.server.got[-1]
                getattr(self, f"check_{kind}")(path, headers, json.loads(body), body)

    def check_feishu(self, _path, _headers, message, _body):
        key = f"{message['timestamp']}\ns3cret".encode()
        sign = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
        self.assertEqual(message["sign"], sign)

    def check_dingtalk(self, path, _headers, message, _body):
        self.assertIn("sign=", path)
        self.assertIn("US-PLAN #1", message["text"]["content"])

    def check_wecom(self, path, _headers, _message, _body):
        self.assertIn("key=s3cret", path)

    def check_webhook(self, _path, headers, message, body):
        signed = headers["X-LinkStar-Timestamp"].encode() + b"." + body
        digest = hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
        self.assertEqual(headers["X-LinkStar-Signature"], f"sha256={digest}")
        self.assertIn("US-PLAN #1 · plan_operator", message["items"][0]["code"])

    def test_many_reminders_become_one_message(self):
        channel = self.bot("feishu", self.server)
        for number in range(12):
            self.queue_one(
                channel,
                step=f"s{number}",
                title=f"Task {number}",
                res_id=self.project.task_ids[number % 4].id,
                due_at=fields.Datetime.now() + timedelta(minutes=number),
            )
        # Their deadlines differ from the tasks' own, so only matching ones go out.
        self.outbox.search([]).unlink()
        for number, task in enumerate(self.project.task_ids):
            task.date_deadline = fields.Datetime.now() + timedelta(minutes=number)
            self.queue_one(
                channel, res_id=task.id, title=task.name, due_at=task.date_deadline
            )
        self.assertEqual(self.outbox._send(), 4)
        self.assertEqual(len(self.server.got), 1)
        for task in self.project.task_ids:
            self.assertIn(task.name, self.server.texts()[0])

    def test_a_bad_day_is_one_mail_and_one_bell(self):
        """Sixty reminders at once for one person: one message a channel."""
        due = fields.Datetime.now().replace(microsecond=0)
        tasks = self.env["project.task"].create(
            [
                {
                    "name": f"Chore {number}",
                    "project_id": self.project.id,
                    "user_ids": [(6, 0, self.operator.ids)],
                    "date_deadline": due,
                }
                for number in range(60)
            ]
        )
        before = self.env["mail.mail"].search([])
        bells = []
        users = type(self.env["res.users"])
        self.startPatcher(
            patch.object(users, "_bus_send", lambda user, *args: bells.append(args))
        )
        for channel in (self.email_channel, self.odoo_channel):
            for task in tasks:
                self.queue_one(channel, res_id=task.id, title=task.name, due_at=due)
        self.outbox._send()
        (mail,) = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.body_html.count("<li>"), 60)
        ours = [args for args in bells if args[0] == "linkstar.reminder"]
        self.assertEqual(len(ours), 1)
        self.assertIn("60", ours[0][1]["title"])
        self.assertEqual(len(tasks.activity_ids), 60)

    def test_messages_carry_no_content(self):
        self.task.description = "<p>Pay supplier 42 at the secret price</p>"
        self.queue_one(self.bot("feishu", self.server))
        self.outbox._send()
        self.assertNotIn("secret price", self.server.texts()[0])

    def test_a_busy_platform_is_tried_again_later(self):
        self.server.body = b'{"code":11232}'
        row = self.queue_one(self.bot("feishu", self.server))
        self.outbox._send()
        self.assertEqual((row.state, row.attempts), ("queued", 1))
        self.assertGreater(row.next_attempt_at, fields.Datetime.now())
        self.assertEqual(self.outbox._send(), 0, "it waits for its pause")
        row.next_attempt_at = fields.Datetime.now() - timedelta(seconds=1)
        self.server.body = b'{"code":0}'
        self.outbox._send()
        self.assertEqual((row.state, row.attempts), ("sent", 2))

    def test_after_ten_attempts_a_person_decides(self):
        self.server.status = 503
        row = self.queue_one(self.bot("webhook", self.server))
        row.attempts = 9
        self.outbox._send()
        self.assertEqual(row.state, "dead")

    def test_a_revoked_bot_is_not_tried_again(self):
        self.server.body = b'{"errcode":93000,"errmsg":"invalid webhook url"}'
        channel = self.bot("wecom", self.server)
        row = self.queue_one(channel)
        self.outbox._send()
        self.assertEqual(row.state, "dead")
        self.assertIn("93000", row.error)
        self.assertIn("Check the bot's address", channel.last_error)

    def test_an_answer_that_never_comes_is_uncertain(self):
        self.server.hang.clear()
        self.patch_timeout()
        row = self.queue_one(self.bot("feishu", self.server))
        self.outbox._send()
        self.assertEqual(row.state, "uncertain")
        self.assertEqual(len(self.server.got), 1)
        self.outbox._send()
        self.assertEqual(len(self.server.got), 1, "it is not sent a second time")

    def patch_timeout(self):
        from odoo.addons.linkstar_project.models.trust import outgoing

        original = outgoing.send
        self.patch(
            outgoing, "send", lambda *args, **kw: original(*args, **kw, timeout=0.3)
        )

    def test_a_server_that_is_down_is_tried_again(self):
        channel = self.bot("webhook", self.server)
        row = self.queue_one(channel)
        self.server.shutdown()
        self.server.server_close()
        self.outbox._send()
        self.assertEqual(row.state, "queued")
        self.assertIn("could not be reached", row.error)

    def test_a_worker_that_died_leaves_an_uncertain_row(self):
        row = self.queue_one(self.bot("feishu", self.server))
        self.assertEqual(self.outbox._claim(), row)
        self.assertEqual(row.state, "sending")
        self.outbox._send()
        self.assertEqual(row.state, "sending", "the worker may still be at it")
        row.claimed_at = fields.Datetime.now() - timedelta(minutes=5)
        self.outbox._send()
        self.assertEqual(row.state, "uncertain")
        self.assertFalse(self.server.got)

    def test_a_copy_of_the_database_calls_nobody(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "database.is_neutralized", "true"
        )
        rows = self.queue_one(self.bot("feishu", self.server))
        rows |= self.queue_one(self.email_channel)
        self.outbox._send()
        self.assertFalse(self.server.got)
        self.assertEqual(rows.mapped("state"), ["queued", "queued"])
        self.assertIn("neutralised", rows[0].error)
        self.assertEqual(rows[0].attempts, 0)

    def test_e_mail_names_the_task_and_links_to_the_confirmation(self):
        row = self.queue_one(self.email_channel, needs_ack=True)
        self.outbox._send()
        mail = self.env["mail.mail"].browse(row.mail_id)
        self.assertIn("operator@example.com", mail.email_to)
        self.assertIn("/linkstar/ack/", mail.body_html)
        self.assertIn("Count stock", mail.body_html)

    def test_a_failed_e_mail_comes_back_as_undelivered(self):
        row = self.queue_one(self.email_channel)
        self.outbox._send()
        mail = self.env["mail.mail"].browse(row.mail_id)
        mail.write({"state": "exception", "failure_reason": "no such mailbox"})
        self.outbox._send()
        self.assertEqual((row.state, row.error), ("dead", "no such mailbox"))

    def test_a_person_without_e_mail_is_reported(self):
        self.operator.email = False
        row = self.queue_one(self.email_channel)
        self.outbox._send()
        self.assertEqual(row.state, "dead")
        self.assertIn("no valid e-mail address", row.error)

    def test_one_activity_a_task_and_person(self):
        self.queue_one(self.odoo_channel, step="a")
        self.queue_one(self.odoo_channel, step="b")
        self.outbox._send()
        activity = self.task.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.operator)
        self.task.state = "1_done"
        self.assertFalse(self.task.activity_ids, "a finished task rings no bell")

    def test_who_left_the_store_is_not_told(self):
        row = self.queue_one(self.odoo_channel)
        self.env["linkstar.store.member"].search(
            [("user_id", "=", self.operator.id)]
        ).unlink()
        self.outbox._send()
        self.assertEqual(row.state, "dead")
        self.assertIn("may not see", row.error)

    def test_what_was_done_meanwhile_is_not_told(self):
        row = self.queue_one(self.bot("feishu", self.server))
        self.task.state = "1_done"
        self.outbox._send()
        self.assertEqual(row.state, "cancelled")
        self.assertFalse(self.server.got)

    def test_an_escalation_stays_silent_after_confirmation(self):
        first = self.queue_one(self.odoo_channel, needs_ack=True)
        first.with_user(self.operator).acknowledge()
        row = self.queue_one(
            self.bot("feishu", self.server), step="up", only_unacknowledged=True
        )
        self.outbox._send()
        self.assertEqual(row.state, "cancelled")

    def test_the_health_page_names_what_did_not_arrive(self):
        self.server.body = b'{"errcode":93000}'
        self.queue_one(self.bot("wecom", self.server))
        self.outbox._send()
        health = self.env["linkstar.health.provider"].with_user(
            self.env.ref("base.user_admin")
        )
        codes = {c["code"] for c in health.linkstar_health()["checks"]}
        self.assertLessEqual({"messages_dead", "channel_failing"}, codes)

    def test_an_administrator_sends_again(self):
        self.server.body = b'{"errcode":93000}'
        row = self.queue_one(self.bot("wecom", self.server))
        self.outbox._send()
        self.server.body = b'{"errcode":0}'
        row.with_user(self.env.ref("base.user_admin")).action_resend()
        self.outbox._send()
        self.assertEqual(row.state, "sent")

    def test_a_test_message_says_how_it_went(self):
        channel = self.bot("feishu", self.server)
        self.assertEqual(channel.action_send_test()["params"]["type"], "success")
        self.server.body = b'{"code":19021}'
        failed = channel.action_send_test()["params"]
        self.assertEqual(failed["type"], "danger")
        self.assertIn("19021", failed["message"])


@tagged("post_install", "-at_install")
class TestChannelSecret(TellCase):
    def test_address_and_secret_cannot_be_read_back(self):
        channel = self.env["linkstar.channel"].create(
            {
                "name": "Team",
                "kind": "feishu",
                "url": "https://open.feishu.cn/open-apis/bot/v2/hook/T0KEN",
                "secret": "s3cret",
            }
        )
        shown = str(channel.read())
        self.assertNotIn("T0KEN", shown)
        self.assertNotIn("s3cret", shown)
        self.assertIn("open.feishu.cn", shown)

    def test_saving_the_form_again_keeps_the_address(self):
        channel = self.env["linkstar.channel"].create(
            {"name": "T", "kind": "webhook", "url": "https://h.example.com/in?k=1"}
        )
        channel.write({"url": channel.url, "name": "Team"})
        self.assertEqual(channel.host, "h.example.com")
        self.assertTrue(self.stored(channel))
        channel.unlink()

    def stored(self, channel):
        return self.env["linkstar.secret"].search_count(
            [("res_model", "=", "linkstar.channel"), ("res_id", "=", channel.id)]
        )

    @mute_logger("odoo.sql_db")
    def test_a_wrong_address_is_refused_with_a_reason(self):
        for kind, url, reason in (
            ("feishu", "https://evil.example.com/hook", "such bots live on"),
            ("webhook", "http://h.example.com/in", "not a web address"),
            ("webhook", "https://user:pw@h.example.com/", "not a web address"),
            ("wecom", "javascript:alert(1)", "not a web address"),
        ):
            with self.subTest(url=url), self.assertRaisesRegex(ValidationError, reason):
                self.env["linkstar.channel"].create(
                    {"name": "T", "kind": kind, "url": url}
                )
