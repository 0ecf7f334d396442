"""Whatever points at a record of ours: its author may read that record."""

from collections import defaultdict

from odoo import api, models

from .guarding import guarded, is_guarded_model


class Base(models.AbstractModel):
    _inherit = "base"

    def _linkstar_check_targets(self, vals_list):
        """Raise AccessError for relations to records the user may not read.

        The ORM lets anybody point a relation at any id; related and computed
        fields would then show what the record rules hide.

        :param vals_list: list of dicts as given to ``create`` or ``write``
        """
        if self.env.su:
            return
        targets = defaultdict(set)
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if not value or field is None or not field.relational:
                    continue
                if is_guarded_model(field.comodel_name):
                    targets[field.comodel_name].update(_target_ids(value))
        for comodel, ids in targets.items():
            ours = guarded(self.env[comodel].browse(ids))
            if ours:
                ours.check_access("read")

    @api.model_create_multi
    def create(self, vals_list):
        """Create after checking what the values point at."""
        self._linkstar_check_targets(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Write after checking what the values point at."""
        self._linkstar_check_targets([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """Compute a form's changes after checking what its values point at."""
        if not self.env.su:
            sent = {
                name: value
                for name, value in values.items()
                if not self._linkstar_is_stored_target(name, value)
            }
            self._linkstar_check_targets([sent])
        return super().onchange(values, field_names, fields_spec)

    def _linkstar_is_stored_target(self, name, value):
        """Tell whether a form merely sends back what the record holds already."""
        field = self._fields.get(name)
        if not self or field is None or field.type != "many2one" or len(self) > 1:
            return False
        return self.sudo()[name].id == value


def _target_ids(value):
    """Yield the ids that a value for a relational field links to."""
    if isinstance(value, models.BaseModel):
        yield from value.ids
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value
    elif isinstance(value, dict):
        yield from _target_ids(value.get("id"))
    elif isinstance(value, list | tuple):
        for command in value:
            if isinstance(command, int):
                yield command
            elif isinstance(command, list | tuple) and command:
                if command[0] in (1, 4):
                    yield command[1]
                elif command[0] == 6:
                    yield from command[2]
