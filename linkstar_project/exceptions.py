"""Errors of LinkStar that callers tell apart."""

from odoo.exceptions import UserError


class AlreadyLaunched(UserError):
    """The same template runs already for this store and subject.

    ``project_id`` is the id of the running project, so that the web client
    and triggers can link to it.
    """

    def __init__(self, message, project_id):
        super().__init__(message)
        self.project_id = project_id


class MissingKey(UserError):
    """No encryption key is configured, so no secret was read or written."""
