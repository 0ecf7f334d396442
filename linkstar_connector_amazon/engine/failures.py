"""What went wrong with a call, as a value: a code and what is known about it.

The sentences for people are in ``messages.py``; here the outcome of a call is
named, and it is decided whether to try again and when.
"""

from dataclasses import dataclass, field
from datetime import timedelta

# Trying again helps without anybody doing anything.
TRANSIENT = frozenset(
    {
        "throttled",
        "server_error",
        "unavailable",
        "not_json",
        "timeout",
        "connection",
        "token_rejected",
        "page_expired",
        "report_cancelled",
        "report_fatal",
        "report_late",
        "too_large",
        "unexpected_answer",
        "blank_refusal",
        "internal",
    }
)
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=2)


@dataclass(frozen=True)
class Failure:
    """A call that did not give what was asked for.

    :param code: one of the codes of ``messages.SENTENCES``
    :param status: HTTP status, or 0 where there was no answer
    :param retry_after: seconds of Amazon's header, or None
    :param rate: Amazon's rate header, or None
    :param amazon_code: Amazon's own word, such as ``InvalidInput``
    :param args: values for the sentence
    """

    code: str
    status: int = 0
    retry_after: float | None = None
    rate: float | None = None
    amazon_code: str = ""
    args: dict = field(default_factory=dict)

    @property
    def is_transient(self):
        """Whether it is worth trying again by itself."""
        return self.code in TRANSIENT


def number(text):
    """A header's number, or None.

    >>> number("0.5"), number("soon"), number(None), number("nan")
    (0.5, None, None, None)
    """
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if 0 <= value < 1e9 else None


def _errors(body):
    if not isinstance(body, dict):
        return []
    errors = body.get("errors")
    if not isinstance(errors, list):
        return []
    return [error for error in errors if isinstance(error, dict)]


def _words(errors):
    """What Amazon says, in small letters; for telling causes apart only."""
    parts = ((error.get("message"), error.get("details")) for error in errors)
    return " ".join(str(text or "") for pair in parts for text in pair).lower()


def _forbidden(errors):
    if not errors:
        return "blank_refusal"
    words = _words(errors)
    if "access token" in words:
        return "token_rejected"
    return "role_missing"


def _bad_request(errors):
    words = _words(errors)
    if "token" in words and ("page" in words or "next" in words or "expired" in words):
        return "page_expired"
    if "paginationtoken" in words or "nexttoken" in words:
        return "page_expired"
    return "bad_request"


def from_status(status, headers, body):
    """The failure of an answer with status 400 or more.

    :param headers: mapping with case-insensitive ``get``
    :param body: the parsed JSON, or None where the body is none

    >>> from_status(503, {}, None).code, from_status(403, {}, None).code
    ('unavailable', 'blank_refusal')
    >>> from_status(403, {}, {"errors": [{"code": "Unauthorized",
    ...     "message": "Access to requested resource is denied."}]}).code
    'role_missing'
    """
    errors = _errors(body)
    codes = {
        400: _bad_request(errors),
        401: "token_rejected",
        403: _forbidden(errors),
        404: "not_found",
        413: "too_large",
        429: "throttled",
        503: "unavailable",
    }
    code = codes.get(status) or ("server_error" if status >= 500 else "bad_request")
    return Failure(
        code=code,
        status=status,
        retry_after=number(headers.get("Retry-After")),
        rate=number(headers.get("x-amzn-RateLimit-Limit")),
        amazon_code=str(errors[0].get("code") or "")[:64] if errors else "",
    )


def from_token_error(error, status):
    """The failure of Login with Amazon's token address.

    >>> from_token_error("invalid_grant", 400).code
    'authorisation_revoked'
    >>> from_token_error("invalid_client", 401).code
    'client_refused'
    >>> from_token_error(None, 403).code
    'blank_refusal'
    """
    codes = {
        "invalid_grant": "authorisation_revoked",
        "invalid_client": "client_refused",
        "unauthorized_client": "client_refused",
    }
    if status >= 500:
        code = "unavailable"
    elif status == 429:
        code = "throttled"
    else:
        # A gateway's page says nothing about the application's secret.
        code = codes.get(error) or "blank_refusal"
    return Failure(code=code, status=status, amazon_code=str(error or "")[:64])


def retry_delay(failures, failure):
    """How long to wait before the next try.

    :param failures: how many tries have failed in a row, this one included

    >>> retry_delay(1, Failure("timeout")), retry_delay(3, Failure("timeout"))
    (datetime.timedelta(seconds=60), datetime.timedelta(seconds=240))
    >>> retry_delay(30, Failure("timeout"))
    datetime.timedelta(seconds=7200)
    """
    if failure.retry_after is not None:
        return min(timedelta(seconds=failure.retry_after), LAST_RETRY)
    if not failure.is_transient:
        return LAST_RETRY
    return min(FIRST_RETRY * 2 ** min(max(failures - 1, 0), 10), LAST_RETRY)
