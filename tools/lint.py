"""The linters, pinned; a linter rests while nothing it reads has changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import odoo_source, packages, venv
from tools.console import Problem, note, step
from tools.process import locked, run
from tools.settings import ADDONS, Settings

NODE_PACKAGES = "tools/node-packages.json"
OLDEST_NODE = (18, 18)
SKIPPED = frozenset({"node_modules", "__pycache__", "lib"})
PRETTIER = frozenset({".xml", ".js", ".mjs", ".scss", ".css"})


@dataclass(frozen=True)
class Linter:
    """A program, the kinds of file it reads and its configuration."""

    name: str
    command: tuple[str, ...]
    suffixes: frozenset[str]
    config: tuple[str, ...]
    places: tuple[str, ...]
    rewrite: tuple[str, ...] = ()


def linters(settings: Settings) -> list[Linter]:
    """All linters, each with its command; the files come behind it."""
    bin_folder = settings.venv / "bin"
    node = node_folder(settings) / "node_modules"
    python = frozenset({".py"})
    everywhere = (*ADDONS, "tests", "tools", "conftest.py")
    ruff, prettier = str(bin_folder / "ruff"), str(node / ".bin/prettier")
    plugin = f"--plugin={node / '@prettier/plugin-xml/src/plugin.js'}"
    pylint = (str(bin_folder / "python"), "-m", "pylint", "--rcfile=.pylintrc")
    eslint = (str(node / ".bin/eslint"), "--no-warn-ignored", "--max-warnings=0")
    return [
        Linter(
            "ruff format",
            (ruff, "format", "--diff", "-q"),
            python,
            ("pyproject.toml",),
            everywhere,
            (ruff, "format", "-q"),
        ),
        Linter(
            "ruff check",
            (ruff, "check", "-q", "--output-format=concise"),
            python,
            ("pyproject.toml",),
            everywhere,
            (ruff, "check", "-q", "--fix"),
        ),
        # The slowest one: each addon by itself, so that the others may rest.
        *(
            Linter(f"pylint-odoo {addon}", pylint, python, (".pylintrc",), (addon,))
            for addon in ADDONS
        ),
        Linter(
            "prettier",
            (prettier, "--list-different", plugin),
            PRETTIER,
            (".prettierrc.json", ".prettierignore", NODE_PACKAGES),
            (*ADDONS, "tests", "eslint.config.mjs"),
            (prettier, "--write", "--log-level=warn", plugin),
        ),
        Linter(
            "eslint",
            eslint,
            frozenset({".js"}),
            ("eslint.config.mjs", NODE_PACKAGES),
            ADDONS,
            (*eslint, "--fix"),
        ),
    ]


def files(root: Path, linter: Linter) -> list[Path]:
    """Files that ``linter`` reads, relative to ``root``."""
    found: list[Path] = []
    for place in linter.places:
        if (root / place).is_file():
            found.append(Path(place))
            continue
        for folder, folders, names in os.walk(root / place):
            folders[:] = [f for f in folders if f not in SKIPPED and f[0] != "."]
            here = Path(folder).relative_to(root)
            found += [here / n for n in names if Path(n).suffix in linter.suffixes]
    return sorted(found)


def node_folder(settings: Settings) -> Path:
    return settings.local / "node"


def prepare(settings: Settings) -> None:
    """Have Node and the linters that run in it."""
    content = (settings.root / NODE_PACKAGES).read_text()
    folder = node_folder(settings)
    mark = folder / "linkstar-stamp"
    if mark.exists() and mark.read_text() == content and shutil.which("node"):
        return
    packages.ensure(packages.NODE)
    require_node_version()
    with locked(settings.local / "node.lock", "npm", settings.lock_wait):
        if mark.exists() and mark.read_text() == content:
            return
        step("installing prettier and eslint")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(content)
        run(
            ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"],
            "installing prettier and eslint",
            log=settings.logs / "npm.log",
            cwd=folder,
            env={
                **os.environ,
                "npm_config_cache": str(settings.cache / "npm"),
                "npm_config_update_notifier": "false",
            },
        )
        mark.write_text(content)


def require_node_version() -> None:
    printed = run(["node", "--version"], "asking Node for its version").strip()
    match = re.match(r"v(\d+)\.(\d+)", printed)
    if not match or (int(match[1]), int(match[2])) < OLDEST_NODE:
        raise Problem(
            f"Node {printed} is too old for the linters",
            f"install Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer",
        )


def digest(settings: Settings, linter: Linter, paths: Sequence[Path]) -> str:
    """Changes when a file, the configuration or the linter's command does."""
    found = hashlib.sha256(repr(linter).encode())
    found.update((settings.root / "requirements-dev.txt").read_bytes())
    for path in [*map(Path, linter.config), *paths]:
        found.update(f"\0{path}\0".encode() + (settings.root / path).read_bytes())
    return found.hexdigest()


def check(settings: Settings) -> dict[str, str]:
    """Run every linter; what those that complain say, by their names."""
    failures = {}
    for linter in linters(settings):
        paths = files(settings.root, linter)
        mark = settings.local / "lint" / linter.name.replace(" ", "-")
        state = digest(settings, linter, paths)
        if not paths or (mark.exists() and mark.read_text() == state):
            continue
        said = complain(settings, linter.command, paths)
        if said:
            failures[linter.name] = said
        else:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.write_text(state)
    return failures


def complain(settings: Settings, command: Sequence[str], paths: list[Path]) -> str:
    """What a linter prints when it is not content; "" when it is."""
    done = subprocess.run(
        [*command, *map(str, paths)],
        cwd=settings.root,
        env={**os.environ, "PYLINTHOME": str(settings.local / "pylint")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.returncode:
        return ""
    return (done.stdout + done.stderr).strip() or f"exit status {done.returncode}"


def _prepare_all(settings: Settings) -> None:
    settings.local.mkdir(parents=True, exist_ok=True)
    venv.ensure(settings, odoo_source.find(settings))
    prepare(settings)


def run_all(settings: Settings) -> int:
    """``make lint``."""
    _prepare_all(settings)
    failures = check(settings)
    for name, text in failures.items():
        print(f"{name}:\n{text}\n")
    names = ", ".join(linter.name for linter in linters(settings))
    print(f"lint: failed: {', '.join(failures)}" if failures else f"clean: {names}")
    return 1 if failures else 0


def rewrite(settings: Settings) -> int:
    """``make format``: let the formatters rewrite files, then say what is left."""
    _prepare_all(settings)
    for linter in linters(settings):
        paths = files(settings.root, linter)
        if linter.rewrite and paths:
            said = complain(settings, linter.rewrite, paths)
            if said:
                note(f"{linter.name}: {said}")
    return run_all(settings)
