"""Files of our records are neither public nor reachable by a token."""

from odoo import api, models
from odoo.exceptions import AccessError

from .guarding import is_on_ours

DOORS = {"public", "access_token", "res_model", "res_id"}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        """Create, and refuse files of our records that anybody could open."""
        attachments = super().create(vals_list)
        if any(vals.get("public") or vals.get("access_token") for vals in vals_list):
            attachments._linkstar_refuse_open_doors()
        return attachments

    def write(self, vals):
        """Write, and refuse files of our records that anybody could open."""
        result = super().write(vals)
        if DOORS & vals.keys():
            self._linkstar_refuse_open_doors()
        return result

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
