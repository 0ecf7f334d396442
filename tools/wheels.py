"""``make wheels``: each addon as a wheel, for those who deploy with pip."""

from __future__ import annotations

import os
import shutil

from tools import odoo_source, template, venv
from tools.console import step
from tools.process import run
from tools.settings import Settings


def build(settings: Settings) -> list[str]:
    """Build every addon's wheel into ``.local/dist``; their names."""
    python = venv.ensure(settings, odoo_source.find(settings))
    target = settings.local / "dist"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for addon in template.addons(settings):
        # A copy outside git: what is built is what lies there, committed or not.
        place = settings.local / "wheel" / addon
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(
            settings.root / addon, place, ignore=shutil.ignore_patterns("__pycache__")
        )
        step(f"building the wheel of {addon}")
        run(
            [python, "-m", "build", "--wheel", "--no-isolation", "-o", target, place],
            f"building {addon}",
            log=settings.logs / f"wheel-{addon}.log",
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(place.parent)},
        )
    return sorted(path.name for path in target.glob("*.whl"))


def run_all(settings: Settings) -> int:
    """Build, and say what was built."""
    settings.local.mkdir(parents=True, exist_ok=True)
    for name in build(settings):
        print(settings.local / "dist" / name)
    return 0
