"""Running Odoo out of the virtual environment, with a configuration of ours."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import keys, odoo_source, packages, postgres, venv
from tools.process import run
from tools.settings import HOST, Settings


@dataclass(frozen=True)
class Workbench:
    """All that a command needs: Odoo, its interpreter, a database server."""

    settings: Settings
    source: odoo_source.Odoo
    python: Path
    server: postgres.Server

    @property
    def env(self) -> dict[str, str]:
        """Environment of every Odoo process and test run."""
        bin_folder = str(self.python.parent)
        env = {**self.server.env, **keys.environment(self.settings)}
        env["PATH"] = f"{bin_folder}:{env['PATH']}"
        env["LINKSTAR_DATA_DIR"] = str(self.settings.data_dir)
        env["PYTHONUNBUFFERED"] = "1"
        return env

    def command(self, database: str, *options: object) -> list[str]:
        """Words of an Odoo command on ``database``; always on one named database."""
        words = [self.python, "-m", "odoo", "-c", self.settings.config]
        words += ["-d", database, *options]
        return [str(word) for word in words]

    def shell(self, database: str, script: str, doing: str, log: Path) -> str:
        """Run ``script`` in Odoo's shell on ``database`` (``env`` is there)."""
        words = [self.python, "-m", "odoo", "shell", "-c", self.settings.config]
        words += ["-d", database, "--no-http", "--log-level=warn"]
        return run(
            words,
            doing,
            env=self.env,
            cwd=self.settings.local,
            input_text=script,
            log=log,
        )

    def shell_interactive(self, database: str) -> int:
        """Odoo's shell on the caller's own terminal or input."""
        words = [self.python, "-m", "odoo", "shell", "-c", self.settings.config]
        words += ["-d", database, "--no-http", "--log-level=warn"]
        return subprocess.run(
            [str(word) for word in words],
            env=self.env,
            cwd=self.settings.root,
            check=False,
        ).returncode


def prepare(settings: Settings) -> Workbench:
    """Find or make everything that Odoo needs. Quick when all is there."""
    settings.local.mkdir(parents=True, exist_ok=True)
    source = odoo_source.find(settings)
    if source.debian:
        packages.ensure(packages.WEB_FONTS)
    python = venv.ensure(settings, source)
    server = postgres.ensure(settings)
    write_config(settings, server)
    return Workbench(settings, source, python, server)


def write_config(settings: Settings, server: postgres.Server) -> None:
    """Write ``.local/odoo.conf``. It holds no secret."""
    lines = [
        "[options]",
        f"addons_path = {settings.root}",
        f"data_dir = {settings.data_dir}",
        f"db_host = {server.host}",
        f"db_port = {server.port}",
        f"db_user = {server.user}",
        f"http_interface = {HOST}",
        "list_db = False",
        "db_template = template0",
        "",
    ]
    text = "\n".join(lines)
    if not settings.config.exists() or settings.config.read_text() != text:
        settings.config.write_text(text)
