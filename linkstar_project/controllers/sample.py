"""Download of sample sheets."""

from odoo import http
from odoo.http import content_disposition, request

from ..engine import sample_sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SampleController(http.Controller):
    """Sheets to fill in: nothing in them comes from the database."""

    @http.route(
        "/linkstar_project/sample/<string:name>/<string:lang>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, name, lang, **_query):
        """Return the sample ``name`` (sop, work, members) in ``en`` or ``zh``."""
        try:
            content = sample_sheets.workbook(name, lang)
        except KeyError:
            return request.not_found()
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{name}_{lang}.xlsx")),
            ],
        )
