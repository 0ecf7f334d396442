"""Several Odoo processes on one database: each call once, each row once."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import config

from tests.amazon.client import Amazon
from tests.amazon.clock import as_seconds
from tests.amazon.server import Handler, Server
from tests.amazon.state import Settings

from .common import KEYS

ROOT = Path(__file__).resolve().parents[2]
# Each call takes this long, so that what is measured is waiting, as in life.
CALL_SECONDS = 0.5


@tagged("post_install", "-at_install")
class TestWorkers(BaseCase):
    """Workers in processes of their own, on a copy of the test database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        settings = Settings(
            accounts=4, enforce_pace=False, scale=0.3, history_days=40, seed=7
        )
        cls.server = Server(settings).start()
        cls.addClassCleanup(cls.server.stop)
        cls.amazon = Amazon(cls.server.url, cls.server)
        cls.environment = {
            **os.environ,
            **KEYS,
            "LINKSTAR_AMAZON_ENDPOINT": cls.server.url,
            "LINKSTAR_TEST_ADDONS": ",".join(config["addons_path"]),
            "PGUSER": config["db_user"] or os.environ.get("PGUSER", ""),
            "PGHOST": config["db_host"] or os.environ.get("PGHOST", ""),
        }
        if config["db_port"]:
            cls.environment["PGPORT"] = str(config["db_port"])
        cls.database = f"{get_db_name()}_workers"
        cls.command("dropdb", "--if-exists", cls.database)
        cls.command("createdb", cls.database)
        cls.addClassCleanup(cls.command, "dropdb", "--if-exists", cls.database)
        dump = subprocess.Popen(
            ["pg_dump", get_db_name()], env=cls.environment, stdout=subprocess.PIPE
        )
        cls.command("psql", "-q", cls.database, stdin=dump.stdout)
        dump.wait(60)
        application = cls.amazon.state["applications"][0]
        since = datetime.now(timezone.utc) - timedelta(days=30)
        cls.since = since.replace(tzinfo=None, microsecond=0).isoformat()
        accounts = [
            {**application, **account, "since": cls.since}
            for account in cls.amazon.state["accounts"]
        ]
        cls.process(cls.database, "prepare", accounts)

    @classmethod
    def command(cls, *words, **options):
        """Run a command of PostgreSQL's."""
        subprocess.run(
            words,
            env=cls.environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
            **options,
        )

    @classmethod
    def start(cls, database, action, values=None):
        """Start a process."""
        words = [sys.executable, "-m", "tests.amazon_connector.worker_process"]
        words += [database, action, json.dumps(values)]
        return subprocess.Popen(
            words,
            cwd=ROOT,
            env=cls.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @classmethod
    def process(cls, database, action, values=None):
        """Run a process to its end and return its result."""
        process = cls.start(database, action, values)
        out, _err = process.communicate(timeout=200)
        assert process.returncode == 0, action
        return json.loads(out.splitlines()[-1])

    def setUp(self):
        super().setUp()
        self.spans, answer = [], Handler.do_GET

        def timed(handler):
            started = time.monotonic()
            answer(handler)
            self.spans.append((started, time.monotonic()))

        self.patch(Handler, "do_GET", timed)

    def covered(self):
        """Seconds in which at least one call was under way."""
        seconds, until = 0.0, 0.0
        for start, end in sorted(self.spans):
            seconds += max(0.0, end - max(start, until))
            until = max(until, end)
        return seconds

    def calls(self):
        """The pages the server was asked for, as text each."""
        return [
            json.dumps([call["account"], call["params"]], sort_keys=True)
            for call in self.amazon.calls(operation="searchOrders")
        ]

    def truth(self):
        """Orders that changed since the window began: ``{reference: status}``.

        Amazon withholds the changes of the last two minutes.
        """
        world = self.server.world
        now = world.clock.now()
        since = as_seconds(f"{self.since}Z")
        return {
            order.id: order.status(now).lower()
            for account in world.accounts
            for order in world.orders(
                account, world.opened, now + 1, account.marketplaces
            )
            if since <= order.updated(now) <= now - 120
        }

    def test_two_processes_share_the_work_and_a_killed_one_loses_nothing(self):
        self.amazon.fault("slow", "searchOrders", count=None, seconds=CALL_SECONDS)
        workers = [self.start(self.database, "work") for _number in range(2)]
        for worker in workers:
            self.assertEqual(worker.stdout.readline().strip(), "ready")
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        deadline = time.monotonic() + 60
        while len(self.calls()) < 6 and time.monotonic() < deadline:
            workers[0].poll()
        # A page of its has been answered or is under way: not committed yet.
        workers[0].send_signal(signal.SIGKILL)
        workers[0].communicate()
        out, _err = workers[1].communicate(timeout=200)
        self.assertEqual(workers[1].returncode, 0)
        found = json.loads(out.splitlines()[-1])
        truth = self.truth()

        self.assertGreater(len(truth), 500)
        self.assertTrue(found["done"])
        self.assertEqual(found["failures"], [])
        self.assertEqual({row[0] for row in found["orders"]}, set(truth))
        self.assertEqual(len(found["orders"]), len(truth))
        told = sum(float(row[3]) for row in found["facts"] if row[1] == "orders")
        self.assertEqual(told, sum(s != "cancelled" for s in truth.values()))
        # No page was asked for twice but the one that was under way.
        pages = self.calls()
        self.assertLessEqual(len(pages), len(set(pages)) + 1)
        # They worked side by side: calls overlap.
        self.assertLess(self.covered(), sum(e - s for s, e in self.spans))
