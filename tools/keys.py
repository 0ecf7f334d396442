"""Keys of the demo and of tests: made once, kept in ``.local``, given as environment.

The keys that encrypt a company's secrets never come from here.
"""

from __future__ import annotations

import base64
import json
import os
import secrets

from tools.settings import Settings

NAMES = ("LINKSTAR_SECRET_KEY", "LINKSTAR_HASH_KEY")


def environment(settings: Settings) -> dict[str, str]:
    """The two keys as environment variables; those already set stay."""
    path = settings.local / "keys.json"
    try:
        keys = json.loads(path.read_text())
    except (OSError, ValueError):
        keys = {name: _new() for name in NAMES}
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"keys.json.{os.getpid()}")
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY, 0o600), "w") as handle:
            json.dump(keys, handle)
        fresh.replace(path)
    return {name: os.environ.get(name) or keys[name] for name in NAMES}


def _new() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
