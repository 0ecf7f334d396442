"""The field sheet of an opening: what goes into the platform's form."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import sensitive_text


class LinkstarFormAnswer(models.Model):
    """One line of an opening's field sheet: from the entity, or typed over."""

    _name = "linkstar.form.answer"
    _description = "Field Sheet Line"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "project_id, sequence, id"
    _rec_name = "field_id"
    _audit_fields = ("field_id", "typed")
    _system_fields = frozenset({"sequence"})

    project_id = fields.Many2one(
        "project.project",
        "Opening",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('linkstar_kind', '=', 'opening')]",
    )
    store_id = fields.Many2one(
        "linkstar.store", related="project_id.store_id", store=True, index=True
    )
    field_id = fields.Many2one("linkstar.form.field", "Field", required=True)
    sequence = fields.Integer(related="field_id.sequence", store=True)
    hint = fields.Char(related="field_id.hint")
    typed = fields.Char("Typed over", help="Replaces what comes from the contact.")
    answer = fields.Char(compute="_compute_answer")
    problem = fields.Char(compute="_compute_answer")

    _once = models.UniqueIndex(
        "(project_id, field_id)", "This field stands on the sheet already."
    )

    @api.depends("typed", "field_id", "project_id.entity_id")
    def _compute_answer(self):
        for line in self:
            field = line.field_id
            found = line.project_id._sheet_value(field.source)
            line.answer = line.typed or found or ""
            line.problem = line._problem()

    def _problem(self):
        if not self.answer:
            return self.env._("Missing")
        most = self.field_id.max_length
        if most and len(self.answer) > most:
            return self.env._("Longer than %s characters", most)
        return ""

    @api.constrains("typed")
    def _check_typed(self):
        """Numbers of papers are not typed here: they come masked."""
        for line in self:
            if sensitive_text.carries_number(line.typed) or (
                sensitive_text.names_card_code(line.typed)
            ):
                raise ValidationError(
                    self.env._(
                        "Long numbers and card codes are not typed into the sheet. "
                        "Keep the number under Identity data; the sheet shows it "
                        "masked."
                    )
                )
