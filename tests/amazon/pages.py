"""Pages and their tokens.

A token says which page of which query comes next, as of which moment, and when it was
issued. It is signed, so that a forged or foreign one is refused, and it lives for a
time on the wire clock.
"""

import base64
import hashlib
import hmac
import json

from .errors import invalid


def fingerprint(query, ignore=()):
    """Return a short text that is equal for equal queries."""
    kept = {k: sorted(v) for k, v in query.items() if k not in ignore}
    text = json.dumps(kept, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def issue(call, content):
    """Return a token for a page's coordinates."""
    payload = dict(
        content,
        op=call.operation.name,
        seller=call.account.seller_id,
        issued=call.world.clock.wire(),
    )
    text = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode()
    return f"{text}.{_signature(call, text)}"


def read(call, token, lifetime=None):
    """Return the coordinates a token holds, or refuse it.

    ``lifetime`` is in seconds of the wire clock; None never expires.
    """
    text, _dot, signature = token.rpartition(".")
    if not text or not hmac.compare_digest(signature, _signature(call, text)):
        raise invalid("The page token is invalid.")
    payload = json.loads(base64.urlsafe_b64decode(text))
    mine = (call.operation.name, call.account.seller_id)
    if (payload["op"], payload["seller"]) != mine:
        raise invalid("The page token belongs to another request.")
    age = call.world.clock.wire() - payload["issued"]
    if lifetime is not None and age > lifetime:
        raise invalid("The page token has expired.")
    return payload


def _signature(call, text):
    key = f"pages/{call.world.settings.seed}".encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:20]


class Pager:
    """Cuts a list into pages, and lets faults disturb their order.

    ``token`` is the one the caller sent, if any. The list must be the one of
    ``as_of``, which a token keeps from the first page on.
    """

    def __init__(self, call, token=None, lifetime=None, query="", **kept):
        self.call = call
        self.query = query
        state = read(call, token, lifetime) if token else {}
        if state and state["query"] != query:
            raise invalid("The page token was issued for other parameters.")
        self.number = state.get("page", 0)
        self.then = state.get("then")
        self.as_of = state.get("as_of", call.now)
        self.kept = state.get("kept", kept)

    def cut(self, items, size):
        """Return (items of this page, token of the next or None)."""
        pages = [items[i : i + size] for i in range(0, len(items), size)] or [[]]
        number = min(self.number, len(pages) - 1)
        following = self.then if self.then is not None else number + 1
        then = None
        content = pages[number]
        if self.call.fault("repeated_page"):
            following, then = number, following
        elif following == number + 1 < len(pages) and self.call.fault("reordered_page"):
            content = pages[following]
            following, then = number, number + 2
        if len(content) > 1 and self.call.fault("shuffled_page"):
            content = content[::-1]
        if number > 0 and self.call.fault("duplicated_item"):
            content = pages[number - 1][-1:] + content
        if self.then is None and self.call.fault("empty_page"):
            # Nothing yet, but a token: the page itself comes with the next call.
            content, following, then = [], number, number + 1
        if following >= len(pages):
            return content, None
        return content, issue(self.call, self._next(following, then))

    def _next(self, following, then):
        return {
            "page": following,
            "then": then,
            "as_of": self.as_of,
            "query": self.query,
            "kept": self.kept,
        }
