"""The one door to the network: who may call out, and whither.

``check`` refuses copies of a database; ``resolve`` refuses addresses that are not
ours to call; ``send`` does one request to the address that was checked: no
redirects, no proxies, a bounded answer. Addresses never enter a message with
their path or query, because those carry tokens.
"""

import ipaddress
import os
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3

from odoo.exceptions import UserError
from odoo.tools import config, str2bool

LIVE = ("LINKSTAR_LIVE_DATABASES", "linkstar_live_databases")
#: Base addresses of local test servers, comma separated; loopback only.
TEST_ADDRESSES = ("LINKSTAR_TEST_ADDRESSES", "linkstar_test_addresses")
AMAZON_TEST_ADDRESSES = (
    ("LINKSTAR_AMAZON_ENDPOINT", "linkstar_amazon_endpoint"),
    ("LINKSTAR_AMAZON_LWA_ENDPOINT", "linkstar_amazon_lwa_endpoint"),
    ("LINKSTAR_AMAZON_ADS_ENDPOINT", "linkstar_amazon_ads_endpoint"),
)
TIMEOUT_SECONDS = 10
ANSWER_LIMIT = 1024 * 1024


class OutgoingBlocked(UserError):
    """This database, or this address, may not be called; nothing was sent."""


class NotSent(UserError):
    """The other side could not be reached; nothing was sent."""


class Unanswered(UserError):
    """The request went out and no answer came: it may have had an effect."""


@dataclass(frozen=True)
class Address:
    """A checked address: where to connect, and as whom."""

    scheme: str
    host: str
    port: int
    ip: str
    target: str


@dataclass(frozen=True)
class Answer:
    """Status, headers and (bounded) body of an answer."""

    status: int
    headers: dict
    body: bytes


def setting(names):
    """Return a setting from the environment, else from odoo.conf, else ``""``."""
    variable, option = names
    return (os.environ.get(variable) or config.get(option) or "").strip()


def check(env):
    """Raise OutgoingBlocked unless this database may call out at all.

    A neutralised database never may; another one must be named live in
    ``LINKSTAR_LIVE_DATABASES`` (a comma separated list, or ``*``).
    """
    parameters = env["ir.config_parameter"].sudo()
    if str2bool(parameters.get_param("database.is_neutralized") or "", False):
        raise OutgoingBlocked(
            env._(
                "This is a neutralised copy of a database: it calls nobody. Work in "
                "the live database."
            )
        )
    names = {name.strip() for name in setting(LIVE).split(",")}
    if "*" not in names and env.cr.dbname not in names:
        raise OutgoingBlocked(
            env._(
                "Database %(database)s is not named live, so it calls nobody. If it is "
                "the live one, add it to LINKSTAR_LIVE_DATABASES in the server's "
                "environment and start Odoo again.",
                database=env.cr.dbname,
            )
        )


def test_bases():
    """Return the configured test addresses that lie on this machine."""
    texts = setting(TEST_ADDRESSES).split(",")
    texts += [setting(names) for names in AMAZON_TEST_ADDRESSES]
    bases = set()
    for text in texts:
        parts = urlsplit(text.strip())
        if parts.scheme in ("http", "https") and _is_loopback(parts.hostname):
            bases.add((parts.scheme, parts.hostname, _port(parts)))
    return bases


def resolve(env, url, suffixes):
    """Check an address and resolve its host, once, for the call that follows.

    :param url: the whole address
    :param suffixes: host names (or parents of them) that may be called
    :return: Address whose ``ip`` the caller connects to
    :raise OutgoingBlocked: the database or the address may not be called
    :raise NotSent: the host's name does not resolve
    """
    check(env)
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").lower(), _port(parts)
    except ValueError:
        raise _blocked(env, "") from None
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    if (parts.scheme, host, port) in test_bases():
        return Address(parts.scheme, host, port, _first_ip(env, host, port), target)
    known = any(host == name or host.endswith(f".{name}") for name in suffixes)
    if parts.scheme != "https" or not known or parts.username or parts.password:
        raise _blocked(env, host)
    addresses = _lookup(env, host, port)
    if not all(ipaddress.ip_address(ip).is_global for ip in addresses):
        raise _blocked(env, host)
    return Address("https", host, port, addresses[0], target)


def send(
    env, method, url, suffixes, *, body=b"", headers=None, timeout=TIMEOUT_SECONDS
):
    """Send one request and return the Answer, whatever its status.

    :param body: bytes
    :param timeout: seconds for connecting, and again for the answer
    :raise OutgoingBlocked: may not be called
    :raise NotSent: not reached, so surely without effect
    :raise Unanswered: sent, and no whole answer came
    """
    address = resolve(env, url, suffixes)
    pool = _pool(address, timeout)
    try:
        answer = pool.urlopen(
            method,
            address.target,
            body=body,
            headers={**(headers or {}), "Host": _host_header(address)},
            redirect=False,
            retries=False,
            preload_content=False,
        )
        content = answer.read(ANSWER_LIMIT + 1, decode_content=False)
        answer.close()
    except (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.SSLError,
    ):
        raise NotSent(
            env._(
                "%(host)s could not be reached. It is tried again later.",
                host=address.host,
            )
        ) from None
    except (urllib3.exceptions.HTTPError, OSError):
        raise Unanswered(
            env._(
                "%(host)s did not answer in time. Look there whether it arrived.",
                host=address.host,
            )
        ) from None
    finally:
        pool.close()
    if len(content) > ANSWER_LIMIT:
        content = content[:ANSWER_LIMIT]
    return Answer(answer.status, dict(answer.headers), content)


def _pool(address, timeout):
    limits = urllib3.Timeout(connect=timeout, read=timeout)
    if address.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            address.ip,
            address.port,
            timeout=limits,
            cert_reqs="CERT_REQUIRED",
            ca_certs=_certificates(),
            server_hostname=address.host,
            assert_hostname=address.host,
        )
    return urllib3.HTTPConnectionPool(address.ip, address.port, timeout=limits)


def _certificates():
    # The same bundle as requests uses, which Odoo depends on.
    from requests.certs import where

    return where()


def _host_header(address):
    default = {"https": 443, "http": 80}[address.scheme]
    host = f"[{address.host}]" if ":" in address.host else address.host
    return host if address.port == default else f"{host}:{address.port}"


def _port(parts):
    return parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)


def _is_loopback(host):
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _lookup(env, host, port):
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(
            env._(
                "The name %(host)s is not known on the network. Check the address and "
                "this server's connection.",
                host=host,
            )
        ) from None
    return [item[4][0] for item in found]


def _first_ip(env, host, port):
    addresses = _lookup(env, host, port)
    loopback = [ip for ip in addresses if _is_loopback(ip)]
    if not loopback:
        raise _blocked(env, host)
    return sorted(loopback, key=lambda ip: ":" in ip)[0]


def _blocked(env, host):
    return OutgoingBlocked(
        env._(
            "The address at %(host)s may not be called. Use an https address of the "
            "service itself.",
            host=host or "?",
        )
    )
