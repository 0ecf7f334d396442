"""``make test``: every check, in jobs that share the cores, and one summary line."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from tools import browser, database, lint, odoo, postgres, template
from tools.console import Problem, fail, note, step
from tools.odoo import Workbench
from tools.settings import Settings

# Plain pytest, no Odoo: the tools, the stand-in server, the engines.
UNIT_FOLDERS = ("tests/tools", "tests/amazon_tests", "tests/engine")
JOB_LIMIT_SECONDS = 40 * 60
NO_TESTS = 5
# Longer paths make sockets that Chromium cannot open.
LONGEST_TMP = 50


@dataclass(frozen=True)
class Job:
    """One pytest run. ``part`` is unit, integration or browser."""

    name: str
    part: str
    paths: tuple[str, ...]


@dataclass
class Result:
    """What a job came to."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    output: str = ""
    skips: list[str] = field(default_factory=list)
    slowest: list[list] = field(default_factory=list)


def summary(results: Iterable[Result]) -> str:
    """The last line of ``make test``.

    >>> summary([Result("a", passed=3), Result("b", passed=1, failed=1)])
    '4 passed, 1 failed'
    >>> summary([Result("a", passed=3, skipped=2)])
    '3 passed, 0 failed, 2 skipped'
    """
    results = list(results)
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    skipped = sum(r.skipped for r in results)
    line = f"{passed} passed, {failed} failed"
    return f"{line}, {skipped} skipped" if skipped else line


