"""What engine tests share with the tests inside Odoo, loaded without Odoo."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def unpack():
    """The independent reader of encrypted zips."""
    path = Path(__file__).parents[1] / "zip_reader.py"
    spec = importlib.util.spec_from_file_location("zip_reader", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.unpack
