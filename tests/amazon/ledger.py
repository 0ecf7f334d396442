"""Money movements of a seller: sales, refunds, fees and advertising, line by line."""

from dataclasses import dataclass

from .clock import DAY, dates, local_date, midnight, midnight_after
from .figures import fulfilment_fee, referral_fee

SHIPMENT, REFUND, SERVICE_FEE = "Shipment", "Refund", "ServiceFee"
SALES_PARTS = ("ProductCharges", "PromotionRebates", "Shipping", "Tax")
FEE_PARTS = ("Commission", "FBAPerUnitFulfillmentFee", "MarketplaceFacilitatorTax")


@dataclass(frozen=True)
class Posting:
    """A movement; ``lines`` are (order line or None, units, {part: minor units})."""

    id: str
    kind: str
    posted: int
    site: object
    order: object
    lines: tuple

    @property
    def total(self):
        """The sum in minor units."""
        return sum(sum(parts.values()) for _line, _units, parts in self.lines)


def postings(world, account, start, end, sites=None):
    """Return the movements posted in [start, end), in time order."""
    sites = sites or account.marketplaces
    found = []
    for order in world.orders(account, start - 4 * DAY, end, sites):
        if order.shipped is not None and start <= order.shipped < end:
            found.append(_shipment(order))
    for order, line in world.refunds(account, start, end, sites):
        found.append(_refund(order, line))
    for site in sites:
        found += _advertising(world, account, site, start, end)
    return sorted(found, key=lambda posting: (posting.posted, posting.id))


def _shipment(order):
    site = order.marketplace
    lines = []
    for line in order.lines:
        parts = {
            "ProductCharges": line.sales,
            "PromotionRebates": -line.discount,
            "Shipping": line.shipping,
            "Tax": line.tax,
            "Commission": -referral_fee(line.sales),
            "FBAPerUnitFulfillmentFee": (
                -fulfilment_fee(line.product, site) * line.quantity
            ),
            "MarketplaceFacilitatorTax": -line.tax,
        }
        lines.append((line, line.quantity, {k: v for k, v in parts.items() if v}))
    identifier = f"S-{order.id}"
    return Posting(identifier, SHIPMENT, order.shipped, site, order, tuple(lines))


def _refund(order, line):
    site, back = order.marketplace, line.returned
    commission = referral_fee(line.refund)
    parts = {
        "ProductCharges": -line.refund,
        # Amazon keeps a fifth of the commission for the work of refunding.
        "Commission": commission - commission // 5,
    }
    identifier = f"R-{line.item_id}"
    lines = ((line, back.quantity, {k: v for k, v in parts.items() if v}),)
    return Posting(identifier, REFUND, back.refunded_at, site, order, lines)


def _advertising(world, account, site, start, end):
    """Return one charge for the advertising of each local day."""
    ads, found = world.ads[account.seller_id], []
    first = local_date(start - DAY, site.zone)
    for day in dates(first, local_date(end, site.zone)):
        posted = midnight_after(day, site.zone) + 6 * 3600
        if not start <= posted < end or midnight(day, site.zone) < world.opened:
            continue
        cost = sum(result.cost for result in ads.results(site, day, posted))
        if cost:
            identifier = f"A-{site.code}-{day}"
            lines = ((None, 0, {"ProductAdsPayment": -cost}),)
            found.append(Posting(identifier, SERVICE_FEE, posted, site, None, lines))
    return found
