"""``make core-tests``: Odoo's own tests with our addons and without.

What passes without the addons has to pass with them. Assertions about the number
of queries are excepted, since fields and rules of ours cost some; they are listed.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools import browser, database, odoo, template
from tools.console import Problem, note, step
from tools.odoo import Workbench
from tools.settings import Settings

MODULES = ("project", "hr", "hr_timesheet")
QUERY_COUNT = re.compile(r"Query count (more|less) than expected|assertQueryCount")
LIMIT_SECONDS = 3 * 3600

# module/file::Class::test -> [outcome, end of what a failure said]
Outcomes = Mapping[str, list]


def new_failures(without: Outcomes, with_us: Outcomes) -> list[str]:
    """Tests that pass without the addons and do not with them, sorted.

    >>> new_failures({"a": ["passed", ""], "b": ["failed", "x"], "c": ["passed", ""]},
    ...              {"a": ["failed", "y"], "b": ["failed", "x"]})
    ['a', 'c']
    """
    passing = {
        name for name, (outcome, _said) in without.items() if outcome == "passed"
    }
    missing = ["missing", ""]
    return sorted(n for n in passing if with_us.get(n, missing)[0] != "passed")


def is_query_count(said: str) -> bool:
    """Whether a failure is an assertion about the number of queries."""
    return bool(QUERY_COUNT.search(said))


def folders_of_tests(bench: Workbench, names: Iterable[str]) -> dict[str, Path]:
    """The folder of each module's tests."""
    found = {}
    for name in names:
        for base in ("odoo/addons", "addons"):
            folder = bench.source.path / base / name / "tests"
            if folder.is_dir():
                found[name] = folder
                break
        else:
            raise Problem(f"this Odoo has no tests of {name}", "use a source tree")
    return found


def tests_by_module(names: Iterable[str]) -> dict[str, list[str]]:
    """Tests to run again, under the module they belong to.

    >>> tests_by_module(["hr/test_a.py::A::x", "hr/test_b.py::B::y"])
    {'hr': ['test_a.py::A::x', 'test_b.py::B::y']}
    """
    found = {}
    for name in names:
        module, _slash, test = name.partition("/")
        found.setdefault(module, []).append(test)
    return found


def execute(
    bench: Workbench,
    source: str,
    label: str,
    targets: Mapping[str, Iterable[object]],
    extra: list,
) -> dict[str, list]:
    """Run each module's tests on copies of ``source``; every test's outcome.

    One module at a time, as Odoo does: two of them may have files of one name,
    which pytest would tell apart by nothing.
    """
    found = {}
    for module, paths in targets.items():
        outcomes = execute_module(bench, source, f"{label}-{module}", paths, extra)
        found |= {f"{module}/{test}": outcome for test, outcome in outcomes.items()}
    return found


def execute_module(
    bench: Workbench, source: str, label: str, targets: Iterable[object], extra: list
) -> dict[str, list]:
    settings = bench.settings
    report = settings.local / "core-tests" / f"{label}.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    with database.scratch(bench, source, "core") as name:
        words = [bench.python, "-m", "pytest", "-q", "--tb=short"]
        words += ["-c", settings.root / "pyproject.toml", "--rootdir", settings.root]
        words += ["-p", "tools.pytest_linkstar", f"--linkstar-report={report}"]
        words += ["--linkstar-outcomes", f"--odoo-database={name}", "--odoo-http"]
        words += [f"--odoo-config={settings.config}", "--odoo-log-level=error"]
        with open(report.with_suffix(".log"), "wb") as log:
            subprocess.run(
                [str(word) for word in (*words, *extra, *targets)],
                cwd=settings.root,
                env=bench.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=LIMIT_SECONDS,
                check=False,
            )
    try:
        return json.loads(report.read_text())["outcomes"]
    except (OSError, ValueError, KeyError):
        see = f"see {report.with_suffix('.log')}"
        raise Problem(f"Odoo's tests {label} the addons did not run", see) from None


def run(settings: Settings, arguments: str) -> int:
    """Compare; 1 when the addons break a test. ``arguments``: modules, options."""
    words = shlex.split(arguments)
    names = [word for word in words if word in MODULES] or list(MODULES)
    extra = [word for word in words if word not in MODULES]
    bench = odoo.prepare(settings)
    browser.ensure(settings)
    folders = folders_of_tests(bench, names)
    ours, core = template.ensure(bench), template.ensure_core(bench)
    step(f"Odoo's tests of {', '.join(names)} without the addons")
    targets = {name: [folder] for name, folder in folders.items()}
    without = execute(bench, core, "without", targets, extra)
    step("the same with the addons")
    with_us = execute(bench, ours, "with", targets, extra)
    broken = new_failures(without, with_us)
    if broken:
        step(f"{len(broken)} tests fail with the addons only; once more, alone")
        alone = {
            module: [folders[module] / test for test in tests]
            for module, tests in tests_by_module(broken).items()
        }
        again = execute(bench, ours, "again", alone, [])
        with_us = {**with_us, **again}
    return report(without, with_us, broken)


def report(without: Outcomes, with_us: Outcomes, suspects: list[str]) -> int:
    """Print what was found; 1 when a test is broken by the addons."""
    broken = new_failures(without, with_us)
    for name in suspects:
        if name not in broken:
            note(f"failed once, passed alone: {name}")
    counts = [n for n in broken if is_query_count(with_us.get(n, ["", ""])[1])]
    for name in counts:
        note(f"query count only (excepted): {name}")
    real = [name for name in broken if name not in counts]
    for name in real:
        print(f"broken by the addons: {name}")
        print(
            "    "
            + "\n    ".join(with_us.get(name, ["", "did not run"])[1].split("\n"))
        )
    passing = sum(1 for outcome, _said in without.values() if outcome == "passed")
    print(
        f"{passing} of {len(without)} pass without the addons;"
        f" with them {len(real)} of these fail, {len(counts)} on query counts"
    )
    return 1 if real else 0
