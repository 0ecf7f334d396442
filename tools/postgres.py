"""PostgreSQL: the server named by PGHOST, else a private one of this checkout.

The private server listens on a unix socket inside its own data folder (mode
700) and nowhere else. When the caller is root it runs as another user, who
often may not walk down to the checkout (/root is closed to others). So the
server inherits its folder opened, as a file descriptor, and is told that its
data lies in ``/proc/self/fd/N``: the kernel follows that without looking at the
folders above. (Its working directory would do as well, but up to PostgreSQL 15
the programs leave theirs and come back by name when they start.)
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools import packages
from tools.console import Problem, note, step
from tools.process import locked, require_space, run, succeeds, telling_line
from tools.settings import Settings

OLDEST = 13
PORT = "5432"
SOCKET_LIMIT = 107
# Debian and Ubuntu, Red Hat's PostgreSQL packages, Fedora, Homebrew, source.
BIN_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib64/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
)
# A server for tests and a demo: nothing in it outlives a power cut, and what
# is lost is made again by one command.
CONFIGURATION = """\
listen_addresses = ''
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 30min
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_connections = 100
max_locks_per_transaction = 256
jit = off
log_min_messages = warning
timezone = 'UTC'
"""


@dataclass(frozen=True)
class Server:
    """How to reach a server, and where its client programs lie."""

    host: str
    port: str
    user: str
    bin: Path | None
    started_here: bool = field(default=False, compare=False)

    @property
    def env(self) -> dict[str, str]:
        """Environment of programs that talk to the server."""
        env = {**os.environ, "PGHOST": self.host, "PGPORT": self.port}
        env["PGUSER"] = self.user
        if self.bin:
            env["PATH"] = f"{self.bin}{os.pathsep}{env.get('PATH', '')}"
        return env

    def program(self, name: str) -> str:
        return str(self.bin / name) if self.bin else name

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement and return its rows, ``|`` between columns."""
        return run(
            [self.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database],
            "a database statement",
            env=self.env,
            input_text=statement,
        ).strip()


def find_programs(settings: Settings) -> Path | None:
    """Folder with the newest PostgreSQL server programs of this machine."""
    if settings.pg_bin:
        folder = Path(settings.pg_bin).expanduser()
        if not (folder / "initdb").exists():
            raise Problem(
                f"LINKSTAR_PG_BIN={folder} holds no initdb",
                "name the folder of PostgreSQL's server programs",
            )
        return folder
    found = {p for pattern in BIN_FOLDERS for p in Path("/").glob(pattern[1:])}
    on_path = shutil.which("initdb")
    if on_path:
        found.add(Path(on_path).resolve().parent)
    usable = [(major, folder) for folder in found if (major := major_of(folder))]
    newest = max(usable, default=(0, None))
    return newest[1] if newest[0] >= OLDEST else None


def major_of(folder: Path) -> int:
    """Major version of the server programs in ``folder``; 0 when there are none."""
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return 0
    printed = run([folder / "postgres", "--version"], "asking PostgreSQL")
    match = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", printed)
    return int(match[1]) if match else 0


def ensure(settings: Settings) -> Server:
    """A server that answers; the private one is made and started if needed."""
    if settings.pg_host:
        return _given(settings)
    programs = find_programs(settings)
    if programs is None:
        packages.ensure(
            [packages.Need("postgresql", _present(settings), (_package(),))]
        )
        programs = find_programs(settings)
    if programs is None:
        raise Problem(
            f"no PostgreSQL server of version {OLDEST} or newer on this machine",
            "install the package postgresql, or set PGHOST to a server",
        )
    return Cluster(settings, programs).start()


def _present(settings: Settings):
    return lambda: find_programs(settings) is not None


