"""Command line: ``python -m tests.amazon --port 8120 --seed 1 --accounts 2 --live``."""

import argparse
import signal
import sys

from .server import Server
from .state import Settings


def parser():
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(
        prog="python -m tests.amazon",
        description="A stand-in for Amazon's seller and advertising services.",
    )
    options.add_argument("--port", type=int, default=8120, help="0 takes a free one")
    options.add_argument(
        "--seed", type=int, default=1, help="another seed, other shops"
    )
    options.add_argument("--accounts", type=int, default=2, help="seller accounts")
    options.add_argument(
        "--date", help="simulated time to begin at (ISO; default: now)"
    )
    options.add_argument("--history", type=int, default=60, help="days of past sales")
    options.add_argument("--scale", type=float, default=1.0, help="multiplies orders")
    options.add_argument(
        "--live", action="store_true", help="time passes: --speed seconds in a real one"
    )
    options.add_argument("--speed", type=float, default=60.0, help="default: 60")
    options.add_argument(
        "--rush",
        type=float,
        default=0.0,
        help="further orders a minute on each account's first site",
    )
    options.add_argument(
        "--rush-from", help="simulated time from which on they come (ISO; default: now)"
    )
    options.add_argument(
        "--pace",
        type=float,
        help="multiplies Amazon's rates (default with --live: as time is faster)",
    )
    options.add_argument(
        "--redirect",
        action="append",
        help="address to which a consent leads back (may be repeated)",
    )
    options.add_argument(
        "--no-pace", action="store_true", help="let calls come at any speed"
    )
    return options


def main(arguments=None):
    """Serve until interrupted; return the exit status."""
    values = parser().parse_args(arguments)
    settings = Settings(
        seed=values.seed,
        accounts=values.accounts,
        start=values.date,
        speed=values.speed if values.live else 0,
        history_days=values.history,
        scale=values.scale,
        rush=values.rush,
        rush_from=values.rush_from,
        enforce_pace=not values.no_pace,
    )
    try:
        server = Server(settings, values.port)
    except ValueError as error:
        print(f"--date: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"Port {values.port} cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    server.world.applications[0].redirect_uris = values.redirect or []
    if values.live or values.pace:
        server.world.pace.factor = values.pace or max(1.0, values.speed)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"Amazon stand-in ready on {server.url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.world.stopping.set()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
