"""Ports and paths: every one a setting with a default."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.console import Problem

ROOT = Path(__file__).resolve().parent.parent
ADDONS = (
    "linkstar_project",
    "linkstar_store_opening",
    "linkstar_kpi",
    "linkstar_connector_amazon",
)
HOST = "127.0.0.1"

# name, default as shown to people, meaning
VARIABLES = (
    ("ODOO_SRC", "-", "folder of an Odoo 19 source tree to use"),
    ("XDG_CACHE_HOME", "~/.cache", "its folder linkstar keeps the downloaded Odoo"),
    ("LINKSTAR_LOCAL", ".local", "folder for environment, databases, files, logs"),
    ("LINKSTAR_VENV", ".local/venv", "virtual environment"),
    ("LINKSTAR_PYTHON", "this python3", "interpreter for the virtual environment"),
    ("LINKSTAR_ODOO_GIT", "Odoo's", "git repository to clone as the last resort"),
    ("LINKSTAR_PG_BIN", "-", "folder of PostgreSQL's server programs"),
    ("LINKSTAR_CHROME", "-", "Chromium or Chrome program for browser tests"),
    ("LINKSTAR_HTTP_PORT", "8069", "demo: Odoo"),
    ("LINKSTAR_GEVENT_PORT", "8072", "demo: Odoo's live messages"),
    ("LINKSTAR_AMAZON_PORT", "8070", "demo: Amazon stand-in server"),
    ("LINKSTAR_MAIL_PORT", "8071", "demo: mailbox that takes its e-mails"),
    ("LINKSTAR_DEMO_DB", "demo", "demo: name of the database"),
    ("LINKSTAR_TEST_JOBS", "2", "test runs at the same time (1 or 2)"),
    ("LINKSTAR_LOCK_WAIT", "1800", "seconds to wait for another command"),
    ("PGHOST", "-", "PostgreSQL server to use instead of a private one"),
    ("PGPORT PGUSER", "5432, login", "with PGHOST (and PGPASSWORD, ...)"),
)


@dataclass(frozen=True)
class Settings:
    """Where things are. Made once by :func:`load`, then handed around."""

    root: Path
    local: Path
    cache: Path
    venv: Path
    python: str
    odoo_src: str
    odoo_git: str
    pg_bin: str
    pg_host: str
    pg_port: str
    pg_user: str
    http_port: int
    gevent_port: int
    amazon_port: int
    mail_port: int
    demo_db: str
    test_jobs: int
    lock_wait: int
    chrome: str

    @property
    def venv_python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        return self.local / "log"

    @property
    def data_dir(self) -> Path:
        """Odoo's data directory: file stores and sessions."""
        return self.local / "odoo"

    @property
    def config(self) -> Path:
        return self.local / "odoo.conf"

    @property
    def checkout_id(self) -> str:
        """Six characters that tell this checkout from others on the machine."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:6]


def load(environ: Mapping[str, str] | None = None, root: Path = ROOT) -> Settings:
    """Read the settings from the environment.

    Raises :class:`Problem` for a port or number that is none.
    """
    env = os.environ if environ is None else environ
    home = Path(env.get("HOME") or Path("~").expanduser())
    cache_home = Path(env.get("XDG_CACHE_HOME") or home / ".cache")
    local = root / (env.get("LINKSTAR_LOCAL") or ".local")
    venv = root / (env.get("LINKSTAR_VENV") or local / "venv")
    pg_host = env.get("PGHOST", "")
    return Settings(
        root=root,
        local=local,
        cache=cache_home.expanduser() / "linkstar",
        venv=venv,
        python=env.get("LINKSTAR_PYTHON") or _own_python(venv),
        odoo_src=env.get("ODOO_SRC", ""),
        odoo_git=env.get("LINKSTAR_ODOO_GIT") or "https://github.com/odoo/odoo.git",
        pg_bin=env.get("LINKSTAR_PG_BIN", ""),
        pg_host=pg_host,
        pg_port=env.get("PGPORT", "5432") if pg_host else "5432",
        pg_user=_database_user(env) if pg_host else "odoo",
        http_port=_number(env, "LINKSTAR_HTTP_PORT", 8069),
        gevent_port=_number(env, "LINKSTAR_GEVENT_PORT", 8072),
        amazon_port=_number(env, "LINKSTAR_AMAZON_PORT", 8070),
        mail_port=_number(env, "LINKSTAR_MAIL_PORT", 8071),
        demo_db=env.get("LINKSTAR_DEMO_DB") or "demo",
        test_jobs=_number(env, "LINKSTAR_TEST_JOBS", 2, 1, 2),
        lock_wait=_number(env, "LINKSTAR_LOCK_WAIT", 1800, 0, 86400),
        chrome=env.get("LINKSTAR_CHROME", ""),
    )


def _own_python(venv: Path) -> str:
    """This interpreter; the one behind it when it is that of ``venv`` itself."""
    if Path(sys.prefix).resolve() == venv.resolve():
        # Python 3.10 names the environment's own link to it.
        return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
    return sys.executable


def _database_user(env: Mapping[str, str]) -> str:
    user = env.get("PGUSER") or env.get("USER") or env.get("LOGNAME") or "odoo"
    if user == "postgres":
        raise Problem(
            "Odoo refuses to work as the database user postgres",
            "create a role that may create databases and name it in PGUSER",
        )
    return user


def _number(
    env: Mapping[str, str], name: str, default: int, low: int = 1, high: int = 65535
) -> int:
    text = env.get(name) or str(default)
    if not text.isdigit() or not low <= int(text) <= high:
        raise Problem(
            f"{name}={text} is not a number from {low} to {high}",
            f"set it to one, or unset it for {default}",
        )
    return int(text)
