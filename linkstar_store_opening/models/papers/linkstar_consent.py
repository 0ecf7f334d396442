"""Consents of persons to the use of their papers."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LinkstarConsent(models.Model):
    """What a person agreed to, from when until when, and when it was taken back."""

    _name = "linkstar.consent"
    _description = "Consent"
    _inherit = ["linkstar.audit.mixin"]
    _order = "given_on desc, id desc"
    _rec_name = "purpose"
    _audit_fields = ("partner_id", "purpose", "given_on", "until", "withdrawn_on")
    _audit_store_path = False

    partner_id = fields.Many2one("res.partner", "Person", required=True, index=True)
    purpose = fields.Char(
        required=True, help="What the papers are used for, and who abroad gets them."
    )
    given_on = fields.Date(required=True, default=fields.Date.context_today)
    until = fields.Date(help="Empty: until it is withdrawn.")
    withdrawn_on = fields.Date(
        help="From the next night on the files of this person's papers are destroyed."
    )
    document_id = fields.Many2one(
        "linkstar.document",
        "Signed consent",
        domain="[('entity_id', '=', partner_id)]",
        help="The signed paper itself stays as proof.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("given", "Given"), ("ended", "Ended"), ("withdrawn", "Withdrawn")],
        compute="_compute_state",
    )

    @api.depends("until", "withdrawn_on")
    def _compute_state(self):
        today = fields.Date.today()
        for consent in self:
            if consent.withdrawn_on:
                consent.state = "withdrawn"
            else:
                over = consent.until and consent.until < today
                consent.state = "ended" if over else "given"

    @api.constrains("given_on", "until", "withdrawn_on")
    def _check_order(self):
        for consent in self:
            for end in (consent.until, consent.withdrawn_on):
                if end and end < consent.given_on:
                    raise ValidationError(
                        self.env._("A consent does not end before it was given.")
                    )

    @api.model
    @api.private
    def _withdrawn_on(self, document):
        """Day from which a personal paper may not be kept any more, or None.

        Another consent of the same person that still stands keeps the paper.
        """
        if document.type_id.sensitive_level not in ("3", "4"):
            return None
        if document in (document.env["linkstar.consent"].search([]).document_id):
            return None
        consents = self.search(
            [
                ("partner_id", "=", document.entity_id.id),
                ("company_id", "=", document.company_id.id),
            ]
        )
        if not consents or any(c.state == "given" for c in consents):
            return None
        return max((c.withdrawn_on or c.until) for c in consents)
