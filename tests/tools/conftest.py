"""Settings in a scratch folder for the tests of the tools."""

import pytest

from tools import settings


@pytest.fixture
def make_settings(tmp_path):
    """Settings whose checkout and cache are empty folders; extra environment."""

    def make(**environ):
        root = tmp_path / "checkout"
        root.mkdir(exist_ok=True)
        env = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        return settings.load({**env, **environ}, root)

    return make


def make_odoo(folder, series="19, 0"):
    """A tree that looks like Odoo's sources."""
    (folder / "odoo/addons/base").mkdir(parents=True)
    release = folder / "odoo/release.py"
    release.write_text(f"version_info = ({series}, 0, FINAL, 0, '')\n")
    return folder
