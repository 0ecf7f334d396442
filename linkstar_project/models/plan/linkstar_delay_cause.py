"""Why tasks are late: a catalogue, so that causes can be counted."""

from odoo import fields, models


class LinkstarDelayCause(models.Model):
    """A cause of delays; administrators add their own."""

    _name = "linkstar.delay.cause"
    _description = "Cause of delay"
    _inherit = ["linkstar.audit.mixin"]
    _order = "sequence, id"

    _audit_fields = ("name", "is_external", "active")
    _audit_store_path = None

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False)
    sequence = fields.Integer(default=10)
    is_external = fields.Boolean(
        string="Out of our hands",
        help="A supplier, carrier, platform or authority: nobody of the team.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "This cause exists already.")
