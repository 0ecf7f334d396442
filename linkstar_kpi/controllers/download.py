"""Workbooks are streamed, never kept as attachments: they hold scores and pay."""

import base64

from odoo import http
from odoo.http import content_disposition, request


class KpiDownload(http.Controller):
    """Downloads check access through the same methods as the API."""

    @http.route("/linkstar/kpi/scorecards.xlsx", type="http", auth="user")
    def scorecards(self, ids="", **_kwargs):
        """Scorecards by comma-separated ids."""
        numbers = [int(part) for part in ids.split(",") if part.strip().isdigit()]
        cards = request.env["linkstar.kpi.scorecard"].browse(numbers).exists()
        return self._answer(cards.export_xlsx())

    @http.route("/linkstar/kpi/bonus/<int:run_id>.xlsx", type="http", auth="user")
    def bonus_run(self, run_id, lang="", **_kwargs):
        """One bonus run, in the language asked for."""
        run = request.env["linkstar.kpi.bonus.run"].browse(run_id).exists()
        return self._answer(run.export_xlsx(lang or None))

    @http.route("/linkstar/kpi/person/<int:employee_id>.xlsx", type="http", auth="user")
    def person(self, employee_id, **_kwargs):
        """Everything about one person; 0 is whoever asks."""
        cards = request.env["linkstar.kpi.scorecard"]
        return self._answer(cards.export_person(employee_id or None))

    @http.route(
        "/linkstar/kpi/dashboard.<string:kind>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def dashboard(self, kind, level=None, period="", subject="", **_kwargs):
        """One view of the dashboard; kind is xlsx or csv."""
        board = request.env["linkstar.kpi.dashboard"]
        return self._answer(
            board.export(kind, level, _number(period), _number(subject))
        )

    def _answer(self, book):
        content = base64.b64decode(book["content"])
        headers = [
            ("Content-Type", book["mimetype"]),
            ("Content-Length", str(len(content))),
            ("Content-Disposition", content_disposition(book["filename"])),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers)


def _number(text):
    """An id out of an address, None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else None
