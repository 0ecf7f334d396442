"""Asks why files are destroyed."""

from odoo import fields, models


class LinkstarDestroyWizard(models.TransientModel):
    """Destroy the files of papers, with a reason that the certificate keeps."""

    _name = "linkstar.destroy.wizard"
    _description = "Destroy Files"

    document_ids = fields.Many2many("linkstar.document", string="Papers")
    reason = fields.Char(required=True)

    def action_destroy(self):
        """Destroy; the paper checks the right to it."""
        self.ensure_one()
        self.document_ids.destroy_files(self.reason)
        return {"type": "ir.actions.act_window_close"}
