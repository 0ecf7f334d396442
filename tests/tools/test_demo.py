"""Servers of the demo are started, told apart from strangers, and ended whole."""

import json
import os
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.amazon.__main__ import parser
from tools import demo, demo_fault, demo_text
from tools.console import Problem
from tools.demo import Child, Demo

ENDLESS = "import time; time.sleep(600)"


@pytest.fixture
def spawn(tmp_path):
    children = []

    def start(code):
        words = [sys.executable, "-c", code]
        children.append(Child.spawn("a server", words, tmp_path / "log"))
        return children[-1]

    yield start
    for child in children:
        child.end()


def until(condition):
    """Wait for something that another process does."""
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.02)


def test_server_is_ended_with_its_children(spawn, tmp_path):
    note = tmp_path / "grandchild"
    child = spawn(
        "import subprocess, sys, pathlib, time\n"
        f"p = subprocess.Popen([sys.executable, '-c', {ENDLESS!r}])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(p.pid) + '.')\n"
        "time.sleep(600)"
    )
    until(lambda: note.exists() and note.read_text().endswith("."))
    grandchild = int(note.read_text()[:-1])
    assert child.alive and demo.start_time(grandchild)
    child.end()
    assert not child.alive
    until(lambda: not demo.start_time(grandchild))


def test_server_that_ignores_a_request_is_killed(spawn, monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "END_SECONDS", 0.2)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1);"
    child = spawn(deaf + "import sys; sys.stdout.flush();" + ENDLESS)
    until(lambda: (tmp_path / "log").read_text() == "1\n")
    child.end()
    assert not child.alive


def test_process_with_a_reused_number_is_left_alone(spawn):
    child = spawn(ENDLESS)
    stranger = replace(child, started="1")
    stranger.end()
    assert not stranger.alive and child.alive


def test_server_that_ended_by_itself_says_why(spawn):
    child = spawn("raise OSError('[Errno 98] Address already in use')")
    until(lambda: not child.alive)
    with pytest.raises(Problem, match="a server has ended .*Address already in use"):
        raise child.why()


def test_second_command_finds_the_servers_of_the_first(spawn, make_settings):
    settings = make_settings()
    settings.local.mkdir(parents=True)
    first = Demo(settings)
    first.children = [spawn(ENDLESS)]
    first.record(children=[vars(child) for child in first.children])
    second = Demo(settings)
    assert [child.pid for child in second.running()] == [first.children[0].pid]
    second.end()
    assert Demo(settings).running() == []


def test_unreadable_state_file_is_no_demo(make_settings):
    settings = make_settings()
    settings.local.mkdir(parents=True)
    (settings.local / "demo.json").write_text("{")
    assert Demo(settings).running() == []


def test_this_process_is_known_to_run():
    assert demo.start_time(os.getpid())
    assert demo.start_time(2**22 + 1) == ""


def test_the_shops_clock_is_the_machines_and_every_minute_has_an_order(
    make_settings, monkeypatch
):
    settings = make_settings()
    settings.local.mkdir(parents=True)
    monkeypatch.delenv("SPEED", raising=False)
    words = Demo(settings).amazon_words(demo.speed())
    assert words[words.index("--speed") + 1] == "1"
    assert "--date" not in words, "it begins now"
    assert words[words.index("--rush") + 1] == "1"
    first = words[words.index("--rush-from") + 1]
    # A second command on the same database: Amazon still knows the first one's orders.
    again = Demo(settings).amazon_words(demo.speed())
    assert again[again.index("--rush-from") + 1] == first
    Demo(settings).record(rush_from="2020-01-01T00:00:00+00:00")
    assert Demo(settings).rush_from() >= first, "weeks of orders would never be read"


def test_the_consent_page_of_the_demo_leads_back_to_it(make_settings):
    settings = make_settings()
    settings.local.mkdir(parents=True)
    words = Demo(settings).amazon_words(1)
    target = words[words.index("--redirect") + 1]
    assert target == f"{Demo(settings).address}/linkstar/amazon/callback"
    values = parser().parse_args(words[2:])
    assert values.redirect == [target], "the stand-in understands it"


def test_a_faster_clock_needs_no_rush(make_settings, monkeypatch):
    monkeypatch.setenv("SPEED", "60")
    words = Demo(make_settings()).amazon_words(demo.speed())
    assert words[words.index("--speed") + 1] == "60" and "--rush" not in words


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "1e9"])
def test_a_speed_that_is_none_is_refused_in_words(text, monkeypatch):
    monkeypatch.setenv("SPEED", text)
    with pytest.raises(Problem, match="SPEED="):
        demo.speed()


class Control(BaseHTTPRequestHandler):
    """A stand-in that writes down what it is told."""

    heard = []

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        values = json.loads(self.rfile.read(length) or "null")
        self.heard.append((self.command, self.path, values))
        known = values is None or values["kind"] != "unknown"
        body = json.dumps({} if known else {"error": "unknown fault"}).encode()
        self.send_response(200 if known else 400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = answer

    def log_message(self, *_words):
        pass


@pytest.fixture
def control(make_settings, spawn):
    """Settings of a demo that runs, and what its stand-in heard."""
    Control.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings = replace(make_settings(), amazon_port=server.server_port)
    settings.local.mkdir(parents=True)
    running = Demo(settings)
    running.children = [spawn(ENDLESS)]
    running.record(children=[vars(child) for child in running.children])
    yield settings
    server.shutdown()
    server.server_close()


def test_a_fault_is_armed_until_it_is_ended(control, monkeypatch, capsys):
    monkeypatch.setenv("FAULT", "503")
    monkeypatch.delenv("OPERATION", raising=False)
    assert demo_fault.run(control) == 0
    fault = {"kind": "error_503", "operation": "searchOrders", "count": None}
    assert Control.heard == [
        ("DELETE", "/_control/faults", None),
        ("POST", "/_control/faults", fault),
    ]
    assert "linkstar-amazon-streams" in capsys.readouterr().out
    monkeypatch.setenv("FAULT", "off")
    assert demo_fault.run(control) == 0
    assert Control.heard[2:] == [("DELETE", "/_control/faults", None)]


def test_a_fault_that_nobody_knows_is_refused_in_words(control, monkeypatch):
    monkeypatch.setenv("FAULT", "unknown")
    with pytest.raises(Problem, match="unknown fault"):
        demo_fault.run(control)


def test_a_fault_needs_a_demo(make_settings):
    settings = make_settings()
    settings.local.mkdir(parents=True)
    with pytest.raises(Problem, match="no demo is running"):
        demo_fault.run(settings)


def test_people_are_listed_by_their_highest_role():
    rows = [
        ("olga", "Olga", "linkstar_project.group_operator"),
        ("lea", "Lea", "linkstar_project.group_operator"),
        ("lea", "Lea", "linkstar_project.group_lead"),
        ("guest", "Guest", "base.group_user"),
    ]
    assert [line.split() for line in demo_text.logins(rows)] == [
        ["lea", "team", "lead:", "Lea"],
        ["olga", "operator:", "Olga"],
    ]
