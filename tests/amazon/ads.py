"""Ads API: profiles, campaigns and ad groups (reports are in ads_reports)."""

import json

from . import pages
from .advertising import PRODUCTS
from .clock import iso
from .errors import Refusal
from .money import number
from .operations import NO_SCOPE, Response, operation

MAX_RESULTS = 100
STATES = ("ENABLED", "PAUSED", "ARCHIVED", "DRAFT")


@operation("ads.listProfiles", "GET", "/v2/profiles", 5, 20, NO_SCOPE, "ads")
def list_profiles(call):
    """Return the advertising profiles of the account: one a marketplace."""
    return [_profile(call, site) for site in call.account.marketplaces]


@operation("ads.getProfile", "GET", "/v2/profiles/{profileId}", 5, 20, NO_SCOPE, "ads")
def get_profile(call):
    """Return one profile."""
    for site in call.account.marketplaces:
        if str(call.account.profile_id(site)) == call.values["profileId"]:
            return _profile(call, site)
    raise Refusal(404, "NOT_FOUND", "Profile not found")


def _profile(call, site):
    return {
        "profileId": call.account.profile_id(site),
        "countryCode": site.code,
        "currencyCode": site.currency,
        "dailyBudget": 999999999.0,
        "timezone": site.tz,
        "accountInfo": {
            "marketplaceStringId": site.id,
            "id": call.account.seller_id,
            "type": "seller",
            "name": call.account.name,
            "validPaymentMethod": True,
        },
    }


@operation(
    "ads.queryAdGroups", "POST", "/adsApi/v1/query/adGroups", 5, 20, family="ads"
)
def query_ad_groups(call):
    """Return ad groups of the chosen ad products (Ads API v1)."""
    body = call.request.json()
    wanted = _products(body)
    found = [
        group_v1(group)
        for group in _groups(call)
        if group.campaign.ad_product in wanted
        and _included(body, "adGroupIdFilter", group.id)
        and _included(body, "campaignIdFilter", group.campaign.id)
        and _included(body, "stateFilter", group.state)
        and _named(body, group.name)
    ]
    return _answer(call, body, "adGroups", found)


@operation(
    "ads.queryCampaigns", "POST", "/adsApi/v1/query/campaigns", 5, 20, family="ads"
)
def query_campaigns(call):
    """Return campaigns of the chosen ad products (Ads API v1)."""
    body = call.request.json()
    wanted = _products(body)
    found = [
        campaign_v1(campaign)
        for campaign in _campaigns(call)
        if campaign.ad_product in wanted
        and _included(body, "campaignIdFilter", campaign.id)
        and _included(body, "stateFilter", _state(campaign))
        and _named(body, campaign.name)
    ]
    return _answer(call, body, "campaigns", found)


@operation("ads.listSpCampaigns", "POST", "/sp/campaigns/list", 5, 20, family="ads")
def list_sp_campaigns(call):
    """Return Sponsored Products campaigns (version 3)."""
    _media_type(call, "application/vnd.spCampaign.v3+json")
    body = call.request.json()
    found = [
        {
            "campaignId": campaign.id,
            "name": campaign.name,
            "state": _state(campaign),
            "targetingType": "MANUAL",
            "startDate": iso(campaign.created)[:10],
            "budget": {
                "budget": number(campaign.budget, campaign.marketplace),
                "budgetType": "DAILY",
            },
            "dynamicBidding": {"strategy": "LEGACY_FOR_SALES", "placementBidding": []},
            "extendedData": {
                "creationDateTime": iso(campaign.created),
                "lastUpdateDateTime": iso(campaign.created),
                "servingStatus": _serving(campaign, "CAMPAIGN"),
            },
        }
        for campaign in _campaigns(call)
        if campaign.ad_product == PRODUCTS[0]
        and _included(body, "campaignIdFilter", campaign.id)
        and _included(body, "stateFilter", _state(campaign))
    ]
    media = "application/vnd.spCampaign.v3+json"
    return _answer(call, body, "campaigns", found, media)


@operation("ads.listSpAdGroups", "POST", "/sp/adGroups/list", 5, 20, family="ads")
def list_sp_ad_groups(call):
    """Return Sponsored Products ad groups (version 3)."""
    _media_type(call, "application/vnd.spAdGroup.v3+json")
    body = call.request.json()
    found = [
        {
            "adGroupId": group.id,
            "campaignId": group.campaign.id,
            "name": group.name,
            "state": group.state,
            "defaultBid": number(group.bid, group.campaign.marketplace),
            "extendedData": {
                "creationDateTime": iso(group.created),
                "lastUpdateDateTime": iso(group.created),
                "servingStatus": _serving(group.campaign, "AD_GROUP"),
            },
        }
        for group in _groups(call)
        if group.campaign.ad_product == PRODUCTS[0]
        and _included(body, "adGroupIdFilter", group.id)
        and _included(body, "campaignIdFilter", group.campaign.id)
    ]
    media = "application/vnd.spAdGroup.v3+json"
    return _answer(call, body, "adGroups", found, media)


