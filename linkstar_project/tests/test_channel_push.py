"""Browser push and the watchdog: real local servers stand in for theirs."""

import base64
import json
import os
from datetime import timedelta
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .tell_common import TellCase, receiver


def browser_keys():
    """Keys as a browser makes them when it allows notifications."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    text = {"p256dh": point, "auth": os.urandom(16)}
    return json.dumps(
        {key: base64.urlsafe_b64encode(raw).decode() for key, raw in text.items()}
    )


@tagged("post_install", "-at_install")
class TestBrowserPush(TellCase):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(receiver())
        self.server.status = 201
        self.allow(self.server)
        self.due_in(minutes=-1)
        self.channel = self.env["linkstar.channel"].create(
            {"name": "Push", "kind": "webpush"}
        )
        self.devices = self.env["mail.push.device"]
        self.devices.get_web_push_vapid_public_key()

    def device(self, url=None):
        return self.devices.create(
            {
                "partner_id": self.operator.partner_id.id,
                "endpoint": url or f"{self.server.base}/push/secret-of-a-browser",
                "keys": browser_keys(),
            }
        )

    def send(self):
        row = self.queue_one(self.channel)
        self.outbox._send()
        return row

    def test_every_browser_of_the_person_is_told(self):
        self.device()
        self.device(f"{self.server.base}/push/another")
        row = self.send()
        self.assertEqual((row.state, row.error), ("sent", False))
        self.assertEqual(len(self.server.got), 2)
        _path, headers, body = self.server.got[0]
        self.assertEqual(headers["Content-Encoding"], "aes128gcm")
        self.assertNotIn(b"Count stock", body, "encrypted for that browser alone")

    def test_without_a_browser_it_says_how_to_allow_one(self):
        row = self.send()
        self.assertEqual(row.state, "dead")
        self.assertIn("allowed no browser", row.error)

    def test_a_browser_that_withdrew_is_forgotten(self):
        device = self.device()
        self.server.status = 410
        row = self.send()
        self.assertEqual(row.state, "dead")
        self.assertFalse(device.exists())

    def test_a_busy_service_is_tried_again(self):
        self.device()
        self.server.status = 503
        self.assertEqual(self.send().state, "queued")

    def test_addresses_that_nobody_may_call_are_not_called(self):
        """Whoever registers a browser chooses its address."""
        self.device("http://169.254.169.254/latest/meta-data")
        row = self.send()
        self.assertEqual((row.state, row.attempts), ("queued", 0))
        self.assertFalse(self.server.got)


@tagged("post_install", "-at_install")
class TestHeartbeat(TellCase):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(receiver())
        self.allow(self.server)
        self.channel = self.env["linkstar.channel"].create(
            {
                "name": "Watchdog",
                "kind": "heartbeat",
                "url": f"{self.server.base}/ping/secret-path",
            }
        )
        self.channels = self.env["linkstar.channel"]
        soon = fields.Datetime.now() + timedelta(minutes=1)
        self.env["ir.cron"].search([]).nextcall = soon

    def test_the_watchdog_is_called_while_everything_runs(self):
        self.channels._cron_heartbeat()
        ((path, _headers, body),) = self.server.got
        self.assertEqual((path, body), ("/ping/secret-path", b""))
        self.assertTrue(self.channel.last_sent_at)

    def test_it_hears_nothing_when_a_part_of_the_scheduler_is_stuck(self):
        stuck = self.env.ref("linkstar_project.cron_send")
        stuck.nextcall = fields.Datetime.now() - timedelta(hours=2)
        self.channels._cron_heartbeat()
        self.assertFalse(self.server.got)

    def test_a_copy_of_the_database_is_silent(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.channels._cron_heartbeat()
        self.assertFalse(self.server.got)
        self.assertFalse(self.channel.last_error, "silent on purpose")

    def test_a_database_that_is_not_named_live_is_silent(self):
        with patch.dict(os.environ, {"LINKSTAR_LIVE_DATABASES": "another"}):
            self.channels._cron_heartbeat()
        self.assertFalse(self.server.got)

    def test_a_refused_call_shows_on_the_health_page(self):
        self.server.status = 404
        self.channels._cron_heartbeat()
        self.assertIn("HTTP 404", self.channel.last_error)
        checks = self.env["linkstar.tell.health"]._check_channels()
        self.assertIn(self.channel.id, [check.get("res_id") for check in checks])

    def test_its_address_is_kept_encrypted(self):
        self.channel.invalidate_recordset()
        self.assertNotIn("secret-path", self.channel.url)

    def test_it_is_no_channel_for_people(self):
        step = self.env.ref("linkstar_project.policy_default_eve")
        with self.assertRaisesRegex(ValidationError, "watchdog"):
            step.channel_ids = self.channel
