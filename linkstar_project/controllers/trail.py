"""The trail as a download: made for one reader, kept nowhere."""

import base64

from odoo import http
from odoo.http import content_disposition, request


class TrailDownload(http.Controller):
    @http.route("/linkstar/trail/<int:export_id>.xlsx", type="http", auth="user")
    def trail(self, export_id, **_kwargs):
        """The sheet of one export wizard, which only its author may read."""
        export = request.env["linkstar.trail.export"].browse(export_id).exists()
        if not export:
            raise request.not_found()
        book = export.export_xlsx()
        content = base64.b64decode(book["content"])
        headers = [
            ("Content-Type", book["mimetype"]),
            ("Content-Length", str(len(content))),
            ("Content-Disposition", content_disposition(book["filename"])),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers)
