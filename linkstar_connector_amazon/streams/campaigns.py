"""Campaigns: their budgets, and which have run out of it."""

from ad_api.api.v1 import Campaigns as CampaignsApi

from odoo.tools.translate import LazyTranslate

from ..engine.ads import campaign_row
from .ad_groups import PAGE, PRODUCTS, AdGroups
from .base import Request

_lt = LazyTranslate(__name__)


class Campaigns(AdGroups):
    """``queryCampaigns`` of every advertising profile."""

    code = "campaigns"
    label = _lt("Campaigns")
    sequence = 6
    cadence_minutes = 30

    def store_request(self, store, page):
        """The next page of a profile's campaigns."""
        profile = self._profiles()[store.id]
        body = {"adProductFilter": {"include": PRODUCTS}, "maxResults": PAGE}
        if page:
            body["nextToken"] = page
        return Request(
            "queryCampaigns",
            lambda amazon: amazon.ads(
                CampaignsApi,
                lambda client: client.query_campaigns(body=body),
                profile.external_id,
            ),
        )

    def store_absorb(self, store, answer):
        """Keep a page; a campaign that has run dry is news."""
        payload = answer.payload
        rows = self.env["linkstar.amazon.campaign"]._keep(
            store, [campaign_row(entry) for entry in payload["campaigns"]], self.now
        )
        return rows, payload.get("nextToken")

    def end_of_store(self, store):
        """The sum of budgets, once all campaigns are known."""
        self.env["linkstar.amazon.campaign"]._tell_budget(store, self.now)
