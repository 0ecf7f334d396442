"""make test finds every test once, narrows, and adds up honestly."""

import json

import pytest

from tools import checks
from tools.checks import Job


@pytest.fixture
def root(tmp_path):
    for name, text in {
        "linkstar_kpi/__manifest__.py": "{}",
        "linkstar_kpi/engine/score.py": "",
        "linkstar_kpi/tests/test_score.py": "TransactionCase",
        "linkstar_kpi/tests/engine/test_score.py": "",
        "linkstar_project/__manifest__.py": "{}",
        "linkstar_project/tests/test_tour.py": "class T(HttpCase)",
        "tests/tools/test_x.py": "",
        "tests/amazon/server.py": "",
        "tests/story/test_story.py": "HttpCase",
        "tests/test_top.py": "",
        "tests/bench/bench_x.py": "",
        "tools/x.py": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_every_folder_of_tests_has_its_job(root):
    jobs = {job.name: job.paths for job in checks.plan(root, [])}
    assert jobs == {
        "browser linkstar_project": ("linkstar_project/tests",),
        "browser tests": ("tests/story", "tests/test_top.py"),
        "integration linkstar_project": ("linkstar_project/tests",),
        "integration linkstar_kpi": ("linkstar_kpi/tests",),
        "integration tests": ("tests/story", "tests/test_top.py"),
        "unit": (
            "tests/tools",
            "linkstar_kpi/tests/engine",
            "linkstar_kpi/engine",
            "tools",
        ),
    }


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("linkstar_kpi/tests/test_score.py::T::test_a", {"integration linkstar_kpi"}),
        ("linkstar_kpi/tests/engine", {"unit", "integration linkstar_kpi"}),
        ("tests/story", {"browser tests", "integration tests"}),
        ("tests", {"browser tests", "integration tests", "unit"}),
    ],
)
def test_path_narrows_the_jobs(root, wanted, names):
    assert {job.name for job in checks.plan(root, [wanted])} == names


def test_options_and_paths_are_told_apart(root):
    text = "-k 'gate and not tour' tests/story -x"
    options, paths = checks.split_arguments(root, text)
    assert options == ["-k", "gate and not tour", "-x"]
    assert paths == ["tests/story"]


def report(tmp_path, part="integration", status=0, **counts):
    path = tmp_path / "report.json"
    zero = dict.fromkeys(("passed", "failed", "skipped", "xfailed", "xpassed"), 0)
    skips = [["test_x", "no Chromium"]] * counts.get("skipped", 0)
    content = {"counts": {**zero, **counts}, "skips": skips, "slowest": []}
    path.write_text(json.dumps(content))
    return checks.read_report(Job("job", part, ()), path, status, "output")


def test_skipped_browser_test_is_a_failure(tmp_path):
    result = report(tmp_path, "browser", passed=2, skipped=1)
    assert (result.passed, result.failed, result.skipped) == (2, 1, 0)
    assert report(tmp_path, passed=2, skipped=1).failed == 0


def test_run_without_report_is_a_failure(tmp_path):
    job = Job("job", "unit", ())
    result = checks.read_report(job, tmp_path / "none.json", 0, "Segmentation fault")
    assert (result.failed, result.output) == (1, "Segmentation fault")


def test_status_is_believed_over_the_counts(tmp_path):
    assert report(tmp_path, passed=5, status=1).failed == 1
    assert report(tmp_path, status=checks.NO_TESTS).failed == 0
