"""Applications registered with Amazon: client id, client secret, their limits."""

from datetime import timedelta

from odoo import api, fields, models

from ..client import forget_tokens
from .secret_fields import store_typed, stored, which_are_set

# Amazon's limits: authorisations of a private and of an unlisted public application.
LIMITS = {"private": 10, "public": 25}
SECRET_DAYS = 180


class LinkstarAmazonApplication(models.Model):
    """One application of Seller Central, Develop Apps."""

    _name = "linkstar.amazon.application"
    _description = "Amazon application"
    _inherit = ["linkstar.audit.mixin"]
    _order = "name"
    _audit_fields = ("name", "kind", "client_id", "application_id", "active")
    _audit_store_path = None
    _linkstar_secret_fields = {"client_secret": {"kind": "password"}}

    name = fields.Char(required=True)
    kind = fields.Selection(
        [("private", "Private"), ("public", "Public, unlisted")],
        required=True,
        default="private",
        help="A private application takes ten self-authorisations, a public unlisted "
        "one twenty-five.",
    )
    client_id = fields.Char(
        string="Client id", required=True, help="amzn1.application-oa2-client.…"
    )
    application_id = fields.Char(
        string="Application id",
        help="amzn1.sp.solution.…; needed for the consent page of Seller Central.",
    )
    is_draft = fields.Boolean(
        string="Draft", help="The application is not published yet (version=beta)."
    )
    typed_secret = fields.Char(
        string="Client secret",
        compute="_compute_typed_secret",
        inverse="_inverse_typed_secret",
        copy=False,
        help="Typed once, kept encrypted, never shown again.",
    )
    has_secret = fields.Boolean(compute="_compute_has_secret")
    secret_expires_on = fields.Date(
        string="Secret ends on",
        copy=False,
        help="Amazon ends a client secret 180 days after it was made.",
    )
    secret_days_left = fields.Integer(compute="_compute_secret_days_left")
    account_ids = fields.One2many("linkstar.amazon.account", "application_id")
    authorised_count = fields.Integer(compute="_compute_authorised")
    authorised_limit = fields.Integer(compute="_compute_authorised")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    active = fields.Boolean(default=True)

    _client_uniq = models.Constraint(
        "UNIQUE(client_id)", "Another application has this client id."
    )

    def _compute_typed_secret(self):
        self.typed_secret = False

    def _inverse_typed_secret(self):
        """Keep the new client secret, start its 180 days, drop old tokens."""
        changed = store_typed(self, "typed_secret", "client_secret")
        if changed:
            today = fields.Date.today()
            changed.secret_expires_on = today + timedelta(days=SECRET_DAYS)
            changed.account_ids._wake_streams()
            forget_tokens()

    def _compute_has_secret(self):
        known = which_are_set(self, "client_secret")
        for application in self:
            application.has_secret = application.id in known

    @api.depends("secret_expires_on")
    def _compute_secret_days_left(self):
        today = fields.Date.today()
        for application in self:
            end = application.secret_expires_on
            application.secret_days_left = (end - today).days if end else 0

    @api.depends("kind", "account_ids.state")
    def _compute_authorised(self):
        for application in self:
            live = application.account_ids.filtered(lambda a: a.state != "draft")
            application.authorised_count = len(live)
            application.authorised_limit = LIMITS[application.kind]

    def _client_secret(self):
        """The plain client secret, for a call that is about to be made."""
        self.ensure_one()
        return stored(self, "client_secret", "call Amazon")