def split_arguments(root: Path, text: str) -> tuple[list[str], list[str]]:
    """Options and test paths of ``ARGS``.

    A word that is an existing path (before any ``::``) is a path.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise Problem(f"ARGS={text}: {error}", "close the quote") from None
    paths = [
        word
        for word in words
        if not word.startswith("-") and (root / word.split("::")[0]).exists()
    ]
    return [word for word in words if word not in paths], paths


def plan(root: Path, wanted: list[str]) -> list[Job]:
    """The pytest jobs, longest first; only those that ``wanted`` paths touch."""
    addons = [a for a in template.ADDONS if (root / a / "tests").is_dir()]
    engines = [f"{a}/engine" for a in template.ADDONS if (root / a / "engine").is_dir()]
    tests = [
        f"{a}/tests/engine" for a in addons if (root / a / "tests/engine").is_dir()
    ]
    folders = [name for name in UNIT_FOLDERS if (root / name).is_dir()]
    everything = (*folders, *tests, *engines, "tools")
    across = sorted(
        f"tests/{path.name}"
        for path in (root / "tests").glob("*")
        if f"tests/{path.name}" not in UNIT_FOLDERS and _holds_tests(path)
    )
    groups = [(a, (f"{a}/tests",)) for a in addons]
    if across:
        groups.append(("tests", tuple(across)))
    jobs = [
        Job(f"browser {name}", "browser", paths)
        for name, paths in groups
        if _mentions(root, paths, "HttpCase")
    ]
    jobs += [Job(f"integration {name}", "integration", paths) for name, paths in groups]
    jobs.append(Job("unit", "unit", everything))
    if not wanted:
        return jobs
    narrowed = ((job, _narrow(job.paths, wanted)) for job in jobs)
    return [Job(job.name, job.part, paths) for job, paths in narrowed if paths]


def _holds_tests(path: Path) -> bool:
    if path.is_dir():
        return any(path.rglob("test_*.py"))
    return path.name.startswith("test_") and path.suffix == ".py"


def _mentions(root: Path, paths: Iterable[str], word: str) -> bool:
    files = (f for path in paths for f in _python_files(root / path))
    return any(word in file.read_text(errors="replace") for file in files)


def _python_files(path: Path) -> Iterable[Path]:
    return path.rglob("*.py") if path.is_dir() else [path]


def _narrow(paths: Iterable[str], wanted: list[str]) -> tuple[str, ...]:
    """The wanted paths inside ``paths``, and the ``paths`` inside wanted ones."""
    found = []
    for word in wanted:
        place = Path(word.split("::")[0])
        for path in map(Path, paths):
            if place == path or path in place.parents:
                found.append(word)
            elif place in path.parents:
                found.append(str(path))
    return tuple(dict.fromkeys(found))


class Run:
    """One ``make test``: its processes, its results."""

    def __init__(self, settings: Settings, arguments: str):
        self.settings = settings
        self.options, wanted = split_arguments(settings.root, arguments)
        self.narrowed = bool(self.options or wanted)
        self.jobs = plan(settings.root, wanted)
        self.results: list[Result] = []
        self.running: dict[str, subprocess.Popen] = {}
        self.guard = threading.Lock()
        self.stopped = False
        self.folder = settings.local / "test"

    def report_path(self, job: Job) -> Path:
        return self.folder / f"{job.name.replace(' ', '-')}.json"

    def pytest_words(self, bench: Workbench, job: Job, name: str) -> list[str]:
        """The command of a job; ``name`` is its database ("" for unit)."""
        words = [str(bench.python), "-m", "pytest", "-q", "--tb=short"]
        words += [f"--linkstar-report={self.report_path(job)}"]
        if job.part == "unit":
            words += ["-p", "no:odoo", "-p", "tools.pytest_engine"]
            words += ["--import-mode=importlib", "--doctest-modules"]
        else:
            words += [
                f"--odoo-database={name}",
                f"--odoo-config={bench.settings.config}",
            ]
            words += ["--odoo-log-level=error", f"--linkstar-part={job.part}"]
            words += [f"--ignore-glob={self.settings.root}/*/tests/engine"]
        if job.part == "browser":
            words.append("--odoo-http")
        return [*words, *self.options, *job.paths]

    def environment(self, bench: Workbench) -> dict[str, str]:
        """Keep what tests and Chromium leave behind inside ``.local``."""
        env = {**bench.env, "XDG_CONFIG_HOME": str(self.settings.local / "xdg")}
        tmp = self.settings.local / "tmp"
        if len(str(tmp)) <= LONGEST_TMP:
            tmp.mkdir(parents=True, exist_ok=True)
            env["TMPDIR"] = str(tmp)
        chrome = browser.folder(self.settings)
        if chrome:
            env["PATH"] = f"{chrome}{os.pathsep}{env['PATH']}"
        return env

    def unit(self, bench: Workbench, job: Job) -> Result:
        return self.pytest(bench, job, "")

    def with_database(self, bench: Workbench, job: Job, source: str) -> Result:
        with database.scratch(bench, source, job.part) as name:
            return self.pytest(bench, job, name)

    def pytest(self, bench: Workbench, job: Job, name: str) -> Result:
        """Run a job to its end and read its report."""
        report = self.report_path(job)
        report.unlink(missing_ok=True)
        log = report.with_suffix(".log")
        env = self.environment(bench)
        if job.part != "unit":
            env["LINKSTAR_TEST_DATABASE"] = name
        started = time.monotonic()
        with open(log, "wb") as output:
            process = subprocess.Popen(
                self.pytest_words(bench, job, name),
                cwd=self.settings.root,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            status = self.wait_for(job.name, process)
        result = read_report(job, report, status, log.read_text(errors="replace"))
        result.seconds = time.monotonic() - started
        return result

    def wait_for(self, name: str, process: subprocess.Popen) -> int:
        """Exit status; a run over its time is ended, and so are its children."""
        with self.guard:
            self.running[name] = process
        try:
            if self.stopped:
                end_group(process)
            return process.wait(JOB_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            end_group(process)
            return process.wait()
        finally:
            end_group(process)
            with self.guard:
                del self.running[name]

    def lint(self) -> Result:
        """All linters; they are fetched meanwhile if need be."""
        started = time.monotonic()
        lint.prepare(self.settings)
        failures = lint.check(self.settings)
        output = "\n".join(f"{name}:\n{text}" for name, text in failures.items())
        seconds = time.monotonic() - started
        return Result("lint", failed=len(failures), output=output, seconds=seconds)

    def all(self) -> None:
        """Run every job, two at a time, the template being built meanwhile."""
        prepare_folder(self.folder)
        shutil.rmtree(self.settings.local / "tmp", ignore_errors=True)
        bench = odoo.prepare(self.settings)
        with_odoo = [job for job in self.jobs if job.part != "unit"]
        if any(job.part == "browser" for job in with_odoo):
            browser.ensure(self.settings)
        database.drop_abandoned(bench)
        with ThreadPoolExecutor(self.settings.test_jobs) as pool:
            try:
                self.feed(pool, bench, with_odoo)
            except BaseException:
                self.stop()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        if bench.server.started_here:
            postgres.stop_if_idle(self.settings)

    def feed(self, pool, bench: Workbench, with_odoo: list[Job]) -> None:
        """Start what can start, the rest when the template is there."""
        waiting: set[Future] = set()
        building = pool.submit(template.ensure, bench) if with_odoo else None
        if building:
            waiting.add(building)
        if not self.narrowed:
            waiting.add(pool.submit(self.lint))
        for job in self.jobs:
            if job.part == "unit":
                waiting.add(pool.submit(self.unit, bench, job))
        told = time.monotonic()
        while waiting:
            done, waiting = wait(waiting, timeout=5, return_when=FIRST_COMPLETED)
            for future in done:
                told = time.monotonic()
                try:
                    outcome = future.result()
                except Problem as problem:
                    # Whatever does not depend on it goes on and is told.
                    self.results.append(Result("set-up", failed=1))
                    fail(problem)
                    continue
                if future is not building:
                    self.tell(outcome)
                    continue
                for job in with_odoo:
                    waiting.add(pool.submit(self.with_database, bench, job, outcome))
            if time.monotonic() - told > 60:
                note(f"still running: {', '.join(sorted(self.running)) or 'set-up'}")
                told = time.monotonic()

    def tell(self, result: Result) -> None:
        self.results.append(result)
        if result.name == "lint":
            text = f"{result.failed} failed" if result.failed else "clean"
        else:
            text = summary([result])
        step(f"{result.name}: {text} ({result.seconds:.0f} s)")
        for line in result.skips:
            note(f"skipped {line}")
        if result.failed:
            print(result.output.rstrip(), flush=True)

    def stop(self) -> None:
        """End the running jobs."""
        self.stopped = True
        with self.guard:
            for process in self.running.values():
                end_group(process)


def end_group(process: subprocess.Popen) -> None:
    """Kill a job with its children (Chromium, servers of tests)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def prepare_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def read_report(job: Job, report: Path, status: int, output: str) -> Result:
    """Counts of a job; a run that left no report counts as one failure.

    A browser test that is skipped has not shown what it should: it fails.
    """
    try:
        content = json.loads(report.read_text())
    except (OSError, ValueError):
        return Result(job.name, failed=1, output=output or "it printed nothing")
    counts = content["counts"]
    result = Result(
        job.name,
        passed=counts["passed"] + counts["xfailed"],
        failed=counts["failed"] + counts["xpassed"],
        skipped=counts["skipped"],
        output=output,
        skips=[f"{name}: {why}" for name, why in content["skips"]],
        slowest=content["slowest"],
    )
    if job.part == "browser" and result.skipped:
        result.failed, result.skipped = result.failed + result.skipped, 0
    if status not in (0, NO_TESTS) and not result.failed:
        result.failed = 1
    return result


def run(settings: Settings, arguments: str) -> int:
    """Run all checks, print the summary line, return the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    work = Run(settings, arguments)
    try:
        work.all()
    except KeyboardInterrupt:
        work.results.append(Result("interrupted", failed=1))
        fail("interrupted")
    except Problem as problem:
        work.results.append(Result("set-up", failed=1))
        fail(problem)
    slowest = sorted((s for r in work.results for s in r.slowest), reverse=True)
    if slowest and slowest[0][0] > 20:
        note("slowest: " + ", ".join(f"{_short(n)} {s:.0f} s" for s, n in slowest[:3]))
    ran = sum(r.passed + r.failed + r.skipped for r in work.results)
    if not ran:
        fail(f"no test matches ARGS={arguments}")
    print(summary(work.results), flush=True)
    return 0 if ran and not any(r.failed for r in work.results) else 1


def _short(nodeid: str) -> str:
    return re.sub(r".*::", "", nodeid)
