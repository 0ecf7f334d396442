"""Masked display of sensitive values: enough to recognise, too little to use."""

import re

DOT = "•"


def mask(value, kind="text"):
    """Return a masked form of a value.

    :param kind: ``phone``, ``email``, ``bank``, ``id_number``, ``password`` or
        ``text``; unknown kinds are treated as text

    >>> mask("13812345678", "phone")
    '138••••5678'
    >>> mask("zhang.wei@example.com", "email")
    'z••••••••@example.com'
    >>> mask("6222 0212 3456 7890", "bank")
    '•••• 7890'
    >>> mask("s3cret", "password")
    '••••••••'
    >>> mask("abc")
    '•••'
    """
    text = str(value or "").strip()
    if not text:
        return ""
    return _KINDS.get(kind, _text)(text)


def _phone(text):
    digits = re.sub(r"\D", "", text)
    if len(digits) < 9:
        return _text(text)
    return f"{digits[:3]}{DOT * 4}{digits[-4:]}"


def _email(text):
    name, at, domain = text.rpartition("@")
    if not at or not name:
        return _text(text)
    return f"{name[0]}{DOT * 8}@{domain}"


def _bank(text):
    digits = re.sub(r"\W", "", text)
    return f"{DOT * 4} {digits[-4:]}" if len(digits) >= 8 else _text(text)


def _id_number(text):
    return f"{text[:1]}{DOT * 8}{text[-2:]}" if len(text) >= 8 else _text(text)


def _password(text):
    # A fixed length: even the length of a password is a hint.
    return DOT * 8


def _text(text):
    if len(text) < 8:
        return DOT * len(text)
    return f"{text[:2]}{DOT * 6}{text[-2:]}"


_KINDS = {
    "phone": _phone,
    "email": _email,
    "bank": _bank,
    "id_number": _id_number,
    "password": _password,
    "text": _text,
}
