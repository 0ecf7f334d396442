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
            accounts=4, enforce_pace=False, scale=0.25, history_days=40, seed=7
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
        cls.original = f"{get_db_name()}_workers"
        cls.command("dropdb", "--if-exists", cls.original)
        cls.command("createdb", cls.original)
        cls.addClassCleanup(cls.command, "dropdb", "--if-exists", cls.original)
        dump = subprocess.Popen(
            ["pg_dump", get_db_name()], env=cls.environment, stdout=subprocess.PIPE
        )
        cls.command("psql", "-q", cls.original, stdin=dump.stdout)
        dump.wait(60)
        application = cls.amazon.state["applications"][0]
        since = datetime.now(timezone.utc) - timedelta(days=30)
        since = since.replace(tzinfo=None, microsecond=0).isoformat()
        accounts = [
            {**application, **account, "since": since}
            for account in cls.amazon.state["accounts"]
        ]
        cls.process(cls.original, "prepare", accounts)

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

    def copy(self, name):
        """A database of its own with prepared accounts."""
        database = f"{self.original}_{name}"
        self.command("dropdb", "--if-exists", database)
        self.command("createdb", "-T", self.original, database)
        self.addCleanup(self.command, "dropdb", "--if-exists", database)
        self.spans.clear()
        self.amazon.clear_faults()
        self.amazon.control("DELETE", "calls")
        self.amazon.fault("slow", "searchOrders", count=None, seconds=CALL_SECONDS)
        return database

    def calls(self):
        """The pages the server was asked for, as text each."""
        return [
            json.dumps([call["account"], call["params"]], sort_keys=True)
            for call in self.amazon.calls(operation="searchOrders")
        ]

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

    def ready(self, database, count):
        """Start workers and wait until all of them could begin."""
        workers = [self.start(database, "work") for _number in range(count)]
        for worker in workers:
            self.assertEqual(worker.stdout.readline().strip(), "ready")
        return workers

    def go(self, workers):
        """Let workers begin."""
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()

    def run_workers(self, database, count):
        """Run workers side by side; return what the last of them found."""
        workers = self.ready(database, count)
        self.go(workers)
        results = []
        for worker in workers:
            out, _err = worker.communicate(timeout=200)
            self.assertEqual(worker.returncode, 0)
            results.append(json.loads(out.splitlines()[-1]))
        return max(results, key=lambda result: result["seconds"])

    def test_two_processes_share_the_work_and_a_killed_one_loses_nothing(self):
        alone = self.copy("alone")
        one = self.run_workers(alone, 1)
        pages = self.calls()
        self.assertTrue(one["done"])
        self.assertGreater(len(pages), 8)
        self.assertEqual(len(pages), len(set(pages)))

        together = self.copy("together")
        two = self.run_workers(together, 2)
        self.assertEqual(len(self.calls()), len(set(self.calls())))
        self.assertEqual(len(self.calls()), len(pages))
        self.assertEqual(two["orders"], one["orders"])
        self.assertEqual(two["facts"], one["facts"])
        # On a quiet machine this comes near half; on a busy one calls still overlap.
        self.assertLess(self.covered(), sum(e - s for s, e in self.spans) * 0.95)

        killed = self.copy("killed")
        (worker,) = self.ready(killed, 1)
        self.go([worker])
        deadline = time.monotonic() + 60
        while len(self.calls()) < 5 and time.monotonic() < deadline:
            worker.poll()
        # A call has just been answered or is under way: rows are not committed.
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        rest = self.run_workers(killed, 1)
        self.assertEqual(rest["orders"], one["orders"])
        self.assertEqual(rest["facts"], one["facts"])
        self.assertEqual(rest["failures"], [])
        # Only the page that was under way was asked for once more.
        self.assertLessEqual(len(self.calls()), len(pages) + 1)
