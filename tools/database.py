"""Databases with their file stores: copied, dropped, listed."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from tools.console import Problem
from tools.odoo import Workbench

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
RESERVED = re.compile(r"postgres|template.*", re.I)
# Kept as the comment of each database that these commands make.
MARK = "made by the commands of LinkStar; may be dropped by them"


def check_name(name: str, command: str) -> str:
    """Return ``name`` if a person may use it for a database of theirs."""
    if not name:
        raise Problem("no database named", f"for example: make {command} DB=work")
    if not NAME.fullmatch(name):
        raise Problem(
            f"{name!r} is no name for a database",
            "use letters, digits, _ - and . (at most 63)",
        )
    if RESERVED.fullmatch(name):
        raise Problem(f"the name {name} is reserved", "choose another one")
    return name


def quoted(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """``text`` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def exists(bench: Workbench, name: str) -> bool:
    query = f"SELECT 1 FROM pg_database WHERE datname = {literal(name)}"
    return bench.server.sql(query) == "1"


def filestore(bench: Workbench, name: str) -> Path:
    return bench.settings.data_dir / "filestore" / name


def require_ours(bench: Workbench, name: str) -> None:
    """Raise unless these commands made ``name``.

    The server of PGHOST may hold databases that people live from.
    """
    if not bench.settings.pg_host:
        return
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
    if bench.server.sql(f"{query} WHERE datname = {literal(name)}") != MARK:
        raise Problem(
            f"database {name} on PGHOST={bench.settings.pg_host} was not made by these"
            " commands and is left alone",
            "choose another name, or drop it yourself",
        )


def create(bench: Workbench, name: str, source: str) -> None:
    """Make a database of ours from the database ``source``."""
    bench.server.sql(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(source)}")
    bench.server.sql(f"COMMENT ON DATABASE {quoted(name)} IS {literal(MARK)}")


def drop(bench: Workbench, name: str) -> bool:
    """Drop database and file store, whoever is connected. False if none was there."""
    there = exists(bench, name)
    if there:
        require_ours(bench, name)
        with contextlib.suppress(Problem):
            bench.server.sql(f"ALTER DATABASE {quoted(name)} IS_TEMPLATE false")
        bench.server.sql(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
    shutil.rmtree(filestore(bench, name), ignore_errors=True)
    return there


def copy(bench: Workbench, source: str, name: str) -> None:
    """Make ``name`` a copy of ``source``, replacing what has that name."""
    drop(bench, name)
    copy_files(filestore(bench, source), filestore(bench, name))
    create(bench, name, source)


def copy_files(source: Path, target: Path) -> None:
    """Copy a file store by hard links: its files are named by content, never edited."""
    if source.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target, copy_function=_link)
    else:
        target.mkdir(parents=True, exist_ok=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@contextlib.contextmanager
def scratch(bench: Workbench, source: str, purpose: str) -> Iterator[str]:
    """A copy of ``source`` for the time of a run, dropped at its end.

    The name carries the process, so that a later run can tell and drop what a
    killed one left behind.
    """
    name = f"ls_{purpose}_{os.getpid()}_{secrets.token_hex(2)}"
    copy(bench, source, name)
    try:
        yield name
    finally:
        drop(bench, name)


def drop_abandoned(bench: Workbench) -> None:
    """Drop the scratch databases of processes that no longer run."""
    listed = bench.server.sql(r"SELECT datname FROM pg_database")
    for name in listed.splitlines():
        match = re.fullmatch(r"ls_[a-z]+_(\d+)_[0-9a-f]{4}", name)
        if not match or Path(f"/proc/{match[1]}").exists():
            continue
        if bench.settings.pg_host and not filestore(bench, name).exists():
            continue  # another machine's or checkout's run on a shared server
        drop(bench, name)
