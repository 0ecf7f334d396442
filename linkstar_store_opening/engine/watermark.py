"""Write across pictures and PDF pages whom a copy was made for.

Text of any script: Latin letters are drawn into the picture itself; other scripts
need a font that Odoo does not ship for pictures, so such a picture becomes a PDF
page, where the reader's own fonts serve.
"""

import io
import math

from PIL import Image, ImageDraw, ImageFont, ImageOps
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from .pdf import PdfReader, PdfWriter

_FONT = "STSong-Light"
#: Pictures are shrunk to this many pixels on their longer side.
MAX_SIDE = 4000


def is_latin(text):
    """Tell whether the picture's own font can draw the text.

    >>> is_latin("US-NOVA"), is_latin("宁波")
    (True, False)
    """
    return all(ord(letter) < 256 for letter in text)


def stamp(data, kind, text):
    """Return ``(bytes, kind)`` of the stamped copy.

    :param kind: ``pdf`` or a picture format of ``file_check.IMAGES``
    :raises ValueError: the file cannot be stamped
    """
    try:
        if kind == "pdf":
            return _stamp_pdf(data, text), "pdf"
        if is_latin(text):
            return _stamp_picture(data, kind, text), kind
        return _stamp_pdf(_picture_as_pdf(data), text), "pdf"
    except Exception as error:
        # Whatever a library finds wrong: the caller says that it was not stamped.
        raise ValueError("not_stamped") from error


def _stamp_picture(data, kind, text):
    with Image.open(io.BytesIO(data)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGBA")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    size = max(14, min(picture.size) // 22)
    font = ImageFont.load_default(size)
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    width = draw.textlength(text, font=font)
    step_x, step_y = int(width + size * 2), size * 5
    for row, y in enumerate(range(size, picture.height, step_y)):
        start = -(row % 2) * step_x // 2
        for x in range(start, picture.width, max(step_x, 1)):
            draw.text((x, y), text, font=font, fill=(200, 0, 0, 120))
    out = io.BytesIO()
    result = Image.alpha_composite(picture, layer)
    if kind == "png":
        result.save(out, "PNG")
    else:
        result.convert("RGB").save(out, {"webp": "WEBP"}.get(kind, "JPEG"), quality=88)
    return out.getvalue()


def _picture_as_pdf(data):
    with Image.open(io.BytesIO(data)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    out = io.BytesIO()
    width = 595.0
    height = width * picture.height / picture.width
    page = canvas.Canvas(out, pagesize=(width, height))
    page.drawImage(ImageReader(picture), 0, 0, width, height)
    page.save()
    return out.getvalue()


def _stamp_pdf(data, text):
    reader = PdfReader(io.BytesIO(data))
    writer = PdfWriter()
    layers = {}
    for page in reader.pages:
        box = page.mediabox
        size = (float(box.width), float(box.height))
        if size not in layers:
            layers[size] = PdfReader(io.BytesIO(_layer(size, text))).pages[0]
        writer.add_page(page)
        writer.pages[-1].merge_page(layers[size])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _layer(size, text):
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    width, height = size
    font_size = max(8, min(width, height) / 32)
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=size)
    page.setFont(_FONT, font_size)
    page.setFillColorRGB(0.8, 0, 0, alpha=0.35)
    page.translate(width / 2, height / 2)
    page.rotate(math.degrees(math.atan2(height, width)))
    reach = math.hypot(width, height) / 2
    y = -reach
    while y < reach:
        page.drawCentredString(0, y, text)
        y += font_size * 8
    page.save()
    return out.getvalue()
