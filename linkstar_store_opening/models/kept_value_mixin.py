"""Records with one encrypted value each, shown in clear with a reason."""

from odoo import models


class LinkstarKeptValueMixin(models.AbstractModel):
    """The value lies in ``linkstar.secret`` under the field ``value_<kind>``."""

    _name = "linkstar.kept.value.mixin"
    _description = "Record with an encrypted value"

    def action_reveal_value(self, reason):
        """Show the value in clear; the reason stays in the audit trail.

        :return: the value (str)
        :raises AccessError: not of compliance, or called with an API key
        """
        self.ensure_one()
        return self.env["linkstar.secret"].reveal(
            self._name, self.id, f"value_{self.kind}", reason
        )

    def unlink(self):
        """Delete; the encrypted value goes with the record."""
        ids = self.ids
        result = super().unlink()
        self.env["linkstar.secret"]._forget(self._name, ids)
        return result
