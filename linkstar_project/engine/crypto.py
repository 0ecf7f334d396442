"""Authenticated encryption, keyed hashes and encrypted streams, without the ORM.

Values: AES-256-GCM under a key derived by HKDF for this use, with a random nonce;
the associated data binds a value to its model, record, field and key, so that a
ciphertext moved elsewhere does not decrypt. Files: chunks under a data key of
their own (each chunk bound to its number and to being the last or not), the data
key wrapped like a value: destroying the wrapped key destroys the file.
"""

import base64
import binascii
import hmac
import os
import struct
from functools import lru_cache
from hashlib import scrypt, sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
SHORTEST_PASSPHRASE = 16
#: Plain bytes of one chunk of a file: bounds the memory that a file takes.
CHUNK_BYTES = 64 * 1024
_TAG_BYTES = 16
_MAGIC = b"LSF1"


class CryptoError(ValueError):
    """A value cannot be encrypted or decrypted; the message names no content."""


class KeyTextError(CryptoError):
    """The configured key text is missing or too short."""


class UnknownKey(CryptoError):
    """The value was encrypted under a key that is not configured."""


class Tampered(CryptoError):
    """The value was changed, or belongs to another record or field."""


@lru_cache(maxsize=64)
def _key_bytes(text):
    """Turn one configured key into 32 bytes.

    Either 32 bytes in url-safe base64, or a passphrase of 16 characters or more,
    stretched with scrypt (the salt is fixed: the same text must give the same
    key on every host).
    """
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) == KEY_BYTES and len(text.rstrip("=")) == 43:
        return raw
    if len(text) < SHORTEST_PASSPHRASE:
        raise KeyTextError("key too short")
    return scrypt(
        text.encode(), salt=b"linkstar key", n=2**14, r=8, p=1, dklen=KEY_BYTES
    )


def _derive(key, purpose):
    kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose)
    return kdf.derive(key)


class Keyring:
    """The configured keys; the first one encrypts, all of them decrypt.

    >>> ring = Keyring.from_text("an example passphrase")
    >>> token = ring.encrypt(b"hidden", ("model", 1, "field"))
    >>> ring.decrypt(token, ("model", 1, "field"))
    b'hidden'
    >>> ring.decrypt(token, ("model", 2, "field"))
    Traceback (most recent call last):
    ...
    linkstar_project.engine.crypto.Tampered: the value does not belong here
    """

    def __init__(self, keys):
        self._keys = {key_id(key): key for key in keys}
        self.current = key_id(keys[0])

    @classmethod
    def from_text(cls, text):
        """Read keys separated by commas, the current one first.

        :raise KeyTextError: no key, or one that is too short
        """
        texts = [part.strip() for part in (text or "").split(",") if part.strip()]
        if not texts:
            raise KeyTextError("no key")
        return cls([_key_bytes(part) for part in texts])

    def encrypt(self, data, place):
        """Encrypt bytes for one place (model, record id, field): a text token."""
        kid = self.current
        nonce = os.urandom(NONCE_BYTES)
        cipher = AESGCM(_derive(self._keys[kid], b"linkstar value"))
        sealed = nonce + cipher.encrypt(nonce, data, _bind(place, kid))
        return f"{VERSION}.{kid}.{base64.urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, token, place):
        """Return the bytes of a token made for the same place.

        :raise UnknownKey: made under a key that is not configured any more
        :raise Tampered: changed, or made for another place
        """
        version, kid, sealed = _split(token)
        if version != VERSION or kid not in self._keys:
            raise UnknownKey("the key of this value is not configured")
        cipher = AESGCM(_derive(self._keys[kid], b"linkstar value"))
        try:
            return cipher.decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bind(place, kid)
            )
        except InvalidTag:
            raise Tampered("the value does not belong here") from None

    @property
    def known(self):
        """Public names of all configured keys."""
        return list(self._keys)

    def is_current(self, token):
        """Tell whether a token was made under the current key."""
        return _split(token)[1] == self.current

    def keyed_hash(self, text, purpose):
        """HMAC-SHA256 under the current key, hexadecimal: equal texts match."""
        return self.keyed_hashes(text, purpose)[0]

    def keyed_hashes(self, text, purpose):
        """Hashes under every key, the current one first, to match old ones."""
        return [
            hmac.new(
                _derive(key, b"linkstar hash " + purpose.encode()),
                text.encode(),
                sha256,
            ).hexdigest()
            for key in self._keys.values()
        ]


def key_id(key):
    """Short public name of a key; says nothing about it."""
    return hmac.new(key, b"linkstar key id", sha256).hexdigest()[:8]


def _split(token):
    try:
        version, kid, body = token.split(".", 2)
        return version, kid, base64.urlsafe_b64decode(body)
    except (AttributeError, ValueError, binascii.Error):
        raise Tampered("the value is damaged") from None


def _bind(place, kid):
    parts = [VERSION, kid, *(str(part) for part in place)]
    # Lengths first, so that no two places give the same bytes.
    return b"".join(
        struct.pack(">I", len(raw)) + raw for raw in (p.encode() for p in parts)
    )


def new_data_key():
    """Return a fresh key for one file."""
    return os.urandom(KEY_BYTES)


def encrypt_stream(chunks, data_key):
    """Encrypt an iterable of bytes of any size; yields bytes, bounded in memory.

    >>> key = new_data_key()
    >>> b"".join(decrypt_stream(encrypt_stream([b"a" * 100_000], key), key)) == (
    ...     b"a" * 100_000
    ... )
    True
    """
    cipher = AESGCM(data_key)
    prefix = os.urandom(4)
    yield _MAGIC + prefix
    pending = b""
    number = 0
    for chunk in chunks:
        pending += chunk
        while len(pending) > CHUNK_BYTES:
            piece, pending = pending[:CHUNK_BYTES], pending[CHUNK_BYTES:]
            yield cipher.encrypt(prefix + struct.pack(">Q", number), piece, b"more")
            number += 1
    yield cipher.encrypt(prefix + struct.pack(">Q", number), pending, b"last")


def decrypt_stream(chunks, data_key):
    """Decrypt what ``encrypt_stream`` made; raises Tampered when cut or changed.

    Use the result only when the iteration ends without an error: a file that was
    cut off shows it at its last chunk.
    """
    cipher = AESGCM(data_key)
    source = _Pieces(chunks)
    head = source.read(len(_MAGIC) + 4)
    if head[: len(_MAGIC)] != _MAGIC or len(head) != len(_MAGIC) + 4:
        raise Tampered("the file is damaged")
    prefix, number = head[len(_MAGIC) :], 0
    while True:
        sealed = source.read(CHUNK_BYTES + _TAG_BYTES)
        last = source.at_end()
        try:
            yield cipher.decrypt(
                prefix + struct.pack(">Q", number), sealed, b"last" if last else b"more"
            )
        except InvalidTag:
            raise Tampered("the file is damaged or not complete") from None
        if last:
            return
        number += 1


class _Pieces:
    """Read exact sizes from an iterable of bytes."""

    def __init__(self, chunks):
        self._chunks = iter(chunks)
        self._buffer = b""

    def read(self, size):
        self._fill(size)
        piece, self._buffer = self._buffer[:size], self._buffer[size:]
        return piece

    def at_end(self):
        self._fill(1)
        return not self._buffer

    def _fill(self, size):
        while len(self._buffer) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                return
            self._buffer += chunk
