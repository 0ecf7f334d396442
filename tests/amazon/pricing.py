"""Product pricing: competitive prices (v0) and competitive summaries (2022-05-01)."""

from random import Random

from .clock import DAY
from .errors import invalid
from .figures import owns_buy_box
from .marketplaces import BY_ID
from .money import amount, number
from .operations import operation

ROLE = "Pricing"


@operation(
    "getCompetitivePricing",
    "GET",
    "/products/pricing/v0/competitivePrice",
    rate=0.5,
    burst=1,
    role=ROLE,
)
def get_competitive_pricing(call):
    """Return the featured price of up to twenty SKUs or ASINs."""
    site = call.marketplace("MarketplaceId")
    kind = call.text("ItemType", required=True)
    if kind not in ("Sku", "Asin"):
        raise invalid("ItemType must be Sku or Asin.")
    keys = call.listed(f"{kind}s", limit=20)
    if not keys:
        raise invalid(f"{kind}s must name at least one item.")
    known = call.shop.by_sku if kind == "Sku" else call.shop.by_asin
    label = "SellerSKU" if kind == "Sku" else "ASIN"
    return {
        "payload": [
            (
                {
                    "status": "Success",
                    label: key,
                    "Product": _product(call, site, known[key]),
                }
                if key in known
                else {"status": "ClientError", label: key}
            )
            for key in keys
        ]
    }


def _product(call, site, product):
    own = owns_buy_box(call.world, call.account, site, product.sku, call.now)
    price = featured_price(call, site, product)
    value = {"CurrencyCode": site.currency, "Amount": number(price, site)}
    free = {"CurrencyCode": site.currency, "Amount": 0}
    return {
        "Identifiers": {
            "MarketplaceASIN": {"MarketplaceId": site.id, "ASIN": product.asin},
            "SKUIdentifier": {
                "MarketplaceId": site.id,
                "SellerId": call.account.seller_id,
                "SellerSKU": product.sku,
            },
        },
        "CompetitivePricing": {
            "CompetitivePrices": [
                {
                    "CompetitivePriceId": "1",
                    "Price": {
                        "LandedPrice": value,
                        "ListingPrice": value,
                        "Shipping": free,
                    },
                    "condition": "New",
                    "subcondition": "New",
                    "belongsToRequester": own,
                }
            ],
            "NumberOfOfferListings": [
                {"Count": 1 if own else 3, "condition": "New"},
                {"Count": 1 if own else 3, "condition": "Any"},
            ],
        },
        "SalesRankings": [
            {
                "ProductCategoryId": "kitchen_display_on_website",
                "Rank": _rank(call, product),
            }
        ],
    }


def featured_price(call, site, product):
    """Return the featured offer's price: the seller's, or a rival's lower one."""
    price = product.price_in(site)
    if owns_buy_box(call.world, call.account, site, product.sku, call.now):
        return price
    return price * 93 // 100


def _rank(call, product):
    rng = Random(f"rank/{call.world.settings.seed}/{product.asin}/{call.now // DAY}")
    return int(2000 * (product.number + 1) * rng.uniform(0.7, 1.4))


@operation(
    "getCompetitiveSummary",
    "POST",
    "/batches/products/pricing/2022-05-01/items/competitiveSummary",
    rate=0.033,
    burst=1,
    role=ROLE,
)
def get_competitive_summary(call):
    """Answer up to twenty requests for the featured offers of an ASIN."""
    requests = call.request.json().get("requests")
    if not isinstance(requests, list) or not 1 <= len(requests) <= 20:
        raise invalid("requests must hold from 1 to 20 requests.")
    return {"responses": [_answer(call, request) for request in requests]}


def _answer(call, request):
    asin, site = request.get("asin"), BY_ID.get(request.get("marketplaceId"))
    body = {"asin": asin or "", "marketplaceId": request.get("marketplaceId") or ""}
    product = call.shop.by_asin.get(asin)
    if product is None or site is None or not call.account.sells_in(site):
        error = {
            "code": "InvalidInput",
            "message": "The ASIN or marketplace is invalid.",
        }
        status = {"statusCode": 400, "reasonPhrase": "Bad Request"}
        return {"status": status, "body": dict(body, errors=[error])}
    wanted = request.get("includedData") or []
    if "featuredBuyingOptions" in wanted:
        body["featuredBuyingOptions"] = [
            {
                "buyingOptionType": "New",
                "segmentedFeaturedOffers": [_offer(call, site, product)],
            }
        ]
    if "lowestPricedOffers" in wanted:
        offer = _offer(call, site, product)
        offer.pop("featuredOfferSegments")
        kind = {"itemCondition": "New", "offerType": "Consumer"}
        body["lowestPricedOffers"] = [
            {"lowestPricedOffersInput": kind, "offers": [offer]}
        ]
    if "referencePrices" in wanted:
        price = amount(product.price_in(site), site)
        body["referencePrices"] = [{"name": "WasPrice", "price": price}]
    return {"status": {"statusCode": 200, "reasonPhrase": "Success"}, "body": body}


def _offer(call, site, product):
    own = owns_buy_box(call.world, call.account, site, product.sku, call.now)
    return {
        "sellerId": call.account.seller_id if own else "A1RIVALSELLER00",
        "condition": "New",
        "fulfillmentType": "AFN" if product.fulfilled_by == "AMAZON" else "MFN",
        "listingPrice": amount(featured_price(call, site, product), site),
        "shippingOptions": [
            {"shippingOptionType": "DEFAULT", "price": amount(0, site)}
        ],
        "featuredOfferSegments": [
            {
                "customerMembership": "DEFAULT",
                "segmentDetails": {"glanceViewWeightPercentage": 100.0},
            }
        ],
    }
