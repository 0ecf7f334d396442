"""Whoever leaves hands over first: shared by employees and users."""

from odoo import models


class LinkstarLeavingMixin(models.AbstractModel):
    """Refuse archiving and deleting a person who still holds something.

    Whoever inherits it says in ``_linkstar_refuse_leaving`` what is held.
    """

    _name = "linkstar.leaving.mixin"
    _description = "Person who may leave"

    def write(self, vals):
        """Write; archiving is refused while the person holds something."""
        if "active" in vals and not vals["active"]:
            # Rights first: the refusal says what the person holds.
            self.check_access("write")
            self.sudo().filtered("active").with_env(self.env)._linkstar_refuse_leaving()
        return super().write(vals)

    def unlink(self):
        """Delete; refused while the person holds something."""
        self.check_access("unlink")
        self._linkstar_refuse_leaving()
        return super().unlink()

    def _linkstar_refuse_leaving(self):
        """Raise UserError naming what one of ``self`` still holds."""
        raise NotImplementedError
