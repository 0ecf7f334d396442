"""An environment is kept while it holds all that is asked for."""

import subprocess
import sys

import pytest

from tools import venv


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ("pytest>=1 # runs tests\n\n# a comment\n", ""),
        ("pytest>=1000\n", "pytest>=1000"),
        ("no-such-package-anywhere\n", "no-such-package-anywhere"),
        ("no-such-package; python_version < '3'\n", ""),
    ],
)
def test_what_is_missing_is_named(tmp_path, lines, missing):
    wanted = tmp_path / "requirements.txt"
    wanted.write_text(lines)
    done = subprocess.run(
        [sys.executable, "-c", venv.MISSING, str(wanted)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.strip() == missing
    assert bool(done.returncode) == bool(missing)
