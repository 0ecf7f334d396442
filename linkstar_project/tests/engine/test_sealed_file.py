"""Encrypted files in parts."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.linkstar_project.engine import crypto, sealed_file

KEY = bytes(range(32))
EDGES = [0, 1, 65535, 65536, 65537, 131072]


def write(folder, data, monkeypatch=None):
    for number in range(sealed_file.part_count(len(data))):
        start = number * sealed_file.PART_BYTES
        piece = data[start : start + sealed_file.PART_BYTES]
        sealed_file.write_part(folder / str(number), [piece], KEY, number)
    return lambda number: folder / str(number)


def reader(path_of, size, key=KEY):
    return io.BufferedReader(sealed_file.SealedReader(path_of, size, key))


@pytest.mark.parametrize("size", EDGES)
def test_what_was_written_comes_back(tmp_path, size):
    data = bytes(i * 7 % 251 for i in range(size))
    path_of = write(tmp_path, data)
    with reader(path_of, size) as stream:
        assert stream.read() == data
    assert data[:64] == b"" or data[:64] not in (tmp_path / "0").read_bytes()


@given(st.integers(0, 200_000), st.integers(0, 70_000))
def test_any_place_reads_the_same_as_the_plain_file(tmp_path_factory, at, length):
    home = tmp_path_factory.mktemp("sealed")
    data = bytes(i * 11 % 253 for i in range(150_000))
    path_of = write(home, data)
    with reader(path_of, len(data)) as stream:
        stream.seek(at)
        assert stream.read(length) == data[at : at + length]


def test_parts_are_bound_to_their_number_and_key(tmp_path, monkeypatch):
    monkeypatch.setattr(sealed_file, "PART_BYTES", 65536)
    data = bytes(i % 249 for i in range(3 * 65536))
    path_of = write(tmp_path, data)
    with reader(path_of, len(data)) as stream:
        assert stream.read() == data
    with pytest.raises(crypto.Tampered), reader(path_of, len(data), b"k" * 32) as s:
        s.read()
    (tmp_path / "0").rename(tmp_path / "x")
    (tmp_path / "1").rename(tmp_path / "0")
    (tmp_path / "x").rename(tmp_path / "1")
    with pytest.raises(crypto.Tampered), reader(path_of, len(data)) as s:
        s.read()


def test_a_file_that_was_cut_or_lost_a_part_does_not_read(tmp_path):
    data = b"z" * 200_000
    path_of = write(tmp_path, data)
    sealed = (tmp_path / "0").read_bytes()
    (tmp_path / "0").write_bytes(sealed[:-1])
    with pytest.raises(crypto.Tampered), reader(path_of, len(data)) as stream:
        stream.read()
    (tmp_path / "0").unlink()
    with pytest.raises(crypto.Tampered), reader(path_of, len(data)) as stream:
        stream.read()


def test_a_part_that_breaks_off_leaves_nothing(tmp_path):
    def broken():
        yield b"a" * 100_000
        raise OSError("gone")

    with pytest.raises(OSError):
        sealed_file.write_part(tmp_path / "0", broken(), KEY, 0)
    assert not list(tmp_path.iterdir())


def test_a_large_file_needs_little_memory(tmp_path):
    size = 3 * sealed_file.PART_BYTES + 5

    def pieces(count):
        while count > 0:
            yield bytes(min(65536, count))
            count -= 65536

    tracemalloc.start()
    for number in range(sealed_file.part_count(size)):
        part = sealed_file.part_size(size, number)
        sealed_file.write_part(tmp_path / str(number), pieces(part), KEY, number)
    with reader(lambda number: tmp_path / str(number), size) as stream:
        read = sum(len(piece) for piece in sealed_file.chunks(stream))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == size
    assert peak < 4 * 1024 * 1024
