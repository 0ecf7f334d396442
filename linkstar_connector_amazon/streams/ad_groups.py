"""Ad groups: which exist, and which are new."""

from ad_api.api.v1 import AdGroups as AdGroupsApi

from odoo.tools.translate import LazyTranslate

from ..engine.failures import Failure
from ..exceptions import CallFailed
from .base import ByStore, Request

_lt = LazyTranslate(__name__)

PRODUCTS = ["SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"]
PAGE = 100


class AdGroups(ByStore):
    """``queryAdGroups`` of every advertising profile."""

    code = "ad_groups"
    label = _lt("Ad groups")
    sequence = 6
    cadence_minutes = 30

    def _profiles(self):
        profiles = {
            profile.store_id.id: profile
            for profile in self.account.profile_ids
            if profile.store_id
        }
        if not profiles:
            raise CallFailed(Failure("no_profile"))
        return profiles

    def stores(self):
        """The stores with an advertising profile."""
        profiles = self._profiles()
        return [store for store in self.sites().values() if store.id in profiles]

    def store_request(self, store, page):
        """The next page of a profile's ad groups."""
        profile = self._profiles()[store.id]
        body = {"adProductFilter": {"include": PRODUCTS}, "maxResults": PAGE}
        if page:
            body["nextToken"] = page
        return Request(
            "queryAdGroups",
            lambda amazon: amazon.ads(
                AdGroupsApi,
                lambda client: client.query_ad_groups(body=body),
                profile.external_id,
            ),
        )

    def store_absorb(self, store, answer):
        """Keep a page; an ad group never seen before is news."""
        payload = answer.payload
        rows = self.env["linkstar.amazon.ad.group"]._keep(
            self.account,
            store,
            payload["adGroups"],
            self.now,
            baseline=not self.stream.is_baseline_done,
        )
        return rows, payload.get("nextToken")
