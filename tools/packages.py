"""Programs and fonts of the distribution: found, installed or named."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.console import Problem, step
from tools.process import run, succeeds

NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/linkstar.conf")


@dataclass(frozen=True)
class Need:
    """Something from the distribution: how to see it, which packages bring it."""

    name: str
    present: Callable[[], bool]
    packages: tuple[str, ...]


def program(name: str, *packages: str) -> Need:
    return Need(name, lambda: shutil.which(name) is not None, packages or (name,))


def file(pattern: str, *packages: str) -> Need:
    root = Path("/usr/share")
    return Need(pattern, lambda: any(root.glob(pattern)), packages)


WEB_FONTS = (
    file("fonts/truetype/roboto/**/Roboto-Regular.ttf", "fonts-roboto-unhinted"),
    file("fonts-font-awesome", "fonts-font-awesome"),
    file("fonts/truetype/inconsolata", "fonts-inconsolata"),
    file("fonts/opentype/ocr-b", "fonts-ocr-b"),
    file("javascript/jquery/jquery.js", "libjs-jquery"),
    file("javascript/underscore/underscore.js", "libjs-underscore"),
    file("javascript/jquery-form/jquery.form.js", "libjs-jquery-form"),
)
CHINESE_FONT = file("fonts/**/NotoSansCJK*", "fonts-noto-cjk")
NODE = (program("node", "nodejs"), program("npm"))


def ensure(needs: Iterable[Need]) -> None:
    """Install what is missing, as root or with sudo that asks no password.

    Raises :class:`Problem` naming the packages when that is not possible.
    """
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    names = sorted({name for need in missing for name in need.packages})
    command = f"apt-get install --no-install-recommends {' '.join(names)}"
    hint = f"install the packages: {command}"
    prefix = root_prefix()
    if prefix is None or not shutil.which("apt-get"):
        what = ", ".join(need.name for need in missing)
        raise Problem(f"missing on this machine: {what}", hint)
    step(f"installing {' '.join(names)}")
    with no_main_cluster(prefix, names):
        try:
            _apt(prefix, names)
        except Problem:
            run([*prefix, "apt-get", "-q", "update"], "apt-get update", hint=hint)
            _apt(prefix, names, hint)
    left = [need.name for need in missing if not need.present()]
    if left:
        raise Problem(f"installed {' '.join(names)}, still missing: {', '.join(left)}")


def root_prefix() -> list[str] | None:
    """Words before a command to run it as root; None when that needs a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _apt(prefix: list[str], names: Iterable[str], hint: str = "") -> None:
    # A fresh machine may be updating itself: wait for its lock.
    install = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    install += ["--no-install-recommends", "install"]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if prefix:
        prefix = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    run([*prefix, *install, *names], "apt-get install", env=env, hint=hint)


@contextlib.contextmanager
def no_main_cluster(prefix: list[str], names: Iterable[str]) -> Iterator[None]:
    """Keep Debian's postgresql package from creating and starting a server.

    We want its programs only. postgresql-common has a setting for that; it is
    laid down for the time of the installation.
    """
    if not any(name.startswith("postgresql") for name in names):
        yield
        return
    if not Path("/etc/postgresql-common").is_dir():
        try:
            _apt(prefix, ["postgresql-common"])
        except Problem:
            run([*prefix, "apt-get", "-q", "update"], "apt-get update")
            _apt(prefix, ["postgresql-common"])
    folder, setting = NO_CLUSTER.parent, "create_main_cluster = false"
    made = not folder.is_dir()
    lay = f"mkdir -p {folder} && echo '{setting}' > {NO_CLUSTER}"
    take = f"rm -f {NO_CLUSTER}" + (f" && rmdir {folder}" if made else "")
    run([*prefix, "sh", "-c", lay], "keeping Debian from starting a PostgreSQL")
    try:
        yield
    finally:
        run([*prefix, "sh", "-c", take], f"removing {NO_CLUSTER}")
