"""``make install-tests``: each addon alone, every combination, and taking them off.

Nothing here has demo data. An installation passes when the addons are installed and
Odoo logged no warning; uninstalling passes when Odoo logged no error and core's
projects, tasks and employees can be read and written afterwards.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import database, odoo, template
from tools.console import Problem, fail, note, step
from tools.process import run as run_program
from tools.settings import Settings

LOGGED = re.compile(r"^[\d-]+ [\d:,]+ \d+ (WARNING|ERROR|CRITICAL) \S+ (.*)$", re.M)
ROOT_ADDON = "linkstar_project"

# Work that a company has when it takes the addons off: a launched project with its
# tasks, a project of core's, an employee.
WORK = """
store = env["linkstar.store"].search([], limit=1) or env["linkstar.store"].create({
    "name": "Kept", "code": "US-KEPT",
    "marketplace_id": env.ref("linkstar_project.marketplace_amazon_us").id,
    "seller_id": env["linkstar.seller"].create({
        "name": "Kept", "platform_id": env.ref("linkstar_project.platform_amazon").id,
    }).id,
})
version = env["linkstar.template.version"].search([("state", "=", "published")])[:1]
version.launch(store.ids)
project = env["project.project"].create({"name": "Ours since before"})
env["project.task"].create({"name": "Task", "project_id": project.id})
env["hr.employee"].create({"name": "Ann"})
env.cr.commit()
"""
UNINSTALL = """
names = {names!r}
env["ir.module.module"].search([("name", "in", names)]).button_immediate_uninstall()
"""
STILL_USABLE = """
left = env["ir.module.module"].search_count(
    [("name", "in", {names!r}), ("state", "!=", "uninstalled")]
)
assert not left, "addons are still installed"
models = env["ir.model"].search_count([("model", "=like", "linkstar.%")])
assert not models, "models of ours are left behind"
project = env["project.project"].search([("name", "=", "Ours since before")])
assert project.task_ids.name == "Task", "a project of core's lost its task"
project.task_ids.copy({{"name": "Another"}}).write({{"state": "1_done"}})
for each in env["project.project"].with_context(active_test=False).search([]):
    each.read()
    each.task_ids.read()
    each.write({{"description": "Still here"}})
employee = env["hr.employee"].search([("name", "=", "Ann")])
employee.write({{"name": "Anna"}})
env.flush_all()
print("USABLE", len(env["project.project"].search([])))
"""


def combinations(addons: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every set of addons that can be installed, the smallest first.

    >>> list(combinations(["linkstar_project", "linkstar_kpi"]))
    [('linkstar_project',), ('linkstar_project', 'linkstar_kpi')]
    """
    others = [name for name in addons if name != ROOT_ADDON]
    for size in range(len(others) + 1):
        for chosen in itertools.combinations(others, size):
            yield (ROOT_ADDON, *chosen)


def complaints(printed: str, levels: str) -> list[str]:
    """What Odoo logged at one of ``levels``.

    >>> complaints("2026-01-01 10:00:00,000 7 WARNING db odoo.x: old\\n", "WARNING")
    ['db odoo.x: old']
    """
    return [
        f"{match[0].split()[4]} {match[2]}"
        for match in LOGGED.finditer(printed)
        if match[1] in levels
    ]


class Installs:
    """One run: its databases, its findings."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.bench = odoo.prepare(settings)
        self.addons = template.addons(settings)
        self.passed = self.failed = 0

    def tell(self, what: str, found: list[str], log: Path) -> None:
        if found:
            self.failed += 1
            fail(Problem(f"{what}: {found[0][:300]}", f"see {log}"))
        else:
            self.passed += 1
            note(f"{what}: well")

    def install(self, name: str, addons: Sequence[str]) -> None:
        """Install ``addons`` into the database ``name`` and tell what was logged."""
        log = self.settings.logs / "install-tests.log"
        options = ["-i", ",".join(addons), "--skip-auto-install", "--stop-after-init"]
        options += ["--no-http", "--max-cron-threads=0"]
        printed = run_program(
            self.bench.command(name, *options),
            "installing",
            log=log,
            env=self.bench.env,
            cwd=self.settings.local,
        )
        query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        there = set(self.bench.server.sql(query, name).split())
        found = [f"{addon} is not installed" for addon in addons if addon not in there]
        found += complaints(printed, "WARNING ERROR CRITICAL")
        self.tell(f"installing {', '.join(addons)}", found, log)

    def uninstall(self, name: str) -> None:
        """Take all addons off a database with work in it."""
        log = self.settings.logs / "uninstall-tests.log"
        after = self.settings.logs / "after-uninstall.log"
        self.bench.shell(name, WORK, "working with the addons", log)
        script = UNINSTALL.format(names=self.addons)
        printed = self.bench.shell(name, script, "uninstalling", log)
        self.tell("uninstalling", complaints(printed, "ERROR CRITICAL"), log)
        check = STILL_USABLE.format(names=self.addons)
        printed = self.bench.shell(name, check, "using core afterwards", after)
        found = complaints(printed, "ERROR CRITICAL")
        if "USABLE" not in printed:
            found.append(printed.strip().splitlines()[-1] if printed else "no answer")
        self.tell("projects, tasks and employees afterwards", found, after)

    def all(self) -> None:
        core = template.ensure_core(self.bench)
        with database.scratch(self.bench, core, "alone") as alone:
            step(f"installing every combination of {len(self.addons)} addons")
            self.install(alone, (ROOT_ADDON,))
            for chosen in combinations(self.addons):
                if chosen == (ROOT_ADDON,):
                    continue
                with database.scratch(self.bench, alone, "combined") as name:
                    self.install(name, chosen)
                    if set(chosen) == set(self.addons):
                        self.uninstall(name)


def run(settings: Settings) -> int:
    """Install, uninstall, print one summary line."""
    work = Installs(settings)
    work.all()
    print(f"{work.passed} passed, {work.failed} failed", flush=True)
    return 1 if work.failed else 0
