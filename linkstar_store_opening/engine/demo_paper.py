"""A sample paper for demonstrations: a page that says what it stands for."""

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

_FONT = "STSong-Light"


def sample(title, note="Sample for a demonstration. 演示样张，不是真实资料。"):
    """Bytes of a one-page PDF with a title.

    >>> sample("Licence")[:5]
    b'%PDF-'
    """
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4, invariant=True)
    width, height = A4
    page.setFont(_FONT, 16)
    page.drawCentredString(width / 2, height - 120, title[:60])
    page.setFont(_FONT, 11)
    page.drawCentredString(width / 2, height - 150, note)
    page.rect(60, 60, width - 120, height - 120)
    page.showPage()
    page.save()
    return out.getvalue()
