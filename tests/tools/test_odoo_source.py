"""Odoo 19 is looked for in a fixed order, and every failure is told."""

import os
import sys

import pytest

from tools import apt, odoo_source
from tools.console import Problem

from .conftest import make_odoo


@pytest.fixture
def nowhere(monkeypatch):
    """A machine without Odoo, apt archive and network; the attempts are counted."""
    tried = []

    def attempt(name):
        def run(settings):
            tried.append(name)
            raise Problem(f"{name} is not there", f"get {name}")

        return run

    for name in ("importable", "from_debian", "from_git"):
        monkeypatch.setattr(odoo_source, name, attempt(name))
    return tried


def test_own_source_tree_comes_first(make_settings, tmp_path, nowhere):
    make_odoo(tmp_path / "mine")
    make_odoo(tmp_path / "cache/linkstar/odoo-19")
    found = odoo_source.find(make_settings(ODOO_SRC=str(tmp_path / "mine")))
    assert found.path == tmp_path / "mine"
    assert nowhere == []


def test_unpacked_copy_is_used_before_anything_is_fetched(
    make_settings, tmp_path, nowhere
):
    tree = tmp_path / "cache/linkstar/odoo-19/usr/lib/python3/dist-packages"
    make_odoo(tree)
    found = odoo_source.find(make_settings())
    assert (found.path, found.debian) == (tree, True)
    assert nowhere == ["importable"]


def test_wrong_release_is_told_and_passed_over(
    make_settings, tmp_path, nowhere, capsys
):
    make_odoo(tmp_path / "old", "18, 0")
    make_odoo(tmp_path / "cache/linkstar/odoo-19-git")
    found = odoo_source.find(make_settings(ODOO_SRC=str(tmp_path / "old")))
    assert found.path == tmp_path / "cache/linkstar/odoo-19-git"
    assert "holds Odoo 18.0" in capsys.readouterr().out


def test_all_failures_are_named_in_order_with_what_to_do(make_settings, nowhere):
    with pytest.raises(Problem) as caught:
        odoo_source.find(make_settings())
    assert "name the folder of an Odoo 19.0 in ODOO_SRC" in str(caught.value)
    tried = caught.value.details
    assert [text.split(":")[0] for text in tried] == [
        "tried 1. ODOO_SRC",
        "tried 2. importable odoo",
        "tried 3. unpacked copy",
        "tried 4. Debian package odoo-19",
        "tried 5. git clone",
    ]
    assert tried[3].endswith("from_debian is not there: get from_debian")
    assert nowhere == ["importable", "from_debian", "from_git"]


def test_machine_without_debian_archive_says_so(make_settings, monkeypatch):
    monkeypatch.setattr(apt, "read_sources", lambda: [])
    monkeypatch.setattr(odoo_source.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(Problem, match="name no Debian archive"):
        odoo_source.from_debian(make_settings())


def test_half_unpacked_copy_is_replaced_and_leftovers_removed(make_settings, tmp_path):
    cache = tmp_path / "cache/linkstar"
    (cache / "odoo-19/usr").mkdir(parents=True)
    (cache / "odoo-19.tmp-abc").mkdir()
    settings = make_settings()
    with odoo_source._filling(settings, cache / "odoo-19") as folder:
        assert folder is not None
        assert not (cache / "odoo-19").exists()
        assert not (cache / "odoo-19.tmp-abc").exists()
        make_odoo(folder / "tree")
        os.rename(folder / "tree", cache / "odoo-19")
    assert odoo_source.from_cache(settings).path == cache / "odoo-19"
    assert sorted(p.name for p in cache.iterdir()) == ["odoo-19", "odoo.lock"]


def test_copy_filled_by_another_run_is_taken(make_settings, tmp_path):
    make_odoo(tmp_path / "cache/linkstar/odoo-19")
    settings = make_settings()
    with odoo_source._filling(settings, settings.cache / "odoo-19") as folder:
        assert folder is None


def test_shared_files_lead_to_the_machine_and_present_ones_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(odoo_source, "MACHINE_SHARE", tmp_path / "machine")
    (tmp_path / "tree/usr/share/fonts").mkdir(parents=True)
    odoo_source.link_shared_files(tmp_path / "tree")
    share = tmp_path / "tree/usr/share"
    assert os.readlink(share / "javascript") == str(tmp_path / "machine/javascript")
    assert not (share / "fonts").is_symlink()


def test_importable_odoo_is_found_by_the_chosen_interpreter(
    make_settings, tmp_path, monkeypatch
):
    make_odoo(tmp_path / "site")
    base = os.path.realpath(sys._base_executable)  # 3.10 names the link to it
    settings = make_settings(LINKSTAR_PYTHON=base)
    with pytest.raises(Problem, match="imports no odoo 19"):
        odoo_source.importable(settings)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    assert odoo_source.importable(settings).path == tmp_path / "site"
