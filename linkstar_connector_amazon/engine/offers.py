"""Prices and the buy box of offers."""

from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Featured:
    """Who has the buy box of an MSKU, and at what price.

    ``owned`` is None where Amazon features no offer at all.
    """

    sku: str
    asin: str
    owned: bool | None
    price: float
    landed: float
    currency: str
    offers: int
    rank: int


def featured_offers(entries, asked=()):
    """Read competitive prices; MSKUs that Amazon does not know are left out.

    :param entries: the payload of ``getCompetitivePricing``
    :param asked: ``(MSKU, ASIN)`` of what was asked for by ASIN; empty when it was
        asked for by MSKU
    """
    skus = defaultdict(list)
    for sku, asin in asked:
        skus[asin].append(sku)
    found = []
    for entry in entries:
        if entry.get("status") != "Success":
            continue
        told = [entry["SellerSKU"]] if entry.get("SellerSKU") else []
        for sku in skus.get(entry.get("ASIN"), told):
            found.append(_featured(sku, entry.get("Product") or {}))
    return found


def _featured(sku, product):
    pricing = product.get("CompetitivePricing") or {}
    box = _buy_box(pricing.get("CompetitivePrices") or ())
    price = (box or {}).get("Price") or {}
    listed = price.get("ListingPrice") or {}
    marketplace = (product.get("Identifiers") or {}).get("MarketplaceASIN") or {}
    return Featured(
        sku=sku,
        asin=marketplace.get("ASIN") or "",
        owned=bool(box.get("belongsToRequester")) if box else None,
        price=float(listed.get("Amount") or 0),
        landed=float((price.get("LandedPrice") or listed).get("Amount") or 0),
        currency=listed.get("CurrencyCode") or "",
        offers=_offers(pricing.get("NumberOfOfferListings") or ()),
        rank=_rank(product.get("SalesRankings") or ()),
    )


def _buy_box(prices):
    """The price of a new item in the buy box, Amazon's id 1."""
    new = [p for p in prices if str(p.get("CompetitivePriceId")) == "1"]
    return new[0] if new else None


def _offers(counts):
    by_condition = {part.get("condition"): part.get("Count") or 0 for part in counts}
    return int(by_condition.get("New", by_condition.get("Any", 0)))


def _rank(ranks):
    found = [int(part["Rank"]) for part in ranks if part.get("Rank")]
    return min(found, default=0)


def buy_box(owned, had, in_stock, is_buyable):
    """Whether the buy box is lost, and whether it is back.

    What never had it, or cannot be bought, has lost nothing.

    >>> buy_box(False, True, True, True), buy_box(True, True, True, True)
    ((True, False), (False, True))
    >>> buy_box(False, False, True, True), buy_box(None, True, False, True)
    ((False, False), (False, False))
    """
    lost = not owned and had and in_stock and is_buyable
    return lost, bool(owned)


def own_price(item):
    """The consumers' price of a listing's own offer: ``(amount, currency)``.

    >>> own_price({"offers": [{"offerType": "B2C",
    ...     "price": {"amount": "9.90", "currencyCode": "EUR"}}]})
    (9.9, 'EUR')
    >>> own_price({})
    (0.0, '')
    """
    for offer in item.get("offers") or ():
        if offer.get("offerType", "B2C") == "B2C":
            price = offer.get("price") or {}
            amount = price.get("amount") or price.get("Amount") or 0
            return float(amount), price.get("currencyCode") or ""
    return 0.0, ""
