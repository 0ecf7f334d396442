"""Finding or getting Odoo 19."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import apt
from tools.console import Problem, note, step
from tools.process import locked, require_space, run
from tools.settings import Settings

SERIES = (19, 0)
PACKAGE = "odoo-19"
BRANCH = "19.0"
MACHINE_SHARE = Path("/usr/share")
# What Debian's package links to outside of itself (fonts, jquery).
LINKED = ("javascript", "fonts", "fonts-font-awesome")


@dataclass(frozen=True)
class Odoo:
    """A usable Odoo: ``path`` is the folder that holds the package ``odoo``."""

    path: Path
    origin: str
    debian: bool = False

    @property
    def release(self) -> str:
        """What changes when this Odoo is replaced by another one."""
        stat = (self.path / "odoo" / "release.py").stat()
        return f"{self.path}:{stat.st_mtime_ns}"


def release_of(path: Path) -> tuple[int, int] | None:
    """Series of the Odoo whose package lies in ``path``; None when there is none."""
    try:
        text = (path / "odoo" / "release.py").read_text(errors="replace")
    except OSError:
        return None
    match = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", text, re.M)
    return (int(match[1]), int(match[2])) if match else None


def package_folder(base: Path) -> Path:
    """The folder in ``base`` that holds an Odoo 19 package ``odoo``.

    ``base`` may be a source tree, the package itself or an unpacked Debian
    package. Raises :class:`Problem` when it holds no Odoo 19.
    """
    found = None
    for folder in (base, base.parent, base / "usr/lib/python3/dist-packages"):
        if folder == base.parent and base.name != "odoo":
            continue
        series = release_of(folder)
        if series == SERIES and (folder / "odoo/addons/base").is_dir():
            return folder
        found = found or series
    if found:
        raise Problem(f"{base} holds Odoo {found[0]}.{found[1]}", "give Odoo 19.0")
    raise Problem(
        f"{base} holds no Odoo", "give the folder of an Odoo 19.0 source tree"
    )


def find(settings: Settings) -> Odoo:
    """Look for Odoo 19 in the documented order; get it as a last resort.

    Raises :class:`Problem` naming every attempt when none succeeded.
    """
    attempts: tuple[tuple[str, Callable[[Settings], Odoo]], ...] = (
        ("ODOO_SRC", from_setting),
        ("importable odoo", importable),
        ("unpacked copy", from_cache),
        (f"Debian package {PACKAGE}", from_debian),
        ("git clone", from_git),
    )
    failures = []
    for name, attempt in attempts:
        try:
            odoo = attempt(settings)
        except Problem as problem:
            failures.append(f"{name}: {problem}")
            if name == "ODOO_SRC" and settings.odoo_src:
                note(f"ODOO_SRC is not usable: {problem}; looking further")
            continue
        if failures and attempt in (from_debian, from_git):
            note(f"Odoo 19: {odoo.origin}")
        return odoo
    raise Problem(
        "no Odoo 19 found, in none of the ways above",
        "follow one of their hints, or name the folder of an Odoo 19.0 in ODOO_SRC",
        [f"tried {number}. {text}" for number, text in enumerate(failures, 1)],
    )


def from_setting(settings: Settings) -> Odoo:
    if not settings.odoo_src:
        raise Problem("not set", "name an Odoo 19.0 source folder to use your own")
    return Odoo(
        package_folder(Path(settings.odoo_src).expanduser().resolve()), "ODOO_SRC"
    )


def importable(settings: Settings) -> Odoo:
    """The Odoo that the chosen interpreter can import already."""
    code = (
        "import importlib.util as u; s = u.find_spec('odoo');"
        "print(*(s.submodule_search_locations or []) if s else '', sep='\\n')"
    )
    printed = run([settings.python, "-c", code], "asking Python", cwd="/")
    for line in printed.splitlines():
        if line.strip() and release_of(Path(line.strip()).parent) == SERIES:
            return Odoo(Path(line.strip()).parent, f"importable by {settings.python}")
    raise Problem(
        f"{settings.python} imports no odoo 19", "activate the environment that has it"
    )


def from_cache(settings: Settings) -> Odoo:
    for folder, debian in ((PACKAGE, True), (f"{PACKAGE}-git", False)):
        with contextlib.suppress(Problem):
            path = package_folder(settings.cache / folder)
            return Odoo(path, f"unpacked copy {settings.cache / folder}", debian)
    raise Problem(f"none in {settings.cache}", "it appears there after the first run")


def from_debian(settings: Settings) -> Odoo:
    """Unpack Debian's package into the cache; nothing is installed."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Problem("this machine has no apt", "see the next way")
    archives = apt.debian_archives(apt.read_sources())
    if not archives:
        raise Problem(
            "the apt sources of this machine name no Debian archive",
            "normal on Ubuntu; add one to /etc/apt/sources.list.d or see the next way",
        )
    target = settings.cache / PACKAGE
    with _filling(settings, target) as folder:
        if folder is None:
            return from_cache(settings)
        require_space(settings.cache, 1500, "Odoo 19")
        deb = _download_any(archives, folder)
        step("unpacking Odoo 19 into the cache")
        tree = folder / "tree"
        run(["dpkg-deb", "-x", deb, tree], "unpacking Debian's Odoo")
        package_folder(tree)
        link_shared_files(tree)
        os.rename(tree, target)
    return from_cache(settings)


