"""Upload of a sheet for the linkage register: parsed in memory, never stored.

Numbers of papers and accounts must not lie on disk in clear, as a form's file field
or an attachment would leave them.
"""

from odoo import http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import request

MAX_BYTES = 5 * 1024 * 1024


class LinkageImportController(http.Controller):
    """Check a sheet, or enter it."""

    @http.route("/linkstar/linkage/import", type="http", auth="user", methods=["POST"])
    def import_sheet(self, sheet=None, apply="", **_form):
        """Answer as JSON: the plan, or ``error``: a sentence for the reader.

        :param sheet: the uploaded file
        :param apply: "1" enters the uses, anything else only checks
        """
        content = sheet.read(MAX_BYTES + 1) if sheet else b""
        try:
            with request.env.cr.savepoint():
                answer = request.env["linkstar.asset"]._import_sheet(
                    content, getattr(sheet, "filename", "") or "", apply == "1"
                )
        except (AccessError, UserError, ValidationError) as error:
            answer = {"error": str(error)}
        return request.make_json_response(answer)
