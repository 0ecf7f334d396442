"""Screens of the story, in a real Chromium, kept as pictures."""

import base64
import os
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo.tests.common import ChromeBrowser

ROOT = Path(__file__).parents[2]

# Helpers at hand in each script: wait for a condition, click, and say that all is well.
PRELUDE = """
const until = async (what, found) => {
    const end = Date.now() + 15000;
    for (;;) {
        const value = found();
        if (value) return value;
        if (Date.now() > end) throw new Error("never came: " + what);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
};
const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => [...document.querySelectorAll(selector)];
const see = (selector) => until(selector, () => $(selector));
const withText = (selector, text) =>
    until(selector + " with " + text,
          () => $$(selector).find((el) => el.textContent.includes(text)));
const press = async (selector) => (await see(selector)).click();
const noSidewaysScroll = () => {
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth + 1) {
        throw new Error("scrolls sideways: " + page.scrollWidth);
    }
};
(async () => {
"""
END = """
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


def script(body):
    """Wrap the steps of a screen into one script for ``browser_js``."""
    return PRELUDE + body + END


def picture_folder():
    """Folder of the pictures: git ignores it."""
    local = Path(os.environ.get("LINKSTAR_LOCAL") or ROOT / ".local")
    folder = local / "screenshots" / "story"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def pictured(name):
    """Keep a picture of the screen as it is when its script has ended."""
    original = ChromeBrowser._wait_code_ok

    def wait_and_keep(browser, *args, **kwargs):
        original(browser, *args, **kwargs)
        data = browser._websocket_request("Page.captureScreenshot")["data"]
        (picture_folder() / f"{name}.png").write_bytes(base64.b64decode(data))

    with patch.object(ChromeBrowser, "_wait_code_ok", wait_and_keep):
        yield
