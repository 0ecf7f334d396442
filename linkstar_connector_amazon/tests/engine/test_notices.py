"""Notifications are hints from anybody: reading them never raises nor trusts."""

import json
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_connector_amazon.engine.notices import (
    KINDS,
    parse_notice,
    prompt_at,
    queue_name,
)

NOW = datetime(2026, 3, 1, 12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
names = st.sampled_from(
    [
        "NotificationType",
        "notificationType",
        "Payload",
        "payload",
        "NotificationMetadata",
        "notificationMetadata",
        "eventTime",
        "NotificationId",
        "notificationId",
    ]
)


@given(st.text() | st.dictionaries(names, values).map(json.dumps), st.text())
def test_any_text_is_read_without_error_and_has_a_key(body, message_id):
    notice = parse_notice(body, message_id)
    assert 0 < len(notice.key) <= 128
    assert notice.kind in ("", *KINDS)
    assert NOW <= prompt_at(notice, NOW) <= NOW + timedelta(minutes=3)


@given(st.sampled_from(sorted(KINDS)), st.text(min_size=1), st.booleans())
def test_both_spellings_say_the_same(kind, subscription, capital):
    def named(content):
        if not capital:
            return content
        return {key[0].upper() + key[1:]: value for key, value in content.items()}

    body = named(
        {
            "notificationType": kind,
            "eventTime": "2026-03-01T11:59:00Z",
            "notificationMetadata": named(
                {"notificationId": "n-1", "subscriptionId": subscription}
            ),
        }
    )
    notice = parse_notice(json.dumps(body), "m")
    assert (notice.key, notice.kind) == ("n-1", kind)
    assert notice.happened_at == datetime(2026, 3, 1, 11, 59)


@given(st.datetimes())
def test_a_wrong_clock_of_the_writer_delays_nothing(moment):
    body = {
        "notificationType": "ORDER_CHANGE",
        "eventTime": moment.isoformat(),
        "notificationMetadata": {"notificationId": "n"},
    }
    found = prompt_at(parse_notice(json.dumps(body), ""), NOW)
    assert NOW <= found <= NOW + timedelta(seconds=130)


@given(st.text())
def test_only_addresses_of_sqs_have_a_name(text):
    assert queue_name(text) is None
    assert queue_name(f"https://{text}/123456789012/q") is None
