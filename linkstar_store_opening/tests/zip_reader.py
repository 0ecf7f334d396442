"""An encrypted zip read with nothing of the code that writes it."""

import hashlib
import hmac
import io
import struct
import zipfile
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR


def unpack(data, password):
    """Read an encrypted zip with nothing of the code that wrote it."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            assert info.compress_type == 99 and info.flag_bits & 1
            start = info.header_offset
            name, extra = struct.unpack("<HH", data[start + 26 : start + 30])
            body = data[start + 30 + name + extra :][: info.compress_size]
            found[info.filename] = open_entry(body, password, info.file_size)
    return found


def open_entry(body, password, size):
    salt, check, sealed, mac = body[:16], body[16:18], body[18:-10], body[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 66)
    if keys[64:] != check:
        raise ValueError("wrong password")
    assert hmac.new(keys[32:64], sealed, "sha1").digest()[:10] == mac
    clear = bytearray()
    for number in range(0, len(sealed), 16):
        counter = (number // 16 + 1).to_bytes(16, "little")
        mode = Cipher(AES(keys[:32]), CTR(counter)).encryptor()
        clear += mode.update(sealed[number : number + 16])
    plain = zlib.decompress(bytes(clear), -15)
    assert len(plain) == size
    return plain
