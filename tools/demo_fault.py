"""``make demo-fault``: let the demo's Amazon fail, and let it recover."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request

from tools.console import Problem
from tools.demo import Demo
from tools.settings import Settings

OPERATION = "searchOrders"
# What people say for what the stand-in calls otherwise.
SHORT = {
    "slow": "hang",
    "html": "html_503",
    "revoked": "error_401",
    "role": "error_403",
    "pace": "error_429",
}
OFF = ("", "0", "off", "none")


def kind_of(text: str) -> str:
    """The stand-in's name of a fault.

    >>> kind_of("503"), kind_of("role"), kind_of("cut_json")
    ('error_503', 'error_403', 'cut_json')
    """
    return f"error_{text}" if text.isdigit() else SHORT.get(text, text)


def run(settings: Settings) -> int:
    """Arm the fault ``FAULT`` for ``OPERATION``, or disarm all with ``FAULT=off``."""
    fault = os.environ.get("FAULT", "").strip().lower()
    operation = os.environ.get("OPERATION", "").strip() or OPERATION
    demo = Demo(settings)
    if not demo.running():
        raise Problem("no demo is running", "make demo DETACH=1 starts one")
    where = f"{demo.address}/odoo/linkstar-amazon-streams"
    call(f"{demo.amazon}/_control/faults", "DELETE")
    if fault in OFF:
        print("Amazon answers again: the streams recover at their next run, which")
        print("is up to two hours away after a refusal; Run now does not wait.")
        print(f"Watch them at {where}")
        return 0
    values = {"kind": kind_of(fault), "operation": operation, "count": None}
    call(f"{demo.amazon}/_control/faults", "POST", values)
    print(f"From now on {operation} ends with {values['kind']}, for both accounts.")
    print(f"Within two minutes the reason and the next step stand at {where}")
    print("and under Health. make demo-fault FAULT=off ends it.")
    return 0


def call(address: str, method: str, values: dict | None = None) -> dict:
    """Ask the stand-in; what it refuses ends the command with its sentence."""
    body = None if values is None else json.dumps(values).encode()
    request = urllib.request.Request(address, body, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        text = json.load(error).get("error", str(error))
        raise Problem(text, "make demo-fault FAULT=503") from None
