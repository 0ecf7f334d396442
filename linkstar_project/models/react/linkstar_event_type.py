"""Kinds of events."""

import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

CODE = re.compile(r"[a-z][a-z0-9_]{1,62}\Z")


class LinkstarEventType(models.Model):
    """What may happen, and who may say that it did."""

    _name = "linkstar.event.type"
    _description = "Event type"
    _inherit = ["linkstar.audit.mixin"]
    _order = "name"
    _rec_names_search = ["name", "code"]
    _audit_fields = ("code", "name", "emitter", "payload_schema")
    _audit_store_path = None

    code = fields.Char(required=True, help="Used by systems that send events.")
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    payload_schema = fields.Json(
        help='What an event carries: {"required": ["sku"], "properties": {"sku": '
        '{"type": "string"}}}.'
    )
    emitter = fields.Selection(
        [("connector", "Connections only"), ("any", "Any system of a member")],
        required=True,
        default="any",
        help="Connections only: people and other systems cannot send this event.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another event type has this code. Codes are unique."
    )

    @api.constrains("code")
    def _check_code(self):
        for record in self:
            if not CODE.match(record.code):
                raise ValidationError(
                    self.env._(
                        "%(code)s cannot be an event's code. Use small letters, "
                        "digits and _, starting with a letter.",
                        code=record.code,
                    )
                )

    @api.constrains("payload_schema")
    def _check_schema(self):
        for record in self:
            schema = record.payload_schema
            if schema and (
                not isinstance(schema, dict)
                or not isinstance(schema.get("required", []), list)
                or not isinstance(schema.get("properties", {}), dict)
                or not all(
                    isinstance(rule, dict)
                    for rule in schema.get("properties", {}).values()
                )
            ):
                raise ValidationError(
                    self.env._(
                        'Write what %(name)s carries as {"required": [names], '
                        '"properties": {name: {"type": "string"}}}.',
                        name=record.name,
                    )
                )

    @api.model
    @tools.ormcache()
    def _ids_by_code(self):
        """Mapping of code to id, archived types included."""
        types = self.sudo().with_context(active_test=False).search([])
        return {record.code: record.id for record in types}

    @api.model_create_multi
    def create(self, vals_list):
        """Create types and forget the cached codes."""
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        """Write and forget the cached codes."""
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        """Delete types without events and forget the cached codes."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
