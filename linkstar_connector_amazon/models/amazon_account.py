"""Seller accounts: a seller in a region of Amazon's, and its authorisation."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..client import Amazon, forget_tokens
from ..engine.failures import Failure
from ..engine.local_day import parse_header
from ..exceptions import CallFailed
from .secret_fields import store_typed, stored, which_are_set

# Seconds by which clocks may differ before it is written down.
SKEW_TOLERANCE = 5
# A public application must be authorised again every year.
AUTHORISATION_DAYS = 365


class LinkstarAmazonAccount(models.Model):
    """Where calls are made for: one seller in one region."""

    _name = "linkstar.amazon.account"
    _description = "Amazon seller account"
    _inherit = ["linkstar.audit.mixin", "linkstar.system.fields.mixin"]
    _order = "name"
    _audit_fields = (
        "name",
        "application_id",
        "seller_id",
        "region",
        "state",
        "is_sandbox",
        "active",
    )
    _audit_store_path = None
    _linkstar_secret_fields = {
        "refresh_token": {"kind": "password"},
        "ads_refresh_token": {"kind": "password"},
    }
    _system_fields = frozenset(
        {
            "state",
            "selling_partner",
            "authorised_on",
            "authorised_until",
            "clock_skew",
        }
    )

    name = fields.Char(required=True)
    application_id = fields.Many2one(
        "linkstar.amazon.application", required=True, ondelete="restrict", index=True
    )
    seller_id = fields.Many2one(
        "linkstar.seller",
        required=True,
        ondelete="restrict",
        index=True,
        help="The registration whose stores this account reads.",
    )
    region = fields.Selection(
        [("na", "North America"), ("eu", "Europe"), ("fe", "Far East")], required=True
    )
    state = fields.Selection(
        [
            ("draft", "Not authorised"),
            ("connected", "Connected"),
            ("attention", "Needs attention"),
            ("disconnected", "Disconnected"),
        ],
        default="draft",
        required=True,
        copy=False,
    )
    is_sandbox = fields.Boolean(
        string="Sandbox", help="Call Amazon's sandbox instead of the live service."
    )
    selling_partner = fields.Char(
        string="Selling partner id", copy=False, help="As Amazon names this seller."
    )
    authorised_on = fields.Date(copy=False)
    authorised_until = fields.Date(copy=False)
    renewal_days = fields.Integer(compute="_compute_renewal_days")
    typed_token = fields.Char(
        string="Refresh token",
        compute="_compute_typed",
        inverse="_inverse_typed_token",
        copy=False,
        help="From Seller Central, Develop Apps, Authorise. Kept encrypted, never "
        "shown again.",
    )
    typed_ads_token = fields.Char(
        string="Ads refresh token",
        compute="_compute_typed",
        inverse="_inverse_typed_ads_token",
        copy=False,
        help="Of Amazon Ads. Kept encrypted, never shown again.",
    )
    ads_application_id = fields.Many2one(
        "linkstar.amazon.application",
        string="Ads application",
        ondelete="restrict",
        help="Empty: the same application serves both.",
    )
    has_token = fields.Boolean(compute="_compute_has_token")
    has_ads_token = fields.Boolean(compute="_compute_has_token")
    low_cover_days = fields.Integer(
        default=21,
        string="Low stock under (days)",
        help="Days of cover under which stock counts as low, for listings that name "
        "no replenishment days.",
    )
    clock_skew = fields.Float(
        string="Clock difference",
        copy=False,
        help="Seconds by which Amazon's clock is ahead of this server's.",
    )
    store_ids = fields.One2many(related="seller_id.store_ids", string="Stores")
    stream_ids = fields.One2many("linkstar.amazon.stream", "account_id")
    profile_ids = fields.One2many("linkstar.amazon.profile", "account_id")
    subscription_ids = fields.One2many("linkstar.amazon.subscription", "account_id")
    company_id = fields.Many2one(related="seller_id.company_id", store=True)
    active = fields.Boolean(default=True)

    _seller_region_uniq = models.UniqueIndex(
        "(seller_id, region, is_sandbox)",
        "This seller has an account in this region already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Create accounts with one stream per kind of data."""
        accounts = super().create(vals_list)
        self.env["linkstar.amazon.stream"].sudo()._create_missing(accounts)
        accounts._activate_currencies()
        return accounts

    def _activate_currencies(self):
        """The web client shows amounts of an inactive currency without its sign."""
        currencies = self.sudo().seller_id.store_ids.currency_id
        currencies.filtered(lambda currency: not currency.active).active = True

    @api.depends("authorised_until", "application_id.kind")
    def _compute_renewal_days(self):
        """Days until a public application must be authorised again; else a year."""
        today = fields.Date.today()
        for account in self:
            end = account.authorised_until
            bound = end and account.application_id.sudo().kind == "public"
            account.renewal_days = (end - today).days if bound else AUTHORISATION_DAYS

    def _compute_typed(self):
        self.typed_token = False
        self.typed_ads_token = False

    def _compute_has_token(self):
        known = which_are_set(self, "refresh_token")
        ads = which_are_set(self, "ads_refresh_token")
        for account in self:
            account.has_token = account.id in known
            account.has_ads_token = account.id in ads

    def _inverse_typed_token(self):
        store_typed(self, "typed_token", "refresh_token")._set_connected()

    def _inverse_typed_ads_token(self):
        changed = store_typed(self, "typed_ads_token", "ads_refresh_token")
        changed._wake_streams()
        forget_tokens()

    def _set_connected(self):
        """A refresh token has arrived: the account is live from now."""
        if not self:
            return
        today = fields.Date.today()
        self.sudo().write(
            {
                "state": "connected",
                "authorised_on": today,
                "authorised_until": today + timedelta(days=AUTHORISATION_DAYS),
            }
        )
        self._wake_streams()
        forget_tokens()

    def _wake_streams(self):
        """Let every stream of these accounts try again now."""
        self.sudo().stream_ids.write({"next_run": fields.Datetime.now(), "failures": 0})

    def _check_manager(self):
        """Raise AccessError unless the user may run this account's connection."""
        if self.env.su:
            return
        if self.env.user.has_group("linkstar_project.group_admin"):
            self.check_access("read")
            return
        raise AccessError(
            self.env._(
                "Only an administrator of LinkStar may change the connection of "
                "%(accounts)s.",
                accounts=", ".join(self.mapped("name")),
            )
        )

    def _amazon(self, api_kind="sp"):
        """A connection to Amazon for this account.

        :param api_kind: ``sp`` (Selling Partner API) or ``ads``
        :raises CallFailed: without authorisation
        """
        self.ensure_one()
        account = self.sudo()
        field = "refresh_token" if api_kind == "sp" else "ads_refresh_token"
        application = account.application_id
        if api_kind == "ads" and account.ads_application_id:
            application = account.ads_application_id
        token = stored(account, field, "call Amazon")
        if not token:
            raise CallFailed(Failure("no_authorisation"))
        return Amazon(
            self.env,
            account.region,
            application.client_id,
            application._client_secret(),
            token,
            sandbox=account.is_sandbox,
        )

    def _learn_clock(self, header):
        """Keep how far Amazon's clock is from ours: windows end by Amazon's.

        :param header: ``Date`` of an answer, or None
        """
        theirs = parse_header(header)
        if not theirs:
            return
        skew = (theirs - fields.Datetime.now()).total_seconds()
        if abs(skew - self.clock_skew) > SKEW_TOLERANCE:
            self.sudo().clock_skew = skew

    def _sites(self):
        """The linked stores by Amazon's marketplace id, stores in order."""
        self.ensure_one()
        stores = self.sudo().seller_id.store_ids.filtered(
            lambda store: store.active
            and store.state != "closed"
            and store.marketplace_id.external_id
            and store.marketplace_id.region == self.region
        )
        return {
            store.marketplace_id.external_id: store for store in stores.sorted("id")
        }

    def action_run_now(self):
        """Let the workers run every stream of this account now."""
        self._check_manager()
        self._wake_streams()
        self.env["linkstar.amazon.stream"]._wake_workers()
        return True

    def action_open_streams(self):
        """The streams of this account."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_connector_amazon.amazon_stream_action"
        )
        return {**action, "domain": [("account_id", "in", self.ids)]}
