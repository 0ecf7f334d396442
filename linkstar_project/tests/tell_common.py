"""A launched project with deadlines, and receivers that stand in for group bots."""

import json
import os
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import fields

from .plan_common import PlanCase
from .trust_common import archive_without_handover

KEYS = {
    "LINKSTAR_SECRET_KEY": "a-key-for-tests-of-reminders",
    "LINKSTAR_HASH_KEY": "another-key-for-tests-of-reminders",
}


class Receiver(ThreadingHTTPServer):
    """A bot's server: keeps what it gets, answers as told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got = []
        self.status = 200
        self.body = b'{"code":0,"errcode":0}'
        self.hang = threading.Event()
        self.hang.set()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server_port}"

    def texts(self):
        """Return the text of each message, whatever the platform."""
        found = []
        for _path, _headers, body in self.got:
            message = json.loads(body)
            content = message.get("content", {}).get("text")
            found.append(content or message.get("text", {}))
        return [t["content"] if isinstance(t, dict) else t for t in found]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.got.append((self.path, dict(self.headers), body))
        self.server.hang.wait(20)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    do_GET = do_POST

    def log_message(self, *args):
        """Keep the tests' output clean."""


@contextmanager
def receiver():
    """Run a receiver on loopback for the time of a test."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hang.set()
        server.shutdown()
        server.server_close()
        thread.join()


class TellCase(PlanCase):
    """One launched project; its first step is a key node due tomorrow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.dict(os.environ, KEYS))
        cls.operator.write({"email": "operator@example.com", "tz": "Asia/Shanghai"})
        cls.lead.write({"email": "lead@example.com", "tz": "UTC"})
        archive_without_handover(cls.other_lead)
        cls.outbox = cls.env["linkstar.notification"]
        cls.odoo_channel = cls.env.ref("linkstar_project.channel_odoo")
        cls.email_channel = cls.env.ref("linkstar_project.channel_email")
        cls.project = cls.version.with_user(cls.lead).launch(cls.store.ids).sudo()
        cls.task = cls.project.task_ids.filtered(lambda t: t.name == "Count stock")
        cls.photo_task = cls.project.task_ids.filtered(lambda t: t.name == "Photograph")
        cls.project.task_ids.write(
            {"date_deadline": False, "planned_date_begin": False}
        )
        cls.task.write({"is_key": True})

    def setUp(self):
        super().setUp()
        # A commit per message is what the worker does; a test rolls back.
        self.startPatcher(
            patch.object(
                type(self.env["ir.cron"]),
                "_commit_progress",
                lambda *args, **kwargs: float("inf"),
            )
        )

    def due_in(self, **delay):
        """Set the key task's deadline from now; return the moment."""
        moment = fields.Datetime.now() + timedelta(**delay)
        self.task.date_deadline = moment.replace(microsecond=0)
        return self.task.date_deadline

    def rows(self, **conditions):
        domain = [(name, "=", value) for name, value in conditions.items()]
        return self.outbox.search(
            [("res_id", "in", self.project.task_ids.ids), *domain]
        )

    def queue_one(self, channel, **values):
        """Queue one message about the key task and return its row."""
        due = self.task.date_deadline or self.due_in(minutes=-1)
        self.outbox._queue(
            [
                {
                    "res_model": "project.task",
                    "res_id": self.task.id,
                    "step": "test",
                    "user_id": self.operator.id,
                    "channel_id": channel.id,
                    "due_at": due,
                    "send_at": fields.Datetime.now(),
                    "title": self.task.name,
                    "code": "US-PLAN #1",
                    "store_id": self.store.id,
                    **values,
                }
            ]
        )
        return self.outbox.search([("channel_id", "=", channel.id)], limit=1)

    def bot(self, kind, server, secret="s3cret"):
        """Return a channel of ``kind`` whose bot is the local ``server``."""
        return self.env["linkstar.channel"].create(
            {
                "name": f"Team on {kind}",
                "kind": kind,
                "url": f"{server.base}/hook",
                "secret": secret,
            }
        )

    def allow(self, server):
        """Name this database live and the receiver a test address."""
        self.startPatcher(
            patch.dict(
                os.environ,
                {
                    "LINKSTAR_LIVE_DATABASES": self.env.cr.dbname,
                    "LINKSTAR_TEST_ADDRESSES": server.base,
                },
            )
        )
