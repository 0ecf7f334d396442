"""Certificates of destroyed files."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .linkstar_document_file import KEEPERS


class LinkstarDestruction(models.Model):
    """That a paper's files were destroyed: what, when, why, how; never changed."""

    _name = "linkstar.destruction"
    _description = "Destruction Certificate"
    _inherit = ["linkstar.audit.mixin"]
    _order = "id desc"
    _allow_sudo_commands = False
    _audit_fields = ("name", "type_id", "reason", "versions")
    _audit_store_path = False

    name = fields.Char("Paper", required=True, readonly=True)
    type_id = fields.Many2one("linkstar.document.type", readonly=True)
    entity_id = fields.Many2one("res.partner", "Company or person", readonly=True)
    document_id = fields.Many2one(
        "linkstar.document", readonly=True, ondelete="set null", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    versions = fields.Char("Versions destroyed", readonly=True)
    reason = fields.Char(required=True, readonly=True)
    method = fields.Char(readonly=True)
    destroyed_at = fields.Datetime("Destroyed on", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)

    @api.model
    def _check_keeper(self):
        if not self.env.su and not self.env.user.has_groups(KEEPERS):
            raise AccessError(
                self.env._("Only compliance destroys files. Ask compliance.")
            )

    @api.private
    def _certify(self, document, files, reason):
        """Write the certificate of what was destroyed just now."""
        return self.create(
            {
                "name": document.name,
                "type_id": document.type_id.id,
                "entity_id": document.entity_id.id,
                "document_id": document.id,
                "company_id": document.company_id.id,
                "versions": ", ".join(
                    f"v{file.number} ({file.kind}, {file.size_text})"
                    for file in files.sorted("number")
                    if file.number
                ),
                "reason": reason,
                "method": self.env._("Data key deleted, encrypted parts removed"),
                "destroyed_at": fields.Datetime.now(),
                "user_id": self.env.uid,
            }
        )

    def write(self, vals):
        """A certificate never changes."""
        self.check_access("write")
        raise UserError(self.env._("A certificate never changes."))

    def unlink(self):
        """A certificate stays."""
        self.check_access("unlink")
        raise UserError(self.env._("A certificate stays."))
