"""Files of papers: parts come in, contents and packages go out.

Contents pass as streams and never lie in clear on a disk: parts come as the raw body
of a request (a form's file would be spooled to a temporary file), what goes out is
decrypted as it is sent. Requests are POST, so no address carries a reason or a token,
and nothing is shown inline by the server: the web client shows pictures and PDF from
memory.
"""

import tempfile

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.linkstar_project.engine import sealed_file

from ..engine import file_check
from ..models.papers import paper_store

READ_BYTES = 64 * 1024
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
}


class PapersController(http.Controller):
    """Upload in parts, opening of a version, and the package of an opening."""

    @http.route(
        "/linkstar/papers/upload/<int:upload_id>/<int:number>",
        type="http",
        auth="user",
        methods=["POST"],
        # The token comes in a header, which no foreign page can set; checked below.
        csrf=False,
        max_content_length=sealed_file.PART_BYTES,
    )
    def receive_part(self, upload_id, number):
        """Keep one part of an upload; the body is the part's bytes."""
        sent = request.httprequest.headers.get("X-CSRF-Token", "")
        if not request.validate_csrf(sent):
            return _refused(request.env._("Your session is over. Sign in again."))
        if request.httprequest.mimetype != "application/octet-stream":
            return _refused(request.env._("Send the part as plain bytes."))
        # One part in memory. It is kept for when the server tries the request again
        # after a conflict, and let go at once otherwise: a request lives on until
        # the next sweep of the interpreter, and its body with it.
        body = getattr(request, "linkstar_part", None)
        if body is None:
            body = request.linkstar_part = request.httprequest.get_data(cache=False)
        try:
            request.env["linkstar.document.file"].browse(upload_id).receive_part(
                number,
                (body[at : at + READ_BYTES] for at in range(0, len(body), READ_BYTES)),
            )
        except (AccessError, UserError, MissingError) as error:
            return _refused(str(error))
        request.linkstar_part = None
        return request.make_json_response({"ok": True})

    @http.route(
        "/linkstar/papers/file/<int:file_id>",
        type="http",
        auth="user",
        methods=["POST"],
    )
    def open_file(self, file_id, reason="", **_form):
        """Send one version's content to who may see it; logged first."""
        file = request.env["linkstar.document.file"].browse(file_id).exists()
        try:
            if not file:
                raise UserError(request.env._("There is no such file."))
            stream = paper_store.open_file(request.env, file, reason)
        except (AccessError, UserError, MissingError) as error:
            return _refused(str(error))
        kind = file.kind
        code = file.document_id.type_id.code
        return _attachment(
            sealed_file.chunks(stream),
            f"{code}-v{file.number}.{kind}",
            file_check.MIME.get(kind, "application/octet-stream"),
            file.size,
            stream.close,
        )

    @http.route(
        "/linkstar/papers/package/<int:project_id>",
        type="http",
        auth="user",
        methods=["POST"],
    )
    def package(self, project_id, recipient="", password="", reason="", **_form):
        """Send the encrypted package of an opening."""
        project = request.env["project.project"].browse(project_id).exists()
        # Only what is encrypted under the package's password reaches this file.
        out = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            if not project:
                raise UserError(request.env._("There is no such opening."))
            count = project.write_package(out, recipient, password, reason)
        except (AccessError, UserError, MissingError) as error:
            out.close()
            return _refused(str(error))
        size = out.tell()
        out.seek(0)
        name = f"papers-{project.store_id.code or project.id}.zip"
        response = _attachment(
            iter(lambda: out.read(READ_BYTES), b""),
            name,
            "application/zip",
            size,
            out.close,
        )
        response.headers["X-Linkstar-Included"] = str(count["included"])
        response.headers["X-Linkstar-Left-Out"] = str(count["left_out"])
        return response


def _attachment(pieces, name, mimetype, size, close):
    response = request.make_response(
        pieces,
        headers=[
            ("Content-Type", mimetype),
            ("Content-Length", str(size)),
            ("Content-Disposition", http.content_disposition(name)),
            *HEADERS.items(),
        ],
    )
    response.direct_passthrough = True
    response.call_on_close(close)
    return response


def _refused(sentence):
    """A sentence for the reader; nothing of the request goes back."""
    return request.make_json_response({"error": sentence}, status=400)
