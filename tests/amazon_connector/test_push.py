"""Notifications: a real SQS protocol server, and nothing of the environment's."""

import json
import logging
import os
import time
from datetime import timedelta
from unittest.mock import patch

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.linkstar_connector_amazon import sqs
from odoo.addons.linkstar_connector_amazon.exceptions import CallFailed
from odoo.addons.linkstar_connector_amazon.models import amazon_queue_poll

from .common import AmazonCase

OWNER = "123456789012"


class PushCase(AmazonCase):
    """An account whose queue lies on an SQS server on loopback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        # Port 0: any that is free.
        cls.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        cls.moto.start()
        cls.addClassCleanup(cls.moto.stop)
        host, port = cls.moto.get_host_and_port()
        cls.endpoint = f"http://{host}:{port}"
        cls.startClassPatcher(
            patch.dict(os.environ, {"LINKSTAR_AMAZON_SQS_ENDPOINT": cls.endpoint})
        )
        cls.aws = boto3.session.Session(
            aws_access_key_id="AKIDTEST",
            aws_secret_access_key="secret-of-aws",
            region_name="us-east-1",
        ).client("sqs", endpoint_url=cls.endpoint, config=Config(proxies={}))
        cls.queue = cls.env["linkstar.amazon.queue"].create(
            {
                "name": "North America",
                "application_id": cls.account.application_id.id,
                "region": "na",
                "url": f"https://sqs.us-east-1.amazonaws.com/{OWNER}/linkstar",
                "typed_key_id": "AKIDTEST",
                "typed_key": "secret-of-aws",
            }
        )

    def setUp(self):
        super().setUp()
        # A queue for each test: what one left is not the next one's.
        self.name = self._testMethodName[:80]
        self.theirs = self.aws.create_queue(QueueName=self.name)["QueueUrl"]
        self.queue.url = f"https://sqs.us-east-1.amazonaws.com/{OWNER}/{self.name}"
        self.world.destinations.clear()
        self.world.subscriptions.clear()

    def subscribe(self):
        """Subscribe, with tokens to spare."""
        self.queue.action_subscribe()
        self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
        subscriptions = self.env["linkstar.amazon.subscription"]
        subscriptions.search([]).next_try = fields.Datetime.now()
        subscriptions._subscribe_wanted()
        self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()

    def send(self, kind, key, inner=None, subscription=None, capital=True):
        """Put a notification into the queue, as Amazon writes it."""
        mine = self.queue.subscription_ids.filtered(lambda s: s.kind == kind)
        content = {
            "notificationType": kind,
            "eventTime": fields.Datetime.now().isoformat() + "Z",
            "payload": inner or {},
            "notificationMetadata": {
                "notificationId": key,
                "subscriptionId": subscription or mine.external_id,
            },
        }
        if capital:
            content = {k[0].upper() + k[1:]: v for k, v in content.items()}
            content["NotificationMetadata"] = {
                k[0].upper() + k[1:]: v
                for k, v in content["NotificationMetadata"].items()
            }
        self.put(json.dumps(content))

    def put(self, body):
        """Put any text into the queue."""
        self.aws.send_message(QueueUrl=self.theirs, MessageBody=body)

    def look(self):
        """Read the queue and commit."""
        new = self.queue._poll_unit()
        self.env.cr.postcommit.run()
        return new

    def left(self):
        """How many messages are still in the queue, seen or not."""
        names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ]
        found = self.aws.get_queue_attributes(
            QueueUrl=self.theirs, AttributeNames=names
        )
        return sum(int(found["Attributes"][name]) for name in names)


@tagged("post_install", "-at_install")
class TestPush(PushCase):
    """Subscribing, and what messages do."""

    def test_subscribing_makes_the_destination_and_one_subscription_per_kind(self):
        self.subscribe()
        (destination,) = self.world.destinations.values()
        self.assertEqual(
            destination["resource"],
            {"sqs": {"arn": f"arn:aws:sqs:us-east-1:{OWNER}:{self.name}"}},
        )
        mine = self.queue.subscription_ids
        self.assertIn("ORDER_CHANGE", mine.mapped("kind"))
        self.assertEqual(set(mine.mapped("state")), {"active"})
        self.assertEqual(self.queue.state, "ok")
        self.assertEqual(
            {key[1] for key in self.world.subscriptions}, set(mine.mapped("kind"))
        )
        before = mine.mapped("external_id")
        self.subscribe()
        self.assertEqual(self.queue.subscription_ids.mapped("external_id"), before)
        self.assertEqual(len(self.world.destinations), 1)

    def test_a_subscription_that_points_elsewhere_is_moved_here(self):
        self.subscribe()
        theirs = next(iter(self.world.subscriptions.values()))
        theirs["destinationId"] = "destination-of-somebody"
        self.queue.subscription_ids._end()
        self.subscribe()
        found = {s["destinationId"] for s in self.world.subscriptions.values()}
        self.assertEqual(found, {self.queue.destination})

    def test_a_message_brings_its_stream_forward_and_leaves_the_queue(self):
        self.subscribe()
        self.run_stream("inventory")
        stream = self.stream("inventory")
        stream.sudo().last_run -= timedelta(hours=1)
        self.assertGreater(stream.next_run, fields.Datetime.now())
        others = {s: s.next_run for s in self.account.stream_ids - stream}
        self.send("FBA_INVENTORY_AVAILABILITY_CHANGES", "n-1")
        self.assertEqual(self.look(), 1)
        self.assertLessEqual(stream.next_run, fields.Datetime.now())
        self.assertEqual({s: s.next_run for s in others}, others)
        self.assertEqual(self.left(), 0)
        self.assertTrue(self.queue.last_message_at)

    def test_a_changed_order_is_read_when_amazon_shows_it(self):
        self.subscribe()
        self.run_stream("orders")
        stream = self.stream("orders")
        stream.sudo().write(
            {
                "last_run": fields.Datetime.now() - timedelta(hours=1),
                "next_run": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        self.send("ORDER_CHANGE", "n-order")
        self.look()
        wait = stream.next_run - fields.Datetime.now()
        self.assertGreater(wait, timedelta(seconds=100))
        self.assertLess(wait, timedelta(seconds=140))

    def test_the_same_message_has_one_effect_however_often_it_comes(self):
        self.subscribe()
        self.send("ORDER_CHANGE", "n-1")
        self.send("ORDER_CHANGE", "n-1")
        self.assertEqual(self.look(), 1)
        # Delivered again although it was deleted, as SQS may.
        stream = self.stream("orders")
        later = fields.Datetime.now() + timedelta(hours=1)
        stream.sudo().next_run = later
        self.send("ORDER_CHANGE", "n-1")
        self.assertEqual(self.look(), 0)
        self.assertEqual(stream.next_run, later)
        kept = self.env["linkstar.amazon.message"].search([("key", "=", "n-1")])
        self.assertEqual(len(kept), 1)
        self.assertEqual(kept.deliveries, 2)
        self.assertEqual(self.queue.messages_total, 1)
        self.assertEqual(self.queue.repeats_total, 2)

    def test_a_crash_before_the_deletion_loses_and_doubles_nothing(self):
        self.subscribe()
        self.send("ORDER_CHANGE", "n-crash")
        with patch.object(sqs, "INVISIBLE", 1):
            self.assertEqual(self.queue._poll_unit(), 1)
        # The process ends after the commit and before the deletion.
        self.env.cr.postcommit.clear()
        self.assertEqual(self.left(), 1)
        until = time.monotonic() + 30
        while not self.queue.repeats_total and time.monotonic() < until:
            self.assertEqual(self.queue._poll_unit(), 0)
        self.env.cr.postcommit.run()
        self.assertEqual(self.left(), 0)
        self.assertEqual(self.queue.messages_total, 1)

    def test_a_finished_report_wakes_the_stream_that_waits_for_it(self):
        self.subscribe()
        stream = self.stream("traffic")
        later = fields.Datetime.now() + timedelta(minutes=10)
        self.stream("returns").sudo().next_run = later
        stream.sudo().write(
            {"cursor": {"jobs": [], "report": "R-17"}, "next_run": later}
        )
        inner = {"reportProcessingFinishedNotification": {"reportId": "R-17"}}
        self.send("REPORT_PROCESSING_FINISHED", "n-r", inner, capital=False)
        self.look()
        self.assertLessEqual(stream.next_run, fields.Datetime.now())
        self.assertEqual(self.stream("returns").next_run, later)

    def test_what_nobody_asked_for_has_no_effect_and_does_not_stay(self):
        self.subscribe()
        later = fields.Datetime.now() + timedelta(hours=1)
        self.account.stream_ids.sudo().next_run = later
        self.send("ORDER_CHANGE", "n-x", subscription="of-somebody-else")
        stock = self.queue.subscription_ids.filtered(
            lambda s: s.kind == "FBA_INVENTORY_AVAILABILITY_CHANGES"
        )
        self.send("ORDER_CHANGE", "n-y", subscription=stock.external_id)
        for body in ("hello", "[" * 50_000, '{"NotificationMetadata": 3}', "{}"):
            self.put(body)
        self.assertEqual(self.look(), 6)
        self.assertEqual(set(self.account.stream_ids.mapped("next_run")), {later})
        self.assertEqual(self.left(), 0)

    def test_streams_that_fail_or_are_off_keep_their_pause(self):
        self.subscribe()
        later = fields.Datetime.now() + timedelta(hours=1)
        self.stream("orders").sudo().write(
            {"error_code": "throttled", "next_run": later}
        )
        self.stream("inventory").sudo().write({"active": False, "next_run": later})
        self.send("ORDER_CHANGE", "n-1")
        self.send("FBA_INVENTORY_AVAILABILITY_CHANGES", "n-2")
        self.look()
        self.assertEqual(self.stream("orders").next_run, later)
        stock = self.env["linkstar.amazon.stream"].with_context(active_test=False)
        stock = stock.search(
            [("account_id", "=", self.account.id), ("code", "=", "inventory")]
        )
        self.assertFalse(stock.active)
        self.assertEqual(stock.next_run, later)

    def test_a_disconnected_account_hears_nothing(self):
        self.subscribe()
        external = self.queue.subscription_ids[0].external_id
        self.account.action_disconnect()
        later = fields.Datetime.now() + timedelta(hours=1)
        self.account.stream_ids.sudo().next_run = later
        self.send("ORDER_CHANGE", "n-1", subscription=external)
        self.look()
        self.assertEqual(set(self.account.stream_ids.mapped("next_run")), {later})

    def test_unsubscribing_ends_it_at_amazon(self):
        self.subscribe()
        self.queue.action_unsubscribe()
        self.assertEqual(self.world.subscriptions, {})
        self.assertEqual(set(self.queue.subscription_ids.mapped("state")), {"ended"})

    def test_the_scheduled_action_reads_until_the_queue_is_empty(self):
        self.subscribe()
        for number in range(25):
            self.send("ORDER_CHANGE", f"n-{number}")
        self.queue.sudo().next_poll = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()
        with self.registry.cursor() as cr:
            queues = self.env(cr=cr)["linkstar.amazon.queue"]
            progress = patch.object(
                type(queues.env["ir.cron"]), "_commit_progress", return_value=1
            )
            with progress:
                queues._cron_poll()
            cr.postcommit.run()
        self.env.invalidate_all()
        self.assertEqual(self.queue.messages_total, 25)
        self.assertGreater(self.queue.next_poll, fields.Datetime.now())

    def test_polling_goes_on_when_the_queue_fails(self):
        self.subscribe()
        self.run_stream("orders")
        before = self.stream("orders").next_run
        self.queue.url = self.queue.url + "-gone"
        self.look()
        self.assertEqual(self.queue.error_code, "queue_missing")
        self.assertTrue(self.queue.error and self.queue.next_step)
        self.assertIn(self.queue.name, self.queue.error)
        found = self.env["linkstar.amazon.health"]._health_checks(fields.Datetime.now())
        (mine,) = [f for f in found if f["code"] == "amazon_push_queue_missing"]
        self.assertEqual(mine["next_step"], self.queue.next_step)
        self.assertGreater(self.queue.next_poll, fields.Datetime.now())
        self.assertEqual(self.stream("orders").next_run, before)


@tagged("post_install", "-at_install")
class TestPushSafety(PushCase):
    """Keys, addresses, rights, copies."""

    def test_nothing_is_taken_from_the_environment(self):
        seen = []
        send = sqs.Queue._send

        def spy(queue, request, **more):
            seen.append((request.url, dict(request.headers)))
            return send(queue, request, **more)

        foreign = {
            "AWS_ACCESS_KEY_ID": "AKIDFOREIGN",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_SESSION_TOKEN": "foreign-session",
            "AWS_PROFILE": "nowhere",
            "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_DEFAULT_REGION": "eu-north-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1",
            "AWS_CA_BUNDLE": "/nonexistent",
            "HTTP_PROXY": "http://127.0.0.1:1",
            "HTTPS_PROXY": "http://127.0.0.1:1",
        }
        with (
            patch.dict(os.environ, foreign),
            patch.object(sqs, "_core", None),
            patch.object(sqs.Queue, "_send", spy),
        ):
            self.assertEqual(self.queue._queue().waiting(), 0)
        (call,) = seen
        self.assertTrue(call[0].startswith(self.endpoint))
        text = str(call[1])
        self.assertIn("Credential=AKIDTEST/", text)
        self.assertIn("/us-east-1/sqs/", text)
        self.assertNotIn("oreign", text)

    def test_without_keys_the_default_chain_is_not_asked(self):
        with self.assertRaises(CallFailed) as caught:
            sqs.Queue(self.env, self.queue.url, "", "")
        self.assertEqual(caught.exception.failure.code, "queue_no_key")

    def test_without_boto3_the_queue_says_so(self):
        with patch.object(sqs, "boto3", None):
            self.look()
        self.assertEqual(self.queue.error_code, "boto_missing")

    def test_a_stand_in_for_amazon_never_meets_the_real_queue(self):
        with patch.dict(os.environ, {"LINKSTAR_AMAZON_SQS_ENDPOINT": ""}):
            self.look()
            self.assertEqual(self.queue.error_code, "host_refused")
        with patch.dict(
            os.environ, {"LINKSTAR_AMAZON_SQS_ENDPOINT": "http://10.0.0.1:1"}
        ):
            self.look()
            self.assertEqual(self.queue.error_code, "host_refused")

    def test_only_addresses_of_sqs_are_taken(self):
        for url in (
            "http://sqs.us-east-1.amazonaws.com/123456789012/x",
            "https://sqs.us-east-1.amazonaws.com.example.org/123456789012/x",
            "https://169.254.169.254/123456789012/x",
            "https://sqs.us-east-1.amazonaws.com/123456789012/x?y",
        ):
            with self.assertRaises(ValidationError):
                self.queue.url = url

    def test_an_answer_beyond_the_bound_is_not_read(self):
        self.put("x" * 1000)
        with patch.object(sqs, "MAX_ANSWER", 500):
            self.look()
        self.assertEqual(self.queue.error_code, "too_large")

    def test_a_server_that_does_not_answer_is_a_failed_connection(self):
        with patch.dict(
            os.environ, {"LINKSTAR_AMAZON_SQS_ENDPOINT": "http://127.0.0.1:1"}
        ):
            self.look()
        self.assertEqual(self.queue.error_code, "connection")

    def test_a_copy_of_the_database_calls_nobody(self):
        with patch.dict(os.environ, {"LINKSTAR_LIVE_DATABASES": "another"}):
            self.look()
            self.assertEqual(self.queue.error_code, "not_live")
            for button in ("action_test", "action_subscribe"):
                with self.assertRaises(UserError):
                    getattr(self.queue, button)()

    def test_keys_are_not_in_the_database_in_clear(self):
        self.env.flush_all()
        self.assertFalse(self.queue.typed_key)
        for table in ("linkstar_secret", "linkstar_amazon_queue", "mail_message"):
            self.env.cr.execute(f'SELECT t::text FROM "{table}" t')
            text = str(self.env.cr.fetchall())
            self.assertNotIn("secret-of-aws", text)
            self.assertNotIn("AKIDTEST", text)

    def test_only_administrators_press_the_buttons(self):
        auditor = new_test_user(
            self.env, "p_auditor", groups="linkstar_project.group_auditor"
        )
        queue = self.queue.with_user(auditor)
        self.assertEqual(queue.read(["name"])[0]["name"], self.queue.name)
        for button in (
            "action_test",
            "action_look_now",
            "action_subscribe",
            "action_unsubscribe",
        ):
            with self.assertRaises(AccessError):
                getattr(queue, button)()

    def test_system_fields_refuse_even_administrators(self):
        admin = new_test_user(
            self.env, "p_admin", groups="linkstar_project.group_admin"
        )
        with self.assertRaises(AccessError):
            self.queue.with_user(admin).write({"destination": "x"})

    def test_a_deletion_that_fails_is_no_error(self):
        class Broken:
            def delete(self, _handles):
                raise CallFailed(sqs.Failure("connection"))

        amazon_queue_poll._delete(Broken(), ["x"])
