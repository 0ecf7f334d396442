"""Files' keys rotate with the values."""

from odoo import api, models


class LinkstarSecret(models.Model):
    _inherit = "linkstar.secret"

    @api.model
    @api.private
    def _rotated_models(self):
        return [*super()._rotated_models(), "linkstar.document.file"]