def from_git(settings: Settings) -> Odoo:
    """Clone the newest state of Odoo's branch into the cache."""
    if not shutil.which("git"):
        raise Problem("git is not installed", "apt-get install git")
    target = settings.cache / f"{PACKAGE}-git"
    with _filling(settings, target) as folder:
        if folder is None:
            return from_cache(settings)
        require_space(settings.cache, 3000, "a clone of Odoo 19")
        step(f"cloning Odoo {BRANCH} (about 1.5 GB; this takes minutes)")
        tree = folder / "tree"
        clone = ["git", "clone", "-q", "--depth", "1", "--branch", BRANCH]
        run(
            [*clone, settings.odoo_git, tree],
            "cloning Odoo",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            hint="check the network, or set LINKSTAR_ODOO_GIT to a mirror",
        )
        package_folder(tree)
        os.rename(tree, target)
    return from_cache(settings)


@contextlib.contextmanager
def _filling(settings: Settings, target: Path) -> Iterator[Path | None]:
    """A scratch folder beside ``target``, alone; None when it was filled meanwhile.

    What an interrupted run left behind is removed first.
    """
    settings.cache.mkdir(parents=True, exist_ok=True)
    with locked(settings.cache / "odoo.lock", "getting Odoo", settings.lock_wait):
        for leftover in settings.cache.glob(f"{PACKAGE}.tmp-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        try:
            package_folder(target)
        except Problem:
            shutil.rmtree(target, ignore_errors=True)
        else:
            yield None
            return
        folder = Path(tempfile.mkdtemp(prefix=f"{PACKAGE}.tmp-", dir=settings.cache))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _download_any(archives: list[apt.Source], folder: Path) -> Path:
    failures = []
    for source in archives:
        try:
            return download(source, folder)
        except Problem as problem:
            failures.append(str(problem))
    raise Problem("; ".join(failures), "or add a Debian mirror to the apt sources")


def download(source: apt.Source, folder: Path) -> Path:
    """Download the package from ``source``'s unstable suite, signature checked.

    The machine's own package lists are not touched: apt works in ``folder``.
    """
    step(f"downloading Odoo 19 from {source.uri} (Debian unstable, 120 MB)")
    for name in ("lists/partial", "cache/archives/partial", "sources.d"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sources.d/odoo.sources").write_text(apt.unstable_source(source))
    options = [
        f"Dir::State={folder}",
        f"Dir::State::Lists={folder}/lists",
        "Dir::State::status=/var/lib/dpkg/status",
        f"Dir::Cache={folder}/cache",
        "Dir::Etc::SourceList=/dev/null",
        f"Dir::Etc::SourceParts={folder}/sources.d",
        "Dir::Etc::Preferences=/dev/null",
        "Dir::Etc::PreferencesParts=/dev/null",
        "Acquire::Languages=none",
        "Acquire::Retries=2",
    ]
    if os.geteuid() == 0:
        # apt's own user could not enter a folder below root's home.
        options.append("APT::Sandbox::User=root")
    update = ["apt-get", "-q", "--error-on=any", "update"]
    try:
        run([*update, *_flags(options)], "reading Debian's index")
    except Problem as problem:
        if "expired" not in problem.what and "not valid yet" not in problem.what:
            raise
        # A frozen mirror: its Release file is old, its signature still checked.
        note("the archive's index has expired (a snapshot?): signatures checked only")
        options += ["Acquire::Check-Valid-Until=false", "Acquire::Check-Date=false"]
        run([*update, *_flags(options)], "reading Debian's index")
    run(
        ["apt-get", "-q", "download", PACKAGE, *_flags(options)],
        f"downloading {PACKAGE}",
        cwd=folder,
    )
    debs = sorted(folder.glob(f"{PACKAGE}_*.deb"))
    if not debs:
        raise Problem(f"the archive {source.uri} has no {PACKAGE}", "see the next way")
    return debs[-1]


def _flags(options: list[str]) -> list[str]:
    return [word for option in options for word in ("-o", option)]


def link_shared_files(tree: Path) -> None:
    """Point the package's links for fonts and jquery at the machine's folders."""
    share = tree / "usr/share"
    share.mkdir(parents=True, exist_ok=True)
    for name in LINKED:
        link = share / name
        if not link.exists() and not link.is_symlink():
            link.symlink_to(MACHINE_SHARE / name)