@operation("ads.listSpProductAds", "POST", "/sp/productAds/list", 5, 20, family="ads")
def list_sp_product_ads(call):
    """Return Sponsored Products ads: which product each ad group shows."""
    _media_type(call, "application/vnd.spProductAd.v3+json")
    body = call.request.json()
    found = [
        {
            "adId": f"{int(group.id) + product.number}",
            "adGroupId": group.id,
            "campaignId": group.campaign.id,
            "asin": product.asin,
            "sku": product.sku,
            "state": group.state,
            "extendedData": {
                "creationDateTime": iso(group.created),
                "servingStatus": _serving(group.campaign, "AD"),
            },
        }
        for group in _groups(call)
        if group.campaign.ad_product == PRODUCTS[0]
        and _included(body, "adGroupIdFilter", group.id)
        and _included(body, "campaignIdFilter", group.campaign.id)
        for product in group.products
    ]
    media = "application/vnd.spProductAd.v3+json"
    return _answer(call, body, "productAds", found, media)


def group_v1(group):
    """Return an ad group in the shape of the Ads API v1."""
    site = group.campaign.marketplace
    return {
        "adGroupId": group.id,
        "adProduct": group.campaign.ad_product,
        "campaignId": group.campaign.id,
        "name": group.name,
        "state": group.state,
        "status": {"deliveryStatus": _delivery(group.campaign)},
        "bid": {"defaultBid": number(group.bid, site)},
        "marketplaceScope": "SINGLE_MARKETPLACE",
        "marketplaces": [site.code],
        "creationDateTime": iso(group.created),
        "lastUpdatedDateTime": iso(group.created),
    }


def campaign_v1(campaign):
    """Return a campaign in the shape of the Ads API v1."""
    site = campaign.marketplace
    budget = {"currencyCode": site.currency, "value": number(campaign.budget, site)}
    return {
        "campaignId": campaign.id,
        "adProduct": campaign.ad_product,
        "name": campaign.name,
        "state": _state(campaign),
        "status": {
            "deliveryStatus": _delivery(campaign),
            "deliveryReasons": (
                ["CAMPAIGN_OUT_OF_BUDGET"] if campaign.state == "OUT_OF_BUDGET" else []
            ),
        },
        "budgets": [
            {
                "budgetType": "MONETARY",
                "budgetValue": {"monetaryBudgetValue": {"monetaryBudget": budget}},
                "recurrenceTimePeriod": "DAILY",
            }
        ],
        "marketplaceScope": "SINGLE_MARKETPLACE",
        "marketplaces": [site.code],
        "creationDateTime": iso(campaign.created),
        "lastUpdatedDateTime": iso(campaign.created),
        "startDateTime": iso(campaign.created),
    }


def _groups(call):
    ads = call.world.ads[call.account.seller_id]
    return ads.ad_groups(call.profile, call.now)


def _campaigns(call):
    ads = call.world.ads[call.account.seller_id]
    return ads.campaigns(call.profile, call.now)


def _state(campaign):
    # Running out of budget is a matter of delivery, not of the state the seller set.
    return "ENABLED" if campaign.state == "OUT_OF_BUDGET" else campaign.state


def _serving(campaign, level):
    if campaign.state == "OUT_OF_BUDGET":
        return "CAMPAIGN_OUT_OF_BUDGET"
    if campaign.state != "ENABLED":
        return f"CAMPAIGN_{campaign.state}"
    return f"{level}_STATUS_ENABLED"


def _delivery(campaign):
    return "DELIVERING" if campaign.state == "ENABLED" else "NOT_DELIVERING"


def _products(body):
    wanted = (body.get("adProductFilter") or {}).get("include")
    if not wanted:
        raise Refusal(400, "INVALID_ARGUMENT", "adProductFilter.include is required")
    return wanted


def _included(body, name, value):
    wanted = (body.get(name) or {}).get("include")
    return not wanted or value in wanted


def _named(body, value):
    wanted = body.get("nameFilter") or {}
    names = wanted.get("include")
    if not names:
        return True
    if wanted.get("queryTermMatchType") == "EXACT_MATCH":
        return value in names
    return any(name.lower() in value.lower() for name in names)


def _media_type(call, wanted):
    if call.request.headers.get("Content-Type") != wanted:
        raise Refusal(415, "415", f"Cannot consume content type; expected {wanted}")


def _answer(call, body, name, found, media="application/json"):
    size = body.get("maxResults", MAX_RESULTS)
    if not isinstance(size, int) or not 1 <= size <= 1000:
        raise Refusal(400, "INVALID_ARGUMENT", "maxResults must be from 1 to 1000")
    pager = pages.Pager(call, body.get("nextToken"), query=call.profile.code)
    content, following = pager.cut(found, size)
    answer = {name: content}
    if media != "application/json":
        answer["totalResults"] = len(found)
    if following:
        answer["nextToken"] = following
    return Response(200, json.dumps(answer).encode(), {"Content-Type": media})
