"""The private PostgreSQL: made, reached and ended wherever the checkout lies."""

import os
import tempfile

import pytest

from tools import postgres
from tools.console import Problem
from tools.postgres import Cluster


@pytest.fixture(scope="module")
def programs():
    from tools import settings

    found = postgres.find_programs(settings.load())
    assert found, "make test installs PostgreSQL first"
    return found


@pytest.fixture
def short_settings(make_settings):
    """Settings whose cache has a short path, wherever the checkout lies."""
    with tempfile.TemporaryDirectory(prefix="ls", dir="/tmp") as short:
        yield make_settings(XDG_CACHE_HOME=short)


@pytest.fixture
def cluster(short_settings, programs):
    made = Cluster(short_settings, programs)
    yield made
    made.stop()


def test_server_is_made_once_answers_and_ends(cluster, short_settings, programs):
    server = cluster.start()
    assert server.started_here
    assert server.sql("SELECT current_user, 1 + 1") == "odoo|2"
    assert server.sql("SHOW listen_addresses") == ""
    assert server.sql("SHOW fsync") == "off"
    again = Cluster(short_settings, programs).start()
    assert again == server and not again.started_here
    assert cluster.stop() and not cluster.answers()
    assert not cluster.stop()


def test_nobody_else_can_reach_the_data(cluster):
    cluster.start()
    assert os.stat(cluster.data).st_mode & 0o077 == 0
    if os.geteuid() == 0:
        assert os.stat(cluster.data).st_uid != 0


def test_half_made_data_is_made_again(cluster):
    (cluster.data / "base").mkdir()
    (cluster.data / "postgresql.conf").write_text("nonsense")
    assert cluster.start().sql("SELECT 1") == "1"


def test_long_path_is_reached_by_a_short_link(make_settings, programs, tmp_path):
    deep = tmp_path / "/".join(["d" * 40] * 3)
    with tempfile.TemporaryDirectory(prefix="ls", dir="/tmp") as short:
        settings = make_settings(LINKSTAR_LOCAL=str(deep), XDG_CACHE_HOME=short)
        cluster = Cluster(settings, programs)
        assert len(str(cluster.data)) > postgres.SOCKET_LIMIT
        try:
            assert cluster.start().sql("SELECT 1") == "1"
            assert os.readlink(cluster.socket_folder) == str(cluster.data)
        finally:
            cluster.stop()


def test_two_long_paths_are_told(make_settings, programs, tmp_path):
    deep = tmp_path / "/".join(["d" * 40] * 3)
    settings = make_settings(LINKSTAR_LOCAL=str(deep), XDG_CACHE_HOME=str(deep))
    with pytest.raises(Problem, match="too long for a unix socket"):
        _ = Cluster(settings, programs).socket_folder


def test_folder_without_owners_moves_the_data_to_the_cache(
    make_settings, programs, monkeypatch
):
    settings = make_settings()
    own = Cluster._can_own
    monkeypatch.setattr(
        Cluster,
        "_can_own",
        lambda self, folder: settings.local not in folder.parents and own(self, folder),
    )
    assert settings.cache in Cluster(settings, programs).data.parents


def test_named_folder_without_programs_is_told(make_settings, tmp_path):
    with pytest.raises(Problem, match=f"LINKSTAR_PG_BIN={tmp_path} holds no initdb"):
        postgres.find_programs(make_settings(LINKSTAR_PG_BIN=str(tmp_path)))


def test_server_that_does_not_answer_is_told_with_what_to_do(make_settings):
    settings = make_settings(PGHOST="/nowhere", PGUSER="me")
    with pytest.raises(Problem, match="PGHOST=/nowhere does not answer as me.*unset"):
        postgres.ensure(settings)
