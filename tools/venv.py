"""The virtual environment: built once, rebuilt when what it holds changes."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from tools import packages
from tools.console import Problem, note, step
from tools.odoo_source import Odoo
from tools.process import locked, require_space, run
from tools.settings import Settings

REQUIREMENTS = (
    "tools/odoo-requirements.txt",
    "requirements.txt",
    "requirements-dev.txt",
)
# Run by the environment's own interpreter with the requirement files as arguments.
MISSING = """
import sys
from importlib import metadata
from pip._vendor.packaging.requirements import Requirement
for path in sys.argv[1:]:
    for line in open(path):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        wanted = Requirement(text)
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            sys.exit(text)
        if not wanted.specifier.contains(found, prereleases=True):
            sys.exit(text)
"""
OLDEST, NEWEST = (3, 10), (3, 13)


def python_version(python: str) -> str:
    """Version of an interpreter; :class:`Problem` when Odoo 19 does not run on it."""
    code = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    version = run(
        [python, "-c", code], f"asking {python} for its version", cwd="/"
    ).strip()
    series = tuple(int(part) for part in version.split(".")[:2])
    if not OLDEST <= series <= NEWEST:
        raise Problem(
            f"{python} is Python {version} and Odoo 19 needs 3.10 to 3.13",
            "name another one in LINKSTAR_PYTHON",
        )
    return version


def stamp(settings: Settings, odoo: Odoo, version: str) -> str:
    """Changes whenever the environment has to be made again."""
    digest = hashlib.sha256()
    for part in (settings.python, version, str(odoo.path), str(settings.venv)):
        digest.update(part.encode() + b"\0")
    for name in REQUIREMENTS:
        digest.update((settings.root / name).read_bytes() + b"\0")
    return digest.hexdigest()


def ensure(settings: Settings, odoo: Odoo) -> Path:
    """Return the environment's interpreter, building the environment if needed."""
    version = python_version(settings.python)
    wanted = stamp(settings, odoo, version)
    mark = settings.venv / "linkstar-stamp"
    if _read(mark) == wanted or _serves(settings, odoo, version):
        return settings.venv_python
    lock = settings.local / "venv.lock"
    with locked(lock, "the virtual environment", settings.lock_wait):
        if _read(mark) != wanted:
            require_space(settings.venv, 1500, "the virtual environment")
            _build(settings, odoo, version)
            mark.write_text(wanted)
    return settings.venv_python


def _serves(settings: Settings, odoo: Odoo, version: str) -> bool:
    """Whether an environment made for other requirements holds all of these too.

    Checkouts of several revisions may share one: none takes it from the others.
    """
    try:
        site = next((settings.venv / "lib").glob("python3.*")) / "site-packages"
        if (site / "odoo-source.pth").read_text() != f"{odoo.path}\n":
            return False
        same = python_version(str(settings.venv_python)) == version
    except (OSError, StopIteration, Problem):
        return False
    files = [str(settings.root / name) for name in REQUIREMENTS]
    words = [str(settings.venv_python), "-c", MISSING, *files]
    done = subprocess.run(words, capture_output=True, cwd="/", check=False)
    return same and done.returncode == 0


def _build(settings: Settings, odoo: Odoo, version: str) -> None:
    step(f"making the virtual environment (Python {version})")
    series = ".".join(version.split(".")[:2])
    packages.ensure([_venv_module(settings.python, series)])
    mark = settings.venv / "linkstar-stamp"
    mark.unlink(missing_ok=True)
    log = settings.logs / "venv.log"
    run(
        [settings.python, "-m", "venv", "--clear", settings.venv],
        "making the virtual environment",
        log=log,
    )
    site = next((settings.venv / "lib").glob("python3.*")) / "site-packages"
    (site / "odoo-source.pth").write_text(f"{odoo.path}\n")
    pip = [settings.venv_python, "-m", "pip", "--disable-pip-version-check"]
    wanted = [w for name in REQUIREMENTS for w in ("-r", settings.root / name)]
    note("installing the Python packages (see .local/log/pip.log)")
    run(
        [*pip, "install", "-q", "--no-warn-script-location", *wanted],
        "installing the Python packages",
        log=settings.logs / "pip.log",
        env={"PIP_CACHE_DIR": str(settings.cache / "pip"), **os.environ},
    )
    run(
        [settings.venv_python, "-c", "import odoo.tools, odoo.cli"],
        "importing Odoo",
        log=settings.logs / "venv.log",
        cwd="/",
    )


def _venv_module(python: str, series: str) -> packages.Need:
    """Debian and Ubuntu ship ``ensurepip`` in a package of its own."""

    def present() -> bool:
        return (
            subprocess.run(
                [python, "-c", "import venv, ensurepip"],
                stderr=subprocess.DEVNULL,
                check=False,
            ).returncode
            == 0
        )

    return packages.Need("Python's venv module", present, (f"python{series}-venv",))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
