"""A page of a headless Chromium, driven over its own debugging protocol.

The benchmarks of screens read the browser's performance timeline with it. What the
tests' browser adds (console errors that fail, screencasts) would only cost time here.
"""

import base64
import itertools
import json
import os
import resource
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import websocket

from odoo.http import root
from odoo.service.server import ThreadedWSGIServerReloadable

PROGRAMS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--no-first-run",
    "--remote-allow-origins=*",
    "--remote-debugging-port=0",
)
WAIT = 120


@contextmanager
def web_server():
    """Serve Odoo on a free port of loopback; yields its address."""
    server = ThreadedWSGIServerReloadable("127.0.0.1", 0, root)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _without_memory_limit():
    """Odoo limits its address space; Chromium reserves far more than it uses."""
    free = resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_AS, (free, free))


def main_thread_tasks(events):
    """Tasks of the pages' main threads in a trace.

    :return: events with ``dur`` (by the clock) and ``tdur`` (the thread's own time),
        both in microseconds
    """
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    return [
        event
        for event in events
        if event["name"].endswith("RunTask")
        and "tdur" in event
        and (event["pid"], event["tid"]) in threads
    ]


class Page:
    """One page: go somewhere, run a script, take a picture."""

    def __init__(self, address, size=(1440, 900)):
        self.address = address
        self._folder = tempfile.mkdtemp(prefix="bench_chrome_")
        program = os.environ.get("LINKSTAR_CHROME") or next(
            filter(None, map(shutil.which, PROGRAMS))
        )
        self._chrome = subprocess.Popen(
            [program, *SWITCHES, f"--user-data-dir={self._folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_without_memory_limit,
        )
        self._ids = itertools.count(1)
        self._socket = websocket.create_connection(self._target(), timeout=WAIT)
        self.call("Page.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )

    def _target(self):
        port_file = Path(self._folder, "DevToolsActivePort")
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            if port_file.exists() and "\n" in port_file.read_text():
                port = port_file.read_text().splitlines()[0]
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                    pages = [t for t in json.load(answer) if t["type"] == "page"]
                if pages:
                    return pages[0]["webSocketDebuggerUrl"]
            time.sleep(0.1)
        raise RuntimeError("Chromium did not start")

    def call(self, method, **params):
        """Call the browser and return its answer."""
        number = next(self._ids)
        self._socket.send(
            json.dumps({"id": number, "method": method, "params": params})
        )
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def run(self, script):
        """Run the body of an async function in the page; return its value."""
        answer = self.call(
            "Runtime.evaluate",
            expression=f"(async () => {{ {script} }})()",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def spent(self):
        """What the page's main thread has done so far, in seconds of its own time.

        Unlike the clock's time it hardly grows when other programs want the
        machine: ``TaskDuration`` is everything, of which ``ScriptDuration``,
        ``RecalcStyleDuration`` and ``LayoutDuration``.
        """
        self.call("Performance.enable", timeDomain="threadTicks")
        found = self.call("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in found}

    @contextmanager
    def traced(self):
        """Record what the browser does meanwhile; yields the list that is filled.

        Read it with :func:`main_thread_tasks`, after the block.
        """
        events = []
        categories = ["toplevel", "devtools.timeline", "__metadata"]
        self.call("Tracing.start", traceConfig={"includedCategories": categories})
        try:
            yield events
        finally:
            self.call("Tracing.end")
            while True:
                message = json.loads(self._socket.recv())
                if message.get("method") == "Tracing.dataCollected":
                    events += message["params"]["value"]
                elif message.get("method") == "Tracing.tracingComplete":
                    break

    def go(self, path, ready):
        """Open a path and wait until the expression ``ready`` is true."""
        self.call("Page.navigate", url=f"{self.address}{path}")
        self.until(ready)

    def until(self, ready):
        """Wait until the expression is true, through page loads too."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            try:
                if self.run(f"return Boolean({ready})"):
                    return
            except RuntimeError:
                # The page was loading: its context is gone.
                pass
            time.sleep(0.05)
        raise RuntimeError(f"never came: {ready}")

    def sign_in(self, login, password):
        """Sign in through the form, as people do."""
        self.go("/web/login", "document.querySelector('form input[name=login]')")
        self.run(
            f"""
            const form = document.querySelector("form:has(input[name=login])");
            form.querySelector("input[name=login]").value = {json.dumps(login)};
            form.querySelector("input[name=password]").value = {json.dumps(password)};
            setTimeout(() => form.submit());
            """
        )
        self.until("!location.pathname.startsWith('/web/login')")

    def picture(self, path):
        """Keep the screen as a PNG."""
        data = self.call("Page.captureScreenshot")["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def close(self):
        self._socket.close()
        self._chrome.terminate()
        self._chrome.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)
