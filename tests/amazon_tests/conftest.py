"""Fixtures: a stand-in for each test, whose answers are all held to Amazon's models."""

import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from tests.amazon.client import running  # noqa: E402
from tests.amazon.contract import Observer  # noqa: E402

#: A Monday noon (UTC) on which all shops have been open for 60 days.
START = "2026-03-02T12:00:00Z"


@pytest.fixture
def start_amazon():
    """Return a function that starts a stand-in; all of them stop after the test."""
    contexts, observers = [], []

    def start(**settings):
        settings.setdefault("start", START)
        context = running(**settings)
        amazon = context.__enter__()
        contexts.append(context)
        observer = Observer()
        amazon.server.world.observers.append(observer)
        observers.append(observer)
        amazon.checked = observer.checked
        return amazon

    yield start
    for context in reversed(contexts):
        context.__exit__(None, None, None)
    failures = [text for observer in observers for text in observer.failures]
    assert not failures, "\n".join(failures)


@pytest.fixture
def amazon(start_amazon):
    """A stand-in with two accounts that lets calls come at any speed."""
    return start_amazon(enforce_pace=False, report_seconds=0)
