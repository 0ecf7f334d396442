#!/usr/bin/env python3
"""Send events and figures from another system to LinkStar. Standard library only.

    send_events.py https://odoo.example.com KEY goods.csv

``KEY`` is an API key of a person who is a member of the stores (Preferences,
Account Security, New API Key). ``goods.csv`` comes from a WMS, once an hour::

    receipt,store,sku,units,received_at
    GR-1001,US-NOVA,NV-MUG-WHT,240,2026-03-02T08:00:00+08:00

Each line becomes an event ``goods_received`` with the receipt and SKU as its key:
sent again, after a time-out or out of fear, it changes nothing. Triggers answer
within minutes; Stores, Events says which did, which were held, and why.
"""

import csv
import json
import sys
import urllib.request

TIMEOUT = 30


def poster(base, key):
    """Return ``post(model, method, **arguments)`` for Odoo's JSON-2 API."""

    def post(model, method, **arguments):
        request = urllib.request.Request(
            f"{base.rstrip('/')}/json/2/{model}/{method}",
            data=json.dumps(arguments).encode(),
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.load(answer)

    return post


def store_ids(post, codes):
    """Mapping of store code to id, of the stores that the key's owner may see."""
    found = post(
        "linkstar.store",
        "search_read",
        domain=[["code", "in", sorted(codes)]],
        fields=["code"],
    )
    return {store["code"]: store["id"] for store in found}


def send_goods(post, lines):
    """Send one event a line.

    :param lines: dicts with the columns of the example above
    :return: list of event ids, in the order of the lines
    """
    lines = list(lines)
    stores = store_ids(post, {line["store"] for line in lines})
    return [
        post(
            "linkstar.event",
            "emit",
            store=stores[line["store"]],
            type="goods_received",
            key=f"{line['receipt']}/{line['sku']}",
            payload={"sku": line["sku"], "units": int(line["units"])},
            occurred_at=line["received_at"],
        )[0]
        for line in lines
    ]


def send_figures(post, rows):
    """Send daily figures; the same rows again write nothing.

    :param rows: dicts: ``store`` (code), ``metric`` (code), ``date``, ``value``, and
        if wanted ``sku``, ``currency``
    :return: how many were written
    """
    return post("linkstar.fact", "import_rows", rows=list(rows))


def main(base, key, path):
    """Send a file and say what became of it."""
    with open(path, newline="", encoding="utf-8-sig") as handle:
        events = send_goods(poster(base, key), csv.DictReader(handle))
    print(f"{len(events)} events, {len(set(events))} of them different")  # pylint: disable=print-used
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
