"""What a platform's registration form asks."""

from odoo import fields, models

SOURCES = [
    ("manual", "Typed by hand"),
    ("entity_name", "Company name"),
    ("entity_address", "Company address"),
    ("entity_vat", "Tax number of the contact"),
    ("entity_phone", "Company phone"),
    ("entity_email", "Company e-mail"),
    ("entity_website", "Company website"),
    ("entity_country", "Country"),
    ("tax_number", "Registration number (masked)"),
    ("id_number", "Identity card (masked)"),
    ("passport", "Passport (masked)"),
    ("bank_account", "Bank account (masked)"),
    ("card", "Charge card (masked)"),
    ("shop_name", "Shop name"),
    ("payout_method", "Payout method"),
    ("representative_name", "Legal representative"),
    ("representative_phone", "Representative's phone"),
    ("representative_email", "Representative's e-mail"),
]


class LinkstarFormField(models.Model):
    """One line of the form, and where its answer comes from."""

    _name = "linkstar.form.field"
    _description = "Registration Form Field"
    _order = "platform_id, sequence, id"

    platform_id = fields.Many2one(
        "linkstar.platform", index=True, help="Empty: every platform asks it."
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    source = fields.Selection(SOURCES, required=True, default="manual")
    hint = fields.Char(translate=True)
    max_length = fields.Integer(help="0: any length.")
    active = fields.Boolean(default=True)

    _code_once = models.UniqueIndex(
        "(code, COALESCE(platform_id, 0))", "This form has such a field already."
    )
