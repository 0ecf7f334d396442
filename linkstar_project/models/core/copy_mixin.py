"""Core's records copied by people without a role of LinkStar."""

from odoo import models


class LinkstarCopyMixin(models.AbstractModel):
    """Leave out, on a copy, links to records of ours the user may not read.

    Core copies every relation of a project or task: reading one of ours, and
    writing even an empty one, would be refused to a colleague without a role.
    """

    _name = "linkstar.copy.mixin"
    _description = "Record of core's that is copied without our links"

    def copy_data(self, default=None):
        """Copy values, without links the user may not read."""
        default = dict(default or {})
        hidden = self._linkstar_unreadable_links() - default.keys()
        rows = super().copy_data({**dict.fromkeys(hidden, False), **default})
        return [
            row and {name: value for name, value in row.items() if name not in hidden}
            for row in rows
        ]

    def copy_translations(self, new, excluded=()):
        """Copy translations, without those of links the user may not read."""
        return super().copy_translations(
            new, excluded={*excluded, *self._linkstar_unreadable_links()}
        )

    def _linkstar_unreadable_links(self):
        return {
            name
            for name, field in self._fields.items()
            if field.copy
            and field.type in ("one2many", "many2many")
            and field.comodel_name.startswith("linkstar.")
            and not self.env[field.comodel_name].has_access("read")
        }
