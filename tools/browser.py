"""Chromium for the browser tests."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools import packages
from tools.console import Problem
from tools.settings import Settings

# The names Odoo's own tests look for, in their order.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def ensure(settings: Settings) -> None:
    """Have a Chromium that Odoo's tests find, and a font for Chinese."""
    if settings.chrome and not Path(settings.chrome).exists():
        raise Problem(
            f"LINKSTAR_CHROME={settings.chrome} does not exist",
            "name the program of a Chromium or Chrome",
        )
    needs = [packages.CHINESE_FONT]
    if not settings.chrome:
        needs.append(packages.Need("Chromium", installed, ("chromium",)))
    packages.ensure(needs)


def installed() -> bool:
    return any(shutil.which(name) for name in NAMES)


def folder(settings: Settings) -> Path | None:
    """A folder for PATH in which the chosen browser has a name Odoo looks for."""
    if not settings.chrome:
        return None
    place = settings.local / "chrome"
    place.mkdir(parents=True, exist_ok=True)
    link = place / NAMES[0]
    link.unlink(missing_ok=True)
    link.symlink_to(Path(settings.chrome).resolve())
    return place
