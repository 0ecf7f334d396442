"""Queues of Amazon SQS: boto3 builds and signs the requests, our transport sends them.

boto3 is optional: whoever receives no notifications does not need it. Its own chain
of credentials, settings of the environment, proxies and configuration files are never
used: keys come from ``linkstar.secret``, the address from the queue.
"""

import os
import threading

import httpx

from odoo.addons.linkstar_project.models.trust import outgoing

from .client import bare_client, public_address, test_endpoint
from .engine import hosts
from .engine.failures import Failure
from .engine.notices import queue_name
from .exceptions import CallFailed

try:
    import boto3
    import botocore.session
    from botocore.awsrequest import AWSResponse
    from botocore.config import Config
    from botocore.configprovider import ConstantProvider
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    boto3 = None

ENDPOINT = ("LINKSTAR_AMAZON_SQS_ENDPOINT", "linkstar_amazon_sqs_endpoint")
BATCH = 10
MAX_ANSWER = 8 * 1024 * 1024
# Seconds in which a message that was not deleted stays out of sight.
INVISIBLE = 120
# Words of Amazon's, in small letters and without their prefix.
CODES = {
    "queuedoesnotexist": "queue_missing",
    "nonexistentqueue": "queue_missing",
    "accessdenied": "queue_refused",
    "accessdeniedexception": "queue_refused",
    "invalidclienttokenid": "queue_key",
    "signaturedoesnotmatch": "queue_key",
    "invalidaccesskeyid": "queue_key",
    "unrecognizedclientexception": "queue_key",
    "missingauthenticationtoken": "queue_key",
    "incompletesignature": "queue_key",
    "optinrequired": "queue_key",
    "requestthrottled": "throttled",
    "throttling": "throttled",
    "throttlingexception": "throttled",
    "overlimit": "throttled",
}
# What boto3 would otherwise take from the environment and from files.
_FOREIGN = ("profile", "region", "ca_bundle", "data_path", "endpoint_url", "services")

_lock = threading.Lock()
_core = None


def sqs_endpoint():
    """Address of a local SQS server from the configuration, loopback only, or None."""
    address = outgoing.setting(ENDPOINT).rstrip("/")
    if address and not hosts.is_loopback(address):
        raise CallFailed(Failure("host_refused"))
    if not address and test_endpoint():
        # With a stand-in for Amazon, the real Amazon is not called.
        raise CallFailed(Failure("host_refused"))
    return address or None


def _session():
    """botocore's session without environment and files; loading it takes a while."""
    global _core
    if _core is None:
        core = botocore.session.Session()
        store = core.get_component("config_store")
        for name in _FOREIGN:
            store.set_config_provider(name, ConstantProvider(value=None))
        for name in ("config_file", "credentials_file"):
            store.set_config_provider(name, ConstantProvider(value=os.devnull))
        _core = core
    return _core


class Queue:
    """One queue. Every failure becomes CallFailed; nothing is kept between calls.

    :param env: for the check that this database may call at all
    :param url: address of the queue, as SQS shows it
    :param key_id: access key id
    :param key: secret access key
    """

    def __init__(self, env, url, key_id, key):
        outgoing.check(env)
        if boto3 is None:
            raise CallFailed(Failure("boto_missing"))
        name = queue_name(url)
        if not name:
            raise CallFailed(Failure("queue_address"))
        if not key_id or not key:
            raise CallFailed(Failure("queue_no_key"))
        self._url = url
        self._home = f"https://sqs.{name.region}.amazonaws.com"
        endpoint = sqs_endpoint()
        with _lock:
            # The session is shared and knows no keys; each client gets its own.
            session = boto3.session.Session(botocore_session=_session())
            self._client = session.client(
                "sqs",
                region_name=name.region,
                endpoint_url=endpoint or self._home,
                aws_access_key_id=key_id,
                aws_secret_access_key=key,
                config=Config(
                    proxies={},
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    parameter_validation=True,
                    ignore_configured_endpoint_urls=True,
                ),
            )
        self._endpoint = endpoint
        self._client.meta.events.register("before-send.sqs", self._send)

    def receive(self):
        """Up to ten messages, out of others' sight for two minutes.

        :return: dicts ``MessageId``, ``ReceiptHandle``, ``Body``
        """
        answer = self._guarded(
            self._client.receive_message,
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=0,
            VisibilityTimeout=INVISIBLE,
        )
        return answer.get("Messages") or []

    def delete(self, handles):
        """Delete messages that were kept; one that fails comes again."""
        for first in range(0, len(handles), BATCH):
            entries = [
                {"Id": str(number), "ReceiptHandle": handle}
                for number, handle in enumerate(handles[first : first + BATCH])
            ]
            self._guarded(self._client.delete_message_batch, Entries=entries)

    def waiting(self):
        """About how many messages lie in the queue."""
        answer = self._guarded(
            self._client.get_queue_attributes,
            AttributeNames=["ApproximateNumberOfMessages"],
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def _guarded(self, call, **values):
        try:
            return call(QueueUrl=self._url, **values)
        except ClientError as error:
            raise CallFailed(_failure(error.response)) from None
        except httpx.TimeoutException:
            raise CallFailed(Failure("timeout")) from None
        except httpx.HTTPError:
            raise CallFailed(Failure("connection")) from None
        except (BotoCoreError, ValueError, KeyError, TypeError):
            # boto3's own words may carry the request; ours carry nothing.
            raise CallFailed(Failure("unexpected_answer")) from None

    def _check(self, url):
        """Only SQS of this queue's region, at a public address; or the local server."""
        here = f"{url.scheme}://{url.netloc.decode()}"
        if here != (self._endpoint or self._home):
            raise CallFailed(Failure("host_refused"))
        return None if self._endpoint else public_address(url)

    def _send(self, request, **_more):
        """Send what boto3 signed: no proxy, no redirect, a bounded answer."""
        headers = {
            name: value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        # Compressed answers could grow beyond the bound while they are read.
        headers["Accept-Encoding"] = "identity"
        parts, size = [], 0
        with (
            bare_client(self._check) as http,
            http.stream(
                request.method, request.url, headers=headers, content=request.body
            ) as answer,
        ):
            if 300 <= answer.status_code < 400:
                raise CallFailed(Failure("unexpected_answer", answer.status_code))
            for part in answer.iter_bytes():
                size += len(part)
                if size > MAX_ANSWER:
                    raise CallFailed(Failure("too_large", answer.status_code))
                parts.append(part)
        result = AWSResponse(request.url, answer.status_code, answer.headers, None)
        result._content = b"".join(parts)
        return result


def _failure(response):
    """The failure of an error that SQS told in its own words."""
    error = response.get("Error") or {}
    status = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0
    word = str(error.get("Code") or "")
    code = CODES.get(word.rpartition(".")[2].rpartition("#")[2].lower())
    if not code:
        code = "unavailable" if status >= 500 else "bad_request"
    return Failure(code, status, amazon_code=word[:64])
