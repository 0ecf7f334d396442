"""The template database: all four addons installed once, copied ever after."""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from tools import database
from tools.console import Problem, note, step
from tools.odoo import Workbench
from tools.process import locked, require_space, run
from tools.settings import ADDONS, Settings

# Raised when the way a template is made changes.
RECIPE = 2
IGNORED_FOLDERS = frozenset({"tests", "__pycache__", "readme", "description"})
IGNORED_SUFFIXES = frozenset({".md", ".pyc", ".pot", ".rst", ".orig", ".swp", ".toml"})
# Missing from Debian's package: the bundle would log an error in every page,
# and Odoo's browser tests fail on that.
OPTIONAL_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"

FINISH = """
missing = {missing!r}
if missing:
    env["ir.asset"].create({{
        "name": "absent from this Odoo: " + missing,
        "bundle": "web.assets_backend",
        "directive": "remove",
        "path": missing,
    }})
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""


def addons(settings: Settings) -> list[str]:
    """The addons of this checkout, in the order they depend on each other."""
    found = [a for a in ADDONS if (settings.root / a / "__manifest__.py").exists()]
    if not found:
        raise Problem(f"{settings.root} holds no addon", "use a complete checkout")
    return found


def content_files(folder: Path) -> Iterator[Path]:
    """Files of an addon that decide what a database looks like, sorted."""
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.is_dir():
            if path.name not in IGNORED_FOLDERS and not path.name.startswith("."):
                yield from content_files(path)
        elif path.suffix not in IGNORED_SUFFIXES and path.name[0] not in ".#":
            yield path


def content_hash(settings: Settings, release: str) -> str:
    """Ten characters that change with the addons' content and Odoo's release."""
    digest = hashlib.sha256(f"{RECIPE}\0{release}\0".encode())
    for addon in addons(settings):
        for path in content_files(settings.root / addon):
            digest.update(str(path.relative_to(settings.root)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:10]


def check_python_requirements(settings: Settings, bench: Workbench) -> None:
    """Say it in one line when an addon's Python requirement is not installed."""
    wanted = set()
    for addon in addons(settings):
        needs = manifest(settings, addon).get("external_dependencies", {})
        wanted.update(needs.get("python", ()))
    code = (
        "import sys, importlib.metadata as m\n"
        "def has(n):\n"
        "    try: m.version(n); return True\n"
        "    except m.PackageNotFoundError:\n"
        "        import importlib.util as u; return u.find_spec(n) is not None\n"
        "print(*[n for n in sys.argv[1:] if not has(n)])"
    )
    absent = run([bench.python, "-c", code, *sorted(wanted)], "asking for packages")
    if absent.strip():
        raise Problem(
            f"a manifest asks for Python packages that are missing: {absent.strip()}",
            "add them to requirements.txt",
        )


def ensure(bench: Workbench, demo: bool = False) -> str:
    """Name of an up-to-date template, built now if the addons have changed."""
    settings = bench.settings
    prefix = f"template_linkstar_{settings.checkout_id}_"
    digest = content_hash(settings, bench.source.release)
    name = f"{prefix}{digest}{'_demo' if demo else ''}"
    if database.exists(bench, name):
        return name
    lock = settings.local / "template.lock"
    with locked(lock, "the template database", settings.lock_wait):
        if not database.exists(bench, name):
            prune(bench, prefix, digest)
            require_space(settings.data_dir, 1500, "the template database")
            check_python_requirements(settings, bench)
            build(bench, name, addons(settings), demo)
    return name


def core_modules(settings: Settings) -> list[str]:
    """The modules of Odoo that the addons depend on, sorted."""
    ours = addons(settings)
    depends = (manifest(settings, addon).get("depends", ()) for addon in ours)
    return sorted({name for names in depends for name in names}.difference(ours))


