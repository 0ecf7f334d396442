"""Seller accounts: a seller in a region of Amazon's, and its authorisation."""

from datetime import timedelta
from urllib.parse import urlencode

from ad_api.api import Profiles
from sp_api.api import Sellers

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..client import Amazon, forget_tokens, test_endpoint
from ..engine.failures import Failure
from ..engine.local_day import parse_header
from ..exceptions import CallFailed
from ..messages import explain
from .secret_fields import store_typed, stored, which_are_set

# Seconds by which clocks may differ before it is written down.
SKEW_TOLERANCE = 5
# A public application must be authorised again every year.
AUTHORISATION_DAYS = 365
SELLER_CENTRAL = {
    "na": "https://sellercentral.amazon.com",
    "eu": "https://sellercentral.amazon.de",
    "fe": "https://sellercentral.amazon.co.jp",
}


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
        return accounts

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
        if self.env.su or self.env.user.has_group("linkstar_project.group_admin"):
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

    def action_authorise(self):
        """Open Amazon's consent page; the answer comes to our callback."""
        self.ensure_one()
        self._check_manager()
        application = self.application_id
        if not application.application_id or not application.has_secret:
            raise UserError(
                self.env._(
                    "The application %(name)s has no application id or no client "
                    "secret yet. Fill in both, or paste a refresh token here.",
                    name=application.name,
                )
            )
        query = {
            "application_id": application.application_id,
            "state": self.env["linkstar.amazon.consent"]._begin(self),
        }
        if application.is_draft:
            query["version"] = "beta"
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": f"{self._consent_address()}?{urlencode(query)}",
        }

    def _consent_address(self):
        base = test_endpoint() or SELLER_CENTRAL[self.region]
        return f"{base}/apps/authorize/consent"

    def action_disconnect(self):
        """Forget the tokens and stop every stream of this account."""
        self._check_manager()
        secrets = self.env["linkstar.secret"].sudo()
        for account in self:
            secrets._store(account._name, account.id, "refresh_token", "")
            secrets._store(account._name, account.id, "ads_refresh_token", "")
        self.sudo().write({"state": "disconnected"})
        forget_tokens()

    def action_read_marketplaces(self):
        """Read where this account sells; link stores that are known.

        :return: a notification that says what was found
        """
        self.ensure_one()
        self._check_manager()
        found = self._read_participations()
        offered = self._offer_stores(found)
        self._read_profiles()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(found)s marketplaces read, %(new)s stores created.",
                    found=len(found),
                    new=len(offered),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _read_participations(self):
        """Marketplaces in which this account takes part and is not suspended.

        :return: list of dicts ``external_id, name, suspended``
        :raises UserError: with the reason in plain words
        """
        try:
            with self._amazon() as amazon:
                answer = amazon.selling_partner(
                    Sellers, lambda client: client.get_marketplace_participation()
                )
        except CallFailed as error:
            raise UserError(self._explained(error.failure)) from error
        self._learn_clock(answer.headers.get("Date"))
        return [
            {
                "external_id": entry["marketplace"]["id"],
                "name": entry.get("storeName") or entry["marketplace"]["name"],
                "suspended": entry["participation"]["hasSuspendedListings"],
            }
            for entry in answer.payload
            if entry["participation"]["isParticipating"]
        ]

    def _offer_stores(self, found):
        """Create the stores that are missing; European ones share one stock pool."""
        known = self._sites()
        sites = self.env["linkstar.marketplace"].search(
            [
                ("external_id", "in", [entry["external_id"] for entry in found]),
                ("region", "=", self.region),
            ]
        )
        names = {entry["external_id"]: entry["name"] for entry in found}
        missing = sites.filtered(lambda site: site.external_id not in known)
        pool = self.env["linkstar.store"]
        if self.region == "eu":
            owners = [store.stock_pool_store_id for store in known.values()]
            pool = owners[0] if owners else pool
        created = pool.browse()
        for site in missing:
            store = self.env["linkstar.store"].create(
                {
                    "name": names[site.external_id],
                    "code": self._free_code(site),
                    "marketplace_id": site.id,
                    "seller_id": self.seller_id.id,
                    "company_id": self.seller_id.company_id.id,
                    "stock_store_id": pool.id,
                }
            )
            created |= store
            if self.region == "eu" and not pool:
                pool = store
        return created

    def _free_code(self, site):
        """A store code such as ``US-NOVA`` that nobody has."""
        words = "".join(c for c in self.seller_id.name.upper() if c.isalnum())
        base = f"{site.code}-{words[:8] or 'STORE'}"
        stores = self.env["linkstar.store"].sudo().with_context(active_test=False)
        taken = set(stores.search([("code", "=like", f"{base}%")]).mapped("code"))
        code, number = base, 2
        while code in taken:
            code, number = f"{base}{number}", number + 1
        return code

    def _read_profiles(self):
        """Advertising profiles, one per marketplace; nothing without an Ads token."""
        if not self.has_ads_token:
            return
        try:
            with self._amazon("ads") as amazon:
                answer = amazon.ads(Profiles, lambda client: client.list_profiles())
        except CallFailed as error:
            raise UserError(self._explained(error.failure)) from error
        self.env["linkstar.amazon.profile"].sudo()._keep(self, answer.payload or [])

    def _explained(self, failure):
        """A failure as two sentences in the reader's language."""
        args = {**failure.args, "account": self.name}
        return " ".join(explain(self.env, failure.code, args)).strip()

    def action_test_connection(self):
        """Make one harmless call and say whether it worked."""
        self.ensure_one()
        self._check_manager()
        found = self._read_participations()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The connection works: %(count)s marketplaces.", count=len(found)
                ),
            },
        }

    def action_run_now(self):
        """Let the workers run every stream of this account now."""
        self._check_manager()
        self._wake_streams()
        self.env["linkstar.amazon.stream"]._wake_workers()

    def action_open_streams(self):
        """The streams of this account."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "linkstar_connector_amazon.amazon_stream_action"
        )
        return {**action, "domain": [("account_id", "in", self.ids)]}

    def _accept_consent(self, code, selling_partner):
        """Exchange a consent's code for a refresh token.

        :raises UserError: for another seller than the one connected before, or when
            Amazon refuses
        """
        self.ensure_one()
        self._check_manager()
        before = self.selling_partner
        if before and selling_partner != before:
            raise UserError(
                self.env._(
                    "Amazon sent the consent of seller %(new)s, but this account is "
                    "connected to seller %(old)s. Sign in to Seller Central as that "
                    "seller and try again, or make an account for the other one.",
                    new=selling_partner,
                    old=before,
                )
            )
        account = self.sudo()
        application = account.application_id
        try:
            with Amazon(
                self.env,
                self.region,
                application.client_id,
                application._client_secret(),
                None,
                sandbox=self.is_sandbox,
            ) as amazon:
                token = amazon.exchange(code)
        except CallFailed as error:
            raise UserError(self._explained(error.failure)) from error
        secrets = self.env["linkstar.secret"].sudo()
        secrets._store(account._name, account.id, "refresh_token", token)
        account.selling_partner = selling_partner
        if not account.seller_id.external_id:
            account.seller_id.external_id = selling_partner
        account._set_connected()
