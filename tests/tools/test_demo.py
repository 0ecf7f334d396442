"""Servers of the demo are started, told apart from strangers, and ended whole."""

import os
import sys
import time
from dataclasses import replace

import pytest

from tools import demo, demo_text
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
