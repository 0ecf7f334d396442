"""Reading the machine's apt configuration: where its Debian archive is.

Both formats of sources are read: ``*.sources`` (deb822) and ``*.list``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Suites of Debian proper; security, updates and backports live beside them.
DEBIAN_SUITES = frozenset(
    "bullseye bookworm trixie forky duke sid"
    " oldoldstable oldstable stable testing unstable rc-buggy".split()
)
KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
)


@dataclass(frozen=True)
class Source:
    """One enabled entry for binary packages: an address and its suites."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


def parse_deb822(text: str) -> Iterator[Source]:
    """Entries of a ``.sources`` file.

    >>> [entry.uri for entry in parse_deb822('''Types: deb deb-src
    ... URIs: http://mirror.example/debian
    ... Suites: trixie trixie-updates
    ... Components: main''')]
    ['http://mirror.example/debian']
    """
    for stanza in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1] in (" ", "\t") and name:
                fields[name] += "\n" + line.strip()
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        for uri in fields.get("uris", "").split():
            yield Source(
                uri,
                tuple(fields.get("suites", "").split()),
                tuple(fields.get("components", "").split()),
                fields.get("signed-by", "").strip(),
            )


def parse_list(text: str) -> Iterator[Source]:
    """Entries of a one-line ``.list`` file.

    >>> list(parse_list("deb [signed-by=/k.gpg arch=amd64] http://m/debian sid main"))
    [Source(uri='http://m/debian', suites=('sid',), components=('main',), \
signed_by='/k.gpg')]
    """
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        match = re.fullmatch(r"deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)(.*)", line)
        if not match:
            continue
        options, uri, suite, components = match.groups()
        signed_by = ""
        for option in (options or "").split():
            key, _, value = option.partition("=")
            if key == "signed-by":
                signed_by = value
        yield Source(uri, (suite,), tuple(components.split()), signed_by)


def read_sources(etc: Path = Path("/etc/apt")) -> list[Source]:
    """Every enabled binary entry of the machine; unreadable files are left out."""
    found: list[Source] = []
    files: Iterable[Path] = [
        etc / "sources.list",
        *sorted((etc / "sources.list.d").glob("*.list")),
        *sorted((etc / "sources.list.d").glob("*.sources")),
    ]
    for path in files:
        try:
            text = path.read_text(errors="replace")
        except OSError:
            continue
        parse = parse_deb822 if path.suffix == ".sources" else parse_list
        found.extend(parse(text))
    return found


def debian_archives(sources: Iterable[Source]) -> list[Source]:
    """The entries that are a Debian archive, likeliest first, each address once.

    A third party may use Debian's suite names, so an address that is called
    ``debian`` comes before others; security and backports archives never count.
    """
    found: dict[str, Source] = {}
    for source in sources:
        uri = source.uri.rstrip("/")
        if uri.startswith("cdrom:") or "main" not in source.components:
            continue
        if DEBIAN_SUITES.intersection(source.suites):
            found.setdefault(uri, source)
    named = re.compile(r"/debian(/\d{8}T\d{6}Z)?$|debian\.list$")
    return sorted(found.values(), key=lambda s: not named.search(s.uri.rstrip("/")))


def unstable_source(source: Source) -> str:
    """A deb822 entry for the unstable suite of the same archive and keys."""
    lines = [
        "Types: deb",
        f"URIs: {source.uri}",
        "Suites: unstable",
        "Components: main",
    ]
    keys = source.signed_by or next((k for k in KEYRINGS if Path(k).exists()), "")
    if keys:
        lines.append("Signed-By: " + keys.replace("\n", "\n "))
    return "\n".join(lines) + "\n"
