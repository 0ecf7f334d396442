"""An encrypted archive of papers with its index, without the ORM."""

import io

import xlsxwriter

from .aes_zip import AesZip

#: Shortest password of an archive: it is all that protects the copies outside.
SHORTEST_PASSWORD = 12
INDEX_NAME = "000-index.xlsx"


def entry_name(number, code, version, kind):
    """Name in the archive; the list of names can be read without the password.

    >>> entry_name(3, "LEGAL_REP_ID", 2, "pdf")
    '003-LEGAL_REP_ID-v2.pdf'
    """
    safe = "".join(c if c.isalnum() or c in "_-" else "_" for c in code)
    return f"{number:03d}-{safe}-v{version}.{kind}"


def index_sheet(title, facts, headers, rows):
    """Bytes of the index: text is written as text, never as a formula.

    :param facts: lines above the table, ``[(label, text)]``
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("Index")
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, title, bold)
    for line, (label, text) in enumerate(facts, start=1):
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, str(text))
    top = len(facts) + 2
    for column, header in enumerate(headers):
        sheet.write_string(top, column, header, bold)
        sheet.set_column(column, column, 24)
    for line, row in enumerate(rows, start=top + 1):
        for column, value in enumerate(row):
            sheet.write_string(line, column, str(value or ""))
    book.close()
    return out.getvalue()


def open_archive(out, password):
    """An encrypted zip over a seekable stream.

    :raises ValueError: the password is too short
    """
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError("password_short")
    return AesZip(out, password.encode())
