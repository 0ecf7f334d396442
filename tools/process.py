"""Running programs: output into a log, failures as one line, locks."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.console import Problem, note

# What tells most, first: a line of a log that explains a failure by itself.
TELLING = (
    (re.compile(r"No space left on device", re.I), "free some disk space"),
    (re.compile(r"Disk quota exceeded", re.I), "free some disk space"),
    (re.compile(r"Permission denied", re.I), "check the owner and mode of that file"),
    (re.compile(r"Temporary failure (in name )?resol", re.I), "check the network"),
    (re.compile(r"Could not resolve", re.I), "check the network"),
    (re.compile(r"Connection refused|timed out", re.I), "check the network"),
    (re.compile(r"Address already in use", re.I), "choose another port"),
    (re.compile(r"^[\w.]*(Error|Exception|Warning)(:|$)"), ""),
    (re.compile(r"(^|\s)(ERROR|CRITICAL|FATAL|E:|error:|fatal:)"), ""),
)


CHAINED = re.compile(
    r"^([\w.]*(?:Error|Exception|Warning)(?::.*)?)\n\n"
    r"The above exception was the direct cause",
    re.M,
)


def telling_line(output: str) -> tuple[str, str]:
    """The line of ``output`` that says most about a failure, and a hint or "".

    The last of several that say as much: a traceback ends with its reason.

    >>> telling_line("working\\ncp: x: No space left on device\\nbye")
    ('cp: x: No space left on device', 'free some disk space')
    >>> telling_line("one\\ntwo\\n\\n")
    ('two', '')
    """
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    for pattern, hint in TELLING:
        for line in reversed(lines):
            if pattern.search(line):
                cause = CHAINED.search(output)
                because = f", because of {cause[1]}" if cause else ""
                return f"{line.strip()}{because}"[:400], hint
    return (lines[-1].strip()[:300] if lines else "it printed nothing"), ""


def run(
    command: Sequence[object],
    doing: str,
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    input_text: str | None = None,
    hint: str = "",
    timeout: float | None = None,
    **popen,
) -> str:
    """Run ``command`` and return what it printed (stdout and stderr together).

    ``doing`` names the work for the error line; ``log`` keeps the output.
    Raises :class:`Problem` when the program is missing, fails or takes longer
    than ``timeout`` seconds.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            env=None if env is None else dict(env),
            cwd=cwd,
            input=input_text,
            stdin=subprocess.DEVNULL if input_text is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
            **popen,
        )
    except FileNotFoundError as error:
        if error.filename != words[0]:
            raise
        raise Problem(f"{doing}: {words[0]} is not installed", hint) from None
    except subprocess.TimeoutExpired:
        raise Problem(f"{doing} took longer than {timeout:.0f} s", hint) from None
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode:
        line, advice = telling_line(done.stdout)
        see = f"see {log}" if log else ""
        rest = "; ".join(part for part in (hint or advice, see) if part)
        raise Problem(f"{doing} failed ({line})", rest)
    return done.stdout


def succeeds(command: Sequence[object], **popen) -> bool:
    """Whether ``command`` exists and ends with status 0. Prints nothing."""
    try:
        return (
            subprocess.run(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                **popen,
            ).returncode
            == 0
        )
    except OSError:
        return False


@contextlib.contextmanager
def locked(path: Path, what: str, wait: float = 1800) -> Iterator[None]:
    """Hold the lock file ``path``; wait for another command, at most ``wait`` s.

    The kernel frees the lock when its holder dies, so none is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as handle:
        until = time.monotonic() + wait
        told = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    note(f"another command is busy with {what}; waiting for it")
                    told = True
                if time.monotonic() > until:
                    raise Problem(
                        f"another command has been busy with {what} for {wait:.0f} s",
                        "wait for it or end it, then run this again",
                    ) from None
                time.sleep(0.2)
        yield


def require_free_port(host: str, port: int, setting: str) -> None:
    """Raise :class:`Problem` when something already listens on ``port``."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Problem(
                f"no right to listen on port {port}",
                f"set {setting} to a port above 1023",
            ) from None
        except OSError:
            raise Problem(
                f"port {port} is taken by another program",
                f"end that program, or set {setting} to a free port",
            ) from None


def require_space(folder: Path, megabytes: int, purpose: str) -> None:
    """Raise :class:`Problem` when the disk of ``folder`` has too little room."""
    while not folder.exists():
        folder = folder.parent
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize // 2**20
    if free < megabytes:
        raise Problem(
            f"{purpose} needs {megabytes} MB in {folder} and {free} MB are free",
            "free some disk space, or use another folder (make help lists them)",
        )
