"""pytest plugin of the unit run: the addons' engines without Odoo.

An engine is imported as ``linkstar_kpi.engine.scoring`` or
``odoo.addons.linkstar_kpi.engine.scoring``. Importing either would run the
addon's ``__init__`` and so need Odoo's ORM. Here the addons (and ``odoo`` itself)
are empty packages: engines and their tests import, and an engine that reaches
for Odoo fails with ModuleNotFoundError.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
from types import ModuleType

import pytest

from tools.settings import ADDONS, ROOT

PREFIX = "odoo.addons."


class EngineAlias(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves ``odoo.addons.X.…`` as the very module ``X.…``."""

    def find_spec(self, name, path=None, target=None):
        if name.startswith(PREFIX) and name.split(".")[2] in ADDONS:
            return importlib.util.spec_from_loader(name, self)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        real = importlib.import_module(module.__name__.removeprefix(PREFIX))
        sys.modules[module.__name__] = real


def empty_package(name: str, *folders: str) -> None:
    module = ModuleType(name, "Empty package of the unit run.")
    module.__path__ = list(folders)
    sys.modules[name] = module


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """Lay the empty packages down before a conftest.py of an addon is imported."""
    for name in [n for n in sys.modules if n.split(".")[0] == "odoo"]:
        del sys.modules[name]
    empty_package("odoo")
    empty_package("odoo.addons")
    sys.modules["odoo"].addons = sys.modules["odoo.addons"]
    for addon in ADDONS:
        empty_package(addon, str(ROOT / addon))
        empty_package(f"{addon}.tests", str(ROOT / addon / "tests"))
        sys.modules[PREFIX + addon] = sys.modules[addon]
        sys.modules[f"{PREFIX}{addon}.tests"] = sys.modules[f"{addon}.tests"]
        setattr(sys.modules["odoo.addons"], addon, sys.modules[addon])
    sys.meta_path.insert(0, EngineAlias())
