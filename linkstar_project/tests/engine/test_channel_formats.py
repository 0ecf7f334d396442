"""Messages as each platform wants them, and answers as it means them."""

import base64
import doctest
import hashlib
import hmac
import json
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import channel_formats
from odoo.addons.linkstar_project.engine.channel_formats import (
    LIMITS,
    Line,
    build,
    one_line,
    plain_text,
    read_answer,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
LINE = Line(
    "US-NOVA #7", "Book the vessel", "2026-11-24 18:00", "https://erp.example/7"
)
KINDS = sorted(LIMITS)


def test_examples_in_the_documentation_hold():
    assert doctest.testmod(channel_formats).failed == 0


def test_feishu_signs_with_time_and_secret_as_the_key():
    request = build(
        "feishu", "https://open.feishu.cn/hook/x", "s3", "1 due", [LINE], NOW
    )
    body = json.loads(request.body)
    key = f"{body['timestamp']}\ns3".encode()
    expected = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    assert body["sign"] == expected
    assert body["timestamp"] == "1795424400"
    assert body["msg_type"] == "text"


def test_dingtalk_signs_in_the_address():
    url = "https://oapi.dingtalk.com/robot/send?access_token=t"
    request = build("dingtalk", url, "SEC1", "1 due", [LINE], NOW)
    query = parse_qs(urlsplit(request.url).query)
    message = f"{query['timestamp'][0]}\nSEC1".encode()
    expected = base64.b64encode(hmac.new(b"SEC1", message, hashlib.sha256).digest())
    assert query["sign"] == [expected.decode()]
    assert query["access_token"] == ["t"]
    assert query["timestamp"] == ["1795424400000"]


def test_wecom_carries_its_key_in_the_address_only():
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
    request = build("wecom", url, "k1", "1 due", [LINE], NOW)
    assert request.url == f"{url}?key=k1"
    assert b"k1" not in request.body


def test_webhook_signs_over_time_and_body():
    request = build(
        "webhook", "https://h.example/in", "s", "1 due", [LINE], NOW, "42-1"
    )
    stamp = request.headers["X-LinkStar-Timestamp"]
    expected = hmac.new(
        b"s", stamp.encode() + b"." + request.body, hashlib.sha256
    ).hexdigest()
    assert request.headers["X-LinkStar-Signature"] == f"sha256={expected}"
    assert request.headers["X-LinkStar-Delivery"] == "42-1"
    assert json.loads(request.body)["items"][0]["code"] == "US-NOVA #7"


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_carries_code_title_date_and_link(kind):
    text = build(kind, "https://x.example/h", "", "1 due", [LINE], NOW).body.decode()
    for part in (LINE.code, LINE.title, LINE.date, LINE.link):
        assert part in text


@given(st.text(max_size=300))
def test_a_title_stays_on_one_line_and_calls_nobody(title):
    clean = one_line(title)
    assert len(clean) <= 120
    assert "\n" not in clean and "@" not in clean and "<" not in clean


@given(st.sampled_from(KINDS), st.lists(st.text(max_size=200), min_size=2, max_size=60))
def test_a_message_fits_its_platform(kind, titles):
    lines = [
        Line(f"S #{n}", title, "2026-11-24", f"https://erp.example/{n}")
        for n, title in enumerate(titles)
    ]
    text = plain_text("due", lines, LIMITS[kind])
    assert len(text.encode()) <= LIMITS[kind]
    shown = text.count("https://erp.example/")
    assert shown == len(lines) or text.endswith(f"+{len(lines) - shown}")


@pytest.mark.parametrize(
    "kind, status, body, verdict",
    [
        ("feishu", 200, b'{"code":0,"msg":"success"}', "sent"),
        ("feishu", 200, b'{"StatusCode":0}', "sent"),
        ("feishu", 200, b'{"code":19021,"msg":"sign match fail"}', "dead"),
        ("feishu", 200, b'{"code":11232}', "retry"),
        ("dingtalk", 200, b'{"errcode":0,"errmsg":"ok"}', "sent"),
        ("dingtalk", 200, b'{"errcode":310000}', "dead"),
        ("dingtalk", 200, b'{"errcode":130101}', "retry"),
        ("wecom", 200, b'{"errcode":0}', "sent"),
        ("wecom", 200, b'{"errcode":93000}', "dead"),
        ("wecom", 200, b'{"errcode":45009}', "retry"),
        ("webhook", 204, b"", "sent"),
        ("webhook", 404, b"", "dead"),
        ("webhook", 429, b"", "retry"),
        ("webhook", 302, b"", "dead"),
        ("feishu", 502, b"<html>", "retry"),
        # Taken by something on the way: sending again might tell it twice.
        ("wecom", 200, b"<html>proxy</html>", "uncertain"),
        ("dingtalk", 200, b"[]", "uncertain"),
        ("dingtalk", 200, b'{"errcode":true}', "uncertain"),
    ],
)
def test_answers_mean_what_the_platform_says(kind, status, body, verdict):
    assert read_answer(kind, status, body)[0] == verdict


@given(st.sampled_from(KINDS), st.integers(100, 599), st.binary(max_size=80))
def test_any_answer_has_a_verdict_and_its_body_is_not_repeated(kind, status, body):
    verdict, reason = read_answer(kind, status, body)
    assert verdict in ("sent", "retry", "dead", "uncertain")
    assert len(reason) < 40
