"""What a file really is, and whether a platform will take it.

Formats are told by content, never by the name's ending. Checks return codes with
arguments; the model puts them into the reader's language.

>>> sniff(b"%PDF-1.7 rest")
'pdf'
>>> sniff(b"<svg xmlns=")
''
"""

import warnings
from dataclasses import dataclass

from PIL import Image

from .pdf import PdfReader, PyPdfError

#: Endings that mean the same content.
ALIASES = {"jpeg": "jpg", "jfif": "jpg", "tiff": "tif", "htm": "html", "m4v": "mp4"}
MIME = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "mp4": "video/mp4",
    "eml": "message/rfc822",
}
IMAGES = frozenset({"jpg", "png", "webp"})
VIDEOS = frozenset({"mp4", "mov", "avi", "webm"})
#: What the web client may show in place; everything else is saved only.
SHOWN = IMAGES | {"pdf"}
#: Bytes read to tell the format.
HEAD_BYTES = 4096
#: Larger pictures are refused before they are decoded.
MAX_PIXELS = 120_000_000
#: A PDF's pages are counted up to this size: a broken one may be read whole.
MAX_PARSED_BYTES = 48 * 1024 * 1024
_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """What a type of paper allows; 0 pages means any number."""

    formats: frozenset
    max_bytes: int
    max_pages: int = 0
    allows_video: bool = False


@dataclass(frozen=True)
class Finding:
    """Format and pages found, and the code of the first fault (empty: none)."""

    kind: str = ""
    pages: int = 0
    fault: str = ""


def ending(name):
    """The ending of a file's name in its one form, without the dot.

    >>> ending("Scan.JPEG"), ending("none")
    ('jpg', '')
    """
    found = name.rpartition(".")[2].strip().lower() if "." in name else ""
    return ALIASES.get(found, found)


def sniff(head):
    """Code of the format by its first bytes, or an empty text when unknown."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"AVI ": "avi"}.get(head[8:12], "")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand[:3] in (b"hei", b"mif", b"hev"):
            return "heic"
        return "mov" if brand == b"qt  " else "mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "webm"
    if head.startswith(b"PK\x03\x04"):
        return "docx" if b"word/" in head else "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "doc"
    return "eml" if _is_mail(head) else ""


def _is_mail(head):
    lines = head.splitlines()[:40]
    names = {line.split(b":")[0].lower() for line in lines if b":" in line}
    return {b"from", b"date"} <= names and b"<" not in head[:1]


def allowed_formats(text):
    """Formats of a comma separated text; none given means images and PDF.

    >>> sorted(allowed_formats("JPEG, pdf"))
    ['jpg', 'pdf']
    """
    wanted = {ending(f".{part.strip()}") for part in (text or "").split(",")} - {""}
    return frozenset(wanted or {"jpg", "png", "pdf"})


def check(stream, size, name, limits):
    """Judge a seekable stream; a :class:`Finding` whose fault is one of

    ``empty``, ``too_large``, ``unknown``, ``video``, ``format``, ``ending``,
    ``damaged``, ``locked`` (password), ``pages``, ``pixels``.
    """
    if not size:
        return Finding(fault="empty")
    if size > limits.max_bytes:
        return Finding(fault="too_large")
    kind = sniff(stream.read(HEAD_BYTES))
    fault = _format_fault(kind, name, limits)
    if fault:
        return Finding(kind, fault=fault)
    stream.seek(0)
    if kind == "pdf":
        return _check_pdf(stream, size, limits)
    if kind in IMAGES:
        return Finding(kind, 1, _image_fault(stream, kind))
    return Finding(kind)


def _format_fault(kind, name, limits):
    if not kind:
        return "unknown"
    if kind in VIDEOS and not limits.allows_video:
        return "video"
    if kind not in limits.formats and not (kind == "webp" and "jpg" in limits.formats):
        return "format"
    given = ending(name)
    if given and given != kind:
        return "ending"
    return ""


def _check_pdf(stream, size, limits):
    if size > MAX_PARSED_BYTES:
        stream.seek(-_TAIL_BYTES, 2)
        locked = b"/Encrypt" in stream.read(_TAIL_BYTES)
        return Finding("pdf", 0, "locked" if locked else "")
    try:
        reader = PdfReader(stream)
        if reader.is_encrypted:
            return Finding("pdf", 0, "locked")
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError):
        return Finding("pdf", 0, "damaged")
    if not pages:
        return Finding("pdf", 0, "damaged")
    if limits.max_pages and pages > limits.max_pages:
        return Finding("pdf", pages, "pages")
    return Finding("pdf", pages)


def _image_fault(stream, kind):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(stream, formats=[kind.replace("jpg", "jpeg")])
            if picture.width * picture.height > MAX_PIXELS:
                return "pixels"
            picture.verify()
    except Image.DecompressionBombError:
        return "pixels"
    except (OSError, SyntaxError, ValueError):
        return "damaged"
    return ""
