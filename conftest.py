"""Root of all test runs: see tools/pytest_linkstar.py."""

pytest_plugins = ["tools.pytest_linkstar"]