def _package() -> str:
    """The versioned package behind Debian's ``postgresql``: programs, no more."""
    if shutil.which("apt-cache"):
        shown = subprocess.run(
            ["apt-cache", "depends", "postgresql"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        match = re.search(r"Depends: (postgresql-\d+)$", shown, re.M)
        if match:
            return match[1]
    return "postgresql"


def _given(settings: Settings) -> Server:
    programs = find_programs(settings)
    if not programs and not shutil.which("psql"):
        packages.ensure([packages.program("psql", "postgresql-client")])
    server = Server(settings.pg_host, settings.pg_port, settings.pg_user, programs)
    if len(settings.pg_host) + 15 > SOCKET_LIMIT and settings.pg_host[0] == "/":
        raise Problem(
            f"PGHOST={settings.pg_host} is too long for a unix socket",
            f"at most {SOCKET_LIMIT - 15} characters",
        )
    try:
        version = int(server.sql("SHOW server_version_num"))
    except Problem as problem:
        raise Problem(
            f"the PostgreSQL server of PGHOST={settings.pg_host} does not answer as"
            f" {settings.pg_user} ({problem.what})",
            "start it, correct PGPORT, PGUSER, PGPASSWORD, or unset PGHOST to have"
            " a private one",
        ) from None
    if version < OLDEST * 10000:
        raise Problem(
            f"PGHOST={settings.pg_host} is PostgreSQL {version // 10000}",
            f"Odoo 19 needs {OLDEST} or newer",
        )
    return server


class Cluster:
    """The private server of a checkout."""

    def __init__(self, settings: Settings, programs: Path):
        self.settings = settings
        self.bin = programs
        self.owner = self._owner()
        self.data = self._folder()
        self.log = settings.logs / "postgres.log"

    def _owner(self) -> pwd.struct_passwd | None:
        """Whom to run as: nobody else, unless the caller is root."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise Problem(
            "PostgreSQL refuses to run as root and there is no user postgres or nobody",
            "run this as an ordinary user, or set PGHOST to a server",
        )

    def _folder(self) -> Path:
        """``.local/pg/<major>``; in the cache where the checkout knows no owners."""
        major = str(major_of(self.bin))
        first = self.settings.local / "pg" / major
        second = self.settings.cache / "pg" / f"{major}-{self.settings.checkout_id}"
        if second.exists() and not first.exists():
            return second
        first.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._can_own(first):
            return first
        first.rmdir()
        second.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._can_own(second):
            return second
        raise Problem(
            f"neither {first} nor {second} can be given to another user",
            "run this as an ordinary user, or set PGHOST to a server",
        )

    def _can_own(self, folder: Path) -> bool:
        """Give ``folder`` to the server's user; False where that has no effect."""
        if self.owner is None:
            return True
        try:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
            os.chmod(folder, 0o700)
        except OSError:
            return False
        return folder.stat().st_uid == self.owner.pw_uid

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[str, dict]]:
        """The data folder as a server's process sees it, and how to start that."""
        descriptor = os.open(self.data, os.O_RDONLY | os.O_DIRECTORY)
        how: dict = {"cwd": "/", "env": _plain_env(), "pass_fds": (descriptor,)}
        if self.owner is not None:
            how["user"] = self.owner.pw_uid
            how["group"] = self.owner.pw_gid
            how["extra_groups"] = []
        try:
            yield f"/proc/self/fd/{descriptor}", how
        finally:
            os.close(descriptor)

    @property
    def socket_folder(self) -> str:
        """Where clients find the socket: a short way to the data folder."""
        limit = SOCKET_LIMIT - len(f"/.s.PGSQL.{PORT}.lock")
        if len(str(self.data)) <= limit:
            return str(self.data)
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:8]
        short = self.settings.cache / f"pg-{digest}"
        if len(str(short)) > limit:
            raise Problem(
                f"both {self.data} and {short} are too long for a unix socket",
                f"use a checkout or XDG_CACHE_HOME of at most {limit - 15} characters",
            )
        if not short.is_symlink() or os.readlink(short) != str(self.data):
            short.parent.mkdir(parents=True, exist_ok=True)
            short.unlink(missing_ok=True)
            short.symlink_to(self.data)
        return str(short)

    def server(self, started_here: bool = False) -> Server:
        return Server(self.socket_folder, PORT, "odoo", self.bin, started_here)

    def answers(self) -> bool:
        server = self.server()
        return succeeds(
            [server.program("pg_isready"), "-q", "-t", "1", "-d", "postgres"],
            env=server.env,
        )

    def start(self) -> Server:
        if self.answers():
            return self.server()
        lock = self.settings.local / "pg.lock"
        with locked(lock, "PostgreSQL", self.settings.lock_wait):
            if self.answers():
                return self.server()
            if not (self.data / "PG_VERSION").exists():
                self._create()
            self._launch()
        return self.server(started_here=True)

    def _create(self) -> None:
        step(f"making a private PostgreSQL {major_of(self.bin)} in {self.data}")
        require_space(self.data, 1000, "PostgreSQL")
        for leftover in self.data.iterdir():
            # An interrupted initdb; the folder itself stays the server's.
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        with self._opened() as (here, how):
            run(
                [
                    self.bin / "initdb",
                    f"--pgdata={here}",
                    "--username=odoo",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8" if _has_c_utf8() else "--locale=C",
                    "--no-sync",
                ],
                "making a private PostgreSQL",
                log=self.settings.logs / "initdb.log",
                **how,
            )
        with open(self.data / "postgresql.auto.conf", "a") as handle:
            handle.write(CONFIGURATION)

    def _launch(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "wb") as log, self._opened() as (here, how):
            process = subprocess.Popen(
                [self.bin / "postgres", "-D", here, "-k", here, "-p", PORT],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **how,
            )
        until = time.monotonic() + 60
        while not self.answers():
            if process.poll() is not None or time.monotonic() > until:
                line, hint = telling_line(self.log.read_text(errors="replace"))
                raise Problem(
                    f"the private PostgreSQL does not start ({line})",
                    hint or f"see {self.log}",
                )
            time.sleep(0.1)

    def stop(self) -> bool:
        """Ask the server to end, and wait for it. False when none was running."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGINT)
        except (OSError, ValueError, IndexError):
            return False
        until = time.monotonic() + 30
        while (self.data / "postmaster.pid").exists():
            if time.monotonic() > until:
                note(f"PostgreSQL (process {pid}) is still ending")
                break
            time.sleep(0.05)
        return True


def stop_if_idle(settings: Settings) -> bool:
    """Stop the private server unless another command works with it."""
    if settings.pg_host:
        return False
    programs = find_programs(settings)
    if not programs:
        return False
    cluster = Cluster(settings, programs)
    if not cluster.answers():
        return False
    busy = cluster.server().sql(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    if busy != "0":
        note(f"PostgreSQL stays: {busy} connections of other programs")
        return False
    return cluster.stop()


def _plain_env() -> Mapping[str, str]:
    """The caller's environment without settings of other PostgreSQL servers."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")}


def _has_c_utf8() -> bool:
    listed = subprocess.run(
        ["locale", "-a"], capture_output=True, text=True, check=False
    ).stdout
    return bool(re.search(r"^C\.utf-?8$", listed, re.I | re.M))
