"""The linters, pinned; a linter rests while nothing it reads has changed."""

from __future__ import annotations

from tools.settings import Settings


def prepare(settings: Settings) -> None:
    pass


def check(settings: Settings) -> dict[str, str]:
    return {}


def run(settings: Settings) -> int:
    return 0


def rewrite(settings: Settings) -> int:
    return 0
