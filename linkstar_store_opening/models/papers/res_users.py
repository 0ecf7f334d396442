"""Whose files of papers a user may know of."""

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _linkstar_document_file_domain(self):
        """Domain of the record rule on files: those of papers the user may read."""
        return [
            part
            if isinstance(part, str) or part[0] == 1
            else (f"document_id.{part[0]}", *part[1:])
            for part in self._linkstar_document_domain("read")
        ]
