"""Files of papers judged, stamped, packed; texts, retention and gaps."""

import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image

from odoo.addons.linkstar_store_opening.engine import (
    aes_zip,
    file_check,
    fill,
    package,
    retention,
    sensitive_text,
    watermark,
)
from odoo.addons.linkstar_store_opening.engine.pdf import PdfReader, PdfWriter

LIMITS = file_check.Limits(frozenset({"pdf", "jpg", "png"}), 1024 * 1024, max_pages=3)


def pdf(pages=1, password=""):
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(300, 400)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind="JPEG", size=(300, 200)):
    out = io.BytesIO()
    Image.new("RGB", size, (250, 250, 250)).save(out, kind)
    return out.getvalue()


def judge(data, name="", limits=LIMITS):
    return file_check.check(io.BytesIO(data), len(data), name, limits)


@pytest.mark.parametrize(
    ("data", "name", "fault"),
    [
        (pdf(), "scan.pdf", ""),
        (picture(), "scan.JPEG", ""),
        (picture("PNG"), "", ""),
        (picture("PNG"), "scan.jpg", "ending"),
        (pdf(), "scan.png", "ending"),
        (pdf(4), "scan.pdf", "pages"),
        (pdf(password="x"), "scan.pdf", "locked"),
        (pdf()[:60], "scan.pdf", "damaged"),
        (picture()[:200], "scan.jpg", "damaged"),
        (b"", "scan.pdf", "empty"),
        (b"%PDF-1.7" + b"0" * 1024 * 1024, "scan.pdf", "too_large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "unknown"),
        (b"<html><script>1</script>", "a.pdf", "unknown"),
        (b"\0\0\0 ftypisom" + b"0" * 50, "call.mp4", "video"),
        (b"PK\x03\x04 word/document.xml", "a.docx", "format"),
    ],
)
def test_a_file_is_judged_by_its_content(data, name, fault):
    assert judge(data, name).fault == fault


@given(st.binary(max_size=3000), st.sampled_from([b"", b"%PDF-1.4\n", b"\xff\xd8\xff"]))
def test_no_content_makes_the_check_fail(data, head):
    assert isinstance(judge(head + data).fault, str)


def test_a_picture_of_too_many_pixels_is_not_decoded(monkeypatch):
    monkeypatch.setattr(file_check, "MAX_PIXELS", 1000)
    assert judge(picture()).fault == "pixels"


def test_a_stamped_pdf_bears_the_recipient_on_each_page():
    data, kind = watermark.stamp(pdf(3), "pdf", "US-NOVA · Bank 宁波 · 2026-11-26")
    pages = PdfReader(io.BytesIO(data)).pages
    assert kind == "pdf" and len(pages) == 3
    assert all("宁波" in page.extract_text() for page in pages)


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_a_stamped_picture_differs_and_keeps_its_size(kind):
    plain = picture({"jpg": "JPEG", "png": "PNG"}[kind])
    data, out = watermark.stamp(plain, kind, "US-NOVA · Bank")
    stamped = Image.open(io.BytesIO(data))
    assert out == kind and stamped.size == (300, 200)
    assert len(set(stamped.convert("RGB").getdata())) > 1


def test_a_picture_for_a_recipient_in_chinese_becomes_a_page():
    data, kind = watermark.stamp(picture(), "jpg", "宁波新星")
    assert kind == "pdf"
    assert "宁波新星" in PdfReader(io.BytesIO(data)).pages[0].extract_text()


def test_what_cannot_be_stamped_says_so():
    with pytest.raises(ValueError, match="not_stamped"):
        watermark.stamp(b"%PDF-broken", "pdf", "x")


@given(st.lists(st.lists(st.binary(max_size=300), max_size=5), max_size=4))
def test_an_archive_gives_back_what_was_put_in(unpack, entries):
    out = io.BytesIO()
    archive = aes_zip.AesZip(out, b"a long password")
    for number, pieces in enumerate(entries):
        archive.add(f"{number}.bin", pieces)
    archive.close()
    assert unpack(out.getvalue(), b"a long password") == {
        f"{number}.bin": b"".join(pieces) for number, pieces in enumerate(entries)
    }


def test_a_package_opens_with_its_password_only(unpack):
    out = io.BytesIO()
    archive = package.open_archive(out, "a long password")
    archive.add("001-X-v1.pdf", [b"secret ", b"words"])
    sheet = package.index_sheet("T", [("Shop", "US")], ["File"], [["=1+1"]])
    archive.add(package.INDEX_NAME, [sheet])
    archive.close()
    data = out.getvalue()
    assert b"secret words" not in data
    found = unpack(data, b"a long password")
    assert found["001-X-v1.pdf"] == b"secret words"
    with pytest.raises(ValueError, match="wrong password"):
        unpack(data, b"wrong password!")
    book = load_workbook(io.BytesIO(found[package.INDEX_NAME]))
    cells = [cell for row in book.active for cell in row]
    assert [c.data_type for c in cells if c.value == "=1+1"] == ["s"]


def test_a_short_password_makes_no_package():
    with pytest.raises(ValueError, match="password_short"):
        package.open_archive(io.BytesIO(), "short")


@given(st.text(max_size=60))
def test_names_in_a_package_are_plain(code):
    name = package.entry_name(1, code, 2, "pdf")
    assert "/" not in name and "\\" not in name and ".." not in name[:-4]


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("card", "4111 1111 1111 1111", "card_number"),
        ("card", "1234 09/29 LI, CVV 123", "card_code"),
        ("card", "1234", "card_form"),
        ("password_hint", "cvc 987", "card_code"),
        ("password_hint", "4111111111111111", "card_number"),
        ("id_number", "12", "short"),
        ("id_number", " ", "empty"),
    ],
)
def test_what_is_never_kept_is_refused(kind, text, code):
    with pytest.raises(ValueError, match=code):
        sensitive_text.normalised(kind, text)


@given(st.integers(10**11, 10**18))
def test_long_numbers_are_found_in_any_text(number):
    assert sensitive_text.carries_number(f"paper {number} of Li")
    assert sensitive_text.carries_number(" ".join(str(number)))


@given(
    st.integers(0, 4000),
    st.lists(st.dates(date(2000, 1, 1), date(2050, 1, 1)), max_size=5),
    st.booleans(),
)
def test_a_file_goes_only_after_its_last_use(days, uses, in_use):
    day = retention.destroy_on(days, uses, in_use)
    if in_use or not days or not uses:
        assert day is None
    else:
        assert day == max(uses) + timedelta(days=days)
    assert retention.destroy_on(days, uses, in_use, date(2026, 1, 1)) == date(
        2026, 1, 1
    )


@given(st.text(max_size=80), st.text(max_size=20))
def test_a_value_is_never_filled_again(text, value):
    filled, _blank = fill.fill("{{a}}" + text, {"a": "{{b}}" + value, "b": "X"})
    assert filled.startswith("{{b}}" + value)
