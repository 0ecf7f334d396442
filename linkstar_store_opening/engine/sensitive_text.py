"""Numbers that must not stand in plain text, and what is never kept at all.

>>> carries_number("ID 110101199003078515 of Li")
True
>>> carries_number("Licence 2026, copy 2")
False
>>> is_card_number("4111 1111 1111 1111")
True
"""

import re

_RUN = re.compile(r"(?:\d[ -]?){11,}[\dXx]")
_CODE_WORD = re.compile(r"(?i)\b(cvv2?|cvc2?|cvn2?|cid|security code|安全码|验证码)")
_CARD = re.compile(
    r"^\s*(?P<last>\d{4})\s*[,;/ ]\s*(?P<month>0[1-9]|1[0-2])\s*[/-]\s*"
    r"(?:20)?(?P<year>\d{2})\s*(?:[,; ]\s*(?P<holder>[^\d]{0,80}))?$"
)


def _digits(text):
    return re.sub(r"\D", "", text)


def is_card_number(text):
    """Tell whether a text holds a whole payment card number (13 to 19, Luhn)."""
    for run in re.findall(r"(?:\d[ -]?){13,19}", text or ""):
        digits = _digits(run)
        if 13 <= len(digits) <= 19 and _luhn(digits):
            return True
    return False


def _luhn(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def carries_number(text):
    """Tell whether a text holds a run of twelve digits or more, as papers have."""
    return bool(_RUN.search(text or ""))


def names_card_code(text):
    """Tell whether a text speaks of a card's verification code.

    >>> names_card_code("Visa, CVV 123"), names_card_code("Visa of Li")
    (True, False)
    """
    return bool(_CODE_WORD.search(text or ""))


def card_text(text):
    """Last four digits, expiry and holder in one form, or ValueError with a code.

    >>> card_text("1234, 09/2029, LI WEI")
    '1234 09/29 LI WEI'
    >>> card_text("4111111111111111 09/29")
    Traceback (most recent call last):
    ...
    ValueError: card_number
    """
    if names_card_code(text):
        raise ValueError("card_code")
    if is_card_number(text):
        raise ValueError("card_number")
    found = _CARD.match(text or "")
    if not found:
        raise ValueError("card_form")
    holder = " ".join((found["holder"] or "").split())
    return f"{found['last']} {found['month']}/{found['year']} {holder}".strip()


def normalised(kind, text):
    """One form of a value of ``kind``, so that equal ones match.

    :raises ValueError: with the code of what is wrong
    """
    text = " ".join((text or "").split())
    if not text:
        raise ValueError("empty")
    if kind == "card":
        return card_text(text)
    if names_card_code(text):
        raise ValueError("card_code")
    if is_card_number(text) and kind != "bank_account":
        raise ValueError("card_number")
    if kind in ("id_number", "passport", "tax_number", "bank_account"):
        compact = re.sub(r"[\s.-]", "", text).upper()
        if len(compact) < 5:
            raise ValueError("short")
        return compact
    return text
