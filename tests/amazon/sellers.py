"""Sellers v1: where a seller takes part."""

from .operations import operation

ROLE = "Selling Partner Insights"


def participations(account):
    """Return Amazon's list of an account's marketplaces."""
    return [
        {
            "marketplace": {
                "id": site.id,
                "name": site.name,
                "countryCode": site.country,
                "defaultCurrencyCode": site.currency,
                "defaultLanguageCode": site.language,
                "domainName": site.domain,
            },
            "participation": {
                "isParticipating": site.code not in account.not_participating,
                "hasSuspendedListings": site.code in account.suspended,
            },
            "storeName": account.name,
        }
        for site in account.marketplaces
    ]


@operation(
    "getMarketplaceParticipations",
    "GET",
    "/sellers/v1/marketplaceParticipations",
    rate=0.016,
    burst=15,
    role=ROLE,
)
def get_marketplace_participations(call):
    """Return the marketplaces of the calling seller."""
    return {"payload": participations(call.account)}


@operation("getAccount", "GET", "/sellers/v1/account", rate=0.016, burst=15, role=ROLE)
def get_account(call):
    """Return the seller's account without business or contact data."""
    return {
        "payload": {
            "marketplaceParticipationList": participations(call.account),
            "businessType": "PRIVATE_LIMITED",
            "sellingPlan": "PROFESSIONAL",
        }
    }
