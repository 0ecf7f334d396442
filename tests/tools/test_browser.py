"""A browser that Odoo's tests can steer is found, or the reason is told."""

import pytest

from tools import browser, packages
from tools.console import Problem


@pytest.fixture
def path(tmp_path, monkeypatch):
    """An empty PATH; programs can be put there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name, text="\x7fELF"):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
        return folder / name

    return put


def test_package_of_debian_is_found(path):
    assert not browser.installed()
    path("chromium")
    assert browser.installed()


def test_start_script_of_debian_is_no_snap(path):
    path("chromium", "#!/bin/sh\nexec /usr/lib/chromium/chromium\n")
    assert browser.installed()


def test_script_that_starts_a_snap_does_not_count(path):
    path("chromium-browser", '#!/bin/sh\nexec /snap/bin/chromium "$@"\n')
    assert not browser.installed()


def test_ubuntu_takes_the_browser_of_playwright(
    path, make_settings, monkeypatch, tmp_path
):
    settings = make_settings()
    release = tmp_path / "os-release"
    release.write_text('NAME="Ubuntu"\nID=ubuntu\n')
    monkeypatch.setattr(browser, "OS_RELEASE", release)
    monkeypatch.setattr(packages, "ensure", lambda needs: None)
    chrome = settings.cache / "chromium/chromium-1/chrome-linux/chrome"

    def run(command, doing, **how):
        if doing == "downloading Chromium":
            assert how["env"]["PLAYWRIGHT_BROWSERS_PATH"] == str(chrome.parents[2])
            chrome.parent.mkdir(parents=True)
            chrome.touch()
        return ""

    monkeypatch.setattr(browser, "run", run)
    browser.ensure(settings)
    link = browser.folder(settings) / "google-chrome"
    assert link.resolve() == chrome


def test_named_browser_that_is_none_is_refused(make_settings):
    with pytest.raises(Problem, match="LINKSTAR_CHROME=/no/chrome is no program"):
        browser.ensure(make_settings(LINKSTAR_CHROME="/no/chrome"))
