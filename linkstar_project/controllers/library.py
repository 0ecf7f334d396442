"""Download of templates and backups as JSON."""

from odoo import http
from odoo.http import content_disposition, request


class LibraryController(http.Controller):
    """Files of the template library, for those who may read it."""

    @http.route(
        "/linkstar_project/library/backup/<int:backup_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def backup(self, backup_id, **_query):
        """Return one backup."""
        backup = request.env["linkstar.library.backup"].browse(backup_id).exists()
        if not backup or not backup.has_access("read"):
            return request.not_found()
        name = f"linkstar_library_{backup.create_date:%Y%m%d_%H%M}.json"
        return self._file(backup.content, name)

    @http.route(
        "/linkstar_project/library/export",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def export(self, ids="", **_query):
        """Return templates as one JSON file: those of ``ids``, or the whole library."""
        projects = request.env["project.project"]
        wanted = [int(part) for part in ids.split(",") if part.isdecimal()]
        domain = [("is_template", "=", True), ("linkstar_kind", "!=", False)]
        if ids:
            domain.append(("id", "in", wanted))
        if not projects.has_access("read"):
            return request.not_found()
        templates = projects.search(domain, order="id")
        if not templates:
            return request.not_found()
        name = (
            templates.template_code or str(templates.id) if len(templates) == 1 else ""
        )
        return self._file(
            templates.export_templates(), f"linkstar_{name or 'library'}.json"
        )

    @staticmethod
    def _file(content, name):
        return request.make_response(
            content.encode(),
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
