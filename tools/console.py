"""What a person reads: steps, notes and one clear line for an error."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Iterable

STARTED = time.monotonic()


class Problem(Exception):
    """Something the person at the keyboard can do something about.

    ``what`` says what happened and to which thing, ``hint`` what to do next;
    ``details`` are lines to print before, such as what was tried.
    """

    def __init__(self, what: str, hint: str = "", details: Iterable[str] = ()):
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.details = tuple(details)

    def __str__(self) -> str:
        return f"{self.what}: {self.hint}" if self.hint else self.what


def step(text: str) -> None:
    """Announce the next thing that takes time, with the seconds so far."""
    print(f"[{time.monotonic() - STARTED:5.0f}s] {text}", flush=True)


def note(text: str) -> None:
    """Print a remark that belongs to the step before."""
    print(f"         {text}", flush=True)


def fail(problem: Problem | str) -> None:
    """Print the one line that explains why the command stops, details before."""
    sys.stdout.flush()
    for detail in getattr(problem, "details", ()):
        print(f"  {' '.join(detail.split())}", file=sys.stderr)
    print(f"error: {' '.join(str(problem).split())}", file=sys.stderr, flush=True)


def describe_os_error(error: OSError) -> str:
    """One line for an error of the operating system, naming the file."""
    where = error.filename or "the disk"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space left for {where}: free some disk space and run it again"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no right to use {where}: check its owner and mode"
    if error.errno == errno.EROFS:
        return f"{where} is on a read-only file system: use a writable checkout"
    return f"{where}: {error.strerror or error}"