def ensure_core(bench: Workbench) -> str:
    """A template with the same modules of Odoo and none of ours, to compare with."""
    settings = bench.settings
    names = core_modules(settings)
    key = f"{RECIPE}\0{bench.source.release}\0{names}"
    prefix = f"template_lscore_{settings.checkout_id}_"
    digest = hashlib.sha256(key.encode()).hexdigest()[:10]
    lock = settings.local / "template.lock"
    with locked(lock, "the template database", settings.lock_wait):
        if not database.exists(bench, prefix + digest):
            prune(bench, prefix, digest)
            build(bench, prefix + digest, names, demo=False)
    return prefix + digest


def manifest(settings: Settings, addon: str) -> dict:
    """An addon's manifest."""
    path = settings.root / addon / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text())
    except (SyntaxError, ValueError) as error:
        raise Problem(f"{path} cannot be read ({error})", "correct it") from None


def prune(bench: Workbench, prefix: str, digest: str) -> None:
    """Drop this checkout's templates of other contents, and half-built ones."""
    listed = bench.server.sql("SELECT datname FROM pg_database").splitlines()
    keep = {prefix + digest, f"{prefix}{digest}_demo"}
    for name in listed:
        if name.startswith(prefix) and name not in keep:
            database.drop(bench, name)


def build(bench: Workbench, name: str, names: list[str], demo: bool) -> None:
    """Install ``names`` into a database that gets its name when it is complete."""
    settings = bench.settings
    step(f"installing {len(names)} addons{' with demo data' if demo else ''}, once")
    draft = f"{name}_new"
    database.drop(bench, draft)
    database.create(bench, draft, "template0")
    log = settings.logs / f"template{'-demo' if demo else ''}.log"
    # The first language is the default of new people.
    options = [
        "-i",
        ",".join(names),
        "--load-language=en_US,zh_CN",
        "--skip-auto-install",
    ]
    options += ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
    if demo:
        options.append("--with-demo")
    printed = run(
        bench.command(draft, *options),
        "installing the addons",
        log=log,
        env=bench.env,
        cwd=settings.local,
    )
    report_install(bench, draft, names, printed, log)
    bundle = bench.source.path / "odoo/addons" / OPTIONAL_SCRIPT
    community = bench.source.path / "addons" / OPTIONAL_SCRIPT
    missing = "" if bundle.exists() or community.exists() else OPTIONAL_SCRIPT
    bench.shell(
        draft,
        FINISH.format(missing=missing),
        "preparing the web client's files",
        settings.logs / "template-assets.log",
    )
    shutil.rmtree(database.filestore(bench, name), ignore_errors=True)
    if database.filestore(bench, draft).is_dir():
        database.filestore(bench, draft).rename(database.filestore(bench, name))
    old, new = database.quoted(draft), database.quoted(name)
    bench.server.sql(f"ALTER DATABASE {old} RENAME TO {new}")
    bench.server.sql(f"ALTER DATABASE {new} IS_TEMPLATE true ALLOW_CONNECTIONS false")


def report_install(
    bench: Workbench, draft: str, names: list[str], printed: str, log: Path
) -> None:
    """Raise when an addon did not install; tell of warnings."""
    query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    installed = set(bench.server.sql(query, draft).split())
    absent = [name for name in names if name not in installed]
    errors = re.findall(
        r"^[\d-]+ [\d:,]+ \d+ (?:ERROR|CRITICAL) \S+ (.*)$", printed, re.M
    )
    if absent or errors:
        what = f"not installed: {', '.join(absent)}" if absent else "errors in the log"
        raise Problem(
            f"installing the addons failed ({what}: {errors[0][:200]})"
            if errors
            else f"installing the addons failed ({what})",
            f"see {log}",
        )
    warnings = re.findall(r"^[\d-]+ [\d:,]+ \d+ WARNING \S+ (.*)$", printed, re.M)
    if warnings:
        note(
            f"{len(warnings)} warnings while installing, the first: {warnings[0][:160]}"
        )
        note(f"see {log}")
