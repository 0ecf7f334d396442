"""Databases that people live from are never replaced."""

from types import SimpleNamespace

import pytest

from tools import database
from tools.console import Problem


class Server:
    """Answers like a server that holds one database with a comment."""

    def __init__(self, comment):
        self.comment = comment
        self.statements = []

    def sql(self, statement, _database="postgres"):
        self.statements.append(statement)
        if "shobj_description" in statement:
            return self.comment
        return "1" if "SELECT 1" in statement else ""


@pytest.fixture
def bench(make_settings):
    def make(comment="", **environ):
        server = Server(comment)
        return SimpleNamespace(settings=make_settings(**environ), server=server)

    return make


def test_foreign_database_of_a_named_server_is_left_alone(bench):
    shared = bench("", PGHOST="/run/postgresql", PGUSER="me")
    with pytest.raises(Problem, match="database sales .* was not made by these"):
        database.copy(shared, "template", "sales")
    assert not any("DROP" in statement for statement in shared.server.statements)


def test_own_database_of_a_named_server_is_replaced(bench):
    shared = bench(database.MARK, PGHOST="/run/postgresql", PGUSER="me")
    assert database.drop(shared, "work")
    assert 'DROP DATABASE IF EXISTS "work" WITH (FORCE)' in shared.server.statements


def test_file_store_is_copied_by_links_and_stays_when_its_source_goes(bench, tmp_path):
    here = bench()
    source = database.filestore(here, "a") / "3f"
    source.mkdir(parents=True)
    (source / "3fab").write_text("content")
    database.copy_files(source.parent, database.filestore(here, "b"))
    (source / "3fab").unlink()
    assert (database.filestore(here, "b") / "3f/3fab").read_text() == "content"


def test_quotes_in_names_and_texts():
    assert database.quoted('a"b') == '"a""b"'
    assert database.literal("it's") == "'it''s'"
