"""Rotation of everything that stands under a key."""

from odoo import api, models


class LinkstarSecret(models.Model):
    _inherit = "linkstar.secret"

    @api.model
    @api.private
    def _rotated_models(self):
        """Models with ``_rotate(limit)``: extended by addons that keep keys."""
        return ["linkstar.secret"]

    @api.model
    @api.private
    def _rotate_all(self, batch=200):
        """Yield ``(model, number left)`` after each batch until nothing is left.

        The caller commits after each, so that an interruption loses one batch.
        """
        for model in self._rotated_models():
            left = None
            while left != 0:
                before, left = left, self.env[model]._rotate(batch)
                yield model, left
                if left == before:
                    # No progress: what is left cannot be opened; say so, and go on.
                    break
