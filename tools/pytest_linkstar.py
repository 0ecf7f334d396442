"""pytest plugin of all runs: parts, a report to add up, no silent Odoo errors.

``--linkstar-part`` picks the tests that need Odoo's HTTP server (``browser``) or
those that do not (``integration``); ``--linkstar-report`` names a JSON file that
gets the counts. In every run with Odoo, a test during which Odoo logs an error
fails, unless the test mutes that logger (``mute_logger``) or asserts the record
(``assertLogs``).
"""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

import pytest

OUTCOMES = ("passed", "failed", "skipped", "xfailed", "xpassed")
# Error records that say nothing about the code: Odoo repeats a failed test's own
# traceback, and a page that is closed in the middle of loading complains.
NOT_OURS = ("FAIL: ", "ERROR: ", "Error received after termination")


class ErrorRecords(logging.Handler):
    """Collects what Odoo logs at ERROR or above."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if not text.startswith(NOT_OURS):
            self.lines.append(f"{record.name}: {text}")

    def take(self) -> str:
        lines, self.lines = self.lines, []
        return "\n".join(lines)


def pytest_addoption(parser):
    group = parser.getgroup("linkstar")
    group.addoption("--linkstar-part", choices=("integration", "browser"))
    group.addoption("--linkstar-report", metavar="FILE")
    group.addoption("--linkstar-outcomes", action="store_true")


def pytest_configure(config):
    use_steady_hypothesis(config)
    config._linkstar_errors = None
    config._linkstar_counts = dict.fromkeys(OUTCOMES, 0)
    config._linkstar_slow = []
    config._linkstar_skips = []
    config._linkstar_outcomes = {}
    config._linkstar_started = time.monotonic()
    if config.getoption("--odoo-database", None):
        config._linkstar_errors = ErrorRecords()
    config.pluginmanager.register(Counter(config), "linkstar-counter")


def use_steady_hypothesis(config):
    """Property tests that say the same in every run, however slow the machine is.

    ``--hypothesis-profile=default`` looks for new examples instead.
    """
    if config.getoption("--hypothesis-profile", None):
        return
    try:
        from hypothesis import HealthCheck, settings
    except ImportError:
        return
    settings.register_profile(
        "linkstar",
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("linkstar")


def pytest_sessionstart(session):
    handler = session.config._linkstar_errors
    if handler is not None:
        logger = logging.getLogger("odoo")
        # pytest-odoo silences Odoo below CRITICAL.
        if logger.getEffectiveLevel() > logging.ERROR:
            logger.setLevel(logging.ERROR)
        logger.addHandler(handler)


def needs_http(item: pytest.Item) -> bool:
    """Whether the test's class is one of Odoo's ``HttpCase``."""
    from odoo.tests.common import HttpCase

    return isinstance(getattr(item, "cls", None), type) and issubclass(
        item.cls, HttpCase
    )


def pytest_collection_modifyitems(config, items):
    part = config.getoption("--linkstar-part")
    if not part:
        return
    keep, leave = [], []
    for item in items:
        wanted = needs_http(item) == (part == "browser")
        (keep if wanted else leave).append(item)
    items[:] = keep
    if leave:
        config.hook.pytest_deselected(items=leave)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    handler = item.config._linkstar_errors
    if handler is None or call.when == "setup":
        return report
    logged = handler.take()
    if logged and report.outcome == "passed":
        report.outcome = "failed"
        report.longrepr = (
            f"Odoo logged an error during {item.nodeid} ({call.when}); mute or"
            f" assert it where the test expects it:\n{logged}"
        )
    return report


class Counter:
    """Counts outcomes the way pytest's own summary does."""

    def __init__(self, config):
        self.config = config

    def pytest_runtest_logreport(self, report):
        counts = self.config._linkstar_counts
        expected = hasattr(report, "wasxfail")
        if report.failed:
            counts["failed"] += 1
        elif report.skipped:
            counts["xfailed" if expected else "skipped"] += 1
            if not expected:
                self.config._linkstar_skips.append([report.nodeid, reason(report)])
        elif report.when == "call":
            counts["xpassed" if expected else "passed"] += 1
        if report.failed or report.skipped or report.when == "call":
            outcomes = self.config._linkstar_outcomes
            if outcomes.get(report.nodeid, ["passed"])[0] != "failed":
                outcomes[report.nodeid] = [report.outcome, said(report)]
        if report.when == "call":
            self.config._linkstar_slow.append(
                [round(report.duration, 2), report.nodeid]
            )

    def pytest_collectreport(self, report):
        if report.failed:
            self.config._linkstar_counts["failed"] += 1


def said(report) -> str:
    """The last lines of a failure."""
    return report.longreprtext[-2000:] if report.failed else ""


def reason(report) -> str:
    """Why a test was skipped, in one line."""
    text = report.longrepr
    if isinstance(text, tuple):
        text = text[2]
    return " ".join(str(text).split())[:300]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    name = session.config.getoption("--linkstar-report")
    if not name:
        return
    config = session.config
    content = {
        "counts": config._linkstar_counts,
        "skips": config._linkstar_skips,
        "slowest": sorted(config._linkstar_slow, reverse=True)[:10],
        "seconds": round(time.monotonic() - config._linkstar_started, 1),
        "status": int(exitstatus),
    }
    if config.getoption("--linkstar-outcomes"):
        content["outcomes"] = config._linkstar_outcomes
    Path(name).write_text(json.dumps(content, indent=1))
