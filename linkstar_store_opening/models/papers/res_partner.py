"""Companies and persons: their representative, numbers and consents."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    linkstar_representative_id = fields.Many2one(
        "res.partner",
        "Legal representative",
        help="Signs for the company and shows an identity paper to platforms.",
    )
    linkstar_identity_ids = fields.One2many(
        "linkstar.identity",
        "partner_id",
        "Identity data",
        groups="linkstar_store_opening.group_compliance,linkstar_project.group_admin",
    )
    linkstar_consent_ids = fields.One2many(
        "linkstar.consent",
        "partner_id",
        "Consents",
        groups="linkstar_store_opening.group_compliance,linkstar_project.group_admin",
    )
