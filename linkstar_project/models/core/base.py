"""Whatever points at a record of ours: its author may read that record."""

from collections import defaultdict

from odoo import api, models

from .guarding import guarded, is_guarded_model

#: Core's models whose records show through relations of ours.
CORE_TARGETS = ("hr.employee", "ir.attachment")


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
                if self._linkstar_checks_target(field.comodel_name):
                    targets[field.comodel_name].update(_target_ids(value))
        for comodel, ids in targets.items():
            records = self.env[comodel].browse(ids)
            if comodel in CORE_TARGETS:
                _readable_form(records).check_access("read")
            elif ours := guarded(records):
                ours.check_access("read")

    def _linkstar_checks_target(self, comodel):
        if comodel in CORE_TARGETS:
            return self._name.startswith("linkstar.")
        return is_guarded_model(comodel)

    def _linkstar_context_targets(self):
        """Values of relational fields that ``create`` will take from the context."""
        return {
            key.removeprefix("default_"): value
            for key, value in self.env.context.items()
            if key.startswith("default_") and value
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Create after checking what the values point at."""
        defaults = self._linkstar_context_targets()
        self._linkstar_check_targets(
            [{**defaults, **vals} for vals in vals_list] if defaults else vals_list
        )
        return super().create(vals_list)

    def write(self, vals):
        """Write after checking what the values point at."""
        # Anything else than a dictionary is core's to refuse.
        if isinstance(vals, dict):
            self._linkstar_check_targets([vals])
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, source_lang=""):
        """Write translations of our texts as any other change.

        Core puts them into the table past ``write``: past the trail, and past what
        refuses a change or asks for consent anew.
        """
        field = self._fields.get(field_name)
        if (
            self.env.su
            or not self._name.startswith("linkstar.")
            or field is None
            or field.translate is not True
            or not field.store
        ):
            return super()._update_field_translations(
                field_name, translations, source_lang=source_lang
            )
        self.ensure_one()
        english = self.with_context(lang="en_US")[field_name]
        for lang, text in translations.items():
            # Without a translation of its own a language shows the English text.
            text = text if isinstance(text, str) else english
            self.with_context(lang=lang).write({field_name: text})
        return True

    @api.model
    def default_get(self, fields):
        """Give defaults after checking what they point at.

        They come from the context and from the user's own stored defaults: a form's
        first onchange would show what lies behind them.
        """
        values = super().default_get(fields)
        self._linkstar_check_targets([values])
        return values

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


def _readable_form(records):
    """Employees as their public profile for those without the right to HR's data."""
    if records._name == "hr.employee" and not records.browse().has_access("read"):
        return records.env["hr.employee.public"].browse(records.ids)
    return records


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
