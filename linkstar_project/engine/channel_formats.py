"""What a message looks like for each channel, and what its answer means.

Plain Python: no ORM, no network, the time is an argument. A message carries code,
title, date and link of each thing it speaks of, and no content of the record: group
bots belong to other companies.

Sources: Feishu "Custom bot usage guide", DingTalk "Custom robot access", WeCom "Group
robot configuration" (their public developer documentation).
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from urllib.parse import quote_plus

# Longest text each platform takes, in bytes; a longer one is refused whole.
LIMITS = {"feishu": 18_000, "dingtalk": 18_000, "wecom": 2_000, "webhook": 60_000}

SENT, RETRY, DEAD, UNCERTAIN = "sent", "retry", "dead", "uncertain"

# Codes in the answer's body that mean "too many at once": try again later.
_BUSY = {
    "feishu": {9499, 11232, 99991400},
    "dingtalk": {130101, 130102, -1, 410100},
    "wecom": {45009, 45033, -1},
}


@dataclass(frozen=True)
class Line:
    """One thing to tell: ``code`` (store, number), ``title``, ``date``, ``link``."""

    code: str
    title: str
    date: str
    link: str


@dataclass(frozen=True)
class Request:
    """A request to send: address, headers and body."""

    url: str
    headers: dict
    body: bytes


def one_line(text, limit=120):
    """Return ``text`` on one line, without control characters, cut at ``limit``.

    Titles are typed by people: a line break or a mention in one must not forge a
    second line or call the whole group.

    >>> one_line("Order\\nnow  @all <at id=all></at>")
    'Order now ＠all ‹at id=all›‹/at›'
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in text or "").split())
    clean = clean.replace("@", "＠").replace("<", "‹").replace(">", "›")
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def plain_text(headline, lines, limit):
    """Return the message as plain text of at most ``limit`` bytes.

    Whole lines are kept; what does not fit is counted at the end.

    >>> plain_text("2 due", [Line("US-NOVA", "Ship", "2026-03-01", "https://x/1")], 99)
    '2 due\\nUS-NOVA · Ship · 2026-03-01\\nhttps://x/1'
    """
    parts = [one_line(headline, 200)]
    size = len(parts[0].encode())
    for position, line in enumerate(lines):
        words = [one_line(w, 240) for w in (line.code, line.title, line.date) if w]
        text = f"{' · '.join(words)}\n{line.link}"
        size += len(text.encode()) + 1
        if size > limit - 8 and position:
            parts.append(f"+{len(lines) - position}")
            break
        parts.append(text)
    return "\n".join(parts)


def _digest(key, message):
    return base64.b64encode(
        hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    ).decode()


def feishu(url, secret, text, now, delivery=""):
    """Return the request for a Feishu (Lark) group bot.

    The signature's *key* is ``timestamp\\nsecret`` and its message is empty.

    :param now: aware datetime
    """
    payload = {"msg_type": "text", "content": {"text": text}}
    if secret:
        stamp = str(int(now.timestamp()))
        payload = {
            "timestamp": stamp,
            "sign": _digest(f"{stamp}\n{secret}", ""),
            **payload,
        }
    return _json_request(url, payload)


def dingtalk(url, secret, text, now, delivery=""):
    """Return the request for a DingTalk group robot (signature in the address)."""
    if secret:
        stamp = str(int(now.timestamp() * 1000))
        sign = quote_plus(_digest(secret, f"{stamp}\n{secret}"))
        url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={sign}"
    return _json_request(url, {"msgtype": "text", "text": {"content": text}})


def wecom(url, secret, text, now, delivery=""):
    """Return the request for a WeCom group robot.

    It has no signature; its key is part of the address, or the channel's secret.
    """
    if secret and "key=" not in url:
        url += f"{'&' if '?' in url else '?'}key={quote_plus(secret)}"
    return _json_request(url, {"msgtype": "text", "text": {"content": text}})


def webhook(url, secret, text, now, delivery="", lines=()):
    """Return the request for any other system, signed over time and body.

    The receiver checks ``X-LinkStar-Signature: sha256=HMAC(secret, timestamp "."
    body)`` and drops a repeated ``X-LinkStar-Delivery``.
    """
    payload = {
        "delivery": delivery,
        "text": text,
        "items": [
            {
                "code": one_line(line.code),
                "title": one_line(line.title, 240),
                "date": line.date,
                "link": line.link,
            }
            for line in lines
        ],
    }
    request = _json_request(url, payload)
    stamp = str(int(now.timestamp()))
    headers = {
        **request.headers,
        "X-LinkStar-Timestamp": stamp,
        "X-LinkStar-Delivery": delivery,
    }
    if secret:
        signed = stamp.encode() + b"." + request.body
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        headers["X-LinkStar-Signature"] = f"sha256={digest}"
    return Request(url, headers, request.body)


def _json_request(url, payload):
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return Request(url, {"Content-Type": "application/json; charset=utf-8"}, body)


FORMATS = {"feishu": feishu, "dingtalk": dingtalk, "wecom": wecom, "webhook": webhook}


def build(kind, url, secret, headline, lines, now, delivery=""):
    """Return the :class:`Request` that tells ``lines`` on a channel of ``kind``."""
    text = plain_text(headline, lines, LIMITS[kind])
    if kind == "webhook":
        return webhook(url, secret, text, now, delivery, lines)
    return FORMATS[kind](url, secret, text, now, delivery)


def read_answer(kind, status, body):
    """Return ``(verdict, reason)`` for an answer.

    ``sent``: the platform took it. ``retry``: it did not, and may take it later.
    ``dead``: it never will, a person has to act. ``uncertain``: the answer does not
    say; sending again might tell it twice. ``reason`` is a short code for the
    log (never the body: it may hold anything).

    >>> read_answer("feishu", 200, b'{"code":0}')
    ('sent', '')
    >>> read_answer("wecom", 200, b'{"errcode":93000}')
    ('dead', '93000')
    >>> read_answer("webhook", 503, b"<html>")
    ('retry', 'HTTP 503')
    """
    if status in (408, 425, 429) or status >= 500:
        return RETRY, f"HTTP {status}"
    if not 200 <= status < 300:
        return DEAD, f"HTTP {status}"
    if kind == "webhook":
        return SENT, ""
    code = _code(kind, body)
    if code == 0:
        return SENT, ""
    if code is None:
        # Accepted by something on the way, and nobody can say by whom.
        return UNCERTAIN, "no result code"
    return (RETRY if code in _BUSY[kind] else DEAD), str(code)


def _code(kind, body):
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    names = ("code", "StatusCode") if kind == "feishu" else ("errcode",)
    for name in names:
        value = answer.get(name) if isinstance(answer, dict) else None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
