"""``make i18n``: exports the .pot files and reports untranslated Chinese."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tools import database, odoo, template
from tools.console import note, step
from tools.settings import Settings

EXPORT = """
import io, pathlib
from odoo.tools.translate import trans_export
for name in {names!r}:
    buffer = io.BytesIO()
    trans_export(None, [name], buffer, "po", env)
    pathlib.Path({folder!r}, name + ".pot").write_bytes(buffer.getvalue())
"""
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.M)


def export(settings: Settings) -> list[Path]:
    """Write each addon's ``i18n/<addon>.pot``; the files, changed or not."""
    bench = odoo.prepare(settings)
    source = template.ensure(bench)
    names = template.addons(settings)
    folder = settings.local / "i18n"
    folder.mkdir(parents=True, exist_ok=True)
    step("exporting the terms of " + ", ".join(names))
    with database.scratch(bench, source, "terms") as name:
        script = EXPORT.format(names=names, folder=str(folder))
        log = settings.logs / "i18n.log"
        bench.shell(name, script, "exporting the terms", log)
    targets = []
    for name in names:
        target = settings.root / name / "i18n" / f"{name}.pot"
        target.parent.mkdir(exist_ok=True)
        replace(folder / f"{name}.pot", target)
        targets.append(target)
    return targets


def replace(fresh: Path, target: Path) -> bool:
    """Put ``fresh`` in place of ``target`` unless only its dates differ."""
    text = without_dates(fresh.read_text())
    if target.exists() and without_dates(target.read_text()) == text:
        return False
    target.write_text(text)
    return True


def without_dates(text: str) -> str:
    """A .pot without the moment of its export, which changes with every export.

    >>> without_dates('"POT-Creation-Date: 2026-01-01\\\\n"\\n"Language: "\\n')
    '"Language: "\\n'
    """
    return DATES.sub("", text)


def run(settings: Settings) -> int:
    """Export, then report what has no Chinese translation; 1 if anything has none."""
    targets = export(settings)
    python = settings.venv_python
    status = 0
    for target in targets:
        done = subprocess.run(
            [python, "-m", "tools.po_report", target, target.parent / "zh_CN.po"],
            cwd=settings.root,
            check=False,
        )
        status = max(status, done.returncode)
    if status:
        note("add the missing entries to the zh_CN.po files named above")
    return 1 if status else 0
