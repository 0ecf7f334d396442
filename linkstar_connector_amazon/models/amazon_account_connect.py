"""Connecting an account: consent, marketplaces, profiles, test, disconnecting."""

from urllib.parse import urlencode

from ad_api.api import Profiles
from sp_api.api import Sellers

from odoo import models
from odoo.exceptions import UserError

from ..client import Amazon, forget_tokens, test_endpoint
from ..exceptions import CallFailed
from ..messages import explain

SELLER_CENTRAL = {
    "na": "https://sellercentral.amazon.com",
    "eu": "https://sellercentral.amazon.de",
    "fe": "https://sellercentral.amazon.co.jp",
}
# Where Login with Amazon asks for access to advertising.
ADS_CONSENT = {
    "na": "https://www.amazon.com/ap/oa",
    "eu": "https://eu.account.amazon.com/ap/oa",
    "fe": "https://apac.account.amazon.com/ap/oa",
}
ADS_SCOPE = "advertising::campaign_management"
ADS_CALLBACK = "/linkstar/amazon/callback/ads"


class LinkstarAmazonAccount(models.Model):
    _inherit = "linkstar.amazon.account"

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

    def _ads_application(self):
        """The application that asks for advertising data (sudo)."""
        account = self.sudo()
        return account.ads_application_id or account.application_id

    def action_authorise_ads(self):
        """Open Amazon's consent page for advertising; the answer comes back to us."""
        self.ensure_one()
        self._check_manager()
        application = self._ads_application()
        if not application.client_id or not application.has_secret:
            raise UserError(
                self.env._(
                    "The application %(name)s has no client secret yet. Type it in, "
                    "or paste an Ads refresh token here.",
                    name=application.name,
                )
            )
        query = {
            "client_id": application.client_id,
            "scope": ADS_SCOPE,
            "response_type": "code",
            "redirect_uri": self.get_base_url() + ADS_CALLBACK,
            "state": self.env["linkstar.amazon.consent"]._begin(self, "ads"),
        }
        endpoint = test_endpoint()
        base = f"{endpoint}/ap/oa" if endpoint else ADS_CONSENT[self.region]
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": f"{base}?{urlencode(query)}",
        }

    def action_disconnect(self):
        """Forget the tokens and stop every stream of this account."""
        self._check_manager()
        secrets = self.env["linkstar.secret"].sudo()
        for account in self:
            secrets._store(account._name, account.id, "refresh_token", "")
            secrets._store(account._name, account.id, "ads_refresh_token", "")
        self.sudo().subscription_ids._end()
        self.sudo().write({"state": "disconnected"})
        forget_tokens()
        return True

    def action_read_marketplaces(self):
        """Read where this account sells; link stores that are known.

        :return: a notification that says what was found
        """
        self.ensure_one()
        self._check_manager()
        found = self._read_participations()
        offered = self._offer_stores(found)
        self._activate_currencies()
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

    def _accept_ads_consent(self, code):
        """Exchange a consent's code for an Ads refresh token, and read the profiles.

        :raises UserError: when Amazon refuses
        """
        self.ensure_one()
        self._check_manager()
        application = self._ads_application()
        try:
            with Amazon(
                self.env,
                self.region,
                application.client_id,
                application._client_secret(),
                None,
                sandbox=self.is_sandbox,
            ) as amazon:
                token = amazon.exchange(code, self.get_base_url() + ADS_CALLBACK)
        except CallFailed as error:
            raise UserError(self._explained(error.failure)) from error
        secrets = self.env["linkstar.secret"].sudo()
        secrets._store(self._name, self.id, "ads_refresh_token", token)
        forget_tokens()
        self.invalidate_recordset(["has_ads_token"])
        self._read_profiles()
        self._wake_streams()
