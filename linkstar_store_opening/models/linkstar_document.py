"""Papers of companies and persons, used by many openings."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import validity


class LinkstarDocument(models.Model):
    """One paper: whose it is, when it was issued and until when it serves.

    Copies of identity papers and bank papers are never ordinary attachments: for
    types of personal data the record keeps dates and the place of the original only,
    until the encrypted upload takes the file.
    """

    _name = "linkstar.document"
    _description = "Document"
    _inherit = ["linkstar.system.fields.mixin", "linkstar.audit.mixin"]
    _order = "entity_id, type_id, issue_date desc, id desc"
    _audit_fields = ("name", "entity_id", "type_id", "issue_date", "expiry_date")
    _audit_store_path = False

    name = fields.Char(
        required=True, help="How your team calls it. Never a number of the paper."
    )
    type_id = fields.Many2one("linkstar.document.type", required=True, index=True)
    entity_id = fields.Many2one(
        "res.partner", string="Company or person", required=True, index=True
    )
    issue_date = fields.Date()
    expiry_date = fields.Date()
    original_place = fields.Char(
        help="Where the original lies, e.g. the safe of the finance office."
    )
    active = fields.Boolean(default=True)
    sensitive_level = fields.Selection(related="type_id.sensitive_level")
    requirement_ids = fields.One2many("linkstar.requirement", "document_id")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    good_until = fields.Date(compute="_compute_good_until")

    @api.constrains("issue_date", "expiry_date")
    def _check_dates(self):
        for document in self:
            issued, expires = document.issue_date, document.expiry_date
            if issued and expires and expires < issued:
                raise ValidationError(
                    self.env._(
                        "%(document)s expires before it was issued. Correct one of "
                        "the two dates.",
                        document=document.name,
                    )
                )

    @api.depends("issue_date", "expiry_date", "type_id")
    def _compute_good_until(self):
        for document in self:
            document.good_until = document._judge(fields.Date.today()).good_until

    def _judge(self, use_on):
        """The engine's verdict on this paper for the day ``use_on``."""
        self.ensure_one()
        return validity.judge(
            self.type_id._rule(), self.issue_date, self.expiry_date, use_on
        )

    def write(self, vals):
        """A paper that changes is reviewed again wherever it was accepted."""
        result = super().write(vals)
        if {"type_id", "entity_id", "issue_date", "expiry_date"} & set(vals):
            self.sudo().requirement_ids._reopen_review()
        return result
