"""Files of our records are neither public nor reachable by a token."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .guarding import is_on_ours

DOORS = {"public", "access_token", "res_model", "res_id"}
#: What a file proves: its content, and what it belongs to.
PROOF = {
    "raw",
    "datas",
    "db_datas",
    "store_fname",
    "type",
    "url",
    "name",
    "res_field",
    "res_model",
    "res_id",
}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        """Create, and refuse files of our records that anybody could open."""
        attachments = super().create(vals_list)
        # Stored values, not ``vals_list``: the context brings defaults of its own.
        attachments._linkstar_refuse_open_doors()
        return attachments

    def write(self, vals):
        """Write; no open doors to our files, no changes to what proves work."""
        if PROOF & vals.keys() and not self.env.su:
            self._linkstar_refuse_losing_proof()
        result = super().write(vals)
        if DOORS & vals.keys():
            self._linkstar_refuse_open_doors()
        return result

    def unlink(self):
        """Delete; what proves finished work or an override stays."""
        if not self.env.su:
            self._linkstar_refuse_losing_proof()
        return super().unlink()

    def _delete_and_notify(self, message=None):
        """Delete from the chatter, which does so as superuser for its users."""
        self._linkstar_refuse_losing_proof()
        return super()._delete_and_notify(message)

    def _linkstar_refuse_losing_proof(self):
        """Raise UserError for evidence of done counted tasks or overridden gates."""
        files = self.sudo().filtered(
            lambda f: f.res_model == "project.task" and f.res_id and not f.res_field
        )
        tasks = self.env["project.task"].sudo().browse(files.mapped("res_id"))
        done = tasks.exists().filtered(lambda task: task.state == "1_done")
        kept = set(done._linkstar_counted().ids)
        files = files.filtered(lambda f: f.res_id in kept)
        if self.ids and not files:
            gates = self.env["linkstar.gate"].sudo()
            files = gates.search([("evidence_ids", "in", self.ids)]).evidence_ids
            files &= self.sudo()
        if files:
            raise UserError(
                self.env._(
                    "%(file)s is evidence of finished work or of an overridden gate: "
                    "it stays as it is. Attach a new file beside it.",
                    file=files[0].name,
                )
            )

    def generate_access_token(self):
        """Make tokens, but none for files of our records."""
        if any(attachment._linkstar_is_ours() for attachment in self.sudo()):
            raise AccessError(self._linkstar_door_message())
        return super().generate_access_token()

    def _linkstar_refuse_open_doors(self):
        for attachment in self.sudo():
            if (
                attachment.public or attachment.access_token
            ) and attachment._linkstar_is_ours():
                raise AccessError(self._linkstar_door_message())

    def _linkstar_is_ours(self):
        return is_on_ours(self.env, self.res_model, self.res_id)

    def _linkstar_door_message(self):
        return self.env._(
            "Files of a store's records cannot be made public or shared by a link. "
            "Attach the file to the record, and add the person to the store."
        )
