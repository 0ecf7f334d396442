"""The pytest plugin of all runs: what it counts, and what it lets no test hide."""

import json
import os
import subprocess
import sys

import pytest

from tools import settings

WITH_ODOO = """
def pytest_addoption(parser):
    parser.addoption("--odoo-database")
"""


@pytest.fixture
def run_pytest(tmp_path):
    """Run a file of tests with the plugin; its report by test name."""

    def run(text, *options):
        (tmp_path / "test_sample.py").write_text(text)
        (tmp_path / "with_odoo.py").write_text(WITH_ODOO)
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        report = tmp_path / "report.json"
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:odoo"]
        words += ["-p", "with_odoo", "-p", "tools.pytest_linkstar"]
        words += ["-p", "no:cacheprovider"]
        words += [f"--linkstar-report={report}", "--linkstar-outcomes"]
        folders = os.pathsep.join((str(tmp_path), str(settings.ROOT)))
        done = subprocess.run(
            [*words, *options, "test_sample.py"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": folders},
            capture_output=True,
            text=True,
            check=False,
        )
        content = json.loads(report.read_text())
        outcomes = {
            name.split("::")[-1]: outcome
            for name, (outcome, _said) in content["outcomes"].items()
        }
        return content, outcomes, done

    return run


LOGGING = """
import contextlib, logging, unittest

class TestLog(unittest.TestCase):
    def test_error(self):
        logging.getLogger("odoo.addons.kpi").error("boom")
    def test_warning(self):
        logging.getLogger("odoo.addons.kpi").warning("hm")
    def test_asserted(self):
        with self.assertLogs("odoo.addons.kpi", "ERROR"):
            logging.getLogger("odoo.addons.kpi").error("boom")
    def test_of_others(self):
        logging.getLogger("urllib3").error("boom")
"""


def test_error_record_of_odoo_fails_its_test_alone(run_pytest):
    content, outcomes, done = run_pytest(LOGGING, "--odoo-database=x")
    assert outcomes == {
        "test_error": "failed",
        "test_warning": "passed",
        "test_asserted": "passed",
        "test_of_others": "passed",
    }
    assert "odoo.addons.kpi: boom" in done.stdout
    assert done.returncode == 1
    assert content["counts"]["failed"] == 1


def test_without_odoo_nothing_is_watched(run_pytest):
    _content, outcomes, _done = run_pytest(LOGGING)
    assert set(outcomes.values()) == {"passed"}


def test_counts_are_those_of_pytest(run_pytest):
    content, outcomes, _done = run_pytest(
        """
import pytest

@pytest.mark.parametrize("n", [1, 2])
def test_good(n): pass

def test_bad(): assert False

@pytest.mark.skip(reason="no Chromium")
def test_skipped(): pass

@pytest.mark.xfail
def test_expected(): assert False

@pytest.fixture
def broken(): raise ValueError

def test_setup(broken): pass
"""
    )
    assert content["counts"] == {
        "passed": 2,
        "failed": 2,
        "skipped": 1,
        "xfailed": 1,
        "xpassed": 0,
    }
    assert content["skips"] == [
        ["test_sample.py::test_skipped", "Skipped: no Chromium"]
    ]
    assert outcomes["test_setup"] == "failed"


PROPERTY = """
from hypothesis import settings

def test_profile():
    assert settings.default.deadline is None and settings.default.derandomize
"""


def test_property_tests_do_not_depend_on_the_machine(run_pytest):
    _content, outcomes, _done = run_pytest(PROPERTY)
    assert outcomes == {"test_profile": "passed"}
    _content, outcomes, _done = run_pytest(PROPERTY, "--hypothesis-profile=default")
    assert outcomes == {"test_profile": "failed"}


def test_file_that_does_not_import_is_a_failure(run_pytest):
    content, _outcomes, done = run_pytest("import nothing_of_this_name")
    assert content["counts"]["failed"] == 1
    assert done.returncode != 0
