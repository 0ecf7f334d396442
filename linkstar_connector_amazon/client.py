"""The two established Python clients, made safe for a server that runs for years.

python-amazon-sp-api and python-amazon-ad-api build the requests. Addresses,
credentials, time-out and transport are ours, because the libraries take them from
the environment, follow proxies and redirects, and return a page of HTML or a blank
refusal as an ordinary empty answer.
"""

import hashlib
import json
import logging
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

import httpx

from odoo.addons.linkstar_project.models.trust import outgoing

from .engine import hosts
from .engine.failures import Failure, from_status, from_token_error
from .exceptions import CallFailed

# ad_api configures the root logger when it is imported; Odoo's stays as it was.
_root_handlers = list(logging.root.handlers)
from ad_api.base import ApiResponse as AdsResponse  # noqa: E402
from sp_api.auth import AccessTokenClient, AccessTokenResponse  # noqa: E402
from sp_api.base import Marketplaces  # noqa: E402
from sp_api.base._transport_httpx import HttpxTransport  # noqa: E402
from sp_api.base.credential_provider import (  # noqa: E402
    FromCodeCredentialProvider,
)

if not _root_handlers:
    logging.root.handlers.clear()
# At DEBUG these write headers and bodies, tokens and signatures included.
for _name in ("httpx", "httpcore", "sp_api", "ad_api", "boto3", "botocore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class HideQueries(logging.Filter):
    """httpx writes every address with its query at INFO, should somebody ask for it."""

    def filter(self, record):
        """Keep every line, and of addresses what stands before the query."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                str(arg).partition("?")[0] if isinstance(arg, httpx.URL) else arg
                for arg in record.args
            )
        return True


logging.getLogger("httpx").addFilter(HideQueries())

ENDPOINT = ("LINKSTAR_AMAZON_ENDPOINT", "linkstar_amazon_endpoint")
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
MAX_ANSWER = 16 * 1024 * 1024
MAX_DOCUMENT = 256 * 1024 * 1024
TOKEN_MARGIN = 120
HOME_MARKETPLACE = {
    "na": Marketplaces.US,
    "eu": Marketplaces.DE,
    "fe": Marketplaces.JP,
}

_tokens = {}
_tokens_lock = threading.Lock()
_tls = None


def test_endpoint():
    """Address of a stand-in server from the configuration, loopback only, or None."""
    address = outgoing.setting(ENDPOINT).rstrip("/")
    if not address:
        return None
    if not hosts.is_loopback(address):
        raise CallFailed(Failure("host_refused"))
    return address


def forget_tokens():
    """Drop every access token of this process, after a secret has changed."""
    with _tokens_lock:
        _tokens.clear()


def _tls_context():
    """One context for all clients: loading the certificates takes 20 ms."""
    global _tls
    if _tls is None:
        _tls = ssl.create_default_context()
    return _tls


def _check_address(url, document=False):
    """Refuse hosts that are not Amazon's, and names that lead into this network.

    :return: the address to connect to, or None for a stand-in server
    """
    endpoint = test_endpoint()
    if not hosts.may_call(str(url), document=document, test_endpoint=endpoint):
        raise CallFailed(Failure("host_refused"))
    if endpoint:
        return None
    return public_address(url)


def public_address(url):
    """The address a host's name stands for, once; none of them may be private.

    :raises CallFailed: not found, or a name that leads into this network
    """
    parts = urlsplit(str(url))
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443)
    except OSError as error:
        raise CallFailed(Failure("connection")) from error
    if not all(hosts.is_public(entry[4][0]) for entry in found):
        raise CallFailed(Failure("host_refused"))
    return found[0][4][0]


class PinnedTransport(httpx.HTTPTransport):
    """Connects to the very address that was checked.

    A name looked up twice may lead elsewhere the second time. The certificate is
    still that of the name.

    :param check: function of a URL that raises, or returns the address to connect to
        (None: as the URL says)
    """

    def __init__(self, check, **options):
        super().__init__(**options)
        self._check = check

    def handle_request(self, request):
        """Check, pin, send."""
        name = request.url.host
        address = self._check(request.url)
        if address:
            request.headers.setdefault("Host", request.url.netloc.decode())
            request.extensions = {**request.extensions, "sni_hostname": name}
            request.url = request.url.copy_with(host=address)
        return super().handle_request(request)


def _read_bounded(response, limit):
    """Read an answer and stop at ``limit`` bytes of expanded content."""
    parts, size = [], 0
    try:
        for part in response.iter_bytes():
            size += len(part)
            if size > limit:
                response.close()
                raise CallFailed(Failure("too_large", response.status_code))
            parts.append(part)
    except (httpx.RemoteProtocolError, httpx.DecodingError) as error:
        raise CallFailed(Failure("not_json", response.status_code)) from error
    # What httpx's own read() does, with a bound.
    response._content = b"".join(parts)


def _parsed(response):
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _check_answer(response):
    """httpx hook: an answer without sense raises, as the libraries do not."""
    _read_bounded(response, MAX_ANSWER)
    body = _parsed(response)
    if response.status_code >= 400:
        if response.request.url.path.endswith("/auth/o2/token"):
            error = body.get("error") if isinstance(body, dict) else None
            raise CallFailed(from_token_error(error, response.status_code))
        raise CallFailed(from_status(response.status_code, response.headers, body))
    if response.status_code >= 300:
        raise CallFailed(Failure("unexpected_answer", response.status_code))
    if body is None and response.status_code != 204:
        raise CallFailed(Failure("not_json", response.status_code))


def bare_client(check):
    """An httpx client without proxies, redirects or settings of the environment.

    :param check: see PinnedTransport
    """
    return httpx.Client(
        transport=PinnedTransport(check, verify=_tls_context(), trust_env=False),
        timeout=TIMEOUT,
        trust_env=False,
        follow_redirects=False,
    )


def http_client():
    """A client for Amazon's APIs, whose answers without sense raise."""
    client = bare_client(_check_address)
    client.event_hooks = {"response": [_check_answer]}
    return client


class TokenClient(AccessTokenClient):
    """LWA tokens kept per secret: a rotated secret never finds an old token.

    The library keeps ten tokens for the whole process, by refresh token only.
    """

    def __init__(self, refresh_token=None, credentials=None, proxies=None, verify=True):
        super().__init__(refresh_token, credentials, None, _tls_context())
        self._transport.close()
        self._transport = HttpxTransport(client=http_client())
        endpoint = test_endpoint()
        if endpoint:
            parts = urlsplit(endpoint)
            self.scheme, self.host = f"{parts.scheme}://", parts.netloc

    def _key(self, scope=""):
        cred = self.cred
        parts = (cred.client_id, cred.client_secret, scope or cred.refresh_token)
        text = "\0".join(part or "" for part in parts)
        return hashlib.sha256(f"{self.host}\0{text}".encode()).digest()

    def get_auth(self):
        """An access token, from memory while it lives."""
        return self._kept_or_new(self._key(), lambda: self.data)

    def get_grantless_auth(self, scope="sellingpartnerapi::notifications"):
        """A token of the application itself, for calls about no seller."""
        return self._kept_or_new(self._key(scope), lambda: self.grantless_data(scope))

    def _kept_or_new(self, key, data):
        with _tokens_lock:
            kept = _tokens.get(key)
        if kept and kept[0] > time.monotonic():
            return AccessTokenResponse(**kept[1])
        answer = self._request(
            self.scheme + self.host + self.path, data(), self.headers
        )
        lives = float(answer.get("expires_in") or 3600) - TOKEN_MARGIN
        with _tokens_lock:
            _tokens[key] = (time.monotonic() + lives, answer)
        return AccessTokenResponse(**answer)

    def forget(self):
        """Drop these tokens, after Amazon has refused one."""
        with _tokens_lock:
            _tokens.pop(self._key(), None)
            _tokens.pop(self._key("sellingpartnerapi::notifications"), None)


class _Credentials:
    """What both token clients read."""

    def __init__(self, client_id, client_secret, refresh_token):
        self.lwa_app_id = client_id
        self.lwa_client_secret = client_secret
        self.refresh_token = refresh_token


class Amazon:
    """Calls for one account: builds clients, turns every failure into CallFailed.

    Use as a context manager: it closes its connections.

    :param env: for the check that this database may call at all
    :param region: na, eu or fe
    :param client_id: of the LWA application
    """

    def __init__(
        self, env, region, client_id, client_secret, refresh_token, sandbox=False
    ):
        outgoing.check(env)
        self.region = region
        self._sandbox = sandbox
        self._secrets = _Credentials(client_id, client_secret, refresh_token)
        self._http = http_client()
        self._token_client = None

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        """Close the connections."""
        self._http.close()
        if self._token_client:
            self._token_client._transport.close()

    @property
    def _auth(self):
        if self._token_client is None:
            self._token_client = TokenClient(credentials=self._secrets)
        return self._token_client

    def exchange(self, code, redirect=None):
        """The refresh token for a consent's code.

        :param redirect: the address the seller came back to; Amazon Ads wants it again
        """
        auth = self._auth
        data = auth._auth_code_request_body(code)
        if redirect:
            data["redirect_uri"] = redirect
        answer = self._guarded(
            lambda: auth._request(
                auth.scheme + auth.host + auth.path, data, auth.headers
            )
        )
        return answer.get("refresh_token")

    def selling_partner(self, api_class, call, marketplace=None):
        """Call the Selling Partner API.

        :param api_class: class of ``sp_api.api``
        :param call: function that takes the client and makes one call
        :param marketplace: Amazon's id of the marketplace the call is about
        :return: the library's ApiResponse
        """
        client = api_class(
            HOME_MARKETPLACE[self.region],
            refresh_token=self._secrets.refresh_token,
            credentials={
                "lwa_app_id": self._secrets.lwa_app_id,
                "lwa_client_secret": self._secrets.lwa_client_secret,
                "refresh_token": self._secrets.refresh_token,
            },
            credential_providers=(FromCodeCredentialProvider,),
            verify=_tls_context(),
            auth_token_client_class=_token_class(self._auth),
        )
        client._transport.close()
        client._transport = HttpxTransport(client=self._http)
        # Set after the constructor, which prefers the environment.
        table = hosts.SANDBOX if self._sandbox else hosts.SELLING_PARTNER
        client.endpoint = test_endpoint() or table[self.region]
        if marketplace:
            client.marketplace_id = marketplace
        return self._with_fresh_token(lambda: call(client))

    def ads(self, api_class, call, profile=None):
        """Call the Ads API; the library builds the request, this sends it."""
        client = _ads_class(api_class)(
            credentials={
                "refresh_token": self._secrets.refresh_token,
                "client_id": self._secrets.lwa_app_id,
                "client_secret": self._secrets.lwa_client_secret,
                "profile_id": profile or "",
            },
            access_token="set per request",
            verify_additional_credentials=False,
        )
        client.credentials = {
            "client_id": self._secrets.lwa_app_id,
            "profile_id": profile or "",
        }
        client.endpoint = test_endpoint() or hosts.ADS[self.region]
        client.linkstar_http = self._http

        def signed():
            client._access_token = self._auth.get_auth().access_token
            return call(client)

        return self._with_fresh_token(signed)

    def document(self, url):
        """Bytes of a report document, bounded; the address is checked like others."""

        def download():
            with bare_client(lambda it: _check_address(it, document=True)) as http:
                with http.stream("GET", url) as response:
                    _read_bounded(response, MAX_DOCUMENT)
                    if response.status_code != 200:
                        failure = from_status(
                            max(response.status_code, 400), response.headers, None
                        )
                        raise CallFailed(failure)
                    return response.content

        return self._guarded(download)

    def _with_fresh_token(self, call):
        """Call; when the access token was refused, once more with a new one."""
        try:
            return self._guarded(call)
        except CallFailed as error:
            if error.failure.code != "token_rejected":
                raise
        self._auth.forget()
        return self._guarded(call)

    def _guarded(self, call):
        try:
            return call()
        except httpx.TimeoutException as error:
            raise CallFailed(Failure("timeout")) from error
        except httpx.HTTPError as error:
            raise CallFailed(Failure("connection")) from error


def _token_class(token_client):
    """The constructor that sp_api calls, giving it our one token client."""
    return lambda **_ignored: token_client


def _ads_class(api_class):
    return type(api_class.__name__, (_AdsTransport, api_class), {})


class _AdsTransport:
    """Send what ad_api built through our transport."""

    linkstar_http = None

    def _request(self, path, data=None, params=None, headers=None):
        params = dict(params or {})
        method = params.pop("method")
        sent = dict(self.headers)
        if headers is False:
            sent.pop("Content-Type")
        else:
            sent.update(headers or {})
        response = self.linkstar_http.request(
            method,
            self.endpoint + path,
            params=params,
            content=data if method in ("POST", "PUT", "PATCH") else None,
            headers={name: value for name, value in sent.items() if value},
        )
        return AdsResponse(response.json(), None, headers=response.headers)
