"""Which shops look tied to each other in a platform's eyes, and how badly.

Platforms close shops that share what they should not share: a company, a bank
account, a phone, a device. Judged are pairs of dated uses of one thing by two shops
of the same platform. Plain Python: no ORM, ``today`` is an argument, dates are days.

Severities, weights and the window follow practice in the trade (graded B to D in the
sources of this addon); a company may set its own.

>>> from dataclasses import replace
>>> from datetime import date
>>> amazon = Policy(accounts_per_entity=1, scope="region")
>>> one = Use(1, seller=1, entity=1, platform=1, scope="na", start=date(2026, 1, 1))
>>> two = Use(2, seller=2, entity=2, platform=1, scope="na", start=date(2026, 2, 1))
>>> judge("phone", one, two, amazon, {})
Tie(severity='high', code='shared')
>>> judge("phone", one, replace(two, suspended=True), amazon, {}).severity
'critical'
>>> judge("phone", one, replace(two, seller=1), amazon, {}) is None
True
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

CRITICAL, HIGH, MEDIUM, LOW = "critical", "high", "medium", "low"
RANK = {LOW: 1, MEDIUM: 2, HIGH: 3, CRITICAL: 4}
WEIGHTS = {CRITICAL: 80, HIGH: 35, MEDIUM: 15, LOW: 5}
#: From these sums on, a shop is called at risk, and in danger.
WARN_AT, STOP_AT = 40, 80

SEVERITY = {
    "entity": CRITICAL,
    "tax_number": CRITICAL,
    "representative": CRITICAL,
    "id_number": CRITICAL,
    "bank_account": CRITICAL,
    "card": CRITICAL,
    "phone": HIGH,
    "email": HIGH,
    "address": HIGH,
    "login": HIGH,
    "device": HIGH,
    "browser_profile": HIGH,
    "ip": MEDIUM,
    "line": MEDIUM,
    "vps": MEDIUM,
    "images": MEDIUM,
    "trademark": MEDIUM,
    "sku_data": MEDIUM,
    "mac": LOW,
}


@dataclass(frozen=True)
class Policy:
    """A platform's rule on several accounts of one legal entity.

    :param accounts_per_entity: how many one entity may have; 0 for no limit
    :param scope: within what they are counted: ``platform``, ``region`` or ``site``
    :param window_days: how long a released thing still ties two shops
    """

    accounts_per_entity: int = 1
    scope: str = "platform"
    window_days: int = 365


@dataclass(frozen=True)
class Use:
    """One shop's use of one thing.

    ``scope`` is the value of the policy's scope (a region's or a site's code);
    ``end`` is None while it is in use; ``suspended``: the shop's account is
    restricted, or was closed by the platform.
    """

    store: int
    seller: int
    entity: int
    platform: int
    scope: str
    start: date
    end: date | None = None
    suspended: bool = False


@dataclass(frozen=True)
class Tie:
    """Two shops look tied: how badly, and why.

    Codes: ``shared``; ``suspended`` (a tie to a shop in trouble); ``too_many`` (one
    entity has more accounts than the platform allows).
    """

    severity: str
    code: str


def judge(kind, one, two, policy, accounts):
    """Return the :class:`Tie` of two uses of one thing, or None. Symmetric.

    :param kind: a key of :data:`SEVERITY`
    :param accounts: ``{(entity, platform, scope): number of its accounts}``
    """
    if one.store == two.store or one.seller == two.seller:
        return None  # sites of one account belong together
    if one.platform != two.platform:
        return None
    if one.suspended or two.suspended:
        return Tie(CRITICAL, "suspended")
    if not _near(one, two, policy.window_days):
        return None
    if one.entity and one.entity == two.entity:
        return _same_entity(kind, one, two, policy, accounts)
    return Tie(SEVERITY[kind], "shared")


def _same_entity(kind, one, two, policy, accounts):
    """Lawful shops of one company may share; too many of them are one finding."""
    if one.scope != two.scope or not policy.accounts_per_entity:
        return None
    count = accounts.get((one.entity, one.platform, one.scope), 2)
    if count <= policy.accounts_per_entity:
        return None
    if kind == "entity":
        return Tie(CRITICAL, "too_many")
    return Tie(SEVERITY[kind], "shared")


def _near(one, two, window_days):
    """Whether the uses overlap, or follow each other within the window."""
    window = timedelta(days=window_days)
    first, second = sorted((one, two), key=lambda use: (use.start, use.store))
    return first.end is None or second.start <= first.end + window


def score(severities):
    """Return 0 to 100 for all open ties of a shop.

    >>> score([HIGH, LOW]), score([CRITICAL, HIGH]), score([])
    (40, 100, 0)
    """
    return min(100, sum(WEIGHTS[severity] for severity in severities))


def worst(severities):
    """Return the highest of some severities, or None.

    >>> worst([LOW, HIGH]), worst([]) is None
    ('high', True)
    """
    return max(severities, key=RANK.__getitem__, default=None)


# -- equal things written differently ------------------------------------------------


def normalise(kind, value):
    """Return the one way of writing a value, so that equal things compare equal.

    :raises ValueError: the value cannot be one of its kind (code as the message):
        ``empty``, ``short``, ``phone``, ``email``, ``ip``, ``mac``, ``card`` (a full
        card number or a verification code, which are never kept)

    >>> normalise("phone", "138 1234 5678") == normalise("phone", "+86-13812345678")
    True
    >>> normalise("email", "Ann.Lee+shop@Gmail.com")
    'annlee@gmail.com'
    >>> normalise("ip", " 203.0.113.007 ")
    '203.0.113.7'
    """
    text = unicodedata.normalize("NFKC", str(value or "")).strip()
    if not text:
        raise ValueError("empty")
    return _NORMALISERS.get(kind, _words)(text)


def _phone(text):
    digits = re.sub(r"[^\d+]", "", text)
    plus, digits = digits.startswith("+"), digits.replace("+", "")
    if not plus and digits.startswith("00"):
        plus, digits = True, digits[2:]
    if not plus and re.fullmatch(r"1[3-9]\d{9}", digits):
        digits = "86" + digits  # a mainland mobile number without its country
    if not 6 <= len(digits) <= 15:
        raise ValueError("phone")
    return digits


def _email(text):
    name, at, domain = text.casefold().rpartition("@")
    if not at or not name or "." not in domain or re.search(r"\s", text):
        raise ValueError("email")
    name = name.split("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        name, domain = name.replace(".", ""), "gmail.com"
    if not name:
        raise ValueError("email")
    return f"{name}@{domain}"


def _code(text):
    """Numbers of papers and accounts: letters and digits only."""
    code = re.sub(r"[\W_]+", "", text).upper()
    if len(code) < 4:
        raise ValueError("short")
    return code


def _card(text):
    """A card is told by its last four digits, expiry and holder, never its number."""
    digits = re.findall(r"\d+", re.sub(r"(?<=\d)[ -](?=\d{4}\b)", "", text))
    if any(len(run) > 8 for run in digits):
        raise ValueError("card")
    return _words(text)


def _ip(text):
    plain = re.sub(r"(?<![0-9a-f:])0+(?=\d)", "", text) if ":" not in text else text
    try:
        return str(ipaddress.ip_address(plain))
    except ValueError:
        raise ValueError("ip") from None


def _mac(text):
    digits = re.sub(r"[^0-9a-f]", "", text.casefold())
    if len(digits) != 12:
        raise ValueError("mac")
    return digits


def _words(text):
    words = re.sub(r"[\W_]+", "", text.casefold())
    if not words:
        raise ValueError("empty")
    return words


_NORMALISERS = {
    "phone": _phone,
    "email": _email,
    "tax_number": _code,
    "id_number": _code,
    "bank_account": _code,
    "trademark": _code,
    "card": _card,
    "ip": _ip,
    "mac": _mac,
}
