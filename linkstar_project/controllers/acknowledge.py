"""The page behind an acknowledgement link."""

from odoo import http
from odoo.http import request


class AcknowledgeController(http.Controller):
    """Show what is to be confirmed (GET), confirm it (POST).

    Mail scanners and chat previews open links by themselves, so opening the page
    confirms nothing. The link works for its recipient only, signed in.
    """

    def _page(self, row, state):
        return request.render(
            "linkstar_project.acknowledge_page",
            {"row": row, "state": state, "due": row and row._due_text()},
        )

    def _find(self, token):
        """Return ``(row, state)``; the row stays empty for anybody else."""
        rows = request.env["linkstar.notification"]
        row = rows._of_token(token)
        if not row:
            return rows, "unknown"
        if row.user_id != request.env.user:
            return rows, "foreign"
        return row, "done" if row.acknowledged_at else "ask"

    @http.route(
        "/linkstar/ack/<string:token>", type="http", auth="user", methods=["GET"]
    )
    def show(self, token, **_query):
        """Show the confirmation page."""
        return self._page(*self._find(token))

    @http.route(
        "/linkstar/ack/<string:token>", type="http", auth="user", methods=["POST"]
    )
    def confirm(self, token, **_form):
        """Confirm receipt; a second time changes nothing."""
        row, state = self._find(token)
        if state == "ask":
            row._acknowledge_for(request.env.user, {(row.res_model, row.res_id)})
            state = "done"
        return self._page(row, state)
