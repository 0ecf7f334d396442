"""The template's name changes exactly when what is installed changes."""

import pytest

from tools import template
from tools.console import Problem


@pytest.fixture
def addon(make_settings):
    settings = make_settings()
    folder = settings.root / "linkstar_kpi"
    for name in ("models", "tests", "static/description", "i18n"):
        (folder / name).mkdir(parents=True)
    (folder / "__manifest__.py").write_text("{'depends': ['project', 'hr']}")
    (folder / "models/score.py").write_text("x = 1")
    return settings, folder


@pytest.mark.parametrize(
    "name", ["models/score.py", "models/new.py", "i18n/zh_CN.po", "__manifest__.py"]
)
def test_content_that_is_installed_counts(addon, name):
    settings, folder = addon
    before = template.content_hash(settings, "19")
    (folder / name).write_text("{'changed': True}")
    assert template.content_hash(settings, "19") != before


def test_renamed_and_removed_files_count(addon):
    settings, folder = addon
    before = template.content_hash(settings, "19")
    (folder / "models/score.py").rename(folder / "models/mark.py")
    renamed = template.content_hash(settings, "19")
    (folder / "models/mark.py").unlink()
    assert len({before, renamed, template.content_hash(settings, "19")}) == 3


@pytest.mark.parametrize(
    "name",
    [
        "tests/test_score.py",
        "static/description/icon.png",
        "README.md",
        "models/score.pyc",
        "i18n/linkstar_kpi.pot",
        "models/.score.py.swp",
        "pyproject.toml",
    ],
)
def test_content_that_no_database_sees_does_not_count(addon, name):
    settings, folder = addon
    before = template.content_hash(settings, "19")
    (folder / name).write_text("changed")
    assert template.content_hash(settings, "19") == before


def test_other_odoo_counts(addon):
    settings, _folder = addon
    assert template.content_hash(settings, "a") != template.content_hash(settings, "b")


def test_core_modules_are_what_the_addons_need_of_odoo(addon):
    settings, _folder = addon
    assert template.core_modules(settings) == ["hr", "project"]


def test_unreadable_manifest_is_named(addon):
    settings, folder = addon
    (folder / "__manifest__.py").write_text("{")
    with pytest.raises(Problem, match="linkstar_kpi/__manifest__.py cannot be read"):
        template.core_modules(settings)


def test_checkout_without_addons_is_told(make_settings):
    with pytest.raises(Problem, match="holds no addon"):
        template.addons(make_settings())
