"""Fields that only the system writes."""

from odoo import api, models
from odoo.exceptions import AccessError


class LinkstarSystemFieldsMixin(models.AbstractModel):
    """Refuse values for fields that only our own code may set.

    ``readonly=True`` does not stop an RPC client, and a client chooses its
    context: so values and ``default_`` keys are checked where they arrive.
    Code of ours writes these fields through ``sudo()`` after checking rights.
    """

    _name = "linkstar.system.fields.mixin"
    _description = "Fields written by the system only"

    _system_fields = frozenset()

    def _linkstar_check_system_fields(self, vals_list):
        """Raise AccessError when a client sends a system field.

        An empty value in ``create`` says nothing where there is no default: core
        sends them when it copies a record.

        :param vals_list: list of dicts as given to ``create`` or ``write``
        """
        if self.env.su:
            return
        sent = self._system_fields.intersection(*[set().union(*vals_list)])
        if not self:
            sent = {
                name
                for name in sent
                if any(vals.get(name) for vals in vals_list)
                or not self._linkstar_is_empty_at_first(self._fields[name])
            }
        if sent:
            names = ", ".join(sorted(self._fields[name].string for name in sent))
            raise AccessError(
                self.env._(
                    "%(fields)s of %(model)s is set by the system. "
                    "Use the buttons of the record instead.",
                    fields=names,
                    model=self._description,
                )
            )

    @staticmethod
    def _linkstar_is_empty_at_first(field):
        """Tell whether a new record has no value here, whatever else it has."""
        return not field.default and (not field.compute or bool(field.related))

    def _linkstar_without_defaults(self):
        """Drop ``default_`` context keys for system fields, even under sudo."""
        bad = {f"default_{name}" for name in self._system_fields}
        if bad.isdisjoint(self.env.context):
            return self
        context = {k: v for k, v in self.env.context.items() if k not in bad}
        return self.with_context(context)  # pylint: disable=context-overridden

    @api.model_create_multi
    def create(self, vals_list):
        """Create after refusing system fields; see the class."""
        # Core copies by calling create on the original.
        self.browse()._linkstar_check_system_fields(vals_list)
        return super(
            LinkstarSystemFieldsMixin, self._linkstar_without_defaults()
        ).create(vals_list)

    def write(self, vals):
        """Write after refusing system fields; see the class."""
        self._linkstar_check_system_fields([vals])
        return super().write(vals)
