"""Entry point: ``python3 -m tools COMMAND``.

The first lines are written for any Python 3, old or new: an unsupported
interpreter has to be told from one that works before the rest is imported.
"""

import os
import shutil
import subprocess
import sys

OLDEST, NEWEST = (3, 10), (3, 13)


def supported_python():
    """Go on under a supported interpreter of this machine, or say none is here."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which("python3." + str(minor))
        # A version manager may have the name on PATH and nothing behind it.
        if other and works(other):
            os.execv(other, [other, "-m", "tools", *sys.argv[1:]])
    sys.exit(
        "error: Odoo 19 needs Python 3.10 to 3.13 and this is Python "
        + sys.version.split()[0]
        + ": install one of them (for example python3.12) and run it again"
    )


def works(python):
    """Whether an interpreter runs at all."""
    with open(os.devnull, "w") as nothing:
        words = [python, "-c", "pass"]
        return subprocess.call(words, stdout=nothing, stderr=nothing) == 0


if __name__ == "__main__":
    supported_python()
    from tools.cli import main

    sys.exit(main(sys.argv[1:]))
