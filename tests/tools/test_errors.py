"""Every failure ends as one clear line and a status, never a traceback."""

import errno
import os
import shutil
import socket
import subprocess
import sys

import pytest

from tools import cli, console, database, process, settings
from tools.console import Problem


def run_tools(*arguments, **environ):
    return subprocess.run(
        [sys.executable, "-m", "tools", *arguments],
        cwd=settings.ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["nonsense"], {}, "there is no command nonsense"),
        (["db"], {"DB": "template1"}, "the name template1 is reserved"),
        (["db"], {"DB": "a b"}, "is no name for a database"),
        (["drop"], {"DB": ""}, "make drop DB=work"),
        (["demo"], {"LINKSTAR_HTTP_PORT": "web"}, "LINKSTAR_HTTP_PORT=web"),
        (["db"], {"PGHOST": "/x", "PGUSER": "postgres", "DB": "x"}, "user postgres"),
    ],
)
def test_mistakes_of_the_caller(arguments, environ, said):
    done = run_tools(*arguments, **environ)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "no space left for /here"),
        (errno.EDQUOT, "no space left for /here"),
        (errno.EACCES, "no right to use /here"),
        (errno.EROFS, "/here is on a read-only file system"),
        (errno.ENOTDIR, "/here: Not a directory"),
    ],
)
def test_errors_of_the_system_name_the_file(monkeypatch, capsys, number, said):
    def command(config):
        raise OSError(number, os.strerror(number), "/here")

    monkeypatch.setitem(cli.COMMANDS, "db", command)
    assert cli.main(["db"]) == 1
    assert said in capsys.readouterr().err


def test_interrupted_command_says_so(monkeypatch, capsys):
    def command(config):
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.COMMANDS, "db", command)
    assert cli.main(["db"]) == 130
    assert capsys.readouterr().err == "error: interrupted\n"


def test_message_of_several_lines_becomes_one(capsys):
    console.fail("one\n  two\nthree")
    assert capsys.readouterr().err == "error: one two three\n"


def test_taken_port_names_the_setting():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Problem, match=f"port {port} is taken.*LINKSTAR_X"):
            process.require_free_port("127.0.0.1", port, "LINKSTAR_X")
    process.require_free_port("127.0.0.1", port, "LINKSTAR_X")


def test_too_small_a_disk_is_told_before_work_starts(tmp_path):
    with pytest.raises(Problem, match="Odoo needs 999999999 MB in .* MB are free"):
        process.require_space(tmp_path / "not/yet/there", 999_999_999, "Odoo")


def test_failed_program_is_told_by_its_most_telling_line(tmp_path):
    # Cut in two, as a traceback may quote the script.
    script = "print('cp: /x: No ' 'space left on device'); print('z'); 1/0"
    with pytest.raises(Problem) as caught:
        process.run([sys.executable, "-c", script], "copying", log=tmp_path / "log")
    assert str(caught.value) == (
        "copying failed (cp: /x: No space left on device): free some disk space;"
        f" see {tmp_path / 'log'}"
    )
    assert "ZeroDivisionError" in (tmp_path / "log").read_text()


def test_traceback_is_told_by_its_reason():
    output = (
        "Traceback (most recent call last):\n  File x\nodoo.X.ParseError: bad view\n"
    )
    assert process.telling_line(output)[0] == "odoo.X.ParseError: bad view"


def test_chain_of_errors_is_told_with_its_first_cause():
    output = (
        "KeyError: 'no.such.model'\n\nThe above exception was the direct cause of the"
        " following exception:\n\nodoo.X.ParseError: while parsing cron.xml:3\n"
    )
    assert process.telling_line(output)[0] == (
        "odoo.X.ParseError: while parsing cron.xml:3, because of"
        " KeyError: 'no.such.model'"
    )


def test_missing_program_is_told_by_name():
    with pytest.raises(Problem, match="no-such-program is not installed"):
        process.run(["no-such-program"], "trying")


def test_second_command_waits_for_the_lock_then_gives_up(tmp_path):
    with process.locked(tmp_path / "lock", "the template"):
        with pytest.raises(Problem, match="busy with the template for 0 s"):
            with process.locked(tmp_path / "lock", "the template", wait=0):
                raise AssertionError("two held the lock")
    with process.locked(tmp_path / "lock", "the template", wait=0):
        pass


@pytest.mark.parametrize("name", ["x", "work.1", "A-b_c", "x" * 63])
def test_names_of_databases(name):
    assert database.check_name(name, "db") == name


@pytest.mark.parametrize("name", ["", "-x", "x" * 64, "a;b", "a/b", "Postgres", "é"])
def test_refused_names_of_databases(name):
    with pytest.raises(Problem):
        database.check_name(name, "db")


def test_unsupported_python_is_one_line(tmp_path):
    """The check stands before anything that an old Python could not parse."""
    source = (settings.ROOT / "tools/__main__.py").read_text()
    shutil.copytree(settings.ROOT / "tools", tmp_path / "tools")
    main = tmp_path / "tools/__main__.py"
    main.write_text(source.replace("(3, 10), (3, 13)", "(2, 1), (2, 2)"))
    (tmp_path / "tools/cli.py").write_text("this is not Python")
    done = subprocess.run(
        [sys.executable, "-m", "tools", "help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: Odoo 19 needs Python 3.10 to 3.13")
    assert len(done.stderr.strip().splitlines()) == 1
