"""Listings items 2021-08-01: what is offered, and what Amazon holds against it."""

from . import pages
from .catalogue import AMAZON
from .clock import DAY, iso
from .errors import invalid, not_found
from .money import money
from .operations import operation

ROLE = "Product Listing"
BASE = "/listings/2021-08-01/items"
DATA_SETS = (
    "summaries",
    "attributes",
    "issues",
    "offers",
    "fulfillmentAvailability",
    "procurement",
    "relationships",
    "productTypes",
)
SUPPRESSED = {
    "code": "18027",
    "message": "The listing is suppressed in search: the main image is missing.",
    "severity": "ERROR",
    "categories": ["MISSING_IMAGE"],
}
MERCHANT_UNITS = 40


@operation(
    "searchListingsItems", "GET", BASE + "/{sellerId}", rate=5, burst=5, role=ROLE
)
def search_listings_items(call):
    """Return the seller's listings in one marketplace."""
    _own(call)
    site = call.marketplace("marketplaceIds")
    data_sets = call.listed("includedData", DATA_SETS) or ["summaries"]
    size = call.integer("pageSize", 10, 1, 20)
    query = pages.fingerprint(call.request.query, ("pageToken",))
    pager = pages.Pager(call, call.text("pageToken"), None, query)
    wanted = _filter(call)
    found = [
        (product, changed)
        for product, changed in _listings(call, site, pager.as_of)
        if wanted(product, changed, _state(call, site, product, pager.as_of))
    ]
    order, reverse = call.text("sortBy", "lastUpdatedDate"), call.text("sortOrder")
    found.sort(key=lambda row: row[0].sku)
    if order == "lastUpdatedDate":
        found.sort(key=lambda row: row[1], reverse=reverse != "ASC")
    elif reverse == "DESC":
        found.reverse()
    content, following = pager.cut(found, size)
    answer = {
        "numberOfResults": len(found),
        "items": [
            item(call, site, product, changed, data_sets, pager.as_of)
            for product, changed in content
        ],
    }
    if following:
        answer["pagination"] = {"nextToken": following}
    return answer


@operation(
    "getListingsItem", "GET", BASE + "/{sellerId}/{sku}", rate=5, burst=10, role=ROLE
)
def get_listings_item(call):
    """Return one listing."""
    _own(call)
    site = call.marketplace("marketplaceIds")
    data_sets = call.listed("includedData", DATA_SETS) or ["summaries"]
    for product, changed in _listings(call, site, call.now):
        if product.sku == call.values["sku"]:
            return item(call, site, product, changed, data_sets, call.now)
    raise not_found(f"SKU '{call.values['sku']}' not found in marketplace {site.id}")


def _own(call):
    if call.values["sellerId"] != call.account.seller_id:
        raise invalid("Invalid 'sellerId' provided.")


def _listings(call, site, now):
    """Return (product, when the listing last changed) of the listings at a moment."""
    found = []
    for product in call.shop.products:
        entry = call.world.overlay.entry(_key(call, site, product), now)
        listed = listed_at(call.world, product)
        if listed <= now:
            found.append((product, entry[0] if entry else listed))
    return found


def listed_at(world, product):
    """Return when a product's listings were made."""
    return product.listed or world.opened - (60 + product.number) * DAY


def _key(call, site, product):
    return ("listing", call.account.seller_id, site.code, product.sku)


def _state(call, site, product, now):
    """Return {"status": [...], "issues": [...]} of a listing at a moment."""
    default = {"status": ["BUYABLE", "DISCOVERABLE"], "issues": []}
    state = dict(call.world.overlay.get(_key(call, site, product), now, default))
    if site.code in call.account.suspended:
        state["status"] = []
    if product.fulfilled_by == AMAZON and not call.pool(site).stock(now).get(
        product.sku
    ):
        state["status"] = [name for name in state["status"] if name != "BUYABLE"]
    return state


def _filter(call):
    """Return a test of (product, change, state) made of the query's filters."""
    kind, identifiers = (
        call.text("identifiersType"),
        call.listed("identifiers", limit=20),
    )
    if bool(kind) != bool(identifiers):
        raise invalid("identifiers and identifiersType belong together.")
    if kind not in (None, "SKU", "ASIN", "FNSKU"):
        raise invalid(f"identifiersType {kind} is not served here.")
    parent = call.text("variationParentSku")
    after, before = call.moment("lastUpdatedAfter"), call.moment("lastUpdatedBefore")
    severities = call.listed("withIssueSeverity", ("WARNING", "ERROR"))
    with_status = call.listed("withStatus", ("BUYABLE", "DISCOVERABLE"))
    without = call.listed("withoutStatus", ("BUYABLE", "DISCOVERABLE"))

    def wanted(product, changed, state):
        values = {"SKU": product.sku, "ASIN": product.asin, "FNSKU": product.fnsku}
        return (
            (not identifiers or values[kind] in identifiers)
            and parent in (None, product.parent_sku)
            and (after is None or changed >= after)
            and (before is None or changed <= before)
            and (not severities or _severe(state, severities))
            and (not with_status or set(with_status) & set(state["status"]))
            and not set(without) & set(state["status"])
        )

    return wanted


def _severe(state, severities):
    return any(issue["severity"] in severities for issue in state["issues"])


def item(call, site, product, changed, data_sets, now):
    """Return a listing with the data sets asked for."""
    state, content = _state(call, site, product, now), {"sku": product.sku}
    if "summaries" in data_sets:
        content["summaries"] = [_summary(call, site, product, changed, state)]
    if "issues" in data_sets:
        content["issues"] = [
            dict(issue, marketplaceIds=[site.id], attributeNames=[])
            for issue in state["issues"]
        ]
    if "offers" in data_sets:
        price = money(product.price_in(site), site)
        content["offers"] = [
            {"marketplaceId": site.id, "offerType": "B2C", "price": price}
        ]
    if "fulfillmentAvailability" in data_sets:
        content["fulfillmentAvailability"] = [_availability(product, site)]
    if "relationships" in data_sets:
        content["relationships"] = [_relations(product, site)]
    if "productTypes" in data_sets:
        content["productTypes"] = [
            {"marketplaceId": site.id, "productType": product.product_type}
        ]
    return content


def _summary(call, site, product, changed, state):
    summary = {
        "marketplaceId": site.id,
        "asin": product.asin,
        "productType": product.product_type,
        "conditionType": "new_new",
        "status": state["status"],
        "itemName": product.title,
        "createdDate": iso(listed_at(call.world, product)),
        "lastUpdatedDate": iso(changed),
    }
    if product.fulfilled_by == AMAZON:
        summary["fnSku"] = product.fnsku
    if not any("MISSING_IMAGE" in i["categories"] for i in state["issues"]):
        summary["mainImage"] = {
            "link": f"https://m.media-amazon.com/images/I/{product.asin}.jpg",
            "height": 500,
            "width": 500,
        }
    return summary


def _availability(product, site):
    if product.fulfilled_by == AMAZON:
        # Amazon gives no quantity for what it sends itself.
        region = {"na": "AMAZON_NA", "eu": "AMAZON_EU", "fe": "AMAZON_JP"}
        return {"fulfillmentChannelCode": region[site.region]}
    return {"fulfillmentChannelCode": "DEFAULT", "quantity": MERCHANT_UNITS}


def _relations(product, site):
    theme = {"attributes": ["color"], "theme": "COLOR"}
    relation = {
        "parentSkus": [product.parent_sku],
        "type": "VARIATION",
        "variationTheme": theme,
    }
    return {"marketplaceId": site.id, "relationships": [relation]}
