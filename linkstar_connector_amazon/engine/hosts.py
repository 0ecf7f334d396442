"""Addresses that may be called: Amazon's, by region, and a stand-in on loopback."""

import ipaddress
from urllib.parse import urlsplit

SELLING_PARTNER = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
SANDBOX = {
    region: address.replace("https://", "https://sandbox.")
    for region, address in SELLING_PARTNER.items()
}
ADS = {
    "na": "https://advertising-api.amazon.com",
    "eu": "https://advertising-api-eu.amazon.com",
    "fe": "https://advertising-api-fe.amazon.com",
}
TOKEN_HOST = "api.amazon.com"
# Report documents lie on addresses of Amazon's storage that vary by day and region.
DOCUMENT_SUFFIXES = (".amazonaws.com", ".amazon.com", ".cloudfront.net")
CALL_HOSTS = frozenset(
    urlsplit(address).hostname
    for table in (SELLING_PARTNER, SANDBOX, ADS)
    for address in table.values()
) | {TOKEN_HOST}


def is_loopback(address):
    """Whether an address (``http://127.0.0.1:8180``) stays on this machine.

    >>> is_loopback("http://127.0.0.1:8180"), is_loopback("http://[::1]:80")
    (True, True)
    >>> is_loopback("http://127.0.0.1.example.com"), is_loopback("http://10.0.0.1")
    (False, False)
    >>> is_loopback("http://user@127.0.0.1:80"), is_loopback("file:///etc/passwd")
    (False, False)
    """
    parts = urlsplit(address or "")
    if parts.scheme not in ("http", "https") or parts.username or parts.password:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def may_call(url, document=False, test_endpoint=None):
    """Whether a URL is one of Amazon's, or of the configured stand-in server.

    :param document: also allow the storage addresses of report documents
    :param test_endpoint: ``http://127.0.0.1:8180`` in tests and the demo

    >>> may_call("https://sellingpartnerapi-eu.amazon.com/orders")
    True
    >>> may_call("https://sellingpartnerapi-eu.amazon.com.example.org/orders")
    False
    >>> may_call("https://tortuga-prod-na.s3-external-1.amazonaws.com/x", document=True)
    True
    >>> may_call("http://127.0.0.1:9/x"), may_call("http://127.0.0.1:9/x",
    ...     test_endpoint="http://127.0.0.1:9")
    (False, True)
    """
    parts = urlsplit(url)
    if test_endpoint:
        here = urlsplit(test_endpoint)
        same = (parts.scheme, parts.hostname, parts.port) == (
            here.scheme,
            here.hostname,
            here.port,
        )
        return same and is_loopback(test_endpoint)
    if parts.scheme != "https" or parts.username or parts.port not in (None, 443):
        return False
    host = parts.hostname or ""
    if host in CALL_HOSTS:
        return True
    return document and host.endswith(DOCUMENT_SUFFIXES)


def is_public(ip):
    """Whether a resolved address is on the public internet.

    >>> is_public("52.95.116.1"), is_public("10.1.2.3"), is_public("169.254.169.254")
    (True, False, False)
    """
    return ipaddress.ip_address(ip).is_global
