"""Crypto, masks, hashes, shares and sheets: the engines behind registry and trust."""

import doctest
import io
import zipfile
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from odoo.addons.linkstar_project.engine import (
    content_hash,
    crypto,
    mask,
    member_sheet,
    membership,
    tabular,
)

RING = crypto.Keyring.from_text("a passphrase for tests")
PLACE = ("model", 1, "field")


@pytest.mark.parametrize(
    "module", [content_hash, crypto, mask, member_sheet, membership, tabular]
)
def test_examples_in_docstrings_hold(module):
    # Some examples show errors by their full name, which depends on the import.
    flags = doctest.IGNORE_EXCEPTION_DETAIL
    assert doctest.testmod(module, optionflags=flags).failed == 0


# -- crypto ----------------------------------------------------------------------------


@given(st.binary(max_size=300))
def test_what_is_encrypted_comes_back(data):
    assert RING.decrypt(RING.encrypt(data, PLACE), PLACE) == data


@given(
    st.tuples(st.text(max_size=5), st.integers(0, 50), st.text(max_size=5)),
    st.tuples(st.text(max_size=5), st.integers(0, 50), st.text(max_size=5)),
)
def test_a_value_opens_in_its_own_place_only(place, other):
    token = RING.encrypt(b"value", place)
    if place == other:
        assert RING.decrypt(token, other) == b"value"
    else:
        with pytest.raises(crypto.Tampered):
            RING.decrypt(token, other)


@given(st.integers(0, 200), st.integers(1, 255))
def test_any_changed_byte_is_noticed(position, change):
    version, kid, body = RING.encrypt(b"value", PLACE).split(".")
    raw = bytearray(crypto.base64.urlsafe_b64decode(body))
    raw[position % len(raw)] ^= change
    body = crypto.base64.urlsafe_b64encode(bytes(raw)).decode()
    with pytest.raises(crypto.Tampered):
        RING.decrypt(f"{version}.{kid}.{body}", PLACE)


def test_the_same_value_never_looks_the_same():
    assert RING.encrypt(b"value", PLACE) != RING.encrypt(b"value", PLACE)


def test_an_older_key_still_opens_and_an_unknown_one_is_named():
    old = crypto.Keyring.from_text("the older passphrase")
    token = old.encrypt(b"value", PLACE)
    both = crypto.Keyring.from_text("the newer passphrase, the older passphrase")
    assert both.decrypt(token, PLACE) == b"value"
    assert not both.is_current(token)
    with pytest.raises(crypto.UnknownKey):
        RING.decrypt(token, PLACE)


@pytest.mark.parametrize(
    "text", ["", "  ", "short", "long enough to be ok,short", None]
)
def test_missing_and_short_keys_are_refused(text):
    with pytest.raises(crypto.KeyTextError):
        crypto.Keyring.from_text(text)


def test_hashes_match_for_one_purpose_only():
    assert RING.keyed_hash("1", "a") == RING.keyed_hash("1", "a")
    assert RING.keyed_hash("1", "a") != RING.keyed_hash("1", "b")


SIZES = st.lists(st.integers(0, 3 * crypto.CHUNK_BYTES), max_size=4)


@settings(deadline=None, max_examples=30)
@given(SIZES, st.integers(1, 200_000))
def test_a_file_comes_back_whatever_the_pieces(sizes, piece):
    key = crypto.new_data_key()
    data = b"".join(bytes([index % 256]) * size for index, size in enumerate(sizes))
    sealed = b"".join(crypto.encrypt_stream([data[:piece], data[piece:]], key))
    pieces = [sealed[i : i + piece] for i in range(0, len(sealed), piece)]
    assert b"".join(crypto.decrypt_stream(pieces, key)) == data


@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_a_file_that_was_cut_is_noticed(chunks):
    key = crypto.new_data_key()
    data = b"x" * (chunks * crypto.CHUNK_BYTES + 10)
    sealed = b"".join(crypto.encrypt_stream([data], key))
    step = crypto.CHUNK_BYTES + 16
    for end in (4, 8, 8 + step, 8 + 2 * step, len(sealed) - 1):
        if end < len(sealed):
            with pytest.raises(crypto.Tampered):
                list(crypto.decrypt_stream([sealed[:end]], key))


def test_swapped_chunks_are_noticed():
    key = crypto.new_data_key()
    sealed = b"".join(crypto.encrypt_stream([b"x" * 3 * crypto.CHUNK_BYTES], key))
    step = crypto.CHUNK_BYTES + 16
    first, second = sealed[8 : 8 + step], sealed[8 + step : 8 + 2 * step]
    swapped = sealed[:8] + second + first + sealed[8 + 2 * step :]
    with pytest.raises(crypto.Tampered):
        list(crypto.decrypt_stream([swapped], key))


