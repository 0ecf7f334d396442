"""Personal defaults: a convenience of forms, no way to write system fields."""

from odoo import models


class IrDefault(models.Model):
    _inherit = "ir.default"

    def _get_model_defaults(self, model_name, condition=False):
        """Leave out what only our own code may set.

        Anybody may store defaults of their own for any field; ``create`` takes them
        after it checked the values that were sent. What the system makes for somebody
        takes none of theirs either.
        """
        values = super()._get_model_defaults(model_name, condition)
        if not values:
            return values
        if self.env.su and model_name.startswith("linkstar."):
            return {}
        system = getattr(self.env[model_name], "_system_fields", ())
        return {name: value for name, value in values.items() if name not in system}
