"""``make bench``: runs tests/bench, prints a table, keeps the numbers as JSON."""

from __future__ import annotations

import datetime
import json
import os
import platform
from pathlib import Path

from tools import database, odoo, template
from tools.console import Problem, fail, note, step
from tools.odoo import Workbench
from tools.settings import Settings

SCRIPT = """
import importlib, json, sys
sys.path.insert(0, {root!r})
rows = importlib.import_module({module!r}).run(env)
with open({target!r}, "w") as handle:
    json.dump(rows, handle, indent=1)
env.cr.rollback()
"""
COLUMNS = ("case", "seconds", "cpu", "queries", "baseline", "ratio", "limit", "")


def modules(root: Path, words: str) -> list[str]:
    """Names of the benchmark modules, those that hold one of ``words`` if any."""
    names = sorted(p.stem for p in (root / "tests/bench").glob("bench_*.py"))
    chosen = [n for n in names if not words or any(w in n for w in words.split())]
    if not chosen:
        raise Problem(f"no benchmark matches ARGS={words}", f"there are: {names}")
    return chosen


def over_limit(row: dict) -> bool:
    """Whether a case took more than its limit allows."""
    limit = row.get("limit")
    if limit is None:
        return False
    ratio = row.get("ratio")
    return (row["seconds"] if ratio is None else ratio) > limit


def table(rows: list[dict]) -> list[str]:
    """The report, one line per case.

    >>> for line in table([{"case": "a", "seconds": 2.0, "baseline_seconds": 4.0,
    ...                     "ratio": 0.5, "limit": 0.1, "queries": 7}]):
    ...     print(line)
    case  seconds  cpu  queries  baseline  ratio  limit
    a       2.000    -        7     4.000  0.500  0.100  over its limit
    """
    lines = [COLUMNS]
    for row in rows:
        numbers = [
            row["seconds"],
            *(
                row.get(key)
                for key in (
                    "cpu_seconds",
                    "queries",
                    "baseline_seconds",
                    "ratio",
                    "limit",
                )
            ),
        ]
        shown = tuple(_number(value) for value in numbers)
        lines.append((row["case"], *shown, "over its limit" if over_limit(row) else ""))
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    return [
        "  ".join(
            text.ljust(width) if index in (0, len(COLUMNS) - 1) else text.rjust(width)
            for index, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def _number(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def run_module(bench: Workbench, source: str, name: str) -> list[dict]:
    """Run one benchmark module on a database of its own."""
    target = bench.settings.local / "bench" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    script = SCRIPT.format(
        root=str(bench.settings.root), module=f"tests.bench.{name}", target=str(target)
    )
    with database.scratch(bench, source, "bench") as scratch:
        log = bench.settings.logs / f"{name}.log"
        bench.shell(scratch, script, f"the benchmark {name}", log)
    if not target.exists():
        raise Problem(f"the benchmark {name} failed", f"see {log}")
    return json.loads(target.read_text())


def run(settings: Settings, words: str) -> int:
    """Run the benchmarks; 1 when one fails or is over its limit."""
    names = modules(settings.root, words)
    bench = odoo.prepare(settings)
    source = template.ensure(bench)
    rows, failures = [], 0
    for name in names:
        step(name)
        try:
            rows += run_module(bench, source, name)
        except Problem as problem:
            failures += 1
            fail(problem)
    report = {
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "cases": rows,
    }
    target = settings.local / "bench" / "report.json"
    target.write_text(json.dumps(report, indent=1))
    print("\n".join(table(rows)))
    note(f"kept in {target}")
    return 1 if failures or any(map(over_limit, rows)) else 0
