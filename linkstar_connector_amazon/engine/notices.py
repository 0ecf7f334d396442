"""Notifications as Amazon puts them into a queue, and the queue's own names.

A message is only a hint that something changed: who it is about and of which kind.
Its figures are never used, for anybody who may write to the queue could send them;
the data is read again from Amazon.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

# Streams that a kind of notification wakes. A report wakes the stream that waits.
KINDS = {
    "ORDER_CHANGE": ("orders",),
    "FBA_INVENTORY_AVAILABILITY_CHANGES": ("inventory",),
    "ACCOUNT_STATUS_CHANGED": ("performance",),
    "REPORT_PROCESSING_FINISHED": (),
    "ANY_OFFER_CHANGED": ("prices",),
    "PRICING_HEALTH": ("prices",),
}
# Amazon shows a change of an order two minutes after it happened.
DELAYS = {"ORDER_CHANGE": timedelta(seconds=130)}
# SQS carries at most a megabyte; Amazon's notifications have a few kilobytes.
MAX_BODY = 1024 * 1024
_URL = re.compile(
    r"https://sqs\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com"
    r"/(?P<owner>\d{12})/(?P<name>[A-Za-z0-9_-]{1,80})"
)


@dataclass(frozen=True)
class Notice:
    """What a message says, as far as it is believed.

    :param key: Amazon's id of the notification; the same at each delivery
    :param kind: a key of KINDS, or empty for what we do not know
    :param subscription: Amazon's id of the subscription, or empty
    :param report: id of the report that is finished, or empty
    :param happened_at: naive UTC, or None
    """

    key: str
    kind: str = ""
    subscription: str = ""
    report: str = ""
    happened_at: datetime | None = None


@dataclass(frozen=True)
class QueueName:
    """Where a queue lives."""

    region: str
    owner: str
    name: str

    @property
    def arn(self):
        """As Amazon's destination wants it."""
        return f"arn:aws:sqs:{self.region}:{self.owner}:{self.name}"


def queue_name(url):
    """The parts of a queue's address, or None if it is none.

    >>> queue_name("https://sqs.eu-west-1.amazonaws.com/123456789012/orders").arn
    'arn:aws:sqs:eu-west-1:123456789012:orders'
    >>> queue_name("https://sqs.eu-west-1.amazonaws.com.example.org/123456789012/x")
    >>> queue_name("http://sqs.eu-west-1.amazonaws.com/123456789012/x")
    """
    found = _URL.fullmatch(url or "")
    return QueueName(**found.groupdict()) if found else None


def parse_notice(body, message_id):
    """Read a message; what is no notification gives a Notice without kind.

    Amazon writes some kinds with capitals (``NotificationMetadata``) and some
    without.

    :param body: text of the message
    :param message_id: SQS's own id, the key of what carries none

    >>> parse_notice('{"NotificationType": "ORDER_CHANGE", "NotificationMetadata":'
    ...     ' {"NotificationId": "n1", "SubscriptionId": "s1"}}', "m1")
    Notice(key='n1', kind='ORDER_CHANGE', subscription='s1', report='', \
happened_at=None)
    >>> parse_notice("hello", "m1")
    Notice(key='message m1', kind='', subscription='', report='', happened_at=None)
    """
    content = _content(body)
    metadata = _get(content, "notificationMetadata")
    key = _text(metadata, "notificationId")
    if not key:
        # Neither id: the same text is the same message.
        digest = hashlib.sha256(str(body).encode("utf-8", "replace")).hexdigest()
        return Notice(f"message {message_id or digest}"[:128])
    kind = _text(content, "notificationType")
    inner = _get(_get(content, "payload"), "reportProcessingFinishedNotification")
    return Notice(
        key,
        kind if kind in KINDS else "",
        _text(metadata, "subscriptionId"),
        _text(inner, "reportId"),
        _moment(_text(content, "eventTime")),
    )


def prompt_at(notice, now):
    """When the data that a notice speaks of can be read.

    Never in the past, and never later than the usual delay from now: the clock of
    whoever wrote the message is not trusted.

    :param now: naive UTC
    """
    delay = DELAYS.get(notice.kind, timedelta(0))
    happened = notice.happened_at
    if happened is None:
        return now + delay
    return max(now, min(happened, now) + delay)


def _content(body):
    if not isinstance(body, str) or len(body) > MAX_BODY:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _get(content, name):
    """A value of a dict by its name, with a small or a capital first letter."""
    if not isinstance(content, dict):
        return None
    capital = name[0].upper() + name[1:]
    return content.get(name, content.get(capital))


def _text(content, name):
    value = _get(content, name)
    if not isinstance(value, str) or "\0" in value:
        return ""
    return value.encode("utf-8", "ignore").decode()[:128]


def _moment(text):
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            return moment
        return (moment - moment.utcoffset()).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
