"""Chromium for the browser tests.

Debian has a package. Ubuntu's is a snap, which runs in a sandbox where Odoo's
tests cannot reach it: there a Chromium comes with Playwright, into the cache.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tools import packages
from tools.console import Problem, step
from tools.process import locked, require_space, run
from tools.settings import Settings

# The names Odoo's own tests look for, in their order.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
OS_RELEASE = Path("/etc/os-release")
ADVICE = "install google-chrome-stable, or name a Chromium in LINKSTAR_CHROME"


def ensure(settings: Settings) -> None:
    """Have a Chromium that Odoo's tests find, and a font for Chinese."""
    if settings.chrome and not os.access(settings.chrome, os.X_OK):
        raise Problem(
            f"LINKSTAR_CHROME={settings.chrome} is no program",
            "name the program of a Chromium or Chrome",
        )
    packages.ensure([packages.CHINESE_FONT])
    if chosen(settings) or installed():
        return
    if is_ubuntu():
        from_playwright(settings)
    else:
        packages.ensure([packages.Need("Chromium", installed, ("chromium",))])


def installed() -> bool:
    """Whether a browser lies on PATH that is not one of Ubuntu's snaps."""
    found = (shutil.which(name) for name in NAMES)
    return any(path and not is_snap(Path(path)) for path in found)


def is_snap(program: Path) -> bool:
    """Whether ``program`` is a snap, or Ubuntu's script that starts one."""
    if str(program.resolve()).startswith("/snap/") or program.resolve().name == "snap":
        return True
    with open(program, "rb") as handle:
        head = handle.read(4096)
    return head.startswith(b"#!") and b"/snap/" in head


def is_ubuntu() -> bool:
    try:
        return bool(re.search(r"^ID=\"?ubuntu", OS_RELEASE.read_text(), re.M))
    except OSError:
        return False


def downloaded(settings: Settings) -> Path | None:
    """The newest Chromium that Playwright has put into the cache."""
    found = sorted(
        (settings.cache / "chromium").glob("chromium-*/chrome-linux*/chrome")
    )
    return found[-1] if found else None


def from_playwright(settings: Settings) -> None:
    """Download Playwright's Chromium, and the libraries it needs through apt."""
    with locked(settings.cache / "chromium.lock", "Chromium", settings.lock_wait):
        if downloaded(settings):
            return
        require_space(settings.cache, 1000, "Chromium")
        step("downloading Chromium (Ubuntu's own is a snap, which tests cannot use)")
        library = settings.local / "playwright"
        log = settings.logs / "chromium.log"
        pip = [settings.venv_python, "-m", "pip", "install", "-q"]
        run([*pip, "--target", library, "playwright"], "getting Playwright", log=log)
        env = {**os.environ, "PYTHONPATH": str(library)}
        env["PLAYWRIGHT_BROWSERS_PATH"] = str(settings.cache / "chromium")
        playwright = [settings.venv_python, "-m", "playwright"]
        install = [*playwright, "install", "--no-shell", "chromium"]
        run(install, "downloading Chromium", log=log, env=env, hint=ADVICE)
        if packages.root_prefix() is not None:
            needs = [*playwright, "install-deps", "chromium"]
            run(needs, "installing Chromium's libraries", log=log, env=env)
        if not downloaded(settings):
            raise Problem("Playwright brought no Chromium", ADVICE)


def chosen(settings: Settings) -> Path | None:
    """The browser to prefer over what lies on PATH."""
    return Path(settings.chrome) if settings.chrome else downloaded(settings)


def folder(settings: Settings) -> Path | None:
    """A folder for PATH in which that browser has a name Odoo looks for."""
    program = chosen(settings)
    if program is None:
        return None
    place = settings.local / "chrome"
    place.mkdir(parents=True, exist_ok=True)
    link = place / NAMES[0]
    if not link.is_symlink() or os.readlink(link) != str(program.resolve()):
        link.unlink(missing_ok=True)
        link.symlink_to(program.resolve())
    return place
