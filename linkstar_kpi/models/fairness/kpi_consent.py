"""Consents to the privacy notice: given, and taken back, by the person only."""

from odoo import api, fields, models


class LinkstarKpiConsent(models.Model):
    """One person's consent to one version of their company's notice."""

    _name = "linkstar.kpi.consent"
    _description = "KPI privacy consent"
    _inherit = ["linkstar.audit.mixin"]
    _order = "given_at desc, id desc"

    _audit_fields = ("employee_id", "number", "given_at", "withdrawn_at")
    _audit_store_path = None

    privacy_id = fields.Many2one(
        "linkstar.kpi.privacy", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="privacy_id.company_id", store=True)
    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", required=True)
    number = fields.Integer(string="Version", required=True, aggregator=None)
    text = fields.Text(
        string="Text agreed to", help="As the person read it, in their language."
    )
    given_at = fields.Datetime(string="Given", required=True)
    withdrawn_at = fields.Datetime(string="Withdrawn")

    _one_standing = models.UniqueIndex(
        "(privacy_id, employee_id, number) WHERE withdrawn_at IS NULL",
        "This version is agreed to already.",
    )

    @api.depends("employee_id.name", "number")
    def _compute_display_name(self):
        for consent in self:
            consent.display_name = f"{consent.employee_id.name or ''} v{consent.number}"

    @api.model
    @api.private
    def _record(self, employee, privacy, agree):
        """Note the person's decision; the caller made sure that it is theirs."""
        now = fields.Datetime.now()
        standing = privacy._standing(employee)
        if standing and not agree:
            standing.write({"withdrawn_at": now})
        elif agree and not standing:
            self.sudo().create(
                {
                    "privacy_id": privacy.id,
                    "employee_id": employee.id,
                    "user_id": self.env.uid,
                    "number": privacy.number,
                    "text": privacy.with_context(lang=self.env.lang).notice,
                    "given_at": now,
                    "withdrawn_at": False,
                }
            )
        return True
