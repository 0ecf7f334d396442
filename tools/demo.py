"""``make demo``: Odoo with demo data and the Amazon stand-in server, on loopback."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

from tools import database, demo_text, odoo, postgres, template
from tools.console import Problem, note, step
from tools.odoo import Workbench
from tools.process import require_free_port, telling_line
from tools.settings import HOST, Settings

SEED = "1"
# One: the shops' clock is the machine's. What happens in a minute is read within
# the next, for that is how often Odoo starts its scheduled actions.
SPEED = 1.0
# An order a minute in each account, so that no look at the demo is in vain.
RUSH = 1.0
# Amazon's own pace would let a new account fill up in an hour.
PACE = 60.0
# Faster clocks need no rush: the shops' usual orders fill every real minute.
RUSH_SPEED = 10.0
# An older demo starts its rush anew, rather than with weeks of orders to read.
RUSH_DAYS = 7
# Where Amazon's consent page leads back to, as registered with an application.
CALLBACK = "/linkstar/amazon/callback"
READY_SECONDS = 180
MOST_SPEED = 3600
END_SECONDS = 20


@dataclass
class Child:
    """A running server of the demo."""

    name: str
    pid: int
    started: str
    log: str

    @classmethod
    def spawn(cls, name: str, words: list[str], log: Path, **popen) -> Child:
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "wb") as output:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **popen,
            )
        return cls(name, process.pid, start_time(process.pid), str(log))

    @property
    def alive(self) -> bool:
        """Whether this very process runs (its number may have been reused)."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        return bool(self.started) and start_time(self.pid) == self.started

    def end(self) -> None:
        """Ask it to end, insist after a while; its own children as well."""
        if not self.alive:
            return
        for number, seconds in ((signal.SIGTERM, END_SECONDS), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)
            until = time.monotonic() + seconds
            while self.alive and time.monotonic() < until:
                time.sleep(0.05)
            if not self.alive:
                return

    def why(self) -> Problem:
        """Why it ended by itself, from its log."""
        line, hint = telling_line(Path(self.log).read_text(errors="replace"))
        return Problem(f"{self.name} has ended ({line})", hint or f"see {self.log}")


