"""Settings come from the environment and are checked when they are read."""

import os
import sys
from pathlib import Path

import pytest

from tools import settings
from tools.console import Problem

ROOT = Path("/checkout")


def load(**environ):
    return settings.load({"HOME": "/home/me", **environ}, ROOT)


def test_cache_follows_xdg_cache_home():
    assert load().cache == Path("/home/me/.cache/linkstar")
    assert load(XDG_CACHE_HOME="/big").cache == Path("/big/linkstar")


def test_folders_of_the_checkout_move_with_their_settings():
    assert load().venv == ROOT / ".local/venv"
    assert load(LINKSTAR_LOCAL="/var/ls").venv == Path("/var/ls/venv")
    assert load(LINKSTAR_VENV="/envs/ls").venv == Path("/envs/ls")


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_port_that_is_none_is_refused_by_name(port):
    with pytest.raises(Problem, match=f"LINKSTAR_HTTP_PORT={port}"):
        load(LINKSTAR_HTTP_PORT=port)


def test_database_user_postgres_is_refused_before_odoo_does():
    with pytest.raises(Problem, match="database user postgres"):
        load(PGHOST="/run/postgresql", PGUSER="postgres")
    assert load(PGUSER="postgres").pg_user == "odoo", "only PGHOST makes it count"


def test_environment_is_never_built_by_its_own_interpreter():
    own = load(LINKSTAR_VENV=sys.prefix)
    assert own.python == os.path.realpath(sys._base_executable)
    assert load().python == sys.executable
    assert load(LINKSTAR_PYTHON="/opt/python").python == "/opt/python"
