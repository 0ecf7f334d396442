"""The commands and how their failures are told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from tools import console, settings
from tools.console import Problem
from tools.settings import Settings

Command = Callable[[Settings], int]


def cmd_help(config: Settings) -> int:
    """this text"""
    print("LinkStar for Odoo 19: make COMMAND\n")
    for name, command in COMMANDS.items():
        print(f"  {name:<12}{command.__doc__}")
    print("\nSettings (environment variables; default in brackets):\n")
    for name, default, meaning in settings.VARIABLES:
        print(f"  {name:<22}{meaning} [{default}]")
    return 0


def cmd_db(config: Settings) -> int:
    """DB=x [DEMO=1]: a fresh database x with all four addons, in seconds"""
    from tools import database, odoo, template

    name = database.check_name(os.environ.get("DB", ""), "db")
    bench = odoo.prepare(config)
    source = template.ensure(bench, demo=is_on("DEMO"))
    database.copy(bench, source, name)
    host = bench.server.host
    print(f"database {name} is ready: make shell DB={name}, or psql -h {host} {name}")
    return 0


def cmd_shell(config: Settings) -> int:
    """DB=x [< script.py]: Odoo's Python shell on database x"""
    from tools import database, odoo

    name = database.check_name(os.environ.get("DB", ""), "shell")
    bench = odoo.prepare(config)
    require_database(bench, name)
    return bench.shell_interactive(name)


def cmd_drop(config: Settings) -> int:
    """DB=x: drop database x with its files"""
    from tools import database, odoo

    name = database.check_name(os.environ.get("DB", ""), "drop")
    there = database.drop(odoo.prepare(config), name)
    print(f"database {name} dropped" if there else f"there was no database {name}")
    return 0


def cmd_demo(config: Settings) -> int:
    """[DETACH=1] [SPEED=60]: the product at work: demo data, Amazon stand-in, Odoo"""
    from tools import demo

    return demo.run(config, detached=is_on("DETACH"))


def cmd_demo_fault(config: Settings) -> int:
    """FAULT=503 [OPERATION=searchOrders]: let the demo's Amazon fail; FAULT=off"""
    from tools import demo_fault

    return demo_fault.run(config)


def cmd_stop(config: Settings) -> int:
    """end a detached demo and the private PostgreSQL"""
    from tools import demo

    return demo.stop(config)


def cmd_test(config: Settings) -> int:
    """[ARGS="-k gate"]: linters, unit, integration and browser tests"""
    from tools import checks

    return checks.run(config, os.environ.get("ARGS", ""))


def cmd_lint(config: Settings) -> int:
    """the linters"""
    from tools import lint

    return lint.run_all(config)


def cmd_format(config: Settings) -> int:
    """let ruff and prettier rewrite what they can"""
    from tools import lint

    return lint.rewrite(config)


def cmd_bench(config: Settings) -> int:
    """[ARGS=name]: time the cases of tests/bench and compare with their baselines"""
    from tools import bench

    return bench.run(config, os.environ.get("ARGS", ""))


def cmd_i18n(config: Settings) -> int:
    """export the .pot files, report untranslated zh_CN entries"""
    from tools import i18n

    return i18n.run(config)


def cmd_core_tests(config: Settings) -> int:
    """compare Odoo's project, hr, hr_timesheet tests with and without the addons"""
    from tools import core_tests

    return core_tests.run(config, os.environ.get("ARGS", ""))


def cmd_install_tests(config: Settings) -> int:
    """each addon alone, every combination, and uninstalling them, without demo data"""
    from tools import installs

    return installs.run(config)


def cmd_wheels(config: Settings) -> int:
    """build each addon as a wheel into .local/dist"""
    from tools import wheels

    return wheels.run_all(config)


COMMANDS: dict[str, Command] = {
    "demo": cmd_demo,
    "demo-fault": cmd_demo_fault,
    "stop": cmd_stop,
    "test": cmd_test,
    "db": cmd_db,
    "shell": cmd_shell,
    "drop": cmd_drop,
    "lint": cmd_lint,
    "format": cmd_format,
    "bench": cmd_bench,
    "i18n": cmd_i18n,
    "core-tests": cmd_core_tests,
    "install-tests": cmd_install_tests,
    "wheels": cmd_wheels,
    "help": cmd_help,
}


def is_on(name: str) -> bool:
    return os.environ.get(name, "").lower() not in ("", "0", "no", "false")


def require_database(bench, name: str) -> None:
    from tools import database

    if not database.exists(bench, name):
        raise Problem(f"there is no database {name}", f"make db DB={name}")


def main(arguments: list[str]) -> int:
    """Run one command; every failure ends as one line and a status."""
    os.umask(0o022)
    name = arguments[0] if arguments else "help"
    try:
        if name not in COMMANDS:
            raise Problem(f"there is no command {name}", "make help lists them")
        return COMMANDS[name](settings.load())
    except Problem as problem:
        console.fail(problem)
    except KeyboardInterrupt:
        console.fail("interrupted")
        return 130
    except OSError as error:
        console.fail(console.describe_os_error(error))
    except subprocess.SubprocessError as error:
        console.fail(f"a program could not be run: {error}")
    except UnicodeError as error:
        console.fail(f"a file or name is not UTF-8: {error}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