# -- masks -----------------------------------------------------------------------------


@given(
    st.text(min_size=1, max_size=40),
    st.sampled_from(["phone", "email", "bank", "id_number", "password", "text"]),
)
def test_a_mask_never_shows_the_whole(value, kind):
    shown = mask.mask(value, kind)
    if value.strip() and set(value.strip()) != {mask.DOT}:
        assert value.strip() != shown
        assert mask.DOT in shown


# -- hashes ----------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), PLAIN, max_size=4))
def test_the_order_of_keys_does_not_matter(content):
    turned = dict(reversed(list(content.items())))
    assert content_hash.content_hash(content) == content_hash.content_hash(turned)


def test_unstable_values_are_refused():
    with pytest.raises(TypeError):
        content_hash.content_hash({"a": {1, 2}})
    with pytest.raises(ValueError, match="finite"):
        content_hash.content_hash(float("nan"))


# -- shares ----------------------------------------------------------------------------

START = date(2026, 1, 1)


@st.composite
def memberships(draw):
    first = START + timedelta(days=draw(st.integers(0, 40)))
    length = draw(st.none() | st.integers(0, 20))
    return {
        "date_from": first,
        "date_to": None if length is None else first + timedelta(days=length),
        "share": draw(st.integers(0, 100)),
    }


def total_on(rows, day):
    return sum(
        row["share"]
        for row in rows
        if row["date_from"] <= day and (row["date_to"] is None or day <= row["date_to"])
    )


@given(st.lists(memberships(), max_size=6))
def test_an_excess_is_found_exactly_when_a_day_has_one(rows):
    days = [START + timedelta(days=n) for n in range(80)]
    bad = [day for day in days if total_on(rows, day) > 100]
    excess = membership.first_excess(rows)
    assert (excess[0] if excess else None) == (bad[0] if bad else None)
    if excess:
        assert excess[1] == total_on(rows, excess[0])


@given(st.lists(memberships(), max_size=4), memberships())
def test_what_is_left_fits_and_no_more_does(rows, new):
    left = membership.share_left(rows, new["date_from"], new["date_to"])
    if membership.first_excess(rows):
        return
    filled = [*rows, dict(new, share=left)]
    assert membership.first_excess(filled) is None
    if left < 100:
        assert membership.first_excess([*rows, dict(new, share=left + 1)])


# -- tables ----------------------------------------------------------------------------


def xlsx(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


CELLS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8
)


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_xlsx_and_csv_read_the_same(rows):
    header = ["alpha", "beta"]
    lines = [",".join('"' + c.replace('"', '""') + '"' for c in r) for r in rows]
    text = "\n".join(["alpha,beta", *lines])
    by_csv = tabular.read_table(text.encode(), "x.csv")
    by_xlsx = tabular.read_table(xlsx([header, *rows]), "x.xlsx")

    def plain(table):
        return [[tabular.as_text(v) for v in values] for _row, values in table.rows]

    assert by_csv.headers == by_xlsx.headers == header
    assert plain(by_csv) == plain(by_xlsx)


def test_a_bomb_is_refused_before_it_is_parsed():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with pytest.raises(tabular.TableError) as caught:
        tabular.read_table(stream.getvalue(), "bomb.xlsx")
    assert caught.value.code == "expands"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (tabular.Limits(size=100), "too_big"),
        (tabular.Limits(rows=2), "too_many_rows"),
        (tabular.Limits(columns=2), "too_many_columns"),
        (tabular.Limits(cell=3), "long_cell"),
    ],
)
def test_caps_hold(limits, code):
    data = xlsx([["one", "two", "three"], *[["abcd", "b", "c"]] * 5])
    if code != "long_cell":
        data = data.replace(b"abcd", b"abc")
    with pytest.raises(tabular.TableError) as caught:
        tabular.read_table(data, "x.xlsx", limits)
    assert caught.value.code in (code, "long_cell")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_clear_code(data):
    for name in ("x.csv", "x.xlsx", ""):
        for prefix in (b"", b"PK\x03\x04"):
            try:
                table = tabular.read_table(prefix + data, name)
            except tabular.TableError as error:
                assert error.code
            else:
                assert table.headers


@pytest.mark.parametrize(
    "text", ["inf", "nan", "1e999", "abc", "1,2,3", "", "--1", True]
)
def test_numbers_are_finite_and_plain(text):
    with pytest.raises(ValueError):
        tabular.as_number(text)
