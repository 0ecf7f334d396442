"""Compares a .pot with a .po: what is untranslated. Runs in the environment."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polib

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdfr]|\$\{\w+\}")


def compare(pot: polib.POFile, po: polib.POFile) -> dict[str, list[str]]:
    """Untranslated, fuzzy and damaged terms of ``pot`` in ``po``, by kind.

    A translation is damaged when its placeholders are not those of the term, and
    unread when it lacks the mark by which Odoo finds the words of code: those of
    Python and of scripts are looked up apart from those of views.
    """
    known = {(entry.msgctxt, entry.msgid): entry for entry in po if not entry.obsolete}
    found: dict[str, list[str]] = {
        kind: [] for kind in ("untranslated", "fuzzy", "damaged", "unread")
    }
    for entry in pot:
        translation = known.get((entry.msgctxt, entry.msgid))
        if translation is None or not translation.msgstr:
            found["untranslated"].append(entry.msgid)
        elif "fuzzy" in translation.flags:
            found["fuzzy"].append(entry.msgid)
        elif sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(
            PLACEHOLDER.findall(translation.msgstr)
        ):
            found["damaged"].append(entry.msgid)
        elif not wanted_marks(entry) <= marks(translation):
            found["unread"].append(entry.msgid)
    return found


def wanted_marks(entry: polib.POEntry) -> set[str]:
    """The marks that a term needs, by its own and by where it stands in code.

    >>> entry = polib.POEntry(msgid="Late", comment="odoo-python")
    >>> entry.occurrences = [("code:addons/x/static/src/y.js", "0")]
    >>> sorted(wanted_marks(entry))
    ['odoo-javascript', 'odoo-python']
    """
    found = marks(entry)
    for path, _line in entry.occurrences:
        if path.startswith("code:"):
            found.add("odoo-javascript" if "/static/" in path else "odoo-python")
    return found


def marks(entry: polib.POEntry) -> set[str]:
    """The marks that an entry carries."""
    return {word for word in entry.comment.split() if word.startswith("odoo-")}


def main(pot_path: str, po_path: str) -> int:
    """Print the report of one addon; 1 when a term needs work."""
    addon = Path(pot_path).stem
    pot = polib.pofile(pot_path)
    po = polib.pofile(po_path) if Path(po_path).exists() else polib.POFile()
    found = compare(pot, po)
    wanting = sum(map(len, found.values()))
    print(f"{addon}: {len(pot)} terms, {wanting} without a good zh_CN translation")
    for kind, terms in found.items():
        for term in terms:
            print(f"  {kind}: {' '.join(term.split())[:120]}")
    unused = {e.msgid for e in po if not e.obsolete} - {e.msgid for e in pot}
    if unused:
        print(f"  {len(unused)} translations of terms that are gone")
    return 1 if wanting else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
