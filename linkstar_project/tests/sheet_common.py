"""Spreadsheets for the tests of imports."""

import base64
import io

from openpyxl import Workbook


def xlsx(headers, rows):
    """Return a workbook with one sheet as bytes."""
    book = Workbook()
    book.active.append(list(headers))
    for row in rows:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(wizards, content, filename, **values):
    """Make an import wizard with a file in it."""
    data = base64.b64encode(content)
    return wizards.create({"data": data, "filename": filename, **values})
