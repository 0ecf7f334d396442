"""Numbers of companies and persons: encrypted, masked, shown with a reason."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import sensitive_text

KEEPERS = "linkstar_store_opening.group_compliance"
KINDS = [
    ("id_number", "Identity card"),
    ("passport", "Passport"),
    ("tax_number", "Tax or registration number"),
    ("bank_account", "Bank account"),
    ("card", "Charge card (last four, expiry, holder)"),
    ("password_hint", "Password hint"),
]
MASKS = {
    "id_number": "id_number",
    "passport": "id_number",
    "tax_number": "id_number",
    "bank_account": "bank",
    "card": "card",
    "password_hint": "password",
}


class LinkstarIdentity(models.Model):
    """One number of a company or person. In clear it is shown to compliance only."""

    _name = "linkstar.identity"
    _description = "Identity Data"
    _inherit = [
        "linkstar.kept.value.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.audit.mixin",
    ]
    _order = "partner_id, kind, id"
    _rec_name = "kind"
    _system_fields = frozenset({"masked"})
    _audit_fields = ("partner_id", "kind", "label", "expiry_date", "masked")
    _audit_store_path = False
    _linkstar_secret_fields = {
        f"value_{kind}": {
            "kind": MASKS[kind],
            "groups": KEEPERS,
            "matchable": kind != "password_hint",
        }
        for kind, _label in KINDS
    }

    partner_id = fields.Many2one(
        "res.partner", "Company or person", required=True, index=True
    )
    kind = fields.Selection(KINDS, required=True)
    label = fields.Char(help="A name for it, such as the bank's. Never the number.")
    expiry_date = fields.Date()
    value = fields.Char(
        compute="_compute_value",
        inverse="_inverse_value",
        help="Stored encrypted. Of a card enter the last four digits, expiry and "
        "holder: 1234, 09/29, LI WEI. A verification code is never kept.",
    )
    masked = fields.Char(readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    @api.depends("masked")
    def _compute_value(self):
        for identity in self:
            identity.value = identity.masked

    def _inverse_value(self):
        for identity in self.filtered("value"):
            if "•" not in identity.value:
                identity._keep(identity.value)

    def _keep(self, value):
        self.ensure_one()
        text = self._normalised(self.kind, value)
        secret = self.env["linkstar.secret"]
        field = f"value_{self.kind}"
        secret._store(self._name, self.id, field, text)
        self.sudo().masked = self._mask(text, field)

    def _mask(self, text, field):
        if self.kind == "card":
            last, expiry, *_holder = text.split(" ", 2)
            return f"•••• {last} {expiry}"
        masked = self.env["linkstar.secret"]._masked(self._name, self.ids, field)
        return masked.get(self.id)

    @api.model
    @api.private
    def _normalised(self, kind, value):
        try:
            return sensitive_text.normalised(kind, value)
        except ValueError as error:
            raise ValidationError(self._fault(str(error))) from None

    @api.model
    @api.private
    def _fault(self, code):
        _ = self.env._
        return {
            "empty": _("There is nothing to keep. Enter the number."),
            "short": _("The number is too short."),
            "card_code": _(
                "A card's verification code is never kept, in no field. Leave it out."
            ),
            "card_number": _(
                "A full card number is never kept. Enter the last four digits, the "
                "expiry and the holder: 1234, 09/29, LI WEI."
            ),
            "card_form": _(
                "Enter the last four digits, the expiry and the holder: 1234, 09/29, "
                "LI WEI."
            ),
        }[code]

    @api.constrains("label")
    def _check_label(self):
        for identity in self:
            label = identity.label
            if sensitive_text.carries_number(label) or sensitive_text.names_card_code(
                label
            ):
                raise ValidationError(
                    self.env._(
                        "The label holds a long number or a card's code. Give a plain "
                        "name, such as the bank's."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create; what was typed does not stay readable."""
        records = super().create(vals_list)
        records.invalidate_recordset(["value"])
        return records

    def write(self, vals):
        """Write; a number belongs to its kind and owner."""
        if {"kind", "partner_id"} & vals.keys() and any(self.sudo().mapped("masked")):
            raise ValidationError(
                self.env._(
                    "A stored number keeps its kind and owner. Delete it and enter a "
                    "new one."
                )
            )
        result = super().write(vals)
        self.invalidate_recordset(["value"])
        return result
