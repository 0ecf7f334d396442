"""What a company tells its people about the data that scores are made of."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class LinkstarKpiPrivacy(models.Model):
    """A company's notice, the newest counts; a changed text is asked anew.

    Consent to it stands apart from acknowledging the rules of a scheme: somebody who
    does not consent, or takes it back, is still scored by rules they know.
    """

    _name = "linkstar.kpi.privacy"
    _description = "KPI privacy notice"
    _inherit = [
        "linkstar.audit.mixin",
        "linkstar.system.fields.mixin",
        "linkstar.kpi.manager.mixin",
    ]
    _order = "company_id, id desc"
    _rec_name = "company_id"

    _system_fields = frozenset({"number", "consent_ids"})
    _audit_fields = ("company_id", "notice", "number")
    _audit_store_path = None

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    notice = fields.Text(
        required=True,
        translate=True,
        help="Which data are used, what for, who sees them, how long they are kept, "
        "and whom to ask.",
    )
    number = fields.Integer(string="Version", default=1, readonly=True, copy=False)
    consent_ids = fields.One2many("linkstar.kpi.consent", "privacy_id", copy=False)
    consent_count = fields.Integer(
        string="Consents in force", compute="_compute_consent_count"
    )

    @api.depends("consent_ids.withdrawn_at", "number")
    def _compute_consent_count(self):
        for privacy in self:
            standing = privacy.consent_ids.filtered(
                lambda consent, privacy=privacy: (
                    consent.number == privacy.number and not consent.withdrawn_at
                )
            )
            privacy.consent_count = len(standing)

    def write(self, vals):
        """A changed text, in any language, is a new version that is asked anew."""
        changed = self.browse()
        if "notice" in vals:
            changed = self.filtered(lambda privacy: privacy.notice != vals["notice"])
        result = super().write(vals)
        for privacy in changed.sudo():
            privacy.number += 1
        return result

    @api.model
    @api.private
    def _of(self, employee):
        """The notice that concerns an employee, empty if the company has none."""
        company = employee.sudo().company_id
        return self.sudo().search([("company_id", "=", company.id)], limit=1)

    @api.model
    def decide(self, agree):
        """The signed-in person consents to their company's notice, or takes it back.

        :param agree: False withdraws; scores go on, and the KPI manager sees it
        :raise UserError: without an employee or a notice
        """
        user = self.env.user
        employee = (
            self.env["hr.employee"]
            .sudo()
            .search(
                [("user_id", "=", user.id), ("company_id", "=", self.env.company.id)],
                limit=1,
            )
        )
        privacy = self._of(employee) if employee else self.browse()
        if not privacy:
            raise UserError(
                self.env._("Your company has no privacy notice for scores yet.")
            )
        self.env["linkstar.kpi.consent"]._record(employee, privacy, agree)
        return True

    @api.private
    def _page(self, employee):
        """What the person's page shows of it, or False without a notice."""
        privacy = self._of(employee)
        if not privacy:
            return False
        consent = privacy._standing(employee)
        return {
            "notice": privacy.with_context(lang=self.env.lang).notice,
            "number": privacy.number,
            "agreed": bool(consent),
            "agreed_at": fields.Datetime.to_string(consent.given_at) or "",
        }

    def _standing(self, employee):
        """The person's consent to the version in force, if they have not withdrawn."""
        self.ensure_one()
        return (
            self.env["linkstar.kpi.consent"]
            .sudo()
            .search(
                [
                    ("privacy_id", "=", self.id),
                    ("employee_id", "=", employee.id),
                    ("number", "=", self.number),
                    ("withdrawn_at", "=", False),
                ],
                limit=1,
            )
        )
