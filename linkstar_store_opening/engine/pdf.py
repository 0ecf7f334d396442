"""The PDF library that Odoo brings: its newer name, or the older one."""

try:
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError
except ImportError:  # the same library before its change of name
    from PyPDF2 import PdfReader, PdfWriter
    from PyPDF2.errors import PyPdfError

__all__ = ["PdfReader", "PdfWriter", "PyPdfError"]
