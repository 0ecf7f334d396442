"""A linter reads the files it should, and rests while they stay the same."""

import pytest

from tools import lint
from tools.lint import Linter


@pytest.fixture
def settings(make_settings):
    made = make_settings()
    for name in (
        "linkstar_kpi/models/score.py",
        "linkstar_kpi/views/score.xml",
        "linkstar_kpi/static/lib/chart.xml",
        "linkstar_kpi/node_modules/x.xml",
        "tools/x.py",
        "requirements-dev.txt",
        "config",
    ):
        path = made.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return made


def linter(*command):
    return Linter("l", command, frozenset({".xml"}), ("config",), ("linkstar_kpi",))


def test_files_of_its_kind_without_those_of_others(settings):
    names = [str(path) for path in lint.files(settings.root, linter())]
    assert names == ["linkstar_kpi/views/score.xml"]


def test_content_linter_rests_until_a_file_or_its_configuration_changes(
    settings, monkeypatch
):
    runs = []

    def complain(_settings, command, paths):
        runs.append([str(path) for path in paths])
        return ""

    monkeypatch.setattr(lint, "linters", lambda _settings: [linter("true")])
    monkeypatch.setattr(lint, "complain", complain)
    assert lint.check(settings) == {} and len(runs) == 1
    assert lint.check(settings) == {} and len(runs) == 1
    (settings.root / "config").write_text("y")
    assert lint.check(settings) == {} and len(runs) == 2
    (settings.root / "linkstar_kpi/views/score.xml").write_text("y")
    assert lint.check(settings) == {} and len(runs) == 3


def test_complaint_is_told_every_time(settings, monkeypatch):
    command = ("sh", "-c", "echo bad; exit 1")
    monkeypatch.setattr(lint, "linters", lambda _settings: [linter(*command)])
    assert lint.check(settings) == {"l": "bad"}
    assert lint.check(settings) == {"l": "bad"}


def test_linter_that_fails_silently_is_a_complaint(settings):
    assert lint.complain(settings, ("false",), []) == "exit status 1"
