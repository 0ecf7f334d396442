"""Encrypted files in parts: written part by part, read at any place.

A large file arrives in parts of :data:`PART_BYTES`. Each part is a stream of
``crypto`` under a key of its own, derived from the file's data key and the part's
number: parts cannot be exchanged, and a part sent again replaces the first one. The
data key is kept wrapped elsewhere; without it the parts are noise.
"""

import io
import os
import struct
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import crypto

#: Plain bytes of every part but the last: a whole number of chunks, well below the
#: 128 MiB that the server takes in one request.
PART_BYTES = 4 * 1024 * 1024
_HEAD = len(crypto._MAGIC) + 4
_SEALED_CHUNK = crypto.CHUNK_BYTES + crypto._TAG_BYTES


def part_count(size):
    """Number of parts of a file of ``size`` bytes.

    >>> part_count(0), part_count(1), part_count(PART_BYTES + 1)
    (1, 1, 2)
    """
    return max(1, -(-size // PART_BYTES))


def part_size(size, number):
    """Plain bytes of the part ``number`` (from 0) of a file of ``size`` bytes."""
    return min(PART_BYTES, size - number * PART_BYTES)


def part_key(data_key, number):
    """Key of one part, derived from the file's data key."""
    info = b"linkstar part " + struct.pack(">Q", number)
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(data_key)


def write_part(path, chunks, data_key, number):
    """Encrypt ``chunks`` into the file ``path``; whole or not at all.

    :return: number of plain bytes written
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    counted = _Counted(chunks)
    partial = path.with_name(f"{path.name}.{os.urandom(4).hex()}.partial")
    try:
        with open(partial, "wb") as sealed:
            for piece in crypto.encrypt_stream(counted, part_key(data_key, number)):
                sealed.write(piece)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return counted.size


class _Counted:
    def __init__(self, chunks):
        self.chunks, self.size = chunks, 0

    def __iter__(self):
        for chunk in self.chunks:
            self.size += len(chunk)
            yield chunk


class SealedReader(io.RawIOBase):
    """A readable, seekable stream over the parts; holds one chunk at a time.

    :param path_of: function from a part's number to its path
    :param size: plain bytes of the whole file

    Reading raises :class:`crypto.Tampered` where a part is missing, cut off or
    changed, never returns what was not encrypted under this key.
    """

    def __init__(self, path_of, size, data_key):
        super().__init__()
        self._path_of, self._size, self._data_key = path_of, size, data_key
        self._at = 0
        self._part = self._cipher = self._prefix = self._file = None
        self._chunk_place, self._chunk = None, b""

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._at

    def seek(self, offset, whence=io.SEEK_SET):
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}
        self._at = max(0, start[whence] + offset)
        return self._at

    def readinto(self, buffer):
        if self._at >= self._size:
            return 0
        part, inside = divmod(self._at, PART_BYTES)
        number, skip = divmod(inside, crypto.CHUNK_BYTES)
        piece = self._read_chunk(part, number)[skip : skip + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self):
        if self._file:
            self._file.close()
            self._file = None
        super().close()

    def _read_chunk(self, part, number):
        if self._chunk_place == (part, number):
            return self._chunk
        self._open_part(part)
        plain = part_size(self._size, part)
        last = (number + 1) * crypto.CHUNK_BYTES >= plain
        length = min(crypto.CHUNK_BYTES, plain - number * crypto.CHUNK_BYTES)
        self._file.seek(_HEAD + number * _SEALED_CHUNK)
        sealed = self._file.read(length + crypto._TAG_BYTES)
        try:
            chunk = self._cipher.decrypt(
                self._prefix + struct.pack(">Q", number),
                sealed,
                b"last" if last else b"more",
            )
        except (InvalidTag, ValueError):
            raise crypto.Tampered("the file is damaged or not complete") from None
        self._chunk_place, self._chunk = (part, number), chunk
        return chunk

    def _open_part(self, part):
        if self._part == part:
            return
        if self._file:
            self._file.close()
        try:
            self._file = open(self._path_of(part), "rb")  # noqa: SIM115
        except FileNotFoundError:
            self._file = self._part = None
            raise crypto.Tampered("a part of the file is missing") from None
        head = self._file.read(_HEAD)
        if len(head) != _HEAD or not head.startswith(crypto._MAGIC):
            raise crypto.Tampered("the file is damaged")
        self._prefix = head[len(crypto._MAGIC) :]
        self._cipher = AESGCM(part_key(self._data_key, part))
        self._part = part


def chunks(reader):
    """Yield the rest of a reader in pieces that fit into memory."""
    while piece := reader.read(crypto.CHUNK_BYTES):
        yield piece