def start_time(pid: int) -> str:
    """Kernel's start time of a process, "" when it does not run (or is a zombie)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


class Demo:
    """The demo of a checkout: its servers, its database, its state file."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.state = settings.local / "demo.json"
        self.children: list[Child] = []

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.settings.http_port}"

    @property
    def amazon(self) -> str:
        return f"http://{HOST}:{self.settings.amazon_port}"

    def recorded(self) -> dict:
        try:
            return json.loads(self.state.read_text())
        except (OSError, ValueError):
            return {}

    def running(self) -> list[Child]:
        """Servers of an earlier command that still run."""
        children = [Child(**child) for child in self.recorded().get("children", ())]
        return [child for child in children if child.alive]

    def record(self, **values) -> None:
        content = {**self.recorded(), **values}
        self.state.write_text(json.dumps(content, indent=1))

    def prepare(self) -> Workbench:
        """A database with demo data: the one of last time, if still current."""
        for port, name in (
            (self.settings.http_port, "LINKSTAR_HTTP_PORT"),
            (self.settings.amazon_port, "LINKSTAR_AMAZON_PORT"),
            (self.settings.mail_port, "LINKSTAR_MAIL_PORT"),
        ):
            require_free_port(HOST, port, name)
        bench = odoo.prepare(self.settings)
        source = template.ensure(bench, demo=True)
        name = database.check_name(self.settings.demo_db, "demo")
        current = self.recorded().get("template") == source
        if not current or not database.exists(bench, name):
            if database.exists(bench, name):
                note(f"the addons have changed: database {name} is made anew")
            database.copy(bench, source, name)
            self.record(template=source, rush_from="")
        return bench

    def start(self, bench: Workbench) -> None:
        settings = self.settings
        environment = {
            **bench.env,
            "LINKSTAR_LIVE_DATABASES": settings.demo_db,
            "LINKSTAR_TEST_ADDRESSES": self.amazon,
            "LINKSTAR_AMAZON_ENDPOINT": self.amazon,
            "LINKSTAR_AMAZON_LWA_ENDPOINT": self.amazon,
            "LINKSTAR_AMAZON_ADS_ENDPOINT": self.amazon,
        }
        step("starting the Amazon stand-in server and Odoo")
        words = [str(bench.python), *self.amazon_words(speed())]
        if (settings.root / "tests/amazon/__main__.py").exists():
            log = settings.logs / "demo-amazon.log"
            self.add("the Amazon stand-in server", words, log, cwd=settings.root)
            self.wait_for(f"{self.amazon}/")
        self.start_mailbox(bench)
        name = settings.demo_db
        words = bench.command(
            name,
            f"--smtp={HOST}",
            f"--smtp-port={settings.mail_port}",
            f"--db-filter=^{name}$",
            f"--http-port={settings.http_port}",
            f"--gevent-port={settings.gevent_port}",
            "--max-cron-threads=1",
        )
        log = settings.logs / "demo-odoo.log"
        self.add("Odoo", words, log, env=environment, cwd=settings.local)
        self.wait_for(f"{self.address}/web/login")

    def amazon_words(self, pace: float) -> list[str]:
        """The stand-in's command: its clock runs ``pace`` times as fast as ours."""
        words = ["-m", "tests.amazon", "--seed", SEED, "--live", "--accounts", "2"]
        words += ["--port", str(self.settings.amazon_port), "--speed", f"{pace:g}"]
        words += ["--pace", f"{max(PACE, pace):g}"]
        words += ["--redirect", f"{self.address}{CALLBACK}"]
        if pace <= RUSH_SPEED:
            words += ["--rush", f"{RUSH:g}", "--rush-from", self.rush_from()]
        return words

    def rush_from(self) -> str:
        """When the first demo on this database began: its orders stay true."""
        now = datetime.datetime.now(datetime.timezone.utc)
        known = self.recorded().get("rush_from", "")
        oldest = now - datetime.timedelta(days=RUSH_DAYS)
        if not known or datetime.datetime.fromisoformat(known) < oldest:
            known = now.isoformat(timespec="seconds")
            self.record(rush_from=known)
        return known

    @property
    def mailbox(self) -> Path:
        return self.settings.local / "demo-mail"

    def start_mailbox(self, bench: Workbench) -> None:
        """Take the demo's e-mails into a folder: nobody outside gets one."""
        words = [str(bench.python), "-m", "aiosmtpd", "--nosetuid"]
        words += ["--listen", f"{HOST}:{self.settings.mail_port}"]
        words += ["--class", "aiosmtpd.handlers.Mailbox", str(self.mailbox)]
        log = self.settings.logs / "demo-mail.log"
        self.add("the mailbox", words, log, cwd=self.settings.local)

    def add(self, name: str, words: list[str], log: Path, **popen) -> None:
        self.children.append(Child.spawn(name, words, log, **popen))
        self.record(children=[asdict(child) for child in self.children])

    def wait_for(self, address: str) -> None:
        """Wait until something answers at ``address``; any HTTP answer will do."""
        until = time.monotonic() + READY_SECONDS
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < until:
            self.require_alive()
            try:
                opener.open(address, timeout=60).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise Problem(
            f"nothing answers at {address} after {READY_SECONDS} s",
            f"see {self.children[-1].log}",
        )

    def require_alive(self) -> None:
        for child in self.children:
            if not child.alive:
                raise child.why()

    def end(self) -> None:
        """End the servers, the last started first."""
        for child in reversed(self.children or self.running()):
            child.end()
        self.record(children=[])

    def welcome(self, bench: Workbench) -> None:
        """Address, logins, five things to try."""
        print(f"\nLinkStar demo: {self.address}\n")
        print(f"Logins (password: {demo_text.PASSWORD}; admin's: admin)")
        print("  admin                all rights of Odoo")
        for line in demo_text.logins(self.people(bench)):
            print(f"  {line}")
        print("\nFive things to try")
        for number, text in enumerate(demo_text.FIVE_THINGS, 1):
            print(f"  {number}. {text}")
        print(f"\nAmazon stand-in server: {self.amazon}")
        print(f"E-mails of the demo: {self.mailbox}/new", flush=True)

    def people(self, bench: Workbench) -> list[tuple[str, str, str]]:
        rows = bench.server.sql(
            "SELECT u.login, p.name, d.module || '.' || d.name"
            " FROM res_users u JOIN res_partner p ON p.id = u.partner_id"
            " JOIN res_groups_users_rel r ON r.uid = u.id"
            " JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = r.gid"
            " WHERE u.active AND NOT u.share AND u.id > 2"
            " AND d.module LIKE 'linkstar%'",
            self.settings.demo_db,
        )
        split = (line.split("|") for line in rows.splitlines())
        return [(row[0], row[1], row[-1]) for row in split]


def speed() -> float:
    """How fast the shops' clock runs: ``SPEED`` of the command, else as ours does."""
    text = os.environ.get("SPEED", "") or f"{SPEED:g}"
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= MOST_SPEED:
        raise Problem(
            f"SPEED={text} is no number between 0 and {MOST_SPEED}",
            "make demo SPEED=60 lets an hour pass in a minute",
        )
    return value


def run(settings: Settings, detached: bool) -> int:
    """Start the demo; stay until Ctrl-C unless ``detached``."""
    settings.local.mkdir(parents=True, exist_ok=True)
    demo = Demo(settings)
    if demo.running():
        print(f"the demo already runs at {demo.address}; make stop ends it")
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    bench = None
    try:
        bench = demo.prepare()
        demo.start(bench)
        demo.welcome(bench)
        if detached:
            print("make stop ends it.")
            return 0
        print("Ctrl-C ends it.", flush=True)
        while True:
            time.sleep(0.5)
            demo.require_alive()
    except KeyboardInterrupt:
        step("ending the demo")
        finish(demo, bench)
        return 0 if bench else 130
    except BaseException:
        finish(demo, bench)
        raise


def finish(demo: Demo, bench: Workbench | None) -> None:
    demo.end()
    if bench and bench.server.started_here:
        postgres.stop_if_idle(demo.settings)


def stop(settings: Settings) -> int:
    """End the demo of this checkout and its private PostgreSQL."""
    demo = Demo(settings)
    ran = bool(demo.running())
    if ran:
        demo.end()
    stopped = postgres.stop_if_idle(settings)
    print("the demo has ended" if ran else "no demo was running")
    if stopped:
        print("PostgreSQL has ended")
    return 0
