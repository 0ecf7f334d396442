"""Write zip archives encrypted with AES-256, as common unpackers read them.

The standard library writes no encrypted zip. This is the AE-2 form that WinZip
published and that 7-Zip, WinRAR and macOS's unpackers know: a key from the password
by PBKDF2, AES in counter mode, and an HMAC over what was written. The primitives are
those of ``cryptography``, which the addons need anyway.
"""

import hmac
import os
import struct
import zlib
from hashlib import pbkdf2_hmac, sha1

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

_KEY, _SALT, _CHECK, _MAC, _BLOCK = 32, 16, 2, 10, 16
#: The format's own number of rounds; a long password makes up for it.
_ROUNDS = 1000
_AES_METHOD, _DEFLATE = 99, 8
_FLAGS = 0x1 | 0x800
_VERSION = 51
#: Offsets and sizes of the plain zip form have 32 bits.
_LARGEST = 0xFFFFFFFF
#: Strength 3 is AES-256; version 2 stores no checksum of the clear content.
_EXTRA = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, _DEFLATE)
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
# 1980-01-01: a zip's own beginning of time; when a copy was made is in the index.
_DATE = (1 << 5) | 1


class _Sealer:
    """Encrypts the bytes of one entry, in pieces."""

    def __init__(self, password):
        self.salt = os.urandom(_SALT)
        keys = pbkdf2_hmac("sha1", password, self.salt, _ROUNDS, 2 * _KEY + _CHECK)
        self.check = keys[2 * _KEY :]
        self._mac = hmac.new(keys[_KEY : 2 * _KEY], digestmod=sha1)
        # Counter mode with a counter whose first byte is the lowest: made of the
        # encrypted counters, since the library's own mode counts the other way.
        self._blocks = Cipher(AES(keys[:_KEY]), ECB()).encryptor()
        self._counter, self._left = 1, b""

    def seal(self, data):
        """Return ``data`` encrypted, and remember it for the seal."""
        stream = self._stream(len(data))
        size = len(data)
        mixed = int.from_bytes(data, "little") ^ int.from_bytes(stream, "little")
        sealed = mixed.to_bytes(size, "little")
        self._mac.update(sealed)
        return sealed

    def mac(self):
        """The seal over everything encrypted so far."""
        return self._mac.digest()[:_MAC]

    def _stream(self, size):
        missing = max(0, size - len(self._left))
        count = -(-missing // _BLOCK)
        first, self._counter = self._counter, self._counter + count
        counters = b"".join(
            struct.pack("<QQ", number, 0) for number in range(first, first + count)
        )
        stream = self._left + self._blocks.update(counters)
        self._left = stream[size:]
        return stream[:size]


class AesZip:
    """Entries added one after the other to a seekable binary stream."""

    def __init__(self, out, password):
        self._out, self._password = out, password
        self._entries = []

    def add(self, name, pieces):
        """Add one entry.

        :param name: as it stands in the archive; readable without the password
        :param pieces: iterable of bytes
        :raises OverflowError: the archive would become larger than 4 GB
        """
        start, raw_name = self._out.tell(), name.encode()
        self._out.write(self._local(raw_name, 0, 0))
        sealer, packer = _Sealer(self._password), zlib.compressobj(6, wbits=-15)
        self._out.write(sealer.salt + sealer.check)
        plain = 0
        for piece in pieces:
            plain += len(piece)
            self._out.write(sealer.seal(packer.compress(piece)))
        self._out.write(sealer.seal(packer.flush()) + sealer.mac())
        end = self._out.tell()
        if end > _LARGEST or plain > _LARGEST:
            raise OverflowError("archive_large")
        size = end - start - _LOCAL.size - len(raw_name) - len(_EXTRA)
        self._out.seek(start)
        self._out.write(self._local(raw_name, size, plain))
        self._out.seek(end)
        self._entries.append((raw_name, size, plain, start))

    def close(self):
        """Write the list of entries; the archive is whole then."""
        start = self._out.tell()
        for name, size, plain, offset in self._entries:
            self._out.write(
                _CENTRAL.pack(
                    b"PK\1\2",
                    _VERSION,
                    _VERSION,
                    _FLAGS,
                    _AES_METHOD,
                    0,
                    _DATE,
                    *(0, size, plain),
                    *(len(name), len(_EXTRA), 0, 0, 0),
                    *(0, offset),
                )
                + name
                + _EXTRA
            )
        count, size = len(self._entries), self._out.tell() - start
        self._out.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, start, 0))

    def _local(self, name, size, plain):
        header = _LOCAL.pack(
            b"PK\3\4",
            _VERSION,
            _FLAGS,
            _AES_METHOD,
            *(0, _DATE),
            *(0, size, plain),
            *(len(name), len(_EXTRA)),
        )
        return header + name + _EXTRA
